/*
 * prometheus.c - run time: counts what passes through the server block, and serves /metrics.
 *
 * Each zone of the block on each listener has a row of cells (prometheus_row.h).  Sites are numbered
 * through and those of a block on one listener lie together, so a query's row is found by an
 * addition.
 */
#include "config.h"

#include "rt.h"

#include "prometheus/prometheus.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "prometheus/prometheus_count.h"

/* A multiple of so many batches takes whole cache lines. */
#define BATCH_STEP 2u
RT_STATIC_ASSERT(sizeof(struct prometheus_batch) * BATCH_STEP % 64 == 0,
		 "batches fill cache lines");

/* The sites of the block on one listener: rows[first_row ...]. */
struct span {
	unsigned first_site; /* UINT_MAX: the block is not asked there */
	unsigned last_site;
	unsigned first_row;
};

struct prometheus_state {
	unsigned first_listener;
	unsigned nspans;
	struct span *spans;  /* by listener, from first_listener */
	unsigned *site_rows; /* by listener: row of a site is this plus its index, modulo 2^32 */
	unsigned nrows;
	struct prometheus_row *rows; /* zone is NULL where no site of the block is */
	const char **plugins;        /* values of the label plugin */
	uint8_t *step_plugin;        /* by step: index into plugins */
	struct rt_label server;
	const char *view;
	struct prometheus_row *dropped;   /* by listener */
	struct prometheus_batch *batches; /* by worker, then by row, then by listener (dropped) */
	size_t per_worker;                /* of batches */
	unsigned nworkers;
};

/* ---- counting ---- */

static inline struct prometheus_batch *
batch_of(const struct prometheus_state *state, const struct rt_query *q, size_t row)
{
	return &state->batches[rt_worker_index(q->worker) * state->per_worker + row];
}

void
prometheus_reply(const struct prometheus_config *config, struct prometheus_state *state,
		 struct rt_query *q)
{
	unsigned row = state->site_rows[rt_listener_index(q->listener)] + q->site->index;

	(void)config;
	prometheus_count(&state->rows[row], batch_of(state, q, row), q,
			 q->verdict == RT_DONE ? state->step_plugin[q->step] : 0);
}

/* ---- rows ---- */

struct range {
	unsigned first, last;
};

static void
widen_listeners(void *arg, unsigned listener, const struct rt_site *site)
{
	struct range *r = arg;

	(void)site;
	r->first = listener < r->first ? listener : r->first;
	r->last = listener > r->last ? listener : r->last;
}

static void
widen_span(void *arg, unsigned listener, const struct rt_site *site)
{
	struct prometheus_state *state = arg;
	struct span *span = &state->spans[listener - state->first_listener];

	if (span->first_site == UINT_MAX)
		span->last_site = site->index;
	if (site->index < span->first_site)
		span->first_site = site->index;
	if (site->index > span->last_site)
		span->last_site = site->index;
}

static void
fill_row(void *arg, unsigned listener, const struct rt_site *site)
{
	struct prometheus_state *state = arg;
	const struct span *span = &state->spans[listener - state->first_listener];
	struct prometheus_row *row = &state->rows[span->first_row + site->index - span->first_site];

	row->server = state->server.values[listener];
	row->zone = site->zone.text;
	row->view = state->view;
}

static bool
make_rows(struct prometheus_state *state, struct rt_instance *in)
{
	struct range r = { UINT_MAX, 0 };

	rt_instance_sites(in, widen_listeners, &r);
	if (r.first == UINT_MAX) /* a block without zones is never asked */
		return true;
	state->first_listener = r.first;
	state->nspans = r.last - r.first + 1;
	state->spans = calloc(state->nspans, sizeof(*state->spans));
	state->site_rows = calloc(state->server.n, sizeof(*state->site_rows));
	if (state->spans == NULL || state->site_rows == NULL)
		return false;
	for (unsigned i = 0; i < state->nspans; i++)
		state->spans[i].first_site = UINT_MAX;
	rt_instance_sites(in, widen_span, state);
	for (unsigned i = 0; i < state->nspans; i++) {
		struct span *span = &state->spans[i];

		span->first_row = state->nrows;
		state->site_rows[r.first + i] = span->first_row - span->first_site;
		if (span->first_site != UINT_MAX)
			state->nrows += span->last_site - span->first_site + 1;
	}
	state->rows = calloc(state->nrows, sizeof(*state->rows));
	if (state->rows == NULL)
		return false;
	rt_instance_sites(in, fill_row, state);
	return true;
}

/* ---- plugins ---- */

static unsigned
plugin_value(struct prometheus_state *state, unsigned *n, const char *name)
{
	for (unsigned i = 0; i < *n; i++) {
		if (strcmp(state->plugins[i], name) == 0)
			return i;
	}
	state->plugins[*n] = name;
	return (*n)++;
}

