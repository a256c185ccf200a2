/*
 * The message writer: compression, sections, growth, errors, going back.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/edns.h"
#include "dns/rdata.h"
#include "dns/writer.h"
#include "tests/support/check_main.h"
#include "tests/support/wire.h"

static struct wire m;
static struct dns_writer w;

static const uint8_t ip[4] = { 192, 0, 2, 1 };

static uint8_t *
name(const char *text)
{
	static uint8_t names[8][DNS_NAME_BUF];
	static unsigned next;
	uint8_t *out = names[next++ % 8];

	ck_assert_int_gt(dns_name_from_text(out, text, strlen(text)), 0);
	return out;
}

static void
begin(const char *qname)
{
	wire_query(&m, qname, DNS_TYPE_A);
	/* What an earlier user of the buffer left must not matter. */
	memset(&w, 0xee, sizeof(w));
	memset(m.data + 6, 0x77, 6);
	memset(m.data + m.len, 0x99, sizeof(m.data) - m.len);
	dns_writer_init(&w, m.data, m.len, sizeof(m.data));
}

/* The message is well-formed and has so many records. */
static void
check(unsigned answers, unsigned authority, unsigned additional)
{
	struct dns_msg_layout layout;

	ck_assert_int_eq(w.error, 0);
	ck_assert_int_eq(dns_msg_check(&layout, w.wire, w.len), 0);
	ck_assert_uint_eq(layout.end, w.len);
	ck_assert_uint_eq(dns_msg_count(w.wire, DNS_QUESTION), 1);
	ck_assert_uint_eq(dns_msg_count(w.wire, DNS_ANSWER), answers);
	ck_assert_uint_eq(dns_msg_count(w.wire, DNS_AUTHORITY), authority);
	ck_assert_uint_eq(dns_msg_count(w.wire, DNS_ADDITIONAL), additional);
}

START_TEST(the_usual_answer)
{
	static const uint8_t expected[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 };
	size_t at;

	begin("www.example.org");
	at = w.len;
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 60, ip, 4), 0);
	ck_assert_uint_eq(w.len - at, sizeof(expected));
	ck_assert_int_eq(memcmp(m.data + at, expected, sizeof(expected)), 0);
	at = w.len;
	/* The same owner as a name, in other case. */
	ck_assert_int_eq(
		dns_writer_rr(&w, DNS_ANSWER, name("WWW.Example.org"), DNS_TYPE_A, 1, 60, ip, 4),
		0);
	ck_assert_uint_eq(w.len - at, sizeof(expected));
	ck_assert_int_eq(memcmp(m.data + at, expected, sizeof(expected)), 0);
	check(2, 0, 0);
}
END_TEST

START_TEST(names_in_data_are_compressed_where_allowed)
{
	uint8_t rdata[6 + DNS_NAME_BUF] = { 0, 10 };
	size_t at;
	int len;

	begin("example.org");
	/* MX: 2 + "mail" + pointer. */
	len = dns_name_from_text(rdata + 2, "mail.example.org", 16);
	at = w.len;
	dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_MX, 1, 60, rdata, 2 + (size_t)len);
	ck_assert_uint_eq(w.len - at, 12 + 2 + 5 + 2);
	/* NS: the whole name stands there now. */
	at = w.len;
	dns_writer_rr(&w, DNS_AUTHORITY, name("example.org"), DNS_TYPE_NS, 1, 60, rdata + 2,
		      (size_t)len);
	ck_assert_uint_eq(w.len - at, 12 + 2);
	/* SRV: never compressed, but its name may be pointed to. */
	memset(rdata, 0, 6);
	len = dns_name_from_text(rdata + 6, "srv.example.net", 15);
	at = w.len;
	dns_writer_rr(&w, DNS_ADDITIONAL, name("_s._tcp.example.org"), DNS_TYPE_SRV, 1, 60, rdata,
		      6 + (size_t)len);
	ck_assert_uint_eq(w.len - at, 3 + 5 + 2 + 10 + 6 + (size_t)len);
	at = w.len;
	dns_writer_rr(&w, DNS_ADDITIONAL, name("a.SRV.example.net"), DNS_TYPE_A, 1, 60, ip, 4);
	ck_assert_uint_eq(w.len - at, 2 + 2 + 10 + 4);
	check(1, 1, 2);
}
END_TEST

