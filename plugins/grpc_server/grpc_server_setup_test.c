/*
 * Tests of the grpc_server directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "grpc_server {\n max_streams 4294967296\n}", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "grpc://example.org {\n tls cert.pem key.pem\n grpc_server\n whoami\n}", "CF3015" },
	{ "example.org {\n grpc_server\n whoami\n}", "CF3007w" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n}\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams 5\n}\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams 0\n}\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams -1\n}\n}", "CF2003" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams x\n}\n}", "CF2002" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams \n}\n}", "CF2001" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams 1 2\n}\n}", "CF2001" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections 5\n}\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections 0\n}\n}", "CF3015" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections -1\n}\n}",
	  "CF2003" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections x\n}\n}", "CF2002" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections \n}\n}", "CF2001" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_connections 1 2\n}\n}",
	  "CF2001" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server 1\n}", "CF2001" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_streams 1\n max_streams 2\n}\n}",
	  "CF2010" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server {\n max_stream 3\n}\n}", "CF2004" },
	{ "grpc://. {\n tls cert.pem key.pem\n grpc_server\ngrpc_server\n}", "CF3015 CF2010w" },
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

TEST_MAIN("grpc_server_setup", accepts_and_refuses, whole_programs, judges_as_coredns)
