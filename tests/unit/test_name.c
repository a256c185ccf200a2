/*
 * Domain names: text, order, hashing, reading from messages.
 */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "dns/name.h"
#include "tests/support/check_main.h"

/* ---- text ---- */

static const struct {
	const char *text;
	const char *printed;
	int len;
} valid[] = {
	{ ".", ".", 1 },
	{ "a", "a.", 3 },
	{ "a.", "a.", 3 },
	{ "example.org", "example.org.", 13 },
	{ "ExAmple.ORG.", "ExAmple.ORG.", 13 },
	{ "*.example.org", "*.example.org.", 15 },
	{ "_dns._udp", "_dns._udp.", 11 },
	{ "a\\.b.c", "a\\.b.c.", 7 },
	{ "a\\\\b", "a\\\\b.", 5 },
	{ "\\000\\255", "\\000\\255.", 4 },
	{ "\\097", "a.", 3 },
	{ "\\032", "\\ .", 3 },
	{ "a b", "a\\ b.", 5 },
	{ "a\\;b", "a\\;b.", 5 },
	{ "x@y", "x\\@y.", 5 },
	{ "\"q\"", "\\\"q\\\".", 5 },
	{ "it's", "it\\'s.", 6 },
	{ "(a)", "\\(a\\).", 5 },
	{ "caf\xc3\xa9", "caf\\195\\169.", 7 },
	{ "a~$", "a~$.", 5 },
	{ "\\127", "\\127.", 3 },
};

START_TEST(valid_text)
{
	uint8_t name[DNS_NAME_BUF];
	uint8_t again[DNS_NAME_BUF];
	char text[DNS_NAME_TEXT_MAX];
	size_t n;

	ck_assert_int_eq(dns_name_from_text(name, valid[_i].text, strlen(valid[_i].text)),
			 valid[_i].len);
	ck_assert_uint_eq(dns_name_len(name), (size_t)valid[_i].len);
	ck_assert_int_eq(dns_name_check(name, sizeof(name)), valid[_i].len);
	n = dns_name_to_text(name, text);
	ck_assert_str_eq(text, valid[_i].printed);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_int_eq(dns_name_from_text(again, text, n), valid[_i].len);
	ck_assert_int_eq(memcmp(name, again, (size_t)valid[_i].len), 0);
}
END_TEST

static const struct {
	const char *text;
	int rc;
} invalid[] = {
	{ "", RT_ESYNTAX },       { "@", RT_ESYNTAX },        { "..", RT_ELABELEMPTY },
	{ ".a", RT_ELABELEMPTY }, { "a..b", RT_ELABELEMPTY }, { "a..", RT_ELABELEMPTY },
	{ "a\\", RT_EESCAPE },    { "a\\25", RT_EESCAPE },    { "a\\2x5", RT_EESCAPE },
	{ "a\\256", RT_EESCAPE },
};

START_TEST(invalid_text)
{
	uint8_t name[DNS_NAME_BUF];

	ck_assert_int_eq(dns_name_from_text(name, invalid[_i].text, strlen(invalid[_i].text)),
			 invalid[_i].rc);
}
END_TEST

START_TEST(lengths_at_the_limit)
{
	uint8_t name[DNS_NAME_BUF];
	char text[400];

	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(dns_name_from_text(name, text, 63), 65);
	ck_assert_int_eq(dns_name_from_text(name, text, 64), RT_ELABELLEN);
	ck_assert_int_eq(dns_name_from_text(name, text, 400), RT_ELABELLEN);
	/* 63 + 63 + 63 + 61 and four dots are 254 characters and 255 octets. */
	text[63] = text[127] = text[191] = text[253] = '.';
	ck_assert_int_eq(dns_name_from_text(name, text, 254), 255);
	ck_assert_int_eq(dns_name_from_text(name, text, 253), 255);
	ck_assert_uint_eq(dns_name_len(name), 255);
	text[253] = 'a';
	ck_assert_int_eq(dns_name_from_text(name, text, 254), RT_ENAMELEN);
	/* 127 labels of one octet. */
	for (int i = 0; i < 300; i++)
		text[i] = i % 2 ? '.' : 'a';
	ck_assert_int_eq(dns_name_from_text(name, text, 254), 255);
	ck_assert_uint_eq(dns_name_labels(name), 127);
	ck_assert_int_eq(dns_name_from_text(name, text, 256), RT_ENAMELEN);
}
END_TEST

