/*
 * action.c - what can be done about reports: their fixes, and comments that silence them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "compiler/fix.h"
#include "compiler/lsp/lsp.h"

/* ---- edits of a workspace ---- */

/* An edit of several documents: {uri: [edits]}, to be finished by finish(). */
static void
add_edit(struct lsp *l, struct lsp_program *p, json_t *all, const struct cfc_source *unit,
	 size_t offset, size_t length, const char *text)
{
	char *uri = lsp_uri_of_unit(l, unit);
	json_t *name = cfc_json_text(uri, strlen(uri));
	json_t *list = json_object_get(all, json_string_value(name));

	if (list == NULL) {
		list = cfc_json("[]");
		json_object_set_new(all, json_string_value(name), list);
	}
	json_array_append_new(list,
			      cfc_json("{s:o, s:o}", "range",
				       lsp_range(l, lsp_lines_of(p, unit), offset, offset + length),
				       "newText", cfc_json_text(text, strlen(text))));
	json_decref(name);
	free(uri);
}

/* As a WorkspaceEdit: for the versions that they were made from if the client wants that. */
static json_t *
finish(const struct lsp *l, json_t *all)
{
	json_t *list;
	const char *uri;

	if (!l->versions)
		return cfc_json("{s:o}", "changes", all);
	json_t *changes = cfc_json("[]");
	json_object_foreach(all, uri, list)
	{
		json_t *version = json_null();

		for (const struct lsp_doc *d = l->docs; d != NULL; d = d->next)
			if (strcmp(d->uri, uri) == 0)
				version = json_integer(d->version);
		json_array_append_new(changes,
				      cfc_json("{s:{s:s, s:o}, s:O}", "textDocument", "uri", uri,
					       "version", version, "edits", list));
	}
	json_decref(all);
	return cfc_json("{s:o}", "documentChanges", changes);
}

/* ---- quick fixes ---- */

static bool
is_editable(const struct cfc_fix *fix)
{
	for (const struct cfc_edit *e = fix->edits; e != NULL; e = e->next)
		if (e->source->kind != CFC_SOURCE_FILE)
			return false;
	return true;
}

static void
add_quickfix(json_t *actions, const char *title, json_t *diagnostic, json_t *edit, bool preferred)
{
	json_array_append_new(actions, cfc_json("{s:o, s:s, s:[O], s:o, s:b}", "title",
						cfc_json_text(title, strlen(title)), "kind",
						"quickfix", "diagnostics", diagnostic, "edit", edit,
						"isPreferred", preferred));
}

static void
add_fixes(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d, json_t *diagnostic,
	  json_t *actions)
{
	for (const struct cfc_fix *fix = d->fixes; fix != NULL; fix = fix->next) {
		json_t *all = cfc_json("{}");

		if (!is_editable(fix)) {
			json_decref(all);
			continue;
		}
		for (const struct cfc_edit *e = fix->edits; e != NULL; e = e->next)
			add_edit(l, p, all, e->source, e->offset, e->length, e->text);
		add_quickfix(actions, fix->title, diagnostic, finish(l, all), fix == d->fixes);
	}
}

/* ---- comments ---- */

/* Where a comment can stand so that a report is silenced. */
enum scope {
	SCOPE_LINE,  /* the line, with its block */
	SCOPE_BLOCK, /* the server block or snippet */
	SCOPE_FILE,
};

/* The line of a block that the text at a line of the file belongs to; NULL = none. */
static const struct cfc_node *
node_at(const struct cfc_node *nodes, uint32_t line)
{
	while (nodes != NULL && (line < nodes->line || line > nodes->end_line))
		nodes = nodes->next;
	return nodes;
}

/* The innermost one; what words over several lines say belongs to the line where these begin. */
static const struct cfc_node *
innermost_at(const struct cfc_node *nodes, uint32_t line)
{
	const struct cfc_node *found = NULL;

	for (const struct cfc_node *n; (n = node_at(nodes, line)) != NULL; nodes = n->children)
		found = n;
	return found;
}

/* How the lines of a unit end. */
static const char *
line_end(const struct cfc_source *unit)
{
	const char *lf = memchr(unit->text, '\n', unit->len);

	return lf != NULL && lf > unit->text && lf[-1] == '\r' ? "\r\n" : "\n";
}

