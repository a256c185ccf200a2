/*
 * From syntax trees to the effective tree: keys, directives, snippets, imports, environment.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/syntax/import.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

struct row {
	const char *text;
	const char *tree; /* as front_tree shows it */
	const char *ids;  /* as front_ids shows them */
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct front f;
		front_open(&f);
		front_expand(&f, rows[i].text);
		ck_assert_msg(strcmp(front_tree(&f), rows[i].tree) == 0,
			      "%s\n is    '%s'\n want  '%s'\n%s", rows[i].text, front_tree(&f),
			      rows[i].tree, front_diags(&f));
		ck_assert_msg(strcmp(front_ids(&f), rows[i].ids) == 0,
			      "%s\n reports '%s', not '%s'", rows[i].text, front_ids(&f),
			      rows[i].ids);
		ck_assert_int_eq(f.good, f.c.diags.nerrors == 0);
		front_close(&f);
	}
}

START_TEST(server_blocks)
{
	static const struct row rows[] = {
		{ ". {\n}\n", "[.]{}", "" },
		{ ".", "[.]{}", "" },
		{ "a b:53 {\n c\n}", "[a|b:53]{c}", "" },
		{ "a, b {\n}", "[a|b]{}", "" },
		{ "a,\nb,\n\n# x\nc {\n}", "[a|b|c]{}", "" },
		{ "a,\nb\nwhoami", "[a|b]{whoami}", "" },
		{ "a\nwhoami\nlog . {\n class error\n}", "[a]{whoami;log|.{class|error}}", "" },
		{ "a\n{\n b\n}\nc {\n}", "[a]{b}[c]{}", "" },
		{ "a {\n b\n} c {\n d\n}", "[a]{b}[c]{d}", "" },
		{ "a {\n b\n}\nc\nd e\n", "[a]{b}[c]{d|e}", "" },
		{ "a \"\" {\n}", "[a]{}", "" },
		{ "a { b\n}", "[a]{b}", "" },
		{ "a {\n b {\n  c d {\n   e\n  }\n }\n}", "[a]{b{c|d{e}}}", "" },
		{ "a,b {\n}", "[a,b]{}", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(broken_server_blocks)
{
	static const struct row rows[] = {
		{ "a, {\n b\n}", "[a]{b}", "CF1010" },
		{ "a,\n{\n b\n}", "[a]{b}", "CF1010" },
		{ "a,", "[a]{}", "CF1010" },
		{ "a , b {\n}", "[a|b]{}", "CF1010" },
		{ "{\n a\n}\nb {\n}", "[b]{}", "CF1010" },
		{ "\"\" {\n a\n}", "", "CF1010" },
		{ "a\nb\n{\n c\n}", "[a]{b}", "CF1010" },
		{ "a\nb {\n} c", "[a]{b{};c}", "CF1010" },
		{ "a {\n \"\" x\n}", "[a]{}", "CF1010" },
		{ "\"a\tb\" {\n}", "[a\tb]{}", "w:CF1008" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(builtin_default)
{
	static const struct row rows[] = {
		{ "", "[.:53]{whoami;log}", "w:CF1011" },
		{ "# nothing\n", "[.:53]{whoami;log}", "w:CF1011" },
		{ "(a) {\n b\n}", "[.:53]{whoami;log}", "i:CF1011" },
	};
	struct front f;

	check_rows(rows, ARRAY_SIZE(rows));
	front_open(&f);
	f.c.dns_port = 1053;
	f.unit = cfc_source_builtin(&f.c);
	ck_assert(cfc_expand(&f.c, f.unit, &f.tree));
	ck_assert_str_eq(front_tree(&f), "[.:1053]{whoami;log}");
	ck_assert_str_eq(front_ids(&f), "");
	front_close(&f);
}
END_TEST

START_TEST(snippets)
{
	static const struct row rows[] = {
		{ "(s) {\n a\n b c\n}\n. {\n import s\n}", "[.]{a;b|c}", "" },
		{ "(s)\n{\n a\n}\n. {\n import s\n}", "[.]{a}", "" },
		{ "(s) {\n}\n. {\n import s\n x\n}", "[.]{x}", "" },
		{ "(s) {\n a\n}\n. {\n import s\n import s\n}", "[.]{a;a}", "" },
		{ "(s) {\n a b\n}\n. {\n x {\n import s\n c\n }\n}", "[.]{x{a|b;c}}", "" },
		{ "(s) {\n x. {\n a\n }\n}\nimport s\n", "[x.]{a}", "" },
		{ "(s) {\n a\n}\n(t) {\n import s\n b\n}\n.\nimport t\nc", "[.]{a;b;c}", "" },
		{ "({$ZONE}) {\n a\n}\n. {\n import {$ZONE}\n}", "[.]{a}", "" },
		/* A list of keys goes on behind an import. */
		{ "(k) {\n b\n c\n}\na,\nimport k\n{\n x\n}", "[a|b]{c}", "CF1010" },
		{ "(k) {\n b c\n}\na,\nimport k\n{\n x\n}", "[a|b|c]{x}", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(broken_snippets)
{
	static const struct row rows[] = {
		{ "(s) {\n a\n}\n. {\n}", "[.]{}", "w:CF1007" },
		{ "() {\n a\n}\n. {\n}", "[.]{}", "CF1007" },
		{ "(s)\n. {\n}", "[.]{}", "CF1007" },
		{ "(s) {\n a\n}\n(s) {\n b\n}\n. {\n import s\n}", "[.]{a}", "CF1007" },
		{ "(s) {\n import s\n}\n. {\n}", "[.]{}", "CF1007" },
		{ "(s) {\n import s\n a\n}\n. {\n import s\n}", "[.]{a}", "CF1007" },
		{ "(s) {\n x {\n import s\n }\n}\n. {\n}", "[.]{}", "CF1007" },
		{ "(s) {\n import t\n}\n(t) {\n import s\n}\n. {\n import t\n}", "[.]{}",
		  "CF1007" },
		{ ". {\n import s\n}\n(s) {\n a\n}", "[.]{}", "CF1007" },
		{ "(s) x {\n a\n}", "[(s)|x]{a}", "CF1007" },
		{ ". {\n (s) {\n }\n}", "[.]{}", "CF1007" },
		{ ".\n(s) {\n a\n}\nb", "[.]{b}", "CF1007" },
		{ ". {\n import\n}", "[.]{}", "CF1007" },
		{ ". {\n import a b\n}", "[.]{}", "CF1007" },
		{ "(a) {\n}\n. {\n import a {\n }\n}", "[.]{}", "CF1007" },
		{ ". {\n import \"\"\n}", "[.]{}", "CF1007" },
		{ ". {\n import {$NO}\n}", "[.]{}", "CF1006" },
		{ ". {\n import nosuchfile\n}", "[.]{}", "CF1007" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(environment)
{
	static const struct row rows[] = {
		{ "{$ZONE} {\n a {%ZONE%}\n}", "[example.org]{a|example.org}", "" },
		{ "x.{$ZONE}:53 {\n a\n}", "[x.example.org:53]{a}", "" },
		{ ". {\n forward . {$UP}\n}", "[.]{forward|.|10.0.0.1 10.0.0.2}", "" },
		{ ". {\n a \"{$ZONE}x{$ZONE}\"\n}", "[.]{a|example.orgxexample.org}", "" },
		{ ". {\n {$ZONE} b\n}", "[.]{example.org|b}", "" },
		{ ". {\n a {\n  {$ZONE} c\n }\n}", "[.]{a{example.org|c}}", "" },
		{ ". {\n a {$VIA}\n}", "[.]{a|example.org}", "" },
		{ "{$COMMA}\nb {\n}", "[a.org|b]{}", "" },
		{ ". {\n a {$EMPTY} b\n}", "[.]{a||b}", "" },
		{ ". {\n a {$} {%%} {$ {%x\n}", "[.]{a|{$}|{%%}|{$|{%x}", "" },
		{ ". {\n a {$NO} b\n}", "[.]{a||b}", "w:CF1006" },
		{ ". {\n a {$NO}\n}", "[.]{a|}", "CF1006" },
		{ ". {\n a {$NO} {%NO%}\n}", "[.]{a||}", "CF1006 w:CF1006" },
		{ ". {\n a {\n  b {$NO}\n }\n}", "[.]{a{b|}}", "CF1006" },
		{ ". {\n {$NO}\n}", "[.]{}", "CF1006" },
		{ "{$NO} {\n a\n}", "", "CF1006" },
		{ "{$NO} b {\n a\n}", "[b]{a}", "w:CF1006" },
		{ ". {\n a {$NO:x} y\n}", "[.]{a||y}", "w:CF1006" },
		{ ". {\n a {$SELF}\n}", "[.]{a|}", "CF1006" },
		{ ". {\n a \"{{$ZONE}}\"\n}", "[.]{a|{example.org}}", "w:CF1009" },
		{ ". {\n a \"{{$v}}\" b\n}", "[.]{a|{}|b}", "w:CF1009" },
		{ ". {\n a \"{{ $v }}\"\n}", "[.]{a|{{ $v }}}", "" },
	};

	check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(tokens_know_where_they_come_from)
{
	struct front f;

	front_open(&f);
	front_expand(&f, "(s) {\n a\n}\n(t) {\n import s\n}\n. {\n b\n import t\n}");
	const struct cfc_server *s = &f.tree.servers[0];
	ck_assert_uint_eq(s->ndirectives, 2);
	ck_assert_ptr_null(s->directives[0].name.span.origin);
	const struct cfc_origin *inner = s->directives[1].name.span.origin;
	ck_assert_ptr_nonnull(inner);
	ck_assert_str_eq(inner->name, "s");
	ck_assert(inner->snippet);
	ck_assert_uint_eq(inner->depth, 2);
	ck_assert_uint_eq(inner->at.line, 5);
	const struct cfc_origin *outer = inner->at.origin;
	ck_assert_str_eq(outer->name, "t");
	ck_assert_uint_eq(outer->at.line, 9);
	ck_assert_ptr_null(outer->at.origin);
	front_close(&f);
}
END_TEST

START_TEST(snippet_uses_are_limited)
{
	struct front f;
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_puts(&b, "(s) {\n a\n}\n(t) {\n");
	for (unsigned i = 0; i < 100; i++)
		buf_puts(&b, "import s\n");
	buf_puts(&b, "}\n. {\n");
	for (unsigned i = 0; i < 100; i++)
		buf_puts(&b, "import t\n");
	buf_puts(&b, "}\n");
	front_open(&f);
	front_expand(&f, buf_cstr(&b));
	ck_assert_str_eq(front_ids(&f), "CF1007");
	ck_assert_ptr_nonnull(strstr(front_diags(&f), "more than 10000 imports of snippets"));
	front_close(&f);
	buf_release(&b);
}
END_TEST

START_TEST(nesting_through_snippets_is_limited)
{
	struct front f;
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_puts(&b, "(s0) {\n a\n}\n");
	for (unsigned i = 1; i < 150; i++)
		buf_printf(&b, "(s%u) {\n x {\n  import s%u\n }\n}\n", i, i - 1);
	buf_puts(&b, ". {\n import s149\n}\n");
	front_open(&f);
	front_expand(&f, buf_cstr(&b));
	ck_assert_str_eq(front_ids(&f), "CF1010");
	front_close(&f);
	buf_reset(&b);

	buf_puts(&b, "(s0) {\n a\n}\n");
	for (unsigned i = 1; i < 300; i++)
		buf_printf(&b, "(s%u) {\n import s%u\n}\n", i, i - 1);
	buf_puts(&b, ". {\n import s299\n}\n");
	front_open(&f);
	front_expand(&f, buf_cstr(&b));
	ck_assert_str_eq(front_ids(&f), "CF1007");
	front_close(&f);
	buf_release(&b);
}
END_TEST

/* ---- files ---- */

static char folder[] = "/tmp/corefile-expand-XXXXXX";

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void
remove_folder(void)
{
	char command[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
check_file(const char *text, const char *tree, const char *ids)
{
	struct front f;

	write_file("Corefile", text);
	front_open(&f);
	front_expand_file(&f, "Corefile");
	ck_assert_msg(strcmp(front_tree(&f), tree) == 0, "%s\n is    '%s'\n want  '%s'\n%s", text,
		      front_tree(&f), tree, front_diags(&f));
	ck_assert_msg(strcmp(front_ids(&f), ids) == 0, "%s\n reports '%s', not '%s'\n%s", text,
		      front_ids(&f), ids, front_diags(&f));
	front_close(&f);
}

START_TEST(imports_files)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	write_file("one", "a\nb c # x\n");
	write_file("blocks", "x {\n a\n}\n(s) {\n z\n}\n");
	write_file("d/10.conf", "ten\nimport ../one");
	write_file("d/9.conf", "nine\n");
	write_file("d/.h.conf", "hidden\n");
	write_file("d/other", "other\n");
	write_file("nobraces", "y\nq\n");

	check_file(". {\n import one\n}", "[.]{a;b|c}", "");
	check_file(". {\n x {\n  import ./one\n }\n}", "[.]{x{a;b|c}}", "");
	check_file("import blocks\n. {\n import s\n}", "[x]{a}[.]{z}", "");
	check_file(". {\n import d/*.conf\n}", "[.]{hidden;ten;a;b|c;nine}", "");
	check_file(". {\n import d/?.conf\n}", "[.]{nine}", "");
	check_file(". {\n import d/?0.*\n}", "[.]{ten;a;b|c}", "");
	check_file(". {\n import */other\n}", "[.]{other}", "");
	check_file(".\nimport one\nq", "[.]{a;b|c;q}", "");
	check_file("import nobraces\nw", "[y]{q;w}", "");
	check_file(". {\n import d/*.no\n a\n}", "[.]{a}", "w:CF1007");
	check_file(". {\n import one\n import one\n}", "[.]{a;b|c;a;b|c}", "");
	check_file("(one) {\n z\n}\n. {\n import one\n}", "[.]{z}", "w:CF1007");
}
END_TEST

START_TEST(broken_imports)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	write_file("self", "a\nimport self\n");
	write_file("ping", "import pong\n");
	write_file("pong", "import d/../ping\n");
	write_file("open", "a {\n b\n");
	write_file("close", "}\n");
	write_file("d/one", "a\n");

	check_file(". {\n import no\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import d\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import [d]\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import */*\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import ???\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import self\n b\n}", "[.]{a;b}", "CF1007");
	check_file(". {\n import ping\n b\n}", "[.]{b}", "CF1007");
	check_file("import Corefile\n. {\n b\n}", "[.]{b}", "CF1007");
	check_file(". {\n import open\n import close\n b\n}", "[.]{a{b};b}", "CF1002 CF1002");
	check_file(". {\n import *\n}", "[.]{a{b};a}",
		   "CF1007 CF1007 CF1002 CF1002 CF1007 CF1007 CF1007");
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	check_file(". {\n import dangling\n b\n}", "[.]{b}", "CF1007");
}
END_TEST

START_TEST(many_matches_are_refused)
{
	char name[32];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	for (unsigned i = 0; i <= CFC_MATCHES_MAX; i++) {
		snprintf(name, sizeof(name), "d/%05u", i);
		ck_assert_int_eq(symlink("nowhere", name), 0);
	}
	check_file(". {\n import d/*\n b\n}", "[.]{b}", "CF1007");
}
END_TEST

START_TEST(globs_match_names)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} rows[] = {
		{ "*", "abc", true },       { "a*c", "abc", true },      { "a*c", "ac", true },
		{ "a*c", "abcd", false },   { "*.conf", ".conf", true }, { "?", "a", true },
		{ "?", "", false },         { "?", "\xc3\xa4", true },   { "?", "ab", false },
		{ "a?c*", "abcxyz", true }, { "*ab", "aab", true },      { "a\\*", "a\\b", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(cfc_glob_match(rows[i].pattern, rows[i].name) == rows[i].match,
			      "'%s' on '%s'", rows[i].pattern, rows[i].name);
}
END_TEST

static TCase *
text_case(void)
{
	TCase *t = tcase_create("text");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, server_blocks);
	tcase_add_test(t, broken_server_blocks);
	tcase_add_test(t, builtin_default);
	tcase_add_test(t, snippets);
	tcase_add_test(t, broken_snippets);
	tcase_add_test(t, environment);
	tcase_add_test(t, tokens_know_where_they_come_from);
	tcase_add_test(t, snippet_uses_are_limited);
	tcase_add_test(t, nesting_through_snippets_is_limited);
	tcase_add_test(t, globs_match_names);
	return t;
}

static TCase *
file_case(void)
{
	TCase *t = tcase_create("files");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, imports_files);
	tcase_add_test(t, broken_imports);
	tcase_add_test(t, many_matches_are_refused);
	return t;
}

TEST_MAIN_CASES("expand", text_case, file_case)
