/*
 * Tests of the autopath directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "autopath /etc/resolv.conf", "" },
	{ "autopath example.org resolv.conf", "" },
	{ "erratic\nautopath @erratic", "" },
	{ "kubernetes cluster.local {\n pods verified\n}\nautopath @kubernetes", "" },
	{ "kubernetes cluster.local\nautopath @kubernetes", "CF3009w" },
	{ "kubernetes cluster.local {\n pods insecure\n}\nautopath @kubernetes", "CF3009w" },
	{ "autopath", "CF2001" },
	{ "autopath @kubernetes", "CF3008" },
	{ "whoami\nautopath @whoami", "CF3008" },
	{ "autopath a..b resolv.conf", "CF2002" },
	{ "autopath r1\nautopath r2", "CF2010w" },
	{ "autopath r1 {\n x\n}", "CF2001" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "autopath nonesuch.conf", "CF1000" },
	{ "autopath .", "" },
	{ "autopath @kubernetes", "" },
	{ "autopath @nonsense", "" },
	{ "hosts\nautopath @hosts", "CF3008" },
	{ "health\nautopath @health", "" },
	{ "autopath nonesuch\nautopath @kubernetes", "CF1000" },
	{ "autopath @a\nautopath @b", "" },
	{ "autopath a..b b: @x", "" },
	{ "autopath @x {\n}", "CF2001" },
	{ "autopath", "CF2001" },
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

TEST_MAIN("autopath_setup", accepts_and_refuses, judges_as_coredns)
