/*
 * Tests of the timeouts directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "timeouts {\n read 10s\n write 10\n idle 1h\n maxtcpqueries 5\n}", "" },
	{ "timeouts {\n read 1\n}", "" },
	{ "timeouts {\n read 24h\n}", "" },
	{ "timeouts {\n maxtcpqueries -1\n}", "" },
	{ "timeouts", "CF2001" },
	{ "timeouts {\n}", "CF2001" },
	{ "timeouts 5s", "CF2001" },
	{ "timeouts {\n read\n}", "CF2001" },
	{ "timeouts {\n read 1s 2s\n}", "CF2001" },
	{ "timeouts {\n read 0\n}", "CF2003" },
	{ "timeouts {\n idle 25h\n}", "CF2003" },
	{ "timeouts {\n write soon\n}", "CF2002" },
	{ "timeouts {\n maxtcpqueries 0\n}", "CF2003" },
	{ "timeouts {\n maxtcpqueries -2\n}", "CF2003" },
	{ "timeouts {\n maxtcpqueries 1s\n}", "CF2002" },
	{ "timeouts {\n connect 1s\n}", "CF2004" },
	{ "timeouts {\n read 1s\n read 2s\n}", "CF2010w" },
	{ "timeouts {\n read 1s\n}\ntimeouts {\n write 2s\n}", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "timeouts {\n maxtcpqueries 9223372036854775807\n}", "" },
	{ "timeouts {\n maxtcpqueries 0\n}", "CF2003" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("timeouts_setup", accepts_and_refuses, judges_as_coredns)
