/*
 * Tests of the minimal directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "minimal", "" },
	{ "minimal x", "CF2001" },
	{ "minimal\nminimal", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("minimal_setup", accepts_and_refuses)
