/*
 * Names and numbers of types, classes, rcodes, opcodes; EDNS options.
 */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "dns/edns.h"
#include "dns/types.h"
#include "tests/support/check_main.h"

START_TEST(every_type_there_and_back)
{
	char text[DNS_TYPES_TEXT_MAX];
	const char *name;
	uint16_t number;
	uint16_t back;
	size_t n;

	for (n = 0; (name = dns_type_at(n, &number)) != NULL; n++) {
		ck_assert_str_eq(dns_type_name(number), name);
		ck_assert_uint_eq(dns_type_format(number, text), strlen(name));
		ck_assert_int_eq(dns_type_parse(&back, name, strlen(name)), 0);
		ck_assert_uint_eq(back, number);
	}
	ck_assert_uint_gt(n, 90);
	for (unsigned t = 0; t <= UINT16_MAX; t++) {
		size_t len = dns_type_format((uint16_t)t, text);

		ck_assert_int_eq(dns_type_parse(&back, text, len), 0);
		ck_assert_uint_eq(back, t);
	}
}
END_TEST

START_TEST(types_as_users_write_them)
{
	uint16_t t = 0;
	char text[DNS_TYPES_TEXT_MAX];

	ck_assert_int_eq(dns_type_parse(&t, "aaaa", 4), 0);
	ck_assert_uint_eq(t, DNS_TYPE_AAAA);
	ck_assert_int_eq(dns_type_parse(&t, "nsap-ptr", 8), 0);
	ck_assert_uint_eq(t, 23);
	ck_assert_int_eq(dns_type_parse(&t, "null", 4), 0);
	ck_assert_uint_eq(t, 10);
	ck_assert_int_eq(dns_type_parse(&t, "type65280", 9), 0);
	ck_assert_uint_eq(t, 65280);
	ck_assert_int_eq(dns_type_parse(&t, "TYPE65536", 9), RT_ENOENT);
	ck_assert_int_eq(dns_type_parse(&t, "TYPE", 4), RT_ENOENT);
	ck_assert_int_eq(dns_type_parse(&t, "TYPE-1", 6), RT_ENOENT);
	ck_assert_int_eq(dns_type_parse(&t, "1", 1), RT_ENOENT);
	ck_assert_int_eq(dns_type_parse(&t, "AA", 2), RT_ENOENT);
	ck_assert_int_eq(dns_type_parse(&t, "", 0), RT_ENOENT);
	ck_assert_uint_eq(t, 65280);
	dns_type_format(65281, text);
	ck_assert_str_eq(text, "TYPE65281");
	ck_assert(dns_type_is_meta(DNS_TYPE_ANY));
	ck_assert(dns_type_is_meta(DNS_TYPE_OPT));
	ck_assert(!dns_type_is_meta(DNS_TYPE_URI));
}
END_TEST

START_TEST(classes_rcodes_opcodes)
{
	uint16_t n;
	char text[DNS_TYPES_TEXT_MAX];

	ck_assert_int_eq(dns_class_parse(&n, "ch", 2), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(dns_class_parse(&n, "CLASS32", 7), 0);
	ck_assert_uint_eq(n, 32);
	dns_class_format(2, text);
	ck_assert_str_eq(text, "CS");
	dns_class_format(32, text);
	ck_assert_str_eq(text, "CLASS32");

	/* As CoreDNS logs them. */
	dns_rcode_format(16, text);
	ck_assert_str_eq(text, "BADSIG");
	dns_rcode_format(4, text);
	ck_assert_str_eq(text, "NOTIMP");
	dns_rcode_format(12, text);
	ck_assert_str_eq(text, "12");
	ck_assert_int_eq(dns_rcode_parse(&n, "badvers", 7), 0);
	ck_assert_uint_eq(n, 16);
	ck_assert_int_eq(dns_rcode_parse(&n, "NOTIMPL", 7), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(dns_rcode_parse(&n, "NOTIM", 5), RT_ENOENT);
	ck_assert_int_eq(dns_opcode_parse(&n, "notify", 6), 0);
	ck_assert_uint_eq(n, 4);
	dns_opcode_format(3, text);
	ck_assert_str_eq(text, "3");
	ck_assert_str_eq(dns_opcode_name(0), "QUERY");
	ck_assert_ptr_null(dns_opcode_name(3));
}
END_TEST

/* Of the contents of options, that of client subnets is judged. */
START_TEST(client_subnets)
{
	static const struct {
		bool good;
		size_t len;
		uint8_t data[8]; /* family, prefix, scope, address */
	} rows[] = {
		{ true, 7, { 0, 1, 24, 0, 192, 0, 2 } },
		{ true, 8, { 0, 1, 32, 0, 192, 0, 2, 1 } },
		{ true, 4, { 0, 1, 0, 32 } },
		{ true, 5, { 0, 2, 128, 0, 32 } },
		{ true, 4, { 0, 0, 0, 0 } },
		{ false, 8, { 0, 1, 33, 0, 192, 0, 2, 1 } },
		{ false, 7, { 0, 1, 24, 33, 192, 0, 2 } },
		{ false, 5, { 0, 2, 129, 0, 32 } },
		{ false, 5, { 0, 2, 0, 129, 32 } },
		{ false, 4, { 0, 0, 1, 0 } },
		{ false, 4, { 0, 3, 0, 0 } },
		{ false, 4, { 1, 1, 0, 0 } },
		{ false, 3, { 0, 1, 24 } },
		{ false, 0, { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t list[16];
		size_t len = 0;

		ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, DNS_EDNS_CLIENT_SUBNET,
					      rows[i].data, rows[i].len),
				 0);
		ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, DNS_EDNS_NSID, NULL, 0), 0);
		ck_assert_msg(dns_edns_check(list, len) == rows[i].good, "row %zu", i);
	}
}
END_TEST

