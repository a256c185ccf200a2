/*
 * view.c - from open documents to compiled Corefiles.
 *
 * A document may be a Corefile, or a part that a Corefile imports: then what is in it only makes sense
 * there.  So a document that another open one imports belongs to the program of that one, and one that no
 * open document imports is looked for in the imports of a file 'Corefile' in its folder or one of those
 * above.  Only when none of them wants it, it is taken for a Corefile itself.
 *
 * Each program is judged as `lint` would judge its Corefile: with the project file, and what comments
 * suppress left out.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "compiler/lsp/lsp.h"
#include "compiler/report/repository.h"

#define FOLDERS_MAX 8u /* above a document in which a Corefile is looked for */

/* ---- programs ---- */

static const char *
overlay(void *arg, const char *path, size_t *len)
{
	const struct lsp_doc *d = lsp_doc_at(arg, path);

	if (d == NULL)
		return NULL;
	*len = d->text.len;
	return d->data;
}

static bool
is_project_file(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash != NULL ? slash + 1 : path, CFC_PROJECT_FILE) == 0;
}

bool
lsp_is_corefile(const struct lsp_doc *d)
{
	/* What was taken out of a manifest is not the text of the document. */
	return !d->program->is_project && d->unit->len == d->text.len &&
	       (d->text.len == 0 || memcmp(d->unit->text, d->data, d->text.len) == 0);
}

static struct lsp_program *
new_program(struct lsp *l, const char *path)
{
	struct lsp_program *p = xcalloc(1, sizeof(*p));

	p->path = xstrdup(path);
	cfc_init(&p->c);
	cfc_init(&p->keeper);
	p->c.overlay = p->keeper.overlay = overlay;
	p->c.overlay_arg = p->keeper.overlay_arg = l;
	return p;
}

/* A project file, with the files of variables that it names. */
static struct lsp_program *
read_project(struct lsp *l, const char *path)
{
	struct lsp_program *p = new_program(l, path);

	p->is_project = true;
	cfc_settings_copy(&p->settings, &l->settings, &p->c);
	p->settings.no_config = false;
	p->settings.config = p->path;
	cfc_settings_enter(&p->settings, p->path);
	p->p.main = p->c.nsources > 0 ? p->c.sources[0] : NULL;
	return p;
}

/* As `lint` looks at it.  What a project file with faults says in the rest of it counts. */
static struct lsp_program *
compile(struct lsp *l, const char *path)
{
	if (is_project_file(path))
		return read_project(l, path);
	struct lsp_program *p = new_program(l, path);
	cfc_settings_copy(&p->settings, &l->settings, &p->keeper);
	cfc_settings_enter(&p->settings, path);
	cfc_settings_apply(&p->settings, &p->c);
	cfc_load(&p->c, path, &p->p);
	cfc_settings_judge(&p->settings, &p->c);
	return p;
}

static void
free_program(struct lsp_program *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nlines; i++)
		lsp_lines_release(&p->lines[i]);
	free(p->lines);
	free(p->path);
	cfc_settings_release(&p->settings);
	cfc_release(&p->keeper);
	cfc_release(&p->c);
	free(p);
}

/* The unit that holds the document in a program, NULL = it has no part in it. */
static struct cfc_source *
unit_of(struct lsp *l, const struct lsp_program *p, const struct lsp_doc *d)
{
	if (p == NULL || p->p.main == NULL)
		return NULL;
	if (p->c.nsources == 1) /* the usual case, of which there may be many */
		return strcmp(p->path, d->path) == 0 ? p->p.main : NULL;
	for (size_t i = 0; i < p->c.nsources; i++)
		if (p->c.sources[i]->kind == CFC_SOURCE_FILE &&
		    lsp_doc_at(l, p->c.sources[i]->path) == d)
			return p->c.sources[i];
	return NULL;
}

const struct lsp_lines *
lsp_lines_of(struct lsp_program *p, const struct cfc_source *unit)
{
	if (p->nlines < p->c.nsources) {
		p->lines = xreallocarray(p->lines, p->c.nsources, sizeof(p->lines[0]));
		memset(p->lines + p->nlines, 0, (p->c.nsources - p->nlines) * sizeof(p->lines[0]));
		p->nlines = p->c.nsources;
	}
	if (p->lines[unit->index].count == 0)
		lsp_lines_build(&p->lines[unit->index], unit->text, unit->len);
	return &p->lines[unit->index];
}

/* ---- who belongs where ---- */

/* The program that each document would be by itself, in the order of the documents. */
struct candidate {
	struct lsp_doc *doc;
	struct lsp_program *own;
};

