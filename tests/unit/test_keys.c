/*
 * Server block keys, reverse zones, duplicates and overlaps.
 */
#include "config.h"

#include "compiler/syntax/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

/* "dns://example.org.:53 ..." of all keys of the first block. */
static void
describe(struct front *f, struct buf *out)
{
	struct cfc_zones zones = { .list = NULL };

	cfc_server_zones(&f->c, &f->tree.servers[0], &zones);
	for (size_t i = 0; i < zones.count; i++) {
		const struct cfc_zone *z = &zones.list[i];
		ck_assert_uint_ge(z->wirelen, 1);
		ck_assert_uint_eq(z->wire[z->wirelen - 1], 0);
		buf_printf(out, "%s%s://%s:%u", i > 0 ? " " : "", cfc_scheme_name(z->scheme),
			   z->name, (unsigned)z->port);
	}
}

struct row {
	const char *key;
	const char *zones;
	const char *ids;
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct front f;
		struct buf out;
		char text[1024];

		snprintf(text, sizeof(text), "%s {\n}\n", rows[i].key);
		buf_init(&out, 1 << 16);
		front_open(&f);
		front_expand(&f, text);
		describe(&f, &out);
		ck_assert_msg(strcmp(buf_cstr(&out), rows[i].zones) == 0, "'%s' is '%s', not '%s'",
			      rows[i].key, buf_cstr(&out), rows[i].zones);
		ck_assert_msg(strcmp(front_ids(&f), rows[i].ids) == 0,
			      "'%s' reports '%s', not '%s'", rows[i].key, front_ids(&f),
			      rows[i].ids);
		front_close(&f);
		buf_release(&out);
	}
}

