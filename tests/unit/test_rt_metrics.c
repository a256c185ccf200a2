/*
 * Metrics: numbers as Prometheus prints them, the text format, counting in several rows.
 */
#include "config.h"

#include "metrics.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "listener.h"
#include "metrics_registry.h"
#include "rt_gen.h"
#include "tests/support/check_main.h"
#include "worker.h"

const struct rt_program rt_program = { .abi = RT_ABI, .version = "1.2", .hash = "abc\"\\\n" };

static struct rt_listener listener_v[2];
static struct listeners listeners = { .v = listener_v, .n = 2 };
static struct rt_worker workers[2];
static struct buf out;

static void
set_up(void)
{
	memcpy(listener_v[0].label, "dns://:53", 10);
	memcpy(listener_v[1].label, "dns://[::1]:53", 15);
	metrics_init(&rt_program, &listeners);
	buf_init(&out, 1 << 20);
}

/* Ends registering; from now on it can be counted. */
static void
freeze(void)
{
	ck_assert_int_eq(metrics_freeze(2), 0);
	for (unsigned i = 0; i < 2; i++)
		workers[i].cells = metrics_row(i);
}

static void
tear_down(void)
{
	buf_release(&out);
	metrics_release();
}

static const char *
printed(void)
{
	buf_reset(&out);
	rt_metrics_print(&out);
	ck_assert(!out.overflow);
	return buf_cstr(&out);
}

#define ck_assert_has(text)     ck_assert_msg(strstr(printed(), text) != NULL, "%s", out.data)
#define ck_assert_has_not(text) ck_assert_msg(strstr(printed(), text) == NULL, "%s", out.data)

static void
check_number(double v, const char *expected)
{
	struct buf b;

	buf_init(&b, 64);
	metrics_put_number(&b, v);
	ck_assert_str_eq(buf_cstr(&b), expected);
	buf_release(&b);
}

START_TEST(numbers)
{
	check_number(0, "0");
	check_number(1, "1");
	check_number(-1, "-1");
	check_number(12.5, "12.5");
	check_number(16000, "16000");
	check_number(123456, "123456");
	check_number(100000, "100000");
	check_number(1000000, "1e+06");
	check_number(1234567, "1.234567e+06");
	check_number(0.1, "0.1");
	check_number(0.00025, "0.00025");
	check_number(0.0001, "0.0001");
	check_number(0.00001, "1e-05");
	check_number(0.1 + 0.2, "0.30000000000000004");
	check_number(1e300, "1e+300");
	check_number(-2.5e-7, "-2.5e-07");
	check_number(18446744073709551615.0, "1.8446744073709552e+19");
	check_number((double)NAN, "NaN");
	check_number((double)INFINITY, "+Inf");
	check_number(-(double)INFINITY, "-Inf");
}
END_TEST

START_TEST(core_families)
{
	freeze();
	ck_assert_has(
		"# TYPE coredns_build_info gauge\n"
		"coredns_build_info{version=\"1.2\",revision=\"abc\\\"\\\\\\n\",goversion=\"\"} "
		"1\n");
	ck_assert_has("# TYPE coredns_panics_total counter\ncoredns_panics_total 0\n");
	ck_assert_has("# TYPE process_open_fds gauge\nprocess_open_fds ");
	ck_assert_has("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ");
	metrics_panic(&workers[1]);
	ck_assert_has("\ncoredns_panics_total 1\n");
}
END_TEST

START_TEST(rows_are_added_up)
{
	unsigned cell =
		rt_metric_counter(NULL, "t_total", "Help with \\ and\nnewline \"x\".", NULL, 0);

	freeze();
	rt_metric_add(&workers[0], cell, 3);
	rt_metric_add(&workers[1], cell, 4);
	rt_metric_add(&workers[1], cell, 1);
	rt_metric_add_service(cell, 10);
	ck_assert_has("# HELP t_total Help with \\\\ and\\nnewline \"x\".\n# TYPE t_total counter\n"
		      "t_total 18\n");
}
END_TEST

START_TEST(series_appear_when_counted)
{
	static const char *const protos[] = { "udp", "tcp" };
	struct rt_label labels[] = {
		rt_server_label(),
		{ .name = "proto", .values = protos, .n = 2 },
	};
	unsigned first = rt_metric_counter(NULL, "t_total", "T.", labels, 2);

	freeze();
	ck_assert_has_not("t_total");
	rt_metric_add(&workers[0], first + 1, 1);
	ck_assert_has("# TYPE t_total counter\nt_total{server=\"dns://:53\",proto=\"tcp\"} 1\n");
	rt_metric_add(&workers[0], first + 2, 2);
	ck_assert_has("t_total{server=\"dns://:53\",proto=\"tcp\"} 1\n"
		      "t_total{server=\"dns://[::1]:53\",proto=\"udp\"} 2\n");
	ck_assert_has_not("proto=\"udp\"} 0");
}
END_TEST

