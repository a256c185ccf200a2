/*
 * metrics.h - the registry of metrics.  For the server's own files; plugins register and count by
 * rt.h.
 *
 *	metrics_init		core families
 *	rt_metric_*		while plugins start
 *	metrics_freeze		allocates a row of cells per worker and one for the service thread
 *	rt_metric_add, ...	counting; a cell is written by one thread only
 *	rt_metrics_print	on the service thread
 *	metrics_release
 *
 * Cells are read while they are written, with relaxed atomics: a sum may miss the last few events
 * but no count is torn or lost.
 */
#ifndef RT_METRICS_H
#define RT_METRICS_H

#include <stdint.h>

#include "base/compiler.h"
#include "rt.h"

struct listeners;
struct rt_program;

void metrics_init(const struct rt_program *program, const struct listeners *listeners);
int metrics_freeze(unsigned nworkers) RT_MUST_CHECK;
uint64_t *metrics_row(unsigned worker);
void metrics_release(void);

/* Events of the server itself. */
void metrics_panic(struct rt_worker *w);
void metrics_udp_dropped(struct rt_worker *w, unsigned n);

#endif
