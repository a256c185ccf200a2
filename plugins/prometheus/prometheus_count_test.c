/*
 * Tests of counting, with cells and batches of the test's own.
 */
#include "config.h"

#include "prometheus/prometheus_count.h"

#include <string.h>

#include "tests/support/check_main.h"

#define CELLS 1024

static uint64_t cells[CELLS];
static unsigned ncells;
static struct rt_batch_task *tasks;

/* ---- the runtime, as far as it is needed ---- */

static unsigned
take_cells(const struct rt_label *labels, unsigned nlabels, unsigned width)
{
	unsigned first = ncells;

	for (unsigned i = 0; i < nlabels; i++)
		width *= labels[i].n;
	ncells += width;
	return first;
}

unsigned
rt_metric_counter(struct rt_instance *in, const char *name, const char *help,
		  const struct rt_label *labels, unsigned nlabels)
{
	(void)in;
	(void)name;
	(void)help;
	return take_cells(labels, nlabels, 1);
}

struct rt_histogram
rt_metric_histogram(struct rt_instance *in, const char *name, const char *help,
		    const struct rt_label *labels, unsigned nlabels, const uint64_t *bounds,
		    unsigned nbounds, double scale)
{
	struct rt_histogram h = { .nbounds = nbounds, .bounds = bounds };

	(void)in;
	(void)name;
	(void)help;
	(void)scale;
	h.first = take_cells(labels, nlabels, nbounds + 2);
	return h;
}

uint64_t *
rt_metric_cells(struct rt_worker *w)
{
	(void)w;
	return cells;
}

void
rt_batch_defer(struct rt_worker *w, struct rt_batch_task *t)
{
	(void)w;
	t->next = tasks;
	tasks = t;
}

uint16_t
rt_reply_rcode(const struct rt_query *q)
{
	return q->rcode;
}

/* ---- tests ---- */

static const char *const plugins[] = { "", "whoami", "forward" };
static struct prometheus_row row;
static struct prometheus_batch batch;
static struct rt_query q;

static void
set_up(void)
{
	ncells = 7;
	tasks = NULL;
	memset(cells, 0, sizeof(cells));
	memset(&q, 0, sizeof(q));
	row = (struct prometheus_row){ .plugins = plugins, .nplugins = ARRAY_SIZE(plugins) };
	prometheus_row_register(&row, NULL);
	prometheus_batch_init(&batch, &row);
	ck_assert_uint_eq(row.first, 7);
	ck_assert_uint_lt(ncells, CELLS);
	q.client.family = ADDR_V4;
	q.qtype = DNS_TYPE_AAAA;
	q.request_len = 100;
	q.reply.len = 101;
}

static uint64_t
cell(unsigned at)
{
	return cells[row.first + at];
}

START_TEST(a_query)
{
	const unsigned type = prometheus_types[DNS_TYPE_AAAA];

	prometheus_count(&row, &batch, &q, 1);
	q.proto = RT_PROTO_TCP;
	q.client.family = ADDR_V6;
	q.qtype = 4711;
	q.rcode = DNS_RCODE_NXDOMAIN;
	q.flags = RT_QF_DO;
	prometheus_count(&row, &batch, &q, 2);
	ck_assert_uint_eq(cell(PROMETHEUS_REQUESTS + type), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_REQUESTS + 3 * PROMETHEUS_TYPES), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_RESPONSES + 1), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_RESPONSES + DNS_RCODE_NXDOMAIN * 3 + 2), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_DNSSEC_OK), 1);
	for (unsigned proto = 0; proto < 2; proto++) {
		unsigned at = proto * PROMETHEUS_SIZE_CELLS;

		ck_assert_uint_eq(cell(PROMETHEUS_REQUEST_SIZE + at + 1), 1);
		ck_assert_uint_eq(cell(PROMETHEUS_REQUEST_SIZE + at + 15), 100);
		ck_assert_uint_eq(cell(PROMETHEUS_RESPONSE_SIZE + at + 2), 1);
		ck_assert_uint_eq(cell(PROMETHEUS_RESPONSE_SIZE + at + 15), 101);
	}
}
END_TEST

/* The quick way to a bucket is that of the bounds, for every size. */
START_TEST(sizes)
{
	for (uint64_t size = 0; size <= UINT16_MAX; size++) {
		uint64_t row_of[PROMETHEUS_SIZE_CELLS] = { 0 };

		prometheus_count_size(row_of, size);
		ck_assert_uint_eq(row_of[prometheus_size_bucket(size)], 1);
		ck_assert_uint_eq(row_of[PROMETHEUS_SIZE_BOUNDS + 1], size);
	}
}
END_TEST

START_TEST(at_once)
{
	prometheus_count(&row, &batch, &q, 0);
	prometheus_count(&row, &batch, &q, 0);
	ck_assert_ptr_eq(tasks, &batch.task);
	ck_assert_ptr_null(tasks->next);
	tasks = NULL;
	batch.task.fn(&batch.task, NULL, 250001);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION + 1), 2);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION + 17), 500002);
	/* The next batch is counted anew. */
	prometheus_count(&row, &batch, &q, 0);
	ck_assert_ptr_eq(tasks, &batch.task);
	batch.task.fn(&batch.task, NULL, 250000);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION + 17), 750002);
}
END_TEST

START_TEST(after_waiting)
{
	clock_fake_set(INT64_C(10000000000), 0);
	q.flags = RT_QF_SUSPENDED;
	q.start_ns = UINT64_C(1000000000);
	prometheus_count(&row, &batch, &q, 0);
	q.start_ns = UINT64_C(10000000001);
	prometheus_count(&row, &batch, &q, 0);
	clock_fake_off();
	ck_assert_ptr_null(tasks);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION + PROMETHEUS_DURATION_BOUNDS), 1);
	ck_assert_uint_eq(cell(PROMETHEUS_DURATION + 17), UINT64_C(9000000000));
}
END_TEST

static TCase *
counting_case(void)
{
	TCase *tc = tcase_create("counting");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, a_query);
	tcase_add_test(tc, sizes);
	tcase_add_test(tc, at_once);
	tcase_add_test(tc, after_waiting);
	return tc;
}

TEST_MAIN_CASES("prometheus_count", counting_case)
