/*
 * Tests of the clouddns directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "clouddns example.org:project:zone", "" },
	{ "clouddns a:b:c d:e:f {\n credentials key.json\n fallthrough\n}", "" },
	{ "clouddns", "" },
	{ "clouddns a:b", "CF2002" },
	{ "clouddns a::c", "CF2002" },
	{ "clouddns a:b:c a:b:c", "CF2010" },
	{ "clouddns a:b:c {\n credentials\n}", "CF2001" },
	{ "clouddns a:b:c {\n upstream\n}", "CF2011w" },
	{ "clouddns a:b:c {\n refresh 1m\n}", "CF2004" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "clouddns a:b:c {\n credentials nonesuch\n}", "CF1000" },
	{ "clouddns {\n credentials hosts\n}", "CF2002" },
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

TEST_MAIN("clouddns_setup", accepts_and_refuses, judges_as_coredns)
