/*
 * Replies: begin, errors, someone else's message, OPT, truncation; and the memory of queries.
 */
#include "config.h"

#include "reply.h"

#include <string.h>

#include "base/error.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "query.h"
#include "query_memory.h"
#include "tests/support/check_main.h"
#include "tests/support/query_fixture.h"

const struct rt_program rt_program = { .abi = RT_ABI, .version = "test", .hash = "" };

static const uint8_t ip[4] = { 192, 0, 2, 1 };
static struct rt_query q;

static void
tear_down(void)
{
	query_clean(&q);
	query_fixture_release();
}

static void
add(enum dns_section section, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ck_assert_int_eq(dns_writer_rr_at(&q.reply, section, DNS_HEADER_LEN, DNS_TYPE_A,
						  DNS_CLASS_IN, 5, ip, 4),
				 0);
}

static unsigned
flags(void)
{
	return dns_msg_flags(q.reply.wire);
}

/* What the finished reply consists of; it must be well-formed. */
static struct dns_msg_layout
check_layout(void)
{
	struct dns_msg_layout layout;

	ck_assert_int_eq(dns_msg_check(&layout, q.reply.wire, q.reply.len), 0);
	ck_assert_uint_eq(layout.end, q.reply.len);
	return layout;
}

/* ---- begin and end ---- */

START_TEST(flags_follow_the_request)
{
	uint8_t request[QUERY_SLOT_LEN];
	size_t len = query_fixture_request(request, "a.example", DNS_TYPE_A,
					   DNS_FLAG_RD | DNS_FLAG_CD | DNS_FLAG_AD | DNS_FLAG_Z |
						   DNS_FLAG_TC | DNS_FLAG_RA | DNS_FLAG_AA,
					   -1, NULL, 0);

	ck_assert_int_eq(query_fixture_intake(&q, RT_PROTO_UDP, request, len), QUERY_SERVE);
	ck_assert_uint_eq(q.flags, RT_QF_RD | RT_QF_CD | RT_QF_AD);
	rt_reply_begin(&q, true);
	ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_FLAG_AA | DNS_FLAG_RD | DNS_FLAG_CD);
	rt_reply_begin(&q, false);
	ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_FLAG_RD | DNS_FLAG_CD);

	len = query_fixture_request(request, "a.example", DNS_TYPE_SOA,
				    DNS_OPCODE_NOTIFY << 11 | DNS_FLAG_AA | DNS_FLAG_RD, -1, NULL,
				    0);
	ck_assert_int_eq(query_fixture_intake(&q, RT_PROTO_UDP, request, len), QUERY_SERVE);
	rt_reply_begin(&q, true);
	ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_OPCODE_NOTIFY << 11 | DNS_FLAG_AA);
}
END_TEST

START_TEST(beginning_again_forgets)
{
	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, -1);
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 3);
	rt_reply_set_rcode(&q, DNS_RCODE_NXDOMAIN);
	rt_reply_begin(&q, false);
	add(DNS_ANSWER, 1);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(rt_reply_rcode(&q), DNS_RCODE_NOERROR);
	ck_assert_uint_eq(dns_msg_count(q.reply.wire, DNS_ANSWER), 1);
	ck_assert_uint_eq(q.reply.len, q.question_end + 16u);
}
END_TEST

START_TEST(errors_replace_what_was_written)
{
	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 1232);
	rt_reply_begin(&q, true);
	add(DNS_ADDITIONAL, 2);
	ck_assert_int_eq(dns_writer_rr_at(&q.reply, DNS_ANSWER, 12, 1, 1, 1, ip, 4), RT_EORDER);
	reply_error(&q, DNS_RCODE_REFUSED);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_FLAG_RD | DNS_RCODE_REFUSED);
	ck_assert_uint_eq(q.reply.len, q.question_end + DNS_EDNS_LEN);
	ck_assert_uint_ne(check_layout().opt_pos, 0);
}
END_TEST

START_TEST(a_reply_without_begin_is_a_failure)
{
	query_fixture_ask(&q, RT_PROTO_TCP, "a.example", DNS_TYPE_A, -1);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_FLAG_RD | DNS_RCODE_SERVFAIL);
}
END_TEST

