/*
 * Tests of the geoip directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "metadata\ngeoip /opt/City.mmdb", "" },
	{ "metadata\ngeoip City.mmdb {\n edns-subnet\n}", "" },
	{ "geoip City.mmdb", "CF3008w" },
	{ "metadata\ngeoip City.mmdb {\n edns-subnet\n edns-subnet\n}", "" },
	{ "geoip", "CF2001" },
	{ "geoip a b", "CF2001" },
	{ "geoip a {\n edns-subnet x\n}", "CF2001" },
	{ "geoip a {\n ends-subnet\n}", "CF2004" },
	{ "geoip a\ngeoip b", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "geoip nonesuch", "CF1000" },
	{ "geoip hosts", "CF2002" },
	{ "geoip .", "CF1000" },
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

TEST_MAIN("geoip_setup", accepts_and_refuses, judges_as_coredns)