START_TEST(the_longest_text)
{
	uint8_t name[DNS_NAME_BUF] = { 0 };
	char text[DNS_NAME_TEXT_MAX];

	/* Every octet needs an escape of four characters. */
	name[0] = name[64] = name[128] = 63;
	name[192] = 61;
	ck_assert_uint_eq(dns_name_len(name), 255);
	ck_assert_uint_eq(dns_name_to_text(name, text), 250 * 4 + 4);
	ck_assert_uint_lt(250 * 4 + 4, DNS_NAME_TEXT_MAX);
}
END_TEST

static void
name_of(uint8_t out[DNS_NAME_BUF], const char *text)
{
	ck_assert_int_gt(dns_name_from_text(out, text, strlen(text)), 0);
}

START_TEST(relative_names)
{
	uint8_t origin[DNS_NAME_BUF];
	uint8_t name[DNS_NAME_BUF];
	char text[DNS_NAME_TEXT_MAX];

	name_of(origin, "example.org.");
	ck_assert_int_eq(dns_name_from_text_origin(name, "www", 3, origin), 17);
	dns_name_to_text(name, text);
	ck_assert_str_eq(text, "www.example.org.");
	ck_assert_int_eq(dns_name_from_text_origin(name, "www.", 4, origin), 5);
	ck_assert_int_eq(dns_name_from_text_origin(name, "@", 1, origin), 13);
	ck_assert(dns_name_equal(name, origin));
	ck_assert_int_eq(dns_name_from_text_origin(name, "\\@", 2, origin), 15);
	ck_assert_int_eq(dns_name_from_text_origin(name, "a\\.", 3, origin), 16);
	memset(text, 'a', 250);
	text[60] = text[120] = text[180] = '.';
	ck_assert_int_eq(dns_name_from_text_origin(name, text, 241, origin), 255);
	ck_assert_int_eq(dns_name_from_text_origin(name, text, 242, origin), RT_ENAMELEN);
}
END_TEST

/* ---- transform and compare ---- */

START_TEST(lower_case_touches_letters_only)
{
	uint8_t data[300];
	uint8_t expected[300];

	for (size_t len = 0; len < sizeof(data); len++) {
		for (size_t i = 0; i < len; i++) {
			data[i] = (uint8_t)(i + len);
			expected[i] = data[i] >= 'A' && data[i] <= 'Z' ? data[i] + 32 : data[i];
		}
		dns_lower(data, len);
		ck_assert_int_eq(memcmp(data, expected, len), 0);
	}
}
END_TEST

START_TEST(equality_ignores_ascii_case)
{
	uint8_t a[DNS_NAME_BUF];
	uint8_t b[DNS_NAME_BUF];

	name_of(a, "Some-Longer-Label.ExAmPlE.Org");
	name_of(b, "sOME-lONGER-lABEL.eXaMpLe.oRG");
	ck_assert(dns_name_equal(a, b));
	for (size_t i = 1; i < 30; i++) {
		b[i] ^= 1;
		ck_assert(!dns_name_equal(a, b));
		b[i] ^= 1;
	}
	name_of(b, "Longer-Label.ExAmPlE.Org");
	ck_assert(!dns_name_equal(a, b));
	/* @ and ` differ in the bit that tells the cases apart, and are not letters. */
	name_of(a, "\\064[{{{{{{{{");
	name_of(b, "`{{{{{{{{{");
	ck_assert(!dns_name_equal(a, b));
}
END_TEST

