/*
 * Tests of the cache directive at compile time.
 */
#include "config.h"

#include "cache/cache.h"

#include <string.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

#define S ((uint64_t)CLOCK_NS_PER_S)

static const struct setup_row rows[] = {
	/* the directive's own line */
	{ "cache", "" },
	{ "cache {\n}", "" },
	{ "cache 30", "" },
	{ "cache 25 example.nl", "" },
	{ "cache aaa example.nl", "" },
	{ "cache 10.0.0.0/8", "" },
	{ "cache 0 example.nl", "CF2003" },
	{ "cache -1 example.nl", "CF2003" },
	{ "cache 2147483648", "CF2003" },
	{ "cache a..b", "CF2002" },
	{ "cache\ncache", "CF2010" },
	/* success and denial */
	{ "cache {\n success 9984\n}", "" },
	{ "cache {\n success 9984 1800 30\n denial 2560 15 2\n}", "" },
	{ "cache {\n success 10000\n}", "CF2016i" },
	{ "cache {\n success 10\n}", "CF2016w" },
	{ "cache {\n denial 0\n}", "CF2016w" },
	{ "cache {\n success\n}", "CF2001" },
	{ "cache {\n success 1024 2 3 4\n}", "CF2001" },
	{ "cache {\n success -5\n}", "CF2003" },
	{ "cache {\n success 300000000\n}", "CF2003" },
	{ "cache {\n denial aaa\n}", "CF2002" },
	{ "cache {\n denial 1024 0\n}", "CF2003" },
	{ "cache {\n denial 1024 30 -1\n}", "CF2003" },
	{ "cache {\n denial 1024 30s\n}", "CF2002" },
	{ "cache {\n success 1024 30 31\n}", "CF2016w" },
	{ "cache {\n success 1024 30 30\n}", "" },
	{ "cache {\n denial 1024 30 60\n}", "CF2016w" },
	{ "cache {\n success 1024\n success 2048\n}", "CF2010w" },
	{ "cache {\n positive 15\n}", "CF2004" },
	/* prefetch */
	{ "cache {\n prefetch 10\n}", "" },
	{ "cache {\n prefetch 10 1m\n}", "" },
	{ "cache {\n prefetch 10 1m 90%\n}", "" },
	{ "cache {\n prefetch 0\n}", "" },
	{ "cache {\n prefetch\n}", "CF2001" },
	{ "cache {\n prefetch -1\n}", "CF2003" },
	{ "cache {\n prefetch 0 blurp\n}", "CF2002" },
	{ "cache {\n prefetch 10 1m 9%\n}", "CF2003" },
	{ "cache {\n prefetch 10 1m 91%\n}", "CF2003" },
	{ "cache {\n prefetch 10 1m 20\n}", "CF2002" },
	{ "cache {\n prefetch 10 1m 20% x\n}", "CF2001" },
	{ "cache {\n prefetch 10 0s\n}", "CF2016w" },
	/* serve_stale */
	{ "cache {\n serve_stale\n}", "" },
	{ "cache {\n serve_stale 20m\n}", "" },
	{ "cache {\n serve_stale 0\n}", "CF2016w" },
	{ "cache {\n serve_stale 1h VERIFY\n}", "" },
	{ "cache {\n serve_stale 1h immediate 30s 5m\n}", "" },
	{ "cache {\n serve_stale 1h immediate 4294967295s\n}", "" },
	{ "cache {\n serve_stale 1h verify 100ms 30s 250ms\n}", "" },
	{ "cache {\n serve_stale 20\n}", "CF2002" },
	{ "cache {\n serve_stale -20m\n}", "CF2003" },
	{ "cache {\n serve_stale aa\n}", "CF2002" },
	{ "cache {\n serve_stale 1m nono\n}", "CF2002" },
	{ "cache {\n serve_stale 1h immediate 100ms\n}", "CF2003" },
	{ "cache {\n serve_stale 1h immediate 4294967296s\n}", "CF2003" },
	{ "cache {\n serve_stale 1h immediate -1s\n}", "CF2003" },
	{ "cache {\n serve_stale 1h immediate 30s 6m\n}", "CF2003" },
	{ "cache {\n serve_stale 1h immediate 30s 30s x\n}", "CF2001" },
	{ "cache {\n serve_stale 1h verify -1ms\n}", "CF2003" },
	{ "cache {\n serve_stale 1h verify x\n}", "CF2002" },
	{ "cache {\n serve_stale 1h verify 100ms 500ms\n}", "CF2003" },
	{ "cache {\n serve_stale 1h verify 100ms 30s 5m1s\n}", "CF2003" },
	{ "cache {\n serve_stale 1h verify 100ms 30s 30s x\n}", "CF2001" },
	{ "cache {\n serve_stale\n serve_stale 2h\n}", "CF2010w" },
	/* its policy */
	{ "cache {\n serve_stale\n serve_stale_policy prefer_positive\n}", "" },
	{ "cache {\n serve_stale_policy Prefer_Positive\n serve_stale\n}", "" },
	{ "cache {\n serve_stale_policy prefer_positive\n}", "CF2005" },
	{ "cache {\n serve_stale\n serve_stale_policy\n}", "CF2001" },
	{ "cache {\n serve_stale\n serve_stale_policy never\n}", "CF2002" },
	{ "cache {\n serve_stale\n serve_stale_policy prefer_positive\n"
	  " serve_stale_policy prefer_positive\n}",
	  "CF2010" },
	/* the rest */
	{ "cache {\n servfail 0\n}", "" },
	{ "cache {\n servfail 5m\n}", "CF4020w" },
	{ "cache {\n servfail 500ms\n}", "CF2016w" },
	{ "cache {\n servfail 5m1s\n}", "CF2003" },
	{ "cache {\n servfail -1s\n}", "CF2003" },
	{ "cache {\n servfail\n}", "CF2001" },
	{ "cache {\n servfail 1s 2s\n}", "CF2001" },
	{ "cache {\n disable success\n}", "" },
	{ "cache {\n disable success a.example b.example\n disable denial\n}", "" },
	{ "cache {\n disable\n}", "CF2001" },
	{ "cache {\n disable everything\n}", "CF2002" },
	{ "cache {\n disable success a..b\n}", "CF2002" },
	{ "cache {\n disable success a\n disable success b\n}", "CF2010w" },
	{ "cache {\n keepttl\n}", "" },
	{ "cache {\n keepttl\n keepttl\n}", "" },
	{ "cache {\n keepttl 3\n}", "CF2001" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "cache 2147483648", "" },
	{ "cache 99999999999999999999", "" },
	{ "cache {\n success -1 2147483648 4294967296 extra\n}", "" },
	{ "cache {\n denial 5000 0\n}", "CF2003" },
	{ "cache {\n prefetch 9223372036854775807 -1s\n}", "" },
	{ "cache {\n disable success a..b\n}", "" },
	{ "cache {\n keepttl x\n}", "CF2001" },
	{ "cache {\n servfail 6m\n}", "CF2003" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(defaults_are_those_of_coredns)
{
	struct setup s;

	setup_open(&s, "example.org {\n cache\n}\n");
	const struct cache_config *c = setup_config(&s, "cache", 0);
	ck_assert_uint_eq(c->success.capacity, 10000);
	ck_assert_uint_eq(c->success.ttl, 3600);
	ck_assert_uint_eq(c->success.min_ttl, 5);
	ck_assert_uint_eq(c->denial.capacity, 10000);
	ck_assert_uint_eq(c->denial.ttl, 1800);
	ck_assert_uint_eq(c->denial.min_ttl, 5);
	ck_assert_uint_eq(c->prefetch, 0);
	ck_assert_uint_eq(c->prefetch_gap, 60 * S);
	ck_assert_uint_eq(c->prefetch_percent, 10);
	ck_assert(!c->serve_stale);
	ck_assert_uint_eq(c->servfail, 5 * S);
	ck_assert(!c->keep_ttl);
	ck_assert(c->every_zone);
	ck_assert_uint_eq(c->zones.n, 1);
	ck_assert_str_eq(c->zones.v[0].text, "example.org.");
	setup_close(&s);
}
END_TEST

START_TEST(ttl_is_for_both_halves_unless_they_have_their_own)
{
	struct setup s;

	setup_open(&s, ". {\n cache 25 example.nl {\n  denial 1024 15\n }\n}\n");
	const struct cache_config *c = setup_config(&s, "cache", 0);
	ck_assert_uint_eq(c->success.ttl, 25);
	ck_assert_uint_eq(c->denial.ttl, 15);
	ck_assert_uint_eq(c->denial.min_ttl, 5);
	ck_assert(!c->every_zone);
	ck_assert_str_eq(c->zones.v[0].text, "example.nl.");
	setup_close(&s);
}
END_TEST

static const struct stale_row {
	const char *words;
	uint64_t duration, timeout, ttl, recheck;
	bool verify;
} stale_rows[] = {
	{ "", 3600 * S, 0, 0, 0, false },
	{ "20m", 1200 * S, 0, 0, 0, false },
	{ "1h immediate 30s", 3600 * S, 0, 30 * S, 0, false },
	{ "1h immediate 0 0", 3600 * S, 0, 0, 0, false },
	{ "1h immediate 30s 10s", 3600 * S, 0, 30 * S, 10 * S, false },
	{ "2h verify", 7200 * S, 0, 0, 0, true },
	{ "1h verify 100ms", 3600 * S, S / 10, 0, 0, true },
	{ "1h verify 0 1m", 3600 * S, 0, 60 * S, 0, true },
	{ "1h verify 100ms 30s 250ms", 3600 * S, S / 10, 30 * S, S / 4, true },
};

START_TEST(stale_arguments_follow_the_mode)
{
	const struct stale_row *row = &stale_rows[_i];
	char text[200];
	struct setup s;

	snprintf(text, sizeof(text), ". {\n cache {\n  serve_stale %s\n }\n}\n", row->words);
	setup_open(&s, text);
	const struct cache_config *c = setup_config(&s, "cache", 0);
	ck_assert(c->serve_stale);
	ck_assert_uint_eq(c->stale_for, row->duration);
	ck_assert(c->stale_verify == row->verify);
	ck_assert_uint_eq(c->verify_timeout, row->timeout);
	ck_assert_uint_eq(c->stale_ttl, row->ttl);
	ck_assert_uint_eq(c->stale_recheck, row->recheck);
	setup_close(&s);
}
END_TEST

START_TEST(last_serve_stale_wins_whole)
{
	struct setup s;

	setup_open(&s, ". {\n cache {\n  serve_stale 2h verify 1s 30s\n  serve_stale\n }\n}\n");
	const struct cache_config *c = setup_config(&s, "cache", 0);
	ck_assert_uint_eq(c->stale_for, 3600 * S);
	ck_assert(!c->stale_verify);
	ck_assert_uint_eq(c->verify_timeout, 0);
	ck_assert_uint_eq(c->stale_ttl, 0);
	setup_close(&s);
}
END_TEST

START_TEST(disable_lists_names)
{
	struct setup s;

	setup_open(
		&s,
		". {\n cache {\n  disable success B.example c.example\n  disable denial\n }\n}\n");
	const struct cache_config *c = setup_config(&s, "cache", 0);
	ck_assert_uint_eq(c->no_success.n, 2);
	ck_assert_str_eq(c->no_success.v[0].text, "b.example.");
	ck_assert_str_eq(c->no_success.v[1].text, "c.example.");
	ck_assert_uint_eq(c->no_denial.n, 1);
	ck_assert_str_eq(c->no_denial.v[0].text, ".");
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

static TCase *
setup_case(void)
{
	TCase *tc = tcase_create("setup");

	tcase_add_test(tc, judges_as_coredns);
	tcase_add_test(tc, accepts_and_refuses);
	tcase_add_test(tc, defaults_are_those_of_coredns);
	tcase_add_test(tc, ttl_is_for_both_halves_unless_they_have_their_own);
	tcase_add_loop_test(tc, stale_arguments_follow_the_mode, 0, ARRAY_SIZE(stale_rows));
	tcase_add_test(tc, last_serve_stale_wins_whole);
	tcase_add_test(tc, disable_lists_names);
	return tc;
}

TEST_MAIN_CASES("cache_setup", setup_case)
