/*
 * Escaping for generated C.  Every case here once broke a compiler, or would have.
 */
#include "config.h"

#include "tests/support/check_main.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/emit/text.h"

static struct buf out;

static void
fresh(void)
{
	buf_init(&out, 4096);
}

static void
done(void)
{
	buf_release(&out);
}

static const struct {
	const char *in;
	size_t len;
	const char *want;
} strings[] = {
	{ "plain", 5, "\"plain\"" },
	{ "a\"b", 3, "\"a\\\"b\"" },
	{ "a\\b", 3, "\"a\\\\b\"" },
	{ "?"
	  "?/",
	  3, "\"\\?\\?/\"" },         /* a trigraph is a backslash under -std=c11 */
	{ "\0011", 2, "\"\\0011\"" }, /* three digits: the next one is not swallowed */
	{ "a\0b", 3, "\"a\\000b\"" },
	{ "\xc3\xa9", 2, "\"\\303\\251\"" },
	{ "a\nb\tc\r", 6, "\"a\\nb\\tc\\015\"" },
	{ "", 0, "\"\"" },
};

START_TEST(test_cstr)
{
	cfc_emit_cstr(&out, strings[_i].in, strings[_i].len);
	ck_assert_str_eq(buf_cstr(&out), strings[_i].want);
}
END_TEST

static const struct {
	const char *in, *want;
} comments[] = {
	{ "plain", "plain" },
	{ "/etc/coredns/*/db", "/etc/coredns/ * /db" },
	{ "a*/b", "a* /b" },
	{ "x/*y", "x/ *y" },
	{ "ends in \\", "ends in \\ " },
	{ "ends in *", "ends in * " },
	{ "two\nlines", "two lines" },
	{ "**/", "** / " },
};

START_TEST(test_comment)
{
	cfc_emit_comment(&out, comments[_i].in, strlen(comments[_i].in));
	ck_assert_str_eq(buf_cstr(&out), comments[_i].want);
	ck_assert_ptr_null(strstr(buf_cstr(&out), "*/"));
	ck_assert_ptr_null(strstr(buf_cstr(&out), "/*"));
}
END_TEST

START_TEST(test_line)
{
	cfc_emit_line(&out, 7, "a\\b\"c");
	ck_assert_str_eq(buf_cstr(&out), "#line 7 \"a\\\\b\\\"c\"\n");
}
END_TEST

static const struct {
	const char *in, *want;
} idents[] = {
	{ ".", "root" },
	{ "example.org.", "example_org" },
	{ "_Tcp.Example.ORG.", "_tcp_example_org" },
	{ "0.0.10.in-addr.arpa.", "0_0_10_in_addr_arpa" },
	{ "an-extremely-long-zone-name-that-goes-on.and-on.example.",
	  "an_extremely_long_zone_name_that_goes_on" },
};

START_TEST(test_ident)
{
	cfc_emit_ident(&out, idents[_i].in);
	ck_assert_str_eq(buf_cstr(&out), idents[_i].want);
}
END_TEST

static TCase *
with_buffer(const char *name)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, fresh, done);
	return t;
}

static TCase *
escape_case(void)
{
	TCase *t = with_buffer("escapes");

	tcase_add_loop_test(t, test_cstr, 0, ARRAY_SIZE(strings));
	tcase_add_loop_test(t, test_comment, 0, ARRAY_SIZE(comments));
	tcase_add_loop_test(t, test_ident, 0, ARRAY_SIZE(idents));
	tcase_add_test(t, test_line);
	return t;
}

TEST_MAIN_CASES("emit_text", escape_case)
