/*
 * Tests of the prometheus directive.
 */
#include "config.h"

#include "prometheus/prometheus.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "prometheus", "" },
	{ "prometheus localhost:9253", "" },
	{ "prometheus :9253", "" },
	{ "prometheus [::1]:9253", "" },
	{ "prometheus {\n runtime_metrics\n}", "CF2011w" },
	{ "prometheus {\n runtime_metrics on\n}", "CF2001" },
	{ "prometheus {\n tls web.yml\n}", "CF3015" },
	{ "prometheus {\n runtime\n}", "CF2004" },
	{ "prometheus 9253", "CF2002" },
	{ "prometheus a:1 b:2", "CF2001" },
	{ "prometheus\nprometheus", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "prometheus {\n tls web.yml\n}", "" },
	{ "prometheus {\n tls\n}", "CF2001" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(knows_the_plugins_of_its_block)
{
	struct setup s;

	setup_open(&s, "a.test {\n whoami\n health\n errors\n prometheus\n bind lo\n log\n log\n}\n"
		       "b.test:1 {\n hosts\n bind lo\n prometheus\n}\n");
	const struct prometheus_config *config = setup_config(&s, "prometheus", 0);
	ck_assert_str_eq(config->addr, "localhost:9153");
	/* In the order of the chain, and only those that CoreDNS has in its chain. */
	ck_assert_uint_eq(config->plugins.n, 4);
	ck_assert_str_eq(config->plugins.v[0], "prometheus");
	ck_assert_str_eq(config->plugins.v[1], "errors");
	ck_assert_str_eq(config->plugins.v[2], "log");
	ck_assert_str_eq(config->plugins.v[3], "whoami");
	config = setup_config(&s, "prometheus", 1);
	ck_assert_uint_eq(config->plugins.n, 2);
	ck_assert_str_eq(config->plugins.v[1], "hosts");
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("prometheus_setup", accepts_and_refuses, knows_the_plugins_of_its_block,
	  judges_as_coredns)
