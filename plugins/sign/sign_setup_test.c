/*
 * Tests of the sign directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "sign db.example.org", "" },
	{ "sign db example.org {\n key file K1 K2.key\n directory /var/lib/dns\n}", "" },
	{ "sign", "CF2001" },
	{ "sign db {\n key file\n}", "CF2001" },
	{ "sign db {\n key directory d\n}", "CF2002" },
	{ "sign db {\n key secret d\n}", "CF2002" },
	{ "sign db {\n directory a b\n}", "CF2001" },
	{ "sign db {\n dir a\n}", "CF2004" },
	{ "sign a a.test\nsign b b.test", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "sign \"\"", "" },
	{ "sign db {\n key secret\n}", "" },
	{ "sign db {\n key secret d\n}", "CF2002" },
	{ "sign db {\n key file nokey\n}", "CF1000" },
	{ "sign db {\n key directory\n}", "CF2002" },
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

TEST_MAIN("sign_setup", accepts_and_refuses, judges_as_coredns)
