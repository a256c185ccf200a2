/*
 * Keyed hashing: 16 bytes a step, each step one wide multiplication.
 *
 * The length enters at the end, so that data padded with zeros differs from longer data.
 */
#include "config.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/random.h"

uint64_t hash_key[4];

/* A key word needs set bits all over, or the multiplication mixes badly. */
static uint64_t
good_word(uint64_t v)
{
	return v | UINT64_C(0x8000000100000001);
}

void
hash_set_key(uint64_t key)
{
	for (size_t i = 0; i < ARRAY_SIZE(hash_key); i++) {
		/* Odd multiples of the golden ratio's bits spread a small key over all words. */
		key += UINT64_C(0x9e3779b97f4a7c15);
		hash_key[i] = good_word(hash_mix(key ^ (key >> 29), UINT64_C(0xd1342543de82ef95)));
	}
}

/*
 * Before main, because tables are built by initialisation code of every part, and a test in the
 * hot path for "is the key there" would cost more than it is worth.
 */
__attribute__((constructor)) static void
choose_key(void)
{
	random_bytes(hash_key, sizeof(hash_key));
	for (size_t i = 0; i < ARRAY_SIZE(hash_key); i++)
		hash_key[i] = good_word(hash_key[i]);
}

uint64_t
hash_bytes_seed(const void *data, size_t len, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t h = hash_key[0] ^ seed;
	size_t left = len;
	uint64_t a;
	uint64_t b;

	while (left > 16) {
		h = hash_mix(bytes_load64(p) ^ hash_key[1], bytes_load64(p + 8) ^ h);
		p += 16;
		left -= 16;
	}
	if (left >= 8) {
		a = bytes_load64(p);
		b = bytes_load64(p + left - 8);
	} else if (left > 0) {
		uint8_t tail[8] = { 0 };

		memcpy(tail, p, left);
		a = bytes_load64(tail);
		b = 0;
	} else {
		a = 0;
		b = 0;
	}
	h = hash_mix(a ^ hash_key[1], b ^ h);
	return hash_mix(h ^ hash_key[2], (uint64_t)len ^ hash_key[3]);
}

uint64_t
hash_bytes(const void *data, size_t len)
{
	return hash_bytes_seed(data, len, 0);
}
