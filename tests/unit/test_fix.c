/*
 * Fixes: what becomes of a text by the edits of reports.
 */
#include "config.h"

#include "compiler/fix.h"

#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

/* The unit after its fixes; lives until the next call. */
static const char *
fixed(struct front *f, size_t *applied)
{
	static struct buf out;

	buf_release(&out);
	buf_init(&out, 65536);
	*applied = cfc_fixes_apply(&f->c, f->unit, &out);
	return buf_cstr(&out);
}

static struct cfc_span
at(const struct front *f, size_t offset, size_t length)
{
	return cfc_source_span(f->unit, offset, length);
}

/* Replaces bytes, each call in a report of its own. */
static void
wish(struct front *f, size_t offset, size_t length, const char *text)
{
	cfc_warn(&f->c, at(f, offset, length), "CF9999", "wish %zu %zu %s", offset, length, text);
	cfc_fix_replace(&f->c, "do it", at(f, offset, length), text);
}

START_TEST(applies_edits_in_order_of_place)
{
	struct front f;
	size_t n;

	front_open(&f);
	front_parse(&f, "abcdef\n");
	wish(&f, 4, 1, "E");
	wish(&f, 0, 1, "AA");
	wish(&f, 2, 0, "-");
	ck_assert_str_eq(fixed(&f, &n), "AAb-cdEf\n");
	ck_assert_uint_eq(n, 3);
	front_close(&f);
}
END_TEST

START_TEST(first_of_overlapping_wins)
{
	static const struct {
		size_t offset, length;
		const char *want;
	} rows[] = {
		{ 2, 3, "ab[cd]ef\n" }, /* inside */
		{ 3, 3, "ab[cd]ef\n" }, /* behind its beginning */
		{ 2, 0, "ab[cd]ef\n" }, /* an insertion where it begins */
		{ 4, 1, "ab[cd]Xf\n" }, /* right behind it */
		{ 4, 0, "ab[cd]Xef\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct front f;
		size_t n;

		front_open(&f);
		front_parse(&f, "abcdef\n");
		wish(&f, 2, 2, "[cd]");
		wish(&f, rows[i].offset, rows[i].length, "X");
		ck_assert_str_eq(fixed(&f, &n), rows[i].want);
		front_close(&f);
	}
}
END_TEST

START_TEST(edits_of_one_title_are_one_fix)
{
	struct front f;
	size_t n;

	front_open(&f);
	front_parse(&f, "abcdef\n");
	wish(&f, 1, 1, "B");
	cfc_warn(&f.c, at(&f, 3, 1), "CF9999", "two places");
	cfc_fix_replace(&f.c, "both", at(&f, 3, 1), "D");
	cfc_fix_replace(&f.c, "both", at(&f, 1, 1), "X");
	cfc_warn(&f.c, at(&f, 5, 1), "CF9999", "alternatives");
	cfc_fix_replace(&f.c, "good", at(&f, 5, 1), "F");
	cfc_fix_replace(&f.c, "other", at(&f, 5, 1), "G");
	ck_assert_str_eq(fixed(&f, &n), "aBcdeF\n");
	ck_assert_uint_eq(n, 2);
	front_close(&f);
}
END_TEST

START_TEST(nothing_without_a_report)
{
	struct front f;
	size_t n;

	front_open(&f);
	front_parse(&f, "abcdef\n");
	cfc_fix_replace(&f.c, "lost", at(&f, 0, 1), "X");
	cfc_warn(&f.c, cfc_no_span(), "CF9999", "somewhere");
	cfc_fix_replace(&f.c, "lost", cfc_no_span(), "X");
	cfc_fix_insert(&f.c, "lost", cfc_no_span(), "X");
	ck_assert_str_eq(fixed(&f, &n), "abcdef\n");
	ck_assert_uint_eq(n, 0);
	front_close(&f);
}
END_TEST

START_TEST(deletes_whole_lines)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ ". {\n\twhoami\n}\n", ". {\n}\n" },
		{ ". {\n\twhoami a b # why\n\tlog\n}\n", ". {\n\tlog\n}\n" },
		{ ". {\r\n\twhoami\r\n}\r\n", ". {\r\n}\r\n" },
		{ ". {\n whoami {\n  x {\n   y\n  }\n } # end\n}", ". {\n}" },
		{ ". {\n whoami \"a\n b\"\n}\n", ". {\n}\n" },
		{ ".\nwhoami", ".\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct front f;
		size_t n;

		front_open(&f);
		front_expand(&f, rows[i].text);
		const struct cfc_directive *d = &f.tree.servers[0].directives[0];
		cfc_warn(&f.c, d->name.span, "CF9999", "away");
		cfc_fix_delete_directive(&f.c, "remove it", d);
		ck_assert_str_eq(fixed(&f, &n), rows[i].want);
		front_close(&f);
	}
}
END_TEST

