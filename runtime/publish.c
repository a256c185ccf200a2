/*
 * Snapshots: publishing, and freeing old ones when all workers have passed.
 */
#include "config.h"

#include "publish.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "instance.h"
#include "rt.h"
#include "server.h"
#include "service.h"
#include "worker.h"

/* A snapshot that has been replaced. */
struct retired {
	struct retired *next;
	void *value;
	void (*release)(void *value);
	uint64_t epoch; /* free when all workers have passed through it */
};

/* The last epoch that every worker has passed. */
static uint64_t
passed_by_all(struct rt_server *s)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < s->nworkers; i++) {
		uint64_t epoch = atomic_load_explicit(&s->workers[i].epoch, memory_order_acquire);

		if (epoch < least)
			least = epoch;
	}
	return least;
}

void
publish_pass(struct rt_worker *w)
{
	/* Acquire: what was published before this epoch is seen by the next turn. */
	uint64_t epoch = atomic_load_explicit(&w->server->epoch, memory_order_acquire);

	if (RT_LIKELY(epoch == atomic_load_explicit(&w->epoch, memory_order_relaxed)))
		return;
	/* Release: our reads of this turn come before. */
	atomic_store_explicit(&w->epoch, epoch, memory_order_release);
	service_nudge(w->server->service);
}

static void
nudge_workers(struct rt_server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++)
		worker_nudge(&s->workers[i]);
}

/* There is no memory to remember the old snapshot by: wait here until it is free. */
static void
wait_for_all(struct rt_server *s, uint64_t epoch)
{
	while (passed_by_all(s) < epoch)
		sched_yield();
}

void
rt_publish(struct rt_instance *in, void **slot, void *new_value, void (*release)(void *))
{
	struct rt_server *s = in->server;
	void *old = __atomic_exchange_n(slot, new_value, __ATOMIC_ACQ_REL);
	struct retired *r;
	uint64_t epoch;

	if (old == NULL || release == NULL)
		return;
	if (!s->threads) {
		release(old);
		return;
	}
	epoch = atomic_fetch_add_explicit(&s->epoch, 1, memory_order_acq_rel) + 1;
	nudge_workers(s);
	r = malloc(sizeof(*r));
	if (r == NULL) {
		wait_for_all(s, epoch);
		release(old);
		return;
	}
	*r = (struct retired){
		.next = s->retired, .value = old, .release = release, .epoch = epoch
	};
	s->retired = r;
}

static void
release_until(struct rt_server *s, uint64_t epoch)
{
	struct retired **at = &s->retired;

	while (*at != NULL) {
		struct retired *r = *at;

		if (r->epoch > epoch) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		r->release(r->value);
		free(r);
	}
}

void
publish_collect(struct rt_server *s)
{
	if (s->retired != NULL)
		release_until(s, passed_by_all(s));
}

void
publish_release(struct rt_server *s)
{
	release_until(s, UINT64_MAX);
}
