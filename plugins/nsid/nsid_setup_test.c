/*
 * Tests of the nsid directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "nsid", "" },
	{ "nsid ns1.example.org", "" },
	{ "nsid several words are joined", "" },
	{ "nsid {\n x\n}", "CF2001" },
	{ "nsid a\nnsid b", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("nsid_setup", accepts_and_refuses)
