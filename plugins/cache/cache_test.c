/*
 * Tests of the cache: what is kept and given, and for how long.
 */
#include "config.h"

#include "cache/fixture_test.h"

#include "tests/support/check_main.h"

START_TEST(ttl_counts_down_to_its_end)
{
	fx_configure();
	fx_begin();
	fx_ask();
	fx_check(1, 100);
	fx_pass(0.9);
	fx_ask();
	fx_check(1, 100);
	fx_pass(0.2);
	fx_ask();
	fx_check(1, 99);
	ck_assert(fx_flag(DNS_FLAG_AA));
	ck_assert(fx_flag(DNS_FLAG_RD));
	fx_pass(98.8);
	fx_ask();
	fx_check(1, 1);
	ck_assert_uint_eq(fx.next.asked, 1);
	fx_pass(0.2);
	fx_ask();
	fx_check(1, 100);
	ck_assert_uint_eq(fx.next.asked, 2);
	ck_assert_uint_eq(fx.cells[fx.state->requests], 5);
	ck_assert_uint_eq(fx.cells[fx.state->hits + CACHE_SUCCESS], 3);
	ck_assert_uint_eq(fx.cells[fx.state->misses], 2);
	fx_end();
}
END_TEST

START_TEST(bounds_of_the_ttl)
{
	fx_configure();
	fx.config.success.ttl = 50;
	fx_begin();
	fx_ask();
	fx_check(1, 50);
	fx_end();
	fx_configure();
	fx.next.ttl = 0;
	fx_begin();
	fx_ask();
	fx_check(1, 5);
	fx_ask();
	fx_check(1, 5);
	ck_assert_uint_eq(fx.next.asked, 1);
	fx_end();
	fx_configure();
	fx.next.ttl = 0;
	fx.config.success.min_ttl = 0;
	fx_begin();
	fx_ask();
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

START_TEST(keepttl)
{
	fx_configure();
	fx.config.keep_ttl = true;
	fx_begin();
	fx_ask();
	fx_pass(99);
	fx_ask();
	fx_check(1, 100);
	fx_pass(1);
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

START_TEST(questions_are_kept_apart)
{
	static const struct {
		const char *name;
		uint16_t type, flags;
	} rows[] = {
		{ "www.org", DNS_TYPE_A, RT_QF_RD },
		{ "ww.org", DNS_TYPE_A, RT_QF_RD },
		{ "www.org", DNS_TYPE_AAAA, RT_QF_RD },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_DO | RT_QF_EDNS },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_CD },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_CD | RT_QF_DO },
	};

	fx_configure();
	fx.next.soa = true; /* an A record is no answer to AAAA: a denial */
	fx_begin();
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		fx_ask_with(rows[i].name, rows[i].type, rows[i].flags);
		fx_ask_with(rows[i].name, rows[i].type, rows[i].flags);
		ck_assert_uint_eq(fx.next.asked, i + 1);
	}
	/* The wish for recursion makes no difference, nor does EDNS by itself. */
	fx_ask_with("www.org", DNS_TYPE_A, RT_QF_EDNS);
	ck_assert(!fx_flag(DNS_FLAG_RD));
	ck_assert_uint_eq(fx.next.asked, ARRAY_SIZE(rows));
	fx_end();
}
END_TEST

START_TEST(only_its_zones)
{
	fx_configure();
	fx_begin();
	for (unsigned i = 0; i < 2; i++) {
		fx_ask_with("www.example.com", DNS_TYPE_A, RT_QF_RD);
		fx_ask_with("a.example.net", DNS_TYPE_A, RT_QF_RD);
	}
	ck_assert_uint_eq(fx.next.asked, 3);
	ck_assert_uint_eq(fx.cells[fx.state->requests], 2);
	/* What does not pass through keeps its TTL. */
	fx.next.ttl = 86400;
	fx_ask_with("www.example.com", DNS_TYPE_A, RT_QF_RD);
	fx_check(1, 86400);
	fx_ask_with("zone.org", DNS_TYPE_AXFR, RT_QF_RD);
	fx_check(1, 86400);
	fx_end();
}
END_TEST

START_TEST(disabled_halves)
{
	fx_configure();
	fx.config.no_success = (struct rt_names){ fx_zones, 1 };
	fx_begin();
	fx_ask();
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 2);
	fx.next.address = 0;
	fx.next.soa = true;
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx_ask();
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 3);
	fx_end();
}
END_TEST

START_TEST(denials_and_failures)
{
	fx_configure();
	fx_begin();
	fx.next.address = 0;
	fx.next.soa = true;
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx_ask();
	fx_pass(59);
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 1);
	ck_assert_uint_eq(rt_reply_rcode(&fx.client.q), DNS_RCODE_NXDOMAIN);
	ck_assert_uint_eq(fx.cells[fx.state->hits + CACHE_DENIAL], 1);
	fx_pass(1); /* the MINIMUM of the SOA is 60 */
	fx.next.soa = false;
	fx.next.rcode = DNS_RCODE_SERVFAIL;
	fx_ask();
	fx_pass(4);
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 2);
	ck_assert_uint_eq(rt_reply_rcode(&fx.client.q), DNS_RCODE_SERVFAIL);
	fx_pass(1);
	/* A failure of our own is not kept. */
	fx.next.fails = true;
	fx_ask();
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 4);
	ck_assert_int_eq(fx.verdict, RT_FAIL);
	fx_end();
}
END_TEST

