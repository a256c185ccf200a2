/*
 * Requests judged, records walked, messages checked and shortened.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/query_read.h"
#include "dns/rdata.h"
#include "tests/support/check_main.h"
#include "tests/support/wire.h"

static struct wire m;
static struct dns_query_info info;
static struct dns_qname qname;

/* Parse a copy of exactly the message's size, so that a sanitizer sees reads beyond it. */
static enum dns_query_verdict
parse(size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	enum dns_query_verdict v;

	ck_assert_ptr_nonnull(exact);
	memcpy(exact, m.data, len);
	v = dns_query_parse(exact, len, &info, &qname);
	free(exact);
	return v;
}

static void
rejected(unsigned rcode)
{
	ck_assert_int_eq(parse(m.len), DNS_QUERY_REJECT);
	ck_assert_uint_eq(info.rcode, rcode);
}

/* ---- requests ---- */

START_TEST(a_plain_query)
{
	wire_query(&m, "WWW.example.org", DNS_TYPE_AAAA);
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.qtype, DNS_TYPE_AAAA);
	ck_assert_uint_eq(info.qclass, DNS_CLASS_IN);
	ck_assert_uint_eq(info.question_end, m.len);
	ck_assert_uint_eq(info.end, m.len);
	ck_assert_uint_eq(info.flags, DNS_FLAG_RD);
	ck_assert_uint_eq(info.opt_pos, 0);
	ck_assert_uint_eq(info.udp_size, 512);
	ck_assert_uint_eq(info.rcode, 0);
	ck_assert_int_eq(memcmp(qname.wire, "\3www\7example\3org", 17), 0);
	ck_assert_uint_eq(qname.nlabels, 3);
}
END_TEST

START_TEST(a_query_with_edns)
{
	static const uint8_t cookie[] = { 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

	wire_query(&m, "example.org", DNS_TYPE_A);
	wire_opt(&m, 1232, DNS_EDNS_DO, cookie, sizeof(cookie));
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.opt_pos, info.question_end);
	ck_assert_uint_eq(info.udp_size, 1232);
	ck_assert(info.edns_do);
	ck_assert_uint_eq(info.edns_version, 0);
	ck_assert_uint_eq(info.options_pos, m.len - sizeof(cookie));
	ck_assert_uint_eq(info.options_len, sizeof(cookie));
	ck_assert_uint_eq(info.end, m.len);

	/* Sizes below 512 count as 512. */
	wire_query(&m, "example.org", DNS_TYPE_A);
	wire_opt(&m, 100, 0, NULL, 0);
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.udp_size, 512);
	ck_assert(!info.edns_do);

	/* Bytes after the last record do no harm. */
	m.len += 7;
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.end, m.len - 7);
}
END_TEST

START_TEST(what_is_ignored)
{
	wire_query(&m, "example.org", DNS_TYPE_A);
	for (size_t len = 0; len < DNS_HEADER_LEN; len++)
		ck_assert_int_eq(parse(len), DNS_QUERY_IGNORE);
	m.data[2] |= 0x80;
	ck_assert_int_eq(parse(m.len), DNS_QUERY_IGNORE);
	m.data[2] &= 0x7f;
	ck_assert_int_eq(dns_query_parse(m.data, DNS_MESSAGE_MAX + 1, &info, &qname),
			 DNS_QUERY_IGNORE);
}
END_TEST

START_TEST(opcodes_and_counts)
{
	for (unsigned opcode = 0; opcode < 16; opcode++) {
		wire_header(&m, 1, opcode << 11);
		wire_question(&m, "a", DNS_TYPE_SOA, DNS_CLASS_IN);
		if (opcode == DNS_OPCODE_QUERY || opcode == DNS_OPCODE_NOTIFY)
			ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
		else
			rejected(DNS_RCODE_NOTIMP);
	}
	for (enum dns_section s = DNS_QUESTION; s <= DNS_ADDITIONAL; s++) {
		static const unsigned most[] = { 1, 1, 1, 2 };

		wire_query(&m, "a", DNS_TYPE_A);
		dns_msg_set_count(m.data, s, (uint16_t)(most[s] + 1));
		rejected(DNS_RCODE_FORMERR);
		ck_assert_uint_eq(info.question_end, 0);
		dns_msg_set_count(m.data, s, 0xffff);
		rejected(DNS_RCODE_FORMERR);
	}
	wire_query(&m, "a", DNS_TYPE_A);
	dns_msg_set_count(m.data, DNS_QUESTION, 0);
	rejected(DNS_RCODE_FORMERR);
	/* Counted records that are not there at all: taken as none. */
	wire_query(&m, "a", DNS_TYPE_A);
	dns_msg_set_count(m.data, DNS_ANSWER, 1);
	dns_msg_set_count(m.data, DNS_ADDITIONAL, 2);
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	/* A header alone. */
	m.len = DNS_HEADER_LEN;
	rejected(DNS_RCODE_SERVFAIL);
}
END_TEST

