/*
 * Addresses and networks: text in both directions, order, properties.
 */
#include "config.h"

#include <netinet/in.h>
#include <string.h>

#include "base/addr.h"
#include "base/error.h"
#include "tests/support/check_main.h"

static const struct {
	const char *text;
	const char *canonical; /* as addr_format_port prints it */
} valid[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "192.0.2.1:53", "192.0.2.1:53" },
	{ "0.0.0.0:65535", "0.0.0.0:65535" },
	{ "192.0.2.1:0", "192.0.2.1" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "[::1]", "::1" },
	{ "[::1]:53", "[::1]:53" },
	{ "2001:DB8::A", "2001:db8::a" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
	{ "0:0:1:2:3:4:5:6", "::1:2:3:4:5:6" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "[::ffff:192.0.2.1]:53", "[::ffff:192.0.2.1]:53" },
	{ "::192.0.2.1", "::c000:201" },
	{ "fe80::1%7", "fe80::1%7" },
	{ "[fe80::1%7]:53", "[fe80::1%7]:53" },
	{ "fe80::1%lo", "fe80::1%1" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
};

START_TEST(valid_text)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;
	struct addr b;
	size_t n;

	ck_assert_int_eq(addr_parse(&a, valid[_i].text, strlen(valid[_i].text)), 0);
	n = addr_format_port(&a, text);
	ck_assert_str_eq(text, valid[_i].canonical);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_int_eq(addr_parse(&b, text, n), 0);
	ck_assert(addr_equal(&a, &b));
	ck_assert_int_eq(memcmp(&a, &b, sizeof(a)), 0);
}
END_TEST

static const struct {
	const char *text;
	int rc;
} invalid[] = {
	{ "", RT_ESYNTAX },
	{ "1.2.3", RT_ESYNTAX },
	{ "1.2.3.4.5", RT_ESYNTAX },
	{ "1.2.3.256", RT_ESYNTAX },
	{ "01.2.3.4", RT_ESYNTAX },
	{ "1.2.3.4 ", RT_ESYNTAX },
	{ " 1.2.3.4", RT_ESYNTAX },
	{ "1.2.3.4:", RT_ESYNTAX },
	{ "1.2.3.4:x", RT_ESYNTAX },
	{ "1.2.3.4:-1", RT_ESYNTAX },
	{ "1.2.3.4:65536", RT_ERANGE },
	{ "[1.2.3.4]:53", RT_ESYNTAX },
	{ "1.2.3.4%1", RT_ESYNTAX },
	{ "[::1", RT_ESYNTAX },
	{ "::1]", RT_ESYNTAX },
	{ "[::1]53", RT_ESYNTAX },
	{ "[::1]:", RT_ESYNTAX },
	{ "[]:53", RT_ESYNTAX },
	{ ":53", RT_ESYNTAX },
	{ "::1::2", RT_ESYNTAX },
	{ "1:2:3:4:5:6:7:8:9", RT_ESYNTAX },
	{ "12345::", RT_ESYNTAX },
	{ "fe80::1%", RT_ESYNTAX },
	{ "fe80::1%no-such-interface-here", RT_ENODEV },
	{ "fe80::1%nosuchif", RT_ENODEV },
	{ "fe80::1%4294967296", RT_ERANGE },
	{ "localhost", RT_ESYNTAX },
};

START_TEST(invalid_text)
{
	struct addr a = { .port = 9 };

	ck_assert_int_eq(addr_parse(&a, invalid[_i].text, strlen(invalid[_i].text)),
			 invalid[_i].rc);
	ck_assert_uint_eq(a.port, 9);
}
END_TEST

START_TEST(embedded_nul_is_refused)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, "1.2.3.4\0", 8), RT_ESYNTAX);
	ck_assert_int_eq(addr_parse(&a, "fe80::1%l\0", 10), RT_ENODEV);
}
END_TEST

