/*
 * Tests of the acl directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "acl {\n block\n}", "" },
	{ "acl", "CF3014w" },
	{ "acl example.org {\n allow net 192.168.0.0/16 10.0.0.1\n block type A AAAA net *\n drop net 2001:db8::/32 type ANY\n BLOCK TYPE MX\n filter type *\n}",
	  "" },
	{ "acl {\n deny net *\n}", "CF2004" },
	{ "acl {\n block net\n}", "CF2001" },
	{ "acl {\n block type net *\n}", "CF2001" },
	{ "acl {\n block 10.0.0.0/8\n}", "CF2002" },
	{ "acl {\n block net 10.0.0.0/33\n}", "CF2002" },
	{ "acl {\n block net example.org\n}", "CF2002" },
	{ "acl {\n block type a\n}", "CF2002" },
	{ "acl {\n block type NONSENSE\n}", "CF2002" },
	{ "acl {\n block\n allow net *\n}", "CF3003w" },
	{ "acl {\n allow net 10.0.0.0/8\n block net 10.1.0.0/16 10.2.0.0/16\n block\n}",
	  "CF3003w" },
	{ "acl {\n block type A net 10.0.0.0/8\n allow net 10.1.0.0/16\n}", "" },
	{ "acl {\n block net *\n}\nacl example.org {\n block\n}", "CF3003w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "acl {\n allow type TYPE65\n}", "CF2002" },
	{ "acl {\n allow type None Reserved\n}", "" },
	{ "acl a..b {\n Filter TYPE A NET 10.0.0.1\n}", "" },
	{ "acl {\n}", "" },
	{ "acl {\n allow net ::1/129\n}", "CF2002" },
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

TEST_MAIN("acl_setup", accepts_and_refuses, judges_as_coredns)
