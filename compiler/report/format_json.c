/*
 * format_json.c - findings as one JSON object, described in doc/lint.md.
 */
#include "config.h"

#include "compiler/report/format.h"

#include "compiler/report/json.h"

static json_t *
place_object(const struct cfc_place *at)
{
	json_t *o = cfc_json("{s:s}", "file", at->path);

	if (!at->whole)
		json_object_update_new(
			o, cfc_json("{s:I, s:I, s:I, s:I, s:I, s:I}", "line", (json_int_t)at->line,
				    "column", (json_int_t)at->column, "endLine",
				    (json_int_t)at->end_line, "endColumn",
				    (json_int_t)at->end_column, "offset", (json_int_t)at->offset,
				    "length", (json_int_t)at->length));
	return o;
}

static json_t *
notes_array(const struct cfc_finding *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->nnotes; i++) {
		json_t *note = cfc_json("{s:s}", "message", x->notes[i].text);

		json_object_update_new(note, place_object(&x->notes[i].at));
		json_array_append_new(list, note);
	}
	return list;
}

static json_t *
fixes_array(const struct cfc_finding *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->nfixes; i++) {
		json_t *edits = json_array();

		for (size_t j = 0; j < x->fixes[i].nedits; j++) {
			json_t *edit = cfc_json("{s:s}", "text", x->fixes[i].edits[j].text);

			json_object_update_new(edit, place_object(&x->fixes[i].edits[j].at));
			json_array_append_new(edits, edit);
		}
		json_array_append_new(
			list, cfc_json("{s:s, s:o}", "title", x->fixes[i].title, "edits", edits));
	}
	return list;
}

static json_t *
finding_object(const struct cfc_finding *x)
{
	json_t *o = cfc_json("{s:s, s:s, s:s}", "id", x->id, "severity",
			     cfc_severity_name(x->severity), "message", x->text);

	json_object_update_new(o, place_object(&x->at));
	json_object_set_new(o, "notes", notes_array(x));
	json_object_set_new(o, "fixes", fixes_array(x));
	return o;
}

void
cfc_format_json(struct cfc_findings *f, FILE *out)
{
	json_t *list = json_array();
	json_t *files = json_array();

	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list, finding_object(&f->list[i]));
	for (size_t i = 0; i < f->nfiles; i++)
		json_array_append_new(files, json_string(f->files[i]));
	json_t *summary = cfc_json("{s:I, s:I, s:I, s:I}", "files", (json_int_t)f->nfiles, "errors",
				   (json_int_t)f->counts[CFC_SEVERITY_ERROR], "warnings",
				   (json_int_t)f->counts[CFC_SEVERITY_WARNING], "infos",
				   (json_int_t)f->counts[CFC_SEVERITY_INFO]);
	cfc_json_print(cfc_json("{s:i, s:{s:s, s:s}, s:o, s:o, s:o}", "version", 1, "tool", "name",
				"corefile-lint", "version", PACKAGE_VERSION, "files", files,
				"findings", list, "summary", summary),
		       out);
}
