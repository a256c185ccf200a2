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
	{ "dnssec", "CF4014w" },
	{ "dnssec {\n key\n}", "CF2001" },
	{ "dnssec {\n key file\n}", "CF2001" },
	{ "dnssec {\n key directory d\n}", "CF2002" },
	{ "dnssec {\n cache_capacity\n}", "CF2001" },
	{ "dnssec {\n cache_capacity x\n}", "CF2002" },
	{ "dnssec {\n capacity 5\n}", "CF2004" },
	{ "dnssec\ndnssec", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "dnssec {\n key x\n}", "" },
	{ "dnssec {\n key x y\n}", "CF2002" },
	{ "dnssec {\n key file\n}", "CF2001" },
	{ "dnssec {\n key file nonesuch\n}", "CF1000" },
	{ "dnssec {\n cache_capacity -9 cache_capacity 9223372036854775807\n}", "" },
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

TEST_MAIN("dnssec_setup", accepts_and_refuses, judges_as_coredns)
