/*
 * Tests of the nomad directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "nomad", "" },
	{ "nomad service.example {\n address http://10.0.0.1:4646 http://10.0.0.2:4646\n token s\n ttl 60\n filter \"Tags contains dns\"\n}",
	  "" },
	{ "nomad {\n address\n}", "CF2001" },
	{ "nomad {\n filter a b\n}", "CF2001" },
	{ "nomad {\n token\n}", "CF2001" },
	{ "nomad {\n ttl 3601\n}", "CF2003" },
	{ "nomad {\n ttl x\n}", "CF2002" },
	{ "nomad {\n adress x\n}", "CF2004" },
	{ "nomad\nnomad", "CF2010w" },
	{ "nomad {\n address 127.0.0.1:4646\n}", "CF2002" },
	{ "nomad {\n address http://a.test 10%\n}", "CF2002" },
	{ "nomad {\n address unix:///run/nomad.sock\n}", "" },
	{ "nomad {\n Address http://a.test\n}", "CF2004" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "nomad {\n Address http://a.test\n TTL 5\n}", "" },
	{ "nomad {\n Address :4646\n}", "CF2002" },
	{ "nomad {\n TTL\n}", "CF2001" },
	{ "nomad {\n ADRESS http://a.test\n}", "CF2004" },
};

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("nomad_setup", accepts_and_refuses, judges_as_coredns)
