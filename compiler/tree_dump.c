/*
 * Trees as text, for --dump-ast and golden tests.
 *
 * One node a line, indented by depth; words in quotes with C escapes, their place, and letters for
 * what is special: q quoted, e with an environment value, u with an unset one, i imported (and from
 * where).
 */
#include "config.h"

#include "compiler/tree.h"

#include <inttypes.h>

#include "compiler/embed.h"

static void
put_indent(unsigned depth, FILE *out)
{
	for (unsigned i = 0; i < depth; i++)
		fputs("  ", out);
}

static void
put_quoted(const char *s, size_t len, FILE *out)
{
	putc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)s[i];
		if (ch == '"' || ch == '\\')
			fprintf(out, "\\%c", ch);
		else if (ch == '\n')
			fputs("\\n", out);
		else if (ch == '\t')
			fputs("\\t", out);
		else if (ch < 0x20 || ch >= 0x7f)
			fprintf(out, "\\x%02x", ch);
		else
			putc(ch, out);
	}
	putc('"', out);
}

static void
put_token(const struct cfc_token *t, FILE *out)
{
	struct cfc_span at = cfc_span_shown(t->span);

	putc(' ', out);
	put_quoted(t->text, t->len, out);
	fprintf(out, "@%" PRIu32 ":%" PRIu32, at.line, at.column);
	if (t->quoted)
		putc('q', out);
	if (t->env)
		putc(t->env_unset ? 'u' : 'e', out);
}

static void
put_tokens(const struct cfc_token *tokens, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++)
		put_token(&tokens[i], out);
}

static void
put_block(struct cfc_span open, struct cfc_span close, FILE *out)
{
	open = cfc_span_shown(open);
	close = cfc_span_shown(close);
	fprintf(out, " block %" PRIu32 ":%" PRIu32 "-%" PRIu32 ":%" PRIu32, open.line, open.column,
		close.line, close.column);
}

static void
put_origin(const struct cfc_origin *origin, FILE *out)
{
	for (const struct cfc_origin *o = origin; o != NULL; o = o->at.origin) {
		struct cfc_span at = cfc_span_shown(o->at);

		fprintf(out, " via %s%s@%" PRIu32 ":%" PRIu32,
			o->snippet ? "snippet:" : "file:", o->name, at.line, at.column);
	}
}

static void
put_comments(const char *label, const struct cfc_comment *comment, FILE *out)
{
	for (; comment != NULL; comment = comment->next) {
		fprintf(out, " %s ", label);
		put_quoted(comment->text, comment->len, out);
	}
}

static void
dump_nodes(const struct cfc_node *nodes, unsigned depth, FILE *out)
{
	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		put_indent(depth, out);
		if (n->ntokens > 0)
			fputs("line", out);
		else
			fputs(n->has_block ? "brace" : "comment", out);
		put_tokens(n->tokens, n->ntokens, out);
		if (n->has_block)
			put_block(n->open, n->close, out);
		if (n->blank_before)
			fputs(" blank", out);
		if (n->after_brace)
			fputs(" after-brace", out);
		put_comments("#", n->comment, out);
		put_comments("}#", n->close_comment, out);
		putc('\n', out);
		dump_nodes(n->children, depth + 1, out);
	}
}

void
cfc_source_dump(const struct cfc_source *unit, FILE *out)
{
	fprintf(out, "unit %s\n", unit->path);
	dump_nodes(unit->nodes, 1, out);
}

static void
dump_lines(const struct cfc_line *lines, size_t n, unsigned depth, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct cfc_line *l = &lines[i];
		put_indent(depth, out);
		fputs("line", out);
		put_tokens(l->tokens, l->ntokens, out);
		if (l->has_block)
			put_block(l->open, l->close, out);
		put_origin(l->tokens[0].span.origin, out);
		putc('\n', out);
		dump_lines(l->lines, l->nlines, depth + 1, out);
	}
}

void
cfc_tree_dump(const struct cfc_tree *tree, FILE *out)
{
	fprintf(out, "tree%s\n", tree->builtin ? " builtin" : "");
	for (size_t i = 0; i < tree->nservers; i++) {
		const struct cfc_server *s = &tree->servers[i];
		fputs("  server", out);
		put_tokens(s->keys, s->nkeys, out);
		if (s->has_block)
			put_block(s->open, s->close, out);
		put_origin(s->keys[0].span.origin, out);
		putc('\n', out);
		for (size_t j = 0; j < s->ndirectives; j++) {
			const struct cfc_directive *d = &s->directives[j];
			fputs("    directive", out);
			put_token(&d->name, out);
			put_tokens(d->args, d->nargs, out);
			if (d->has_block)
				put_block(d->open, d->close, out);
			put_origin(d->name.span.origin, out);
			putc('\n', out);
			dump_lines(d->lines, d->nlines, 3, out);
		}
	}
}
