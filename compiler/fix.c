/*
 * fix.c - edits that belong to reports, and the text that comes of them.
 */
#include "config.h"

#include "compiler/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/cfc.h"
#include "compiler/text.h"

/* ---- attaching ---- */

/* The fix of that title of the last report; made if there is none.  NULL = the report was dropped. */
static struct cfc_fix *
fix_titled(struct cfc *c, const char *title)
{
	struct cfc_diag *d = c->diags.last;
	struct cfc_fix **at;

	if (d == NULL)
		return NULL;
	for (at = &d->fixes; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->title, title) == 0)
			return *at;
	*at = cfc_array(c, 1, sizeof(**at));
	(*at)->title = arena_strdup(c->arena, title);
	return *at;
}

static void
add_edit(struct cfc *c, const char *title, struct cfc_span span, size_t offset, size_t length,
	 const char *text)
{
	struct cfc_fix *fix = span.source == NULL ? NULL : fix_titled(c, title);

	if (fix == NULL)
		return;
	struct cfc_edit *e = cfc_array(c, 1, sizeof(*e));
	*e = (struct cfc_edit){
		.source = span.source,
		.origin = span.origin,
		.offset = offset,
		.length = length,
		.text = arena_strdup(c->arena, text),
	};
	if (fix->last_edit == NULL)
		fix->edits = e;
	else
		fix->last_edit->next = e;
	fix->last_edit = e;
}

void
cfc_fix_replace(struct cfc *c, const char *title, struct cfc_span span, const char *text)
{
	if (span.source != NULL)
		add_edit(c, title, span, cfc_span_offset(span), span.length, text);
}

void
cfc_fix_insert(struct cfc *c, const char *title, struct cfc_span before, const char *text)
{
	if (before.source != NULL)
		add_edit(c, title, before, cfc_span_offset(before), 0, text);
}

void
cfc_fix_insert_after(struct cfc *c, const char *title, struct cfc_span after, const char *text)
{
	if (after.source != NULL)
		add_edit(c, title, after, cfc_span_offset(after) + after.length, 0, text);
}

/* The blanks before a place, if there is nothing else on its line before it; else NULL. */
static const char *
indentation(struct cfc *c, struct cfc_span span)
{
	size_t len;

	if (span.source == NULL || span.origin != NULL)
		return NULL;
	const char *line = cfc_source_line(span.source, span.line, &len);
	size_t blanks = span.column - 1;
	return strspn(line, " \t") < blanks ? NULL : cfc_printf(c, "%.*s", (int)blanks, line);
}

void
cfc_fix_add_directive(struct cfc *c, const char *title, const struct cfc_server *server,
		      const char *text)
{
	if (server->ndirectives == 0)
		return;
	struct cfc_span first = server->directives[0].name.span;
	const char *indent = indentation(c, first);
	if (indent != NULL)
		cfc_fix_insert(c, title, first, cfc_printf(c, "%s\n%s", text, indent));
}

/* A directive without a block gets one, behind its last word. */
static void
add_block(struct cfc *c, const char *title, const struct cfc_directive *d, const char *text)
{
	const struct cfc_token *last = d->nargs > 0 ? &d->args[d->nargs - 1] : &d->name;
	const char *indent = indentation(c, d->name.span);

	if (indent != NULL && last->span.origin == NULL)
		cfc_fix_insert_after(c, title, last->span,
				     cfc_printf(c, " {\n%s\t%s\n%s}", indent, text, indent));
}

void
cfc_fix_add_line(struct cfc *c, const char *title, const struct cfc_directive *d, const char *text)
{
	const char *indent = d->has_block && d->close.length > 0 ? indentation(c, d->close) : NULL;

	if (!d->has_block)
		add_block(c, title, d, text);
	else if (indent != NULL)
		cfc_fix_insert(c, title, d->close, cfc_printf(c, "\t%s\n%s", text, indent));
}

