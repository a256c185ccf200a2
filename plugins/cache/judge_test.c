/*
 * Tests of what is kept of a reply, in which half and for how long.
 */
#include "config.h"

#include "cache/judge.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/wire.h"

#define NOW 1700000000u

static struct wire m;
static struct dns_qname qname;
static struct cache_judgement j;

static void
ask(const char *name, uint16_t type)
{
	uint8_t wire[DNS_NAME_BUF];

	ck_assert_int_gt(dns_name_from_text(wire, name, strlen(name)), 0);
	dns_qname_set(&qname, wire);
	wire_query(&m, name, type);
	dns_msg_set_flags(m.data, DNS_FLAG_QR | DNS_FLAG_RD);
}

static bool
judge_with(uint16_t type, uint16_t class, bool dnssec)
{
	struct cache_question q = {
		.name = &qname, .type = type, .class = class, .dnssec = dnssec
	};

	return cache_judge(&j, m.data, m.len, &q, NOW);
}

static void
judge(uint16_t type)
{
	ck_assert(judge_with(type, DNS_CLASS_IN, false));
}

static void
add_a(enum dns_section section, const char *owner, uint32_t ttl)
{
	wire_rr(&m, section, owner, DNS_TYPE_A, ttl, "\300\0\2\1", 4);
}

static void
add_name(enum dns_section section, const char *owner, uint16_t type, uint32_t ttl,
	 const char *target)
{
	uint8_t name[DNS_NAME_BUF];
	int len = dns_name_from_text(name, target, strlen(target));

	ck_assert_int_gt(len, 0);
	wire_rr(&m, section, owner, type, ttl, name, (size_t)len);
}

static void
add_soa(uint32_t ttl, uint32_t minimum)
{
	uint8_t rdata[2 + 20] = { 0 };

	bytes_put32(rdata + 18, minimum);
	wire_rr(&m, DNS_AUTHORITY, "org", DNS_TYPE_SOA, ttl, rdata, sizeof(rdata));
}

static void
add_rrsig(enum dns_section section, uint32_t from, uint32_t until)
{
	uint8_t rdata[18 + 1 + 4] = { 0, 1, 13, 2 };

	bytes_put32(rdata + 8, until);
	bytes_put32(rdata + 12, from);
	wire_rr(&m, section, "a.org", DNS_TYPE_RRSIG, 60, rdata, sizeof(rdata));
}

static void
rcode(unsigned code)
{
	dns_msg_set_rcode(m.data, code);
}

START_TEST(an_answer)
{
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "A.org", 300);
	add_a(DNS_ANSWER, "a.org", 200);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_NOERROR);
	ck_assert_int_eq(j.half, CACHE_SUCCESS);
	ck_assert(j.answers);
	ck_assert(j.rewrite); /* the owner is written out */
	ck_assert_uint_eq(j.n, 2);
	ck_assert_uint_eq(j.counts[0], 2);
	ck_assert_uint_eq(j.lowest, 200);
	ck_assert_uint_eq(j.end, m.len);
	cache_judge_set_ttls(&j, m.data, 77);
	struct dns_rr_iter it;
	ck_assert_int_eq(dns_rr_iter_init(&it, m.data, m.len), 0);
	while (dns_rr_next(&it))
		ck_assert_uint_eq(it.ttl, 77);
	ck_assert_int_eq(it.error, 0);
}
END_TEST

START_TEST(ttl_bounds)
{
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "a.org", 300);
	add_a(DNS_ADDITIONAL, "b.org", 100);
	judge(DNS_TYPE_A);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 5, 5), 100);
	ck_assert_uint_eq(cache_judge_ttl(&j, 60, 5, 5), 60);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 200, 5), 200);
	ck_assert_uint_eq(cache_judge_ttl(&j, 50, 200, 5), 50); /* the highest wins */
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "a.org", 0);
	judge(DNS_TYPE_A);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 0, 5), 0);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 5, 5), 5);
}
END_TEST

