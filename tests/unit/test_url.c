/*
 * What Go's url.Parse takes and refuses.
 */
#include "config.h"

#include "compiler/bind/url.h"

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

static TCase *
url_case(void)
{
	TCase *t = tcase_create("url");

	tcase_add_loop_test(t, parses, 0, ARRAY_SIZE(good));
	tcase_add_loop_test(t, refuses, 0, ARRAY_SIZE(bad));
	return t;
}

TEST_MAIN_CASES("url", url_case)
