/*
 * Tests of the order of records: what may change and what may not, and that a message says the same
 * afterwards.
 */
#include "config.h"

#include "loadbalance/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/rdata.h"
#include "tests/support/check_main.h"

#define QUESTION_END 25u /* header, www.org, type, class */

static uint8_t wire[4096];
static struct dns_writer w;
static uint64_t seed;

static const struct cidr networks[] = {
	{ .addr = { .bytes = { 10, 9 }, .family = ADDR_V4 }, .bits = 16 },
	{ .addr = { .bytes = { 0x20, 0x01, 0x0d, 0xb8 }, .family = ADDR_V6 }, .bits = 32 },
};
static const struct rt_cidrs none = { 0 };
static const struct rt_cidrs prefer = { networks, 2 };

/* Everything that is allocated is freed at the end of the test program. */
static void *
alloc(void *arg, size_t size)
{
	static uint8_t memory[1 << 20] RT_ALIGNED(16);
	static size_t used;
	void *p;

	(void)arg;
	if (used + size + 16 > sizeof(memory))
		used = 0;
	p = memory + used;
	used += (size + 15) & ~(size_t)15;
	return p;
}

static void
begin(void)
{
	static const uint8_t head[] = "\1\2\201\200\0\1\0\0\0\0\0\0\3www\3org\0\0\1\0\1";

	memcpy(wire, head, QUESTION_END);
	dns_writer_init(&w, wire, QUESTION_END, sizeof(wire));
}

static const uint8_t *
name(const char *text)
{
	static uint8_t names[8][DNS_NAME_BUF];
	static unsigned next;
	uint8_t *out = names[next++ % 8];

	ck_assert_int_gt(dns_name_from_text(out, text, strlen(text)), 0);
	return out;
}

static void
add_a(enum dns_section section, const char *owner, uint8_t a, uint8_t b)
{
	uint8_t rdata[] = { 10, a, 0, b };

	ck_assert_int_eq(dns_writer_rr(&w, section, name(owner), DNS_TYPE_A, 1, 60, rdata, 4), 0);
}

static void
add_aaaa(enum dns_section section, const char *owner, uint8_t last)
{
	uint8_t rdata[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = last };

	ck_assert_int_eq(dns_writer_rr(&w, section, name(owner), DNS_TYPE_AAAA, 1, 60, rdata, 16),
			 0);
}

static void
add_name(enum dns_section section, const char *owner, uint16_t type, const char *target)
{
	const uint8_t *n = name(target);

	ck_assert_int_eq(dns_writer_rr(&w, section, name(owner), type, 1, 60, n, dns_name_len(n)),
			 0);
}

static void
add_mx(const char *owner, uint8_t preference, const char *target)
{
	uint8_t rdata[2 + DNS_NAME_BUF] = { 0, preference };
	const uint8_t *n = name(target);

	memcpy(rdata + 2, n, dns_name_len(n));
	ck_assert_int_eq(dns_writer_rr(&w, DNS_ANSWER, name(owner), DNS_TYPE_MX, 1, 60, rdata,
				       2 + dns_name_len(n)),
			 0);
}

static void
arrange(enum loadbalance_policy policy, const struct rt_cidrs *cidrs,
	const struct loadbalance_weights *weights)
{
	struct loadbalance_order o = { .policy = policy,
				       .prefer = cidrs,
				       .weights = weights,
				       .qtype = DNS_TYPE_A,
				       .random = &seed,
				       .alloc = alloc };

	loadbalance_arrange(&w, &o);
	ck_assert_int_eq(w.error, 0);
}

/* A record as text that does not depend on compression: section, owner, type, expanded data. */
static void
describe(struct buf *out, const struct dns_rr_iter *it)
{
	uint8_t owner[DNS_NAME_BUF];
	uint8_t rdata[512];
	char text[DNS_NAME_TEXT_MAX];
	int len;

	ck_assert_int_gt(dns_rr_owner(it, owner), 0);
	dns_name_to_text(owner, text);
	buf_printf(out, "%d %s %u ", (int)it->section, text, it->type);
	len = dns_rdata_decompress(rdata, sizeof(rdata), it->type, it->msg, it->len, it->rdata,
				   it->rdlen);
	ck_assert_int_ge(len, 0);
	for (int i = 0; i < len; i++)
		buf_printf(out, "%02x", rdata[i]);
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

/* All records, sorted: what must be the same before and after. */
static char *
contents(void)
{
	const char *lines[64];
	struct dns_rr_iter it;
	unsigned n = 0;
	struct buf all;

	ck_assert_int_eq(dns_rr_iter_init(&it, w.wire, w.len), 0);
	while (dns_rr_next(&it)) {
		struct buf line;

		buf_init(&line, 4096);
		describe(&line, &it);
		lines[n++] = buf_detach(&line, NULL);
	}
	ck_assert_int_eq(it.error, 0);
	qsort(lines, n, sizeof(*lines), by_text);
	buf_init(&all, 65536);
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&all, "%s\n", lines[i]);
		free((void *)(uintptr_t)lines[i]);
	}
	return buf_detach(&all, NULL);
}

