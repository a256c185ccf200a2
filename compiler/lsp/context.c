/*
 * context.c - from a position to what it means.
 */
#include "config.h"

#include "compiler/lsp/context.h"

#include <string.h>

#include "compiler/lsp/words.h"

static bool
is_word(const struct cfc_node *n, size_t i, const char *text)
{
	return n != NULL && n->ntokens > i && strcmp(n->tokens[i].text, text) == 0;
}

bool
lsp_is_import(const struct lsp_context *x)
{
	return is_word(x->line, 0, "import") && x->index == 1;
}

/* ---- blocks ---- */

static bool
is_inside(const struct cfc_node *n, size_t offset)
{
	if (!n->has_block || offset <= cfc_span_offset(n->open))
		return false;
	return n->close.length == 0 || offset <= cfc_span_offset(n->close);
}

static const struct cfc_node *
block_at(const struct cfc_node *nodes, size_t offset)
{
	for (; nodes != NULL; nodes = nodes->next)
		if (is_inside(nodes, offset))
			return nodes;
	return NULL;
}

/* Whether keys may follow a top-level line, rather than the directives of a block without braces. */
static bool
keys_follow(const struct cfc_node *n)
{
	if (n->ntokens == 0 || n->has_block || is_word(n, 0, "import"))
		return true;
	const struct cfc_token *last = &n->tokens[n->ntokens - 1];
	return last->len > 0 && last->text[last->len - 1] == ',';
}

/* What a top-level line at the offset is in a file that is a whole Corefile. */
static enum lsp_level
top_level(const struct cfc_node *nodes, size_t offset)
{
	for (; nodes != NULL; nodes = nodes->next) {
		if (nodes->ntokens == 0 || cfc_span_offset(nodes->tokens[0].span) >= offset)
			continue;
		const struct cfc_token *last = &nodes->tokens[nodes->ntokens - 1];
		size_t end = cfc_span_offset(last->span) + last->span.length;
		bool brace_follows =
			nodes->next != NULL && nodes->next->ntokens == 0 && nodes->next->has_block;
		if (!keys_follow(nodes) && !brace_follows && end < offset)
			return LSP_LEVEL_DIRECTIVE;
	}
	return LSP_LEVEL_KEYS;
}

/* ---- lines whose use decides what they are ---- */

static bool
is_same_place(struct cfc_span a, struct cfc_span b)
{
	return a.source == b.source && a.line == b.line && a.column == b.column;
}

static bool
holds(const struct cfc_node *nodes, struct cfc_span span)
{
	for (; nodes != NULL; nodes = nodes->next)
		if (nodes->ntokens > 0 && is_same_place(nodes->tokens[0].span, span))
			return true;
	return false;
}

/* Looks for a directive or option of the program that is one of the lines. */
static bool
used_in(const struct lsp_program *p, const struct cfc_directive *d, const struct cfc_node *lines,
	enum lsp_level *level, const struct cfc_plugin **plugin)
{
	if (holds(lines, d->name.span)) {
		*level = LSP_LEVEL_DIRECTIVE;
		return true;
	}
	for (size_t i = 0; i < d->nlines; i++) {
		if (holds(lines, d->lines[i].tokens[0].span)) {
			*level = LSP_LEVEL_OPTION;
			*plugin = cfc_plugin_find(&p->c, d->name.text, d->name.len);
			return true;
		}
	}
	return false;
}

static bool
find_use(const struct lsp_program *p, const struct cfc_node *lines, enum lsp_level *level,
	 const struct cfc_plugin **plugin)
{
	for (size_t i = 0; i < p->p.tree.nservers; i++) {
		const struct cfc_server *s = &p->p.tree.servers[i];

		if (s->nkeys > 0 && holds(lines, s->keys[0].span)) {
			*level = LSP_LEVEL_KEYS;
			return true;
		}
		for (size_t k = 0; k < s->ndirectives; k++)
			if (used_in(p, &s->directives[k], lines, level, plugin))
				return true;
	}
	return false;
}

/* ---- the way down ---- */