/* Where a line begins; a byte order mark stays in front. */
static size_t
line_start(const struct cfc_source *unit, uint32_t line)
{
	size_t start = unit->starts[line - 1];

	return start +
	       (start == 0 && unit->len >= 3 && memcmp(unit->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
}

/* Puts a comment before a line of the file, as far to the right as the line. */
static void
add_comment(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d, uint32_t line,
	    enum scope scope, json_t *diagnostic, json_t *actions)
{
	static const char *const words[] = { "line", "block", "file" };
	const struct cfc_source *unit = d->span.source;
	size_t start = line_start(unit, line);
	size_t indent = start;
	json_t *all = cfc_json("{}");

	while (scope != SCOPE_FILE && indent < unit->len &&
	       (unit->text[indent] == ' ' || unit->text[indent] == '\t'))
		indent++;
	char *text = xasprintf("%.*s# corefile-lint disable%s=%s -- %s", (int)(indent - start),
			       unit->text + start, scope == SCOPE_FILE ? "-file" : "", d->id,
			       line_end(unit));
	char *title = xasprintf("disable %s for this %s", d->id, words[scope]);
	add_edit(l, p, all, unit, start, 0, text);
	add_quickfix(actions, title, diagnostic, finish(l, all), false);
	free(title);
	free(text);
}

/* Whether a comment can silence a report: not what CoreDNS refuses, nor what is about comments. */
static bool
can_be_silenced(const struct lsp_program *p, const struct cfc_diag *d)
{
	return !p->c.compat && strcmp(d->id, "CF1012") != 0 && strcmp(d->id, "CF1013") != 0 &&
	       (d->reported != CFC_SEVERITY_ERROR || d->ours);
}

static void
add_comments(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d,
	     const struct cfc_source *unit, json_t *diagnostic, json_t *actions)
{
	if (d->span.source != unit || !can_be_silenced(p, d))
		return;
	const struct cfc_node *block = node_at(unit->nodes, d->span.line);
	const struct cfc_node *line = innermost_at(unit->nodes, d->span.line);
	/* Nothing can stand before a byte order mark. */
	if (cfc_span_offset(d->span) < line_start(unit, d->span.line))
		line = block = NULL;
	if (line != NULL)
		add_comment(l, p, d, line->line, SCOPE_LINE, diagnostic, actions);
	if (block != NULL && block != line && block->line != line->line)
		add_comment(l, p, d, block->line, SCOPE_BLOCK, diagnostic, actions);
	if (unit->nlines > 0)
		add_comment(l, p, d, 1, SCOPE_FILE, diagnostic, actions);
}

/* ---- the request ---- */

/* Whether the client wants actions of a kind: it names kinds, each with all that begin with it. */
static bool
is_wanted(json_t *params, const char *kind)
{
	json_t *only = json_object_get(json_object_get(params, "context"), "only");
	json_t *word;
	size_t i;

	if (!json_is_array(only))
		return strcmp(kind, "quickfix") == 0;
	json_array_foreach(only, i, word)
	{
		const char *s = json_string_value(word);
		size_t len = s != NULL ? strlen(s) : 0;

		if (s != NULL && (len == 0 || (strncmp(kind, s, len) == 0 &&
					       (kind[len] == '\0' || kind[len] == '.'))))
			return true;
	}
	return false;
}

static void
add_quickfixes(struct lsp *l, const struct lsp_doc *d, size_t from, size_t to, json_t *actions)
{
	struct lsp_program *p = d->program;

	cfc_diags_sort(&p->c);
	for (size_t i = 0; i < p->c.diags.count; i++) {
		const struct cfc_diag *diag = p->c.diags.list[i];
		size_t start, end;

		if (!lsp_diag_bytes(p, diag, d->unit, &start, &end) || end < from || start > to)
			continue;
		json_t *diagnostic = lsp_diagnostic(l, p, diag);
		add_fixes(l, p, diag, diagnostic, actions);
		add_comments(l, p, diag, d->unit, diagnostic, actions);
		json_decref(diagnostic);
	}
}

/* All fixes of the document at once. */
static void
add_fix_all(struct lsp *l, const struct lsp_doc *d, json_t *actions)
{
	json_t *all = cfc_json("{}");
	struct buf text;

	buf_init(&text, CFC_SOURCE_MAX);
	if (cfc_fixes_apply(&d->program->c, d->unit, &text) > 0 && !text.overflow) {
		add_edit(l, d->program, all, d->unit, 0, d->unit->len, buf_cstr(&text));
		json_array_append_new(actions,
				      cfc_json("{s:s, s:s, s:o}", "title", "apply all fixes",
					       "kind", "source.fixAll", "edit", finish(l, all)));
	} else {
		json_decref(all);
	}
	buf_release(&text);
}

json_t *
lsp_actions(struct lsp *l, json_t *params)
{
	const struct lsp_doc *d = lsp_doc_of(l, params);
	size_t from, to;

	if (d == NULL || !lsp_bytes_of(l, &d->text, json_object_get(params, "range"), &from, &to))
		return NULL;
	lsp_views_update(l);
	json_t *actions = cfc_json("[]");
	if (!lsp_is_corefile(d))
		return actions;
	if (is_wanted(params, "quickfix"))
		add_quickfixes(l, d, from, to, actions);
	if (is_wanted(params, "source.fixAll"))
		add_fix_all(l, d, actions);
	return actions;
}