START_TEST(every_cut_is_judged_without_reading_beyond)
{
	size_t question_end;

	wire_query(&m, "www.example.org", DNS_TYPE_A);
	question_end = m.len;
	wire_opt(&m, 4096, 0, "\0\3\0\2ab", 6);
	for (size_t len = DNS_HEADER_LEN + 1; len < m.len; len++) {
		enum dns_query_verdict v = parse(len);

		if (len == question_end) {
			ck_assert_int_eq(v, DNS_QUERY_OK);
			continue;
		}
		ck_assert_int_eq(v, DNS_QUERY_REJECT);
		ck_assert_uint_eq(info.rcode, DNS_RCODE_FORMERR);
		ck_assert_uint_eq(info.question_end, len < question_end ? 0 : question_end);
	}
}
END_TEST

START_TEST(edns_faults)
{
	/* Version 1. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_opt(&m, 4096, 1 << 16, NULL, 0);
	rejected(DNS_RCODE_BADVERS);
	ck_assert_uint_ne(info.opt_pos, 0);
	/* An option that reaches beyond the data. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_opt(&m, 4096, 0, "\0\3\0\3ab", 6);
	rejected(DNS_RCODE_FORMERR);
	/* A client subnet with a prefix that IPv4 does not have. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_opt(&m, 4096, 0, "\0\10\0\4\0\1\41\0", 8);
	rejected(DNS_RCODE_FORMERR);
	/* Two. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_opt(&m, 4096, 0, NULL, 0);
	wire_opt(&m, 4096, 0, NULL, 0);
	rejected(DNS_RCODE_FORMERR);
	/* Not in the root, or not in the additional section. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_rr(&m, DNS_ADDITIONAL, "x", DNS_TYPE_OPT, 0, NULL, 0);
	rejected(DNS_RCODE_FORMERR);
	wire_query(&m, "a", DNS_TYPE_A);
	wire_rr(&m, DNS_ANSWER, ".", DNS_TYPE_OPT, 0, NULL, 0);
	rejected(DNS_RCODE_FORMERR);
}
END_TEST

/* Algorithm a., time, fudge, a MAC of two bytes, id, error, no other data. */
static const uint8_t tsig[] = { 1, 'a', 0, 0, 0, 0, 0, 0, 1, 1, 44, 0, 2, 9, 9, 0, 1, 0, 0, 0, 0 };

START_TEST(signed_requests)
{
	size_t at;

	wire_query(&m, "a", DNS_TYPE_A);
	wire_opt(&m, 1232, 0, NULL, 0);
	at = m.len;
	wire_rr(&m, DNS_ADDITIONAL, "key", DNS_TYPE_TSIG, 0, tsig, sizeof(tsig));
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.tsig_pos, at);
	ck_assert_uint_eq(info.udp_size, 1232);
	/* It has to be last, and well-formed. */
	wire_query(&m, "a", DNS_TYPE_A);
	wire_rr(&m, DNS_ADDITIONAL, "key", DNS_TYPE_TSIG, 0, tsig, sizeof(tsig));
	wire_opt(&m, 1232, 0, NULL, 0);
	rejected(DNS_RCODE_FORMERR);
	wire_query(&m, "a", DNS_TYPE_A);
	wire_rr(&m, DNS_ADDITIONAL, "key", DNS_TYPE_TSIG, 0, tsig, sizeof(tsig) - 1);
	rejected(DNS_RCODE_FORMERR);
	wire_query(&m, "a", DNS_TYPE_A);
	wire_rr(&m, DNS_ANSWER, "key", DNS_TYPE_TSIG, 0, tsig, sizeof(tsig));
	rejected(DNS_RCODE_FORMERR);
}
END_TEST