/* Sets level, siblings, around and plugin by following the blocks around the offset. */
static void
descend(struct lsp_context *x)
{
	const struct cfc_node *nodes = x->doc->unit->nodes;
	bool whole = x->doc->unit == x->program->p.main;

	x->level = LSP_LEVEL_KEYS;
	if (!whole)
		find_use(x->program, nodes, &x->level, &x->plugin);
	x->siblings = nodes;
	for (const struct cfc_node *n; (n = block_at(x->siblings, x->offset)) != NULL;) {
		enum lsp_level level = x->level;
		size_t len;

		if (level == LSP_LEVEL_KEYS && n->ntokens > 0 && x->around == NULL && whole)
			level = top_level(nodes, cfc_span_offset(n->tokens[0].span));
		if (level == LSP_LEVEL_DIRECTIVE && n->ntokens > 0)
			x->plugin = cfc_plugin_find(&x->program->c, n->tokens[0].text,
						    n->tokens[0].len);
		x->level = level < LSP_LEVEL_DEEPER ? level + 1 : level;
		if (level == LSP_LEVEL_KEYS && lsp_snippet_name(n, &len) != NULL)
			find_use(x->program, n->children, &x->level, &x->plugin);
		x->around = n;
		x->siblings = n->children;
	}
	if (x->level == LSP_LEVEL_KEYS && x->around == NULL && whole)
		x->level = top_level(nodes, x->offset);
}

/* ---- the line and its words ---- */

static bool
is_on_line(const struct cfc_source *unit, struct cfc_span span, size_t offset)
{
	size_t from = cfc_span_offset(span);
	size_t to = from + span.length;
	struct cfc_span at = cfc_source_span(unit, offset, 0);

	return (from <= offset && offset <= to) || at.line == span.line;
}

static const struct cfc_node *
line_at(const struct lsp_context *x)
{
	for (const struct cfc_node *n = x->siblings; n != NULL; n = n->next)
		for (size_t i = 0; i < n->ntokens; i++)
			if (is_on_line(x->doc->unit, n->tokens[i].span, x->offset))
				return n;
	return NULL;
}

static void
find_word(struct lsp_context *x)
{
	x->line = line_at(x);
	for (size_t i = 0; x->line != NULL && i < x->line->ntokens; i++) {
		const struct cfc_token *t = &x->line->tokens[i];
		size_t from = cfc_span_offset(t->span);

		if (from > x->offset)
			break;
		if (x->offset <= from + t->span.length) {
			x->word = t;
			return;
		}
		x->index = i + 1;
	}
}

/* A comment goes on to the end of its line, blanks included. */
static bool
comment_holds(const struct cfc_comment *c, size_t offset)
{
	for (; c != NULL; c = c->next)
		if (offset > cfc_span_offset(c->span) &&
		    cfc_source_span(c->span.source, offset, 0).line == c->span.line)
			return true;
	return false;
}

static bool
is_comment(const struct cfc_node *n, size_t offset)
{
	for (; n != NULL; n = n->next)
		if (comment_holds(n->comment, offset) || comment_holds(n->close_comment, offset) ||
		    is_comment(n->children, offset))
			return true;
	return false;
}

static const struct cfc_option *
option_named(const struct cfc_plugin *p, const char *name)
{
	for (unsigned i = 0; i < p->noptions; i++)
		if (strcmp(p->options[i].name, name) == 0)
			return &p->options[i];
	return NULL;
}

/* The plugin and the row of its table that the line is about. */
static void
find_row(struct lsp_context *x)
{
	if (x->line == NULL || x->line->ntokens == 0)
		return;
	const struct cfc_token *first = &x->line->tokens[0];
	if (x->level == LSP_LEVEL_DIRECTIVE) {
		x->plugin = cfc_plugin_find(&x->program->c, first->text, first->len);
		x->option = x->plugin != NULL ? &x->plugin->directive : NULL;
	} else if (x->level == LSP_LEVEL_OPTION && x->plugin != NULL) {
		x->option = option_named(x->plugin, first->text);
	}
}

bool
lsp_context_of(struct lsp *l, json_t *params, struct lsp_context *out)
{
	memset(out, 0, sizeof(*out));
	out->doc = lsp_doc_of(l, params);
	if (out->doc == NULL ||
	    !lsp_offset_of(l, &out->doc->text, json_object_get(params, "position"), &out->offset))
		return false;
	lsp_views_update(l);
	out->program = out->doc->program;
	bool other = !lsp_is_corefile(out->doc);
	out->in_comment = other || is_comment(out->doc->unit->nodes, out->offset);
	if (other)
		return true;
	descend(out);
	find_word(out);
	find_row(out);
	return true;
}
