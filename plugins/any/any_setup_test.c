/*
 * Tests of the any directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "any", "" },
	{ "any x", "CF2001" },
	{ "any {\n x\n}", "CF2001" },
	{ "any\nany", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("any_setup", accepts_and_refuses)
