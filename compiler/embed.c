/*
 * embed.c - from places in an embedded unit to places in the file around it.
 */
#include "config.h"

#include "compiler/embed.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/cfc.h"
#include "compiler/fix.h"

/* ---- bytes ---- */

/* The piece that holds the byte at an offset; NULL = there is no text at all. */
static const struct cfc_piece *
piece_at(const struct cfc_embedding *in, size_t offset)
{
	size_t low = 0;
	size_t high = in->npieces;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (in->pieces[mid].at <= offset)
			low = mid;
		else
			high = mid;
	}
	return in->npieces == 0 ? NULL : &in->pieces[low];
}

static bool
is_literal(const struct cfc_source *s, const struct cfc_piece *p)
{
	const struct cfc_embedding *in = s->inside;
	size_t next = p + 1 < in->pieces + in->npieces ? p[1].at : s->len;

	return p->host_len == next - p->at;
}

/* Where the byte at an offset begins in the host; behind the last one, where that ends. */
static size_t
begin_of(const struct cfc_source *s, size_t offset)
{
	const struct cfc_piece *p = piece_at(s->inside, offset);

	if (p == NULL)
		return s->inside->begin;
	if (offset >= s->len)
		return (size_t)p->host + p->host_len;
	return p->host + (is_literal(s, p) ? offset - p->at : 0);
}

/* Where the byte before an offset ends in the host. */
static size_t
end_of(const struct cfc_source *s, size_t offset)
{
	const struct cfc_piece *p = offset == 0 ? NULL : piece_at(s->inside, offset - 1);

	if (p == NULL)
		return begin_of(s, 0);
	return p->host + (is_literal(s, p) ? offset - p->at : p->host_len);
}

struct cfc_span
cfc_span_shown(struct cfc_span span)
{
	const struct cfc_source *s = span.source;

	if (s == NULL || s->inside == NULL)
		return span;
	size_t from = cfc_span_offset(span);
	size_t to = from + span.length < s->len ? from + span.length : s->len;
	size_t begin = begin_of(s, from);
	size_t end = to > from ? end_of(s, to) : begin;
	struct cfc_span shown = cfc_source_span(s->inside->host, begin, end - begin);
	shown.origin = span.origin;
	return shown;
}

const struct cfc_source *
cfc_source_shown(const struct cfc_source *unit)
{
	return unit->inside == NULL ? unit : unit->inside->host;
}

/* ---- edits ---- */

struct edit {
	const struct cfc_source *unit;
	size_t from, to; /* bytes of the unit */
	const char *text;
	size_t len;
};

static bool
starts_line(const struct cfc_source *s, size_t offset)
{
	return offset == 0 || s->text[offset - 1] == '\n';
}

/* Whether the new text ends in a line end. */
static bool
ends_line(const struct edit *e)
{
	return e->len > 0 && e->text[e->len - 1] == '\n';
}

/* Whether whole lines take the place of whole lines, so that their indentation goes with them. */
static bool
is_of_lines(const struct edit *e)
{
	const struct cfc_source *s = e->unit;

	if (!starts_line(s, e->from) || (e->len == 0 && e->to == e->from))
		return false;
	/* At the end a line that is not ended gets its end, which the block keeps or not. */
	return e->to == s->len || (starts_line(s, e->to) && (e->len == 0 || ends_line(e)));
}

/* The last line end of the unit stays, or the block would run into what follows it. */
static struct edit
keep_last_end(const struct edit *e)
{
	const struct cfc_source *s = e->unit;
	struct edit kept = *e;

	if (e->to == s->len && e->to > e->from && s->text[e->to - 1] == '\n') {
		kept.to--;
		kept.len -= ends_line(e);
	}
	return kept;
}

/* What a block can hold: no controls but tabs, and no line ends that only YAML knows. */
static bool
block_can_hold(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];
		if ((ch < ' ' && ch != '\t' && ch != '\n') || ch == 0x7f)
			return false;
		if (len - i >= 2 && memcmp(text + i, "\xc2\x85", 2) == 0)
			return false;
		if (len - i >= 3 && (memcmp(text + i, "\xe2\x80\xa8", 3) == 0 ||
				     memcmp(text + i, "\xe2\x80\xa9", 3) == 0))
			return false;
	}
	return true;
}

/* The first byte that is no line end, of the unit as the edit leaves it; '\0' = there is none. */
static char
first_byte(const struct edit *e)
{
	const struct cfc_source *s = e->unit;
	const struct {
		const char *text;
		size_t len;
	} parts[] = {
		{ s->text, e->from },
		{ e->text, e->len },
		{ s->text + e->to, s->len - e->to },
	};

	for (size_t i = 0; i < 3; i++)
		for (size_t k = i == 0 ? s->inside->lead : 0; k < parts[i].len; k++)
			if (parts[i].text[k] != '\n')
				return parts[i].text[k];
	return '\0';
}