START_TEST(options_are_added_and_found)
{
	uint8_t list[32];
	size_t len = 0;
	struct dns_edns_option opt;
	struct dns_edns_iter it;

	ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, DNS_EDNS_COOKIE, "12345678", 8), 0);
	ck_assert_int_eq(dns_edns_add_ede(list, sizeof(list), &len, DNS_EDE_BLOCKED, "no"), 0);
	ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, DNS_EDNS_NSID, NULL, 0), 0);
	ck_assert_uint_eq(len, 12 + 8 + 4);
	ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, 1, "123456", 5), RT_ENOSPC);
	ck_assert_int_eq(dns_edns_add_ede(list, sizeof(list), &len, 1, "123"), RT_ENOSPC);
	ck_assert_uint_eq(len, 24);
	ck_assert_int_eq(dns_edns_add(list, sizeof(list), &len, 1, "1234", 4), 0);
	ck_assert_uint_eq(len, 32);

	ck_assert(dns_edns_check(list, len));
	ck_assert(dns_edns_find(list, len, DNS_EDNS_EDE, &opt));
	ck_assert_uint_eq(opt.len, 4);
	ck_assert_int_eq(memcmp(opt.data, "\0\x0fno", 4), 0);
	ck_assert(dns_edns_find(list, len, DNS_EDNS_NSID, &opt));
	ck_assert_uint_eq(opt.len, 0);
	ck_assert(!dns_edns_find(list, len, DNS_EDNS_PADDING, &opt));
	for (size_t cut = 0; cut <= len; cut++) {
		bool whole = cut == 0 || cut == 12 || cut == 20 || cut == 24 || cut == 32;

		ck_assert_int_eq(dns_edns_check(list, cut), whole);
		dns_edns_iter_init(&it, list, cut);
		while (dns_edns_next(&it, &opt))
			;
		ck_assert_int_eq(it.error, whole ? 0 : RT_EEOF);
	}
}
END_TEST

START_TEST(the_opt_record)
{
	static const uint8_t expected[] = {
		0, 0, 41, 0x04, 0xd0, 0x01, 0, 0x80, 0, 0, 4, 0, 3, 0, 0,
	};
	uint8_t out[15];

	ck_assert_int_eq(dns_edns_write(out, sizeof(out), 1232, DNS_RCODE_BADVERS, DNS_EDNS_DO,
					expected + 11, 4),
			 15);
	ck_assert_int_eq(memcmp(out, expected, 15), 0);
	ck_assert_int_eq(dns_edns_write(out, 14, 1232, 0, 0, expected + 11, 4), RT_ENOSPC);
	ck_assert_int_eq(dns_edns_write(out, 10, 1232, 0, 0, NULL, 0), RT_ENOSPC);
}
END_TEST

START_TEST(which_options_are_echoed)
{
	unsigned n = 0;

	for (unsigned code = 0; code <= UINT16_MAX; code++)
		n += dns_edns_echoed((uint16_t)code);
	ck_assert_uint_eq(n, 5);
	ck_assert(dns_edns_echoed(3) && dns_edns_echoed(9) && dns_edns_echoed(10) &&
		  dns_edns_echoed(11) && dns_edns_echoed(12));
	ck_assert_str_eq(dns_ede_name(18), "Prohibited");
	ck_assert_ptr_null(dns_ede_name(31));
}
END_TEST

TEST_MAIN("dns_types", every_type_there_and_back, types_as_users_write_them, classes_rcodes_opcodes,
	  client_subnets, options_are_added_and_found, the_opt_record, which_options_are_echoed)
