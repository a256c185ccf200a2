/*
 * The syntax tree of arbitrary text; see fuzz.h.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "compiler/tree.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/corefile.h"

#define TEXT_MAX ((size_t)1 << 20)

struct walk {
	const struct cfc_source *unit;
	size_t at; /* end of the last symbol */
	unsigned depth;
};

static void
require(const struct walk *w, bool holds, const char *what)
{
	fuzz_require(holds, what, w->unit->text, w->unit->len);
}

static void
pass(struct walk *w, struct cfc_span span)
{
	size_t offset = cfc_span_offset(span);

	require(w, offset >= w->at && offset + span.length <= w->unit->len,
		"words, comments and braces in the order of the text");
	w->at = offset + span.length;
}

/*
 * A comment behind '{' or '}' may stand beside a word that is cut by it: then it is listed late.  Where it
 * is does not matter here.
 */
static void
pass_comments(struct walk *w, const struct cfc_comment *c)
{
	for (; c != NULL; c = c->next)
		require(w,
			c->text >= w->unit->text &&
				c->text + c->len <= w->unit->text + w->unit->len,
			"a comment within the text");
}

static void
pass_words(struct walk *w, const struct cfc_node *n)
{
	for (size_t i = 0; i < n->ntokens; i++)
		pass(w, n->tokens[i].span);
	require(w, n->ntokens == 0 || n->line == n->tokens[0].span.line,
		"a line begins where its first word does");
	require(w, n->line <= n->end_line, "a line ends behind its beginning");
	require(w, n->ntokens > 0 || n->has_block || n->comment != NULL,
		"a line has words, a block or a comment");
	pass_comments(w, n->comment);
}

static void
pass_nodes(struct walk *w, const struct cfc_node *n)
{
	require(w, w->depth <= CFC_DEPTH_MAX, "blocks are not nested too deep");
	for (; n != NULL; n = n->next) {
		pass_words(w, n);
		require(w, n->has_block || n->children == NULL, "lines in a block only");
		if (!n->has_block)
			continue;
		pass(w, n->open);
		w->depth++;
		pass_nodes(w, n->children);
		w->depth--;
		pass(w, n->close);
		pass_comments(w, n->close_comment);
	}
}

static void
parse(const char *text, size_t len, bool compat)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct front f;

	front_open(&f);
	f.c.compat = compat;
	front_parse_bytes(&f, text, len);
	struct walk w = { .unit = f.unit };
	require(&w, f.good == (f.c.diags.nerrors == 0), "false exactly if an error was reported");
	require(&w, fuzz_places_are_good(&f.c), "places lie within the text");
	pass_nodes(&w, f.unit->nodes);
	require(&w, cfc_parse(&f.c, f.unit, NULL) == f.good, "the same when asked again");
	if (nowhere != NULL) {
		cfc_source_dump(f.unit, nowhere);
		fclose(nowhere);
	}
	front_close(&f);
}

void
fuzz_parser(const uint8_t *data, size_t size)
{
	if (size > TEXT_MAX)
		return;
	parse((const char *)data, size, false);
	parse((const char *)data, size, true);
}
