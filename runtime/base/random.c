/*
 * Random numbers from the kernel, bought in blocks per thread.
 */
#include "config.h"

#include "base/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/compiler.h"

/* getrandom never returns less than asked for up to 256 bytes, nor fails with EINTR. */
#define BLOCK 256u

static _Thread_local struct {
	uint8_t bytes[BLOCK];
	size_t left; /* unused bytes, at the end of the block */
} pool;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
fill(void *out, size_t len)
{
	uint8_t *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			abort();
		}
		p += n;
		len -= (size_t)n;
	}
}

/* The child has the parent's block: throw it away.  Only the forking thread lives on. */
static void
forget(void)
{
	memset(&pool, 0, sizeof(pool));
}

static void
watch_fork(void)
{
	if (pthread_atfork(NULL, NULL, forget) != 0)
		abort();
}

static RT_NOINLINE void
refill(void)
{
	pthread_once(&once, watch_fork);
	fill(pool.bytes, sizeof(pool.bytes));
	pool.left = sizeof(pool.bytes);
}

/* Take n <= 8 bytes and erase them, so that memory seen later does not tell past ids. */
static inline uint64_t
take(size_t n)
{
	uint64_t v = 0;
	uint8_t *at;

	if (RT_UNLIKELY(pool.left < n))
		refill();
	at = pool.bytes + sizeof(pool.bytes) - pool.left;
	memcpy(&v, at, n);
	memset(at, 0, n);
	pool.left -= n;
	return v;
}

uint16_t
random_u16(void)
{
	return (uint16_t)take(2);
}

uint32_t
random_u32(void)
{
	return (uint32_t)take(4);
}

uint64_t
random_u64(void)
{
	return take(8);
}

uint32_t
random_uniform(uint32_t bound)
{
	uint64_t product;

	if (bound < 2)
		return 0;
	/*
	 * The upper half of a 32x32 product is nearly uniform; the few lower halves that would
	 * favour some values are thrown away.
	 */
	product = (uint64_t)random_u32() * bound;
	if ((uint32_t)product < bound) {
		uint32_t reject = (uint32_t)-bound % bound;

		while ((uint32_t)product < reject)
			product = (uint64_t)random_u32() * bound;
	}
	return (uint32_t)(product >> 32);
}

void
random_bytes(void *out, size_t len)
{
	fill(out, len);
}
