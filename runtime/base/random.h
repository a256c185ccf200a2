/*
 * Unpredictable random numbers, fast enough to ask several per query.
 *
 * Each thread draws blocks from the kernel (getrandom) into a buffer of its own and
 * hands out pieces, erasing them as it goes: no lock, a system call only every few
 * hundred numbers.  Good for query ids, source ports, cookies, jitter and shuffles.
 * There is no cipher of our own in between.
 *
 * After fork the child draws anew: parent and child never see the same numbers.
 * If the kernel refuses random numbers the program aborts: a resolver with guessable ids
 * is worse than none.
 *
 * Thread-safe; nothing to initialise.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

uint16_t random_u16(void);
uint32_t random_u32(void);
uint64_t random_u64(void);

/* Uniform in 0 … bound-1, without modulo bias; bound 0 and 1 give 0. */
uint32_t random_uniform(uint32_t bound);

/* len random bytes. */
void random_bytes(void *out, size_t len);

#endif
