/*
 * The canonical form of a unit, printed from its syntax tree.
 */
#include "config.h"

#include "compiler/syntax/fmt.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compiler/tree.h"

static const char bom[] = "\xef\xbb\xbf";

/* ---- keys with their '{' on the next line ---- */

/*
 * Whether a line leaves the unit in the place of server block keys: after a block, an import or a
 * comma. After any other line a block without braces goes on to the end.
 */
static bool
keys_follow(const struct cfc_node *n)
{
	if (n->ntokens == 0 || n->has_block)
		return true;
	const struct cfc_token *last = &n->tokens[n->ntokens - 1];
	return strcmp(n->tokens[0].text, "import") == 0 ||
	       (last->len > 0 && last->text[last->len - 1] == ',');
}

static bool
is_brace(const struct cfc_node *n)
{
	return n != NULL && n->ntokens == 0 && n->has_block;
}

/* A key may stand on as many lines as it likes, with a comment on each. */
static struct cfc_comment *
join_comments(struct cfc *c, const struct cfc_comment *first, struct cfc_comment *second)
{
	struct cfc_comment *all = NULL;
	struct cfc_comment **end = &all;

	for (; first != NULL; first = first->next) {
		*end = arena_memdup(c->arena, first, sizeof(*first));
		end = &(*end)->next;
	}
	*end = second;
	return all;
}

/*
 * A copy of the top-level lines in which keys and the '{' on the line after them are one line. Only
 * where keys stand: elsewhere such a '{' is a mistake that must stay one.
 */
static const struct cfc_node *
join_braces(struct cfc *c, const struct cfc_node *nodes)
{
	struct cfc_node *first = NULL;
	struct cfc_node **end = &first;
	bool at_keys = true;

	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		struct cfc_node *copy = arena_memdup(c->arena, n, sizeof(*n));
		if (at_keys && !keys_follow(n) && is_brace(n->next)) {
			const struct cfc_node *brace = n->next;
			copy->has_block = true;
			copy->children = brace->children;
			copy->open = brace->open;
			copy->close = brace->close;
			copy->close_comment = brace->close_comment;
			copy->comment = join_comments(c, n->comment, brace->comment);
			n = brace;
		}
		at_keys = at_keys && keys_follow(copy);
		copy->next = NULL;
		*end = copy;
		end = &copy->next;
	}
	return first;
}

/*
 * Words after a '}' on its line begin a server block, or are a mistake that a line of their own
 * would turn into a directive.
 */
static bool
check_after_brace(struct cfc *c, const struct cfc_node *nodes)
{
	bool at_keys = true;
	bool good = true;

	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		if (!at_keys && n->after_brace && n->ntokens > 0) {
			cfc_error(c, n->tokens[0].span, "CF1010",
				  "'%s' must begin a line of its own, after the '}'",
				  n->tokens[0].text);
			good = false;
		}
		at_keys = at_keys && keys_follow(n);
	}
	return good;
}

/* ---- printing ---- */

struct printer {
	struct buf *out;
	const char *indent; /* of one level */
};

static void
put_indent(const struct printer *p, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_puts(p->out, p->indent);
}

/*
 * Whether a quoted word means the same without its quotes, to every reader: printable ASCII only,
 * and none of the characters that a Corefile gives a meaning to.  CoreDNS undoes no escape but
 * that of a quote, so a word with backslashes and without quotes stands for itself.
 */
static bool
needs_no_quotes(const struct cfc_token *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->text[i] <= ' ' || t->text[i] > '~' || strchr("\"#{}'`,", t->text[i]) != NULL)
			return false;
	return t->len > 0;
}

/* As written, but for quotes without need; carriage returns in unquoted words are nothing. */
static void
put_word(struct buf *b, const struct cfc_token *t)
{
	if (t->quoted && needs_no_quotes(t)) {
		buf_add(b, t->text, t->len);
		return;
	}
	if (t->quoted || memchr(t->raw, '\r', t->rawlen) == NULL) {
		buf_add(b, t->raw, t->rawlen);
		return;
	}
	for (size_t i = 0; i < t->rawlen; i++)
		if (t->raw[i] != '\r')
			buf_putc(b, t->raw[i]);
}

static void
put_comment(struct buf *b, const struct cfc_comment *comment, bool after_text)
{
	for (; comment != NULL; comment = comment->next) {
		if (after_text)
			buf_putc(b, ' ');
		buf_add(b, comment->text, comment->len);
		after_text = true;
	}
}

