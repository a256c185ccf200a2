/*
 * Collecting diagnostics and bringing them into the order of their places.
 */
#include "config.h"

#include "compiler/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "compiler/cfc.h"
#include "compiler/embed.h"
#include "compiler/syntax/expand.h"

struct cfc_diag_seen {
	struct cfc_diag *diag;
	struct cfc_diag_seen *next;
};

/* FNV-1a over what makes two reports the same: place in the text, id and message. */
static uint32_t
hash_report(struct cfc_span span, const char *id, const char *text)
{
	uint32_t h = 2166136261u;

	h = (h ^ span.line) * 16777619u;
	h = (h ^ span.column) * 16777619u;
	for (const char *p = id; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (const char *p = text; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return h % CFC_DIAGS_HASH;
}

static bool
same_report(const struct cfc_diag *d, struct cfc_span span, const char *id, const char *text)
{
	return d->span.source == span.source && d->span.line == span.line &&
	       d->span.column == span.column && strcmp(d->id, id) == 0 &&
	       strcmp(d->text, text) == 0;
}

/* Whether the same was reported before (through another import of the same text). */
static bool
is_repeated(const struct cfc_diags *d, uint32_t h, struct cfc_span span, const char *id,
	    const char *text)
{
	for (const struct cfc_diag_seen *s = d->seen[h]; s != NULL; s = s->next) {
		if (!same_report(s->diag, span, id, text))
			continue;
		if (s->diag->last_origin != span.origin)
			s->diag->reports++;
		s->diag->last_origin = span.origin;
		return true;
	}
	return false;
}

static void
remember(struct cfc *c, uint32_t h, struct cfc_diag *diag)
{
	struct cfc_diags *d = &c->diags;
	struct cfc_diag_seen *s = cfc_array(c, 1, sizeof(*s));

	s->diag = diag;
	s->next = d->seen[h];
	d->seen[h] = s;
	d->list = cfc_grow(c, d->list, d->count, &d->room, sizeof(d->list[0]));
	d->list[d->count++] = diag;
	d->last = diag;
	d->sorted = false;
}

static size_t *
count_of(struct cfc_diags *d, enum cfc_severity severity)
{
	switch (severity) {
	case CFC_SEVERITY_ERROR:
		return &d->nerrors;
	case CFC_SEVERITY_WARNING:
		return &d->nwarnings;
	case CFC_SEVERITY_INFO:
		break;
	}
	return &d->ninfos;
}

void
cfc_report(struct cfc *c, enum cfc_severity severity, struct cfc_span span, const char *id,
	   const char *fmt, va_list ap)
{
	struct cfc_diags *d = &c->diags;

	d->last = NULL;
	if (d->muted || (c->compat && severity != CFC_SEVERITY_ERROR))
		return;
	if (d->count >= CFC_DIAGS_MAX) {
		++*count_of(d, severity);
		return;
	}
	char *text = arena_vprintf(c->arena, fmt, ap);
	uint32_t h = hash_report(span, id, text);
	if (is_repeated(d, h, span, id, text))
		return;
	struct cfc_diag *diag = cfc_array(c, 1, sizeof(*diag));
	diag->severity = diag->reported = severity;
	diag->id = id;
	diag->span = span;
	diag->text = text;
	diag->last_origin = span.origin;
	diag->reports = 1;
	diag->serial = d->count;
	++*count_of(d, severity);
	remember(c, h, diag);
}

void
cfc_error(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_ERROR, span, id, fmt, ap);
	va_end(ap);
}

void
cfc_warn(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_WARNING, span, id, fmt, ap);
	va_end(ap);
}

void
cfc_info(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_INFO, span, id, fmt, ap);
	va_end(ap);
}

bool
cfc_stricter(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	if (c->compat) {
		c->diags.last = NULL;
		return true;
	}
	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_ERROR, span, id, fmt, ap);
	va_end(ap);
	if (c->diags.last != NULL)
		c->diags.last->ours = c->diags.last->stops = true;
	return false;
}

bool
cfc_laxer(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	if (!c->compat) {
		c->diags.last = NULL;
		return true;
	}
	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_ERROR, span, id, fmt, ap);
	va_end(ap);
	return false;
}

bool
cfc_mute(struct cfc *c, bool mute)
{
	bool before = c->diags.muted;

	c->diags.muted = mute;
	c->diags.last = NULL;
	return before;
}