START_TEST(the_root_is_one_octet)
{
	size_t at;

	begin(".");
	at = w.len;
	dns_writer_rr(&w, DNS_ANSWER, name("."), DNS_TYPE_NS, 1, 60, name("a.root-servers.net"),
		      20);
	ck_assert_uint_eq(w.len - at, 1 + 10 + 20);
	at = w.len;
	dns_writer_rr(&w, DNS_ANSWER, name("."), DNS_TYPE_NS, 1, 60, name("b.root-servers.net"),
		      20);
	ck_assert_uint_eq(w.len - at, 1 + 10 + 2 + 2);
	check(2, 0, 0);
}
END_TEST

START_TEST(sections_in_order)
{
	begin("q");
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_AUTHORITY, 12, DNS_TYPE_A, 1, 60, ip, 4), 0);
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 60, ip, 4), RT_EORDER);
	/* Sticky. */
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_AUTHORITY, 12, DNS_TYPE_A, 1, 60, ip, 4),
			 RT_EORDER);
	w.error = 0;
	check(0, 1, 0);
}
END_TEST

START_TEST(going_back)
{
	struct dns_writer_mark mark;
	uint8_t before[64];
	size_t len;

	begin("q");
	dns_writer_rr(&w, DNS_ANSWER, name("one.example"), DNS_TYPE_A, 1, 60, ip, 4);
	mark = dns_writer_mark(&w);
	len = w.len;
	memcpy(before, w.wire, len);
	dns_writer_rr(&w, DNS_ADDITIONAL, name("two.test"), DNS_TYPE_A, 1, 60, ip, 4);
	dns_writer_rr(&w, DNS_ANSWER, name("x"), DNS_TYPE_A, 1, 60, ip, 4);
	ck_assert_int_eq(w.error, RT_EORDER);
	dns_writer_rollback(&w, &mark);
	ck_assert_uint_eq(w.len, len);
	ck_assert_int_eq(memcmp(before, w.wire, len), 0);
	check(1, 0, 0);
	/* Nothing points to what is gone. */
	dns_writer_rr(&w, DNS_ANSWER, name("a.two.test"), DNS_TYPE_A, 1, 60, ip, 4);
	check(2, 0, 0);
	ck_assert_uint_eq(w.len, len + 12 + 10 + 4);

	/* Back to the very start, before the table was filled. */
	begin("q.test");
	mark = dns_writer_mark(&w);
	dns_writer_rr(&w, DNS_ANSWER, name("a.q.test"), DNS_TYPE_A, 1, 60, ip, 4);
	dns_writer_rollback(&w, &mark);
	dns_writer_rr(&w, DNS_ANSWER, name("a.q.test"), DNS_TYPE_A, 1, 60, ip, 4);
	check(1, 0, 0);
	ck_assert_uint_eq(w.len, mark.len + 4 + 10 + 4);
}
END_TEST

/* ---- room ---- */

static unsigned grown;

static bool
grow(struct dns_writer *writer, size_t need)
{
	uint8_t *p;

	if (need > *(size_t *)writer->user)
		return false;
	p = malloc(need);
	ck_assert_ptr_nonnull(p);
	memcpy(p, writer->wire, writer->len);
	free(writer->wire);
	writer->wire = p;
	writer->cap = need;
	grown++;
	return true;
}

START_TEST(growing_and_its_end)
{
	size_t limit = 200;
	size_t len;
	uint8_t *p;

	begin("q");
	p = malloc(w.len);
	ck_assert_ptr_nonnull(p);
	memcpy(p, m.data, w.len);
	dns_writer_init(&w, p, w.len, w.len);
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 60, ip, 4), RT_ENOSPC);
	dns_writer_init(&w, p, w.len, w.len);
	w.grow = grow;
	w.user = &limit;
	grown = 0;
	while (dns_writer_rr(&w, DNS_ANSWER, name("name.test"), DNS_TYPE_A, 1, 60, ip, 4) == 0)
		;
	ck_assert_uint_gt(grown, 5);
	ck_assert_int_eq(w.error, RT_ENOSPC);
	ck_assert_uint_le(w.len, limit);
	len = w.len;
	ck_assert_int_eq(dns_writer_opt(&w, 512, 0, 0, NULL, 0), RT_ENOSPC);
	ck_assert_uint_eq(w.len, len);
	w.error = 0;
	check(dns_msg_count(w.wire, DNS_ANSWER), 0, 0);
	ck_assert_uint_gt(dns_msg_count(w.wire, DNS_ANSWER), 8);
	free(w.wire);
}
END_TEST

