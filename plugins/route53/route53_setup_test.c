/*
 * Tests of the route53 directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "route53 example.org:Z1Z2", "" },
	{ "route53 example.org.:Z1 example.org.:Z2 {\n aws_endpoint https://x\n credentials default ~/.aws\n fallthrough\n refresh 2m\n}",
	  "" },
	{ "route53 a:b {\n refresh 30\n}", "" },
	{ "route53", "" },
	{ "route53 example.org", "CF2002" },
	{ "route53 :Z1", "CF2002" },
	{ "route53 a:", "CF2002" },
	{ "route53 a:b a:b", "CF2010" },
	{ "route53 a:b {\n aws_access_key id\n}", "CF2001" },
	{ "route53 a:b {\n aws_access_key id secret\n}", "CF2011w" },
	{ "route53 a:b {\n credentials\n}", "CF2001" },
	{ "route53 a:b {\n refresh 0\n}", "CF2003" },
	{ "route53 a:b {\n refresh x\n}", "CF2002" },
	{ "route53 a:b {\n upstream\n}", "CF2011w" },
	{ "route53 a:b {\n region x\n}", "CF2004" },
	{ "route53 a:b\nroute53 c:d", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("route53_setup", accepts_and_refuses)