START_TEST(subdomains)
{
	uint8_t zone[DNS_NAME_BUF];
	uint8_t name[DNS_NAME_BUF];
	uint8_t root[1] = { 0 };

	name_of(zone, "example.ORG");
	name_of(name, "a.b.EXAMPLE.org");
	ck_assert(dns_name_is_subdomain(name, zone));
	ck_assert(dns_name_is_subdomain(zone, zone));
	ck_assert(!dns_name_is_subdomain(zone, name));
	ck_assert(dns_name_is_subdomain(name, root));
	ck_assert(dns_name_is_subdomain(root, root));
	ck_assert(!dns_name_is_subdomain(root, zone));
	name_of(name, "notexample.org");
	ck_assert(!dns_name_is_subdomain(name, zone));
	/* The zone's octets at the end, but not at a label's start. */
	name_of(name, "x\\007example.org");
	ck_assert(!dns_name_is_subdomain(name, zone));
}
END_TEST

START_TEST(canonical_order)
{
	/* Ascending (RFC 4034 §6.1 gives the rule). */
	static const char *const sorted[] = {
		".",           "example",         "a.example", "yljkjljk.a.example",
		"Z.a.example", "zABC.a.EXAMPLE",  "z.example", "\\001.z.example",
		"*.z.example", "\\200.z.example", "zz",        "aa.z.example.zz",
	};

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		uint8_t a[DNS_NAME_BUF];

		name_of(a, sorted[i]);
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			uint8_t b[DNS_NAME_BUF];
			int c;

			name_of(b, sorted[j]);
			c = dns_name_compare(a, b);
			ck_assert_msg((c > 0) - (c < 0) == (i > j) - (i < j), "%s %s: %d",
				      sorted[i], sorted[j], c);
		}
	}
}
END_TEST

START_TEST(parents_and_joins)
{
	uint8_t a[DNS_NAME_BUF];
	uint8_t b[DNS_NAME_BUF];
	uint8_t out[DNS_NAME_BUF];
	uint8_t label[DNS_LABELS_MAX + 1];
	char text[DNS_NAME_TEXT_MAX];

	name_of(a, "a.bb.ccc");
	name_of(b, "x.y");
	ck_assert_uint_eq(dns_name_offsets(a, label), 3);
	ck_assert_uint_eq(label[1], 2);
	ck_assert_uint_eq(label[3], 9);
	ck_assert_ptr_eq(dns_name_parent(a, 2), a + 5);
	ck_assert_ptr_eq(dns_name_parent(a, 9), a + 9);
	ck_assert_int_eq(dns_name_join(out, a, 2, b), 10);
	dns_name_to_text(out, text);
	ck_assert_str_eq(text, "a.bb.x.y.");
	ck_assert_int_eq(dns_name_join(out, a, 0, b), 5);
	ck_assert(dns_name_equal(out, b));
	memset(a, 'a', sizeof(a));
	a[0] = a[64] = a[128] = 63;
	a[192] = 57;
	a[250] = 0;
	ck_assert_int_eq(dns_name_join(out, a, 4, b), 255);
	a[192] = 58;
	a[251] = 0;
	ck_assert_int_eq(dns_name_join(out, a, 4, b), RT_ENAMELEN);
}
END_TEST

/* ---- messages ---- */