START_TEST(names)
{
	static const struct row rows[] = {
		{ ".", "dns://.:53", "" },
		{ "example.org", "dns://example.org.:53", "" },
		{ "EXAMPLE.Org.", "dns://example.org.:53", "" },
		{ "a b", "dns://a.:53 dns://b.:53", "" },
		{ "_x.1e100.net:0", "dns://_x.1e100.net.:0", "" },
		{ "0/25.2.0.192.in-addr.arpa", "dns://0/25.2.0.192.in-addr.arpa.:53", "" },
		{ "a\\.b.c", "dns://a\\.b.c.:53", "w:CF2019" },
		{ "*.a", "dns://*.a.:53", "w:CF2019" },
		{ "a.b,c.d", "dns://a.b,c.d.:53", "w:CF2019" },
		{ "\"a b\"", "dns://a\\ b.:53", "w:CF2019" },
		{ "b\xc3\xa4r", "dns://b\\195\\164r.:53", "w:CF2019" },
		{ "10.0.0.1", "dns://10.0.0.1.:53", "w:CF2019" },
		{ "a..b", "", "CF2002" },
		{ ".a", "", "CF2002" },
		{ "..", "", "CF2002" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(schemes_and_ports)
{
	static const struct row rows[] = {
		{ "dns://a", "dns://a.:53", "" },
		{ "tls://a", "tls://a.:853", "" },
		{ "quic://a", "quic://a.:853", "" },
		{ "grpc://a", "grpc://a.:443", "" },
		{ "https://a", "https://a.:443", "" },
		{ "https3://a", "https3://a.:443", "" },
		{ "tls://.:8853", "tls://.:8853", "" },
		{ ".:65535", "dns://.:65535", "" },
		{ ".:+53", "dns://.:53", "" },
		{ ".:0053", "dns://.:53", "" },
		{ ".:65536", "", "CF2003" },
		{ ".:-1", "", "CF2003" },
		{ ".:99999999999999999999999999", "", "CF2003" },
		{ ".:", "", "CF2002" },
		{ ".:dns", "", "CF2002" },
		{ ".:53-55", "", "CF2002" },
		{ ":53", "", "CF2002" },
		{ "tls://", "", "CF2002" },
		{ "tls://:853", "", "CF2002" },
		{ "unix://a", "", "CF2002" },
		{ "dnss://a", "", "CF2002" },
		{ "TLS://a", "", "CF2002" },
		{ "://a", "", "CF2002" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(address_blocks)
{
	static const struct row rows[] = {
		{ "10.0.0.0/24", "dns://0.0.10.in-addr.arpa.:53", "" },
		{ "10.1.0.0/16:1053", "dns://1.10.in-addr.arpa.:1053", "" },
		{ "10.0.0.0/8", "dns://10.in-addr.arpa.:53", "" },
		{ "0.0.0.0/0", "dns://in-addr.arpa.:53", "" },
		{ "10.1.2.3/32", "dns://3.2.1.10.in-addr.arpa.:53", "" },
		{ "10.1.2.0/23", "dns://2.1.10.in-addr.arpa.:53 dns://3.1.10.in-addr.arpa.:53",
		  "" },
		{ "10.1.2.252/31",
		  "dns://252.2.1.10.in-addr.arpa.:53 dns://253.2.1.10.in-addr.arpa.:53", "" },
		{ "10.1.2.3/24", "dns://2.1.10.in-addr.arpa.:53", "i:CF2019" },
		{ "2001:db8::/32", "dns://8.b.d.0.1.0.0.2.ip6.arpa.:53", "" },
		{ "tls://2001:db8::/32:99", "tls://8.b.d.0.1.0.0.2.ip6.arpa.:99", "" },
		{ "2001:db8::/31",
		  "dns://8.b.d.0.1.0.0.2.ip6.arpa.:53 dns://9.b.d.0.1.0.0.2.ip6.arpa.:53", "" },
		{ "2001:DB8:ab00::/36", "dns://a.8.b.d.0.1.0.0.2.ip6.arpa.:53", "i:CF2019" },
		{ "fd00::/8", "dns://d.f.ip6.arpa.:53", "" },
		{ "fc00::/7", "dns://c.f.ip6.arpa.:53 dns://d.f.ip6.arpa.:53", "" },
		{ "::/0", "", "CF2002" },
		{ "0:0::/16", "", "CF2002" },
		{ "10.0.0.0/33", "", "CF2003" },
		{ "2001:db8::/129", "", "CF2003" },
		{ "10.0.0/8", "", "CF2002" },
		{ "10.0.0.256/24", "", "CF2002" },
		{ "010.0.0.0/8", "", "CF2002" },
		{ "2001:db8::1", "", "CF2002" },
		{ "::1", "", "CF2002" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

/* Every mask gives zones that together hold as many addresses as the block. */
START_TEST(every_mask_is_covered)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		unsigned step = v6 ? 4 : 8;
		for (unsigned bits = 0; bits <= (v6 ? 128u : 32u); bits++) {
			struct front f;
			struct cfc_zones zones = { .list = NULL };
			char text[64];
			snprintf(text, sizeof(text), "%s/%u {\n}\n",
				 v6 ? "2aaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa" : "170.170.170.170",
				 bits);
			front_open(&f);
			front_expand(&f, text);
			ck_assert(cfc_server_zones(&f.c, &f.tree.servers[0], &zones));
			unsigned whole = (bits + step - 1) / step * step;
			ck_assert_uint_eq(zones.count, 1u << (whole - bits));
			for (size_t i = 0; i < zones.count; i++) {
				ck_assert(zones.list[i].cidr);
				size_t suffix = v6 ? 10 : 14;
				size_t labels = whole / step;
				ck_assert_uint_ge(zones.list[i].wirelen, suffix + 2 * labels);
				for (size_t j = 0; j < i; j++)
					ck_assert_str_ne(zones.list[i].name, zones.list[j].name);
			}
			ck_assert_int_eq(zones.count > 16, f.c.diags.nwarnings == 1);
			front_close(&f);
		}
	}
}
END_TEST

START_TEST(lengths)
{
	static const char label63[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	char longest[300];
	struct row rows[4];

	ck_assert_uint_eq(strlen(label63), 63);
	snprintf(longest, sizeof(longest), "%s.%s.%s.%.61s", label63, label63, label63, label63);
	char longest_out[320];
	snprintf(longest_out, sizeof(longest_out), "dns://%s.:53", longest);
	char too_long[300];
	snprintf(too_long, sizeof(too_long), "%s.%s.%s.%.62s", label63, label63, label63, label63);
	char label64[80];
	snprintf(label64, sizeof(label64), "%sa", label63);
	char label63_out[80];
	snprintf(label63_out, sizeof(label63_out), "dns://%s.:53", label63);
	rows[0] = (struct row){ longest, longest_out, "" };
	rows[1] = (struct row){ too_long, "", "CF2002" };
	rows[2] = (struct row){ label64, "", "CF2002" };
	rows[3] = (struct row){ label63, label63_out, "" };
	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(port_of_the_command_line)
{
	struct front f;
	struct buf out;

	buf_init(&out, 1024);
	front_open(&f);
	f.c.dns_port = 1053;
	front_expand(&f, "a tls://b c:53 {\n}\n");
	describe(&f, &out);
	ck_assert_str_eq(buf_cstr(&out), "dns://a.:1053 tls://b.:853 dns://c.:53");
	front_close(&f);
	buf_release(&out);
}
END_TEST

/* Each row: keys of blocks in order, their bind address, whether they have a view; what comes out.
 */
struct serve {
	const char *key, *address;
	bool filtered;
};

static void
check_overlap(const struct serve *serves, size_t n, const char *ids)
{
	struct front f;
	struct buf text;

	buf_init(&text, 4096);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s {\n}\n", serves[i].key);
	front_open(&f);
	front_expand(&f, buf_cstr(&text));
	struct cfc_overlap *o = cfc_overlap_new(&f.c);
	for (size_t i = 0; i < n; i++) {
		struct cfc_zones zones = { .list = NULL };
		ck_assert(cfc_server_zones(&f.c, &f.tree.servers[i], &zones));
		for (size_t j = 0; j < zones.count; j++)
			cfc_overlap_add(&f.c, o, &zones.list[j], serves[i].address,
					serves[i].filtered);
	}
	ck_assert_str_eq(front_ids(&f), ids);
	front_close(&f);
	buf_release(&text);
}

START_TEST(overlaps)
{
	static const struct serve twice[] = { { "a", "", false }, { "A.:53", "", false } };
	static const struct serve ports[] = { { "a", "", false }, { "a:54", "", false } };
	static const struct serve other[] = { { "a", "", false }, { "tls://a:53", "", false } };
	static const struct serve bound[] = { { "a", "::1", false }, { "a", "127.0.0.1", false } };
	static const struct serve same[] = { { "a", "::1", false }, { "a", "::1", false } };
	static const struct serve mixed[] = { { "a", "", false }, { "a", "::1", false } };
	static const struct serve mixed2[] = { { "a", "::1", false }, { "a", "", false } };
	static const struct serve zones[] = { { "a", "", false }, { "b", "::1", false } };
	static const struct serve views[] = { { "a", "", true },
					      { "a", "", true },
					      { "a", "", false } };
	static const struct serve hidden[] = { { "a", "", false }, { "a", "", true } };
	static const struct serve nets[] = { { "10.0.0.0/23", "", false },
					     { "10.0.1.0/24", "", false } };

	check_overlap(twice, 2, "CF3001");
	check_overlap(ports, 2, "");
	check_overlap(other, 2, "");
	check_overlap(bound, 2, "");
	check_overlap(same, 2, "CF3001");
	check_overlap(mixed, 2, "CF3002");
	check_overlap(mixed2, 2, "CF3002");
	check_overlap(zones, 2, "");
	check_overlap(views, 3, "");
	check_overlap(hidden, 2, "");
	check_overlap(nets, 2, "CF3001");
}
END_TEST

TEST_MAIN("keys", names, schemes_and_ports, address_blocks, every_mask_is_covered, lengths,
	  port_of_the_command_line, overlaps)