START_TEST(default_port_and_zone)
{
	const char *zone;
	size_t len;
	struct addr a;

	ck_assert_int_eq(addr_parse_port(&a, "1.2.3.4", 7, 53), 0);
	ck_assert_uint_eq(a.port, 53);
	ck_assert_int_eq(addr_parse_port(&a, "1.2.3.4:0", 9, 53), 0);
	ck_assert_uint_eq(a.port, 0);
	ck_assert_int_eq(addr_parse_zone(&a, "[fe80::1%nosuchif]:53", 21, &zone, &len), 0);
	ck_assert_uint_eq(len, 8);
	ck_assert_int_eq(memcmp(zone, "nosuchif", 8), 0);
	ck_assert_uint_eq(a.scope, 0);
	ck_assert_int_eq(addr_parse_zone(&a, "::1", 3, &zone, &len), 0);
	ck_assert_ptr_null(zone);
}
END_TEST

START_TEST(socket_addresses)
{
	struct sockaddr_storage ss;
	struct addr a;
	struct addr b;
	socklen_t len;

	ck_assert_int_eq(addr_parse(&a, "192.0.2.1:53", 12), 0);
	len = addr_to_sockaddr(&a, &ss);
	ck_assert_uint_eq(len, sizeof(struct sockaddr_in));
	ck_assert_int_eq(ss.ss_family, AF_INET);
	ck_assert_int_eq(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len), 0);
	ck_assert(addr_equal(&a, &b));
	ck_assert_int_eq(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len - 1), RT_EINVAL);

	ck_assert_int_eq(addr_parse(&a, "[fe80::1%3]:53", 14), 0);
	len = addr_to_sockaddr(&a, &ss);
	ck_assert_uint_eq(len, sizeof(struct sockaddr_in6));
	ck_assert_int_eq(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len), 0);
	ck_assert(addr_equal(&a, &b));
	ck_assert_uint_eq(b.scope, 3);

	ss.ss_family = AF_UNIX;
	ck_assert_int_eq(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len), RT_EINVAL);
	ck_assert_int_eq(addr_from_sockaddr(&b, (struct sockaddr *)&ss, 0), RT_EINVAL);
	memset(&a, 0, sizeof(a));
	ck_assert_uint_eq(addr_to_sockaddr(&a, &ss), 0);
}
END_TEST

static struct addr
addr(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, strlen(text)), 0);
	return a;
}

