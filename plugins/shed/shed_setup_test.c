/*
 * Tests of the shed directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "shed", "" },
	{ "shed {\n}", "" },
	{ "shed 5", "CF2001" },
	{ "shed {\n x\n}", "CF2001" },
	{ "shed\nshed", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "tls://example.org {\n tls a b\n shed\n}", "CF3007" },
};

START_TEST(whole_programs)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

TEST_MAIN("shed_setup", accepts_and_refuses, whole_programs)
