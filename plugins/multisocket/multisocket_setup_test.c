/*
 * Tests of the multisocket directive.
 */
#include "config.h"

#include "multisocket/multisocket.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "multisocket", "" },
	{ "multisocket 1", "" },
	{ "multisocket 1024", "" },
	{ "multisocket 0", "CF2003" },
	{ "multisocket 1025", "CF2003" },
	{ "multisocket -1", "CF2003" },
	{ "multisocket 99999999999999999999", "CF2003" },
	{ "multisocket two", "CF2002" },
	{ "multisocket 2 3", "CF2001" },
	{ "multisocket 2 {\n x\n}", "CF2001" },
	{ "multisocket 2\nmultisocket 2", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(number_reaches_the_listener)
{
	struct setup s;

	setup_open(&s, "a.test:1053 {\n whoami\n multisocket 7\n}\nb.test:1054 {\n whoami\n}\n");
	ck_assert_uint_eq(s.plan->listens[0].nsockets, 7);
	ck_assert_uint_eq(s.plan->listens[1].nsockets, 0);
	setup_close(&s);
}
END_TEST

START_TEST(first_block_of_a_listener_decides)
{
	struct setup s;

	setup_open(&s,
		   "a.test {\n whoami\n multisocket 3\n}\nb.test {\n whoami\n multisocket 5\n}\n");
	ck_assert_uint_eq(s.plan->nlistens, 1);
	ck_assert_uint_eq(s.plan->listens[0].nsockets, 3);
	setup_close(&s);
}
END_TEST

TEST_MAIN("multisocket_setup", accepts_and_refuses, number_reaches_the_listener,
	  first_block_of_a_listener_decides)
