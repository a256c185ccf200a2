/*
 * Lines and positions as the language server protocol counts them.
 */
#include "config.h"

#include "compiler/lsp/text.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

#define UTF16 false
#define UTF8  true

static struct lsp_lines
lines_of(const char *text)
{
	struct lsp_lines l;

	lsp_lines_build(&l, text, strlen(text));
	return l;
}

START_TEST(lines_end_in_three_ways)
{
	static const struct {
		const char *text;
		size_t count;
		size_t starts[6];
	} rows[] = {
		{ "", 1, { 0 } },
		{ "a", 1, { 0 } },
		{ "\n", 2, { 0, 1 } },
		{ "a\nb", 2, { 0, 2 } },
		{ "a\r\nb\r\n", 3, { 0, 3, 6 } },
		{ "a\rb\rc", 3, { 0, 2, 4 } },
		{ "a\n\rb", 3, { 0, 2, 3 } },
		{ "\r\r\n\n", 4, { 0, 1, 3, 4 } },
		{ "a\r", 2, { 0, 2 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lsp_lines l = lines_of(rows[i].text);
		ck_assert_uint_eq(l.count, rows[i].count);
		for (size_t j = 0; j < l.count; j++)
			ck_assert_uint_eq(l.starts[j], rows[i].starts[j]);
		lsp_lines_release(&l);
	}
}
END_TEST

/* A NUL is a character like any other. */
START_TEST(texts_have_a_length)
{
	struct lsp_lines l;
	size_t line, character;

	lsp_lines_build(&l, "a\0\nb", 4);
	ck_assert_uint_eq(l.count, 2);
	lsp_lines_position(&l, UTF16, 2, &line, &character);
	ck_assert_uint_eq(line, 0);
	ck_assert_uint_eq(character, 2);
	lsp_lines_release(&l);
	ck_assert_ptr_null(l.text);
}
END_TEST

/* Two, three and four octets: one, one and two code units. */
START_TEST(characters_of_each_width)
{
	struct lsp_lines l = lines_of("x\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e!\n");
	static const struct {
		size_t offset;
		size_t utf16, utf8;
	} rows[] = { { 0, 0, 0 }, { 1, 1, 1 },   { 3, 2, 3 },
		     { 6, 3, 6 }, { 10, 5, 10 }, { 11, 6, 11 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t line, character;

		lsp_lines_position(&l, UTF16, rows[i].offset, &line, &character);
		ck_assert_uint_eq(line, 0);
		ck_assert_uint_eq(character, rows[i].utf16);
		lsp_lines_position(&l, UTF8, rows[i].offset, &line, &character);
		ck_assert_uint_eq(character, rows[i].utf8);
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF16, 0, rows[i].utf16), rows[i].offset);
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF8, 0, rows[i].utf8), rows[i].offset);
	}
	lsp_lines_release(&l);
}
END_TEST

/* Between the halves of a surrogate pair, or within the octets of a character: its beginning. */
START_TEST(the_middle_of_a_character)
{
	struct lsp_lines l = lines_of("a\xf0\x9d\x84\x9e"
				      "b");
	size_t line, character;

	ck_assert_uint_eq(lsp_lines_offset(&l, UTF16, 0, 2), 1);
	for (uint64_t character8 = 2; character8 < 5; character8++)
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF8, 0, character8), 1);
	for (size_t offset = 2; offset < 5; offset++) {
		lsp_lines_position(&l, UTF16, offset, &line, &character);
		ck_assert_uint_eq(character, 1);
	}
	lsp_lines_position(&l, UTF16, 5, &line, &character);
	ck_assert_uint_eq(character, 3);
	lsp_lines_release(&l);
}
END_TEST

START_TEST(places_out_of_range)
{
	struct lsp_lines l = lines_of("ab\r\ncd\re\n\nf");
	static const struct {
		uint64_t line, character;
		size_t offset;
	} rows[] = {
		{ 0, 2, 2 },           { 0, 3, 2 },
		{ 0, UINT64_MAX, 2 },  { 1, 2, 6 },
		{ 1, 3, 6 },           { 2, 9, 8 },
		{ 3, 0, 9 },           { 3, 1, 9 },
		{ 4, 1, 11 },          { 4, 2, 11 },
		{ 5, 0, 11 },          { 5, 7, 11 },
		{ UINT64_MAX, 0, 11 }, { UINT64_MAX, UINT64_MAX, 11 },
	};
	size_t line, character;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF16, rows[i].line, rows[i].character),
				  rows[i].offset);
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF8, rows[i].line, rows[i].character),
				  rows[i].offset);
	}
	lsp_lines_position(&l, UTF16, 999, &line, &character);
	ck_assert_uint_eq(line, 4);
	ck_assert_uint_eq(character, 1);
	lsp_lines_release(&l);
}
END_TEST

/* Each malformed octet counts as one character, in both ways of counting: none is lost. */
START_TEST(malformed_text)
{
	/* a stray continuation, a cut-off sequence, a surrogate, one overlong, 0xff, the end cut off */
	static const char text[] = "\x80|\xe2\x82|\xed\xa0\x80|\xc0\xaf|\xff|\xf0\x9d\x84";
	struct lsp_lines l = lines_of(text);
	size_t line, character;

	for (size_t offset = 0; offset <= l.len; offset++) {
		lsp_lines_position(&l, UTF16, offset, &line, &character);
		ck_assert_uint_eq(character, offset);
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF16, 0, character), offset);
		lsp_lines_position(&l, UTF8, offset, &line, &character);
		ck_assert_uint_eq(lsp_lines_offset(&l, UTF8, 0, character), offset);
	}
	lsp_lines_release(&l);
}
END_TEST

/* From an offset to a position and back: the same, for the beginning of each character of a text. */
START_TEST(there_and_back)
{
	struct lsp_lines l =
		lines_of("\xf0\x9d\x84\x9e\r\n\xc3\xa9\r\xe2\x82\xac\n\n\xf0\x9f\x98\x80x\r");

	for (int utf8 = 0; utf8 < 2; utf8++) {
		for (size_t offset = 0; offset <= l.len; offset++) {
			bool inside =
				offset < l.len && ((unsigned char)l.text[offset] & 0xc0) == 0x80;
			bool in_end = offset > 0 && offset < l.len && l.text[offset - 1] == '\r' &&
				      l.text[offset] == '\n';
			size_t line, character;
			if (inside || in_end)
				continue;
			lsp_lines_position(&l, utf8, offset, &line, &character);
			ck_assert_uint_eq(lsp_lines_offset(&l, utf8, line, character), offset);
		}
	}
	lsp_lines_release(&l);
}
END_TEST

TEST_MAIN("lsp_text", lines_end_in_three_ways, texts_have_a_length, characters_of_each_width,
	  the_middle_of_a_character, places_out_of_range, malformed_text, there_and_back)