START_TEST(notify_with_its_soa)
{
	static const uint8_t soa[2 + 20] = { 0 };

	wire_header(&m, 1, DNS_OPCODE_NOTIFY << 11 | DNS_FLAG_AA);
	wire_question(&m, "example.org", DNS_TYPE_SOA, DNS_CLASS_IN);
	wire_rr(&m, DNS_ANSWER, "example.org", DNS_TYPE_SOA, 0, soa, sizeof(soa));
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	ck_assert_uint_eq(info.opcode, DNS_OPCODE_NOTIFY);
	ck_assert_uint_eq(info.end, m.len);
	m.data[m.len - sizeof(soa) - 1]--; /* RDLENGTH, one too small for a SOA */
	rejected(DNS_RCODE_FORMERR);
}
END_TEST

START_TEST(answers_to_rejected_requests)
{
	size_t len;
	size_t question_end;

	wire_header(&m, 0xbeef, DNS_OPCODE_UPDATE << 11 | DNS_FLAG_RD | DNS_FLAG_TC | DNS_FLAG_Z);
	wire_question(&m, "a", DNS_TYPE_SOA, DNS_CLASS_IN);
	rejected(DNS_RCODE_NOTIMP);
	len = dns_reply_reject(m.data, &info);
	ck_assert_uint_eq(len, DNS_HEADER_LEN);
	ck_assert_uint_eq(dns_msg_id(m.data), 0xbeef);
	ck_assert_uint_eq(dns_msg_flags(m.data),
			  DNS_FLAG_QR | DNS_OPCODE_UPDATE << 11 | DNS_FLAG_RD | DNS_RCODE_NOTIMP);
	ck_assert_uint_eq(dns_msg_count(m.data, DNS_QUESTION), 0);

	wire_header(&m, 1, DNS_OPCODE_NOTIFY << 11 | DNS_FLAG_CD);
	wire_question(&m, "a", DNS_TYPE_SOA, DNS_CLASS_IN);
	wire_opt(&m, 512, 0, "x", 1);
	rejected(DNS_RCODE_FORMERR);
	len = dns_reply_reject(m.data, &info);
	ck_assert_uint_eq(len, info.question_end);
	ck_assert_uint_eq(dns_msg_flags(m.data), DNS_FLAG_QR | DNS_FLAG_CD | DNS_RCODE_FORMERR);
	ck_assert_uint_eq(dns_msg_count(m.data, DNS_QUESTION), 1);
	ck_assert_uint_eq(dns_msg_count(m.data, DNS_ADDITIONAL), 0);

	wire_query(&m, "a", DNS_TYPE_A);
	question_end = m.len;
	wire_opt(&m, 512, 5 << 16, NULL, 0);
	rejected(DNS_RCODE_BADVERS);
	len = dns_reply_reject(m.data, &info);
	ck_assert_uint_eq(len, question_end + DNS_EDNS_LEN);
	ck_assert_uint_eq(dns_msg_rcode(m.data), 0);
	ck_assert_uint_eq(m.data[question_end + 5], 1); /* upper bits of 16 */
	ck_assert_uint_eq(m.data[question_end + 6], 0); /* our version */
	ck_assert_uint_eq(dns_msg_count(m.data, DNS_ADDITIONAL), 1);
}
END_TEST

/* ---- records ---- */

START_TEST(walking_all_sections)
{
	static const uint8_t ip[4] = { 192, 0, 2, 1 };
	static const char *const owners[] = { "a.", "b.", "c.", "d.", "e.", "." };
	struct dns_rr_iter it;
	unsigned n = 0;

	wire_query(&m, "q", DNS_TYPE_A);
	wire_rr(&m, DNS_ANSWER, "a", DNS_TYPE_A, 10, ip, 4);
	wire_rr(&m, DNS_ANSWER, "b", DNS_TYPE_A, 20, ip, 4);
	wire_rr(&m, DNS_AUTHORITY, "c", DNS_TYPE_NS, 30, "\1x", 3);
	wire_rr(&m, DNS_ADDITIONAL, "d", DNS_TYPE_A, 40, ip, 4);
	wire_rr(&m, DNS_ADDITIONAL, "e", DNS_TYPE_TXT, 50, NULL, 0);
	wire_opt(&m, 512, 60, NULL, 0);
	ck_assert_int_eq(dns_rr_iter_init(&it, m.data, m.len), 0);
	while (dns_rr_next(&it)) {
		uint8_t owner[DNS_NAME_BUF];
		char text[DNS_NAME_TEXT_MAX];

		ck_assert_int_gt(dns_rr_owner(&it, owner), 0);
		dns_name_to_text(owner, text);
		ck_assert_str_eq(text, owners[n]);
		ck_assert_uint_eq(it.ttl, 10 * (n + 1));
		ck_assert_int_eq(it.section, n < 2    ? DNS_ANSWER
					     : n == 2 ? DNS_AUTHORITY
						      : DNS_ADDITIONAL);
		ck_assert_uint_eq(it.end - it.rdata, it.rdlen);
		dns_rr_set_ttl(&it, m.data, 7);
		n++;
	}
	ck_assert_int_eq(it.error, 0);
	ck_assert_uint_eq(n, 6);
	ck_assert_uint_eq(it.end, m.len);
	ck_assert(!dns_rr_next(&it));
	ck_assert_int_eq(dns_rr_iter_init(&it, m.data, m.len), 0);
	while (dns_rr_next(&it))
		ck_assert_uint_eq(it.ttl, 7);
}
END_TEST

