/*
 * Tests of the quic directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "quic {\n max_streams 4294967296\n}", "" },
	{ "quic {\n max_streams 0\n}", "CF2003" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "quic://example.org {\n tls cert.pem key.pem\n quic\n whoami\n}", "CF3015" },
	{ "example.org {\n quic\n whoami\n}", "CF3007w" },
	{ "quic://. {\n tls cert.pem key.pem\n quic\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n}\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams 5\n}\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams 1\n}\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams 0\n}\n}", "CF2003" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams x\n}\n}", "CF2002" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams \n}\n}", "CF2001" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams 1 2\n}\n}", "CF2001" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size 5\n}\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size 1\n}\n}", "CF3015" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size 0\n}\n}", "CF2003" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size x\n}\n}", "CF2002" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size \n}\n}", "CF2001" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n worker_pool_size 1 2\n}\n}", "CF2001" },
	{ "quic://. {\n tls cert.pem key.pem\n quic 1\n}", "CF2001" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_streams 1\n max_streams 2\n}\n}",
	  "CF2010" },
	{ "quic://. {\n tls cert.pem key.pem\n quic {\n max_stream 3\n}\n}", "CF2004" },
	{ "quic://. {\n tls cert.pem key.pem\n quic\nquic\n}", "CF3015 CF2010w" },
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

TEST_MAIN("quic_setup", accepts_and_refuses, whole_programs, judges_as_coredns)