START_TEST(extended_rcodes)
{
	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 4096);
	rt_reply_begin(&q, true);
	rt_reply_set_rcode(&q, DNS_RCODE_BADCOOKIE);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(check_layout().rcode, DNS_RCODE_BADCOOKIE);

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, -1);
	rt_reply_begin(&q, true);
	rt_reply_set_rcode(&q, DNS_RCODE_BADCOOKIE);
	ck_assert_uint_eq(rt_reply_rcode(&q), DNS_RCODE_BADCOOKIE);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(check_layout().rcode, DNS_RCODE_SERVFAIL);
}
END_TEST

/* ---- size ---- */

START_TEST(udp_is_cut_at_the_clients_size)
{
	static const int sizes[] = { -1, 0, 512, 513, 1000, 4096 };
	static const size_t limits[] = { 512, 512, 512, 513, 1000, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct dns_msg_layout layout;

		query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, sizes[i]);
		rt_reply_begin(&q, true);
		add(DNS_ANSWER, 300);
		ck_assert_uint_eq(q.buffer, QUERY_BUFFER_LARGE);
		ck_assert(reply_finish(&q));
		layout = check_layout();
		ck_assert_uint_le(q.reply.len, limits[i]);
		ck_assert_uint_gt(q.reply.len + 16, limits[i]);
		ck_assert(flags() & DNS_FLAG_TC);
		ck_assert_uint_eq(layout.opt_pos != 0, sizes[i] >= 0);
		query_clean(&q);
	}
}
END_TEST

START_TEST(what_just_fits_is_not_cut)
{
	/* 12 + 15 + 16 n + 11 octets */
	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 38 + 16 * 40);
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 40);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(q.reply.len, 38 + 16 * 40);
	ck_assert(!(flags() & DNS_FLAG_TC));

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 37 + 16 * 40);
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 40);
	ck_assert(reply_finish(&q));
	ck_assert_uint_eq(q.reply.len, 38 + 16 * 39);
	ck_assert(flags() & DNS_FLAG_TC);
}
END_TEST

START_TEST(tcp_is_cut_at_64_kib)
{
	query_fixture_ask(&q, RT_PROTO_TCP, "a.example", DNS_TYPE_A, 512);
	rt_reply_begin(&q, true);
	/* Full to the last octets, so that there is no room for OPT. */
	for (unsigned i = 0; i < (DNS_MESSAGE_MAX - 27) / 16; i++)
		add(DNS_ANSWER, 1);
	ck_assert_int_eq(dns_writer_rr_at(&q.reply, DNS_ANSWER, 12, 1, 1, 1, ip, 4), RT_ENOSPC);
	reply_cut(&q);
	ck_assert(reply_finish(&q));
	ck_assert_uint_ne(check_layout().opt_pos, 0);
	ck_assert_uint_le(q.reply.len, DNS_MESSAGE_MAX);
	ck_assert_uint_gt(q.reply.len, DNS_MESSAGE_MAX - 32);
	ck_assert(flags() & DNS_FLAG_TC);
}
END_TEST

/* ---- options ---- */

START_TEST(only_known_options_go_back)
{
	static const uint8_t subnet[4] = { 0, 1, 0, 0 }; /* the one option whose contents matter */
	uint8_t options[256];
	uint8_t request[QUERY_SLOT_LEN];
	struct dns_msg_layout layout;
	struct dns_edns_option opt;
	size_t options_len = 0;
	size_t len;

	for (uint16_t code = 1; code <= 16; code++)
		ck_assert_int_eq(
			dns_edns_add(options, sizeof(options), &options_len, code, subnet, 4), 0);
	len = query_fixture_request(request, "a.example", DNS_TYPE_A, 0, 1232, options,
				    options_len);
	ck_assert_int_eq(query_fixture_intake(&q, RT_PROTO_UDP, request, len), QUERY_SERVE);
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 5);
	ck_assert(reply_finish(&q));
	layout = check_layout();
	ck_assert_uint_eq(layout.end - layout.opt_pos, DNS_EDNS_LEN + 5 * 8);
	for (uint16_t code = 1; code <= 16; code++)
		ck_assert_int_eq(dns_edns_find(q.reply.wire + layout.opt_pos + DNS_EDNS_LEN, 5 * 8,
					       code, &opt),
				 code == 3 || (code >= 9 && code <= 12));
}
END_TEST

