/*
 * The formatter and the diff.
 */
#include "config.h"

#include "compiler/syntax/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

static void
check_fmt(const char *in, size_t len, const char *want)
{
	struct front f;
	char *text;
	char *again;
	size_t n;
	size_t m;

	front_open(&f);
	front_parse_bytes(&f, in, len);
	ck_assert_msg(cfc_fmt(&f.c, f.unit, &text, &n), "%s\n%s", in, front_diags(&f));
	ck_assert_msg(strcmp(text, want) == 0, "%s\n is\n%s want\n%s", in, text, want);
	ck_assert_uint_eq(strlen(text), n);
	struct cfc_source *second = cfc_source_text(&f.c, "again", text, n);
	ck_assert(cfc_fmt(&f.c, second, &again, &m));
	ck_assert_str_eq(again, text);
	ck_assert(cfc_fmt_same(second, again, m));
	ck_assert_int_eq(cfc_fmt_same(f.unit, text, n), strlen(in) == n && strcmp(in, want) == 0);
	front_close(&f);
}

START_TEST(canonical_form)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "\n\n", "" },
		{ ".", ".\n" },
		{ ". {\n}\n", ". {\n}\n" },
		{ ".   {\n  a   b\n      c {\n d\n } \n}", ". {\n\ta b\n\tc {\n\t\td\n\t}\n}\n" },
		{ ". { a\n b\n}", ". {\n\ta\n\tb\n}\n" },
		{ ". { }", ". {\n}\n" },
		{ "a {\n}\nb {\n}", "a {\n}\n\nb {\n}\n" },
		{ "a {\n} b {\n}", "a {\n}\n\nb {\n}\n" },
		{ "a\n{\n b\n}\n", "a {\n\tb\n}\n" },
		{ "a # x\n{ # y\n b\n} # z\n", "a { # x # y\n\tb\n} # z\n" },
		{ "import a\nb\n{\n}", "import a\nb {\n}\n" },
		{ "a,\nb {\n}", "a,\nb {\n}\n" },
		{ "a\n\n\n\nb\n\nc", "a\n\nb\n\nc\n" },
		{ "a {\n\n\n b\n\n\n\n c\n\n}\n\n\n", "a {\n\tb\n\n\tc\n}\n" },
		{ "a \"b  c\" \"\"", "a \"b  c\" \"\"\n" },
		{ "a \"b\n  c\" d\n  e", "a \"b\n  c\" d\ne\n" },
		{ "\"a\"b", "a b\n" },
		{ "a b,c d", "a b,c d\n" },
		{ "a \"b,\" \"c\"", "a \"b,\" c\n" },
		{ "a \"1\" \"x.y/z:[*]$^()|\\d+\"", "a 1 x.y/z:[*]$^()|\\d+\n" },
		{ "a \"{\" \"}\" \"{$X}\" \"#\" \"x#y\"",
		  "a \"{\" \"}\" \"{$X}\" \"#\" \"x#y\"\n" },
		{ "a \"\\\"\" \"caf\xc3\xa9\" \"'\" \"`\"",
		  "a \"\\\"\" \"caf\xc3\xa9\" \"'\" \"`\"\n" },
		{ "a \"\t\" \"\xc2\xa0\" \"b\rc\"", "a \"\t\" \"\xc2\xa0\" \"b\rc\"\n" },
		{ "a \"\\\\\"", "a \\\\\n" },
		{ "\"import\" \"x\"\n\"a\" {\n}", "import x\na {\n}\n" },
		{ "a\r\nb {\r\n}\r\n", "a\nb {\n}\n" },
		{ "a\rb", "ab\n" },
		{ "\xef\xbb\xbf"
		  "a",
		  "a\n" },
		{ "\xef\xbb\xbf\xef\xbb\xbf"
		  "a",
		  "\n\xef\xbb\xbf"
		  "a\n" },
		{ "a\xc2\xa0"
		  "b",
		  "a b\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_fmt(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}
END_TEST

START_TEST(comments_stay)
{
	static const char *const rows[][2] = {
		{ "#a\n  # b  \n\n\n#c", "#a\n# b\n\n#c\n" },
		{ "a   # x", "a # x\n" },
		{ "a { # x\n# y\n b # z\n # end\n} # after",
		  "a { # x\n\t# y\n\tb # z\n\t# end\n} # after\n" },
		{ "a {\n}\n# b\nb {\n}", "a {\n}\n\n# b\nb {\n}\n" },
		{ "a#b c # d", "a c #b # d\n" },
		{ "a#b {\n c\n}", "a { #b\n\tc\n}\n" },
		{ "a {\n # only\n}", "a {\n\t# only\n}\n" },
		{ "a\n# x\n{\n}", "a\n# x\n{\n}\n" },
		{ "a #\r\n", "a #\n" },
		{ "a {\n b 1#x 2 3 # y\n}", "a {\n\tb 1 2 3 #x # y\n}\n" },
		{ "a {\n b\n # last\n}\n# end", "a {\n\tb\n\t# last\n}\n\n# end\n" },
		{ "a, # one\nb, # two\nc { # three\n}", "a, # one\nb, # two\nc { # three\n}\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_fmt(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}
END_TEST

/* Not a frame of the stack for each of them. */
START_TEST(as_many_comments_as_one_likes)
{
	struct buf in;
	struct buf want;

	buf_init(&in, 1 << 23);
	buf_init(&want, 1 << 23);
	for (unsigned i = 0; i < 300000; i++) {
		buf_puts(&in, "a, # x\n");
		buf_puts(&want, "a, # x\n");
	}
	buf_puts(&in, "b # y\n{ # z\n}\n");
	buf_puts(&want, "b { # y # z\n}\n");
	check_fmt(buf_cstr(&in), in.len, buf_cstr(&want));
	buf_release(&in);
	buf_release(&want);
}
END_TEST

START_TEST(broken_files_are_left_alone)
{
	static const char *const rows[] = { "a {",       "a \"b",        "}",          "a{\n}",
					    "a {\n b }", "a {\n{\n}\n}", "a\nb {\n} c" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct front f;
		char *text = NULL;
		size_t n;
		front_open(&f);
		front_parse(&f, rows[i]);
		ck_assert(!cfc_fmt(&f.c, f.unit, &text, &n));
		ck_assert(cfc_has_errors(&f.c));
		ck_assert_ptr_null(text);
		front_close(&f);
	}
}
END_TEST

START_TEST(formatting_needs_no_parse_before)
{
	struct front f;
	char *text;
	size_t n;

	front_open(&f);
	f.unit = cfc_source_text(&f.c, "x", "a  b", 4);
	ck_assert(cfc_fmt(&f.c, f.unit, &text, &n));
	ck_assert_str_eq(text, "a b\n");
	f.unit = cfc_source_text(&f.c, "x", "a {", 3);
	ck_assert(!cfc_fmt(&f.c, f.unit, &text, &n));
	ck_assert_str_eq(front_ids(&f), "CF1002");
	front_close(&f);
}
END_TEST

/* ---- diff ---- */

static void
check_diff(const char *old, const char *new, const char *want)
{
	struct front f;
	char head[64];

	front_open(&f);
	const char *diff = cfc_diff(&f.c, "x", old, strlen(old), new, strlen(new));
	snprintf(head, sizeof(head), "--- x\n+++ x (new)\n");
	if (want[0] == '\0') {
		ck_assert_str_eq(diff, "");
	} else {
		ck_assert_uint_ge(strlen(diff), strlen(head));
		ck_assert_int_eq(memcmp(diff, head, strlen(head)), 0);
		ck_assert_str_eq(diff + strlen(head), want);
	}
	front_close(&f);
}

START_TEST(diffs)
{
	check_diff("a\nb\n", "a\nb\n", "");
	check_diff("a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n");
	check_diff("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
	check_diff("a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n");
	check_diff("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
	check_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		   "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
	check_diff("a\nb\nc\n", "b\nc\nd\n", "@@ -1,3 +1,3 @@\n-a\n b\n c\n+d\n");
	/* Six kept lines between changes make one hunk, seven make two. */
	check_diff("x\n1\n2\n3\n4\n5\n6\ny\n", "X\n1\n2\n3\n4\n5\n6\nY\n",
		   "@@ -1,8 +1,8 @@\n-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n+Y\n");
	check_diff("x\n1\n2\n3\n4\n5\n6\n7\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\nY\n",
		   "@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-y\n+Y\n");
}
END_TEST

/* Apply a diff and compare; returns whether it gave the new text. */
static bool
applies(const char *old, const char *diff, const char *new)
{
	struct buf out;

	buf_init(&out, 1 << 24);
	size_t line = 1; /* of old, next to copy */
	const char *from = old;
	const char *d = strstr(diff, "@@");
	while (d != NULL && *d != '\0') {
		const char *eol = strchr(d, '\n');
		if (d[0] == '@') {
			size_t start = strtoul(d + 4, NULL, 10);
			for (; line < start; line++) {
				const char *e = strchr(from, '\n') + 1;
				buf_add(&out, from, (size_t)(e - from));
				from = e;
			}
		} else if (d[0] == '+') {
			buf_add(&out, d + 1, (size_t)(eol - d));
		} else {
			const char *e = strchr(from, '\n') + 1;
			if (d[0] == ' ')
				buf_add(&out, from, (size_t)(e - from));
			from = e;
			line++;
		}
		d = eol + 1;
	}
	buf_puts(&out, from);
	bool same = strcmp(buf_cstr(&out), new) == 0;
	buf_release(&out);
	return same;
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

START_TEST(random_diffs_apply)
{
	uint32_t state = 7;

	for (unsigned round = 0; round < 300; round++) {
		struct buf old;
		struct buf new;
		struct front f;
		buf_init(&old, 1 << 20);
		buf_init(&new, 1 << 20);
		for (unsigned i = next_random(&state) % 40 + 1; i > 0; i--) {
			unsigned word = next_random(&state) % 6;
			unsigned what = next_random(&state) % 8;
			if (what != 0)
				buf_printf(&old, "line %u\n", word);
			if (what != 1)
				buf_printf(&new, "line %u\n", what == 2 ? word + 10 : word);
		}
		front_open(&f);
		const char *diff =
			cfc_diff(&f.c, "x", buf_cstr(&old), old.len, buf_cstr(&new), new.len);
		ck_assert_msg(applies(buf_cstr(&old), diff, buf_cstr(&new)), "round %u:\n%s", round,
			      diff);
		front_close(&f);
		buf_release(&old);
		buf_release(&new);
	}
}
END_TEST

START_TEST(wholly_different_texts)
{
	struct buf old;
	struct buf new;
	struct front f;

	buf_init(&old, 1 << 20);
	buf_init(&new, 1 << 20);
	for (unsigned i = 0; i < 2000; i++) {
		buf_printf(&old, "old %u\n", i);
		buf_printf(&new, "new %u\n", i);
	}
	front_open(&f);
	const char *diff = cfc_diff(&f.c, "x", buf_cstr(&old), old.len, buf_cstr(&new), new.len);
	ck_assert_ptr_nonnull(strstr(diff, "@@ -1,2000 +1,2000 @@\n-old 0\n"));
	ck_assert(applies(buf_cstr(&old), diff, buf_cstr(&new)));
	front_close(&f);
	buf_release(&old);
	buf_release(&new);
}
END_TEST

TEST_MAIN("fmt", canonical_form, comments_stay, as_many_comments_as_one_likes,
	  broken_files_are_left_alone, formatting_needs_no_parse_before, diffs, random_diffs_apply,
	  wholly_different_texts)