START_TEST(cut_off_records_are_errors)
{
	struct dns_rr_iter it;
	size_t first;

	wire_query(&m, "q", DNS_TYPE_A);
	first = m.len;
	wire_rr(&m, DNS_ANSWER, "abc.de", DNS_TYPE_A, 10, "1234", 4);
	for (size_t len = first; len < m.len; len++) {
		ck_assert_int_eq(dns_rr_iter_init(&it, m.data, len), 0);
		ck_assert(!dns_rr_next(&it));
		ck_assert_int_eq(it.error, RT_EEOF);
	}
	for (size_t len = 0; len < first; len++) {
		ck_assert_int_lt(dns_rr_iter_init(&it, m.data, len), 0);
		ck_assert(!dns_rr_next(&it));
	}
}
END_TEST

START_TEST(the_layout_of_an_answer)
{
	struct dns_msg_layout layout;
	size_t answer;
	size_t additional;
	size_t opt;

	wire_query(&m, "q", DNS_TYPE_MX);
	answer = m.len;
	wire_rr(&m, DNS_ANSWER, "q", DNS_TYPE_MX, 10, "\0\1\1x", 5);
	additional = m.len;
	wire_rr(&m, DNS_ADDITIONAL, "x", DNS_TYPE_A, 10, "1234", 4);
	opt = m.len;
	wire_opt(&m, 1232, 1u << 24, NULL, 0);
	dns_msg_set_rcode(m.data, 7);
	ck_assert_int_eq(dns_msg_check(&layout, m.data, m.len), 0);
	ck_assert_uint_eq(layout.question_end, answer);
	ck_assert_uint_eq(layout.section[DNS_ANSWER], answer);
	ck_assert_uint_eq(layout.section[DNS_AUTHORITY], additional);
	ck_assert_uint_eq(layout.section[DNS_ADDITIONAL], additional);
	ck_assert_uint_eq(layout.opt_pos, opt);
	ck_assert_uint_eq(layout.end, m.len);
	ck_assert_uint_eq(layout.rcode, 23);
	/* Data that does not fit its type, and a name that points into itself. */
	m.data[answer + 3 + 8 + 1] = 4;
	ck_assert_int_lt(dns_msg_check(&layout, m.data, m.len), 0);
	wire_query(&m, "q", DNS_TYPE_MX);
	wire_rr(&m, DNS_ANSWER, "q", DNS_TYPE_MX, 10, "\0\1\xc0\x22", 4);
	ck_assert_int_eq(dns_msg_check(&layout, m.data, m.len), RT_EPOINTER);
	/* Nothing after the header. */
	wire_header(&m, 1, DNS_FLAG_QR | DNS_RCODE_REFUSED);
	ck_assert_int_eq(dns_msg_check(&layout, m.data, m.len), 0);
	ck_assert_uint_eq(layout.section[DNS_ADDITIONAL], DNS_HEADER_LEN);
	ck_assert_uint_eq(layout.rcode, DNS_RCODE_REFUSED);
}
END_TEST

START_TEST(matching_answers)
{
	static struct wire a;

	wire_query(&m, "Example.org", DNS_TYPE_A);
	wire_header(&a, 0x1234, DNS_FLAG_QR | DNS_FLAG_AA);
	wire_question(&a, "eXample.ORG", DNS_TYPE_A, DNS_CLASS_IN);
	ck_assert(dns_msg_answers(m.data, m.len, a.data, a.len));
	ck_assert(!dns_msg_answers(a.data, a.len, m.data, m.len));
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, a.len - 1));
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, DNS_HEADER_LEN));
	a.data[a.len - 3]++; /* type */
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, a.len));
	a.data[a.len - 3]--;
	a.data[15]++; /* a letter */
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, a.len));
	a.data[15]--;
	a.data[1]++; /* id */
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, a.len));
	a.data[1]--;
	a.data[2] ^= 8; /* opcode */
	ck_assert(!dns_msg_answers(m.data, m.len, a.data, a.len));
}
END_TEST

