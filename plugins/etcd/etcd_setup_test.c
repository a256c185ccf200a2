/*
 * Tests of the etcd directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "etcd", "" },
	{ "etcd example.org {\n path /skydns\n endpoint http://localhost:2379 https://10.0.0.1:2379\n credentials user pass\n tls c k ca\n min-lease-ttl 30\n max-lease-ttl 2h\n fallthrough example.org\n}",
	  "" },
	{ "etcd {\n stubzones\n upstream 8.8.8.8\n debug\n}", "CF2011w CF2011w CF2011w" },
	{ "etcd {\n path\n}", "CF2001" },
	{ "etcd {\n endpoint\n}", "CF2001" },
	{ "etcd {\n credentials user\n}", "CF2001" },
	{ "etcd {\n tls a b c d\n}", "CF2001" },
	{ "etcd {\n min-lease-ttl soon\n}", "CF2002" },
	{ "etcd {\n min-lease-ttl -5\n}", "CF2003" },
	{ "etcd {\n min-lease-ttl 2h\n max-lease-ttl 1h\n}", "CF2016w" },
	{ "etcd {\n endpoints a\n}", "CF2004" },
	{ "etcd\netcd", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "etcd {\n stubzones x\n}", "CF2004" },
	{ "etcd {\n stubzones debug\n}", "" },
	{ "etcd {\n path /a path /b\n}", "" },
	{ "etcd {\n upstream a b\n}", "" },
	{ "etcd {\n tls\n}", "" },
	{ "etcd {\n tls ca.pem\n}", "" },
	{ "etcd {\n tls cert.pem key.pem\n}", "" },
	{ "etcd {\n tls cert.pem key.pem ca.pem\n}", "" },
	{ "etcd {\n tls key.pem cert.pem\n}", "CF2002" },
	{ "etcd {\n tls nonesuch\n}", "CF1000" },
	{ "etcd {\n tls hosts\n}", "CF2002" },
	{ "etcd {\n tls cert.pem cert.pem\n}", "CF2002" },
	{ "etcd {\n tls cert.pem key.pem hosts\n}", "CF2002" },
	{ "etcd {\n tls a b c d\n}", "CF2001" },
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

TEST_MAIN("etcd_setup", accepts_and_refuses, judges_as_coredns)
