/*
 * prometheus_count.h - counting a query and its answer in a row.  Inline, since it runs for every query.
 *
 * How long answers took that were given at once is counted for all of a batch together, when it
 * leaves: until then prometheus_batch counts them.  Each row has one for each worker:
 *
 *	prometheus_batch_init(&batch, &row);	in start, after prometheus_row_register
 *	prometheus_count(&row, &batch, q, plugin);	on the query's worker, when its reply is there
 */
#ifndef PROMETHEUS_COUNT_H
#define PROMETHEUS_COUNT_H

#include "base/clock.h"
#include "dns/types.h"
#include "prometheus/prometheus_row.h"
#include "rt.h"

struct prometheus_batch {
	struct rt_batch_task task;
	uint64_t n;     /* answers */
	unsigned first; /* cell of the row */
};

/* A worker's cells are written by that worker alone; the scrape reads them meanwhile. */
static inline void
prometheus_bump(uint64_t *cell, uint64_t n)
{
	__atomic_store_n(cell, __atomic_load_n(cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* n answers that took ns each.  The bounds are powers of two apart: the bucket is a number of bits. */
static inline void
prometheus_count_durations(uint64_t *row, uint64_t ns, uint64_t n)
{
	uint64_t steps = ns == 0 ? 0 : (ns - 1) / PROMETHEUS_DURATION_FIRST;
	unsigned bucket = steps == 0 ? 0 : 64u - (unsigned)__builtin_clzll(steps);
	uint64_t *cells = row + PROMETHEUS_DURATION;

	if (bucket > PROMETHEUS_DURATION_BOUNDS)
		bucket = PROMETHEUS_DURATION_BOUNDS;
	prometheus_bump(cells + bucket, n);
	prometheus_bump(cells + PROMETHEUS_DURATION_BOUNDS + 1, ns * n);
}

static void
prometheus_batch_end(struct rt_batch_task *t, struct rt_worker *w, uint64_t took_ns)
{
	struct prometheus_batch *batch = RT_CONTAINER_OF(t, struct prometheus_batch, task);

	prometheus_count_durations(rt_metric_cells(w) + batch->first, took_ns, batch->n);
	batch->n = 0;
}

static inline void
prometheus_batch_init(struct prometheus_batch *batch, const struct prometheus_row *row)
{
	batch->task.fn = prometheus_batch_end;
	batch->n = 0;
	batch->first = row->first;
}

static RT_NOINLINE void
prometheus_count_waited(uint64_t *row, const struct rt_query *q)
{
	uint64_t now = (uint64_t)clock_mono_ns();

	prometheus_count_durations(row, now > q->start_ns ? now - q->start_ns : 0, 1);
}

/* cells: those of the protocol. */
static RT_ALWAYS_INLINE void
prometheus_count_size(uint64_t *cells, uint64_t size)
{
	/* The first bounds are 0, 100, 200, 300, 400, 511: rounding up, by a factor of 1/100. */
	unsigned hundreds = (unsigned)((size + 99) * 656 >> 16);
	unsigned bucket = hundreds < 5 ? hundreds : 5;

	if (RT_UNLIKELY(size > 511))
		bucket = prometheus_size_bucket(size);
	prometheus_bump(cells + bucket, 1);
	prometheus_bump(cells + PROMETHEUS_SIZE_BOUNDS + 1, size);
}

/* plugin: index into row->plugins of the one that wrote the answer; 0: the server did. */
static RT_ALWAYS_INLINE void
prometheus_count(const struct prometheus_row *row, struct prometheus_batch *batch,
		 const struct rt_query *q, unsigned plugin)
{
	uint64_t *cells = rt_metric_cells(q->worker) + row->first;
	unsigned proto = q->proto == RT_PROTO_UDP ? 0 : 1;
	unsigned family = q->client.family == ADDR_V6 ? 1 : 0;
	unsigned type = q->qtype < ARRAY_SIZE(prometheus_types) ? prometheus_types[q->qtype] : 0;
	/* A query that is dropped has no answer: CoreDNS counts it as an empty NOERROR. */
	unsigned rcode = q->reply.len > 0 ? rt_reply_rcode(q) : 0;

	if (RT_UNLIKELY(rcode > PROMETHEUS_RCODE_OTHER))
		rcode = PROMETHEUS_RCODE_OTHER;
	prometheus_bump(
		cells + PROMETHEUS_REQUESTS + (proto * 2 + family) * PROMETHEUS_TYPES + type, 1);
	prometheus_bump(cells + PROMETHEUS_RESPONSES + rcode * row->nplugins + plugin, 1);
	if (RT_UNLIKELY(q->flags & RT_QF_DO))
		prometheus_bump(cells + PROMETHEUS_DNSSEC_OK, 1);
	prometheus_count_size(cells + PROMETHEUS_REQUEST_SIZE + proto * PROMETHEUS_SIZE_CELLS,
			      q->request_len);
	prometheus_count_size(cells + PROMETHEUS_RESPONSE_SIZE + proto * PROMETHEUS_SIZE_CELLS,
			      q->reply.len);
	if (RT_UNLIKELY(q->flags & RT_QF_SUSPENDED))
		prometheus_count_waited(cells, q);
	else if (batch->n++ == 0)
		rt_batch_defer(q->worker, &batch->task);
}

#endif