/* Whether the scanner would read the value as one plain word. */
static bool
is_plain_word(const char *value)
{
	size_t len = strlen(value);

	if (len == 0 || strchr(value, '"') != NULL || value[0] == '{' || value[len - 1] == '{' ||
	    strcmp(value, "}") == 0)
		return false;
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		bool valid;

		i += text_decode(value + i, len - i, &cp, &valid);
		if (cp <= ' ' || cp == '#' || text_is_control(cp) || text_is_blank(cp))
			return false;
	}
	return true;
}

const char *
cfc_fix_quote(struct cfc *c, const char *value)
{
	size_t len = strlen(value);
	size_t n = 0;

	if (is_plain_word(value))
		return value;
	/* "\\" stands for two backslashes, so one before a quote or at the end cannot be written. */
	if (strstr(value, "\\\"") != NULL || (len > 0 && value[len - 1] == '\\'))
		return NULL;
	char *out = cfc_array(c, len * 2 + 3, 1);
	out[n++] = '"';
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"')
			out[n++] = '\\';
		out[n++] = value[i];
	}
	out[n] = '"';
	return out;
}

void
cfc_fix_word(struct cfc *c, const char *title, const struct cfc_token *word, const char *value)
{
	const char *text = word->env ? NULL : cfc_fix_quote(c, value);

	if (text != NULL)
		cfc_fix_replace(c, title, word->span, text);
}

/* ---- deleting lines ---- */

static bool
is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

/* Delete from the first byte of `first` to the last one of `last`, with the line if it is alone. */
static void
delete_range(struct cfc *c, const char *title, struct cfc_span first, struct cfc_span last)
{
	const struct cfc_source *s = first.source;

	/* A block that was begun in one text and ended in another cannot be taken out of either. */
	if (s == NULL || last.source != s || last.origin != first.origin)
		return;
	size_t start = cfc_span_offset(first);
	size_t end = cfc_span_offset(last) + last.length;
	size_t from = start;
	size_t to = end;
	while (from > 0 && is_blank(s->text[from - 1]))
		from--;
	while (to < s->len && is_blank(s->text[to]))
		to++;
	if (to < s->len && s->text[to] == '#')
		while (to < s->len && s->text[to] != '\n')
			to++;
	bool alone =
		(from == 0 || s->text[from - 1] == '\n') && (to == s->len || s->text[to] == '\n');
	if (alone) {
		start = from;
		end = to < s->len ? to + 1 : to;
	} else if (end == s->len || s->text[end] == '\n') {
		start = from;
	}
	if (end > start)
		add_edit(c, title, first, start, end - start, "");
}

void
cfc_fix_delete_span(struct cfc *c, const char *title, struct cfc_span span)
{
	delete_range(c, title, span, span);
}

static struct cfc_span
end_of(const struct cfc_token *last, bool has_block, struct cfc_span close)
{
	return has_block ? close : last->span;
}

void
cfc_fix_delete_line(struct cfc *c, const char *title, const struct cfc_line *line)
{
	delete_range(c, title, line->tokens[0].span,
		     end_of(&line->tokens[line->ntokens - 1], line->has_block, line->close));
}

void
cfc_fix_delete_directive(struct cfc *c, const char *title, const struct cfc_directive *d)
{
	const struct cfc_token *last = d->nargs > 0 ? &d->args[d->nargs - 1] : &d->name;

	delete_range(c, title, d->name.span, end_of(last, d->has_block, d->close));
}

static bool
same_words(const struct cfc_token *a, size_t na, const struct cfc_token *b, size_t nb)
{
	if (na != nb)
		return false;
	for (size_t i = 0; i < na; i++)
		if (strcmp(a[i].text, b[i].text) != 0)
			return false;
	return true;
}

static bool
same_line(const struct cfc_line *a, const struct cfc_line *b)
{
	return same_words(a->tokens, a->ntokens, b->tokens, b->ntokens) && !a->has_block &&
	       !b->has_block;
}

void
cfc_fix_delete_same_line(struct cfc *c, const char *title, const struct cfc_line *line,
			 const struct cfc_line *other)
{
	if (same_line(line, other))
		cfc_fix_delete_line(c, title, line);
}

