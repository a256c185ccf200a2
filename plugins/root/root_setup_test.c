/*
 * Tests of the root directive and of what it does to relative paths.
 */
#include "config.h"

#include "root/root.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "root /etc/coredns", "" },
	{ "root .", "" },
	{ "root", "CF2001" },
	{ "root a b", "CF2001" },
	{ "root \"\"", "CF2002" },
	{ "root /a {\n x\n}", "CF2001" },
	{ "root /a\nroot /b", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "root \"\"", "" },
	{ "root nowhere", "" },
	{ "root a b", "CF2001" },
	{ "root a b nowhere", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(last_path_wins)
{
	struct setup s;

	setup_open(&s, ". {\n root /a\n root /b/\n}\n");
	ck_assert_str_eq(((const struct root_config *)setup_config(&s, "root", 0))->path, "/b/");
	ck_assert_str_eq(s.plan->blocks[0]->root, "/b/");
	setup_close(&s);
}
END_TEST

START_TEST(is_of_one_block)
{
	struct setup s;

	setup_open(&s, "a.test {\n whoami\n root /a\n}\nb.test {\n whoami\n}\n");
	ck_assert_str_eq(s.plan->blocks[0]->root, "/a");
	ck_assert_ptr_null(s.plan->blocks[1]->root);
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("root_setup", accepts_and_refuses, last_path_wins, is_of_one_block, judges_as_coredns)
