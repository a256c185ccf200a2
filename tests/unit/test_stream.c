/*
 * The stream of words (compiler/syntax/stream.h) against the syntax tree: where a Corefile is sound,
 * both make the same of it, so that --compat differs only where CoreDNS does.
 *
 * The generator is seeded: STREAM_SEED=N runs the one text that failed, and prints it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/plugins.h"
#include "compiler/syntax/expand.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile_gen.h"

#define ROUNDS 2000
#define SLICES 4

/* One text, read both ways. */
struct reading {
	struct cfc c;
	struct cfc_tree tree;
	bool good;
};

static void
read_as(struct reading *r, const char *text, size_t len, bool compat)
{
	cfc_init(&r->c);
	cfc_plugins_init(&r->c);
	r->c.compat = compat;
	struct cfc_source *unit = cfc_source_text(&r->c, "Corefile", text, len);
	ck_assert_ptr_nonnull(unit);
	r->good = cfc_expand(&r->c, unit, &r->tree);
	if (compat && !r->good)
		cfc_diags_print(&r->c, stderr);
}

static void
same_tokens(const struct cfc_token *a, size_t na, const struct cfc_token *b, size_t nb)
{
	ck_assert_msg(na == nb, "%zu words, %zu of a stream, at %s:\n%s", na, nb, a[0].text,
		      a[0].span.source->text);
	for (size_t i = 0; i < na; i++) {
		ck_assert_str_eq(a[i].text, b[i].text);
		ck_assert_uint_eq(a[i].span.line, b[i].span.line);
		ck_assert_uint_eq(a[i].span.column, b[i].span.column);
		ck_assert_uint_eq(a[i].quoted, b[i].quoted);
	}
}

static void
same_directive(const struct cfc_directive *a, const struct cfc_directive *b)
{
	ck_assert_uint_eq(a->name.span.line, b->name.span.line);
	same_tokens(a->args, a->nargs, b->args, b->nargs);
	ck_assert_uint_eq(a->has_block, b->has_block);
	ck_assert_uint_eq(a->nlines, b->nlines);
	for (size_t i = 0; i < a->nlines; i++)
		same_tokens(a->lines[i].tokens, a->lines[i].ntokens, b->lines[i].tokens,
			    b->lines[i].ntokens);
}

/* The stream has the directives of one name together. */
static void
same_server(const struct cfc_server *a, const struct cfc_server *b)
{
	same_tokens(a->keys, a->nkeys, b->keys, b->nkeys);
	ck_assert_msg(a->ndirectives == b->ndirectives, "%zu directives, %zu of a stream:\n%s",
		      a->ndirectives, b->ndirectives, a->keys[0].span.source->text);
	for (size_t i = 0; i < a->ndirectives; i++) {
		const char *name = a->directives[i].name.text;
		size_t before = 0, at = 0;

		for (size_t j = 0; j < i; j++)
			before += strcmp(a->directives[j].name.text, name) == 0;
		while (at < b->ndirectives &&
		       (strcmp(b->directives[at].name.text, name) != 0 || before-- > 0))
			at++;
		ck_assert_uint_lt(at, b->ndirectives);
		same_directive(&a->directives[i], &b->directives[at]);
	}
}

/* Quoted braces, also in snippets that nobody imports: they are braces all the same to CoreDNS. */
static bool
has_quoted_brace(const char *text)
{
	return strstr(text, "\"{\"") != NULL || strstr(text, "\"}\"") != NULL;
}

/* A block within the block of a directive: CoreDNS knows no such thing. */
static bool
is_nested(const struct cfc_directive *d)
{
	bool found = false;

	for (size_t i = 0; i < d->nlines; i++)
		found = found || d->lines[i].has_block;
	return found;
}

/*
 * A snippet that is imported twice into one server block: its lines come again with the same numbers, so
 * to CoreDNS what they say a second time stands on the line where they said it first.
 */
static bool
is_repeated(const struct cfc_server *server, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (server->directives[i].name.raw == server->directives[n].name.raw)
			return true;
	}
	return false;
}

static bool
is_plain(const struct cfc_tree *tree)
{
	for (size_t i = 0; i < tree->nservers; i++) {
		const struct cfc_server *server = &tree->servers[i];

		for (size_t j = 0; j < server->ndirectives; j++) {
			if (is_nested(&server->directives[j]) || is_repeated(server, j))
				return false;
		}
	}
	return !tree->builtin;
}

/* Whether there was something to compare. */
static bool
compare(const char *text, size_t len)
{
	struct reading lines, words;

	read_as(&lines, text, len, false);
	bool sound = lines.good && is_plain(&lines.tree) && !has_quoted_brace(text);
	if (sound) {
		read_as(&words, text, len, true);
		ck_assert_msg(words.good, "refused:\n%s", text);
		ck_assert_uint_eq(words.tree.nservers, lines.tree.nservers);
		for (size_t i = 0; i < lines.tree.nservers; i++)
			same_server(&lines.tree.servers[i], &words.tree.servers[i]);
		cfc_release(&words.c);
	}
	cfc_release(&lines.c);
	return sound;
}

START_TEST(generated)
{
	const char *only = getenv("STREAM_SEED");
	unsigned first = (unsigned)_i * (ROUNDS / SLICES), compared = 0;
	struct cfc c;

	cfc_init(&c);
	cfc_plugins_init(&c);
	for (unsigned seed = first; seed < first + ROUNDS / SLICES; seed++) {
		struct buf text;
		if (only != NULL && strtoul(only, NULL, 10) != seed)
			continue;
		buf_init(&text, 1 << 20);
		corefile_gen(&c, seed, &text);
		if (only != NULL)
			fprintf(stderr, "%s\n----\n", buf_cstr(&text));
		compared += compare(buf_cstr(&text), text.len);
		buf_release(&text);
	}
	/* Most of them must get that far, or the test says nothing. */
	ck_assert_uint_ge(compared, only != NULL ? 0 : ROUNDS / SLICES / 2);
	cfc_release(&c);
}
END_TEST

START_TEST(words_are_those_of_coredns)
{
	static const char *const texts[] = {
		"a.test, b.test {\n  log . \"{common} \\\"x\\\"\" \\d\\\\ # {\n  errors\n}\n",
		"(s) {\n  class denial # x\n}\na.test {\n  log {\n    import s\n  }\n}\n",
		"\xef\xbb\xbf. {\r\n  chaos \"a\r\nb\" c\r\n  whoami\r\n}\r\n",
		".\n\n# c\nwhoami\nlog a#b c\n",
		"a.test {\n}\n(t) {\n  whoami\n}\nb.test {\n  import t\n}\n",
	};

	ck_assert(compare(texts[_i], strlen(texts[_i])));
}
END_TEST

static TCase *
stream_case(void)
{
	TCase *t = tcase_create("stream");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, generated, 0, SLICES);
	tcase_add_loop_test(t, words_are_those_of_coredns, 0, 5);
	return t;
}

TEST_MAIN_CASES("stream", stream_case)
