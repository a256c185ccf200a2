/*
 * Reading the name of a question: one pass to find its labels, one to lower-case and hash it.
 *
 * Private to the DNS library and to the server's reading of requests: inline, since it runs for
 * every query.  The hash takes a block of sixteen octets a step from the register that was just
 * lower-cased.  The last block, padded with zeros, comes first, so that the others are a loop with
 * nothing to do behind it.  No length is added: no wire name is the beginning of another one, so the
 * octets tell all.
 */
#ifndef DNS_QNAME_READ_H
#define DNS_QNAME_READ_H

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "dns/name.h"
#include "dns/name_lower.h"

static RT_ALWAYS_INLINE uint64_t
qname_hash_step(uint64_t h, lower_block block)
{
	typedef uint64_t halves __attribute__((vector_size(16)));
	halves half = (halves)block;

	return hash_mix(half[0] ^ hash_key[1], half[1] ^ h);
}

/* Where the last block of a name of len octets begins. */
static RT_ALWAYS_INLINE size_t
qname_tail(size_t len)
{
	return (len - 1) & ~(size_t)(DNS_NAME_BLOCK - 1);
}

/*
 * The offsets of the labels of the name at p to q, its length to *len.  False if it is none, or
 * longer than max, at most 255; p[max - 1] can be read.
 */
static RT_ALWAYS_INLINE bool
qname_labels(struct dns_qname *q, const uint8_t *p, size_t max, size_t *len)
{
	unsigned n = 0;
	size_t at = 0;

	/* At most 127 labels fit: each takes two octets of the 254 before the root. */
	for (;;) {
		unsigned c = p[at];

		q->label[n] = (uint8_t)at;
		/* One test for the root and for what is no length: 0 wraps around. */
		if (c - 1 >= DNS_LABEL_MAX) {
			q->nlabels = (uint8_t)n;
			*len = at + 1;
			return c == 0;
		}
		n++;
		at += (size_t)c + 1;
		if (RT_UNLIKELY(at >= max))
			return false;
	}
}

/* A block lower-cased to out and hashed. */
static RT_ALWAYS_INLINE uint64_t
qname_fill_block(uint8_t *out, lower_block block, uint64_t h)
{
	block = lower_convert(block);
	memcpy(out, &block, sizeof(block));
	return qname_hash_step(h, block);
}

/* Lower-cases and hashes the name of len octets at p; up to fifteen more are read. */
static RT_ALWAYS_INLINE void
qname_fill(struct dns_qname *q, const uint8_t *p, size_t len)
{
	size_t tail = qname_tail(len);
	lower_block keep = lower_load(dns_name_keep + DNS_NAME_BLOCK - (len - tail));
	uint64_t h = hash_key[0];

	q->len = (uint8_t)len;
	h = qname_fill_block(q->wire + tail, lower_load(p + tail) & keep, h);
	for (size_t at = 0; at < tail; at += DNS_NAME_BLOCK)
		h = qname_fill_block(q->wire + at, lower_load(p + at), h);
	q->hash = h;
}

#endif
