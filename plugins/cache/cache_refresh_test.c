/*
 * Tests of the cache: stale answers, verifying, and prefetching.
 */
#include "config.h"

#include "cache/fixture_test.h"

#include <event2/event.h>

#include "tests/support/check_main.h"

static void
configure_stale(bool verify)
{
	fx_configure();
	fx.config.serve_stale = true;
	fx.config.stale_for = 3600 * (uint64_t)CLOCK_NS_PER_S;
	fx.config.stale_verify = verify;
}

/* Fills the cache, and lets the entry end; from then on next gives another address. */
static void
begin_stale(void)
{
	fx_begin();
	fx_ask();
	fx_pass(100);
	fx.next.address = 2;
}

START_TEST(stale_is_given_at_once_and_renewed)
{
	configure_stale(false);
	begin_stale();
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.next.asked, 2);
	ck_assert(fx.next.last_flags & RT_QF_AD);
	ck_assert_uint_eq(fx.next.last_proto, RT_PROTO_TCP);
	ck_assert_uint_eq(fx.cells[fx.state->stale], 1);
	ck_assert_uint_eq(fx.cells[fx.state->prefetches], 1);
	fx_ask();
	fx_check(2, 100);
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

START_TEST(stale_has_an_end_and_a_ttl)
{
	configure_stale(false);
	fx.config.stale_ttl = 30 * (uint64_t)CLOCK_NS_PER_S;
	fx.later = true;
	begin_stale();
	fx_pass(3599);
	fx_ask();
	fx_check(1, 30);
	fx_pass(1);
	fx_ask();
	fx_check(2, 100);
	fx_end();
}
END_TEST

START_TEST(one_renewal_at_a_time)
{
	configure_stale(false);
	fx.later = true;
	begin_stale();
	for (unsigned i = 0; i < 3; i++) {
		fx_ask();
		fx_check(1, 0);
	}
	ck_assert_uint_eq(fx.nwaiting, 1);
	ck_assert_uint_eq(fx.cells[fx.state->stale], 3);
	fx_run_waiting();
	fx_ask();
	fx_check(2, 100);
	fx_end();
}
END_TEST

START_TEST(failed_renewals_leave_the_stale_answer)
{
	configure_stale(false);
	fx.config.stale_recheck = 10 * (uint64_t)CLOCK_NS_PER_S;
	begin_stale();
	fx.next.rcode = DNS_RCODE_SERVFAIL;
	fx_ask();
	fx_check(1, 0);
	fx_pass(9);
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_pass(1);
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.next.asked, 3);
	/* A failure of our own counts as one. */
	fx.next.fails = true;
	fx_pass(10);
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.next.asked, 4);
	fx_end();
}
END_TEST

START_TEST(verify_asks_first)
{
	configure_stale(true);
	fx.later = _i != 0;
	begin_stale();
	fx_ask();
	if (fx.later) {
		ck_assert_int_eq(fx.verdict, RT_PENDING);
		fx_run_waiting();
	}
	fx_check(2, 100);
	ck_assert_uint_eq(fx.cells[fx.state->stale], 0);
	ck_assert_uint_eq(fx.cells[fx.state->prefetches], 0);
	/* It failed: the stale answer is as good as ever. */
	fx_pass(100);
	fx.next.fails = true;
	fx_ask();
	fx_run_waiting();
	fx_check(2, 0);
	ck_assert_uint_eq(fx.cells[fx.state->stale], 1);
	fx.next.fails = false;
	fx.next.rcode = DNS_RCODE_REFUSED;
	fx_ask();
	fx_run_waiting();
	fx_check(2, 0);
	/* The name is gone: that is an answer too. */
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx.next.address = 0;
	fx.next.soa = true;
	fx_ask();
	fx_run_waiting();
	ck_assert_uint_eq(rt_reply_rcode(&fx.client.q), DNS_RCODE_NXDOMAIN);
	fx_end();
}
END_TEST

START_TEST(verify_waits_only_so_long)
{
	configure_stale(true);
	fx.config.verify_timeout = 1000;
	fx.later = true;
	begin_stale();
	fx_ask();
	ck_assert_int_eq(fx.verdict, RT_PENDING);
	ck_assert_ptr_null(fx.resumed);
	/* The timer is first. */
	while (fx.resumed == NULL)
		event_base_loop(fx.base, EVLOOP_ONCE);
	ck_assert_ptr_eq(fx.resumed, &fx.client.q);
	fx.verdict = fx.resumed_with;
	fx_check(1, 0);
	ck_assert_uint_eq(fx.cells[fx.state->stale], 1);
	fx.resumed = NULL;
	fx_run_waiting();
	ck_assert_ptr_null(fx.resumed);
	fx_ask();
	fx_check(2, 100);
	fx_end();
}
END_TEST

