/*
 * Tests of the trace directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "trace", "" },
	{ "trace tracer:9411", "" },
	{ "trace zipkin tracer:9411", "" },
	{ "trace Datadog localhost:8126", "" },
	{ "trace {\n every 10\n service dns\n client_server\n}", "" },
	{ "trace {\n client_server false\n datadog_analytics_rate 0.5\n zipkin_max_backlog_size 5\n zipkin_max_batch_size 5\n zipkin_max_batch_interval 2s\n}",
	  "" },
	{ "trace jaeger x:1", "CF2002" },
	{ "trace a b c", "CF2001" },
	{ "trace {\n every\n}", "CF2001" },
	{ "trace {\n every -1\n}", "CF2003" },
	{ "trace {\n client_server maybe\n}", "CF2002" },
	{ "trace {\n datadog_analytics_rate 2\n}", "CF2003" },
	{ "trace {\n datadog_analytics_rate x\n}", "CF2002" },
	{ "trace {\n zipkin_max_batch_interval 5\n}", "CF2002" },
	{ "trace {\n evry 3\n}", "CF2004" },
	{ "trace\ntrace", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "trace {\n zipkin_max_backlog_size -1\n zipkin_max_batch_interval -5s\n}", "" },
	{ "trace {\n every -1\n}", "CF2003" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("trace_setup", accepts_and_refuses, judges_as_coredns)