void
cfc_unserved(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
{
	va_list ap;

	if (!c->building) {
		c->diags.last = NULL;
		return;
	}
	va_start(ap, fmt);
	cfc_report(c, CFC_SEVERITY_ERROR, span, id, fmt, ap);
	va_end(ap);
}

void
cfc_note(struct cfc *c, struct cfc_span span, const char *fmt, ...)
{
	struct cfc_diag *diag = c->diags.last;
	va_list ap;

	if (diag == NULL)
		return;
	struct cfc_diag_note *note = cfc_array(c, 1, sizeof(*note));
	note->span = span;
	va_start(ap, fmt);
	note->text = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	if (diag->last_note == NULL)
		diag->notes = note;
	else
		diag->last_note->next = note;
	diag->last_note = note;
}

static const char *const severity_names[] = {
	[CFC_SEVERITY_ERROR] = "error",
	[CFC_SEVERITY_WARNING] = "warning",
	[CFC_SEVERITY_INFO] = "info",
};

const char *
cfc_severity_name(enum cfc_severity severity)
{
	return severity_names[severity];
}

bool
cfc_severity_parse(const char *word, enum cfc_severity *severity)
{
	for (size_t i = 0; i < ARRAY_SIZE(severity_names); i++) {
		if (strcmp(severity_names[i], word) == 0) {
			*severity = (enum cfc_severity)i;
			return true;
		}
	}
	return false;
}

bool
cfc_has_errors(const struct cfc *c)
{
	return c->diags.nerrors > 0;
}

static int
compare_points(struct cfc_span a, struct cfc_span b)
{
	if (a.source == NULL || b.source == NULL)
		return (a.source != NULL) - (b.source != NULL);
	if (a.source != b.source)
		return a.source->index < b.source->index ? -1 : 1;
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return (a.column > b.column) - (a.column < b.column);
}

/*
 * The way from the main file to a place, outermost first. Steps within one file (the use of a
 * snippet) are left out, so that reports about one file come in the order of its lines.
 */
static size_t
way_to(struct cfc_span span, struct cfc_span *way, size_t room)
{
	size_t n = 0;

	way[n++] = span;
	while (span.origin != NULL && n < room) {
		struct cfc_span outer = span.origin->at;
		if (outer.source != span.source)
			way[n++] = outer;
		span = outer;
	}
	for (size_t i = 0; i < n / 2; i++) {
		struct cfc_span t = way[i];
		way[i] = way[n - 1 - i];
		way[n - 1 - i] = t;
	}
	return n;
}

int
cfc_span_compare(struct cfc_span a, struct cfc_span b)
{
	struct cfc_span way_a[CFC_IMPORT_DEPTH_MAX + 1];
	struct cfc_span way_b[CFC_IMPORT_DEPTH_MAX + 1];

	if (a.origin == NULL && b.origin == NULL)
		return compare_points(a, b);
	size_t na = way_to(a, way_a, CFC_IMPORT_DEPTH_MAX + 1);
	size_t nb = way_to(b, way_b, CFC_IMPORT_DEPTH_MAX + 1);
	for (size_t i = 0; i < na && i < nb; i++) {
		int order = compare_points(way_a[i], way_b[i]);
		if (order != 0)
			return order;
	}
	return (na > nb) - (na < nb);
}

static int
compare_diags(const void *pa, const void *pb)
{
	const struct cfc_diag *a = *(struct cfc_diag *const *)pa;
	const struct cfc_diag *b = *(struct cfc_diag *const *)pb;
	int order = cfc_span_compare(a->span, b->span);

	if (order != 0)
		return order;
	return a->serial < b->serial ? -1 : a->serial > b->serial;
}

void
cfc_diags_sort(struct cfc *c)
{
	struct cfc_diags *d = &c->diags;

	if (d->sorted)
		return;
	d->sorted = true;
	cfc_diags_unfold(c);
	if (d->count > 1)
		qsort(d->list, d->count, sizeof(d->list[0]), compare_diags);
}

void
cfc_diags_judge(struct cfc *c, cfc_judge_fn *judge, void *arg)
{
	struct cfc_diags *d = &c->diags;
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++) {
		struct cfc_diag *diag = d->list[i];
		int severity = judge(arg, diag);

		--*count_of(d, diag->severity);
		if (severity == CFC_DIAG_DROP)
			continue;
		diag->severity = (enum cfc_severity)severity;
		++*count_of(d, diag->severity);
		d->list[n++] = diag;
	}
	d->count = n;
	d->last = NULL;
}
