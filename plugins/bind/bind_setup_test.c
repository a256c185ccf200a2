/*
 * Tests of the bind directive.
 */
#include "config.h"

#include "bind/bind.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "bind 127.0.0.1", "" },
	{ "bind 127.0.0.1 ::1 lo", "" },
	{ "bind eth0.100", "" },
	{ "bind fe80::1%eth0", "" },
	{ "bind 127.0.0.1\nbind ::1", "" },
	{ "bind lo {\n except 127.0.0.1 ::1\n}", "" },
	{ "bind lo eth0 {\n except lo\n}", "" },
	{ "bind lo {\n except 127.0.0.1\n except ::1\n}", "" },
	{ "bind", "CF2001" },
	{ "bind lo {\n except\n}", "CF2001" },
	{ "bind lo {\n execpt 127.0.0.1\n}", "CF2004" },
	{ "bind 127.0.0.256", "CF2002" },
	{ "bind 10.0.0", "CF2002" },
	{ "bind 127.0.0.1:53", "CF2002" },
	{ "bind [::1]", "CF2002" },
	{ "bind 10.0.0.0/8", "CF2002" },
	{ "bind an-interface-with-a-long-name", "CF2002" },
	{ "bind \"\"", "CF2002" },
	{ "bind 10.0.0.1 10.0.0.2 {\n except 10.0.0.3\n}", "CF2021w" },
	{ "bind 10.0.0.1 {\n except 10.0.0.1\n}", "CF2021" },
	{ "bind lo {\n except lo\n}", "CF2021" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "bind 127.0.0.1 {\n except 127.0.0.1\n}", "" },
	{ "bind ::1%lo", "CF2002" },
	{ "bind [::1]", "CF2002" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(directives_are_groups)
{
	struct setup s;

	setup_open(&s, ". {\n whoami\n bind lo {\n  except ::1\n }\n bind 127.0.0.2\n}\n");
	const struct cfc_listen *l = &s.plan->listens[0];
	ck_assert_uint_eq(l->nbinds, 3);
	ck_assert_str_eq(l->binds[0].text, "lo");
	ck_assert(!l->binds[0].except);
	ck_assert_uint_eq(l->binds[0].group, 0);
	ck_assert_str_eq(l->binds[1].text, "::1");
	ck_assert(l->binds[1].except);
	ck_assert_uint_eq(l->binds[1].group, 0);
	ck_assert_str_eq(l->binds[2].text, "127.0.0.2");
	ck_assert_uint_eq(l->binds[2].group, 1);
	setup_close(&s);
}
END_TEST

static const struct setup_row programs[] = {
	/* The same zone and port on different addresses are two listeners. */
	{ ". {\n whoami\n bind 127.0.0.1\n}\n. {\n whoami\n bind 127.0.0.2\n}\n", "" },
	{ ". {\n whoami\n bind 127.0.0.1\n}\n. {\n whoami\n bind 127.0.0.1\n}\n", "CF3001" },
	{ ". {\n whoami\n bind 127.0.0.1\n}\n. {\n whoami\n}\n", "CF3002" },
};

START_TEST(overlaps)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("bind_setup", accepts_and_refuses, directives_are_groups, overlaps, judges_as_coredns)
