/*
 * Lower-casing of ASCII letters, sixteen and eight bytes at a time.
 *
 * Private to the DNS library's name code.  Bytes outside A-Z, among them length octets and
 * everything above 127, stay as they are (RFC 4343 §3).
 */
#ifndef DNS_NAME_LOWER_H
#define DNS_NAME_LOWER_H

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* Sixteen bytes in one vector register; both compilers have this extension on every target. */
typedef uint8_t lower_block __attribute__((vector_size(16)));

static RT_ALWAYS_INLINE lower_block
lower_load(const void *p)
{
	lower_block block;

	memcpy(&block, p, sizeof(block));
	return block;
}

static RT_ALWAYS_INLINE lower_block
lower_convert(lower_block block)
{
	typedef int8_t with_sign __attribute__((vector_size(16)));
	/* A … Z become the 26 greatest numbers with sign: the only comparison that SSE2 has. */
	with_sign moved = (with_sign)(block + (0x7f - 'Z'));
	lower_block upper = (lower_block)(moved > 0x7f - 26);

	return block | (upper & 0x20);
}

static RT_ALWAYS_INLINE uint64_t
lower_word(uint64_t v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = v & (ones * 0x7f);
	uint64_t from_a = low + ones * (0x80 - 'A');  /* bit 7: not below A */
	uint64_t above_z = low + ones * (0x7f - 'Z'); /* bit 7: above Z */
	uint64_t upper = (from_a & ~above_z) & ~v & (ones * 0x80);

	return v | upper >> 2;
}

static RT_ALWAYS_INLINE uint8_t
lower_byte(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26 ? c | 0x20 : c;
}

#endif