START_TEST(opt_is_no_ttl)
{
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "b.org", 300);
	wire_opt(&m, 1232, 0, NULL, 0);
	judge(DNS_TYPE_A);
	ck_assert_uint_eq(j.lowest, 300);
	ck_assert_uint_eq(j.n, 1);
	ck_assert_uint_eq(j.counts[2], 0);
	ck_assert(j.rewrite);
	ask("a.org", DNS_TYPE_A);
	wire_opt(&m, 1232, 0, NULL, 0);
	judge(DNS_TYPE_A);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 0, 5), CACHE_DEFAULT_TTL);
}
END_TEST

START_TEST(denials)
{
	ask("a.org", DNS_TYPE_A);
	add_soa(900, 1200);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_NODATA);
	ck_assert_int_eq(j.half, CACHE_DENIAL);
	ck_assert_int_eq(cache_judge_bounds(&j), CACHE_DENIAL);
	ck_assert_uint_eq(j.lowest, 900);
	rcode(DNS_RCODE_NXDOMAIN);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_NXDOMAIN);
	ck_assert_int_eq(j.half, CACHE_DENIAL);
	/* RFC 2308 §5: the MINIMUM field counts. */
	ask("a.org", DNS_TYPE_A);
	add_soa(900, 30);
	rcode(DNS_RCODE_NXDOMAIN);
	judge(DNS_TYPE_A);
	ck_assert_uint_eq(j.lowest, 30);
	/* Without SOA nothing tells for how long. */
	ask("a.org", DNS_TYPE_A);
	rcode(DNS_RCODE_NXDOMAIN);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.half, CACHE_HALVES);
	/* An alias into nowhere. */
	ask("a.org", DNS_TYPE_A);
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	add_soa(900, 900);
	rcode(DNS_RCODE_NXDOMAIN);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.half, CACHE_HALVES);
}
END_TEST

START_TEST(failures_and_other_errors)
{
	static const struct {
		unsigned rcode;
		enum cache_kind kind;
		enum cache_half half;
	} rows[] = {
		{ DNS_RCODE_SERVFAIL, CACHE_KIND_FAILURE, CACHE_DENIAL },
		{ DNS_RCODE_NOTIMP, CACHE_KIND_FAILURE, CACHE_DENIAL },
		{ DNS_RCODE_REFUSED, CACHE_KIND_OTHER, CACHE_HALVES },
		{ DNS_RCODE_FORMERR, CACHE_KIND_OTHER, CACHE_HALVES },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		ask("a.org", DNS_TYPE_A);
		rcode(rows[i].rcode);
		judge(DNS_TYPE_A);
		ck_assert_int_eq(j.kind, rows[i].kind);
		ck_assert_int_eq(j.half, rows[i].half);
		ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 1, 9),
				  rows[i].kind == CACHE_KIND_FAILURE ? 9 : 5);
	}
}
END_TEST

START_TEST(delegation_and_empty)
{
	ask("a.org", DNS_TYPE_A);
	add_name(DNS_AUTHORITY, "org", DNS_TYPE_NS, 3000, "ns.org");
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_DELEGATION);
	ck_assert_int_eq(j.half, CACHE_SUCCESS);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 1, 9), 5);
	/* whoami answers in the additional section. */
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ADDITIONAL, "a.org", 40);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_NOERROR);
	ck_assert_int_eq(j.half, CACHE_SUCCESS);
	ck_assert(!j.answers);
	ck_assert_uint_eq(cache_judge_ttl(&j, 3600, 1, 9), 40);
}
END_TEST

START_TEST(truncated_is_not_kept)
{
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "a.org", 300);
	dns_msg_set_flags(m.data, DNS_FLAG_QR | DNS_FLAG_TC);
	judge(DNS_TYPE_A);
	ck_assert(j.truncated);
	ck_assert_int_eq(j.half, CACHE_HALVES);
}
END_TEST

