/*
 * Tests of the grpc directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "grpc . 127.0.0.1:9005", "" },
	{ "grpc example.org 10.0.0.1 [2001:db8::1]:443 unix:///run/dns.sock /etc/resolv.conf grpc://10.0.0.2 {\n except a.example.org b\n tls c k ca\n tls_servername dns\n policy sequential\n fallthrough\n}",
	  "" },
	{ "grpc", "CF2001" },
	{ "grpc .", "CF2001" },
	{ "grpc . 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16",
	  "CF2001" },
	{ "grpc . 10.0.0.1 {\n except\n}", "CF2001" },
	{ "grpc . 10.0.0.1 {\n policy best\n}", "CF2002" },
	{ "grpc . 10.0.0.1 {\n tls a b c d\n}", "CF2001" },
	{ "grpc . 10.0.0.1 {\n tls_servername\n}", "CF2001" },
	{ "grpc . 10.0.0.1 {\n retries 3\n}", "CF2004" },
	{ "grpc . tls://", "CF2002" },
	{ "grpc . 10.0.0.1\ngrpc . 10.0.0.1", "CF2010" },
	{ "grpc . 10.0.0.1\nwhoami", "CF3004w" },
	{ "grpc a.test 10.0.0.1\nwhoami", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "grpc . 1.1.1.1 {\n tls\n}", "" },
	{ "grpc . 1.1.1.1 {\n tls ca.pem\n}", "" },
	{ "grpc . 1.1.1.1 {\n tls cert.pem key.pem\n}", "" },
	{ "grpc . 1.1.1.1 {\n tls cert.pem key.pem ca.pem\n}", "" },
	{ "grpc . 1.1.1.1 {\n tls key.pem cert.pem\n}", "CF2002" },
	{ "grpc . 1.1.1.1 {\n tls nonesuch\n}", "CF1000" },
	{ "grpc . 1.1.1.1 {\n tls hosts\n}", "CF2002" },
	{ "grpc . 1.1.1.1 {\n tls cert.pem cert.pem\n}", "CF2002" },
	{ "grpc . 1.1.1.1 {\n tls cert.pem key.pem hosts\n}", "CF2002" },
	{ "grpc . 1.1.1.1 {\n tls a b c d\n}", "CF2001" },
	{ "grpc . 1.1.1.1 {\n except a..b\n policy random tls_servername x\n}", "" },
	{ "grpc . nonesuch", "CF2002" },
	{ "grpc . hosts", "CF2002" },
	{ "grpc . resolv.conf unix:///x", "" },
	{ "grpc a..b 1.1.1.1", "CF2002" },
	{ "grpc . fe80::1%lo", "CF2002" },
	{ "grpc . tls://1.1.1.1", "" },
	{ "grpc . 1.2.3", "CF2002" },
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

TEST_MAIN("grpc_setup", accepts_and_refuses, judges_as_coredns)
