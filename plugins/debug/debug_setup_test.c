/*
 * Tests of the debug directive.
 */
#include "config.h"

#include "debug/debug.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "debug", "" },
	{ "debug\ndebug", "" },
	{ "debug on", "CF2001" },
	{ "debug {\n on\n}", "CF2001" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "debug\ndebug", "" },
	{ "debug\ndebug x", "CF2001" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(marks_its_block)
{
	struct setup s;

	setup_open(&s, "a.test {\n whoami\n debug\n}\nb.test {\n whoami\n}\n");
	ck_assert(s.plan->blocks[0]->debug);
	ck_assert(!s.plan->blocks[1]->debug);
	/* It takes no part in queries. */
	ck_assert_uint_eq(s.plan->blocks[0]->nsteps, 1);
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("debug_setup", accepts_and_refuses, marks_its_block, judges_as_coredns)
