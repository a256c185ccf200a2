/*
 * Tests of what kind of answer a message is, and how long it is without compression.
 */
#include "config.h"

#include "dns/response.h"

#include <string.h>

#include "base/compiler.h"
#include "dns/message.h"
#include "dns/writer.h"
#include "tests/support/check_main.h"

static const uint8_t owner[] = "\1a\4test";
static const uint8_t address[] = { 192, 0, 2, 1 };
static const uint8_t soa[] = "\2ns\4test\0\5admin\4test\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1";
static const uint8_t ns[] = "\2ns\4test";

struct reply {
	uint8_t wire[512];
	struct dns_writer w;
};

/* A reply to a query for a.test of this type. */
static void
begin(struct reply *r, uint16_t qtype)
{
	size_t at = DNS_HEADER_LEN;

	memset(r->wire, 0, sizeof(r->wire));
	dns_msg_set_flags(r->wire, DNS_FLAG_QR);
	dns_msg_set_count(r->wire, DNS_QUESTION, 1);
	memcpy(r->wire + at, owner, sizeof(owner));
	at += sizeof(owner);
	bytes_put16(r->wire + at, qtype);
	bytes_put16(r->wire + at + 2, DNS_CLASS_IN);
	dns_writer_init(&r->w, r->wire, at + 4, sizeof(r->wire));
}

static void
add(struct reply *r, enum dns_section section, uint16_t type)
{
	if (type == DNS_TYPE_A)
		dns_writer_rr(&r->w, section, owner, type, DNS_CLASS_IN, 60, address, 4);
	else if (type == DNS_TYPE_SOA)
		dns_writer_rr(&r->w, section, owner + 2, type, DNS_CLASS_IN, 60, soa,
			      sizeof(soa) - 1);
	else if (type == DNS_TYPE_NS)
		dns_writer_rr(&r->w, section, owner, type, DNS_CLASS_IN, 60, ns, sizeof(ns));
	ck_assert_int_eq(r->w.error, 0);
}

static const struct {
	unsigned rcode;
	uint16_t answer, authority; /* types of records, 0 for none */
	enum dns_response kind;
	enum dns_response_class class;
} rows[] = {
	{ 0, DNS_TYPE_A, 0, DNS_RESPONSE_NOERROR, DNS_RESPONSE_CLASS_SUCCESS },
	{ 0, DNS_TYPE_A, DNS_TYPE_SOA, DNS_RESPONSE_NOERROR, DNS_RESPONSE_CLASS_SUCCESS },
	{ 0, 0, 0, DNS_RESPONSE_NOERROR, DNS_RESPONSE_CLASS_SUCCESS },
	{ 0, 0, DNS_TYPE_SOA, DNS_RESPONSE_NODATA, DNS_RESPONSE_CLASS_DENIAL },
	{ 0, 0, DNS_TYPE_NS, DNS_RESPONSE_DELEGATION, DNS_RESPONSE_CLASS_SUCCESS },
	{ 3, 0, DNS_TYPE_SOA, DNS_RESPONSE_NXDOMAIN, DNS_RESPONSE_CLASS_DENIAL },
	{ 3, 0, 0, DNS_RESPONSE_NXDOMAIN, DNS_RESPONSE_CLASS_DENIAL },
	{ 3, DNS_TYPE_A, 0, DNS_RESPONSE_OTHERERROR, DNS_RESPONSE_CLASS_ERROR },
	{ 2, 0, 0, DNS_RESPONSE_SERVERERROR, DNS_RESPONSE_CLASS_ERROR },
	{ 4, 0, DNS_TYPE_NS, DNS_RESPONSE_SERVERERROR, DNS_RESPONSE_CLASS_ERROR },
	{ 5, 0, 0, DNS_RESPONSE_OTHERERROR, DNS_RESPONSE_CLASS_ERROR },
	{ 1, DNS_TYPE_A, 0, DNS_RESPONSE_OTHERERROR, DNS_RESPONSE_CLASS_ERROR },
	{ 16, 0, 0, DNS_RESPONSE_OTHERERROR, DNS_RESPONSE_CLASS_ERROR },
};

START_TEST(kinds)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply r;

		begin(&r, DNS_TYPE_A);
		dns_msg_set_rcode(r.wire, rows[i].rcode);
		add(&r, DNS_ANSWER, rows[i].answer);
		add(&r, DNS_AUTHORITY, rows[i].authority);
		for (int dnssec_ok = 0; dnssec_ok < 2; dnssec_ok++) {
			enum dns_response kind = dns_response_of(r.wire, r.w.len, DNS_TYPE_A,
								 rows[i].rcode, dnssec_ok, 1000);

			ck_assert_msg(kind == rows[i].kind, "row %zu is %s", i,
				      dns_response_name(kind));
			ck_assert_int_eq(dns_response_class(kind), rows[i].class);
		}
	}
}
END_TEST