/* The new text, each line with the indentation of the block; begun: but for the first. */
static void
put_lines(struct buf *out, const struct edit *e, bool begun)
{
	const struct cfc_embedding *in = e->unit->inside;

	for (size_t i = 0; i < e->len; i++) {
		bool ends = e->text[i] == '\n';

		if (!begun && !ends)
			buf_printf(out, "%*s", (int)in->indent, "");
		if (ends && in->crlf)
			buf_putc(out, '\r');
		buf_putc(out, e->text[i]);
		begun = !ends;
	}
}

static size_t
line_start(const struct cfc_source *host, size_t offset)
{
	while (offset > 0 && host->text[offset - 1] != '\n')
		offset--;
	return offset;
}

static char *
keep(struct cfc *c, struct buf *b)
{
	char *text = b->overflow ? NULL : cfc_printf(c, "%s", buf_cstr(b));

	buf_release(b);
	return text;
}

static void
edit_lines(const struct edit *e, size_t *from, size_t *to, struct buf *out)
{
	const struct cfc_embedding *in = e->unit->inside;
	bool at_end = e->from == e->unit->len;

	*from = at_end ? in->end : line_start(in->host, begin_of(e->unit, e->from));
	*to = e->to == e->unit->len ? in->end : line_start(in->host, begin_of(e->unit, e->to));
	put_lines(out, e, false);
	if (e->len > 0 && !ends_line(e))
		buf_puts(out, in->crlf ? "\r\n" : "\n");
}

static void
edit_words(const struct edit *e, size_t *from, size_t *to, struct buf *out)
{
	const struct cfc_source *s = e->unit;
	bool joins = e->to > e->from && e->to < s->len && starts_line(s, e->to);

	*from = begin_of(s, e->from);
	*to = e->to == e->from ? *from : joins ? begin_of(s, e->to) : end_of(s, e->to);
	if (e->to == e->from && e->len == 0)
		return;
	/* A blank line may be without its indentation. */
	bool begun = !starts_line(s, e->from);
	if (!begun)
		*from = line_start(s->inside->host, *from);
	put_lines(out, e, begun);
	/* What follows goes on in a line that is begun here. */
	if (ends_line(e) || (!begun && e->len == 0))
		buf_printf(out, "%*s", (int)s->inside->indent, "");
}

/* An edit of a block: the bytes [*from, *to) of the host and the new ones.  NULL = it cannot be. */
static char *
edit_block(struct cfc *c, const struct edit *e, size_t *from, size_t *to)
{
	const struct cfc_embedding *in = e->unit->inside;
	struct buf b;

	char first = first_byte(e);

	/* The first line tells the indentation: it has to be there, and not to begin with blanks. */
	if (in->npieces == 0 || !block_can_hold(e->text, e->len) ||
	    (!in->indent_is_given && (first == '\0' || first == ' ' || first == '\t')))
		return NULL;
	buf_init(&b, CFC_SOURCE_MAX);
	if (is_of_lines(e)) {
		edit_lines(e, from, to, &b);
	} else {
		struct edit kept = keep_last_end(e);

		edit_words(&kept, from, to, &b);
	}
	return keep(c, &b);
}

static void
put_escaped(struct buf *out, unsigned char ch)
{
	if (ch == '"' || ch == '\\')
		buf_printf(out, "\\%c", ch);
	else if (ch == '\n')
		buf_puts(out, "\\n");
	else if (ch == '\t')
		buf_puts(out, "\\t");
	else if (ch < ' ' || ch == 0x7f)
		buf_printf(out, "\\u%04x", ch); /* JSON has this form too */
	else
		buf_putc(out, (char)ch);
}

/* The same for a quoted text, all of which stands on one line. */
static char *
edit_quoted(struct cfc *c, const struct edit *e, size_t *from, size_t *to)
{
	struct buf b;

	*from = begin_of(e->unit, e->from);
	*to = e->to == e->from ? *from : end_of(e->unit, e->to);
	buf_init(&b, CFC_SOURCE_MAX);
	for (size_t i = 0; i < e->len; i++)
		put_escaped(&b, (unsigned char)e->text[i]);
	return keep(c, &b);
}

static char *
edit_host(struct cfc *c, const struct edit *e, size_t *from, size_t *to)
{
	switch (e->unit->inside->kind) {
	case CFC_EMBED_BLOCK:
		return edit_block(c, e, from, to);
	case CFC_EMBED_QUOTED:
		return edit_quoted(c, e, from, to);
	case CFC_EMBED_FIXED:
		break;
	}
	return NULL;
}

