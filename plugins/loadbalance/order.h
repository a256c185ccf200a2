/*
 * order.h - changes the order of the records of a message in place.
 *
 * Records of one section change places with each other only.  Addresses whose owner is a pointer, all
 * alike or at the end of the message, are moved as they are; in all other cases the message is written
 * anew, since names in what moves may be what compression pointers of others point to.
 *
 * Threads: the caller's random state is its own.  Memory: of the query.
 */
#ifndef LOADBALANCE_ORDER_H
#define LOADBALANCE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/message.h"
#include "dns/writer.h"
#include "loadbalance/loadbalance.h"
#include "loadbalance/weights.h"

/* splitmix64: quick, and nobody gains by guessing it. */
static inline uint32_t
loadbalance_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(z >> 32);
}

/* Below bound, which is small against 2^32. */
static inline uint32_t
loadbalance_draw(uint64_t *state, uint32_t bound)
{
	return (uint32_t)((uint64_t)loadbalance_random(state) * bound >> 32);
}

/*
 * Shuffles an answer section that consists of addresses of one owner and type, when nothing else in the
 * message has an order to change: the usual answer.  pos is where its n records begin.  False, and
 * nothing has changed, if it is another one.
 */
bool loadbalance_shuffle_plain(struct dns_writer *w, size_t pos, unsigned n, uint64_t *random);

/* How to arrange any message. */
struct loadbalance_order {
	enum loadbalance_policy policy;
	const struct rt_cidrs *prefer;
	const struct loadbalance_weights *weights; /* may be NULL */
	uint16_t qtype;
	uint64_t *random;
	void *(*alloc)(void *arg, size_t size); /* memory until the reply is sent; may fail */
	void *alloc_arg;
};

/* Arranges the message; it stays as it is when memory is short or it is malformed. */
void loadbalance_arrange(struct dns_writer *w, const struct loadbalance_order *o);

#endif
