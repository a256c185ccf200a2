/*
 * Queues of deadlines with equal delays.
 */
#include "config.h"

#include "deadlines.h"

#include <event2/event.h>

#include "base/clock.h"

/* Timers of the loop count in milliseconds: a little later rather than twice. */
#define SLACK_NS CLOCK_NS_PER_MS

static void
arm(struct deadlines *q, uint64_t now)
{
	uint64_t wait = q->first->at > now ? q->first->at - now : 0;
	struct timeval tv;

	wait += (uint64_t)SLACK_NS;
	tv.tv_sec = (time_t)(wait / (uint64_t)CLOCK_NS_PER_S);
	tv.tv_usec = (suseconds_t)(wait % (uint64_t)CLOCK_NS_PER_S / 1000);
	q->armed = event_add(&q->timer, &tv) == 0;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct deadlines *q = arg;

	(void)fd;
	(void)what;
	q->armed = false;
	deadlines_run(q, (uint64_t)clock_mono_ns());
}

void
deadlines_init(struct deadlines *q, struct event_base *base, uint64_t delay,
	       void (*expired)(void *arg, struct deadline *d), void *arg)
{
	*q = (struct deadlines){ .delay = delay, .expired = expired, .arg = arg };
	evtimer_assign(&q->timer, base, on_timer, q);
}

void
deadlines_release(struct deadlines *q)
{
	event_del(&q->timer);
	q->armed = false;
}

void
deadlines_add(struct deadlines *q, struct deadline *d, uint64_t now)
{
	d->at = now + q->delay;
	d->next = NULL;
	d->prev = q->last;
	if (q->last != NULL)
		q->last->next = d;
	else
		q->first = d;
	q->last = d;
	if (!q->armed)
		arm(q, now);
}

void
deadlines_remove(struct deadlines *q, struct deadline *d)
{
	if (!deadline_is_set(d))
		return;
	if (d->prev != NULL)
		d->prev->next = d->next;
	else
		q->first = d->next;
	if (d->next != NULL)
		d->next->prev = d->prev;
	else
		q->last = d->prev;
	*d = (struct deadline){ 0 };
}

void
deadlines_run(struct deadlines *q, uint64_t now)
{
	while (q->first != NULL && q->first->at <= now) {
		struct deadline *d = q->first;

		deadlines_remove(q, d);
		q->expired(q->arg, d);
	}
	if (q->first != NULL && !q->armed)
		arm(q, now);
}
