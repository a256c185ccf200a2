/*
 * cache_trace.h - made-up streams of questions, and how often caches of several kinds have the answer.
 *
 * For the simulator (bench/cache_sim.c) and for the unit test that holds the eviction of the cache
 * plugin to its promise.  Everything follows from the seed: the same numbers on every machine.
 *
 *	struct trace t;
 *	if (!trace_make(&t, &(struct trace_kind){ .names = 100000, .skew = 0.9, ... }, 1000000, 1))
 *		... out of memory ...
 *	ratio = trace_hit_ratio(&t, TRACE_S3FIFO, 10000);
 *	trace_free(&t);
 *
 * Threads: none.  Memory: the trace owns its questions.
 */
#ifndef BENCH_CACHE_TRACE_H
#define BENCH_CACHE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_kind {
	const char *label;
	uint32_t names; /* popular ones, asked for by Zipf's law */
	double skew;    /* its exponent; 0: all alike */
	unsigned scan;  /* percent of the questions that are for names never seen again */
	uint32_t burst; /* these come in runs of so many; 0: one by one */
	uint32_t drift; /* after so many questions other names are popular; 0: never */
};

struct trace {
	uint32_t *keys; /* numbers of names */
	bool *popular;  /* is not part of the scan */
	size_t n;
};

enum trace_policy {
	TRACE_RANDOM, /* 256 shards, random victim: CoreDNS */
	TRACE_LRU,    /* one list, the least recently used leaves */
	TRACE_S3FIFO, /* the cache plugin's own code */
	TRACE_POLICIES,
};

/* Makes a trace of n questions; false when out of memory. */
bool trace_make(struct trace *t, const struct trace_kind *kind, size_t n, uint64_t seed);
void trace_free(struct trace *t);

/*
 * Share (0 to 1) of the questions for popular names that a cache for capacity answers has in it; the
 * scan's cannot be.  -1 when out of memory.
 */
double trace_hit_ratio(const struct trace *t, enum trace_policy policy, uint32_t capacity);

const char *trace_policy_name(enum trace_policy policy);

#endif
