/*
 * Tests of the on directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "on startup \"\"", "CF2001" },
	{ "on startup echo \"it's\"", "CF2002" },
	{ "on startup echo \"it\\'s\" \"'a b'\"", "" },
	{ "on startup /bin/true", "" },
	{ "on shutdown /bin/echo bye now", "" },
	{ "on CertRenew /bin/true", "" },
	{ "on startup", "CF2001" },
	{ "on", "CF2001" },
	{ "on reboot /bin/true", "CF2002" },
	{ "on startup a\non shutdown b", "" },
	{ "on startup a {\n x\n}", "CF2001" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("on_setup", accepts_and_refuses)
