/*
 * Tests of the hosts table: what is found under which name, and what an address is called.
 */
#include "config.h"

#include "hosts/hosts_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/types.h"
#include "hosts/hosts_addr.h"
#include "hosts/hosts_file.h"
#include "tests/support/check_main.h"

static const struct rt_name root_zone = { (const uint8_t *)"", 1, 0, "." };
static const struct rt_name test_zone = { (const uint8_t *)"\4test", 6, 1, "test." };
static const struct rt_names all = { &root_zone, 1 };
static const struct rt_names only_test = { &test_zone, 1 };

static struct dns_qname
name_of(const char *text)
{
	uint8_t wire[DNS_NAME_BUF];
	struct dns_qname name;

	ck_assert_int_gt(dns_name_from_text(wire, text, strlen(text)), 0);
	dns_qname_set(&name, wire);
	return name;
}

/* A table of the text of a file and, as "address name" lines, of the Corefile. */
static struct hosts_table *
table_of(const char *file, const char *corefile, const struct rt_names *zones, bool reverse)
{
	struct hosts_builder *b = hosts_builder_new();
	struct hosts_file_report report;
	char addr_text[64], name_text[256];
	int used;

	ck_assert_int_eq(hosts_file_parse(b, file, strlen(file), zones, &report), 0);
	for (; sscanf(corefile, "%63s %255s%n", addr_text, name_text, &used) == 2;
	     corefile += used) {
		struct dns_qname name = name_of(name_text);
		struct addr addr;

		ck_assert(hosts_addr_parse(&addr, addr_text, strlen(addr_text)));
		ck_assert_int_eq(hosts_builder_add(b, HOSTS_COREFILE, name.wire, &addr), 0);
	}
	struct hosts_table *t = hosts_builder_finish(b, 60, reverse);
	hosts_builder_free(b);
	ck_assert_ptr_nonnull(t);
	return t;
}

/* The addresses of a name, "-" when it is unknown, with blanks between. */
static const char *
addresses(const struct hosts_table *t, const char *text, uint16_t type)
{
	static char out[4096];
	struct dns_qname name = name_of(text);
	const uint8_t *e = hosts_table_find(t, name.hash, name.wire, name.len);
	bool v4 = type == DNS_TYPE_A;

	if (e == NULL && t->wildcards)
		e = hosts_table_find_wildcard(t, &name);
	if (e == NULL)
		return "-";
	unsigned n = v4 ? hosts_entry_na(e) : hosts_entry_naaaa(e);
	size_t size = v4 ? HOSTS_A_LEN : HOSTS_AAAA_LEN, len = 0;
	const uint8_t *rr = v4 ? hosts_entry_a(e) : hosts_entry_aaaa(e);
	out[0] = '\0';
	for (unsigned i = 0; i < n; i++, rr += size) {
		char addr_text[ADDR_TEXT_MAX];
		struct addr addr;

		ck_assert_mem_eq(rr, "\xc0\x0c", 2);
		ck_assert_uint_eq(bytes_get16(rr + 2), type);
		ck_assert_uint_eq(bytes_get16(rr + 4), DNS_CLASS_IN);
		ck_assert_uint_eq(bytes_get32(rr + 6), 60);
		ck_assert_uint_eq(bytes_get16(rr + 10), v4 ? 4 : 16);
		if (v4)
			addr_from_v4(&addr, rr + 12, 0);
		else
			addr_from_v6(&addr, rr + 12, 0);
		addr_format(&addr, addr_text);
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s", i > 0 ? " " : "",
					addr_text);
	}
	return out;
}

static char names_out[4096];

static bool
add_name(void *arg, const uint8_t *name, size_t len)
{
	char text[DNS_NAME_TEXT_MAX];
	size_t at = strlen(names_out);

	(void)arg;
	ck_assert_uint_eq(dns_name_len(name), len);
	dns_name_to_text(name, text);
	snprintf(names_out + at, sizeof(names_out) - at, "%s%s", at > 0 ? " " : "", text);
	return true;
}

