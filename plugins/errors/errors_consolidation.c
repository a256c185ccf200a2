/*
 * errors_consolidation.c - run time: counts errors that look alike, and tells how many there were.
 *
 * The count of a pattern is shared by the workers.  Who makes it one asks the service thread for a
 * timer; when that fires, the count is taken and told, and the next error begins a new period.
 */
#include "config.h"

#include "rt.h"

#include "errors/errors.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "regexp.h"

struct tally {
	const struct errors_pattern *pattern;
	struct rt_instance *instance;
	struct regexp *re;
	_Atomic uint32_t count; /* errors in this period */
	struct rt_timer *timer; /* service thread: runs while a period lasts */
};

struct consolidation {
	unsigned n;
	struct tally *tallies;
	unsigned nworkers;
	struct regexp_scratch **scratch; /* by worker */
};

/* ---- telling ---- */

static void
tell(struct tally *t)
{
	static const enum rt_log_level levels[] = {
		[ERRORS_WARNING] = RT_LOG_WARNING,
		[ERRORS_ERROR] = RT_LOG_ERROR,
		[ERRORS_INFO] = RT_LOG_INFO,
		[ERRORS_DEBUG] = RT_LOG_DEBUG,
	};
	const struct errors_pattern *p = t->pattern;
	uint32_t count = atomic_exchange(&t->count, 0);
	char period[DURATION_TEXT_MAX];

	/* A single one has been logged already if the first is shown. */
	if (count == 0 || (count == 1 && p->show_first))
		return;
	duration_format((int64_t)p->period, period);
	rt_plugin_log("errors", levels[p->level], "%u errors like '%s' occurred in last %s",
		      (unsigned)count, p->text, period);
}

static void
end_period(void *arg)
{
	struct tally *t = arg;

	rt_timer_free(t->timer);
	t->timer = NULL;
	tell(t);
}

static void
begin_period(void *arg)
{
	struct tally *t = arg;

	if (t->timer != NULL)
		return;
	t->timer = rt_service_timer(t->instance, t->pattern->period, end_period, t);
	if (t->timer == NULL) /* out of memory: better early than never */
		tell(t);
}

/* ---- counting ---- */

static bool
take(void *arg, const struct rt_query *q, enum errors_level *level)
{
	struct consolidation *c = arg;
	struct regexp_scratch *scratch = c->scratch[rt_worker_index(q->worker)];
	size_t len = strlen(q->error);

	for (unsigned i = 0; i < c->n; i++) {
		struct tally *t = &c->tallies[i];

		if (!regexp_match(t->re, scratch, q->error, len))
			continue;
		bool first = atomic_fetch_add(&t->count, 1) == 0;
		if (first && !rt_service_post(t->instance, begin_period, t))
			atomic_store(&t->count, 0);
		*level = (enum errors_level)t->pattern->level;
		return !first || !t->pattern->show_first;
	}
	return false;
}

/* ---- life ---- */

static void
stop(void *arg)
{
	struct consolidation *c = arg;

	for (unsigned i = 0; c->tallies != NULL && i < c->n; i++) {
		if (c->tallies[i].re != NULL)
			tell(&c->tallies[i]);
		rt_timer_free(c->tallies[i].timer);
		regexp_free(c->tallies[i].re);
	}
	for (unsigned i = 0; c->scratch != NULL && i < c->nworkers; i++)
		regexp_scratch_free(c->scratch[i]);
	free(c->tallies);
	free(c->scratch);
	free(c);
}

static bool
fill(struct consolidation *c, const struct errors_config *config, struct rt_instance *in)
{
	if (c->tallies == NULL || c->scratch == NULL)
		return false;
	for (unsigned i = 0; i < c->n; i++) {
		struct tally *t = &c->tallies[i];

		t->pattern = &config->patterns.v[i];
		t->instance = in;
		t->re = regexp_new(t->pattern->pcre);
		if (t->re == NULL)
			return false;
	}
	for (unsigned i = 0; i < c->nworkers; i++) {
		c->scratch[i] = regexp_scratch_new();
		if (c->scratch[i] == NULL)
			return false;
	}
	return true;
}

static void *
start(const struct errors_config *config, struct rt_instance *in)
{
	struct consolidation *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->n = config->patterns.n;
		c->tallies = calloc(c->n, sizeof(*c->tallies));
		c->nworkers = rt_instance_nworkers(in);
		c->scratch = calloc(c->nworkers + 1u, sizeof(struct regexp_scratch *));
		if (fill(c, config, in))
			return c;
		stop(c);
	}
	rt_instance_error(in, "out of memory for the patterns of 'consolidate'");
	return NULL;
}

const struct errors_consolidation errors_consolidation = { start, stop, take };
