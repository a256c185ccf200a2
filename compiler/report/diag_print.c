/*
 * Showing diagnostics as compilers do: place, message, source line, caret.
 *
 * What the user's file contains is never sent to the terminal as it is: control characters and
 * malformed bytes are replaced, and of a very long line only the part around the caret is shown.
 */
#include "config.h"

#include "compiler/diag.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/cfc.h"
#include "compiler/text.h"

#define WINDOW_BEFORE 60u  /* bytes of a long line shown before the caret */
#define WINDOW_MAX    160u /* bytes shown at all */
#define CHAIN_SHOWN   8u   /* imports shown of a long chain, half of them from either end */

/* What is printed before each part; plain text has nothing there. */
struct palette {
	const char *severity[3];
	const char *place, *note, *caret, *off;
};

static const struct palette plain = {
	.severity = { "", "", "" },
	.place = "",
	.note = "",
	.caret = "",
	.off = "",
};

static const struct palette colours = {
	.severity = { [CFC_SEVERITY_ERROR] = "\033[1;31m",
		      [CFC_SEVERITY_WARNING] = "\033[1;35m",
		      [CFC_SEVERITY_INFO] = "\033[1;36m" },
	.place = "\033[1m",
	.note = "\033[1;36m",
	.caret = "\033[1;32m",
	.off = "\033[m",
};

/* The part of a line that is shown. */
struct window {
	const char *text;
	size_t len;
	bool cut_left, cut_right;
	size_t caret; /* offset of the caret within text */
};

static void
put_text(const char *s, size_t len, bool keep_tabs, FILE *out)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(s + i, len - i, &cp, &valid);
		if (cp == '\t' && keep_tabs)
			putc('\t', out);
		else if (!valid || text_is_control(cp))
			fputs(cp == '\t' || cp == '\n' ? " " : "\xef\xbf\xbd", out);
		else
			fwrite(s + i, 1, n, out);
		i += n;
	}
}

/* Move an offset back to the first byte of the character it falls into. */
static size_t
char_start(const char *s, size_t at)
{
	for (unsigned i = 0; i < 3 && at > 0 && ((unsigned char)s[at] & 0xc0u) == 0x80u; i++)
		at--;
	return at;
}

static struct window
make_window(const char *line, size_t len, size_t caret)
{
	size_t from = 0;
	size_t to = len;

	if (caret > len)
		caret = len;
	if (len > WINDOW_MAX) {
		if (caret > WINDOW_BEFORE)
			from = char_start(line, caret - WINDOW_BEFORE);
		if (to > from + WINDOW_MAX)
			to = char_start(line, from + WINDOW_MAX);
	}
	return (struct window){
		.text = line + from,
		.len = to - from,
		.cut_left = from > 0,
		.cut_right = to < len,
		.caret = caret - from,
	};
}

static void
put_caret(const struct palette *pal, const struct window *w, uint32_t length, FILE *out)
{
	size_t i = 0;

	while (i < w->caret) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(w->text + i, w->len - i, &cp, &valid);
		for (unsigned k = cp == '\t' ? 1 : text_width(cp); k > 0; k--)
			putc(cp == '\t' ? '\t' : ' ', out);
		i += n;
	}
	fprintf(out, "%s^", pal->caret);
	size_t end = w->caret + length < w->len ? w->caret + length : w->len;
	bool first = true;
	while (i < end) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(w->text + i, w->len - i, &cp, &valid);
		unsigned columns = text_width(cp);
		if (first && columns > 0)
			columns--;
		for (; columns > 0; columns--)
			putc('~', out);
		first = false;
		i += n;
	}
	fprintf(out, "%s\n", pal->off);
}

static void
put_source_line(const struct palette *pal, struct cfc_span span, FILE *out)
{
	size_t len;
	const char *line = cfc_source_line(span.source, span.line, &len);
	struct window w = make_window(line, len, span.column - 1);

	fprintf(out, "%5" PRIu32 " | %s", span.line, w.cut_left ? "..." : "");
	put_text(w.text, w.len, true, out);
	fputs(w.cut_right ? "...\n" : "\n", out);
	fprintf(out, "      | %s", w.cut_left ? "   " : "");
	put_caret(pal, &w, span.length, out);
}

static void
put_place(const struct palette *pal, struct cfc_span span, FILE *out)
{
	fputs(pal->place, out);
	if (span.source == NULL) {
		fprintf(out, "corefilec:%s ", pal->off);
		return;
	}
	put_text(span.source->path, strlen(span.source->path), false, out);
	fprintf(out, ":%" PRIu32 ":%" PRIu32 ":%s ", span.line, span.column, pal->off);
}

/* Notes that tell through which imports a place was reached, innermost first. */
static void
put_chain(const struct palette *pal, struct cfc_span span, FILE *out)
{
	uint32_t left = span.origin == NULL ? 0 : span.origin->depth;
	uint32_t shown = 0;

	for (const struct cfc_origin *o = span.origin; o != NULL; o = o->at.origin, left--) {
		if (shown >= CHAIN_SHOWN / 2 && left > CHAIN_SHOWN / 2) {
			if (shown++ == CHAIN_SHOWN / 2)
				fprintf(out, "corefilec: note: %" PRIu32 " more imports\n",
					left - CHAIN_SHOWN / 2);
			continue;
		}
		put_place(pal, o->at, out);
		fprintf(out, "%snote:%s %s'", pal->note, pal->off, o->snippet ? "snippet " : "");
		put_text(o->name, strlen(o->name), false, out);
		fprintf(out, "' is %s here\n", o->snippet ? "used" : "imported");
		shown++;
	}
}

static bool
same_place(struct cfc_span a, struct cfc_span b)
{
	return a.source == b.source && a.line == b.line && a.column == b.column &&
	       a.length == b.length;
}

static void
put_note(const struct palette *pal, const struct cfc_diag *d, const struct cfc_diag_note *note,
	 FILE *out)
{
	bool placed = note->span.source != NULL;

	put_place(pal, placed ? note->span : d->span, out);
	fprintf(out, "%snote:%s ", pal->note, pal->off);
	put_text(note->text, strlen(note->text), false, out);
	putc('\n', out);
	if (placed && !same_place(note->span, d->span))
		put_source_line(pal, note->span, out);
}

static void
put_diag(const struct palette *pal, const struct cfc_diag *d, FILE *out)
{
	put_place(pal, d->span, out);
	fprintf(out, "%s%s:%s ", pal->severity[d->severity], cfc_severity_name(d->severity),
		pal->off);
	put_text(d->text, strlen(d->text), false, out);
	fprintf(out, " [%s]\n", d->id);
	if (d->span.source != NULL)
		put_source_line(pal, d->span, out);
	for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
		put_note(pal, d, n, out);
	put_chain(pal, d->span, out);
}

void
cfc_diags_print(struct cfc *c, FILE *out)
{
	const struct cfc_diags *d = &c->diags;
	const struct palette *pal = d->colour ? &colours : &plain;
	size_t errors = 0;

	cfc_diags_sort(c);
	for (size_t i = 0; i < d->count; i++) {
		if (d->list[i]->severity == CFC_SEVERITY_ERROR) {
			if (d->show_max != 0 && errors == d->show_max) {
				fprintf(out, "corefilec: too many errors: %zu more are not shown\n",
					d->nerrors - errors);
				return;
			}
			errors++;
		}
		put_diag(pal, d->list[i], out);
	}
	if (d->count >= CFC_DIAGS_MAX)
		fprintf(out, "corefilec: too many reports: only the first %u are shown\n",
			CFC_DIAGS_MAX);
}