START_TEST(a_message_ends_at_65535)
{
	static uint8_t big[DNS_MESSAGE_MAX];
	uint8_t *huge = calloc(1, 200000);
	unsigned n = 0;

	ck_assert_ptr_nonnull(huge);
	begin("q");
	memcpy(huge, m.data, w.len);
	dns_writer_init(&w, huge, w.len, 200000);
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, 65280, 1, 60, big, 70000), RT_ENOSPC);
	w.error = 0;
	while (dns_writer_rr_at(&w, DNS_ANSWER, 12, 65280, 1, 60, big, 1000) == 0)
		n++;
	ck_assert_uint_eq(n, 64);
	w.error = 0;
	check(64, 0, 0);
	free(huge);
}
END_TEST

START_TEST(many_names_overflow_the_table_only)
{
	unsigned n;

	begin("q");
	for (n = 0; n < 1500; n++) {
		char text[32];

		snprintf(text, sizeof(text), "host%u.sub%u.example", n, n % 50);
		ck_assert_int_eq(
			dns_writer_rr(&w, DNS_ANSWER, name(text), DNS_TYPE_A, 1, 60, ip, 4), 0);
	}
	check(n, 0, 0);
	ck_assert_uint_eq(w.nslots, DNS_WRITER_SLOTS);
}
END_TEST

/* ---- piece by piece, raw, copies ---- */

START_TEST(piece_by_piece)
{
	size_t at;

	begin("example.org");
	at = w.len;
	ck_assert_int_eq(dns_writer_open(&w, DNS_ANSWER, name("x.example.org"), DNS_TYPE_MX, 1, 5),
			 0);
	ck_assert_int_eq(dns_writer_u16(&w, 7), 0);
	ck_assert_int_eq(dns_writer_name(&w, name("m.example.org"), true), 0);
	ck_assert_int_eq(dns_writer_close(&w), 0);
	ck_assert_uint_eq(w.len - at, 4 + 10 + 2 + 4);
	ck_assert_int_eq(dns_writer_open_at(&w, DNS_ANSWER, 12, 65280, 1, 5), 0);
	dns_writer_u8(&w, 1);
	dns_writer_u32(&w, 2);
	dns_writer_bytes(&w, "abc", 3);
	dns_writer_name(&w, name("m.example.org"), false);
	ck_assert_int_eq(dns_writer_close(&w), 0);
	check(2, 0, 0);
	/* Out of turn. */
	ck_assert_int_eq(dns_writer_close(&w), RT_EINVAL);
	w.error = 0;
	dns_writer_open_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 5);
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 60, ip, 4), RT_EINVAL);
	ck_assert_int_eq(dns_writer_close(&w), RT_EINVAL);
	w.error = 0;
	check(2, 0, 0);
}
END_TEST

START_TEST(raw_records_and_opt)
{
	static const uint8_t two[] = {
		0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
		0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 2,
	};
	struct dns_msg_layout layout;

	begin("q");
	ck_assert_int_eq(dns_writer_raw(&w, DNS_ANSWER, two, sizeof(two), 2), 0);
	ck_assert_int_eq(dns_writer_opt(&w, 1232, DNS_RCODE_BADVERS, DNS_EDNS_DO, NULL, 0), 0);
	check(2, 0, 1);
	ck_assert_int_eq(dns_msg_check(&layout, w.wire, w.len), 0);
	ck_assert_uint_eq(layout.rcode, 16);
	ck_assert_int_eq(dns_writer_raw(&w, DNS_ADDITIONAL, two, 16, 65535), RT_ELIMIT);
}
END_TEST

START_TEST(records_taken_all_at_once)
{
	static const uint16_t counts[3] = { 1, 1, 0 };
	uint8_t records[32] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 };
	uint8_t *to;
	size_t len;

	memcpy(records + 16, records, 16);
	begin("host.example.org");
	len = w.len;
	ck_assert(dns_writer_take_all(&w, sizeof(records), 8, counts, &to));
	ck_assert_ptr_eq(to, m.data + len);
	memcpy(to, records, sizeof(records));
	check(1, 1, 0);
	/* The answer section is over. */
	ck_assert_int_eq(dns_writer_raw(&w, DNS_ANSWER, records, 16, 1), RT_EORDER);

	/* Neither beyond the room nor after a failure; and then nothing is taken. */
	dns_writer_init(&w, m.data, len, len + sizeof(records) + 7);
	ck_assert(!dns_writer_take_all(&w, sizeof(records), 8, counts, &to));
	check(0, 0, 0);
	ck_assert(dns_writer_take_all(&w, sizeof(records), 7, counts, &to));
	dns_writer_init(&w, m.data, len, sizeof(m.data));
	w.error = RT_ENOSPC;
	ck_assert(!dns_writer_take_all(&w, sizeof(records), 0, counts, &to));
	ck_assert_uint_eq(w.len, len);
}
END_TEST

