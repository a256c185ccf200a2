/*
 * Record data: which data is well-formed, and what happens to the names in it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "tests/support/check_main.h"
#include "tests/support/wire.h"

#define DATA(s) (s), sizeof(s) - 1

/* Data that is well-formed, and the lengths to which it can be cut and still is. */
static const struct {
	uint16_t type;
	const char *data;
	size_t len;
	const char *cuts; /* one digit or letter (a = 10) a length; "*": all */
} rows[] = {
	{ DNS_TYPE_A, DATA("1234"), "4" },
	{ DNS_TYPE_AAAA, DATA("1234567890123456"), "g" },
	{ DNS_TYPE_NS, DATA("\1a\0"), "3" },
	{ DNS_TYPE_SOA,
	  DATA("\0\1a\0"
	       "12345678901234567890"),
	  "o" },
	{ DNS_TYPE_MX, DATA("12\1a\0"), "5" },
	{ DNS_TYPE_TXT, DATA("\2ab\0\1c"), "346" },
	{ DNS_TYPE_HINFO, DATA("\1a\2bc"), "5" },
	{ DNS_TYPE_SRV, DATA("123456\1a\0"), "9" },
	{ DNS_TYPE_NAPTR, DATA("1234\1s\0\2re\0"), "b" },
	{ DNS_TYPE_RRSIG, DATA("123456789012345678\0sig"), "jklm" },
	{ DNS_TYPE_NSEC, DATA("\1a\0\0\1x\1\2yz"), "36a" },
	{ DNS_TYPE_NSEC3, DATA("1234\1s\2hh\0\1x"), "9c" },
	{ DNS_TYPE_NSEC3PARAM, DATA("1234\0"), "5" },
	{ DNS_TYPE_DS, DATA("1234dd"), "456" },
	{ DNS_TYPE_TLSA, DATA("123dd"), "345" },
	{ DNS_TYPE_CAA, DATA("\0\5issue;"), "78" },
	{ DNS_TYPE_SVCB, DATA("\0\1\0\0\1\0\2h2\0\3\0\2pp"), "39f" },
	{ DNS_TYPE_APL, DATA("\0\1\10\1x\0\2\0\200"), "59" },
	{ DNS_TYPE_IPSECKEY, DATA("\1\0\2key"), "3456" },
	{ DNS_TYPE_IPSECKEY, DATA("\1\1\0021234key"), "789a" },
	{ DNS_TYPE_IPSECKEY, DATA("\1\3\2\1a\0k"), "67" },
	{ DNS_TYPE_AMTRELAY, DATA("\1\200"), "2" },
	{ DNS_TYPE_AMTRELAY, DATA("\1\203\1a\0"), "5" },
	{ DNS_TYPE_HIP, DATA("\1\2\0\2hpp\1a\0\0"), "7ab" },
	{ DNS_TYPE_A6,
	  DATA("\0"
	       "1234567890123456"),
	  "h" },
	{ DNS_TYPE_A6,
	  DATA("\100"
	       "12345678\1a\0"),
	  "c" },
	{ DNS_TYPE_A6, DATA("\200\1a\0"), "4" },
	{ DNS_TYPE_OPT, DATA("\0\3\0\1x\0\4\0\0"), "59" },
	{ DNS_TYPE_TSIG,
	  DATA("\1a\0"
	       "12345678\0\1m1234\0\1o"),
	  "l" },
	{ DNS_TYPE_TKEY,
	  DATA("\0"
	       "123456789012\0\1k\0\0"),
	  "i" },
	{ DNS_TYPE_URI, DATA("1234t"), "45" },
	{ DNS_TYPE_DSYNC, DATA("12345\0"), "6" },
	{ DNS_TYPE_EUI48, DATA("123456"), "6" },
	{ DNS_TYPE_NULL, DATA("abc"), "*" },
	{ 65280, DATA("abc"), "*" },
};

static bool
is_cut(const char *cuts, size_t len)
{
	char c = (char)(len < 10 ? '0' + len : 'a' + (len - 10));

	/* Empty data is accepted for every type. */
	return len == 0 || cuts[0] == '*' || strchr(cuts, c) != NULL;
}

START_TEST(data_and_its_beginnings)
{
	const uint8_t *data = (const uint8_t *)rows[_i].data;
	uint8_t out[64];

	ck_assert(is_cut(rows[_i].cuts, rows[_i].len));
	for (size_t len = 0; len <= rows[_i].len; len++) {
		bool ok = is_cut(rows[_i].cuts, len);
		uint8_t *exact = malloc(len + 1);
		int rc;

		memcpy(exact + 1, data, len);
		rc = dns_rdata_check_wire(rows[_i].type, exact + 1, len);
		ck_assert_msg((rc == 0) == ok, "row %d, %zu bytes: %d", _i, len, rc);
		rc = dns_rdata_check(rows[_i].type, exact, len + 1, 1, len);
		ck_assert_int_eq(rc == 0, ok);
		rc = dns_rdata_decompress(out, sizeof(out), rows[_i].type, exact, len + 1, 1, len);
		ck_assert_int_eq(rc >= 0, ok);
		if (ok) {
			ck_assert_int_eq(rc, (int)len);
			ck_assert_int_eq(memcmp(out, data, len), 0);
		}
		rc = dns_rdata_canonical(rows[_i].type, exact + 1, len);
		ck_assert_int_eq(rc == 0, ok);
		free(exact);
	}
}
END_TEST

