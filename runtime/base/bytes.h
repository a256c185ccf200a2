/*
 * Reading and writing big-endian numbers at any address (wire formats).
 *
 * No bounds are checked here: the caller has.  Compilers turn each of these into one
 * load or store and a byte swap.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

static inline uint16_t
bytes_get16(const uint8_t *p)
{
	return (uint16_t)((uint16_t)p[0] << 8 | p[1]);
}

static inline uint32_t
bytes_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
bytes_get64(const uint8_t *p)
{
	return (uint64_t)bytes_get32(p) << 32 | bytes_get32(p + 4);
}

static inline void
bytes_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
bytes_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void
bytes_put64(uint8_t *p, uint64_t v)
{
	bytes_put32(p, (uint32_t)(v >> 32));
	bytes_put32(p + 4, (uint32_t)v);
}

/* Eight bytes in the machine's own order, for hashing and comparing. */
static inline uint64_t
bytes_load64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void
bytes_store64(void *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

/*
 * The big-endian bytes of a number as bytes_load64, or a 16-bit load, sees them: a constant of a
 * constant, to compare words of a message without turning each one round.
 */
static inline uint64_t
bytes_wire64(uint64_t v)
{
	uint8_t p[8];

	bytes_put64(p, v);
	return bytes_load64(p);
}

static inline uint16_t
bytes_load16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void
bytes_store16(void *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline uint16_t
bytes_wire16(uint16_t v)
{
	uint8_t p[2];

	bytes_put16(p, v);
	return bytes_load16(p);
}

#endif