START_TEST(deletes_one_option)
{
	struct front f;
	size_t n;

	front_open(&f);
	front_expand(&f, ". {\n cache {\n  a 1\n  b {\n   c\n  }\n }\n}\n");
	const struct cfc_directive *d = &f.tree.servers[0].directives[0];
	cfc_warn(&f.c, d->lines[1].tokens[0].span, "CF9999", "away");
	cfc_fix_delete_line(&f.c, "remove it", &d->lines[1]);
	ck_assert_str_eq(fixed(&f, &n), ". {\n cache {\n  a 1\n }\n}\n");
	front_close(&f);
}
END_TEST

/* A snippet used twice: changed if both uses say so, left alone if one does. */
START_TEST(shared_text_needs_all_uses)
{
	for (int both = 0; both < 2; both++) {
		struct front f;
		size_t n;

		front_open(&f);
		front_expand(&f, "(s) {\n log\n}\na {\n import s\n}\nb {\n import s\n}\n");
		for (int i = 0; i <= both; i++) {
			const struct cfc_directive *d = &f.tree.servers[i].directives[0];

			cfc_warn(&f.c, d->name.span, "CF9999", "away");
			cfc_fix_delete_directive(&f.c, "remove it", d);
		}
		ck_assert_str_eq(fixed(&f, &n),
				 both ? "(s) {\n}\na {\n import s\n}\nb {\n import s\n}\n"
				      : "(s) {\n log\n}\na {\n import s\n}\nb {\n import s\n}\n");
		ck_assert_uint_eq(n, (size_t)both);
		front_close(&f);
	}
}
END_TEST

START_TEST(quotes_what_needs_quotes)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "plain", "plain" },     { "a{b}c", "a{b}c" },
		{ "", "\"\"" },           { "a b", "\"a b\"" },
		{ "a#b", "\"a#b\"" },     { "{common}", "\"{common}\"" },
		{ "zone{", "\"zone{\"" }, { "}", "\"}\"" },
		{ "\"q", "\"\\\"q\"" },   { "a\xc2\xa0z", "\"a\xc2\xa0z\"" },
		{ "a b\\", NULL },        { "a \\\"", NULL },
	};
	struct front f;

	front_open(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *got = cfc_fix_quote(&f.c, rows[i].value);

		ck_assert_pstr_eq(got, rows[i].want);
	}
	front_close(&f);
}
END_TEST

START_TEST(leaves_words_of_the_environment)
{
	struct front f;
	size_t n;

	front_open(&f);
	front_expand(&f, ". {\n log {$ZONE} b\n}\n");
	const struct cfc_directive *d = &f.tree.servers[0].directives[0];
	for (size_t i = 0; i < 2; i++) {
		cfc_warn(&f.c, d->args[i].span, "CF9999", "word");
		cfc_fix_word(&f.c, "write x y", &d->args[i], "x y");
	}
	ck_assert_str_eq(fixed(&f, &n), ". {\n log {$ZONE} \"x y\"\n}\n");
	ck_assert_uint_eq(n, 1);
	front_close(&f);
}
END_TEST

TEST_MAIN("fix", applies_edits_in_order_of_place, first_of_overlapping_wins,
	  edits_of_one_title_are_one_fix, nothing_without_a_report, deletes_whole_lines,
	  deletes_one_option, shared_text_needs_all_uses, quotes_what_needs_quotes,
	  leaves_words_of_the_environment)
