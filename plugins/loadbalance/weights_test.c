/*
 * Tests of weight files.
 */
#include "config.h"

#include "loadbalance/weights.h"

#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "dns/name.h"
#include "tests/support/check_main.h"

static unsigned
weight(const struct loadbalance_weights *w, const char *name, const char *ip)
{
	uint8_t wire[DNS_NAME_BUF];
	struct addr addr;

	ck_assert_int_gt(dns_name_from_text(wire, name, strlen(name)), 0);
	ck_assert_int_eq(addr_parse(&addr, ip, strlen(ip)), 0);
	return loadbalance_weight(w, wire, dns_name_lower(wire, wire), &addr);
}

START_TEST(a_file)
{
	static const char text[] = "# comment\n"
				   "\n"
				   "www.Example.org\n"
				   "  192.0.2.1 3\r\n"
				   "\t192.0.2.2\t255\n"
				   "   # another\n"
				   "2001:db8::1 2\n"
				   "mail.example.org.\n"
				   "192.0.2.1 7\n"
				   "www.example.org\n"
				   "::ffff:192.0.2.9 5";
	char error[LOADBALANCE_ERROR_MAX];
	struct loadbalance_weights *w;

	ck_assert_int_eq(loadbalance_weights_parse(&w, text, strlen(text), "wf", error), 0);
	ck_assert_uint_eq(weight(w, "www.example.org", "192.0.2.1"), 3);
	ck_assert_uint_eq(weight(w, "WWW.example.ORG", "192.0.2.2"), 255);
	ck_assert_uint_eq(weight(w, "www.example.org", "2001:db8::1"), 2);
	ck_assert_uint_eq(weight(w, "www.example.org", "192.0.2.9"), 5);
	ck_assert_uint_eq(weight(w, "mail.example.org", "192.0.2.1"), 7);
	ck_assert_uint_eq(weight(w, "mail.example.org", "192.0.2.2"), 1);
	ck_assert_uint_eq(weight(w, "example.org", "192.0.2.1"), 1);
	ck_assert_uint_eq(weight(NULL, "example.org", "192.0.2.1"), 1);
	loadbalance_weights_free(w);
}
END_TEST

START_TEST(no_file_is_empty)
{
	char error[LOADBALANCE_ERROR_MAX];
	struct loadbalance_weights *w;

	ck_assert_int_eq(loadbalance_weights_parse(&w, "", 0, "wf", error), 0);
	ck_assert_uint_eq(weight(w, "www.example.org", "192.0.2.1"), 1);
	loadbalance_weights_free(w);
	loadbalance_weights_free(NULL);
}
END_TEST

static const struct {
	const char *text, *error;
} wrong[] = {
	{ "192.0.2.1\n", "wrong domain name:\"192.0.2.1\" in weight file wf. (Maybe a missing "
			 "weight value?)" },
	{ "a..b\n", "wrong domain name:\"a..b\" in weight file wf" },
	{ "a\nb 3\n", "wrong IP address:\"b\" in weight file wf" },
	{ "a\n192.0.2.1:53 3\n", "wrong IP address:\"192.0.2.1:53\" in weight file wf" },
	{ "a\n[2001:db8::1] 3\n", "wrong IP address:\"[2001:db8::1]\" in weight file wf" },
	{ "a\n192.0.2.1 0\n", "wrong weight value:\"0\" in weight file wf" },
	{ "a\n192.0.2.1 256\n", "wrong weight value:\"256\" in weight file wf" },
	{ "a\n192.0.2.1 -1\n", "wrong weight value:\"-1\" in weight file wf" },
	{ "a\n192.0.2.1 x\n", "wrong weight value:\"x\" in weight file wf" },
	{ "192.0.2.1 3\n", "missing domain name in weight file wf" },
	{ "a\n192.0.2.1 3 4\n", "could not parse weight line:\"192.0.2.1 3 4\" in weight file wf" },
};

START_TEST(mistakes)
{
	char error[LOADBALANCE_ERROR_MAX];
	struct loadbalance_weights *w = NULL;

	ck_assert_int_eq(
		loadbalance_weights_parse(&w, wrong[_i].text, strlen(wrong[_i].text), "wf", error),
		RT_ESYNTAX);
	ck_assert_str_eq(error, wrong[_i].error);
	ck_assert_ptr_null(w);
}
END_TEST

static TCase *
weights_case(void)
{
	TCase *tc = tcase_create("weights");

	tcase_add_test(tc, a_file);
	tcase_add_test(tc, no_file_is_empty);
	tcase_add_loop_test(tc, mistakes, 0, ARRAY_SIZE(wrong));
	return tc;
}

TEST_MAIN_CASES("loadbalance_weights", weights_case)
