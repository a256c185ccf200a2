/*
 * cache_sim.c - prints how often the cache has the answer, with its own eviction and with others'.
 *
 *	bench/cache_sim [QUESTIONS [CAPACITY]]		1000000 and 10000 by default
 *
 * One line a trace: Zipf's law with several exponents, alone, with names that are asked for only once (a
 * scan, a random subdomain attack), and with popularity that drifts.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"
#include "bench/cache_trace.h"

static const struct trace_kind kinds[] = {
	{ .label = "zipf 0.6, 100k names", .names = 100000, .skew = 0.6 },
	{ .label = "zipf 0.8, 100k names", .names = 100000, .skew = 0.8 },
	{ .label = "zipf 1.0, 100k names", .names = 100000, .skew = 1.0 },
	{ .label = "zipf 1.2, 100k names", .names = 100000, .skew = 1.2 },
	{ .label = "zipf 1.0, 1M names", .names = 1000000, .skew = 1.0 },
	{ .label = "zipf 1.0, 30% scan", .names = 100000, .skew = 1.0, .scan = 30 },
	{ .label = "zipf 1.0, 70% scan", .names = 100000, .skew = 1.0, .scan = 70 },
	{ .label = "zipf 1.0, scans of 20k",
	  .names = 100000,
	  .skew = 1.0,
	  .scan = 50,
	  .burst = 20000 },
	{ .label = "fits, scans of 20k", .names = 8000, .skew = 0.8, .scan = 50, .burst = 20000 },
	{ .label = "zipf 1.0, drifting", .names = 100000, .skew = 1.0, .drift = 100000 },
};

static bool
print_line(const struct trace_kind *kind, size_t n, uint32_t capacity)
{
	struct trace t;

	if (!trace_make(&t, kind, n, 1))
		return false;
	printf("%-24s", kind->label);
	for (unsigned p = 0; p < TRACE_POLICIES; p++)
		printf("  %8.2f", 100 * trace_hit_ratio(&t, (enum trace_policy)p, capacity));
	printf("\n");
	fflush(stdout);
	trace_free(&t);
	return true;
}

int
main(int argc, char **argv)
{
	int64_t questions = 1000000;
	int64_t capacity = 10000;

	if ((argc > 1 && num_parse_int(&questions, argv[1], strlen(argv[1]), 10) != 0) ||
	    (argc > 2 && num_parse_int(&capacity, argv[2], strlen(argv[2]), 10) != 0) ||
	    questions < 1 || capacity < 1 || capacity > 1 << 24) {
		fprintf(stderr, "usage: cache_sim [QUESTIONS [CAPACITY]]\n");
		return 2;
	}
	printf("hits in percent of the questions for names that come again, capacity %lld\n",
	       (long long)capacity);
	printf("%-24s", "trace");
	for (unsigned p = 0; p < TRACE_POLICIES; p++)
		printf("  %8s", trace_policy_name((enum trace_policy)p));
	printf("\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!print_line(&kinds[i], (size_t)questions, (uint32_t)capacity))
			return 1;
	}
	return 0;
}
