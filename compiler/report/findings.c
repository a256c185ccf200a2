/*
 * findings.c - diagnostics turned into a list that outlives their compilation.
 */
#include "config.h"

#include "compiler/report/findings.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "compiler/fix.h"
#include "compiler/text.h"

#define CHAIN_MAX 8u /* imports told about of a long chain */

void
cfc_findings_init(struct cfc_findings *f)
{
	memset(f, 0, sizeof(*f));
	cfc_init(&f->keeper);
	map_init(&f->seen);
}

void
cfc_findings_release(struct cfc_findings *f)
{
	map_release(&f->seen);
	cfc_release(&f->keeper);
}

bool
cfc_finding_fails(const struct cfc_findings *f, const struct cfc_finding *finding)
{
	return finding->severity <= f->fail_on;
}

char *
cfc_utf8(struct cfc *c, const char *text, size_t len)
{
	struct buf b;

	buf_init(&b, len * 3 + 1);
	text_put_valid(&b, text, len);
	char *copy = cfc_printf(c, "%s", buf_cstr(&b));
	buf_release(&b);
	return copy;
}

static char *
utf8(struct cfc_findings *f, const char *text)
{
	return cfc_utf8(&f->keeper, text, strlen(text));
}

/* ---- places ---- */

/* Code points before a byte of a line; malformed bytes count as one each. */
static uint32_t
count_chars(const char *line, size_t len)
{
	uint32_t n = 0;

	for (size_t i = 0; i < len; n++) {
		uint32_t cp;
		bool valid;

		i += text_decode(line + i, len - i, &cp, &valid);
	}
	return n;
}

static uint32_t
chars_of(struct cfc_span point)
{
	const struct cfc_source *s = point.source;

	return count_chars(s->text + s->starts[point.line - 1], point.column - 1) + 1;
}

static struct cfc_place
place_of(struct cfc_findings *f, struct cfc_span span, const char *path)
{
	const struct cfc_source *s = span.source;

	if (s == NULL)
		return (struct cfc_place){ .path = utf8(f, path), .whole = true };
	size_t offset = cfc_span_offset(span);
	size_t length = span.length < s->len - offset ? span.length : s->len - offset;
	struct cfc_span end = cfc_source_span(s, offset + length, 0);
	return (struct cfc_place){
		.path = utf8(f, s->path),
		.line = span.line,
		.end_line = end.line,
		.column = span.column,
		.end_column = end.column,
		.chars = chars_of(span),
		.end_chars = chars_of(end),
		.offset = offset,
		.length = length,
	};
}

/* ---- notes and fixes ---- */

static void
add_note(struct cfc_findings *f, struct cfc_finding *to, size_t *room, struct cfc_place at,
	 const char *text)
{
	to->notes = cfc_grow(&f->keeper, to->notes, to->nnotes, room, sizeof(to->notes[0]));
	to->notes[to->nnotes++] = (struct cfc_finding_note){ .at = at, .text = text };
}

static void
add_notes(struct cfc_findings *f, struct cfc_finding *to, const struct cfc_diag *d,
	  const char *path)
{
	size_t room = 0;
	unsigned shown = 0;

	for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
		add_note(f, to, &room, n->span.source == NULL ? to->at : place_of(f, n->span, path),
			 utf8(f, n->text));
	for (const struct cfc_origin *o = d->span.origin; o != NULL && shown < CHAIN_MAX;
	     o = o->at.origin, shown++)
		add_note(f, to, &room, place_of(f, o->at, path),
			 cfc_printf(&f->keeper, "%s'%s' is %s here", o->snippet ? "snippet " : "",
				    utf8(f, o->name), o->snippet ? "used" : "imported"));
}

