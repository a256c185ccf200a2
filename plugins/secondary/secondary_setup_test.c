/*
 * Tests of the secondary directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "secondary {\n transfer from 10.0.0.1\n}", "" },
	{ "secondary example.org {\n transfer from 10.0.0.1 [2001:db8::1]:5353\n transfer from 10.0.0.2\n fallthrough\n catalog\n}",
	  "" },
	{ "secondary {\n transfer from 10.0.0.1\n catalog a.test b.test\n}", "" },
	{ "secondary", "CF2005" },
	{ "secondary {\n fallthrough\n}", "CF2005" },
	{ "secondary {\n transfer\n}", "CF2001" },
	{ "secondary {\n transfer to 10.0.0.1\n}", "CF2002" },
	{ "secondary {\n transfer from\n}", "CF2001" },
	{ "secondary {\n transfer from *\n}", "CF2002" },
	{ "secondary {\n transfer from ns1\n}", "CF2002" },
	{ "secondary {\n transfer from 10.0.0.1\n retry 5\n}", "CF2004" },
	{ "secondary a.test {\n transfer from 10.0.0.1\n}\nsecondary b.test {\n transfer from 10.0.0.1\n}",
	  "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "secondary {\n transfer from 127.0.0.1\n catalog a..b\n}", "CF2002" },
	{ "secondary a.test {\n transfer from 127.0.0.1\n catalog a.test\n}", "" },
	{ "secondary {\n transfer from 127.0.0.1:x [::1]:53\n}", "" },
	{ "secondary {\n transfer from [::1]\n}", "CF2002" },
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

TEST_MAIN("secondary_setup", accepts_and_refuses, judges_as_coredns)
