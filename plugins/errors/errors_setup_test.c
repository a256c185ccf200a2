/*
 * Tests of the errors directive.
 */
#include "config.h"

#include "errors/errors.h"

#include "base/compiler.h"
#include "base/duration.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "errors", "" },
	{ "errors stdout", "" },
	{ "errors stderr", "CF2002" },
	{ "errors stdout stdout", "CF2001" },
	{ "errors {\n stacktrace\n}", "" },
	{ "errors {\n stacktrace\n stacktrace\n}", "" },
	{ "errors {\n stacktrace on\n}", "CF2001" },
	{ "errors {\n consolidat 5m x\n}", "CF2004" },
	{ "errors {\n consolidate 5m \".* timeout$\"\n consolidate 30s \"^failed\" warning\n}",
	  "" },
	{ "errors {\n consolidate 5m x error show_first\n}", "" },
	{ "errors {\n consolidate 5m x show_first\n}", "" },
	{ "errors {\n consolidate 5m x info\n consolidate 5m x debug\n}", "CF3003w" },
	{ "errors {\n consolidate 5m .*\n consolidate 5m x\n}", "CF3003w" },
	{ "errors {\n consolidate 5m x\n consolidate 5m .*\n stacktrace\n}", "" },
	{ "errors {\n consolidate\n}", "CF2001" },
	{ "errors {\n consolidate 5m\n}", "CF2001" },
	{ "errors {\n consolidate 5m x error show_first more\n}", "CF2001" },
	{ "errors {\n consolidate 5m x show_first error\n}", "CF2001" },
	{ "errors {\n consolidate 5m x error warning\n}", "CF2001" },
	{ "errors {\n consolidate 5m x fatal\n}", "CF2002" },
	{ "errors {\n consolidate 5 x\n}", "CF2002" },
	{ "errors {\n consolidate 0s x\n}", "CF2003" },
	{ "errors {\n consolidate 5m (\n}", "CF2002" },
	{ "errors {\n consolidate 5m (?=a)\n}", "CF2002" },
	{ "errors {\n consolidate 5m (a)\\1\n}", "CF2002" },
	{ "errors {\n consolidate 5 ( fatal\n}", "CF2002 CF2002 CF2002" },
	{ "errors\nerrors", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "errors {\n consolidate 0 x\n}", "" },
	{ "errors {\n consolidate -1s x show_first show_first\n}", "" },
	{ "errors {\n consolidate 1s x show_first info\n}", "CF2001" },
	{ "errors {\n stacktrace stacktrace\n}", "" },
	{ "errors {\n stacktrace x\n}", "CF2004" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(patterns)
{
	struct setup s;

	setup_open(&s, ". {\n errors {\n  stacktrace\n  consolidate 5m \"a b\" warning show_first\n"
		       "  consolidate 1s ^c\n }\n}\n");
	const struct errors_config *config = setup_config(&s, "errors", 0);
	ck_assert(config->stacktrace);
	ck_assert_uint_eq(config->patterns.n, 2);
	ck_assert_str_eq(config->patterns.v[0].text, "a b");
	ck_assert_str_eq(config->patterns.v[0].pcre, "a b");
	ck_assert_uint_eq(config->patterns.v[0].period, 5 * DURATION_M);
	ck_assert_int_eq(config->patterns.v[0].level, ERRORS_WARNING);
	ck_assert(config->patterns.v[0].show_first);
	ck_assert_int_eq(config->patterns.v[1].level, ERRORS_ERROR);
	ck_assert(!config->patterns.v[1].show_first);
	ck_assert_ptr_nonnull(config->consolidation);
	setup_close(&s);
}
END_TEST

START_TEST(nothing_to_consolidate)
{
	struct setup s;

	setup_open(&s, ". {\n errors\n}\n");
	const struct errors_config *config = setup_config(&s, "errors", 0);
	ck_assert(!config->stacktrace);
	ck_assert_uint_eq(config->patterns.n, 0);
	ck_assert_ptr_null(config->consolidation);
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("errors_setup", accepts_and_refuses, patterns, nothing_to_consolidate, judges_as_coredns)
