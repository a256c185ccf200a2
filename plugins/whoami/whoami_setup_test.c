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
	{ "whoami {\n}", "CF2001" },
	{ "whoami now", "CF2001" },
	{ "whoami {\n verbose\n}", "CF2001" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "whoami {\n}", "CF2001" },
	{ "whoami", "" },
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

TEST_MAIN("whoami_setup", accepts_and_refuses, judges_as_coredns)