#define IS(property, text)                                                                         \
	do {                                                                                       \
		struct addr t = addr(text);                                                        \
		ck_assert(addr_is_##property(&t));                                                 \
	} while (0)
#define IS_NOT(property, text)                                                                     \
	do {                                                                                       \
		struct addr t = addr(text);                                                        \
		ck_assert(!addr_is_##property(&t));                                                \
	} while (0)

START_TEST(properties)
{
	struct addr none = { .family = ADDR_NONE };
	struct addr mapped = addr("[::ffff:192.0.2.1]:53");
	char text[ADDR_TEXT_MAX];

	IS(unspecified, "0.0.0.0");
	IS(unspecified, "[::]:53");
	IS_NOT(unspecified, "::1");
	IS(loopback, "127.9.9.9");
	IS(loopback, "::1");
	IS_NOT(loopback, "128.0.0.1");
	IS_NOT(loopback, "1::1");
	IS(link_local, "169.254.1.1");
	IS(link_local, "febf::1");
	IS_NOT(link_local, "fec0::1");
	ck_assert(!addr_is_unspecified(&none));
	ck_assert_uint_eq(addr_len(&none), 0);
	ck_assert_uint_eq(addr_format_port(&none, text), 0);
	ck_assert(addr_is_v4_mapped(&mapped));
	addr_unmap(&mapped);
	addr_format_port(&mapped, text);
	ck_assert_str_eq(text, "192.0.2.1:53");
}
END_TEST

START_TEST(order)
{
	static const char *const ascending[] = {
		"1.2.3.4", "1.2.3.4:1", "1.2.3.4:256", "1.2.3.5", "9.0.0.0",
		"::",      "::1",       "::1%2",       "a::",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
		struct addr a = addr(ascending[i]);

		for (size_t j = 0; j < ARRAY_SIZE(ascending); j++) {
			struct addr b = addr(ascending[j]);
			int c = addr_compare(&a, &b);

			ck_assert_int_eq((c > 0) - (c < 0), (i > j) - (i < j));
		}
	}
}
END_TEST

static const struct {
	const char *text;
	const char *canonical; /* NULL = invalid */
	bool host_bits;
} networks[] = {
	{ "10.0.0.0/8", "10.0.0.0/8", false },
	{ "10.1.2.3/8", "10.0.0.0/8", true },
	{ "10.1.2.3", "10.1.2.3/32", false },
	{ "10.128.0.0/9", "10.128.0.0/9", false },
	{ "10.255.255.255/31", "10.255.255.254/31", true },
	{ "0.0.0.0/0", "0.0.0.0/0", false },
	{ "1.2.3.4/0", "0.0.0.0/0", true },
	{ "2001:db8::/32", "2001:db8::/32", false },
	{ "2001:db8::1/33", "2001:db8::/33", true },
	{ "::1", "::1/128", false },
	{ "::/0", "::/0", false },
	{ "10.0.0.0/33", NULL, false },
	{ "::/129", NULL, false },
	{ "10.0.0.0/", NULL, false },
	{ "10.0.0.0/+8", NULL, false },
	{ "10.0.0.0:53/8", NULL, false },
	{ "[::]/8", NULL, false },
	{ "fe80::%1/64", NULL, false },
	{ "/8", NULL, false },
	{ "", NULL, false },
	{ "10.0.0.0/8/8", NULL, false },
};

START_TEST(network_text)
{
	char text[ADDR_TEXT_MAX];
	bool host_bits = false;
	struct cidr c;
	int rc = cidr_parse(&c, networks[_i].text, strlen(networks[_i].text), &host_bits);

	if (networks[_i].canonical == NULL) {
		ck_assert_int_lt(rc, 0);
		return;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_eq(cidr_format(&c, text), strlen(networks[_i].canonical));
	ck_assert_str_eq(text, networks[_i].canonical);
	ck_assert_int_eq(host_bits, networks[_i].host_bits);
}
END_TEST

static bool
contains(const char *network, const char *text)
{
	struct cidr c;
	struct addr a = addr(text);

	ck_assert_int_eq(cidr_parse(&c, network, strlen(network), NULL), 0);
	return cidr_contains(&c, &a);
}

START_TEST(containment)
{
	struct cidr wide;
	struct cidr narrow;

	ck_assert(contains("10.0.0.0/8", "10.255.255.255:53"));
	ck_assert(!contains("10.0.0.0/8", "11.0.0.0"));
	ck_assert(contains("10.0.0.0/9", "10.127.255.255"));
	ck_assert(!contains("10.0.0.0/9", "10.128.0.0"));
	ck_assert(contains("1.2.3.4", "1.2.3.4"));
	ck_assert(!contains("1.2.3.4", "1.2.3.5"));
	ck_assert(contains("0.0.0.0/0", "255.1.1.1"));
	ck_assert(contains("::/0", "fe80::1%1"));
	ck_assert(!contains("::/0", "1.2.3.4"));
	ck_assert(!contains("0.0.0.0/0", "::1"));
	ck_assert(contains("192.0.2.0/24", "::ffff:192.0.2.77"));
	ck_assert(contains("2001:db8::/127", "2001:db8::1"));
	ck_assert(!contains("2001:db8::/127", "2001:db8::2"));

	ck_assert_int_eq(cidr_parse(&wide, "10.0.0.0/8", 10, NULL), 0);
	ck_assert_int_eq(cidr_parse(&narrow, "10.1.0.0/16", 11, NULL), 0);
	ck_assert(cidr_covers(&wide, &narrow));
	ck_assert(cidr_covers(&wide, &wide));
	ck_assert(!cidr_covers(&narrow, &wide));
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, valid_text, 0, (int)ARRAY_SIZE(valid));
	tcase_add_loop_test(tc, invalid_text, 0, (int)ARRAY_SIZE(invalid));
	tcase_add_loop_test(tc, network_text, 0, (int)ARRAY_SIZE(networks));
	return tc;
}

static TCase *
singles(void)
{
	TCase *tc = tcase_create("singles");

	tcase_add_test(tc, embedded_nul_is_refused);
	tcase_add_test(tc, default_port_and_zone);
	tcase_add_test(tc, socket_addresses);
	tcase_add_test(tc, properties);
	tcase_add_test(tc, order);
	tcase_add_test(tc, containment);
	return tc;
}

TEST_MAIN_CASES("addr", tables, singles)
