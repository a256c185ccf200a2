/*
 * Networks: an address and how many of its first bits count.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"

static unsigned
max_bits(const struct addr *a)
{
	return (unsigned)addr_len(a) * 8;
}

/* Clear the bits of b after the first `bits`; true when any was set. */
static bool
clear_host_bits(uint8_t *b, size_t len, unsigned bits)
{
	uint8_t lost = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * (unsigned)i : 0;
		uint8_t mask = (uint8_t)(kept >= 8 ? 0xffu : 0xff00u >> kept);

		lost |= (uint8_t)(b[i] & ~mask);
		b[i] &= mask;
	}
	return lost != 0;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

void
cidr_from_addr(struct cidr *out, const struct addr *a, unsigned bits)
{
	unsigned most = max_bits(a);

	memset(out, 0, sizeof(*out));
	memcpy(out->addr.bytes, a->bytes, sizeof(a->bytes));
	out->addr.family = a->family;
	out->bits = (uint8_t)(bits < most ? bits : most);
	clear_host_bits(out->addr.bytes, sizeof(out->addr.bytes), out->bits);
}

int
cidr_parse(struct cidr *out, const char *text, size_t len, bool *had_host_bits)
{
	const char *slash = memchr(text, '/', len);
	size_t host_len = slash != NULL ? (size_t)(slash - text) : len;
	const char *zone;
	size_t zone_len;
	struct addr a;
	uint64_t bits;
	int rc;

	/* A network has neither port nor brackets nor zone. */
	if (host_len == 0 || text[0] == '[')
		return RT_ESYNTAX;
	rc = addr_parse_zone(&a, text, host_len, &zone, &zone_len);
	if (rc < 0)
		return rc;
	if (zone != NULL || (a.family == ADDR_V4 && memchr(text, ':', host_len) != NULL))
		return RT_ESYNTAX;
	bits = max_bits(&a);
	if (slash != NULL) {
		rc = num_parse_uint(&bits, slash + 1, len - host_len - 1, 10);
		if (rc < 0)
			return rc;
		if (bits > max_bits(&a))
			return RT_ERANGE;
	}
	cidr_from_addr(out, &a, (unsigned)bits);
	if (had_host_bits != NULL)
		*had_host_bits = memcmp(out->addr.bytes, a.bytes, sizeof(a.bytes)) != 0;
	return 0;
}

bool
cidr_contains(const struct cidr *c, const struct addr *a)
{
	if (c->addr.family == a->family)
		return a->family != ADDR_NONE && same_bits(c->addr.bytes, a->bytes, c->bits);
	if (c->addr.family == ADDR_V4 && addr_is_v4_mapped(a))
		return same_bits(c->addr.bytes, a->bytes + 12, c->bits);
	return false;
}

bool
cidr_covers(const struct cidr *outer, const struct cidr *inner)
{
	return outer->addr.family == inner->addr.family && outer->bits <= inner->bits &&
	       same_bits(outer->addr.bytes, inner->addr.bytes, outer->bits);
}

size_t
cidr_format(const struct cidr *c, char out[ADDR_TEXT_MAX])
{
	size_t n = addr_format(&c->addr, out);

	n += (size_t)snprintf(out + n, ADDR_TEXT_MAX - n, "/%u", c->bits);
	return n;
}
