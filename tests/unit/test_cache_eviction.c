/*
 * Tests of what the eviction of the cache plugin promises: on made-up streams of questions it has the
 * answer at least as often as the random one of CoreDNS, and far more often while something scans.
 */
#include "config.h"

#include "base/compiler.h"
#include "bench/cache_trace.h"
#include "tests/support/check_main.h"

#define QUESTIONS 200000u
#define CAPACITY  2048u

static const struct {
	struct trace_kind kind;
	double better; /* than random, at least, in hits per question */
} rows[] = {
	{ { .label = "flat", .names = 1000, .skew = 0.6 }, 0 },
	{ { .label = "zipf 0.6", .names = 20000, .skew = 0.6 }, 0.05 },
	{ { .label = "zipf 0.8", .names = 20000, .skew = 0.8 }, 0.05 },
	{ { .label = "zipf 1.0", .names = 20000, .skew = 1.0 }, 0.04 },
	{ { .label = "zipf 1.2", .names = 20000, .skew = 1.2 }, 0.01 },
	{ { .label = "drift", .names = 20000, .skew = 1.0, .drift = 50000 }, 0 },
	{ { .label = "scan 30%", .names = 20000, .skew = 1.0, .scan = 30 }, 0.1 },
	{ { .label = "scan 70%", .names = 20000, .skew = 1.0, .scan = 70 }, 0.12 },
	{ { .label = "bursts", .names = 20000, .skew = 1.0, .scan = 50, .burst = 5000 }, 0.07 },
	{ { .label = "fits", .names = 1500, .skew = 0.8, .scan = 50, .burst = 5000 }, 0.1 },
};

START_TEST(never_worse_than_random)
{
	struct trace t;

	ck_assert(trace_make(&t, &rows[_i].kind, QUESTIONS, 7));
	double random = trace_hit_ratio(&t, TRACE_RANDOM, CAPACITY);
	double ours = trace_hit_ratio(&t, TRACE_S3FIFO, CAPACITY);
	ck_assert_msg(random > 0 && ours >= random + rows[_i].better, "%s: %.4f, random %.4f",
		      rows[_i].kind.label, ours, random);
	trace_free(&t);
}
END_TEST

START_TEST(better_than_lru_under_a_scan)
{
	static const struct trace_kind kind = {
		.names = 20000, .skew = 1.0, .scan = 50, .burst = 5000
	};
	struct trace t;

	ck_assert(trace_make(&t, &kind, QUESTIONS, 11));
	double lru = trace_hit_ratio(&t, TRACE_LRU, CAPACITY);
	double ours = trace_hit_ratio(&t, TRACE_S3FIFO, CAPACITY);
	ck_assert_msg(lru > 0 && ours >= lru + 0.05, "%.4f, LRU %.4f", ours, lru);
	trace_free(&t);
}
END_TEST

static TCase *
eviction_case(void)
{
	TCase *tc = tcase_create("eviction");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, never_worse_than_random, 0, ARRAY_SIZE(rows));
	tcase_add_test(tc, better_than_lru_under_a_scan);
	return tc;
}

TEST_MAIN_CASES("cache_eviction", eviction_case)
