/*
 * Tests of the dnssec directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "dnssec {\n key file Kexample.org.+013+1\n}", "" },
	{ "dnssec example.org {\n key file a b.key c.private\n key aws_secretsmanager n\n cache_capacity 500\n}",
	  "" },
	{ "dnssec", "" },
	{ "dnssec {\n key\n}", "CF2001" },
	{ "dnssec {\n key file\n}", "CF2001" },
	{ "dnssec {\n key directory d\n}", "CF2002" },
	{ "dnssec {\n cache_capacity\n}", "CF2001" },
	{ "dnssec {\n cache_capacity x\n}", "CF2002" },
	{ "dnssec {\n capacity 5\n}", "CF2004" },
	{ "dnssec\ndnssec", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("dnssec_setup", accepts_and_refuses)