/* ---- truncation ---- */

/*
 * A message with n[s] records of 19 bytes in section s, and an OPT of 15 bytes at place opt (-1 =
 * none).
 */
static void
sized_message(const unsigned n[4], int opt)
{
	unsigned done = 0;

	wire_header(&m, 1, DNS_FLAG_QR);
	wire_question(&m, "q", DNS_TYPE_A, DNS_CLASS_IN); /* 19 bytes in all */
	for (enum dns_section s = DNS_ANSWER; s <= DNS_ADDITIONAL; s++) {
		for (unsigned i = 0; i < n[s]; i++, done++) {
			if ((int)done == opt)
				wire_opt(&m, 1232, 0, "\0\3\0", 4);
			wire_rr(&m, s, "o.o", DNS_TYPE_A, 1, "1234", 4);
		}
	}
	if (opt >= (int)done)
		wire_opt(&m, 1232, 0, "\0\3\0", 4);
}

struct cut {
	unsigned n[4];
	int opt;
	size_t limit;
	unsigned kept[4]; /* records after it, the OPT included */
	bool tc;
};

/* A record is 19 bytes, the head too, the OPT 15. */
static const struct cut cuts[] = {
	{ { 0, 10, 0, 0 }, -1, 512, { 1, 10, 0, 0 }, false },
	{ { 0, 40, 0, 0 }, -1, 512, { 1, 25, 0, 0 }, true },
	{ { 0, 40, 0, 0 }, -1, 513, { 1, 26, 0, 0 }, true },
	{ { 0, 40, 0, 0 }, -1, 100, { 1, 25, 0, 0 }, true },
	{ { 0, 20, 10, 10 }, -1, 512, { 1, 20, 5, 0 }, true },
	{ { 0, 10, 10, 10 }, -1, 512, { 1, 10, 10, 5 }, true },
	{ { 0, 40, 0, 0 }, 40, 512, { 1, 25, 0, 1 }, true },
	{ { 0, 40, 0, 0 }, 40, 508, { 1, 25, 0, 1 }, true },
	{ { 0, 10, 0, 30 }, 40, 512, { 1, 10, 0, 16 }, true },
	{ { 0, 10, 0, 30 }, 15, 512, { 1, 10, 0, 16 }, true },
	{ { 0, 10, 0, 30 }, 10, 512, { 1, 10, 0, 16 }, true },
	{ { 0, 40, 0, 0 }, -1, 65535, { 1, 40, 0, 0 }, false },
};

START_TEST(truncation)
{
	const struct cut *c = &cuts[_i];
	struct dns_msg_layout layout;
	size_t before;
	size_t len;

	sized_message(c->n, c->opt);
	before = m.len;
	len = dns_msg_truncate(m.data, m.len, c->limit);
	ck_assert(len <= c->limit || len <= 512);
	ck_assert_int_eq(dns_msg_check(&layout, m.data, len), 0);
	ck_assert_uint_eq(layout.end, len);
	for (enum dns_section s = DNS_QUESTION; s <= DNS_ADDITIONAL; s++)
		ck_assert_uint_eq(dns_msg_count(m.data, s), c->kept[s]);
	ck_assert_int_eq((dns_msg_flags(m.data) & DNS_FLAG_TC) != 0, c->tc);
	ck_assert_int_eq(layout.opt_pos != 0, c->opt >= 0);
	if (!c->tc)
		ck_assert_uint_eq(len, before);
}
END_TEST

START_TEST(signed_or_broken_messages_are_left_alone)
{
	const unsigned n[4] = { 0, 40, 0, 0 };
	size_t len;

	sized_message(n, -1);
	len = m.len;
	m.data[len - 5] = 200; /* the last RDLENGTH */
	ck_assert_uint_eq(dns_msg_truncate(m.data, len, 512), len);
	sized_message(n, -1);
	wire_rr(&m, DNS_ADDITIONAL, "key", DNS_TYPE_TSIG, 0, tsig, sizeof(tsig));
	ck_assert_uint_eq(dns_msg_truncate(m.data, m.len, 512), m.len);
	ck_assert_uint_eq(dns_msg_flags(m.data) & DNS_FLAG_TC, 0);
}
END_TEST

