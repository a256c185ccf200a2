/*
 * start.c - the life of an instance of the cache: its store, its metrics.
 */
#include "config.h"

#include "cache/cache_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

/* A store of fewer entries, as the default is, is in the CPU's cache if it is in use at all. */
#define CACHE_LARGE 32768u

static const char *const half_names[CACHE_HALVES] = {
	[CACHE_SUCCESS] = "success",
	[CACHE_DENIAL] = "denial",
};

/* A series of coredns_cache_entries. */
struct cache_gauge {
	const struct cache_state *state;
	enum cache_half half;
	unsigned listener;
	const char *server[1];
	const char *type[1];
};

/* The store is shared by all listeners of the block; it is told of by those that have stored something. */
static double
entries(void *arg)
{
	const struct cache_gauge *g = arg;

	if (!__atomic_load_n(&g->state->used_by[g->listener], __ATOMIC_RELAXED))
		return NAN;
	return (double)cache_store_entries(g->state->store, g->half);
}

static bool
add_gauges(struct cache_state *state, struct rt_instance *in, const struct rt_label *zones,
	   const struct rt_label *view)
{
	struct rt_label server = rt_server_label();
	struct cache_gauge *g = calloc(server.n * CACHE_HALVES + 1u, sizeof(*g));

	state->gauges = g;
	state->used_by = calloc(server.n + 1u, 1);
	if (g == NULL || state->used_by == NULL)
		return false;
	for (unsigned i = 0; i < server.n * CACHE_HALVES; i++, g++) {
		g->state = state;
		g->half = (enum cache_half)(i % CACHE_HALVES);
		g->listener = i / CACHE_HALVES;
		g->server[0] = server.values[g->listener];
		g->type[0] = half_names[g->half];
		struct rt_label labels[] = {
			{ .name = "server", .values = g->server, .n = 1 },
			{ .name = "type", .values = g->type, .n = 1 },
			*zones,
			*view,
		};
		rt_metric_gauge(in, "coredns_cache_entries", "The number of elements in the cache.",
				labels, ARRAY_SIZE(labels), entries, g);
	}
	return true;
}

static void
add_counters(struct cache_state *state, struct rt_instance *in, const struct rt_label *zones,
	     const struct rt_label *view)
{
	struct rt_label type = { .name = "type", .values = half_names, .n = CACHE_HALVES };
	struct rt_label plain[] = { rt_server_label(), *zones, *view };
	struct rt_label typed[] = { rt_server_label(), type, *zones, *view };

	state->requests =
		rt_metric_counter(in, "coredns_cache_requests_total",
				  "The count of cache requests.", plain, ARRAY_SIZE(plain));
	state->hits = rt_metric_counter(in, "coredns_cache_hits_total", "The count of cache hits.",
					typed, ARRAY_SIZE(typed));
	state->misses = rt_metric_counter(
		in, "coredns_cache_misses_total",
		"The count of cache misses. Deprecated, derive misses from cache hits/requests "
		"counters.",
		plain, ARRAY_SIZE(plain));
	state->prefetches =
		rt_metric_counter(in, "coredns_cache_prefetch_total",
				  "The number of times the cache has prefetched a cached item.",
				  plain, ARRAY_SIZE(plain));
	state->drops = rt_metric_counter(
		in, "coredns_cache_drops_total",
		"The number responses that are not cached, because the reply is malformed.", plain,
		ARRAY_SIZE(plain));
	state->stale = rt_metric_counter(in, "coredns_cache_served_stale_total",
					 "The number of requests served from stale cache entries.",
					 plain, ARRAY_SIZE(plain));
	state->evictions =
		rt_metric_counter(in, "coredns_cache_evictions_total",
				  "The count of cache evictions.", typed, ARRAY_SIZE(typed));
}

/* The zones as one label value: "example.org.,example.net." */
static char *
join_zones(const struct rt_names *zones)
{
	size_t len = 1;
	char *text, *p;

	for (unsigned i = 0; i < zones->n; i++)
		len += strlen(zones->v[i].text) + 1;
	text = malloc(len);
	if (text == NULL)
		return NULL;
	p = text;
	for (unsigned i = 0; i < zones->n; i++) {
		size_t n = strlen(zones->v[i].text);

		if (i > 0)
			*p++ = ',';
		memcpy(p, zones->v[i].text, n);
		p += n;
	}
	*p = '\0';
	return text;
}

static bool
add_metrics(struct cache_state *state, struct rt_instance *in)
{
	struct rt_label zones = { .name = "zones", .values = state->zones_value, .n = 1 };
	struct rt_label view = { .name = "view", .values = state->view_value, .n = 1 };

	state->zones = join_zones(&state->config->zones);
	if (state->zones == NULL)
		return false;
	state->zones_value[0] = state->zones;
	state->view_value[0] = rt_instance_view(in);
	add_counters(state, in, &zones, &view);
	return add_gauges(state, in, &zones, &view);
}

static uint32_t
to_ms(uint64_t ns)
{
	uint64_t ms = ns / (uint64_t)CLOCK_NS_PER_MS;

	return ms > INT32_MAX ? INT32_MAX : (uint32_t)ms;
}

struct cache_state *
cache_start(const struct cache_config *config, struct rt_instance *in)
{
	const uint32_t capacity[CACHE_HALVES] = {
		[CACHE_SUCCESS] = config->success.capacity,
		[CACHE_DENIAL] = config->denial.capacity,
	};
	unsigned nworkers = rt_instance_nworkers(in);
	struct cache_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		goto out;
	state->config = config;
	if (config->serve_stale) {
		uint64_t s = config->stale_for / (uint64_t)CLOCK_NS_PER_S;

		state->stale_s = s > INT32_MAX ? INT32_MAX : (uint32_t)s;
		state->retry_ms = to_ms(config->stale_recheck);
	}
	state->gap_ms = to_ms(config->prefetch_gap);
	state->store = cache_store_new(capacity, (int64_t)state->stale_s * CLOCK_NS_PER_S);
	state->workers = aligned_alloc(64, nworkers * sizeof(*state->workers));
	if (state->store == NULL || state->workers == NULL)
		goto out;
	memset(state->workers, 0, nworkers * sizeof(*state->workers));
	state->large = cache_store_entries_max(state->store, CACHE_SUCCESS) +
			       cache_store_entries_max(state->store, CACHE_DENIAL) >=
		       CACHE_LARGE;
	if (add_metrics(state, in))
		return state;
out:
	rt_instance_error(in, "out of memory for a cache of %u and %u entries",
			  cache_capacity(capacity[CACHE_SUCCESS]),
			  cache_capacity(capacity[CACHE_DENIAL]));
	cache_stop(state);
	return NULL;
}

void
cache_stop(struct cache_state *state)
{
	if (state == NULL)
		return;
	cache_store_free(state->store);
	free(state->workers);
	free(state->gauges);
	free(state->used_by);
	free(state->zones);
	free(state);
}

int
cache_worker_start(struct cache_state *state, struct rt_worker *w)
{
	(void)state;
	(void)w;
	return 0;
}

void
cache_worker_stop(struct cache_state *state, struct rt_worker *w)
{
	cache_refresh_release(&state->workers[rt_worker_index(w)]);
}
