/*
 * The name of a query: one pass to find its labels, one to lower-case and hash it.
 *
 * This runs for every query.  The hash takes sixteen bytes a step from the register that was
 * just lower-cased; the last step is padded with zeros, and the length enters at the end.
 */
#include "config.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/hash.h"
#include "dns/name.h"
#include "dns/name_lower.h"

#define STEP 16u /* bytes hashed at a time */

/* Sixteen set bytes and sixteen zero ones: from keep + 16 - n the first n bytes are set. */
static const uint8_t keep[2 * STEP] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static RT_ALWAYS_INLINE uint64_t
hash_step(uint64_t h, lower_block block)
{
	uint64_t half[2];

	memcpy(half, &block, sizeof(half));
	return hash_mix(half[0] ^ hash_key[1], half[1] ^ h);
}

static RT_ALWAYS_INLINE uint64_t
hash_end(uint64_t h, size_t len)
{
	return hash_mix(h ^ hash_key[2], (uint64_t)len ^ hash_key[3]);
}

/*
 * The last n bytes, 1 … 16, where no more may be read.  Apart, to keep registers free for the
 * rest.
 */
static RT_NOINLINE lower_block
copy_tail(const uint8_t *p, size_t n)
{
	uint8_t copy[STEP] = { 0 };

	memcpy(copy, p, n);
	return lower_load(copy);
}

/* The last n bytes, 1 … 16, zeros after them; room tells how many may be read. */
static RT_ALWAYS_INLINE lower_block
load_tail(const uint8_t *p, size_t n, size_t room)
{
	if (RT_LIKELY(room >= STEP))
		return lower_load(p) & lower_load(keep + STEP - n);
	return copy_tail(p, n);
}

uint64_t
dns_name_hash(const uint8_t *name, size_t len)
{
	uint64_t h = hash_key[0];
	size_t i = 0;

	for (; len - i > STEP; i += STEP)
		h = hash_step(h, lower_load(name + i));
	h = hash_step(h, load_tail(name + i, len - i, len - i));
	return hash_end(h, len);
}

/* Lower-case and hash the len bytes at p, of which room may be read. */
static RT_ALWAYS_INLINE void
fill(struct dns_qname *q, const uint8_t *p, size_t len, size_t room)
{
	uint64_t h = hash_key[0];
	lower_block block;
	size_t i = 0;

	for (; len - i > STEP; i += STEP) {
		block = lower_convert(lower_load(p + i));
		memcpy(q->wire + i, &block, sizeof(block));
		h = hash_step(h, block);
	}
	block = lower_convert(load_tail(p + i, len - i, room - i));
	memcpy(q->wire + i, &block, sizeof(block));
	h = hash_step(h, block);

	q->hash = hash_end(h, len);
	q->len = (uint8_t)len;
}

int
dns_qname_parse(struct dns_qname *q, const uint8_t *msg, size_t len, size_t pos)
{
	size_t room = pos < len ? len - pos : 0;
	size_t limit = room < DNS_NAME_MAX ? room : DNS_NAME_MAX;
	const uint8_t *p = msg + pos;
	unsigned n = 0;
	size_t at = 0;

	/* At most 127 labels fit: each takes two octets of the 254 before the root. */
	for (;;) {
		uint8_t c;

		if (RT_UNLIKELY(at >= limit))
			return limit < DNS_NAME_MAX ? RT_EEOF : RT_ENAMELEN;
		c = p[at];
		q->label[n] = (uint8_t)at;
		/* One test for the root and for what is no length: 0 wraps around. */
		if ((uint8_t)(c - 1) >= DNS_LABEL_MAX)
			break;
		n++;
		at += (size_t)c + 1;
	}
	if (RT_UNLIKELY(p[at] != 0))
		return p[at] >= 0xc0 ? RT_EPOINTER : RT_EFORMAT;
	q->nlabels = (uint8_t)n;
	fill(q, p, at + 1, room);
	return (int)(pos + at + 1);
}

void
dns_qname_set(struct dns_qname *q, const uint8_t *name)
{
	size_t len = dns_name_len(name);

	q->nlabels = (uint8_t)dns_name_offsets(name, q->label);
	fill(q, name, len, len);
}
