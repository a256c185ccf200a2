/*
 * Tests of the tls directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "tls nocert.pem nokey.pem", "CF1000" },
	{ "tls {\n acme a.test\n ca_root noroots.pem\n}", "CF1000" },
	{ "tls {\n acme a.test\n}", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "tls://. {\n tls c.pem k.pem\n}", "CF3015" },
	{ "tls://. {\n tls c.pem k.pem ca.pem\n}", "CF3015" },
	{ "tls://. {\n tls c.pem\n}", "CF2001" },
	{ "tls://. {\n tls \n}", "CF2001" },
	{ "tls://. {\n tls a b c d\n}", "CF2001" },
	{ "tls://. {\n tls c k {\n client_auth require\n keylog f\n}\n}", "CF3015" },
	{ "tls://. {\n tls c k {\n client_auth always\n}\n}", "CF2002" },
	{ "tls://. {\n tls c k {\n client_auth\n}\n}", "CF2001" },
	{ "tls://. {\n tls c k {\n acme example.org\n}\n}", "CF2006" },
	{ "tls://. {\n tls {\n acme example.org www.example.org\n email a@b\n ca https://ca.test/dir\n storage d\n ca_root r.pem\n resolver 9.9.9.9:53\n}\n}",
	  "CF3015" },
	{ "tls://. {\n tls {\n email a@b\n}\n}", "CF2001" },
	{ "tls://. {\n tls {\n acme a.test\n keylog f\n}\n}", "CF2006" },
	{ "tls://. {\n tls {\n acme a.test\n ca ca.test\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a.test\n resolver 9.9.9.9\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a.test\n resolver :53\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a.test\n resolver x:70000\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a.test\n acme b.test\n}\n}", "CF2010" },
	{ "tls://. {\n tls {\n acme *.a.test\n}\n}", "CF3015" },
	{ "tls://. {\n tls {\n acme 192.0.2.1\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a.*.test\n}\n}", "CF2002" },
	{ "tls://. {\n tls {\n acme a..b\n}\n}", "CF2002" },
	{ "tls://. {\n tls a b {\n x\n}\n}", "CF2004" },
	{ "tls://. {\n tls a b\n tls c d\n}", "CF3015 CF2010w" },
	{ "example.org {\n tls a b\n whoami\n}", "CF3007w" },
	{ "tls://example.org {\n whoami\n}", "CF3007 CF3015" },
	{ "quic://a.test {\n whoami\n}", "CF3007 CF3015" },
	{ "https://a.test grpc://b.test {\n whoami\n}", "CF3015 CF3015" },
};

START_TEST(whole_programs)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("tls_setup", accepts_and_refuses, whole_programs, judges_as_coredns)