START_TEST(aliases_are_followed)
{
	/* In any order, in any case, with a record twice. */
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "C.org", 300);
	add_name(DNS_ANSWER, "b.org", DNS_TYPE_CNAME, 60, "c.ORG");
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "B.org");
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	judge(DNS_TYPE_A);
	ck_assert(j.answers);
	ck_assert_int_eq(j.half, CACHE_SUCCESS);
	/* The address of something else. */
	ask("a.org", DNS_TYPE_A);
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	add_a(DNS_ANSWER, "c.org", 300);
	judge(DNS_TYPE_A);
	ck_assert(!j.answers);
	ck_assert_int_eq(j.half, CACHE_HALVES);
	/* The same with an SOA is a denial. */
	add_soa(60, 60);
	judge(DNS_TYPE_A);
	ck_assert_int_eq(j.kind, CACHE_KIND_NODATA);
	ck_assert_int_eq(j.half, CACHE_DENIAL);
}
END_TEST

START_TEST(impossible_aliases_are_no_answer)
{
	/* A loop. */
	ask("a.org", DNS_TYPE_A);
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	add_name(DNS_ANSWER, "b.org", DNS_TYPE_CNAME, 60, "a.org");
	add_a(DNS_ANSWER, "a.org", 300);
	judge(DNS_TYPE_A);
	ck_assert(!j.answers);
	/* Two targets. */
	ask("a.org", DNS_TYPE_A);
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "c.org");
	add_a(DNS_ANSWER, "b.org", 300);
	judge(DNS_TYPE_A);
	ck_assert(!j.answers);
}
END_TEST

START_TEST(special_types)
{
	ask("a.org", DNS_TYPE_CNAME);
	add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, 60, "b.org");
	judge(DNS_TYPE_CNAME);
	ck_assert(j.answers);
	judge(DNS_TYPE_ANY);
	ck_assert(j.answers);
	ask("a.org", DNS_TYPE_ANY);
	add_a(DNS_ANSWER, "b.org", 300);
	judge(DNS_TYPE_ANY);
	ck_assert(!j.answers);
	/* The class counts, unless it is ANY. */
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "a.org", 300);
	ck_assert(judge_with(DNS_TYPE_A, DNS_CLASS_CH, false));
	ck_assert(!j.answers);
	ck_assert(judge_with(DNS_TYPE_A, DNS_CLASS_ANY, false));
	ck_assert(j.answers);
}
END_TEST

START_TEST(signatures_must_be_valid_for_who_asks_for_them)
{
	static const struct {
		uint32_t from, until;
		bool valid;
	} rows[] = {
		{ NOW - 10, NOW + 10, true },
		{ NOW, NOW, true },
		{ NOW - 20, NOW - 10, false },
		{ NOW + 10, NOW + 20, false },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		ask("a.org", DNS_TYPE_A);
		add_a(DNS_ANSWER, "a.org", 300);
		add_rrsig(i % 2 == 0 ? DNS_ANSWER : DNS_AUTHORITY, rows[i].from, rows[i].until);
		ck_assert(judge_with(DNS_TYPE_A, DNS_CLASS_IN, true));
		ck_assert(j.half == (rows[i].valid ? CACHE_SUCCESS : CACHE_HALVES));
		ck_assert(judge_with(DNS_TYPE_A, DNS_CLASS_IN, false));
		ck_assert_int_eq(j.half, CACHE_SUCCESS);
	}
}
END_TEST

START_TEST(malformed_is_said)
{
	ask("a.org", DNS_TYPE_A);
	add_a(DNS_ANSWER, "a.org", 300);
	for (size_t len = DNS_HEADER_LEN; len < m.len; len++) {
		struct cache_question q = { .name = &qname, .type = 1, .class = 1 };

		ck_assert(!cache_judge(&j, m.data, len, &q, NOW));
	}
}
END_TEST

TEST_MAIN("cache_judge", an_answer, ttl_bounds, opt_is_no_ttl, denials, failures_and_other_errors,
	  delegation_and_empty, truncated_is_not_kept, aliases_are_followed,
	  impossible_aliases_are_no_answer, special_types,
	  signatures_must_be_valid_for_who_asks_for_them, malformed_is_said)
