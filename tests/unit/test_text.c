/*
 * UTF-8 decoding and widths.
 */
#include "config.h"

#include "compiler/text.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

START_TEST(decodes_each_length)
{
	static const struct {
		const char *text;
		size_t used;
		uint32_t cp;
	} rows[] = {
		{ "a", 1, 'a' },
		{ "\xc3\xa4", 2, 0xe4 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf0\x9f\x98\x80", 4, 0x1f600 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t cp;
		bool valid;
		size_t len = strlen(rows[i].text);
		ck_assert_uint_eq(text_decode(rows[i].text, len, &cp, &valid), rows[i].used);
		ck_assert_uint_eq(cp, rows[i].cp);
		ck_assert(valid);
		ck_assert_uint_eq(text_valid_prefix(rows[i].text, len), len);
	}
}
END_TEST

START_TEST(refuses_what_is_malformed)
{
	static const char *const rows[] = {
		"\x80",             /* continuation alone */
		"\xc3",             /* cut */
		"\xc0\xaf",         /* overlong '/' */
		"\xe0\x80\xaf",     /* overlong '/' */
		"\xed\xa0\x80",     /* surrogate */
		"\xf4\x90\x80\x80", /* above U+10FFFF */
		"\xf8\x88\x80\x80", /* no such first byte */
		"\xff",
		"\xe2\x82 a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t cp;
		bool valid;
		ck_assert_uint_eq(text_decode(rows[i], strlen(rows[i]), &cp, &valid), 1);
		ck_assert(!valid);
		ck_assert_uint_eq(cp, TEXT_INVALID);
		ck_assert_uint_eq(text_valid_prefix(rows[i], strlen(rows[i])), 0);
	}
	ck_assert_uint_eq(text_valid_prefix("abc\xff", 4), 3);
}
END_TEST

START_TEST(measures_columns)
{
	ck_assert_uint_eq(text_width('a'), 1);
	ck_assert_uint_eq(text_width(0xe4), 1);
	ck_assert_uint_eq(text_width(0x301), 0);
	ck_assert_uint_eq(text_width(0x200b), 0);
	ck_assert_uint_eq(text_width(0x4e2d), 2);
	ck_assert_uint_eq(text_width(0xff21), 2);
	ck_assert_uint_eq(text_width(0x1f600), 2);
	ck_assert_uint_eq(text_width(0x10ffff), 1);
}
END_TEST

START_TEST(knows_controls)
{
	ck_assert(text_is_control(0x1b));
	ck_assert(text_is_control(0x7f));
	ck_assert(text_is_control(0x9b));
	ck_assert(text_is_control(0x202e));
	ck_assert(!text_is_control('a'));
	ck_assert(!text_is_control(0xa0));
}
END_TEST

TEST_MAIN("text", decodes_each_length, refuses_what_is_malformed, measures_columns, knows_controls)