START_TEST(query_names)
{
	struct dns_qname q;
	struct dns_qname set;
	uint8_t name[DNS_NAME_BUF];
	uint8_t lower[DNS_NAME_BUF];
	uint8_t msg[300];
	char text[260];

	/* Names of every length, with any number of bytes after them. */
	for (size_t len = 1; len <= 253; len++) {
		for (size_t i = 0; i < len; i++)
			text[i] = i % 40 == 39 && i + 1 < len ? '.' : (char)('A' + i % 26);
		for (size_t after = 0; after < 20; after += 3) {
			int n = dns_name_from_text(name, text, len);
			size_t total = 12 + (size_t)n + after;

			memset(msg, 'Q', sizeof(msg));
			memcpy(msg + 12, name, (size_t)n);
			ck_assert_int_eq(dns_qname_parse(&q, msg, total, 12), 12 + n);
			ck_assert_int_eq(q.len, n);
			ck_assert_uint_eq(dns_name_lower(lower, name), (size_t)n);
			ck_assert_int_eq(memcmp(q.wire, lower, (size_t)n), 0);
			for (size_t i = (size_t)n; i % 16 != 0; i++)
				ck_assert_uint_eq(q.wire[i], 0);
			ck_assert_uint_eq(q.hash, dns_name_hash(lower, (size_t)n));
			ck_assert_uint_eq(q.nlabels, dns_name_labels(name));
			ck_assert_int_eq(q.label[q.nlabels], n - 1);
			dns_qname_set(&set, name);
			ck_assert_uint_eq(set.hash, q.hash);
			ck_assert_int_eq(memcmp(set.wire, q.wire, (size_t)n), 0);
			ck_assert_int_eq(memcmp(set.label, q.label, q.nlabels + 1u), 0);
		}
	}
}
END_TEST

START_TEST(query_names_that_are_none)
{
	struct dns_qname q;
	uint8_t msg[300] = { 0 };

	ck_assert_int_eq(dns_qname_parse(&q, msg, 12, 12), RT_EEOF);
	ck_assert_int_eq(dns_qname_parse(&q, msg, 5, 12), RT_EEOF);
	msg[12] = 3;
	ck_assert_int_eq(dns_qname_parse(&q, msg, 13, 12), RT_EEOF);
	ck_assert_int_eq(dns_qname_parse(&q, msg, 16, 12), RT_EEOF);
	ck_assert_int_eq(dns_qname_parse(&q, msg, 17, 12), 17);
	msg[12] = 0xc0;
	ck_assert_int_eq(dns_qname_parse(&q, msg, 20, 12), RT_EPOINTER);
	msg[12] = 64;
	ck_assert_int_eq(dns_qname_parse(&q, msg, 300, 12), RT_EFORMAT);
	msg[12] = 0xbf;
	ck_assert_int_eq(dns_qname_parse(&q, msg, 300, 12), RT_EFORMAT);
	memset(msg, 1, sizeof(msg));
	ck_assert_int_eq(dns_qname_parse(&q, msg, 300, 12), RT_ENAMELEN);
	msg[12 + 254] = 0;
	ck_assert_int_eq(dns_qname_parse(&q, msg, 300, 12), 12 + 255);
	ck_assert_uint_eq(q.nlabels, 127);
}
END_TEST

/* a.b at 0, c and a pointer to it at 5, a pointer to that at 9. */
static const uint8_t compressed[] = { 1, 'a', 1, 'b', 0, 1, 'c', 0xc0, 0, 0xc0, 5, 0xc0, 11, 0xc0 };

START_TEST(compressed_names)
{
	uint8_t out[DNS_NAME_BUF];
	char text[DNS_NAME_TEXT_MAX];
	size_t next;

	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 0, &next), 5);
	ck_assert_uint_eq(next, 5);
	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 5, &next), 7);
	ck_assert_uint_eq(next, 9);
	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 9, &next), 7);
	ck_assert_uint_eq(next, 11);
	dns_name_to_text(out, text);
	ck_assert_str_eq(text, "c.a.b.");
	ck_assert(dns_name_equal_at(compressed, 14, 9, out));
	out[1] = 'C';
	ck_assert(dns_name_equal_at(compressed, 14, 9, out));
	out[1] = 'd';
	ck_assert(!dns_name_equal_at(compressed, 14, 9, out));
	/* To itself, and cut off. */
	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 11, NULL), RT_EPOINTER);
	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 13, NULL), RT_EEOF);
	ck_assert_int_eq(dns_name_unpack(out, compressed, 14, 14, NULL), RT_EEOF);
	ck_assert_int_eq(dns_name_unpack(out, compressed, 4, 0, NULL), RT_EEOF);
	ck_assert(!dns_name_equal_at(compressed, 14, 11, out));

	ck_assert_int_eq(dns_name_skip(compressed, 14, 5), 9);
	ck_assert_int_eq(dns_name_skip(compressed, 14, 11), 13);
	ck_assert_int_eq(dns_name_skip(compressed, 14, 13), RT_EEOF);
	ck_assert_int_eq(dns_name_check(compressed, 14), 5);
	ck_assert_int_eq(dns_name_check(compressed + 5, 9), RT_EPOINTER);
}
END_TEST

