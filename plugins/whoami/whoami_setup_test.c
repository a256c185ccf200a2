/*
 * Tests of the whoami directive: it takes nothing, and a second one changes nothing.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "whoami", "" },
	{ "whoami\nwhoami", "" },
	{ "whoami {\n}", "" },
	{ "whoami now", "CF2001" },
	{ "whoami {\n verbose\n}", "CF2001" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("whoami_setup", accepts_and_refuses)