START_TEST(verify_is_answered_in_time)
{
	configure_stale(true);
	fx.config.verify_timeout = 3600 * (uint64_t)CLOCK_NS_PER_S;
	fx.later = true;
	begin_stale();
	fx_ask();
	ck_assert_int_eq(fx.verdict, RT_PENDING);
	fx_run_waiting();
	ck_assert_ptr_eq(fx.resumed, &fx.client.q);
	fx.verdict = fx.resumed_with;
	fx_check(2, 100);
	/* By now it is in the cache, where AA comes from, and was asked for as the client did. */
	ck_assert(dns_msg_flags(fx.client.q.reply.wire) & DNS_FLAG_AA);
	ck_assert_uint_eq(fx.next.last_proto, RT_PROTO_UDP);
	/* At once. */
	fx.later = false;
	fx_pass(100);
	fx.next.address = 3;
	fx_ask();
	fx_check(3, 100);
	fx_pass(100);
	fx.next.fails = true;
	fx_ask();
	fx_check(3, 0);
	/* The worker ends while somebody waits. */
	fx.later = true;
	fx_ask();
	ck_assert_int_eq(fx.verdict, RT_PENDING);
	fx_end();
}
END_TEST

START_TEST(good_answers_are_preferred)
{
	configure_stale(true);
	fx.config.prefer_positive = true;
	begin_stale();
	fx.next.address = 0;
	fx.next.soa = true;
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx_ask();
	fx_check(1, 0);
	fx_ask();
	fx_check(1, 0);
	ck_assert_uint_eq(fx.cells[fx.state->hits + CACHE_SUCCESS], 2);
	/* An empty answer does not take its place either. */
	fx.next.soa = false;
	fx.next.rcode = DNS_RCODE_NOERROR;
	fx_ask();
	fx_check(1, 0);
	fx.next.address = 4;
	fx_ask();
	fx_check(4, 100);
	fx_ask();
	fx_check(4, 100);
	fx_end();
}
END_TEST

/* A failure is no reason to forget a denial, whatever else is preferred. */
START_TEST(failures_leave_stale_denials)
{
	configure_stale(true);
	fx.config.prefer_positive = _i != 0;
	fx.next.address = 0;
	fx.next.soa = true;
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx_begin();
	fx_ask();
	fx_pass(100);
	fx.next.rcode = DNS_RCODE_SERVFAIL;
	for (unsigned i = 0; i < 2; i++) {
		fx_ask();
		ck_assert_uint_eq(rt_reply_rcode(&fx.client.q), DNS_RCODE_NXDOMAIN);
	}
	ck_assert_uint_eq(fx.cells[fx.state->stale], 2);
	ck_assert_uint_eq(fx.next.asked, 3);
	fx_end();
}
END_TEST

START_TEST(a_found_answer_ends_a_stale_denial)
{
	configure_stale(true);
	fx.next.address = 0;
	fx.next.soa = true;
	fx.next.rcode = DNS_RCODE_NXDOMAIN;
	fx_begin();
	fx_ask();
	fx_pass(60);
	fx.next.rcode = DNS_RCODE_NOERROR;
	fx.next.soa = false;
	fx.next.address = 5;
	fx_ask();
	fx_check(5, 100);
	fx_ask();
	fx_check(5, 100);
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

START_TEST(popular_names_are_renewed)
{
	fx_configure();
	fx.config.prefetch = 3;
	fx_begin();
	fx_ask();
	for (unsigned i = 0; i < 3; i++) {
		fx_pass(20);
		fx_ask();
	}
	ck_assert_uint_eq(fx.next.asked, 1);
	fx_pass(29.5); /* 89.5 of 100: 11 seconds left */
	fx_ask();
	fx_check(1, 11);
	ck_assert_uint_eq(fx.next.asked, 1);
	fx_pass(1);
	fx.next.address = 2;
	fx_ask();
	fx_check(1, 10);
	ck_assert_uint_eq(fx.next.asked, 2);
	ck_assert_uint_eq(fx.cells[fx.state->prefetches], 1);
	/* Its uses came along, so the new one is renewed as well. */
	fx_pass(50);
	fx_ask();
	fx_check(2, 50);
	fx_pass(45);
	fx_ask();
	fx_check(2, 5);
	ck_assert_uint_eq(fx.next.asked, 3);
	fx_end();
}
END_TEST

START_TEST(rare_names_are_not)
{
	fx_configure();
	fx.config.prefetch = 3;
	fx_begin();
	fx_ask();
	fx_pass(95);
	fx_ask();
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 1);
	fx_ask();
	ck_assert_uint_eq(fx.next.asked, 2);
	fx_end();
}
END_TEST

static TCase *
refresh_case(void)
{
	TCase *tc = tcase_create("refresh");

	tcase_add_test(tc, stale_is_given_at_once_and_renewed);
	tcase_add_test(tc, stale_has_an_end_and_a_ttl);
	tcase_add_test(tc, one_renewal_at_a_time);
	tcase_add_test(tc, failed_renewals_leave_the_stale_answer);
	tcase_add_loop_test(tc, verify_asks_first, 0, 2);
	tcase_add_test(tc, verify_waits_only_so_long);
	tcase_add_test(tc, verify_is_answered_in_time);
	tcase_add_test(tc, good_answers_are_preferred);
	tcase_add_loop_test(tc, failures_leave_stale_denials, 0, 2);
	tcase_add_test(tc, a_found_answer_ends_a_stale_denial);
	tcase_add_test(tc, popular_names_are_renewed);
	tcase_add_test(tc, rare_names_are_not);
	return tc;
}

TEST_MAIN_CASES("cache_refresh", refresh_case)