static void
add_edits(struct cfc_findings *f, struct cfc_finding_fix *to, const struct cfc_fix *fix)
{
	size_t n = 0;

	for (const struct cfc_edit *e = fix->edits; e != NULL; e = e->next)
		n++;
	to->edits = cfc_array(&f->keeper, n, sizeof(to->edits[0]));
	for (const struct cfc_edit *e = fix->edits; e != NULL; e = e->next) {
		struct cfc_span span = cfc_source_span(e->source, e->offset, e->length);

		to->edits[to->nedits++] = (struct cfc_finding_edit){
			.at = place_of(f, span, ""),
			.text = utf8(f, e->text),
		};
	}
}

static void
add_fixes(struct cfc_findings *f, struct cfc_finding *to, const struct cfc_diag *d)
{
	size_t room = 0;

	for (const struct cfc_fix *fix = d->fixes; fix != NULL; fix = fix->next) {
		to->fixes =
			cfc_grow(&f->keeper, to->fixes, to->nfixes, &room, sizeof(to->fixes[0]));
		to->fixes[to->nfixes].title = utf8(f, fix->title);
		add_edits(f, &to->fixes[to->nfixes++], fix);
	}
}

/* ---- identity ---- */

/* FNV-1a over the bytes of a line that are no blanks, and the id. */
static uint64_t
hash_line(const struct cfc_diag *d)
{
	uint64_t h = UINT64_C(14695981039346656037);
	size_t len = 0;
	const char *line = d->span.source == NULL
				   ? d->text
				   : cfc_source_line(d->span.source, d->span.line, &len);

	if (d->span.source == NULL)
		len = strlen(line);
	for (size_t i = 0; i < len; i++) {
		if (line[i] != ' ' && line[i] != '\t')
			h = (h ^ (unsigned char)line[i]) * UINT64_C(1099511628211);
	}
	for (const char *p = d->id; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return h;
}

/* How often the key was met, this time included. */
static unsigned
count_key(struct cfc_findings *f, const char *key)
{
	unsigned *n = map_get_str(&f->seen, key);

	if (n == NULL) {
		n = cfc_array(&f->keeper, 1, sizeof(*n));
		xmap_set(&f->seen, key, strlen(key), n);
	}
	return ++*n;
}

static bool
is_known(struct cfc_findings *f, const struct cfc_finding *x)
{
	return count_key(f, cfc_printf(&f->keeper, "report %s:%zu:%zu:%s:%s", x->at.path,
				       x->at.offset, x->at.length, x->id, x->text)) > 1;
}

/* ---- adding ---- */

static void
add_file(struct cfc_findings *f, const char *path)
{
	if (count_key(f, cfc_printf(&f->keeper, "file %s", path)) > 1)
		return;
	f->files = cfc_grow(&f->keeper, f->files, f->nfiles, &f->files_room, sizeof(f->files[0]));
	f->files[f->nfiles++] = path;
}

static void
add_finding(struct cfc_findings *f, const struct cfc_diag *d, const char *path)
{
	struct cfc_finding x = {
		.severity = d->severity,
		.id = cfc_printf(&f->keeper, "%s", d->id),
		.text = utf8(f, d->text),
		.at = place_of(f, d->span, path),
		.line_hash = hash_line(d),
	};

	if (is_known(f, &x))
		return;
	x.nth = count_key(f, cfc_printf(&f->keeper, "line %s:%" PRIx64, x.at.path, x.line_hash));
	add_notes(f, &x, d, path);
	add_fixes(f, &x, d);
	add_file(f, x.at.path);
	f->counts[x.severity]++;
	f->list = cfc_grow(&f->keeper, f->list, f->count, &f->room, sizeof(f->list[0]));
	f->list[f->count++] = x;
}

void
cfc_findings_add(struct cfc_findings *f, struct cfc *c, const char *path)
{
	cfc_diags_sort(c);
	add_file(f, utf8(f, path));
	for (size_t i = 0; i < c->diags.count; i++)
		add_finding(f, c->diags.list[i], path);
}

const char *
cfc_finding_message(struct cfc *c, const struct cfc_finding *finding)
{
	char *text = cfc_printf(c, "%s", finding->text);

	for (size_t i = 0; i < finding->nnotes; i++)
		text = cfc_printf(c, "%s\n%s", text, finding->notes[i].text);
	return text;
}