static const char *
names(const struct hosts_table *t, const char *reverse)
{
	struct dns_qname name = name_of(reverse);
	struct addr addr;

	names_out[0] = '\0';
	if (!hosts_reverse_addr(&name, &addr) || hosts_table_reverse(t, &addr, add_name, NULL) == 0)
		return "-";
	return names_out;
}

START_TEST(finds_names)
{
	struct hosts_table *t = table_of("10.0.0.1 a.test b.test\n"
					 "10.0.0.2\ta.test  # second\n"
					 "::1 a.test\n"
					 "# 10.0.0.3 c.test\n"
					 "10.0.0.4 D.TEST.\r\n",
					 "", &all, true);

	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_A), "10.0.0.1 10.0.0.2");
	ck_assert_str_eq(addresses(t, "A.Test", DNS_TYPE_A), "10.0.0.1 10.0.0.2");
	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_AAAA), "::1");
	ck_assert_str_eq(addresses(t, "b.test", DNS_TYPE_A), "10.0.0.1");
	ck_assert_str_eq(addresses(t, "b.test", DNS_TYPE_AAAA), "");
	ck_assert_str_eq(addresses(t, "c.test", DNS_TYPE_A), "-");
	ck_assert_str_eq(addresses(t, "d.test", DNS_TYPE_A), "10.0.0.4");
	ck_assert_str_eq(addresses(t, "test", DNS_TYPE_A), "-");
	ck_assert_str_eq(addresses(t, ".", DNS_TYPE_A), "-");
	ck_assert_uint_eq(t->count, 10);
	hosts_table_free(t);
}
END_TEST

START_TEST(empty_table)
{
	struct hosts_table *t = table_of("", "", &all, true);

	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_A), "-");
	ck_assert_str_eq(names(t, "1.0.0.127.in-addr.arpa"), "-");
	ck_assert_uint_eq(t->count, 0);
	hosts_table_free(t);
}
END_TEST

START_TEST(file_before_corefile)
{
	struct hosts_table *t =
		table_of("10.0.0.1 a.test\n", "10.0.0.2 a.test 10.0.0.3 b.test", &all, true);

	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_A), "10.0.0.1 10.0.0.2");
	ck_assert_str_eq(addresses(t, "b.test", DNS_TYPE_A), "10.0.0.3");
	hosts_table_free(t);
}
END_TEST

START_TEST(repeated_lines_count_once)
{
	struct hosts_table *t = table_of("10.0.0.1 a.test a.test\n10.0.0.1 a.test\n",
					 "10.0.0.1 a.test", &all, true);

	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_A), "10.0.0.1");
	ck_assert_str_eq(names(t, "1.0.0.10.in-addr.arpa"), "a.test.");
	ck_assert_uint_eq(t->count, 8);
	hosts_table_free(t);
}
END_TEST