void
cfc_fix_delete_same_directive(struct cfc *c, const char *title, const struct cfc_directive *d,
			      const struct cfc_directive *other)
{
	if (!same_words(d->args, d->nargs, other->args, other->nargs) || d->nlines != other->nlines)
		return;
	for (size_t i = 0; i < d->nlines; i++)
		if (!same_line(&d->lines[i], &other->lines[i]))
			return;
	cfc_fix_delete_directive(c, title, d);
}

void
cfc_fix_delete_word(struct cfc *c, const char *title, const struct cfc_token *word)
{
	const struct cfc_source *s = word->span.source;

	if (s == NULL)
		return;
	size_t end = cfc_span_offset(word->span), from = end;
	while (from > 0 && is_blank(s->text[from - 1]))
		from--;
	add_edit(c, title, word->span, from, end - from + word->span.length, "");
}

/* ---- applying ---- */

struct edit_list {
	const struct cfc_edit **list; /* by offset */
	size_t count;
	size_t room;
};

/* Faults of the language do not depend on where a text is used. */
static bool
is_of_language(const struct cfc_diag *d)
{
	static const char *const ids[] = { "CF1003", "CF1004", "CF1008", "CF1009", "CF1010" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(d->id, ids[i]) == 0)
			return true;
	return false;
}

/* Whether every use of the text that holds the edit asks for it. */
static bool
is_wanted_by_all(const struct cfc_diag *d, const struct cfc_edit *e)
{
	if (e->origin == NULL || is_of_language(d))
		return true;
	return *e->origin->uses == (e->origin == d->span.origin ? d->reports : 1);
}

/* The place in the list of the first edit that ends behind the beginning of e. */
static size_t
place_of(const struct edit_list *l, const struct cfc_edit *e)
{
	size_t low = 0;
	size_t high = l->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->list[mid]->offset + l->list[mid]->length > e->offset ||
		    l->list[mid]->offset == e->offset)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static bool
is_same_edit(const struct cfc_edit *a, const struct cfc_edit *b)
{
	return a->offset == b->offset && a->length == b->length && strcmp(a->text, b->text) == 0;
}

/* Whether e neither touches what is in the list nor differs from it. */
static bool
fits(const struct edit_list *l, const struct cfc_edit *e)
{
	size_t at = place_of(l, e);

	if (at == l->count || is_same_edit(l->list[at], e))
		return true;
	return l->list[at]->offset >= e->offset + e->length && l->list[at]->offset != e->offset;
}

static bool
fix_fits(const struct edit_list *l, const struct cfc_source *unit, const struct cfc_diag *d)
{
	for (const struct cfc_edit *e = d->fixes->edits; e != NULL; e = e->next)
		if (e->source != unit || !is_wanted_by_all(d, e) || !fits(l, e))
			return false;
	return true;
}

static void
insert_edit(struct cfc *c, struct edit_list *l, const struct cfc_edit *e)
{
	size_t at = place_of(l, e);

	if (!fits(l, e) || (at < l->count && is_same_edit(l->list[at], e)))
		return;
	l->list = cfc_grow(c, l->list, l->count, &l->room, sizeof(l->list[0]));
	memmove(l->list + at + 1, l->list + at, (l->count - at) * sizeof(l->list[0]));
	l->list[at] = e;
	l->count++;
}

size_t
cfc_fixes_apply(struct cfc *c, const struct cfc_source *unit, struct buf *out)
{
	struct edit_list l = { .list = NULL };
	size_t applied = 0;
	size_t done = 0;

	cfc_diags_sort(c);
	for (size_t i = 0; i < c->diags.count; i++) {
		const struct cfc_diag *d = c->diags.list[i];

		if (d->fixes == NULL || !fix_fits(&l, unit, d))
			continue;
		for (const struct cfc_edit *e = d->fixes->edits; e != NULL; e = e->next)
			insert_edit(c, &l, e);
		applied++;
	}
	for (size_t i = 0; i < l.count; i++) {
		buf_add(out, unit->text + done, l.list[i]->offset - done);
		buf_puts(out, l.list[i]->text);
		done = l.list[i]->offset + l.list[i]->length;
	}
	buf_add(out, unit->text + done, unit->len - done);
	return applied;
}
