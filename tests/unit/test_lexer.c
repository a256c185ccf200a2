/*
 * Scanner, lexer and grammar: from text to lines and blocks, and what they report.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

struct row {
	const char *text;
	const char *lines; /* as front_lines shows them */
	const char *ids;   /* as front_ids shows them */
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct front f;
		front_open(&f);
		front_parse(&f, rows[i].text);
		ck_assert_msg(strcmp(front_lines(&f), rows[i].lines) == 0,
			      "%s\n is    '%s'\n want  '%s'", rows[i].text, front_lines(&f),
			      rows[i].lines);
		ck_assert_msg(strcmp(front_ids(&f), rows[i].ids) == 0,
			      "%s\n reports '%s', not '%s'", rows[i].text, front_ids(&f),
			      rows[i].ids);
		front_close(&f);
	}
}

START_TEST(words_and_lines)
{
	static const struct row rows[] = {
		{ "", "", "" },
		{ "\n\n  \n", "", "" },
		{ "a", "a", "" },
		{ "a b\tc\vd\fe", "a|b|c|d|e", "" },
		{ "a\nb\n\nc", "a;b;c", "" },
		{ "a\r\nb\r\n", "a;b", "" },
		{ "a\xc2\xa0"
		  "b\xe2\x80\x83"
		  "c\xe3\x80\x80"
		  "d",
		  "a|b|c|d", "" },
		{ "a\xe2\x80\xa8"
		  "b\xc2\x85"
		  "c",
		  "a|b|c", "" },
		{ "\xe2\x80\xa2 \xc3\xa9t\xc3\xa9", "\xe2\x80\xa2|\xc3\xa9t\xc3\xa9", "" },
		{ "a{b} {} {{x}} }}", "a{b}|{}|{{x}}|}}", "" },
		{ "a,b, c", "a,b,|c", "" },
		{ "a\\b \\\"", "a\\b|\\\"", "w:CF1008" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(quotes)
{
	static const struct row rows[] = {
		{ "\"a b\"", "a b", "" },
		{ "\"\"", "", "" },
		{ "a \"\" b", "a||b", "" },
		{ "\"a \\\"b\\\" c\"", "a \"b\" c", "" },
		{ "\"a\\nb\\\\\" c", "a\\nb\\\\|c", "" },
		{ "\"a\\\\\\\"b\"", "a\\\\\"b", "" },
		{ "\"a\nb\" c\nd", "a\nb|c;d", "" },
		{ "\"a\r\nb\"", "a\r\nb", "" },
		{ "\"# { }\"", "# { }", "" },
		{ "a\"b c\"", "a\"b|c\"", "w:CF1008 w:CF1008" },
		{ "\"a\"b", "a|b", "w:CF1008" },
		{ "\"a\"\"b\"", "a|b", "w:CF1008" },
		{ "\xe2\x80\x9c"
		  "a\xe2\x80\x9d",
		  "\xe2\x80\x9c"
		  "a\xe2\x80\x9d",
		  "w:CF1008" },
		{ "a \"{\"\nb", "a|{;b", "w:CF1008" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(unterminated_quotes_end_with_their_line)
{
	static const struct row rows[] = {
		{ "a \"b c\nd\n", "a|b c;d", "CF1001" },
		{ "a \"b\r\nd", "a|b;d", "CF1001" },
		{ "\"", "", "CF1001" },
		{ "\"\\", "\\", "CF1001" },
		{ "\"a\\\"", "a\"", "CF1001" },
		{ "a {\n b \"c\n d\n}\n", "a{b|c;d}", "CF1001" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(comments)
{
	static const struct row rows[] = {
		{ "# a b\nc", "<# a b>;c", "" },
		{ "a # b c  \nd", "a<# b c>;d", "" },
		{ "a #\n", "a<#>", "" },
		{ "a {\n} # b", "a{}<# b>", "" },
		{ "a {\n}# b", "a{};b<#>", "w:CF1004" },
		{ "a { # b\n c\n} # d\n", "a<# b>{c}<# d>", "" },
		{ "a {\n # b\n c\n # d\n}", "a{<# b>;c;<# d>}", "" },
		{ "a # \"b {\nc", "a<# \"b {>;c", "" },
		{ "\"a\"#b c", "a<#b c>", "" },
		/* In the middle of a word only the rest of the word is a comment. */
		{ "a#b", "a<#b>", "w:CF1004" },
		{ "a#b c\nd", "a|c<#b>;d", "w:CF1004" },
		{ "a#b c # d", "a|c<#b><# d>", "w:CF1004" },
		{ "a#b#c d", "a|d<#b#c>", "w:CF1004" },
		{ "a#b {\n c\n}", "a<#b>{c}", "w:CF1004" },
		{ "a#\nb", "a<#>;b", "w:CF1004" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(blocks)
{
	static const struct row rows[] = {
		{ "a {\n}", "a{}", "" },
		{ "a { }", "a{}", "" },
		{ "a { b\n c\n}\n", "a{b;c}", "" },
		{ "a {\n b {\n  c {\n  }\n }\n d\n}", "a{b{c{}};d}", "" },
		{ "a\n{\n b\n}\n", "a;{b}", "" },
		{ "a {\n b\n} c {\n d\n}", "a{b};c{d}", "" },
		{ "{\n a\n}", "{a}", "" },
		{ "a {\n\"b\nc\" d {\n e\n}\n}", "a{b\nc|d{e}}", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(broken_blocks)
{
	static const struct row rows[] = {
		{ "a {\n b\n", "a{b}", "CF1002" },
		{ "a {\n b {\n c", "a{b{c}}", "CF1002 CF1002" },
		{ "a {\n}\n}\nb", "a{};b", "CF1002" },
		{ "}", "", "CF1002" },
		{ "a }\nb", "a;b", "CF1002" },
		{ "a {\n b }\nc", "a{b};c", "CF1010" },
		{ "a {\n b {\n c\n } }\nd", "a{b{c}};d", "CF1010" },
		{ "a {\n b\n {\n c\n }\n}", "a{b;{c}}", "CF1010" },
		{ "a {\n b {\n } c\n}", "a{b{};c}", "CF1010" },
		{ "a{\n b\n}", "a{b}", "CF1003" },
		{ "{$X}.a{ # c\n b\n}", "{$X}.a<# c>{b}", "CF1003" },
		{ "a {\n b {c\n }\n}", "a{b{c}}", "CF1003" },
		{ "a {\n b {max_fails 3\n }\n}", "a{b{max_fails|3}}", "CF1003" },
		{ "a b{ c", "a|b{|c", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(odd_bytes)
{
	static const struct row rows[] = {
		{ "\xef\xbb\xbf"
		  "a",
		  "a", "w:CF1008" },
		{ "a \xef\xbb\xbf"
		  "b",
		  "a|\xef\xbb\xbf"
		  "b",
		  "" },
		{ "a\xff"
		  "b c",
		  "a\xef\xbf\xbd"
		  "b|c",
		  "w:CF1008" },
		{ "\"a\xe2\x82\" b", "a\xef\xbf\xbd\xef\xbf\xbd|b", "w:CF1008" },
		{ "a\xe2\x80 b", "a\xef\xbf\xbd\xef\xbf\xbd|b", "w:CF1008" },
		{ "a\rb c", "ab|c", "w:CF1008" },
		{ "a \r b", "a|b", "w:CF1008" },
		{ "a\r\r\nb", "a;b", "" },
		{ "a\x01\x7f", "a\x01\x7f", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(nul_is_no_text)
{
	struct front f;

	front_open(&f);
	front_parse_bytes(&f, "a\0b", 3);
	ck_assert(!f.good);
	ck_assert_str_eq(front_ids(&f), "CF1000");
	ck_assert_ptr_null(f.unit->nodes);
	front_close(&f);
}
END_TEST

START_TEST(places_are_exact)
{
	struct front f;

	front_open(&f);
	front_parse(&f, "\tab  \"c\nd\" e\n  f {\n}");
	const struct cfc_node *n = f.unit->nodes;
	static const uint32_t want[][3] = { { 1, 2, 2 }, { 1, 6, 5 }, { 2, 4, 1 } };
	ck_assert_uint_eq(n->ntokens, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(n->tokens[i].span.line, want[i][0]);
		ck_assert_uint_eq(n->tokens[i].span.column, want[i][1]);
		ck_assert_uint_eq(n->tokens[i].span.length, want[i][2]);
	}
	ck_assert(n->tokens[1].quoted);
	ck_assert(!n->tokens[0].quoted);
	ck_assert_uint_eq(n->tokens[1].rawlen, 5);
	ck_assert_uint_eq(cfc_span_offset(n->tokens[2].span), 11);
	ck_assert_uint_eq(n->next->open.line, 3);
	ck_assert_uint_eq(n->next->open.column, 5);
	ck_assert_uint_eq(n->next->close.line, 4);
	front_close(&f);
}
END_TEST

START_TEST(nesting_has_a_limit)
{
	struct front f;
	char text[CFC_DEPTH_MAX * 8 + 64];
	size_t n = 0;

	for (unsigned i = 0; i < CFC_DEPTH_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "a {\n");
	for (unsigned i = 0; i < CFC_DEPTH_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "}\n");
	front_open(&f);
	front_parse(&f, text);
	ck_assert_str_eq(front_ids(&f), "");
	front_close(&f);

	n = 0;
	for (unsigned i = 0; i < CFC_DEPTH_MAX + 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "a {\n");
	for (unsigned i = 0; i < CFC_DEPTH_MAX + 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "}\n");
	front_open(&f);
	front_parse(&f, text);
	ck_assert_str_eq(front_ids(&f), "CF1010");
	front_close(&f);
}
END_TEST

START_TEST(words_have_a_limit)
{
	struct front f;
	size_t len = (size_t)CFC_WORDS_MAX * 2 + 8;
	char *text = malloc(len);

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 2 == 0 ? 'a' : ' ';
	front_open(&f);
	front_parse_bytes(&f, text, len);
	ck_assert_str_eq(front_ids(&f), "CF1000");
	front_close(&f);
	free(text);
}
END_TEST

START_TEST(long_words_and_lines)
{
	struct front f;
	size_t len = (size_t)1 << 20;
	char *text = malloc(len + 2);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', len + 2);
	text[0] = '"';
	text[len + 1] = '"';
	front_open(&f);
	front_parse_bytes(&f, text, len + 2);
	ck_assert_str_eq(front_ids(&f), "");
	ck_assert_uint_eq(f.unit->nodes->tokens[0].len, len);
	front_close(&f);
	front_open(&f);
	front_parse_bytes(&f, text + 1, len);
	ck_assert_uint_eq(f.unit->nodes->tokens[0].len, len);
	front_close(&f);
	free(text);
}
END_TEST

TEST_MAIN("lexer", words_and_lines, quotes, unterminated_quotes_end_with_their_line, comments,
	  blocks, broken_blocks, odd_bytes, nul_is_no_text, places_are_exact, nesting_has_a_limit,
	  words_have_a_limit, long_words_and_lines)
