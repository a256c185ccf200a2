/*
 * Tests of the cancel directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "cancel", "" },
	{ "cancel 2s", "" },
	{ "cancel 0s", "CF2003" },
	{ "cancel -1s", "CF2003" },
	{ "cancel 5", "CF2002" },
	{ "cancel 1s 2s", "CF2001" },
	{ "cancel 1s\ncancel 2s", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "cancel {\n x\n}", "" },
	{ "cancel {\n}", "" },
	{ "cancel 1s 2s", "CF2001" },
	{ "cancel 0", "CF2003" },
	{ "cancel -1s", "CF2003" },
	{ "cancel 5", "CF2002" },
	{ "cancel 1h1m.5s\ncancel 1us", "" },
	{ "cancel 99999999h", "CF2003" },
	{ "cancel +1s", "" },
	{ "cancel x\ncancel 1s", "CF2002" },
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

TEST_MAIN("cancel_setup", accepts_and_refuses, judges_as_coredns)
