/*
 * Tests of the ready directive.
 */
#include "config.h"

#include "ready/ready.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "ready", "" },
	{ "ready :8182", "" },
	{ "ready 127.0.0.1:8181 {\n monitor continuously\n}", "" },
	{ "ready {\n monitor until-ready\n}", "" },
	{ "ready 8181", "CF2002" },
	{ "ready a b", "CF2001" },
	{ "ready {\n monitor\n}", "CF2001" },
	{ "ready {\n monitor continously\n}", "CF2002" },
	{ "ready {\n monitor continuously\n monitor until-ready\n}", "CF2010w" },
	{ "ready {\n moniter continuously\n}", "CF2004" },
	{ "ready\nready", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(values)
{
	struct setup s;

	setup_open(&s, "a.test {\n ready\n whoami\n}\nb.test {\n ready :1 {\n"
		       "  monitor continuously\n }\n whoami\n}\n");
	const struct ready_config *config = setup_config(&s, "ready", 0);
	ck_assert_str_eq(config->addr, ":8181");
	ck_assert_int_eq(config->monitor, READY_UNTIL_READY);
	config = setup_config(&s, "ready", 1);
	ck_assert_str_eq(config->addr, ":1");
	ck_assert_int_eq(config->monitor, READY_CONTINUOUSLY);
	setup_close(&s);
}
END_TEST

static const struct setup_row programs[] = {
	{ "a.test {\n whoami\n ready\n}\nb.test {\n whoami\n ready {\n  monitor continuously\n "
	  "}\n}\n",
	  "CF3018w" },
	{ "a.test {\n whoami\n ready :1\n}\nb.test {\n whoami\n ready :2 {\n  monitor "
	  "continuously\n"
	  " }\n}\n",
	  "" },
};

START_TEST(modes_that_differ)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

TEST_MAIN("ready_setup", accepts_and_refuses, values, modes_that_differ)
