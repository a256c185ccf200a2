/*
 * Tests of the auto directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "auto", "" },
	{ "auto example.org {\n directory /etc/zones\n reload 30s\n}", "" },
	{ "auto {\n directory zones (.*)\\.zone {1}\n}", "" },
	{ "auto {\n directory zones (.*)\\.zone\n}", "CF2001" },
	{ "auto {\n directory zones .*\\.zone {1}\n}", "CF2002" },
	{ "auto {\n directory zones ( {1}\n}", "CF2002" },
	{ "auto {\n directory a b c d\n}", "CF2001" },
	{ "auto {\n directory\n}", "CF2001" },
	{ "auto {\n reload\n}", "CF2001" },
	{ "auto {\n reload -1s\n}", "CF2003" },
	{ "auto {\n reload 60\n}", "CF2002" },
	{ "auto {\n upstream\n}", "CF2011w" },
	{ "auto {\n fallthrough\n}", "CF2004" },
	{ "auto {\n directory zones (a)(b) {3}\n}", "CF2017w" },
	{ "auto\nauto", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "auto {\n reload 1s extra\n}", "" },
	{ "auto {\n reload -1s\n}", "CF2003" },
	{ "auto {\n directory b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.\n}",
	  "CF1000" },
	{ "auto {\n directory . (.*) \"\"\n}", "" },
	{ "auto {\n directory nonesuch\n upstream a b\n}", "" },
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

TEST_MAIN("auto_setup", accepts_and_refuses, judges_as_coredns)
