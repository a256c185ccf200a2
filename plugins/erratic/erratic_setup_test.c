/*
 * Tests of the erratic directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "erratic", "" },
	{ "erratic {\n}", "" },
	{ "erratic {\n drop 3\n truncate\n delay 2 50ms\n large\n}", "" },
	{ "erratic {\n drop -1\n}", "CF2003" },
	{ "erratic {\n drop x\n}", "CF2002" },
	{ "erratic {\n drop 1 2\n}", "CF2001" },
	{ "erratic {\n delay 1 5\n}", "CF2002" },
	{ "erratic {\n delay 1 5ms 3\n}", "CF2001" },
	{ "erratic {\n slow\n}", "CF2004" },
	{ "erratic\nerratic", "" },
	{ "erratic x", "CF2001" },
	{ "erratic\nwhoami", "CF3004w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "erratic x", "" },
	{ "erratic x {\n drop 1\n}", "" },
	{ "erratic {\n large drop\n}", "" },
	{ "erratic {\n delay 1 -1s\n}", "" },
	{ "erratic {\n drop 2147483648\n}", "CF2003" },
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

TEST_MAIN("erratic_setup", accepts_and_refuses, judges_as_coredns)