START_TEST(options_larger_than_the_reply_may_be)
{
	uint8_t options[2000] = { 0, DNS_EDNS_PADDING, 1980 >> 8, 1980 & 255 };
	uint8_t request[QUERY_SLOT_LEN];
	size_t len;

	len = query_fixture_request(request, "a.example", DNS_TYPE_A, 0, 600, options, 1984);
	ck_assert_int_eq(query_fixture_intake(&q, RT_PROTO_UDP, request, len), QUERY_SERVE);
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 1);
	ck_assert(!reply_finish(&q));
}
END_TEST

/* ---- someone else's message ---- */

static uint8_t other[4096];

/* A reply to the question in q, with n records, an EDE and perhaps something behind the OPT. */
static size_t
make_other(const char *name, unsigned extra_flags, unsigned n, bool opt, bool after_opt)
{
	uint8_t options[64];
	uint8_t owner[DNS_NAME_BUF];
	size_t options_len = 0;
	struct dns_writer w;
	size_t len = query_fixture_request(other, name, DNS_TYPE_A, 0, -1, NULL, 0);

	ck_assert_int_gt(dns_name_from_text(owner, name, strlen(name)), 0);
	dns_msg_set_flags(other, DNS_FLAG_QR | extra_flags);
	dns_writer_init(&w, other, len, sizeof(other));
	for (unsigned i = 0; i < n; i++)
		dns_writer_rr(&w, DNS_ANSWER, owner, DNS_TYPE_A, DNS_CLASS_IN, 60, ip, 4);
	dns_writer_rr(&w, DNS_AUTHORITY, owner, DNS_TYPE_NS, DNS_CLASS_IN, 60, owner,
		      dns_name_len(owner));
	dns_writer_rr(&w, DNS_ADDITIONAL, owner, DNS_TYPE_A, DNS_CLASS_IN, 60, ip, 4);
	ck_assert_int_eq(dns_edns_add(options, 64, &options_len, DNS_EDNS_COOKIE, "12345678", 8),
			 0);
	ck_assert_int_eq(dns_edns_add_ede(options, 64, &options_len, DNS_EDE_STALE_ANSWER, "old"),
			 0);
	if (opt)
		dns_writer_opt(&w, 1400, extra_flags & DNS_RCODE_MASK, DNS_EDNS_DO, options,
			       options_len);
	if (after_opt)
		dns_writer_rr(&w, DNS_ADDITIONAL, owner, DNS_TYPE_A, DNS_CLASS_IN, 60, ip, 4);
	ck_assert_int_eq(w.error, 0);
	return w.len;
}

static void
check_counts(unsigned answer, unsigned authority, unsigned additional)
{
	ck_assert_uint_eq(dns_msg_count(q.reply.wire, DNS_QUESTION), 1);
	ck_assert_uint_eq(dns_msg_count(q.reply.wire, DNS_ANSWER), answer);
	ck_assert_uint_eq(dns_msg_count(q.reply.wire, DNS_AUTHORITY), authority);
	ck_assert_uint_eq(dns_msg_count(q.reply.wire, DNS_ADDITIONAL), additional);
}

START_TEST(taking_over_a_message)
{
	size_t len;

	query_fixture_ask(&q, RT_PROTO_UDP, "A.exAmple", DNS_TYPE_A, -1);
	len = make_other("a.example", DNS_FLAG_AA | DNS_FLAG_RA | DNS_FLAG_AD | DNS_FLAG_CD | 3, 4,
			 true, false);
	ck_assert_int_eq(rt_reply_from_message(&q, other, len), 0);
	ck_assert(reply_finish(&q));
	/* CD is ours, RD is the client's. */
	ck_assert_uint_eq(flags(),
			  DNS_FLAG_QR | DNS_FLAG_AA | DNS_FLAG_RA | DNS_FLAG_AD | DNS_FLAG_RD | 3);
	check_counts(4, 1, 1);
	ck_assert_uint_eq(check_layout().opt_pos, 0);
	ck_assert_uint_eq(dns_msg_id(q.reply.wire), 4711);
	ck_assert_int_eq(memcmp(q.reply.wire + 12, "\1A\7exAmple", 10), 0);
}
END_TEST