static bool
imports(struct lsp *l, const struct candidate *a, const struct candidate *b)
{
	return a != b && unit_of(l, a->own, b->doc) != NULL;
}

/* Whether an open Corefile imports it that it does not import itself. */
static bool
is_part(struct lsp *l, const struct candidate *all, size_t n, const struct candidate *self)
{
	for (size_t i = 0; i < n; i++)
		if (imports(l, &all[i], self) && !imports(l, self, &all[i]))
			return true;
	return false;
}

static void
add_program(struct lsp *l, struct lsp_program *p)
{
	struct lsp_program **at = &l->programs;

	while (*at != NULL)
		at = &(*at)->next;
	*at = p;
}

/* Gives the document to the first program that it has a part in; false = there is none. */
static bool
join(struct lsp *l, struct lsp_doc *d)
{
	for (struct lsp_program *p = l->programs; p != NULL && d->unit == NULL; p = p->next) {
		d->unit = unit_of(l, p, d);
		d->program = d->unit != NULL ? p : NULL;
	}
	return d->unit != NULL;
}

/* Looks for a Corefile on disk, in the folders above, that imports the document. */
static bool
find_corefile(struct lsp *l, struct lsp_doc *d)
{
	char *folder = xstrdup(d->path);
	bool found = false;

	for (unsigned i = 0; i < FOLDERS_MAX && !found; i++) {
		char *slash = strrchr(folder, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
		char *path = xasprintf("%s/Corefile", folder);
		struct fs_id id;
		if (lsp_doc_at(l, path) == NULL && fs_identify(&id, path) == 0) {
			struct lsp_program *p = compile(l, path);
			found = unit_of(l, p, d) != NULL;
			if (found)
				add_program(l, p);
			else
				free_program(p);
		}
		free(path);
	}
	free(folder);
	return found && join(l, d);
}

static void
place(struct lsp *l, struct candidate *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct lsp_doc *d = all[i].doc;

		if (!all[i].own->is_project &&
		    (is_part(l, all, n, &all[i]) || join(l, d) || find_corefile(l, d)))
			continue;
		add_program(l, all[i].own);
		d->program = all[i].own;
		d->unit = all[i].own->p.main;
	}
	for (size_t i = 0; i < n; i++) {
		join(l, all[i].doc);
		if (all[i].doc->program != all[i].own)
			free_program(all[i].own);
	}
}

static bool
has_program(const struct lsp *l, const char *path)
{
	for (const struct lsp_program *p = l->programs; p != NULL; p = p->next)
		if (strcmp(p->path, path) == 0)
			return true;
	return false;
}

/* Project files that are not open are shown for their faults. */
static void
add_projects(struct lsp *l)
{
	for (struct lsp_program *p = l->programs; p != NULL; p = p->next) {
		if (!p->settings.broken || p->is_project || p->settings.project.path == NULL)
			continue;
		const char *path = cfc_path_absolute(&p->keeper, p->settings.project.path);
		if (!has_program(l, path))
			add_program(l, read_project(l, path));
	}
}

void
lsp_views_release(struct lsp *l)
{
	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next) {
		d->program = NULL;
		d->unit = NULL;
	}
	while (l->programs != NULL) {
		struct lsp_program *next = l->programs->next;

		free_program(l->programs);
		l->programs = next;
	}
	l->old = true;
}

void
lsp_views_update(struct lsp *l)
{
	size_t n = 0;

	if (!l->old)
		return;
	lsp_views_release(l);
	struct candidate *all = xcalloc(l->ndocs + 1, sizeof(all[0]));
	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next)
		all[n++] = (struct candidate){ .doc = d, .own = compile(l, d->path) };
	place(l, all, n);
	add_projects(l);
	free(all);
	l->old = false;
}

/* ---- places ---- */

char *
lsp_uri_of_unit(struct lsp *l, const struct cfc_source *unit)
{
	const struct lsp_doc *d = lsp_doc_at(l, unit->path);

	return d != NULL ? xstrdup(d->uri) : lsp_uri_of_path(unit->path);
}

json_t *
lsp_location(struct lsp *l, struct lsp_program *p, struct cfc_span span)
{
	size_t from = cfc_span_offset(span);
	char *uri = lsp_uri_of_unit(l, span.source);
	json_t *location =
		cfc_json("{s:o, s:o}", "uri", cfc_json_text(uri, strlen(uri)), "range",
			 lsp_range(l, lsp_lines_of(p, span.source), from, from + span.length));

	free(uri);
	return location;
}
