/*
 * Tests of the transfer directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "file db\ntransfer {\n to *\n}", "" },
	{ "file db\ntransfer example.org {\n to 192.0.2.1 192.0.2.2:5353 [2001:db8::1]:53 fe80::1%eth0\n to 2001:db8::2\n source 192.0.2.9\n}",
	  "" },
	{ "file db\ntransfer", "CF2001" },
	{ "file db\ntransfer {\n to\n}", "CF2001" },
	{ "file db\ntransfer {\n to ns1.example.org\n}", "CF2002" },
	{ "file db\ntransfer {\n source 192.0.2.1\n}", "CF2005" },
	{ "file db\ntransfer {\n to *\n source x\n}", "CF2002" },
	{ "file db\ntransfer {\n to *\n source 192.0.2.1\n source 192.0.2.2\n}", "CF2010" },
	{ "file db\ntransfer {\n from *\n}", "CF2004" },
	{ "file db\ntransfer a.test {\n to *\n}\ntransfer b.test {\n to *\n}", "" },
	{ "transfer {\n to *\n}", "CF3008" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "transfer {\n to 127.0.0.1:99999 127.0.0.1:\n}", "" },
	{ "transfer {\n to [::1]\n}", "CF2002" },
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

TEST_MAIN("transfer_setup", accepts_and_refuses, judges_as_coredns)
