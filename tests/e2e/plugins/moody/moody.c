/*
 * moody.c - run time.
 */
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#include "moody/moody.h"

struct moody_state {
	bool ready; /* atomic: workers write, the service thread reads */
};

static bool
is_ready(void *arg)
{
	const struct moody_state *state = arg;

	return __atomic_load_n(&state->ready, __ATOMIC_RELAXED);
}

struct moody_state *
moody_start(const struct moody_config *config, struct rt_instance *in)
{
	struct moody_state *state = calloc(1, sizeof(*state));

	(void)config;
	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	rt_ready_register(in, is_ready, state);
	return state;
}

void
moody_stop(struct moody_state *state)
{
	free(state);
}

static bool
first_label_is(const struct rt_query *q, const char *label)
{
	size_t len = strlen(label);

	return q->qname.wire[0] == len && memcmp(q->qname.wire + 1, label, len) == 0;
}

enum rt_verdict
moody_serve(const struct moody_config *config, struct moody_state *state, struct rt_query *q)
{
	(void)config;
	RT_CHECK(q, !first_label_is(q, "panic"));
	if (first_label_is(q, "up"))
		__atomic_store_n(&state->ready, true, __ATOMIC_RELAXED);
	else if (first_label_is(q, "down"))
		__atomic_store_n(&state->ready, false, __ATOMIC_RELAXED);
	return RT_NEXT;
}
