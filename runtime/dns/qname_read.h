/*
 * Reading the name of a question: one pass to find its labels, one to lower-case and hash it.
 *
 * Private to the DNS library and to the server's reading of requests: inline, since it runs for
 * every query.  The hash takes sixteen octets a step from the register that was just lower-cased;
 * the last step is padded with zeros.  No length is added at the end: no wire name is the
 * beginning of another one, so the octets tell all.
 */
#ifndef DNS_QNAME_READ_H
#define DNS_QNAME_READ_H

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "dns/name.h"
#include "dns/name_lower.h"

#define QNAME_STEP 16u /* octets hashed at a time */

/* Sixteen set octets and sixteen zero ones: from 16 - n on the first n octets are set. */
extern const uint8_t dns_qname_keep[2 * QNAME_STEP];

static RT_ALWAYS_INLINE uint64_t
qname_hash_step(uint64_t h, lower_block block)
{
	typedef uint64_t halves __attribute__((vector_size(16)));
	halves half = (halves)block;

	return hash_mix(half[0] ^ hash_key[1], half[1] ^ h);
}

/* The last n octets, 1 … 16, zeros after them; sixteen may be read. */
static RT_ALWAYS_INLINE lower_block
qname_load_tail(const uint8_t *p, size_t n)
{
	return lower_load(p) & lower_load(dns_qname_keep + QNAME_STEP - n);
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

/* Lower-cases and hashes the name of len octets at p; up to fifteen more are read. */
static RT_ALWAYS_INLINE void
qname_fill(struct dns_qname *q, const uint8_t *p, size_t len)
{
	uint64_t h = hash_key[0];
	uint8_t *out = q->wire;
	lower_block block;

	q->len = (uint8_t)len;
	while (len > QNAME_STEP) {
		block = lower_convert(lower_load(p));
		memcpy(out, &block, sizeof(block));
		h = qname_hash_step(h, block);
		p += QNAME_STEP;
		out += QNAME_STEP;
		len -= QNAME_STEP;
	}
	block = lower_convert(qname_load_tail(p, len));
	memcpy(out, &block, sizeof(block));
	q->hash = qname_hash_step(h, block);
}

#endif