/* Whether dns_query_usual takes the request; then it must have read what dns_query_parse reads. */
static bool
is_usual(void)
{
	struct dns_query_usual u;
	struct dns_qname name;
	bool edns;

	memset(&name, 0xee, sizeof(name));
	if (!dns_query_usual(m.data, m.len, &u, &name))
		return false;
	ck_assert_int_eq(parse(m.len), DNS_QUERY_OK);
	edns = u.edns & DNS_QUERY_EDNS;
	ck_assert_uint_eq(u.flags, info.flags);
	ck_assert_uint_eq(info.opcode, DNS_OPCODE_QUERY);
	ck_assert_uint_eq(u.qtype, info.qtype);
	ck_assert_uint_eq(u.qclass, info.qclass);
	ck_assert_uint_eq(u.question_end, info.question_end);
	ck_assert_uint_eq(u.udp_size, info.udp_size);
	ck_assert_int_eq(edns, info.opt_pos != 0);
	ck_assert_int_eq((u.edns & DNS_QUERY_DO) != 0, info.edns_do);
	ck_assert_uint_eq(info.options_len, 0);
	ck_assert_uint_eq(name.hash, qname.hash);
	ck_assert_uint_eq(name.len, qname.len);
	ck_assert_uint_eq(name.nlabels, qname.nlabels);
	ck_assert_mem_eq(name.wire, qname.wire, qname.len);
	ck_assert_mem_eq(name.label, qname.label, qname.nlabels + 1u);
	return true;
}

START_TEST(usual_requests_are_read_alike)
{
	static const char *const names[] = { ".", "a", "www.Example.ORG", "123456789012345",
					     "a.name.that.is.longer.than.two.blocks.example" };

	for (unsigned i = 0; i < ARRAY_SIZE(names) * 3; i++) {
		wire_query(&m, names[i / 3], DNS_TYPE_AAAA);
		if (i % 3 > 0)
			wire_opt(&m, i % 3 == 1 ? 100 : 1232, i % 3 == 1 ? 0 : DNS_EDNS_DO, NULL,
				 0);
		ck_assert(is_usual());
		/* Whatever one octet is changed to, and however long it is. */
		for (size_t at = 0; at < m.len; at++) {
			uint8_t was = m.data[at];

			for (unsigned octet = 0; octet < 256; octet++) {
				m.data[at] = (uint8_t)octet;
				is_usual();
			}
			m.data[at] = was;
		}
		for (size_t len = m.len; m.len > 0; m.len--)
			ck_assert(m.len == len || !is_usual());
	}
}
END_TEST

START_TEST(the_longest_usual_name)
{
	char text[256];

	memset(text, 'x', sizeof(text));
	for (unsigned i = 63; i < 255; i += 64)
		text[i] = '.';
	text[253] = '\0';
	wire_query(&m, text, DNS_TYPE_A);
	ck_assert_uint_eq(m.len, 12 + 255 + 4);
	ck_assert(is_usual());
	/* One octet more than a name may have. */
	m.data[12 + 192] = 62;
	m.data[12 + 255] = 0;
	m.len++;
	ck_assert(!is_usual());
}
END_TEST

static TCase *
requests(void)
{
	TCase *tc = tcase_create("requests");

	tcase_add_test(tc, a_plain_query);
	tcase_add_test(tc, a_query_with_edns);
	tcase_add_test(tc, what_is_ignored);
	tcase_add_test(tc, opcodes_and_counts);
	tcase_add_test(tc, every_cut_is_judged_without_reading_beyond);
	tcase_add_test(tc, edns_faults);
	tcase_add_test(tc, signed_requests);
	tcase_add_test(tc, notify_with_its_soa);
	tcase_add_test(tc, answers_to_rejected_requests);
	tcase_add_test(tc, usual_requests_are_read_alike);
	tcase_add_test(tc, the_longest_usual_name);
	return tc;
}

static TCase *
messages(void)
{
	TCase *tc = tcase_create("messages");

	tcase_add_test(tc, walking_all_sections);
	tcase_add_test(tc, cut_off_records_are_errors);
	tcase_add_test(tc, the_layout_of_an_answer);
	tcase_add_test(tc, matching_answers);
	tcase_add_loop_test(tc, truncation, 0, (int)ARRAY_SIZE(cuts));
	tcase_add_test(tc, signed_or_broken_messages_are_left_alone);
	return tc;
}

TEST_MAIN_CASES("message", requests, messages)
