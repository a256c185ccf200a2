/*
 * Metrics: registering and counting.
 *
 * A family (name) holds groups, one per registration; a group holds series, each some cells.  All
 * cells of the server are numbered through, and every worker has a row of all of them, so counting
 * is an addition to memory that nobody else writes.
 */
#include "config.h"

#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "listener.h"
#include "log.h"
#include "metrics_registry.h"
#include "rt_gen.h"
#include "worker.h"

#define CACHE_LINE 64u

struct map metrics_families;

static struct {
	unsigned ncells;
	size_t row_cells; /* distance of two rows */
	unsigned nrows;   /* workers and the service thread */
	uint64_t *rows;
	const char **servers; /* labels of listeners */
	unsigned nservers;
	unsigned panics;
	unsigned udp_dropped;
} registry;

/* Start cannot go on without memory, and rt.h promises that registering never fails. */
static void
die(void)
{
	rt_log(RT_LOG_FATAL, "out of memory while registering metrics");
	exit(1);
}

static void *
must(void *p)
{
	if (p == NULL)
		die();
	return p;
}

/* ---- registering ---- */

static struct metric_family *
find_family(const char *name, const char *help, enum metric_type type)
{
	struct metric_family *f = map_get_str(&metrics_families, name);

	if (f != NULL) {
		if (f->type != type) {
			rt_log(RT_LOG_FATAL, "metric %s is registered as two types", name);
			abort();
		}
		return f;
	}
	f = must(calloc(1, sizeof(*f)));
	f->name = name;
	f->help = help;
	f->type = type;
	f->width = 1;
	if (map_set_str(&metrics_families, name, f) < 0)
		die();
	return f;
}

static bool
same_label_names(const struct metric_group *g, const struct rt_label *labels, unsigned nlabels)
{
	if (g->nlabels != nlabels)
		return false;
	for (unsigned i = 0; i < nlabels; i++)
		if (strcmp(g->labels[i].name, labels[i].name) != 0)
			return false;
	return true;
}

static struct metric_group *
add_group(struct metric_family *f, const struct rt_label *labels, unsigned nlabels)
{
	struct metric_group *g = must(calloc(1, sizeof(*g)));
	struct rt_label *copy = must(calloc(nlabels + 1u, sizeof(*copy)));

	if (f->last != NULL && !same_label_names(f->last, labels, nlabels)) {
		rt_log(RT_LOG_FATAL, "metric %s is registered with different labels", f->name);
		abort();
	}
	if (nlabels > 0)
		memcpy(copy, labels, nlabels * sizeof(*copy));
	g->labels = copy;
	g->nlabels = nlabels;
	g->nseries = 1;
	for (unsigned i = 0; i < nlabels; i++)
		g->nseries *= labels[i].n;
	if (f->last != NULL)
		f->last->next = g;
	else
		f->first = g;
	f->last = g;
	return g;
}

static void
add_cells(struct metric_group *g, unsigned width)
{
	g->first = registry.ncells;
	registry.ncells += g->nseries * width;
}

unsigned
rt_metric_counter(struct rt_instance *in, const char *name, const char *help,
		  const struct rt_label *labels, unsigned nlabels)
{
	struct metric_family *f = find_family(name, help, METRIC_COUNTER);
	struct metric_group *g = add_group(f, labels, nlabels);

	(void)in;
	add_cells(g, 1);
	return g->first;
}

struct rt_histogram
rt_metric_histogram(struct rt_instance *in, const char *name, const char *help,
		    const struct rt_label *labels, unsigned nlabels, const uint64_t *bounds,
		    unsigned nbounds, double scale)
{
	struct metric_family *f = find_family(name, help, METRIC_HISTOGRAM);
	struct metric_group *g = add_group(f, labels, nlabels);
	struct rt_histogram h;

	(void)in;
	f->bounds = bounds;
	f->nbounds = nbounds;
	f->width = nbounds + 2;
	f->scale = scale;
	add_cells(g, f->width);
	h.first = g->first;
	h.nbounds = nbounds;
	h.bounds = bounds;
	return h;
}

static void
add_function(enum metric_type type, const char *name, const char *help,
	     const struct rt_label *labels, unsigned nlabels, double (*fn)(void *), void *arg)
{
	struct metric_group *g = add_group(find_family(name, help, type), labels, nlabels);

	g->fn = fn;
	g->arg = arg;
}

void
rt_metric_gauge(struct rt_instance *in, const char *name, const char *help,
		const struct rt_label *labels, unsigned nlabels, double (*fn)(void *), void *arg)
{
	(void)in;
	add_function(METRIC_GAUGE, name, help, labels, nlabels, fn, arg);
}

void
rt_metric_gauge_latest(struct rt_instance *in, const char *name, const char *help,
		       const struct rt_label *labels, unsigned nlabels, double (*fn)(void *),
		       void *arg)
{
	(void)in;
	add_function(METRIC_GAUGE, name, help, labels, nlabels, fn, arg);
	find_family(name, help, METRIC_GAUGE)->latest = true;
}