bool
cfc_embedded_replace(struct cfc *c, const struct cfc_source *unit, const char *text, size_t len,
		     struct cfc_edit *edit)
{
	struct edit all = { .unit = unit, .to = unit->len, .text = text, .len = len };
	size_t from, to;

	edit->text = edit_host(c, &all, &from, &to);
	if (edit->text == NULL)
		return false;
	edit->source = unit->inside->host;
	edit->offset = from;
	edit->length = to - from;
	return true;
}

/* ---- reports ---- */

struct unfolding {
	struct cfc *c;
	struct map origins; /* origin -> struct unfolded */
};

struct unfolded {
	const struct cfc_origin *origin; /* with its place in the host */
};

static const struct cfc_origin *
unfold_one(struct unfolding *u, const struct cfc_origin *o, const struct cfc_origin *outer)
{
	struct unfolded *known = cfc_array(u->c, 1, sizeof(*known));

	known->origin = o;
	if (outer != o->at.origin || (o->at.source != NULL && o->at.source->inside != NULL)) {
		struct cfc_origin *copy = cfc_array(u->c, 1, sizeof(*copy));
		*copy = *o;
		copy->at = cfc_span_shown(o->at);
		copy->at.origin = outer;
		known->origin = copy;
	}
	xmap_set(&u->origins, (const char *)&o, sizeof(o), known);
	return known->origin;
}

/* From the outermost origin to the innermost.  With --compat there may be as many as CoreDNS allows imports. */
static const struct cfc_origin *
unfold_origin(struct unfolding *u, const struct cfc_origin *o)
{
	const struct cfc_origin *outer = NULL;
	const struct cfc_origin **path;
	const struct unfolded *known = NULL;
	size_t n = 0;

	for (const struct cfc_origin *x = o; x != NULL && known == NULL; x = x->at.origin) {
		known = map_get(&u->origins, (const char *)&x, sizeof(x));
		n += known == NULL;
	}
	if (known != NULL)
		outer = known->origin;
	path = cfc_array(u->c, n + 1, sizeof(path[0]));
	for (size_t i = 0; i < n; i++, o = o->at.origin)
		path[i] = o;
	while (n > 0)
		outer = unfold_one(u, path[--n], outer);
	return outer;
}

static void
unfold_span(struct unfolding *u, struct cfc_span *span)
{
	*span = cfc_span_shown(*span);
	span->origin = unfold_origin(u, span->origin);
}

static bool
unfold_fix(struct unfolding *u, struct cfc_fix *fix)
{
	for (struct cfc_edit *e = fix->edits; e != NULL; e = e->next) {
		const struct edit edit = {
			.unit = e->source,
			.from = e->offset,
			.to = e->offset + e->length,
			.text = e->text,
			.len = strlen(e->text),
		};
		size_t from, to;

		e->origin = unfold_origin(u, e->origin);
		if (e->source->inside == NULL)
			continue;
		e->text = edit_host(u->c, &edit, &from, &to);
		if (e->text == NULL)
			return false;
		e->source = e->source->inside->host;
		e->offset = from;
		e->length = to - from;
	}
	return true;
}

/* Fixes that the host cannot take are dropped, with a word about it. */
static void
unfold_fixes(struct unfolding *u, struct cfc_diag *d)
{
	const struct cfc_embedding *refused = NULL;

	for (struct cfc_fix **at = &d->fixes; *at != NULL;) {
		const struct cfc_source *unit = (*at)->edits->source;

		if (unfold_fix(u, *at)) {
			at = &(*at)->next;
		} else {
			refused = unit->inside;
			*at = (*at)->next;
		}
	}
	if (refused == NULL || refused->kind != CFC_EMBED_FIXED)
		return;
	u->c->diags.last = d;
	cfc_note(u->c, d->span, "no fix is made in a %s: write the Corefile as a block, '|'",
		 refused->what);
}

static void
unfold(struct unfolding *u, struct cfc_diag *d)
{
	if (d->unfolded)
		return;
	d->unfolded = true;
	unfold_span(u, &d->span);
	d->last_origin = unfold_origin(u, d->last_origin);
	for (struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
		unfold_span(u, &n->span);
	unfold_fixes(u, d);
}

void
cfc_diags_unfold(struct cfc *c)
{
	struct unfolding u = { .c = c };

	map_init(&u.origins);
	for (size_t i = 0; i < c->diags.count; i++)
		unfold(&u, c->diags.list[i]);
	map_release(&u.origins);
	c->diags.last = NULL;
}
