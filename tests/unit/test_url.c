/*
 * What Go's url.Parse takes and refuses.
 */
#include "config.h"

#include "compiler/bind/url.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

static const char *const good[] = {
	"",
	"x",
	"/a/b?c#d",
	"tcp://",
	"tcp://127.0.0.1:6000",
	"tcp://a:",
	"tcp://a:99999999",
	"tcp://a:1:2",
	"tcp://u:p@h:1/x",
	"tcp://[::1]:6000",
	"tcp://[fe80::1%25lo]:1",
	"tcp://a%c3%a4:1",
	"TCP://a",
	"mailto:x%zz",
	"http://a/%41?%zz",
	"http://\xc3\xa4",
	"localhost:2379",
	"///a:b",
};

static const char *const bad[] = {
	"tcp://[::1",     "tcp://x[::1]",   "tcp://[::1]x", "tcp://[1.2.3.4]", "tcp://[x]",
	"tcp://a:b",      "tcp://%zz",      "tcp://a%41:1", "tcp://a b",       "tcp://a\\b",
	"tcp://a\x01",    "tcp://u{@h",     "tcp://u%zz@h", "http://a:1:b",    ":a",
	"1:2/",           "http://a/%zz",   "http://a#%zz", "http://a%",       "127.0.0.1:53",
	"tcp://[::1%25]", "tcp://[::1%lo]",
};

START_TEST(parses)
{
	ck_assert_msg(cfc_url_parses(good[_i]), "'%s' is refused", good[_i]);
}
END_TEST

START_TEST(refuses)
{
	ck_assert_msg(!cfc_url_parses(bad[_i]), "'%s' is taken", bad[_i]);
}
END_TEST

static const struct {
	const char *text;
	size_t scheme_len;
	const char *host, *path;
} parts[] = {
	{ "https://u:p@h.test:6443/a?b#c", 5, "h.test:6443", "/a" },
	{ "http://[::1]:80", 4, "[::1]:80", "" },
	{ "localhost:2379", 9, "", "2379" },
	{ "//h/x", 0, "h", "/x" },
	{ "a/b", 0, "", "a/b" },
	{ "", 0, "", "" },
};

START_TEST(splits)
{
	struct cfc_url url;

	ck_assert(cfc_url_split(parts[_i].text, &url));
	ck_assert_uint_eq(url.scheme_len, parts[_i].scheme_len);
	ck_assert_uint_eq(url.host_len, strlen(parts[_i].host));
	ck_assert_int_eq(memcmp(url.host, parts[_i].host, url.host_len), 0);
	ck_assert_uint_eq(url.path_len, strlen(parts[_i].path));
	ck_assert_int_eq(memcmp(url.path, parts[_i].path, url.path_len), 0);
}
END_TEST

static TCase *
url_case(void)
{
	TCase *t = tcase_create("url");

	tcase_add_loop_test(t, parses, 0, ARRAY_SIZE(good));
	tcase_add_loop_test(t, refuses, 0, ARRAY_SIZE(bad));
	tcase_add_loop_test(t, splits, 0, ARRAY_SIZE(parts));
	return t;
}

TEST_MAIN_CASES("url", url_case)
