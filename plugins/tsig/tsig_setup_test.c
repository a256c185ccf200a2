/*
 * Tests of the tsig directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "tsig {\n secret key.example.org. NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=\n}", "" },
	{ "tsig example.org {\n secrets keys.conf\n require AXFR IXFR\n require_opcode NOTIFY UPDATE\n}",
	  "" },
	{ "tsig {\n require all\n require_opcode none\n}", "" },
	{ "tsig", "" },
	{ "tsig {\n secret a\n}", "CF2001" },
	{ "tsig {\n secret a not*base64\n}", "CF2020" },
	{ "tsig {\n secret a abc\n}", "CF2020" },
	{ "tsig {\n secret a c2hvcnQ=\n}", "CF2020w" },
	{ "tsig {\n secret a NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=\n secret A. NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=\n}",
	  "CF2010" },
	{ "tsig {\n secrets\n}", "CF2001" },
	{ "tsig {\n require\n}", "CF2001" },
	{ "tsig {\n require XFR\n}", "CF2002" },
	{ "tsig {\n require_opcode FOO\n}", "CF2002" },
	{ "tsig {\n requires all\n}", "CF2004" },
	{ "tsig\ntsig", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "tsig {\n secrets nofile\n}", "CF1000" },
	{ "tsig {\n secrets resolv.conf\n}", "CF2002" },
	{ "tsig {\n secrets tsig.keys\n require A\n}", "" },
	{ "tsig {\n require TYPE65\n}", "CF2002" },
	{ "tsig {\n secret k.test. not-base64\n}", "" },
	{ "tsig {\n secret k.test.\n}", "CF2001" },
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

TEST_MAIN("tsig_setup", accepts_and_refuses, judges_as_coredns)