START_TEST(wildcards_stand_for_one_label)
{
	struct hosts_table *t = table_of("10.0.0.1 *.w.test\n10.0.0.2 a.w.test\n::5 *.w.test\n"
					 "10.0.0.9 *\n",
					 "10.0.0.3 *.w.test", &all, true);

	ck_assert_str_eq(addresses(t, "x.w.test", DNS_TYPE_A), "10.0.0.1 10.0.0.3");
	ck_assert_str_eq(addresses(t, "x.w.test", DNS_TYPE_AAAA), "::5");
	ck_assert_str_eq(addresses(t, "*.w.test", DNS_TYPE_A), "10.0.0.1 10.0.0.3");
	ck_assert_str_eq(addresses(t, "w.test", DNS_TYPE_A), "-");
	ck_assert_str_eq(addresses(t, "x.y.w.test", DNS_TYPE_A), "-");
	/* Its own address hides the wildcard of the same source and family only. */
	ck_assert_str_eq(addresses(t, "a.w.test", DNS_TYPE_A), "10.0.0.2 10.0.0.3");
	ck_assert_str_eq(addresses(t, "a.w.test", DNS_TYPE_AAAA), "::5");
	/* A lone asterisk stands for nothing. */
	ck_assert_str_eq(addresses(t, "single", DNS_TYPE_A), "-");
	/* No reverse records for wildcards. */
	ck_assert_str_eq(names(t, "1.0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "2.0.0.10.in-addr.arpa"), "a.w.test.");
	hosts_table_free(t);
}
END_TEST

START_TEST(zones_filter_names)
{
	struct hosts_table *t =
		table_of("10.0.0.1 a.test a.other *.test *.other test\n", "", &only_test, true);

	ck_assert_str_eq(addresses(t, "a.test", DNS_TYPE_A), "10.0.0.1");
	ck_assert_str_eq(addresses(t, "b.test", DNS_TYPE_A), "10.0.0.1");
	ck_assert_str_eq(addresses(t, "test", DNS_TYPE_A), "10.0.0.1");
	ck_assert_str_eq(addresses(t, "a.other", DNS_TYPE_A), "-");
	ck_assert_str_eq(names(t, "1.0.0.10.in-addr.arpa"), "a.test. test.");
	hosts_table_free(t);
}
END_TEST

START_TEST(reverse_names)
{
	struct hosts_table *t = table_of("10.0.0.1 a.test b.test\n2001:db8::1 a.test\n"
					 "::ffff:10.0.0.1 c.test\n",
					 "10.0.0.1 d.test", &all, true);
	const char *v6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

	ck_assert_str_eq(names(t, "1.0.0.10.in-addr.arpa"), "a.test. b.test. c.test. d.test.");
	ck_assert_str_eq(names(t, v6), "a.test.");
	ck_assert_str_eq(names(t, "2.0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "01.0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "256.0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "1.1.0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "0.0.10.in-addr.arpa"), "-");
	ck_assert_str_eq(names(t, "a.test"), "-");
	ck_assert_str_eq(names(t, v6 + 2), "-");
	hosts_table_free(t);
	t = table_of("10.0.0.1 a.test\n", "", &all, false);
	ck_assert_str_eq(names(t, "1.0.0.10.in-addr.arpa"), "-");
	ck_assert_uint_eq(t->count, 1);
	hosts_table_free(t);
}
END_TEST

START_TEST(reverse_of_mapped_address)
{
	struct hosts_table *t = table_of("10.0.0.1 a.test\n", "", &all, true);

	ck_assert_str_eq(names(t, "1.0.0.0.0.0.a.0.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
				  ".ip6.arpa"),
			 "a.test.");
	hosts_table_free(t);
}
END_TEST

static const struct {
	const char *text;
	uint64_t lines, skipped, first;
} files[] = {
	{ "", 0, 0, 0 },
	{ "\n\n  \n#\n", 0, 0, 0 },
	{ "10.0.0.1 a", 1, 0, 0 },
	{ "10.0.0.1", 0, 0, 0 },
	{ "10.0.0.1 # a", 0, 0, 0 },
	{ "x a\n10.0.0.1 a\ny b\n", 1, 2, 1 },
	{ "10.0.0.1 a..b c\n", 1, 1, 1 },
	{ "\n10.0.0.300 a\n", 0, 1, 2 },
	{ "fe80::1%lo0 a\n", 1, 0, 0 },
	{ "10.0.0.1:53 a\n[::1] b\n10.0.0.01 c\n", 0, 3, 1 },
};

START_TEST(bad_lines_are_counted)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct hosts_builder *b = hosts_builder_new();
		struct hosts_file_report report;
		const char *text = files[i].text;

		ck_assert_int_eq(hosts_file_parse(b, text, strlen(text), &all, &report), 0);
		ck_assert_msg(report.lines == files[i].lines, "lines of row %zu", i);
		ck_assert_msg(report.skipped == files[i].skipped, "skipped of row %zu", i);
		ck_assert_msg(report.first_line == files[i].first, "first line of row %zu", i);
		hosts_builder_free(b);
	}
}
END_TEST

