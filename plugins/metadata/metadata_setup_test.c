/*
 * Tests of the metadata directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "metadata", "" },
	{ "metadata example.org 10.0.0.0/8", "" },
	{ "metadata a..b", "CF2002" },
	{ "metadata {\n x\n}", "CF2001" },
	{ "metadata\nmetadata", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("metadata_setup", accepts_and_refuses)