static const struct {
	uint16_t type;
	const char *data;
	size_t len;
} malformed[] = {
	{ DNS_TYPE_A, DATA("12345") },
	{ DNS_TYPE_NS, DATA("\1a\0x") },
	{ DNS_TYPE_NSEC, DATA("\0\0\0") },       /* window of no octets */
	{ DNS_TYPE_NSEC, DATA("\0\1\1x\0\1y") }, /* windows descend */
	{ DNS_TYPE_NSEC, DATA("\0\0\41"
			      "12345678901234567890123456789012x") },
	{ DNS_TYPE_SVCB, DATA("\0\1\0\0\3\0\0\0\1\0\0") }, /* keys descend */
	{ DNS_TYPE_SVCB, DATA("\0\1\0\0\3\0\0\0\3\0\0") }, /* a key twice */
	{ DNS_TYPE_IPSECKEY, DATA("\1\4\2key") },          /* no such gateway */
	{ DNS_TYPE_A6, DATA("\201\1a\0") },                /* prefix of 129 bits */
	{ DNS_TYPE_CAA, DATA("\0\5iss") },
	{ DNS_TYPE_OPT, DATA("\0\3\0\2x") },
	{ DNS_TYPE_MX, DATA("12\300\0") }, /* a pointer in wire rdata */
	{ DNS_TYPE_MX, DATA("12\100a") },
};

START_TEST(malformed_data)
{
	const uint8_t *data = (const uint8_t *)malformed[_i].data;

	ck_assert_int_lt(dns_rdata_check_wire(malformed[_i].type, data, malformed[_i].len), 0);
}
END_TEST

START_TEST(names_are_expanded)
{
	static struct wire m;
	uint8_t out[64];
	size_t pos;

	wire_header(&m, 1, 0);
	wire_name(&m, "example.org"); /* at 12 */
	pos = m.len;
	wire_bytes(&m, "\0\5\4mail\300\14", 9);
	ck_assert_int_eq(dns_rdata_check(DNS_TYPE_MX, m.data, m.len, pos, 9), 0);
	ck_assert_int_eq(dns_rdata_decompress(out, sizeof(out), DNS_TYPE_MX, m.data, m.len, pos, 9),
			 20);
	ck_assert_int_eq(memcmp(out, "\0\5\4mail\7example\3org", 20), 0);
	ck_assert_int_eq(dns_rdata_decompress(out, 20, DNS_TYPE_MX, m.data, m.len, pos, 9), 20);
	ck_assert_int_eq(dns_rdata_decompress(out, 19, DNS_TYPE_MX, m.data, m.len, pos, 9),
			 RT_ENOSPC);
	/* The pointer's second byte lies outside the data. */
	ck_assert_int_lt(dns_rdata_check(DNS_TYPE_MX, m.data, m.len, pos, 8), 0);
	/* Data outside the message. */
	ck_assert_int_eq(dns_rdata_check(DNS_TYPE_MX, m.data, m.len, pos, 10), RT_EEOF);
	ck_assert_int_eq(dns_rdata_check(DNS_TYPE_MX, m.data, m.len, m.len + 1, 0), RT_EEOF);
}
END_TEST

START_TEST(canonical_form)
{
	uint8_t soa[] = "\1A\1B\0\1C\0"
			"ABCDEFGHIJKLMNOPQRST";
	uint8_t nsec[] = "\1A\0\0\1A";
	uint8_t rrsig[] = "ABCDEFGHIJKLMNOPQR\1A\0SIG";

	ck_assert_int_eq(dns_rdata_canonical(DNS_TYPE_SOA, soa, sizeof(soa) - 1), 0);
	ck_assert_int_eq(memcmp(soa,
				"\1a\1b\0\1c\0"
				"ABCDEFGHIJKLMNOPQRST",
				sizeof(soa)),
			 0);
	/* RFC 6840 §5.1: NSEC's name keeps its case, RRSIG's signer does not. */
	ck_assert_int_eq(dns_rdata_canonical(DNS_TYPE_NSEC, nsec, sizeof(nsec) - 1), 0);
	ck_assert_int_eq(memcmp(nsec, "\1A\0\0\1A", sizeof(nsec)), 0);
	ck_assert_int_eq(dns_rdata_canonical(DNS_TYPE_RRSIG, rrsig, sizeof(rrsig) - 1), 0);
	ck_assert_int_eq(memcmp(rrsig, "ABCDEFGHIJKLMNOPQR\1a\0SIG", sizeof(rrsig)), 0);
}
END_TEST

START_TEST(which_types_have_names)
{
	ck_assert(dns_rdata_has_names(DNS_TYPE_NS));
	ck_assert(dns_rdata_has_names(DNS_TYPE_SRV));
	ck_assert(dns_rdata_has_names(DNS_TYPE_HTTPS));
	ck_assert(dns_rdata_has_names(DNS_TYPE_IPSECKEY));
	ck_assert(!dns_rdata_has_names(DNS_TYPE_A));
	ck_assert(!dns_rdata_has_names(DNS_TYPE_TXT));
	ck_assert(!dns_rdata_has_names(65280));
	ck_assert_ptr_null(dns_rdata_layout(65280));
	/* RFC 3597 §4: only the types of RFC 1035 may be compressed. */
	for (unsigned t = 0; t <= UINT16_MAX; t++) {
		const struct dns_field *f = dns_rdata_layout((uint16_t)t);

		for (; f != NULL && f->kind != DNS_FIELD_END; f++) {
			if (f->flags & DNS_FIELD_COMPRESS)
				ck_assert_uint_le(t, DNS_TYPE_MX);
		}
	}
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, data_and_its_beginnings, 0, (int)ARRAY_SIZE(rows));
	tcase_add_loop_test(tc, malformed_data, 0, (int)ARRAY_SIZE(malformed));
	tcase_add_test(tc, names_are_expanded);
	tcase_add_test(tc, canonical_form);
	tcase_add_test(tc, which_types_have_names);
	return tc;
}

TEST_MAIN_CASES("rdata", tables)