START_TEST(many_names)
{
	struct hosts_builder *b = hosts_builder_new();
	enum { N = 20000 };

	for (unsigned i = 0; i < N; i++) {
		char text[64];
		struct addr addr;
		uint8_t v4[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };

		snprintf(text, sizeof(text), "host%u.zone%u.test", i, i % 100);
		struct dns_qname name = name_of(text);
		addr_from_v4(&addr, v4, 0);
		ck_assert_int_eq(hosts_builder_add(b, HOSTS_FILE, name.wire, &addr), 0);
	}
	struct hosts_table *t = hosts_builder_finish(b, 60, true);
	hosts_builder_free(b);
	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(t->count, 2 * N);
	for (unsigned i = 0; i < N; i += 7) {
		char text[64], want[64];

		snprintf(text, sizeof(text), "host%u.zone%u.test", i, i % 100);
		snprintf(want, sizeof(want), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		ck_assert_str_eq(addresses(t, text, DNS_TYPE_A), want);
		snprintf(want, sizeof(want), "%u.%u.%u.10.in-addr.arpa", i & 255, i >> 8 & 255,
			 i >> 16);
		snprintf(text, sizeof(text), "host%u.zone%u.test.", i, i % 100);
		ck_assert_str_eq(names(t, want), text);
	}
	ck_assert_str_eq(addresses(t, "host20000.zone0.test", DNS_TYPE_A), "-");
	hosts_table_free(t);
}
END_TEST

/* One address with many names, and one name with more addresses than a message holds. */
START_TEST(large_sets)
{
	struct hosts_builder *b = hosts_builder_new();
	struct dns_qname crowd = name_of("crowd.test");
	struct addr sink;

	addr_from_v4(&sink, (const uint8_t[4]){ 0, 0, 0, 0 }, 0);
	for (unsigned i = 0; i < 5000; i++) {
		char text[64];
		struct addr addr;
		uint8_t v4[4] = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i };

		snprintf(text, sizeof(text), "ads%u.test", i);
		struct dns_qname name = name_of(text);
		addr_from_v4(&addr, v4, 0);
		ck_assert_int_eq(hosts_builder_add(b, HOSTS_FILE, name.wire, &sink), 0);
		ck_assert_int_eq(hosts_builder_add(b, HOSTS_FILE, crowd.wire, &addr), 0);
	}
	struct hosts_table *t = hosts_builder_finish(b, 60, true);
	hosts_builder_free(b);
	const uint8_t *e = hosts_table_find(t, crowd.hash, crowd.wire, crowd.len);
	ck_assert_uint_eq(hosts_entry_na(e), HOSTS_A_MAX);
	ck_assert_uint_eq(t->cut, 5000 - HOSTS_A_MAX);
	names_out[0] = '\0';
	ck_assert_uint_eq(hosts_table_reverse(t, &sink, add_name, NULL), 5000);
	ck_assert_int_eq(strncmp(names_out, "ads0.test. ads1.test. ", 22), 0);
	hosts_table_free(t);
}
END_TEST

/* Equal halves of hashes do not make equal names. */
START_TEST(tags_that_lie)
{
	struct hosts_table *t =
		table_of("192.0.2.1 one.test\n192.0.2.2 two.test\n", "", &all, true);
	struct dns_qname one = name_of("one.test"), two = name_of("two.test");
	const uint8_t *e1 = hosts_table_find(t, one.hash, one.wire, one.len);
	const uint8_t *e2 = hosts_table_find(t, two.hash, two.wire, two.len);
	struct hosts_slot slots[8] = { { 0, 0 } };
	struct hosts_table liar = *t;
	uint64_t home = one.hash & 7;

	ck_assert(e1 != NULL && e2 != NULL && e1 != e2);
	liar.slots = slots;
	liar.mask = 7;
	slots[home].tag = (uint32_t)(one.hash >> 32);
	slots[home].at = (uint32_t)(e2 - t->entries) / 8 + 1;
	ck_assert_ptr_null(hosts_table_find(&liar, one.hash, one.wire, one.len));
	slots[(home + 1) & 7] = slots[home];
	slots[(home + 2) & 7].tag = slots[home].tag;
	slots[(home + 2) & 7].at = (uint32_t)(e1 - t->entries) / 8 + 1;
	ck_assert_ptr_eq(hosts_table_find(&liar, one.hash, one.wire, one.len), e1);
	hosts_table_free(t);
}
END_TEST

TEST_MAIN("hosts", finds_names, empty_table, file_before_corefile, repeated_lines_count_once,
	  wildcards_stand_for_one_label, zones_filter_names, reverse_names,
	  reverse_of_mapped_address, bad_lines_are_counted, many_names, large_sets, tags_that_lie)
