/*
 * Tests of the pprof directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "pprof", "" },
	{ "pprof :6060", "" },
	{ "pprof localhost:6053 {\n block\n}", "" },
	{ "pprof {\n block 5\n}", "" },
	{ "pprof localhost", "CF2002" },
	{ "pprof a:1 b:2", "CF2001" },
	{ "pprof {\n block x\n}", "CF2002" },
	{ "pprof {\n block 1 2\n}", "CF2001" },
	{ "pprof {\n blok\n}", "CF2004" },
	{ "pprof\npprof", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "pprof {\n block -1\n}", "" },
	{ "pprof ::1", "CF2002" },
	{ "pprof localhost:", "" },
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

TEST_MAIN("pprof_setup", accepts_and_refuses, judges_as_coredns)
