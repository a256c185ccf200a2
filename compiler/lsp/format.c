/*
 * format.c - canonical form, as the edits that lead to it.
 */
#include "config.h"

#include <string.h>

#include "compiler/syntax/fmt.h"
#include "compiler/lsp/lsp.h"

/* The edits between the document and its canonical form that touch bytes [from, to]. */
static json_t *
format(struct lsp *l, const struct lsp_doc *d, size_t from, size_t to)
{
	lsp_views_update(l);
	if (!lsp_is_corefile(d))
		return json_null();
	struct cfc_changes changes;
	json_t *edits = json_null();
	struct cfc c;
	char *text;
	size_t len;

	cfc_init(&c);
	struct cfc_source *unit = cfc_source_text(&c, d->path, d->data, d->text.len);
	/* With a mistake in it the text stays as it is; the diagnostics tell why. */
	if (unit == NULL || !cfc_fmt(&c, unit, &text, &len))
		goto out;
	edits = cfc_json("[]");
	changes = cfc_diff_changes(&c, unit->text, unit->len, text, len);
	for (size_t i = 0; i < changes.count; i++) {
		const struct cfc_change *e = &changes.list[i];

		if (e->offset > to || e->offset + e->length < from)
			continue;
		json_array_append_new(
			edits, cfc_json("{s:o, s:o}", "range",
					lsp_range(l, &d->text, e->offset, e->offset + e->length),
					"newText", cfc_json_text(e->text, e->len)));
	}
out:
	cfc_release(&c);
	return edits;
}

json_t *
lsp_format(struct lsp *l, json_t *params)
{
	const struct lsp_doc *d = lsp_doc_of(l, params);

	return d == NULL ? NULL : format(l, d, 0, d->text.len);
}

json_t *
lsp_format_range(struct lsp *l, json_t *params)
{
	const struct lsp_doc *d = lsp_doc_of(l, params);
	size_t from, to;

	if (d == NULL || !lsp_bytes_of(l, &d->text, json_object_get(params, "range"), &from, &to))
		return NULL;
	return format(l, d, from, to);
}