/* Types of a section in order, and the last octet of each address: "5 1:7 1:3". */
static const char *
order_of(enum dns_section section)
{
	static char text[512];
	struct dns_rr_iter it;
	size_t at = 0;

	text[0] = '\0';
	ck_assert_int_eq(dns_rr_iter_init(&it, w.wire, w.len), 0);
	while (dns_rr_next(&it)) {
		const char *blank = at > 0 ? " " : "";

		if (it.section != section)
			continue;
		if (it.type == DNS_TYPE_A || it.type == DNS_TYPE_AAAA)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u:%u", blank,
					       it.type, it.msg[it.end - 1]);
		else
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u", blank,
					       it.type);
	}
	return text;
}

/* The last octet of the first address of an answer that has nothing else. */
static unsigned
first_address(void)
{
	return wire[QUESTION_END + 12 + 3];
}

START_TEST(plain_shuffle_is_even)
{
	unsigned seen[6] = { 0 };

	seed = 1;
	for (unsigned round = 0; round < 6000; round++) {
		begin();
		for (uint8_t i = 0; i < 3; i++)
			add_a(DNS_ANSWER, "www.org", 0, i);
		ck_assert(loadbalance_shuffle_plain(&w, QUESTION_END, 3, &seed));
		const uint8_t *p = wire + QUESTION_END + 12 + 3;
		unsigned code = p[0] * 2u + (p[16] > p[32]);
		ck_assert_uint_lt(code, 6);
		seen[code]++;
	}
	for (unsigned i = 0; i < 6; i++)
		ck_assert_msg(seen[i] > 850 && seen[i] < 1150, "%u: %u", i, seen[i]);
}
END_TEST

START_TEST(plain_shuffle_keeps_all)
{
	char *before, *after;

	seed = 3;
	for (unsigned n = 2; n < 20; n++) {
		begin();
		for (uint8_t i = 0; i < n; i++)
			add_aaaa(DNS_ANSWER, "WWW.org", i);
		before = contents();
		ck_assert(loadbalance_shuffle_plain(&w, QUESTION_END, n, &seed));
		after = contents();
		ck_assert_str_eq(before, after);
		free(before);
		free(after);
	}
}
END_TEST

START_TEST(plain_shuffle_leaves_others_alone)
{
	uint8_t before[512];

	begin();
	add_a(DNS_ANSWER, "www.org", 0, 1);
	add_aaaa(DNS_ANSWER, "www.org", 2);
	memcpy(before, wire, w.len);
	ck_assert(!loadbalance_shuffle_plain(&w, QUESTION_END, 2, &seed));
	ck_assert_mem_eq(before, wire, w.len);
	begin();
	add_a(DNS_ANSWER, "other.org", 0, 1);
	add_a(DNS_ANSWER, "other.org", 0, 2);
	memcpy(before, wire, w.len);
	ck_assert(!loadbalance_shuffle_plain(&w, QUESTION_END, 2, &seed));
	ck_assert_mem_eq(before, wire, w.len);
	/* Counts that the octets do not bear out. */
	begin();
	add_a(DNS_ANSWER, "www.org", 0, 1);
	ck_assert(!loadbalance_shuffle_plain(&w, QUESTION_END, 2, &seed));
}
END_TEST

START_TEST(aliases_go_first_and_addresses_are_shuffled)
{
	unsigned orders = 0;

	seed = 5;
	for (unsigned round = 0; round < 100; round++) {
		begin();
		add_a(DNS_ANSWER, "b.org", 0, 1);
		add_a(DNS_ANSWER, "b.org", 0, 2);
		add_name(DNS_ANSWER, "www.org", DNS_TYPE_CNAME, "a.org");
		add_name(DNS_ANSWER, "a.org", DNS_TYPE_CNAME, "b.org");
		char *before = contents();
		arrange(LOADBALANCE_ROUND_ROBIN, &none, NULL);
		char *after = contents();
		ck_assert_str_eq(before, after);
		free(before);
		free(after);
		bool straight = strcmp(order_of(DNS_ANSWER), "5 5 1:1 1:2") == 0;
		ck_assert(straight || strcmp(order_of(DNS_ANSWER), "5 5 1:2 1:1") == 0);
		orders |= straight ? 1 : 2;
	}
	ck_assert_uint_eq(orders, 3);
}
END_TEST

