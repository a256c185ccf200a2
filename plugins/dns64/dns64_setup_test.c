/*
 * Tests of the dns64 directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "dns64", "" },
	{ "dns64 64:ff9b::/96", "" },
	{ "dns64 {\n prefix 2001:db8::/32\n translate_all\n allow_ipv4\n}", "" },
	{ "dns64 a b", "CF2001" },
	{ "dns64 64:ff9b::/95", "CF2003" },
	{ "dns64 64:ff9b::/24", "CF2003" },
	{ "dns64 64:ff9b::/104", "CF2003" },
	{ "dns64 10.0.0.0/8", "CF2002" },
	{ "dns64 64:ff9b::", "CF2002" },
	{ "dns64 {\n prefix\n}", "CF2001" },
	{ "dns64 {\n prefix x\n}", "CF2002" },
	{ "dns64 {\n translate\n}", "CF2004" },
	{ "dns64 64:ff9b::/96 {\n translate_all\n}", "CF2014w" },
	{ "dns64\ndns64", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "dns64 64:ff9b::/96 {\n nonsense\n}", "" },
	{ "dns64 64:ff9b::/96 {\n x 64:ff9b::/64\n}", "" },
	{ "dns64 64:ff9b::/96 {\n x y\n}", "CF2002" },
	{ "dns64 {\n translate_all allow_ipv4\n}", "" },
	{ "dns64 {\n translate_all x\n}", "CF2004" },
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

TEST_MAIN("dns64_setup", accepts_and_refuses, judges_as_coredns)