START_TEST(pointers_cannot_make_a_name_too_long)
{
	uint8_t msg[700];
	size_t next;

	/*
	 * 200 octets, then 54 more and a pointer to them: 255 with the root; one more is too
	 * much.
	 */
	memset(msg, 'a', sizeof(msg));
	msg[0] = msg[50] = msg[100] = msg[150] = 49;
	msg[200] = 0;
	msg[201] = 53;
	msg[255] = 0xc0;
	msg[256] = 0;
	ck_assert_int_eq(dns_name_unpack(NULL, msg, sizeof(msg), 201, &next), 255);
	ck_assert_uint_eq(next, 257);
	msg[201] = 54;
	msg[256] = 0xc0;
	msg[257] = 0;
	ck_assert_int_eq(dns_name_unpack(NULL, msg, sizeof(msg), 201, &next), RT_ENAMELEN);
	/* 127 one-octet labels in pieces of one, each pointing to the one before. */
	msg[0] = 0;
	for (size_t i = 0; i < 130; i++) {
		size_t to = i == 0 ? 0 : 1 + 4 * (i - 1);

		msg[1 + 4 * i] = 1;
		msg[2 + 4 * i] = 'x';
		msg[3 + 4 * i] = (uint8_t)(0xc0 | to >> 8);
		msg[4 + 4 * i] = (uint8_t)to;
	}
	ck_assert_int_eq(dns_name_unpack(NULL, msg, sizeof(msg), 1 + 4 * 126, NULL), 255);
	ck_assert_int_eq(dns_name_unpack(NULL, msg, sizeof(msg), 1 + 4 * 127, NULL), RT_ENAMELEN);
}
END_TEST

/* Each octet of names of every length counts, and none behind them does. */
START_TEST(octets_compared_in_blocks)
{
	uint8_t a[DNS_NAME_BUF + DNS_NAME_BLOCK], b[DNS_NAME_BUF + DNS_NAME_BLOCK];

	for (size_t len = 0; len <= DNS_NAME_MAX; len++) {
		for (size_t i = 0; i < sizeof(a); i++)
			a[i] = b[i] = (uint8_t)(i * 7 + len);
		memset(b + len, 0x55, sizeof(b) - len);
		ck_assert(dns_name_same(a, b, len));
		for (size_t i = 0; i < len; i++) {
			b[i] ^= 0x80;
			ck_assert_msg(!dns_name_same(a, b, len), "octet %zu of %zu", i, len);
			b[i] ^= 0x80;
		}
	}
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, valid_text, 0, (int)ARRAY_SIZE(valid));
	tcase_add_loop_test(tc, invalid_text, 0, (int)ARRAY_SIZE(invalid));
	return tc;
}

static TCase *
singles(void)
{
	TCase *tc = tcase_create("singles");

	tcase_add_test(tc, lengths_at_the_limit);
	tcase_add_test(tc, the_longest_text);
	tcase_add_test(tc, relative_names);
	tcase_add_test(tc, lower_case_touches_letters_only);
	tcase_add_test(tc, equality_ignores_ascii_case);
	tcase_add_test(tc, octets_compared_in_blocks);
	tcase_add_test(tc, subdomains);
	tcase_add_test(tc, canonical_order);
	tcase_add_test(tc, parents_and_joins);
	tcase_add_test(tc, query_names);
	tcase_add_test(tc, query_names_that_are_none);
	tcase_add_test(tc, compressed_names);
	tcase_add_test(tc, pointers_cannot_make_a_name_too_long);
	return tc;
}

TEST_MAIN_CASES("name", tables, singles)