void
rt_metric_counter_fn(struct rt_instance *in, const char *name, const char *help,
		     const struct rt_label *labels, unsigned nlabels, double (*fn)(void *),
		     void *arg)
{
	(void)in;
	add_function(METRIC_COUNTER, name, help, labels, nlabels, fn, arg);
}

struct rt_label
rt_server_label(void)
{
	return (struct rt_label){
		.name = "server",
		.values = registry.servers,
		.n = registry.nservers,
	};
}

/* ---- counting ---- */

static inline void
cell_add(uint64_t *row, unsigned cell, uint64_t n)
{
	uint64_t old = __atomic_load_n(&row[cell], __ATOMIC_RELAXED);

	__atomic_store_n(&row[cell], old + n, __ATOMIC_RELAXED);
}

void
rt_metric_add(struct rt_worker *w, unsigned cell, uint64_t n)
{
	cell_add(w->cells, cell, n);
}

uint64_t *
rt_metric_cells(struct rt_worker *w)
{
	return w->cells;
}

void
rt_metric_observe(struct rt_worker *w, const struct rt_histogram *h, unsigned series,
		  uint64_t value)
{
	unsigned base = h->first + series * (h->nbounds + 2);
	unsigned i = 0;

	/* Few bounds, and most values are below the first ones. */
	while (i < h->nbounds && value > h->bounds[i])
		i++;
	cell_add(w->cells, base + i, 1);
	cell_add(w->cells, base + h->nbounds + 1, value);
}

void
rt_metric_add_service(unsigned cell, uint64_t n)
{
	cell_add(metrics_row(registry.nrows - 1), cell, n);
}

uint64_t *
metrics_row(unsigned worker)
{
	return registry.rows + worker * registry.row_cells;
}

uint64_t
metrics_cell_sum(unsigned cell)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < registry.nrows; i++)
		sum += __atomic_load_n(&metrics_row(i)[cell], __ATOMIC_RELAXED);
	return sum;
}

/* ---- the server's own ---- */

void
metrics_panic(struct rt_worker *w)
{
	rt_metric_add(w, registry.panics, 1);
}

void
metrics_udp_dropped(struct rt_worker *w, unsigned n)
{
	rt_metric_add(w, registry.udp_dropped, n);
}

static double
one(void *arg)
{
	(void)arg;
	return 1;
}

static double
log_lines_dropped(void *arg)
{
	(void)arg;
	return (double)log_dropped();
}

/* build_info keeps CoreDNS's labels; a C program has no goversion, and dashboards join on the
 * names. */
static void
add_build_info(const struct rt_program *program)
{
	static const char *const none[] = { "" };
	static const char *version[1];
	static const char *revision[1];
	struct rt_label labels[] = {
		{ .name = "version", .values = version, .n = 1 },
		{ .name = "revision", .values = revision, .n = 1 },
		{ .name = "goversion", .values = none, .n = 1 },
	};

	version[0] = program->version;
	revision[0] = program->hash;
	rt_metric_gauge(
		NULL, "coredns_build_info",
		"A metric with a constant '1' value labeled by version, revision, and goversion "
		"from which CoreDNS was built.",
		labels, 3, one, NULL);
}

void
metrics_init(const struct rt_program *program, const struct listeners *listeners)
{
	map_init(&metrics_families);
	memset(&registry, 0, sizeof(registry));
	registry.servers = must(calloc(listeners->n + 1u, sizeof(*registry.servers)));
	registry.nservers = listeners->n;
	for (unsigned i = 0; i < listeners->n; i++)
		registry.servers[i] = rt_listener_label(&listeners->v[i]);
	add_build_info(program);
	registry.panics = rt_metric_counter(NULL, "coredns_panics_total",
					    "A metrics that counts the number of panics.", NULL, 0);
	registry.udp_dropped =
		rt_metric_counter(NULL, "corefilec_udp_replies_dropped_total",
				  "Replies over UDP that the kernel did not take.", NULL, 0);
	rt_metric_counter_fn(NULL, "corefilec_log_lines_dropped_total",
			     "Log lines dropped because standard output was slow or full.", NULL, 0,
			     log_lines_dropped, NULL);
	metrics_process_init();
}

int
metrics_freeze(unsigned nworkers)
{
	size_t per_line = CACHE_LINE / sizeof(uint64_t);
	size_t size;

	registry.nrows = nworkers + 1;
	registry.row_cells = (registry.ncells + per_line - 1) / per_line * per_line;
	size = registry.nrows * registry.row_cells * sizeof(uint64_t);
	registry.rows = aligned_alloc(CACHE_LINE, size);
	if (registry.rows == NULL)
		return RT_ENOMEM;
	memset(registry.rows, 0, size);
	return 0;
}

void
metrics_release(void)
{
	const struct map_entry *e;
	size_t pos = 0;

	for (e = map_next(&metrics_families, &pos); e != NULL;
	     e = map_next(&metrics_families, &pos)) {
		struct metric_family *f = e->value;

		while (f->first != NULL) {
			struct metric_group *g = f->first;

			f->first = g->next;
			free((void *)(uintptr_t)g->labels);
			free(g);
		}
		free(f);
	}
	map_release(&metrics_families);
	free(registry.rows);
	free(registry.servers);
	memset(&registry, 0, sizeof(registry));
}
