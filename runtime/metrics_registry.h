/*
 * metrics_registry.h - the tables behind metrics.h, between metrics.c (registering, counting) and
 * metrics_print.c.
 */
#ifndef RT_METRICS_REGISTRY_H
#define RT_METRICS_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "rt.h"

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
};

/* What one registration added to a family. */
struct metric_group {
	struct metric_group *next;
	const struct rt_label *labels; /* copied; texts are the registrant's */
	unsigned nlabels;
	unsigned nseries;
	unsigned first;          /* cell */
	double (*fn)(void *arg); /* instead of cells, for one series */
	void *arg;
};

struct metric_family {
	const char *name;
	const char *help;
	enum metric_type type;
	unsigned width; /* cells of a series: 1, or buckets and sum of a histogram */
	const uint64_t *bounds;
	unsigned nbounds;
	double scale;
	bool latest; /* of equal series the greatest value counts, not the sum */
	struct metric_group *first;
	struct metric_group *last;
};

/* Families by name. */
extern struct map metrics_families;

/* Sum of a cell over all rows. */
uint64_t metrics_cell_sum(unsigned cell);

/* A number as Go's strconv.FormatFloat(v, 'g', -1, 64) and Prometheus print it. */
void metrics_put_number(struct buf *out, double v);

/* Registers process_cpu_seconds_total and its kin. */
void metrics_process_init(void);

#endif