static bool
wants_blank(const struct cfc_node *prev, const struct cfc_node *n, unsigned depth)
{
	if (prev == NULL)
		return false;
	return n->blank_before || (depth == 0 && prev->has_block);
}

static void
put_nodes(const struct printer *p, const struct cfc_node *nodes, unsigned depth)
{
	const struct cfc_node *prev = NULL;
	struct buf *b = p->out;

	for (const struct cfc_node *n = nodes; n != NULL; prev = n, n = n->next) {
		if (wants_blank(prev, n, depth))
			buf_putc(b, '\n');
		put_indent(p, depth);
		for (size_t i = 0; i < n->ntokens; i++) {
			if (i > 0)
				buf_putc(b, ' ');
			put_word(b, &n->tokens[i]);
		}
		if (n->has_block)
			buf_puts(b, n->ntokens > 0 ? " {" : "{");
		put_comment(b, n->comment, n->ntokens > 0 || n->has_block);
		buf_putc(b, '\n');
		if (!n->has_block)
			continue;
		put_nodes(p, n->children, depth + 1);
		put_indent(p, depth);
		buf_putc(b, '}');
		put_comment(b, n->close_comment, true);
		buf_putc(b, '\n');
	}
}

/* ---- the same meaning ---- */

static const struct cfc_node *
skip_comments(const struct cfc_node *n)
{
	while (n != NULL && n->ntokens == 0 && !n->has_block)
		n = n->next;
	return n;
}

static bool
same_words(const struct cfc_node *a, const struct cfc_node *b)
{
	if (a->ntokens != b->ntokens || a->has_block != b->has_block)
		return false;
	for (size_t i = 0; i < a->ntokens; i++) {
		const struct cfc_token *x = &a->tokens[i];
		const struct cfc_token *y = &b->tokens[i];
		if (x->len != y->len || memcmp(x->text, y->text, x->len) != 0)
			return false;
	}
	return true;
}

static bool
same_meaning(const struct cfc_node *a, const struct cfc_node *b)
{
	a = skip_comments(a);
	b = skip_comments(b);
	while (a != NULL && b != NULL) {
		if (!same_words(a, b) || !same_meaning(a->children, b->children))
			return false;
		a = skip_comments(a->next);
		b = skip_comments(b->next);
	}
	return a == NULL && b == NULL;
}

/* Read the result again, in a compilation of its own: a formatter must not change a server. */
static bool
verify(const struct cfc_node *nodes, const char *text, size_t len)
{
	struct cfc again;

	cfc_init(&again);
	struct cfc_source *unit = cfc_source_text(&again, "formatted", text, len);
	bool same =
		unit != NULL && cfc_parse(&again, unit, NULL) && same_meaning(nodes, unit->nodes);
	cfc_release(&again);
	return same;
}

/* ---- interface ---- */

bool
cfc_fmt(struct cfc *c, struct cfc_source *unit, char **text, size_t *len)
{
	struct buf b;

	if (!cfc_parse(c, unit, NULL))
		return false;
	const struct cfc_node *nodes = join_braces(c, unit->nodes);
	if (!check_after_brace(c, nodes))
		return false;
	buf_init(&b, CFC_SOURCE_MAX);
	if (unit->nodes != NULL && unit->nodes->ntokens > 0 && unit->nodes->tokens[0].rawlen >= 3 &&
	    memcmp(unit->nodes->tokens[0].raw, bom, 3) == 0)
		buf_putc(&b, '\n'); /* a word that begins so is none at the start of a file */
	/* Writers of YAML, kubectl among them, make an escaped line of a text that has tabs. */
	put_nodes(&(struct printer){ &b, unit->inside != NULL ? "    " : "\t" }, nodes, 0);
	bool good = !b.overflow && verify(nodes, buf_cstr(&b), b.len);
	if (good) {
		*text = arena_strndup(c->arena, buf_cstr(&b), b.len);
		*len = b.len;
	} else {
		cfc_error(c, cfc_source_span(unit, 0, 0), "CF1010",
			  "this file cannot be formatted without changing its meaning");
		cfc_note(c, cfc_no_span(), "it is left as it is; please report this with the file");
	}
	buf_release(&b);
	return good;
}

bool
cfc_fmt_same(const struct cfc_source *unit, const char *text, size_t len)
{
	return unit->len == len && memcmp(unit->text, text, len) == 0;
}
