/*
 * Tests of the reload directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "reload", "" },
	{ "reload 10s", "" },
	{ "reload 2s 1s", "" },
	{ "reload 30s 0s", "" },
	{ "reload 10s 5s", "" },
	{ "reload 1s", "CF2003" },
	{ "reload 10", "CF2002" },
	{ "reload 10s 500ms", "CF2003" },
	{ "reload 10s 1s 2s", "CF2001" },
	{ "reload 10s 6s", "CF2016w" },
	{ "reload\nreload", "CF2010w" },
	{ "reload {\n x\n}", "CF2001" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("reload_setup", accepts_and_refuses)
