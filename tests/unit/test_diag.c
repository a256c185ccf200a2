/*
 * Diagnostics: order, repetition, limits, and how they are shown.
 */
#include "config.h"

#include "compiler/diag.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

static struct cfc_span
at(const struct front *f, uint32_t line, uint32_t column, uint32_t length)
{
	struct cfc_span span = { f->unit, NULL, line, column, length };

	return span;
}

static void
open_text(struct front *f, const char *text)
{
	front_open(f);
	f->unit = cfc_source_text(&f->c, "Corefile", text, strlen(text));
}

START_TEST(shows_place_line_and_caret)
{
	struct front f;

	open_text(&f, ". {\n  x\n    whoam yes\n}\n");
	cfc_error(&f.c, at(&f, 3, 5, 5), "CF1005", "unknown directive '%s'", "whoam");
	cfc_note(&f.c, at(&f, 3, 5, 5), "did you mean '%s'?", "whoami");
	cfc_note(&f.c, at(&f, 1, 1, 1), "in this block");
	cfc_note(&f.c, cfc_no_span(), "see the manual");
	ck_assert_str_eq(front_diags(&f),
			 "Corefile:3:5: error: unknown directive 'whoam' [CF1005]\n"
			 "    3 |     whoam yes\n"
			 "      |     ^~~~~\n"
			 "Corefile:3:5: note: did you mean 'whoami'?\n"
			 "Corefile:1:1: note: in this block\n"
			 "    1 | . {\n"
			 "      | ^\n"
			 "Corefile:3:5: note: see the manual\n");
	ck_assert(cfc_has_errors(&f.c));
	front_close(&f);
}
END_TEST

START_TEST(caret_stands_under_the_word)
{
	static const struct {
		const char *line;
		uint32_t column, length;
		const char *want;
	} rows[] = {
		{ "\ta b", 4, 1, "    1 | \ta b\n      | \t  ^\n" },
		{ "\xc3\xa4\xc3\xb6 b", 6, 1, "    1 | \xc3\xa4\xc3\xb6 b\n      |    ^\n" },
		{ "a \xe4\xb8\xad\xe6\x96\x87 b", 3, 6,
		  "    1 | a \xe4\xb8\xad\xe6\x96\x87 b\n      |   ^~~~\n" },
		{ "e\xcc\x81"
		  "a",
		  4, 1,
		  "    1 | e\xcc\x81"
		  "a\n      |  ^\n" },
		{ "ab", 3, 0, "    1 | ab\n      |   ^\n" },
		{ "ab", 99, 7, "    1 | ab\n      |   ^\n" },
		{ "ab cd", 4, 50, "    1 | ab cd\n      |    ^~\n" },
		{ "a\x1b[31m\xffz", 8, 1,
		  "    1 | a\xef\xbf\xbd[31m\xef\xbf\xbdz\n      |        ^\n" },
		{ "", 1, 0, "    1 | \n      | ^\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct front f;
		open_text(&f, rows[i].line);
		cfc_warn(&f.c, at(&f, 1, rows[i].column, rows[i].length), "CF1", "x");
		const char *text = strchr(front_diags(&f), '\n') + 1;
		ck_assert_str_eq(text, rows[i].want);
		front_close(&f);
	}
}
END_TEST

START_TEST(long_lines_are_cut)
{
	struct front f;
	struct buf b;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&b, "%03u ", i);
	open_text(&f, buf_cstr(&b));
	cfc_error(&f.c, at(&f, 1, 2001, 3), "CF1", "x");
	const char *text = strchr(front_diags(&f), '\n') + 1;
	const char *caret = strchr(text, '\n') + 1;
	ck_assert_uint_lt(strlen(text), 400);
	const char *word = strstr(text, "500 ");
	ck_assert_ptr_nonnull(word);
	ck_assert_int_eq(strchr(caret, '^') - caret, word - text);
	ck_assert_ptr_nonnull(strstr(text, "^~~\n"));
	front_close(&f);
	buf_release(&b);
}
END_TEST

START_TEST(messages_are_made_harmless)
{
	struct front f;

	open_text(&f, "a");
	cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "'%s'", "x\x1b[2J\ny\tz\xff");
	ck_assert_ptr_nonnull(
		strstr(front_diags(&f), "error: 'x\xef\xbf\xbd[2J y z\xef\xbf\xbd' [CF1]\n"));
	front_close(&f);
}
END_TEST

START_TEST(order_is_that_of_places)
{
	struct front f;

	open_text(&f, "a b\nc d\n");
	cfc_warn(&f.c, at(&f, 2, 3, 1), "CF4", "x");
	cfc_error(&f.c, at(&f, 1, 3, 1), "CF2", "x");
	cfc_info(&f.c, at(&f, 2, 1, 1), "CF3", "x");
	cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "x");
	cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "y");
	cfc_error(&f.c, cfc_no_span(), "CF0", "x");
	ck_assert_str_eq(front_ids(&f), "CF0 CF1 CF1 CF2 i:CF3 w:CF4");
	ck_assert_str_eq(f.c.diags.list[1]->text, "x");
	ck_assert_str_eq(f.c.diags.list[2]->text, "y");
	ck_assert_uint_eq(f.c.diags.nerrors, 4);
	ck_assert_uint_eq(f.c.diags.nwarnings, 1);
	ck_assert_uint_eq(f.c.diags.ninfos, 1);
	front_close(&f);
}
END_TEST