START_TEST(every_section_is_shuffled_and_says_the_same)
{
	bool moved[3] = { false };

	seed = 7;
	for (unsigned round = 0; round < 200; round++) {
		begin();
		add_mx("www.org", 1, "mail.www.org");
		add_mx("www.org", 2, "post.mail.www.org");
		add_name(DNS_AUTHORITY, "org", DNS_TYPE_NS, "ns.org");
		add_a(DNS_AUTHORITY, "ns.org", 0, 1);
		add_a(DNS_AUTHORITY, "ns.org", 0, 2);
		add_a(DNS_ADDITIONAL, "mail.www.org", 0, 3);
		add_aaaa(DNS_ADDITIONAL, "mail.www.org", 4);
		add_a(DNS_ADDITIONAL, "post.mail.www.org", 0, 5);
		char *before = contents();
		arrange(LOADBALANCE_ROUND_ROBIN, &none, NULL);
		char *after = contents();
		ck_assert_str_eq(before, after);
		free(before);
		free(after);
		ck_assert_str_eq(order_of(DNS_ANSWER), "15 15");
		moved[0] = moved[0] || wire[QUESTION_END + 12 + 1] == 2;
		moved[1] = moved[1] || strcmp(order_of(DNS_AUTHORITY), "2 1:2 1:1") == 0;
		moved[2] = moved[2] || strcmp(order_of(DNS_ADDITIONAL), "1:3 28:4 1:5") != 0;
	}
	ck_assert(moved[0] && moved[1] && moved[2]);
}
END_TEST

START_TEST(other_types_stay_where_they_are)
{
	static const uint8_t text[] = { 1, 'x' };

	seed = 9;
	for (unsigned round = 0; round < 50; round++) {
		begin();
		add_a(DNS_ANSWER, "www.org", 0, 1);
		dns_writer_rr_at(&w, DNS_ANSWER, 12, DNS_TYPE_TXT, 1, 60, text, 2);
		add_a(DNS_ANSWER, "www.org", 0, 2);
		arrange(LOADBALANCE_ROUND_ROBIN, &none, NULL);
		ck_assert(strcmp(order_of(DNS_ANSWER), "1:1 16 1:2") == 0 ||
			  strcmp(order_of(DNS_ANSWER), "1:2 16 1:1") == 0);
	}
}
END_TEST

START_TEST(preferred_networks_go_first)
{
	seed = 11;
	for (unsigned round = 0; round < 50; round++) {
		begin();
		add_name(DNS_ANSWER, "www.org", DNS_TYPE_CNAME, "a.org");
		add_a(DNS_ANSWER, "a.org", 1, 1);
		add_aaaa(DNS_ANSWER, "a.org", 2);
		add_a(DNS_ANSWER, "a.org", 9, 3);
		char *before = contents();
		arrange(LOADBALANCE_ROUND_ROBIN, &prefer, NULL);
		char *after = contents();
		ck_assert_str_eq(before, after);
		free(before);
		free(after);
		ck_assert_str_eq(order_of(DNS_ANSWER), "5 1:3 28:2 1:1");
	}
}
END_TEST

START_TEST(weights_decide_who_is_first)
{
	static const char text[] = "www.org\n10.0.0.0 3\n10.0.0.2 2\n";
	char error[LOADBALANCE_ERROR_MAX];
	struct loadbalance_weights *weights;
	unsigned first[3] = { 0 };

	ck_assert_int_eq(loadbalance_weights_parse(&weights, text, strlen(text), "wf", error), 0);
	seed = 13;
	for (unsigned round = 0; round < 6000; round++) {
		begin();
		for (uint8_t i = 0; i < 3; i++)
			add_a(DNS_ANSWER, "www.org", 0, i);
		arrange(LOADBALANCE_WEIGHTED, &none, weights);
		ck_assert_uint_lt(first_address(), 3);
		first[first_address()]++;
	}
	loadbalance_weights_free(weights);
	ck_assert_msg(first[0] > 2800 && first[0] < 3200, "%u", first[0]);
	ck_assert_msg(first[1] > 850 && first[1] < 1150, "%u", first[1]);
	ck_assert_msg(first[2] > 1850 && first[2] < 2150, "%u", first[2]);
}
END_TEST

START_TEST(malformed_messages_stay_as_they_are)
{
	uint8_t before[512];

	begin();
	add_a(DNS_ANSWER, "www.org", 0, 1);
	add_a(DNS_ANSWER, "www.org", 0, 2);
	dns_msg_set_count(wire, DNS_ANSWER, 3);
	memcpy(before, wire, w.len);
	arrange(LOADBALANCE_ROUND_ROBIN, &none, NULL);
	ck_assert_mem_eq(before, wire, w.len);
}
END_TEST

TEST_MAIN("loadbalance_order", plain_shuffle_is_even, plain_shuffle_keeps_all,
	  plain_shuffle_leaves_others_alone, aliases_go_first_and_addresses_are_shuffled,
	  every_section_is_shuffled_and_says_the_same, other_types_stay_where_they_are,
	  preferred_networks_go_first, weights_decide_who_is_first,
	  malformed_messages_stay_as_they_are)
