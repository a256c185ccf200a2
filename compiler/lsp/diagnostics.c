/*
 * diagnostics.c - reports as editors show them.
 *
 * After each change the reports of all programs are sorted by document and compared with what the client
 * has: only lists that differ or belong to a new version are sent, and an empty one for a document that
 * has none any more.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/xalloc.h"
#include "compiler/lsp/lsp.h"

#define TAG_UNNECESSARY 1
#define TAG_DEPRECATED  2

/* Reports about text that does nothing: editors show it pale, or struck out. */
static const struct {
	const char *id;
	int tag;
} tags[] = {
	{ "CF2011", TAG_DEPRECATED },
	{ "CF3003", TAG_UNNECESSARY },
	{ "CF3004", TAG_UNNECESSARY },
};

static int
severity(enum cfc_severity s)
{
	switch (s) {
	case CFC_SEVERITY_ERROR:
		return 1;
	case CFC_SEVERITY_WARNING:
		return 2;
	case CFC_SEVERITY_INFO:
		return 3;
	}
	return 1;
}

/* Whether a place can be shown: it stands in a file. */
static bool
is_shown(struct cfc_span span)
{
	return span.source != NULL && span.source->kind == CFC_SOURCE_FILE;
}

bool
lsp_diag_bytes(const struct lsp_program *p, const struct cfc_diag *d, const struct cfc_source *unit,
	       size_t *from, size_t *to)
{
	*from = *to = 0;
	if (!is_shown(d->span))
		return unit == p->p.main;
	if (d->span.source != unit)
		return false;
	*from = cfc_span_offset(d->span);
	*to = *from + d->span.length;
	return true;
}

static json_t *
text_of(const char *s)
{
	return cfc_json_text(s, strlen(s));
}

static void
add_related(json_t *list, json_t *location, const char *text)
{
	json_array_append_new(
		list, cfc_json("{s:o, s:o}", "location", location, "message", text_of(text)));
}

/* A note without a place of its own, or about the same line, goes into the message. */
static bool
is_in_message(const struct cfc_diag *d, const struct cfc_diag_note *n)
{
	return !is_shown(n->span) ||
	       (n->span.source == d->span.source && n->span.line == d->span.line);
}

/* Notes about other places, and the imports on the way from the main file. */
static json_t *
related(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d)
{
	json_t *list = cfc_json("[]");

	for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
		if (!is_in_message(d, n))
			add_related(list, lsp_location(l, p, n->span), n->text);
	for (const struct cfc_origin *o = d->span.origin; o != NULL; o = o->at.origin) {
		char *text = xasprintf("'%s' is imported here", o->name);

		if (is_shown(o->at))
			add_related(list, lsp_location(l, p, o->at), text);
		free(text);
	}
	return list;
}

static json_t *
message(const struct cfc_diag *d)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_puts(&b, d->text);
	for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
		if (is_in_message(d, n))
			buf_printf(&b, "\n%s", n->text);
	json_t *text = cfc_json_text(buf_cstr(&b), b.len);
	buf_release(&b);
	return text;
}

json_t *
lsp_diagnostic(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d)
{
	const struct cfc_source *unit = is_shown(d->span) ? d->span.source : p->p.main;
	size_t from, to;

	lsp_diag_bytes(p, d, unit, &from, &to);
	json_t *out = cfc_json("{s:o, s:i, s:s, s:s, s:o, s:o}", "range",
			       lsp_range(l, lsp_lines_of(p, unit), from, to), "severity",
			       severity(d->severity), "code", d->id, "source", "corefilec",
			       "message", message(d), "relatedInformation", related(l, p, d));
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (strcmp(tags[i].id, d->id) == 0)
			json_object_set_new(out, "tags", cfc_json("[i]", tags[i].tag));
	return out;
}

/* ---- publishing ---- */

static void
collect(struct lsp *l, struct lsp_program *p, json_t *all)
{
	cfc_diags_sort(&p->c);
	for (size_t i = 0; p->p.main != NULL && i < p->c.diags.count; i++) {
		const struct cfc_diag *d = p->c.diags.list[i];
		char *uri = lsp_uri_of_unit(l, is_shown(d->span) ? d->span.source : p->p.main);
		json_t *name = text_of(uri);
		json_t *list = json_object_get(all, json_string_value(name));

		if (list == NULL) {
			list = cfc_json("[]");
			json_object_set_new(all, json_string_value(name), list);
		}
		json_array_append_new(list, lsp_diagnostic(l, p, d));
		json_decref(name);
		free(uri);
	}
}

/* Sends the list if the client has another one, or none for this version of the document. */
static void
publish(struct lsp *l, const char *uri, json_t *list)
{
	bool told = json_equal(json_object_get(l->published, uri), list);
	json_t *params = cfc_json("{s:s, s:O}", "uri", uri, "diagnostics", list);

	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next) {
		if (strcmp(d->uri, uri) != 0)
			continue;
		json_object_set_new(params, "version", json_integer(d->version));
		told = told && d->told;
		d->told = true;
	}
	if (told)
		json_decref(params);
	else
		lsp_notify(l, "textDocument/publishDiagnostics", params);
}

void
lsp_publish(struct lsp *l)
{
	json_t *all = cfc_json("{}");
	json_t *none = cfc_json("[]");
	json_t *list;
	const char *uri;

	lsp_views_update(l);
	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next)
		json_object_set_new(all, d->uri, cfc_json("[]"));
	for (struct lsp_program *p = l->programs; p != NULL; p = p->next)
		collect(l, p, all);
	json_object_foreach(l->published, uri, list) if (json_object_get(all, uri) == NULL &&
							 json_array_size(list) > 0)
		publish(l, uri, none);
	json_object_foreach(all, uri, list) publish(l, uri, list);
	json_decref(none);
	json_decref(l->published);
	l->published = all;
	l->unpublished = false;
}