START_TEST(records_behind_opt_and_other_questions)
{
	size_t len;

	query_fixture_ask(&q, RT_PROTO_TCP, "a.example", DNS_TYPE_A, 1232);
	len = make_other("a.example", 0, 2, true, true);
	ck_assert_int_eq(rt_reply_from_message(&q, other, len), 0);
	ck_assert(reply_finish(&q));
	check_counts(2, 1, 3);
	ck_assert_uint_ne(check_layout().opt_pos, 0);

	/* The question of a rewritten name has another length: names are written anew. */
	query_fixture_ask(&q, RT_PROTO_TCP, "another.example", DNS_TYPE_A, -1);
	len = make_other("a.example", 0, 2, false, false);
	ck_assert_int_eq(rt_reply_from_message(&q, other, len), 0);
	ck_assert(reply_finish(&q));
	check_counts(2, 1, 1);
	check_layout();
}
END_TEST

START_TEST(extended_errors_pass_and_cookies_do_not)
{
	struct dns_edns_option opt;
	struct dns_msg_layout layout;
	size_t len;

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 1232);
	len = make_other("a.example", 0, 1, true, false);
	ck_assert_int_eq(rt_reply_from_message(&q, other, len), 0);
	ck_assert(reply_finish(&q));
	layout = check_layout();
	ck_assert(dns_edns_find(q.reply.wire + layout.opt_pos + DNS_EDNS_LEN, 4 + 2 + 3,
				DNS_EDNS_EDE, &opt));
	ck_assert_uint_eq(layout.end - layout.opt_pos, DNS_EDNS_LEN + 4 + 2 + 3);
	ck_assert_uint_eq(bytes_get16(q.reply.wire + layout.opt_pos + 3), 1232);
}
END_TEST

/* Options of a reply that another upstream's reply takes the place of go with it. */
START_TEST(options_are_those_of_the_last_message)
{
	static const uint8_t options[] = {
		0,  DNS_EDNS_COOKIE, 0, 8, 'c', 'l', 'i', 'e', 'n', 't', 'c', 'o', 0xff, 0xf0, 0, 1,
		'x'
	};
	uint8_t request[QUERY_SLOT_LEN];
	struct dns_edns_option opt;
	size_t len;

	len = query_fixture_request(request, "a.example", DNS_TYPE_A, 0, 1232, options,
				    sizeof(options));
	ck_assert_int_eq(query_fixture_intake(&q, RT_PROTO_UDP, request, len), QUERY_SERVE);
	ck_assert_int_eq(
		rt_reply_from_message(&q, other, make_other("a.example", 0, 1, true, false)), 0);
	ck_assert_uint_eq(q.echo_len, 4 + 2 + 3);
	ck_assert_int_eq(
		rt_reply_from_message(&q, other, make_other("a.example", 0, 1, false, false)), 0);
	ck_assert_uint_eq(q.echo_len, 4 + 8);
	ck_assert(dns_edns_find(q.echo, q.echo_len, DNS_EDNS_COOKIE, &opt));
	ck_assert(reply_finish(&q));
	check_layout();
}
END_TEST

/* The question and 600 octets of options would not fit: the answer is worth more. */
START_TEST(options_that_leave_no_room)
{
	uint8_t options[604] = { 0xff, 0xf0, 600 >> 8, 600 & 255 };
	struct dns_writer w;

	for (unsigned edns = 512; edns <= 1232; edns += 720) {
		query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, (int)edns);
		ck_assert_int_eq(dns_writer_resume(&w, other,
						   make_other("a.example", 0, 0, false, false),
						   sizeof(other)),
				 0);
		ck_assert_int_eq(dns_writer_opt(&w, 1400, 0, 0, options, sizeof(options)), 0);
		ck_assert_int_eq(rt_reply_from_message(&q, other, w.len), 0);
		ck_assert_uint_eq(q.echo_len, (edns == 512 ? 0 : sizeof(options)));
		ck_assert(reply_finish(&q));
		check_layout();
	}
}
END_TEST

START_TEST(malformed_messages_leave_an_empty_reply)
{
	size_t len;

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, -1);
	len = make_other("a.example", DNS_FLAG_AA, 3, true, false);
	for (size_t cut = 0; cut < len; cut++) {
		ck_assert_int_eq(rt_reply_from_message(&q, other, cut), RT_EINVAL);
		ck_assert_uint_eq(q.reply.len, q.question_end);
		ck_assert_uint_eq(flags(), DNS_FLAG_QR | DNS_FLAG_RD);
	}
	ck_assert_int_eq(rt_reply_from_message(&q, other, len), 0);
}
END_TEST

/* ---- memory ---- */