START_TEST(instances_share_a_family)
{
	static const char *const a[] = { "a", "b" };
	static const char *const b[] = { "b", "c" };
	struct rt_label la = { .name = "x", .values = a, .n = 2 };
	struct rt_label lb = { .name = "x", .values = b, .n = 2 };
	unsigned fa = rt_metric_counter(NULL, "t_total", "T.", &la, 1);
	unsigned fb = rt_metric_counter(NULL, "t_total", "T.", &lb, 1);

	freeze();
	for (unsigned i = 0; i < 2; i++) {
		rt_metric_add(&workers[0], fa + i, 1);
		rt_metric_add(&workers[0], fb + i, 1);
	}
	ck_assert_has("# TYPE t_total counter\nt_total{x=\"a\"} 1\nt_total{x=\"b\"} 2\n"
		      "t_total{x=\"c\"} 1\n");
	ck_assert_ptr_null(strstr(strstr(out.data, "# TYPE t_total") + 1, "# TYPE t_total"));
}
END_TEST

START_TEST(histograms)
{
	static const uint64_t bounds[] = { 250000, 500000, 1000000 };
	static const char *const zones[] = { "a.", "b." };
	struct rt_label zone = { .name = "zone", .values = zones, .n = 2 };
	struct rt_histogram h =
		rt_metric_histogram(NULL, "t_seconds", "T.", &zone, 1, bounds, 3, 1e-9);

	freeze();
	rt_metric_observe(&workers[0], &h, 1, 0);
	rt_metric_observe(&workers[0], &h, 1, 250000);
	rt_metric_observe(&workers[1], &h, 1, 250001);
	rt_metric_observe(&workers[1], &h, 1, 7000000);
	ck_assert_has("# TYPE t_seconds histogram\n"
		      "t_seconds_bucket{zone=\"b.\",le=\"0.00025\"} 2\n"
		      "t_seconds_bucket{zone=\"b.\",le=\"0.0005\"} 3\n"
		      "t_seconds_bucket{zone=\"b.\",le=\"0.001\"} 3\n"
		      "t_seconds_bucket{zone=\"b.\",le=\"+Inf\"} 4\n"
		      "t_seconds_sum{zone=\"b.\"} 0.007500001\n"
		      "t_seconds_count{zone=\"b.\"} 4\n");
	ck_assert_has_not("zone=\"a.\"");
}
END_TEST

START_TEST(histograms_without_labels_are_always_there)
{
	static const uint64_t bounds[] = { 0, 16000 };

	(void)rt_metric_histogram(NULL, "t_bytes", "T.", NULL, 0, bounds, 2, 1);
	freeze();
	ck_assert_has("t_bytes_bucket{le=\"0\"} 0\nt_bytes_bucket{le=\"16000\"} 0\n"
		      "t_bytes_bucket{le=\"+Inf\"} 0\nt_bytes_sum 0\nt_bytes_count 0\n");
}
END_TEST

static double
seven(void *arg)
{
	return 7 + *(int *)arg;
}

START_TEST(functions)
{
	static const char *const hosts[] = { "/etc/hosts" };
	struct rt_label file = { .name = "hostsfile", .values = hosts, .n = 1 };
	int one = 1;

	rt_metric_gauge(NULL, "t_entries", "T.", &file, 1, seven, &one);
	rt_metric_counter_fn(NULL, "t_kept_total", "T.", NULL, 0, seven, &one);
	freeze();
	ck_assert_has("# TYPE t_entries gauge\nt_entries{hostsfile=\"/etc/hosts\"} 8\n");
	ck_assert_has("# TYPE t_kept_total counter\nt_kept_total 8\n");
}
END_TEST

START_TEST(families_are_sorted)
{
	const char *a;
	const char *z;

	(void)rt_metric_counter(NULL, "zzz_total", "T.", NULL, 0);
	(void)rt_metric_counter(NULL, "aaa_total", "T.", NULL, 0);
	freeze();
	a = strstr(printed(), "# HELP aaa_total");
	z = strstr(out.data, "# HELP zzz_total");
	ck_assert_ptr_eq(a, out.data);
	ck_assert_ptr_nonnull(z);
	ck_assert_ptr_null(strstr(z + 1, "# HELP"));
}
END_TEST

static TCase *
metrics_case(void)
{
	TCase *tc = tcase_create("metrics");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, core_families);
	tcase_add_test(tc, rows_are_added_up);
	tcase_add_test(tc, series_appear_when_counted);
	tcase_add_test(tc, instances_share_a_family);
	tcase_add_test(tc, histograms);
	tcase_add_test(tc, histograms_without_labels_are_always_there);
	tcase_add_test(tc, functions);
	tcase_add_test(tc, families_are_sorted);
	return tc;
}

TEST_MAIN_CASES("rt_metrics", metrics_case)
