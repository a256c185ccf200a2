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

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("cancel_setup", accepts_and_refuses)
