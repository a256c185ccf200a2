/*
 * Tests of the https directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "https {\n max_connections 4294967296\n}", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "https://example.org {\n tls cert.pem key.pem\n https\n whoami\n}", "CF3015" },
	{ "example.org {\n https\n whoami\n}", "CF3007w" },
	{ "https://. {\n tls cert.pem key.pem\n https\n}", "CF3015" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n}\n}", "CF3015" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections 5\n}\n}", "CF3015" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections 0\n}\n}", "CF3015" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections -1\n}\n}", "CF2003" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections x\n}\n}", "CF2002" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections \n}\n}", "CF2001" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections 1 2\n}\n}", "CF2001" },
	{ "https://. {\n tls cert.pem key.pem\n https 1\n}", "CF2001" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_connections 1\n max_connections 2\n}\n}",
	  "CF2010" },
	{ "https://. {\n tls cert.pem key.pem\n https {\n max_stream 3\n}\n}", "CF2004" },
	{ "https://. {\n tls cert.pem key.pem\n https\nhttps\n}", "CF3015 CF2010w" },
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

TEST_MAIN("https_setup", accepts_and_refuses, whole_programs, judges_as_coredns)
