/*
 * Tests of the proxyproto directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "proxyproto", "" },
	{ "proxyproto {\n}", "" },
	{ "proxyproto {\n allow 10.0.0.0/8 2001:db8::/32\n allow 192.168.0.0/16\n default skip\n}",
	  "" },
	{ "proxyproto {\n default SKIP\n}", "" },
	{ "proxyproto {\n udp_session_tracking 28s 100\n}", "" },
	{ "proxyproto {\n udp_session_tracking 28s\n}", "" },
	{ "proxyproto x", "CF2001" },
	{ "proxyproto {\n allow 10.0.0.1\n}", "CF2002" },
	{ "proxyproto {\n default\n}", "CF2001" },
	{ "proxyproto {\n default maybe\n}", "CF2002" },
	{ "proxyproto {\n udp_session_tracking 5\n}", "CF2002" },
	{ "proxyproto {\n udp_session_tracking 5s 0\n}", "CF2003" },
	{ "proxyproto {\n udp_session_tracking\n}", "CF2001" },
	{ "proxyproto {\n alow 10.0.0.0/8\n}", "CF2004" },
	{ "proxyproto {\n default use\n default skip\n}", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "proxyproto {\n udp_session_tracking -5s 4294967296\n}", "" },
	{ "proxyproto {\n udp_session_tracking 5s 0\n}", "CF2003" },
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

TEST_MAIN("proxyproto_setup", accepts_and_refuses, judges_as_coredns)