START_TEST(meta_update_and_nonsense)
{
	struct reply r;

	begin(&r, DNS_TYPE_AXFR);
	ck_assert_int_eq(dns_response_of(r.wire, r.w.len, DNS_TYPE_AXFR, 0, false, 0),
			 DNS_RESPONSE_META);
	begin(&r, DNS_TYPE_A);
	dns_msg_set_flags(r.wire, DNS_FLAG_QR | DNS_OPCODE_NOTIFY << 11);
	ck_assert_int_eq(dns_response_of(r.wire, r.w.len, DNS_TYPE_A, 0, false, 0),
			 DNS_RESPONSE_META);
	dns_msg_set_flags(r.wire, DNS_FLAG_QR | DNS_OPCODE_UPDATE << 11);
	ck_assert_int_eq(dns_response_of(r.wire, r.w.len, DNS_TYPE_A, 0, false, 0),
			 DNS_RESPONSE_UPDATE);
	ck_assert_int_eq(dns_response_of(NULL, 0, DNS_TYPE_A, 0, false, 0),
			 DNS_RESPONSE_OTHERERROR);
	begin(&r, DNS_TYPE_A);
	dns_msg_set_count(r.wire, DNS_AUTHORITY, 1);
	ck_assert_int_eq(dns_response_of(r.wire, r.w.len, DNS_TYPE_A, 0, false, 0),
			 DNS_RESPONSE_OTHERERROR);
	ck_assert_int_eq(dns_response_class(DNS_RESPONSE_META), DNS_RESPONSE_CLASS_ERROR);
}
END_TEST

static const struct {
	uint32_t inception, expiration, now;
	bool valid;
} signatures[] = {
	{ 100, 200, 150, true },
	{ 100, 200, 100, true },
	{ 100, 200, 200, true },
	{ 100, 200, 99, false },
	{ 100, 200, 201, false },
	{ UINT32_MAX - 50, 50, 10, true }, /* across the end of 32 bits */
	{ UINT32_MAX - 50, 50, UINT32_MAX, true },
	{ UINT32_MAX - 50, 50, 51, false },
};

START_TEST(expired_signatures)
{
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
		uint8_t rrsig[18 + 6 + 4] = { 0, DNS_TYPE_A, 13, 2 };
		struct reply r;

		bytes_put32(rrsig + 8, signatures[i].expiration);
		bytes_put32(rrsig + 12, signatures[i].inception);
		memcpy(rrsig + 18, "\4test", 6);
		begin(&r, DNS_TYPE_A);
		add(&r, DNS_ANSWER, DNS_TYPE_A);
		dns_writer_rr(&r.w, DNS_ANSWER, owner, DNS_TYPE_RRSIG, DNS_CLASS_IN, 60, rrsig,
			      sizeof(rrsig));
		ck_assert_int_eq(r.w.error, 0);
		enum dns_response want =
			signatures[i].valid ? DNS_RESPONSE_NOERROR : DNS_RESPONSE_OTHERERROR;
		ck_assert_int_eq(
			dns_response_of(r.wire, r.w.len, DNS_TYPE_A, 0, true, signatures[i].now),
			want);
		/* Who did not ask for signatures does not look at them. */
		ck_assert_int_eq(
			dns_response_of(r.wire, r.w.len, DNS_TYPE_A, 0, false, signatures[i].now),
			DNS_RESPONSE_NOERROR);
	}
}
END_TEST

START_TEST(plain_length)
{
	struct reply r;

	begin(&r, DNS_TYPE_A);
	size_t head = r.w.len;
	ck_assert_uint_eq(dns_response_plain_len(r.wire, r.w.len), head);
	add(&r, DNS_ANSWER, DNS_TYPE_A);
	ck_assert_uint_eq(dns_response_plain_len(r.wire, r.w.len), head + 8 + 10 + 4);
	add(&r, DNS_ANSWER, DNS_TYPE_NS);
	add(&r, DNS_AUTHORITY, DNS_TYPE_SOA);
	ck_assert_uint_lt(r.w.len, head + 22 + 8 + 10 + 9 + 6 + 10 + sizeof(soa) - 1);
	ck_assert_uint_eq(dns_response_plain_len(r.wire, r.w.len),
			  head + 22 + 8 + 10 + sizeof(ns) + 6 + 10 + sizeof(soa) - 1);
	ck_assert_uint_eq(dns_response_plain_len(r.wire, r.w.len - 1), r.w.len - 1);
	ck_assert_uint_eq(dns_response_plain_len(r.wire, 3), 3);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(dns_response_name(DNS_RESPONSE_NODATA), "NODATA");
	ck_assert_str_eq(dns_response_class_name(DNS_RESPONSE_CLASS_SUCCESS), "success");
	ck_assert_str_eq(dns_response_class_name(DNS_RESPONSE_CLASS_DENIAL), "denial");
	ck_assert_str_eq(dns_response_class_name(DNS_RESPONSE_CLASS_ERROR), "error");
}
END_TEST

TEST_MAIN("response", kinds, meta_update_and_nonsense, expired_signatures, plain_length, names)
