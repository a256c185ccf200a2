/*
 * Tests of the local directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "local", "" },
	{ "local {\n localhost_prefix off\n}", "" },
	{ "local {\n localhost_prefix on\n}", "" },
	{ "local x", "CF2001" },
	{ "local {\n localhost_prefix\n}", "CF2001" },
	{ "local {\n localhost_prefix maybe\n}", "CF2002" },
	{ "local {\n localhost\n}", "CF2004" },
	{ "local\nlocal", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("local_setup", accepts_and_refuses)
