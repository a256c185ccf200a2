/*
 * Tests of the builder: what gets into a zone, and what is said of the rest.
 */
#include "config.h"

#include "file/build.h"

#include "base/bytes.h"
#include "file/file_test.h"
#include "file/stage.h"

#define HEAD "@ 60 IN SOA ns root 42 2 3 4 5\n@ 60 IN NS ns\n"

static const struct {
	const char *text;
	const char *warnings;
	uint64_t records;
} rows[] = {
	{ HEAD "a 60 IN A 192.0.2.1\n", "", 3 },
	{ HEAD "a.other.test. 60 IN A 192.0.2.1\n",
	  "3: ignoring A record of a.other.test.: the name is out of the zone\n", 2 },
	{ HEAD "notzone.test. 60 IN A 192.0.2.1\n",
	  "3: ignoring A record of notzone.test.: the name is out of the zone\n", 2 },
	{ HEAD "test. 60 IN A 192.0.2.1\n",
	  "3: ignoring A record of test.: the name is out of the zone\n", 2 },
	{ HEAD "a 60 CH TXT x\n", "3: ignoring TXT record of a.zone.test.: the class is not IN\n",
	  2 },
	{ HEAD "@ 60 IN SOA ns root 43 2 3 4 5\n",
	  "3: ignoring SOA record of zone.test.: the zone has one already\n", 2 },
	{ HEAD "sub 60 IN SOA ns root 43 2 3 4 5\n",
	  "3: ignoring SOA record of sub.zone.test.: it is not at the apex of the zone\n", 2 },
	{ HEAD "a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2.1\nA 60 IN A 192.0.2.1\n",
	  "5: ignoring a record of a.zone.test. that is there already\n", 4 },
	{ HEAD "a 60 IN A 192.0.2.1\na 30 IN A 192.0.2.2\n",
	  "4: the A records of a.zone.test. have different TTLs: using 30\n", 4 },
	{ HEAD "a 60 IN CNAME b\na 60 IN A 192.0.2.1\n",
	  "4: a.zone.test. has a CNAME record and others\n", 4 },
	{ HEAD "a 60 IN A 192.0.2.1\na 60 IN CNAME b\n",
	  "4: a.zone.test. has a CNAME record and others\n", 4 },
	{ HEAD "a 60 IN RRSIG A 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA\n",
	  "3: ignoring a signature of A records of a.zone.test.: there are none\n", 2 },
	{ HEAD "a.b 60 IN NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr\n",
	  "3: ignoring NSEC3 record of a.b.zone.test.: the name is not directly below the apex\n",
	  2 },
	{ HEAD "@ 60 IN NSEC3PARAM 1 0 500 -\n",
	  "3: 500 NSEC3 iterations: validators refuse that (RFC 9276)\n", 3 },
	{ HEAD "a 60 IN NSEC b.zone.test. A\n",
	  "0: there are NSEC records, but not at the apex: not using them\n", 3 },
	{ HEAD "a 60 IN TYPE65280 \\# 3 010203\n", "", 3 },
};

START_TEST(records)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct file_zone *z = make_zone("zone.test", rows[i].text);

		ck_assert_str_eq(buf_cstr(&warnings), rows[i].warnings);
		ck_assert_msg(z->nrecords == rows[i].records, "row %zu: %llu records", i,
			      (unsigned long long)z->nrecords);
		ck_assert_uint_eq(z->serial, 42);
		file_zone_free(z);
	}
}
END_TEST

START_TEST(no_soa)
{
	static const char *const texts[] = {
		"@ 60 IN NS ns\n",
		"",
		"sub 60 IN SOA ns root 43 2 3 4 5\n",
		"other.test. 60 IN SOA ns root 43 2 3 4 5\n",
	};
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_ptr_null(make_zone_rc("zone.test", texts[i], &rc));
		ck_assert_int_eq(rc, RT_ENOENT);
	}
}
END_TEST

/* Records that no reader of ours makes. */
START_TEST(malformed_data)
{
	static const struct {
		uint16_t type;
		size_t len;
	} bad[] = {
		{ DNS_TYPE_A, 3 },      { DNS_TYPE_AAAA, 4 }, { DNS_TYPE_MX, 0 },
		{ DNS_TYPE_MX, 2 },     { DNS_TYPE_SOA, 12 }, { DNS_TYPE_SRV, 6 },
		{ DNS_TYPE_RRSIG, 10 }, { DNS_TYPE_ANY, 4 },  { DNS_TYPE_OPT, 0 },
	};
	static const uint8_t zeros[16];
	uint8_t origin[DNS_NAME_BUF];
	struct file_build *b;

	wire_name(origin, "zone.test");
	b = file_build_new(origin, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct dns_zonefile_rr rr = {
			.owner = origin,
			.owner_len = 11,
			.type = bad[i].type,
			.class = DNS_CLASS_IN,
			.rdata = zeros,
			.rdlen = bad[i].len,
			.file = "test",
		};

		ck_assert_int_eq(file_build_add(b, &rr), 0);
		ck_assert_uint_eq(b->nrecords, 0);
		ck_assert_uint_eq(b->nwarnings, i + 1);
	}
	file_build_free(b);
}
END_TEST

