/*
 * deadlines.h - many things that end after the same time.
 *
 * Queries that wait for an upstream all have the same patience, so their ends come in the order of
 * their beginnings: a queue is enough, and one timer for its head.  Adding and removing is a
 * few pointer writes; no timer is touched unless the queue was empty.
 *
 *	deadlines_init(&d, base, 2 * CLOCK_NS_PER_S, expired, arg);
 *	deadlines_add(&d, &call->deadline, now);
 *	deadlines_remove(&d, &call->deadline);		it ended by itself
 *	expired(arg, &call->deadline)			it did not: it has been removed
 *	deadlines_release(&d);
 *
 * The timer is left alone when its deadline is removed; it then finds nothing due and is set for
 *the next.  One thread: that of the event base.  Nothing is allocated; entries belong to their
 *owner.
 */
#ifndef RT_DEADLINES_H
#define RT_DEADLINES_H

#include <stdbool.h>
#include <stdint.h>
#include <event2/event_struct.h>

#include "base/compiler.h"

struct event_base;

struct deadline {
	struct deadline *prev; /* NULL when first, or in no queue */
	struct deadline *next;
	uint64_t at; /* monotonic ns; 0: in no queue */
};

struct deadlines {
	struct deadline *first;
	struct deadline *last;
	uint64_t delay; /* ns from add to expiry */
	bool armed;     /* the timer is pending */
	struct event timer;
	void (*expired)(void *arg, struct deadline *d);
	void *arg;
};

/* expired is called on the base's thread; it may add and remove freely. */
void deadlines_init(struct deadlines *q, struct event_base *base, uint64_t delay,
		    void (*expired)(void *arg, struct deadline *d), void *arg);

/* Stop the timer.  Entries are left as they are. */
void deadlines_release(struct deadlines *q);

/* d is in no queue.  now: monotonic ns, not earlier than at the last call. */
void deadlines_add(struct deadlines *q, struct deadline *d, uint64_t now);

/* Nothing happens when d is in no queue. */
void deadlines_remove(struct deadlines *q, struct deadline *d);

static inline bool
deadline_is_set(const struct deadline *d)
{
	return d->at != 0;
}

/* Call expired for all that is due.  The timer does it; tests do it with a time of their own. */
void deadlines_run(struct deadlines *q, uint64_t now);

#endif