START_TEST(no_place_is_the_program)
{
	struct front f;

	front_open(&f);
	cfc_error(&f.c, cfc_no_span(), "CF1000", "cannot read 'x'");
	cfc_note(&f.c, cfc_no_span(), "really");
	ck_assert_str_eq(front_diags(&f), "corefilec: error: cannot read 'x' [CF1000]\n"
					  "corefilec: note: really\n");
	front_close(&f);
}
END_TEST

START_TEST(verdicts_are_told_apart)
{
	static const char *const want[] = { "CF1 CF2 w:CF4", "CF1 CF3" };
	struct front f;

	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		open_text(&f, "a b\n");
		f.c.compat = i == 1;
		cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "x");
		ck_assert(cfc_stricter(&f.c, at(&f, 1, 1, 1), "CF2", "x") == f.c.compat);
		cfc_note(&f.c, cfc_no_span(), "belongs to CF2");
		ck_assert(cfc_laxer(&f.c, at(&f, 1, 1, 1), "CF3", "x") != f.c.compat);
		cfc_note(&f.c, cfc_no_span(), "belongs to CF3");
		cfc_warn(&f.c, at(&f, 1, 1, 1), "CF4", "x");
		cfc_note(&f.c, cfc_no_span(), "belongs to CF4");
		ck_assert(!cfc_mute(&f.c, true));
		cfc_error(&f.c, at(&f, 1, 1, 1), "CF5", "x");
		ck_assert(cfc_mute(&f.c, false));
		cfc_note(&f.c, cfc_no_span(), "belongs to nothing");
		ck_assert_str_eq(front_ids(&f), want[i]);
		ck_assert_ptr_null(f.c.diags.list[0]->notes);
		front_close(&f);
	}
}
END_TEST

START_TEST(repeated_reports_are_kept_once)
{
	struct front f;

	open_text(&f, "a b\n");
	for (unsigned i = 0; i < 3; i++) {
		cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "x");
		cfc_note(&f.c, at(&f, 1, 3, 1), "n");
	}
	ck_assert_str_eq(front_ids(&f), "CF1");
	ck_assert_uint_eq(f.c.diags.nerrors, 1);
	ck_assert_ptr_null(f.c.diags.list[0]->notes->next);
	front_close(&f);
}
END_TEST

START_TEST(imports_are_shown)
{
	struct front f;

	front_open(&f);
	front_expand(&f, "(s) {\n a {$NO} b\n}\n(t) {\n import s\n}\n. {\n import t\n import t\n}");
	ck_assert_str_eq(
		front_diags(&f),
		"Corefile:2:4: warning: environment variable 'NO' is not set: it counts as "
		"empty [CF1006]\n"
		"    2 |  a {$NO} b\n"
		"      |    ^~~~~\n"
		"Corefile:2:4: note: set NO where corefilec runs: its value becomes part of "
		"the build\n"
		"Corefile:5:9: note: snippet 's' is used here\n"
		"Corefile:8:9: note: snippet 't' is used here\n");
	front_close(&f);
}
END_TEST

START_TEST(errors_are_capped)
{
	struct front f;

	open_text(&f, "a\n");
	for (unsigned i = 0; i < 25; i++)
		cfc_error(&f.c, at(&f, 1, 1, 1), "CF1", "number %02u", i);
	const char *text = front_diags(&f);
	ck_assert_ptr_nonnull(strstr(text, "number 19"));
	ck_assert_ptr_null(strstr(text, "number 20"));
	ck_assert_ptr_nonnull(strstr(text, "corefilec: too many errors: 5 more are not shown\n"));
	f.c.diags.show_max = 0;
	ck_assert_ptr_nonnull(strstr(front_diags(&f), "number 24"));
	front_close(&f);
}
END_TEST

START_TEST(reports_are_bounded)
{
	struct front f;

	open_text(&f, "a\n");
	for (unsigned i = 0; i < CFC_DIAGS_MAX + 5; i++) {
		cfc_warn(&f.c, at(&f, 1, 1, 1), "CF1", "number %u", i);
		cfc_note(&f.c, cfc_no_span(), "note");
	}
	ck_assert_uint_eq(f.c.diags.count, CFC_DIAGS_MAX);
	ck_assert_uint_eq(f.c.diags.nwarnings, CFC_DIAGS_MAX + 5);
	ck_assert_ptr_nonnull(strstr(front_diags(&f), "corefilec: too many reports"));
	front_close(&f);
}
END_TEST

TEST_MAIN("diag", shows_place_line_and_caret, caret_stands_under_the_word, long_lines_are_cut,
	  messages_are_made_harmless, order_is_that_of_places, no_place_is_the_program,
	  repeated_reports_are_kept_once, verdicts_are_told_apart, imports_are_shown,
	  errors_are_capped, reports_are_bounded)