START_TEST(a_query_moves_with_all_it_has)
{
	struct rt_query *heap;
	char *text;

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, 1232);
	text = rt_query_alloc(&q, 10);
	ck_assert_ptr_nonnull(text);
	memcpy(text, "remember", 9);
	q.error = text;
	rt_reply_begin(&q, true);
	add(DNS_ANSWER, 60); /* more than fits behind a query on the heap, less than a slot */
	heap = query_move(&q);
	ck_assert_ptr_nonnull(heap);
	memset(q.reply.wire, 0xee, QUERY_SLOT_LEN);
	query_clean(&q); /* nothing is left to free */
	ck_assert_str_eq(heap->error, "remember");
	ck_assert_uint_eq(dns_msg_count(heap->reply.wire, DNS_ANSWER), 60);
	ck_assert_int_eq(dns_writer_rr_at(&heap->reply, DNS_ANSWER, 12, 1, 1, 1, ip, 4), 0);
	ck_assert(reply_finish(heap));
	query_free(heap);
}
END_TEST

START_TEST(buffers_grow_in_two_steps)
{
	struct rt_query *heap;

	query_fixture_ask(&q, RT_PROTO_TCP, "a.example", DNS_TYPE_A, -1);
	heap = query_move(&q);
	ck_assert_ptr_nonnull(heap);
	rt_reply_begin(heap, true);
	for (unsigned i = 0; i < 4000; i++) {
		unsigned expected = heap->reply.len + 16 <= 512    ? QUERY_BUFFER_SLOT
				    : heap->reply.len + 16 <= 4096 ? QUERY_BUFFER_SMALL
								   : QUERY_BUFFER_LARGE;

		ck_assert_int_eq(dns_writer_rr_at(&heap->reply, DNS_ANSWER, 12, 1, 1, 1, ip, 4), 0);
		ck_assert_uint_eq(heap->buffer, expected);
	}
	query_free(heap);
}
END_TEST

START_TEST(allocations_are_bounded)
{
	unsigned char *last = NULL;
	unsigned n = 0;

	query_fixture_ask(&q, RT_PROTO_UDP, "a.example", DNS_TYPE_A, -1);
	for (;;) {
		unsigned char *p = rt_query_alloc(&q, 100);

		if (p == NULL)
			break;
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		memset(p, (int)n, 100);
		ck_assert_ptr_ne(p, last);
		last = p;
		n++;
	}
	ck_assert_uint_gt(n, 8000);
	ck_assert_uint_lt(n, (1u << 20) / 100);
	ck_assert_ptr_null(rt_query_alloc(&q, SIZE_MAX));
	ck_assert_ptr_null(rt_query_alloc(&q, SIZE_MAX - 8));
	query_clean(&q);
	ck_assert_ptr_nonnull(rt_query_alloc(&q, 1 << 20));
	ck_assert_ptr_null(rt_query_alloc(&q, 1));
}
END_TEST

static TCase *
reply_case(void)
{
	TCase *tc = tcase_create("reply");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_add_test(tc, flags_follow_the_request);
	tcase_add_test(tc, beginning_again_forgets);
	tcase_add_test(tc, errors_replace_what_was_written);
	tcase_add_test(tc, a_reply_without_begin_is_a_failure);
	tcase_add_test(tc, extended_rcodes);
	tcase_add_test(tc, udp_is_cut_at_the_clients_size);
	tcase_add_test(tc, what_just_fits_is_not_cut);
	tcase_add_test(tc, tcp_is_cut_at_64_kib);
	tcase_add_test(tc, only_known_options_go_back);
	tcase_add_test(tc, options_larger_than_the_reply_may_be);
	tcase_add_test(tc, taking_over_a_message);
	tcase_add_test(tc, records_behind_opt_and_other_questions);
	tcase_add_test(tc, extended_errors_pass_and_cookies_do_not);
	tcase_add_test(tc, options_are_those_of_the_last_message);
	tcase_add_test(tc, options_that_leave_no_room);
	tcase_add_test(tc, malformed_messages_leave_an_empty_reply);
	tcase_add_test(tc, a_query_moves_with_all_it_has);
	tcase_add_test(tc, buffers_grow_in_two_steps);
	tcase_add_test(tc, allocations_are_bounded);
	return tc;
}

TEST_MAIN_CASES("rt_reply", reply_case)