/* The label's values: the names of the steps, each once; 0 or the number of values. */
static unsigned
make_plugins(struct prometheus_state *state, struct rt_instance *in)
{
	unsigned nsteps = rt_instance_nsteps(in), n = 1;

	state->plugins = calloc(nsteps + 1u, sizeof(char *));
	state->step_plugin = calloc(nsteps + 1u, 1);
	if (state->plugins == NULL || state->step_plugin == NULL)
		return 0;
	state->plugins[0] = "";
	for (unsigned i = 0; i < nsteps; i++)
		state->step_plugin[i] =
			(uint8_t)plugin_value(state, &n, rt_instance_step_src(in, i)->plugin);
	return n;
}

/* ---- queries that no server block takes ---- */

static void
count_dropped(void *arg, struct rt_query *q)
{
	const struct prometheus_state *state = arg;
	unsigned listener = rt_listener_index(q->listener);

	prometheus_count(&state->dropped[listener], batch_of(state, q, state->nrows + listener), q,
			 0);
}

/* For the whole server, so the first instance that started does it. */
static bool
make_dropped(struct prometheus_state *state)
{
	static const char *const nobody[] = { "" };

	state->dropped = calloc(state->server.n + 1u, sizeof(*state->dropped));
	if (state->dropped == NULL)
		return false;
	for (unsigned i = 0; i < state->server.n; i++) {
		struct prometheus_row *row = &state->dropped[i];

		row->server = state->server.values[i];
		row->zone = "dropped"; /* without the dot: no zone is called so */
		row->view = "";
		row->plugins = nobody;
		row->nplugins = 1;
	}
	return true;
}

static void
register_dropped(struct prometheus_state *state, struct rt_instance *in)
{
	if (!rt_observe_dropped(in, count_dropped, state))
		return;
	for (unsigned i = 0; i < state->server.n; i++)
		prometheus_row_register(&state->dropped[i], in);
}

/* ---- batches ---- */

/* Each worker's begin on a cache line. */
static bool
make_batches(struct prometheus_state *state, struct rt_instance *in)
{
	size_t rows = state->nrows + state->server.n;
	size_t size;

	state->nworkers = rt_instance_nworkers(in);
	state->per_worker = (rows + BATCH_STEP - 1) / BATCH_STEP * BATCH_STEP;
	size = state->nworkers * state->per_worker * sizeof(*state->batches);
	state->batches = aligned_alloc(64, size);
	if (state->batches == NULL)
		return false;
	memset(state->batches, 0, size);
	return true;
}

static void
init_batches(struct prometheus_state *state)
{
	for (unsigned w = 0; w < state->nworkers; w++) {
		struct prometheus_batch *batches = &state->batches[w * state->per_worker];

		for (unsigned i = 0; i < state->nrows; i++)
			prometheus_batch_init(&batches[i], &state->rows[i]);
		for (unsigned i = 0; i < state->server.n; i++)
			prometheus_batch_init(&batches[state->nrows + i], &state->dropped[i]);
	}
}

/* ---- start ---- */

static double
one(void *arg)
{
	(void)arg;
	return 1;
}

static void
register_rows(struct prometheus_state *state, const struct prometheus_config *config,
	      struct rt_instance *in, unsigned nplugins)
{
	for (unsigned i = 0; i < state->nrows; i++) {
		struct prometheus_row *row = &state->rows[i];
		const struct rt_label labels[] = {
			{ "server", &row->server, 1 },
			{ "zone", &row->zone, 1 },
			{ "view", &row->view, 1 },
			{ "name", config->plugins.v, config->plugins.n },
		};

		if (row->zone == NULL)
			continue;
		row->plugins = state->plugins;
		row->nplugins = nplugins;
		prometheus_row_register(row, in);
		rt_metric_gauge_latest(in, "coredns_plugin_enabled",
				       "A metric that indicates whether a plugin is enabled on per "
				       "server and zone basis.",
				       labels, 4, one, NULL);
	}
}

static void
serve_metrics(void *arg, struct rt_http_reply *reply)
{
	(void)arg;
	reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
	rt_metrics_print(reply->body);
}

struct prometheus_state *
prometheus_start(const struct prometheus_config *config, struct rt_instance *in)
{
	struct prometheus_state *state = calloc(1, sizeof(*state));
	unsigned nplugins = 0;

	if (state != NULL) {
		state->server = rt_server_label();
		state->view = rt_instance_view(in);
		nplugins = make_plugins(state, in);
	}
	if (nplugins == 0 || !make_rows(state, in) || !make_dropped(state) ||
	    !make_batches(state, in)) {
		rt_instance_error(in, "out of memory");
		prometheus_stop(state);
		return NULL;
	}
	/* Several server blocks may have the same address: the metrics are those of all. */
	if (rt_http_serve(in, config->addr, "/metrics", true, serve_metrics, NULL) != 0) {
		prometheus_stop(state);
		return NULL;
	}
	register_rows(state, config, in, nplugins);
	register_dropped(state, in);
	init_batches(state);
	return state;
}

void
prometheus_stop(struct prometheus_state *state)
{
	if (state == NULL)
		return;
	free(state->spans);
	free(state->site_rows);
	free(state->batches);
	free(state->rows);
	free(state->plugins);
	free(state->step_plugin);
	free(state->dropped);
	free(state);
}
