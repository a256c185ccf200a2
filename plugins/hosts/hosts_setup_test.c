/*
 * Tests of the hosts directive: options, lines of the Corefile, and what is reported about them.
 */
#include "config.h"

#include "hosts/hosts.h"

#include "base/compiler.h"
#include "base/duration.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "hosts", "" },
	{ "hosts /etc/names", "" },
	{ "hosts names example.org 10.0.0.0/24", "" },
	{ "hosts names 10.0.0.0/25", "CF2018w" },
	{ "hosts {\n ttl 60\n no_reverse\n reload 1m\n fallthrough\n}", "" },
	{ "hosts {\n fallthrough example.org in-addr.arpa\n fallthrough_unsupported\n}", "" },
	{ "hosts {\n fallthrough_unsupported\n}", "CF2005" },
	{ "hosts {\n fallthrough\n fallthrough_unsupported yes\n}", "CF2001" },
	{ "hosts {\n no_reverse now\n}", "CF2001" },
	{ "hosts {\n ttl\n}", "CF2001" },
	{ "hosts {\n ttl 0\n}", "CF2003" },
	{ "hosts {\n ttl 65535\n}", "" },
	{ "hosts {\n ttl 65536\n}", "CF2003" },
	{ "hosts {\n ttl 1h\n}", "CF2002" },
	{ "hosts {\n ttl 60\n ttl 90\n}", "CF2010w" },
	{ "hosts {\n reload 0s\n}", "" },
	{ "hosts {\n reload 30\n}", "CF2002" },
	{ "hosts {\n reload -1s\n}", "CF2003" },
	{ "hosts {\n reload\n}", "CF2001" },
	{ "hosts\nhosts", "CF2010" },
	/* Lines. */
	{ "hosts {\n 10.0.0.1 a.test b.test # c\n ::1 a.test\n}", "" },
	{ "hosts {\n fe80::1%eth0 a.test\n *.b.test 10.0.0.1\n}", "CF2013w" },
	{ "hosts {\n 10.0.0.1 *.a.test\n}", "" },
	{ "hosts {\n \"10.0.0.1 a.test\"\n}", "" },
	{ "hosts {\n \"10.0.0.1 a.test\" b.test\n \"# nothing\"\n}", "" },
	{ "hosts {\n 10.0.0.1\n}", "CF2013w" },
	{ "hosts {\n relaod 5s\n}", "CF2013w" },
	{ "hosts {\n upstream\n}", "CF2013w" },
	{ "hosts {\n 10.0.0.1:53 a.test\n}", "CF2013w" },
	{ "hosts {\n [::1] a.test\n}", "CF2013w" },
	{ "hosts {\n 10.0.0.256 a.test\n}", "CF2013w" },
	{ "hosts {\n 10.0.0.1 a..test\n}", "CF2002" },
	{ "hosts {\n 10.0.0.1 a.test {\n b\n }\n}", "CF2001" },
	{ "hosts {\n fallthrough\n 10.0.0.1 a.test\n}", "CF2004" },
	{ "hosts {\n fallthrough\n relaod 5s\n}", "CF2004" },
	{ "hosts names example.org {\n 10.0.0.1 example.org\n 10.0.0.2 example.net\n}", "CF2024w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "hosts hosts {\n ttl 5 6\n no_reverse ttl 7\n}", "" },
	{ "hosts {\n 1.2.3.4 a..b\n}", "" },
	{ "hosts nonesuch", "" },
	{ "hosts .", "" },
	{ "hosts {\n fallthrough\n nonsense\n}", "CF2004" },
	{ "hosts {\n ttl +5\n}", "" },
	{ "hosts {\n ttl 0\n}", "CF2003" },
	{ "hosts {\n 1.2.3.4 a {\n }\n}", "CF2010" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(defaults)
{
	struct setup s;

	setup_open(&s, "a.test b.test {\n hosts\n}\n");
	const struct hosts_config *config = setup_config(&s, "hosts", 0);
	ck_assert_str_eq(config->file, "/etc/hosts");
	ck_assert(!config->file_given);
	ck_assert(!config->no_reverse);
	ck_assert(!config->unsupported);
	ck_assert(!config->fall.enabled);
	ck_assert_uint_eq(config->ttl, 3600);
	ck_assert_uint_eq(config->reload, 5 * DURATION_S);
	ck_assert_uint_eq(config->zones.n, 2);
	ck_assert_str_eq(config->zones.v[1].text, "b.test.");
	ck_assert_uint_eq(config->lines.n, 0);
	setup_close(&s);
}
END_TEST

START_TEST(everything_set)
{
	struct setup s;

	setup_open(&s, ". {\n root /data\n hosts names Example.ORG {\n  ttl 7\n  no_reverse\n"
		       "  reload 0s\n  10.0.0.1 A.Example.org *.b.example.org\n"
		       "  ::ffff:10.0.0.2 c.example.org\n  fallthrough example.org\n"
		       "  fallthrough_unsupported\n }\n}\n");
	ck_assert_str_eq(setup_ids(&s), "");
	const struct hosts_config *config = setup_config(&s, "hosts", 0);
	ck_assert_str_eq(config->file, "/data/names");
	ck_assert(config->file_given);
	ck_assert(config->no_reverse);
	ck_assert(config->unsupported);
	ck_assert_uint_eq(config->ttl, 7);
	ck_assert_uint_eq(config->reload, 0);
	ck_assert_str_eq(config->zones.v[0].text, "example.org.");
	ck_assert(config->fall.enabled);
	ck_assert_uint_eq(config->fall.zones.n, 1);
	ck_assert_uint_eq(config->lines.n, 2);
	ck_assert_uint_eq(config->lines.v[0].names.n, 2);
	ck_assert_str_eq(config->lines.v[0].names.v[0].text, "a.example.org.");
	ck_assert_int_eq(config->lines.v[1].addr.family, ADDR_V4);
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("hosts_setup", accepts_and_refuses, defaults, everything_set, judges_as_coredns)