START_TEST(the_next_message_in_the_same_buffer)
{
	begin("host.example.org");
	size_t len = w.len;
	w.user = &m;
	dns_writer_rr_at(&w, DNS_ADDITIONAL, 12, DNS_TYPE_A, DNS_CLASS_IN, 1,
			 (const uint8_t[4]){ 0 }, 4);
	ck_assert_int_eq(dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, DNS_CLASS_IN, 1,
					  (const uint8_t[4]){ 0 }, 4),
			 RT_EORDER);
	dns_writer_begin(&w, len);
	ck_assert_ptr_eq(w.user, &m);
	check(0, 0, 0);
	dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, DNS_CLASS_IN, 1, (const uint8_t[4]){ 0 },
			 4);
	check(1, 0, 0);
}
END_TEST

START_TEST(malformed_data_leaves_no_trace)
{
	size_t len;

	begin("q");
	dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_A, 1, 60, ip, 4);
	len = w.len;
	ck_assert_int_lt(dns_writer_rr(&w, DNS_ANSWER, name("other.test"), DNS_TYPE_MX, 1, 60,
				       (const uint8_t *)"\0\1\3ab", 5),
			 0);
	ck_assert_uint_eq(w.len, len);
	w.error = 0;
	dns_writer_rr(&w, DNS_ANSWER, name("other.test"), DNS_TYPE_A, 1, 60, ip, 4);
	check(2, 0, 0);
}
END_TEST

START_TEST(copying_between_messages)
{
	static struct wire from;
	struct dns_rr_iter it;
	static const uint8_t srv[] = { 0, 1, 0, 2, 0, 3, 1, 'h', 0xc0, 12 };

	/* Compressed against a name that the target does not have. */
	wire_query(&from, "example.net", DNS_TYPE_SRV);
	wire_rr(&from, DNS_ANSWER, "example.net", DNS_TYPE_SRV, 77, srv, sizeof(srv));
	wire_rr(&from, DNS_ANSWER, "example.net", DNS_TYPE_NS, 77, srv + 6, 4);
	wire_rr(&from, DNS_ANSWER, "example.net", 65280, 77, "raw", 3);
	begin("q");
	ck_assert_int_eq(dns_rr_iter_init(&it, from.data, from.len), 0);
	while (dns_rr_next(&it))
		ck_assert_int_eq(dns_writer_copy(&w, DNS_ADDITIONAL, &it), 0);
	check(0, 0, 3);
	ck_assert_int_eq(dns_rr_iter_init(&it, w.wire, w.len), 0);
	ck_assert(dns_rr_next(&it));
	ck_assert_uint_eq(it.rdlen, 6 + 15);
	ck_assert_uint_eq(it.ttl, 77);
	ck_assert_int_eq(memcmp(w.wire + it.rdata + 6, "\1h\7example\3net", 15), 0);
	ck_assert(dns_rr_next(&it));
	ck_assert_uint_eq(it.rdlen, 2);
	ck_assert(dns_name_equal_at(w.wire, w.len, it.rdata, name("h.example.net")));
}
END_TEST

START_TEST(resuming_a_finished_message)
{
	size_t at;

	begin("q");
	dns_writer_rr(&w, DNS_ANSWER, name("target.example"), DNS_TYPE_A, 1, 60, ip, 4);
	dns_writer_rr(&w, DNS_AUTHORITY, name("zone.test"), DNS_TYPE_A, 1, 60, ip, 4);
	at = w.len;
	memset(&w, 0xee, sizeof(w));
	ck_assert_int_eq(dns_writer_resume(&w, m.data, at, sizeof(m.data)), 0);
	ck_assert_int_eq(dns_writer_rr(&w, DNS_AUTHORITY, name("x.target.example"), DNS_TYPE_A, 1,
				       60, ip, 4),
			 0);
	ck_assert_uint_eq(w.len - at, 4 + 10 + 4);
	check(1, 2, 0);
	ck_assert_int_eq(dns_writer_rr(&w, DNS_ANSWER, name("x"), DNS_TYPE_A, 1, 60, ip, 4),
			 RT_EORDER);
	ck_assert_int_lt(dns_writer_resume(&w, m.data, at - 1, sizeof(m.data)), 0);
}
END_TEST

TEST_MAIN("writer", the_usual_answer, names_in_data_are_compressed_where_allowed,
	  the_root_is_one_octet, sections_in_order, going_back, growing_and_its_end,
	  a_message_ends_at_65535, many_names_overflow_the_table_only, piece_by_piece,
	  raw_records_and_opt, records_taken_all_at_once, the_next_message_in_the_same_buffer,
	  malformed_data_leaves_no_trace, copying_between_messages, resuming_a_finished_message)