START_TEST(warnings_are_bounded)
{
	struct buf text;
	struct file_zone *z;
	size_t lines = 0;

	buf_init(&text, 1 << 20);
	buf_puts(&text, HEAD);
	for (int i = 0; i < 50; i++)
		buf_printf(&text, "x%d.other.test. 1 IN A 192.0.2.1\n", i);
	z = make_zone("zone.test", buf_cstr(&text));
	for (size_t i = 0; i < warnings.len; i++)
		lines += warnings.data[i] == '\n';
	ck_assert_uint_eq(lines, FILE_WARNINGS_MAX + 1);
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&warnings), "0: 30 further warnings about the zone\n"));
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

/* More records of one type than a message holds: the rest is left out, the zone stays usable. */
START_TEST(huge_set)
{
	struct buf text;
	struct file_zone *z;
	static struct asked q;

	buf_init(&text, 1 << 22);
	buf_puts(&text, HEAD);
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "big 60 IN A 10.1.%d.%d\n", i / 250, i % 250);
	z = make_zone("zone.test", buf_cstr(&text));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&warnings), "more records of one type"));
	ask(&q, z, "big.zone.test", DNS_TYPE_A, false);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_ANSWER), FILE_RRSET_MAX / 16);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_AUTHORITY), 1);
	buf_release(&q.text);
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

/* Every name of a larger zone is found, others are not, and ancestors are there. */
START_TEST(many_names)
{
	struct buf text;
	struct file_zone *z;
	static struct asked q;
	const uint8_t *at;
	char name[64];

	buf_init(&text, 1 << 24);
	buf_puts(&text, HEAD);
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "h%d.s%d.d%d 60 IN A 10.0.%d.%d\n", i, i % 100, i % 7, i / 250,
			   i % 250);
	z = make_zone("zone.test", buf_cstr(&text));
	ck_assert_str_eq(buf_cstr(&warnings), "");
	ck_assert_uint_eq(z->nrecords, 20002);
	for (unsigned i = 0; i < 20000; i += 13) {
		snprintf(name, sizeof(name), "h%u.s%u.d%u.zone.test", i, i % 100, i % 7);
		ask(&q, z, name, DNS_TYPE_A, false);
		ck_assert_int_eq(q.result, FILE_ANSWER);
		/* The address stands behind the question and the head of the record. */
		at = q.w.wire + DNS_HEADER_LEN + q.qname.len + 4;
		ck_assert_uint_eq(bytes_get32(at + FILE_RR_HEAD),
				  10u << 24 | (i / 250) << 8 | i % 250);
		buf_release(&q.text);
		snprintf(name, sizeof(name), "h%u.s%u.d%u.zone.test", i, (i + 1) % 100, i % 7);
		ask(&q, z, name, DNS_TYPE_A, false);
		ck_assert_int_eq(q.result, FILE_NXDOMAIN);
		buf_release(&q.text);
		snprintf(name, sizeof(name), "s%u.d%u.zone.test", i % 100, i % 7);
		ask(&q, z, name, DNS_TYPE_A, false);
		ck_assert_int_eq(q.result, FILE_NODATA);
		buf_release(&q.text);
	}
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

/* So long a list of name servers that it is not prepared: written the general way. */
START_TEST(large_apex)
{
	struct buf text;
	struct file_zone *z;
	static struct asked q;

	buf_init(&text, 1 << 20);
	buf_puts(&text, HEAD "a 60 IN A 192.0.2.1\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&text, "@ 60 IN NS name-server-number-%d.zone.test.\n", i);
	z = make_zone("zone.test", buf_cstr(&text));
	ck_assert_uint_eq(z->ns[0].len, 0);
	ask(&q, z, "a.zone.test", DNS_TYPE_A, false);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_AUTHORITY), 201);
	ck_assert_ptr_nonnull(strstr(section_text(&q, LDNS_SECTION_AUTHORITY),
				     "zone.test. 60 NS name-server-number-199.zone.test.\n"));
	buf_release(&q.text);
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

TEST_MAIN("file_build", records, no_soa, malformed_data, warnings_are_bounded, huge_set, many_names,
	  large_apex)