START_TEST(a_failure_does_not_hide_an_answer)
{
	struct cache_key key;

	fx_configure();
	fx_begin();
	fx_ask();
	/* Stored beside the answer, as by a renewal. */
	fx.next.rcode = DNS_RCODE_SERVFAIL;
	fx.next.address = 0;
	fx_next_serve(&fx.client.q);
	fx.client.q.verdict = RT_DONE;
	cache_keep(fx.state, &fx.client.q, false, 0);
	key = cache_key_of(&fx.client.q);
	struct cache_hit hits[CACHE_HALVES];
	ck_assert_uint_eq(cache_store_find(fx.state->store, &key, hits), 3);
	fx_ask();
	fx_check(1, 100);
	/* A denial does. */
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx.next.soa = true;
	fx_next_serve(&fx.client.q);
	fx.client.q.verdict = RT_DONE;
	cache_keep(fx.state, &fx.client.q, false, 0);
	fx_ask();
	ck_assert_uint_eq(rt_reply_rcode(&fx.client.q), DNS_RCODE_NXDOMAIN);
	fx_end();
}
END_TEST

START_TEST(authenticated_data)
{
	fx_configure();
	fx.next.ad = true;
	fx_begin();
	fx_ask();
	ck_assert(fx.next.last_flags & RT_QF_AD);
	ck_assert((fx.client.q.flags & (RT_QF_AD | RT_QF_AD_ADDED)) == 0);
	ck_assert(!fx_flag(DNS_FLAG_AD));
	fx_ask();
	ck_assert(!fx_flag(DNS_FLAG_AD));
	fx_ask_with("www.org", DNS_TYPE_A, RT_QF_AD);
	ck_assert(fx_flag(DNS_FLAG_AD));
	fx_ask_with("www.org", DNS_TYPE_A, RT_QF_DO);
	ck_assert(fx_flag(DNS_FLAG_AD));
	fx_ask_with("www.org", DNS_TYPE_A, RT_QF_DO);
	ck_assert(fx_flag(DNS_FLAG_AD));
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

START_TEST(entries_are_told_of_once_there_are_any)
{
	fx_configure();
	fx_begin();
	ck_assert_uint_eq(fx.ngauges, 2);
	double n = fx.gauge_fn[0](fx.gauge_arg[0]);
	ck_assert(n != n);
	fx_ask();
	ck_assert(fx.gauge_fn[0](fx.gauge_arg[0]) == 1.0);
	ck_assert(fx.gauge_fn[1](fx.gauge_arg[1]) == 0.0);
	fx_end();
}
END_TEST

START_TEST(evictions_are_counted)
{
	char name[32];

	fx_configure();
	fx_begin();
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "n%u.org", i);
		fx_ask_with(name, DNS_TYPE_A, RT_QF_RD);
	}
	ck_assert(fx.gauge_fn[0](fx.gauge_arg[0]) <= 1024);
	ck_assert_uint_eq(fx.cells[fx.state->evictions + CACHE_SUCCESS],
			  3000 - (uint64_t)fx.gauge_fn[0](fx.gauge_arg[0]));
	fx_end();
}
END_TEST

/* It changes nothing, and is not called for what serve would not look up. */
START_TEST(memory_of_large_caches_is_fetched)
{
	fx_configure();
	fx_begin();
	fx_ask();
	ck_assert(!cache_prefetch(&fx.config, fx.state, &fx.client.q, RT_FETCH_INDEX));
	fx_end();
	fx_configure();
	fx.config.success.capacity = 100000;
	fx_begin();
	fx_ask();
	ck_assert(cache_prefetch(&fx.config, fx.state, &fx.client.q, RT_FETCH_INDEX));
	ck_assert(cache_prefetch(&fx.config, fx.state, &fx.client.q, RT_FETCH_DATA));
	fx.client.q.qtype = DNS_TYPE_AXFR;
	ck_assert(!cache_prefetch(&fx.config, fx.state, &fx.client.q, RT_FETCH_INDEX));
	fx_ask();
	fx_check(1, 100);
	ck_assert_uint_eq(fx.next.asked, 1);
	ck_assert_uint_eq(fx.cells[fx.state->requests], 2);
	fx_end();
}
END_TEST

static TCase *
cache_case(void)
{
	TCase *tc = tcase_create("cache");

	tcase_add_test(tc, ttl_counts_down_to_its_end);
	tcase_add_test(tc, bounds_of_the_ttl);
	tcase_add_test(tc, keepttl);
	tcase_add_test(tc, questions_are_kept_apart);
	tcase_add_test(tc, only_its_zones);
	tcase_add_test(tc, disabled_halves);
	tcase_add_test(tc, denials_and_failures);
	tcase_add_test(tc, a_failure_does_not_hide_an_answer);
	tcase_add_test(tc, authenticated_data);
	tcase_add_test(tc, entries_are_told_of_once_there_are_any);
	tcase_add_test(tc, evictions_are_counted);
	tcase_add_test(tc, memory_of_large_caches_is_fetched);
	return tc;
}

TEST_MAIN_CASES("cache", cache_case)
