/*
 * Tests of the k8s_external directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "kubernetes cluster.local\nk8s_external ", "CF3004w" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n apex dns\n ttl 30\n headless\n fallthrough\n}",
	  "" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n ttl 3601\n}", "CF2003" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n ttl x\n}", "CF2002" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n apex\n}", "CF2001" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n headless x\n}", "CF2001" },
	{ "kubernetes cluster.local\nk8s_external example.org {\n headles\n}", "CF2004" },
	{ "kubernetes cluster.local\nk8s_external a.test\nk8s_external b.test", "CF2010w" },
	{ "k8s_external example.org", "CF3008" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "k8s_external", "CF3008" },
	{ "kubernetes cluster.local\nk8s_external", "" },
	{ "kubernetes c.\nk8s_external {\n apex a b\n ttl 5 6\n headless apex c\n}", "" },
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

TEST_MAIN("k8s_external_setup", accepts_and_refuses, judges_as_coredns)
