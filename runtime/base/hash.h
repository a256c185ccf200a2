/*
 * Keyed 64-bit hashing of bytes.
 *
 * For tables whose keys come from the network: the key `hash_key` is drawn from the
 * system's random numbers before main runs, so an outsider cannot prepare keys that
 * collide.  It is a multiply-and-fold hash (the 128-bit product of two words, halves
 * xored), quick on short keys.  It is not a MAC: use OpenSSL for authentication.
 *
 * Values differ from run to run: never write one to a file, a message or generated C.
 * Thread-safe: the key is constant once main runs.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"

/* Random, set before main; constant afterwards. */
extern uint64_t hash_key[4];

/* Fold of the 128-bit product: every bit of a and b reaches every bit of the result. */
static RT_ALWAYS_INLINE uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Hash of len bytes under the process's key. */
uint64_t hash_bytes(const void *data, size_t len);

/* The same under a further caller's seed, for two independent hashes of one key. */
uint64_t hash_bytes_seed(const void *data, size_t len, uint64_t seed);

/* Hash of a number. */
static inline uint64_t
hash_u64(uint64_t v)
{
	return hash_mix(v ^ hash_key[0], hash_key[1]);
}

/* Make the hash repeatable; for tests and fuzzing only, before any table exists. */
void hash_set_key(uint64_t key);

#endif
