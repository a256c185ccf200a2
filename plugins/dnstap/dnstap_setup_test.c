/*
 * Tests of the dnstap directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "dnstap /tmp/tap.sock", "" },
	{ "dnstap unix:///tmp/tap.sock full 4 2", "" },
	{ "dnstap tcp://127.0.0.1:6000 full {\n identity a\n version b\n extra \"{/metadata/x}\"\n}",
	  "" },
	{ "dnstap tls://collector:6000 {\n skipverify\n}", "" },
	{ "dnstap listen tls://:6000 full {\n tls c k ca\n}", "" },
	{ "dnstap", "CF2001" },
	{ "dnstap listen", "CF2001" },
	{ "dnstap s full 0", "CF2003" },
	{ "dnstap s full 1025", "CF2003" },
	{ "dnstap s full x", "CF2002" },
	{ "dnstap s full 1 4097", "CF2003" },
	{ "dnstap s full 1 1 1", "CF2001" },
	{ "dnstap s all", "CF2014w" },
	{ "dnstap s {\n tls c k\n}", "CF2006" },
	{ "dnstap listen s {\n tls c\n}", "CF2001" },
	{ "dnstap s {\n identity\n}", "CF2001" },
	{ "dnstap s {\n ident x\n}", "CF2004" },
	{ "dnstap tcp://", "CF2002" },
	{ "dnstap a\ndnstap b", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "dnstap unix:///x full 1 1 x", "" },
	{ "dnstap \"\"", "" },
	{ "dnstap unix://", "" },
	{ "dnstap tcp://[::1", "CF2002" },
	{ "dnstap tls://a:b", "CF2002" },
	{ "dnstap x {\n extra a skipverify\n}", "" },
	{ "dnstap listen x {\n tls a b c d\n}", "" },
	{ "dnstap listen x {\n tls a\n}", "CF2001" },
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

TEST_MAIN("dnstap_setup", accepts_and_refuses, judges_as_coredns)
