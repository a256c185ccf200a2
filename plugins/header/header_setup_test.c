/*
 * Tests of the header directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "header {\n response set ra\n}", "" },
	{ "header {\n query clear rd\n response set aa RA\n Response CLEAR aa\n}", "" },
	{ "header", "CF2001" },
	{ "header {\n}", "CF2001" },
	{ "header x {\n query set rd\n}", "CF2001" },
	{ "header {\n answer set ra\n}", "CF2004" },
	{ "header {\n query\n}", "CF2001" },
	{ "header {\n query set\n}", "CF2001" },
	{ "header {\n query toggle rd\n}", "CF2002" },
	{ "header {\n query set ad\n}", "CF2002" },
	{ "header {\n query set rd\n}\nheader {\n query set rd\n}", "CF2010w" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("header_setup", accepts_and_refuses)
