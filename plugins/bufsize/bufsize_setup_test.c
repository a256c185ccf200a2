/*
 * Tests of the bufsize directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "bufsize", "" },
	{ "bufsize 512", "" },
	{ "bufsize 4096", "CF4009w" },
	{ "bufsize 511", "CF2003" },
	{ "bufsize 4097", "CF2003" },
	{ "bufsize big", "CF2002" },
	{ "bufsize 1232 1", "CF2001" },
	{ "bufsize 1232\nbufsize 1400", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "bufsize {\n x\n}", "" },
	{ "bufsize 1_000", "CF2002" },
	{ "bufsize +600", "" },
	{ "bufsize 0600", "" },
	{ "bufsize 0x400", "CF2002" },
	{ "bufsize 511", "CF2003" },
	{ "bufsize 4097", "CF2003" },
	{ "bufsize 1 2", "CF2001" },
	{ "bufsize\nbufsize nonsense", "" },
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

TEST_MAIN("bufsize_setup", accepts_and_refuses, judges_as_coredns)
