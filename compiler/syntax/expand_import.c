/*
 * Imports and snippets of an expansion.
 */
#include "config.h"

#include "compiler/syntax/expander.h"

#include <sys/stat.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "compiler/fix.h"
#include "compiler/mount.h"
#include "compiler/syntax/import.h"
#include "compiler/suggest.h"

/* ---- imports ---- */

static bool
too_deep(struct expander *x, const struct cfc_token *arg)
{
	uint32_t depth = arg->span.origin == NULL ? 0 : arg->span.origin->depth;

	if (depth < CFC_IMPORT_DEPTH_MAX)
		return false;
	cfc_error(x->c, arg->span, "CF1007", "imports within imports are deeper than %u levels",
		  CFC_IMPORT_DEPTH_MAX);
	return true;
}

/* A limit on the sum of imports: reported once, then reading ends. */
static bool
count_use(struct expander *x, size_t *uses, size_t max, const struct cfc_token *arg,
	  const char *what)
{
	if (++*uses <= max)
		return true;
	if (!x->stopped)
		cfc_error(x->c, arg->span, "CF1007", "more than %zu imports of %s", max, what);
	x->stopped = true;
	return false;
}

static bool
is_file(struct cfc *c, const char *path)
{
	struct stat st;

	if (c->mounts != NULL)
		return cfc_mount_find(c, path) != NULL;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void
import_snippet(struct expander *x, struct snippet *s, const struct cfc_token *arg)
{
	const char *path = cfc_import_path(x->c, arg->span.source, s->name);

	s->used = true;
	for (const struct frame *f = x->top; f != NULL; f = f->below) {
		if (f->snippet == s) {
			cfc_error(x->c, arg->span, "CF1007", "snippet '%s' imports itself",
				  s->name);
			return;
		}
	}
	if (too_deep(x, arg) || !count_use(x, &x->snippet_uses, CFC_SNIPPETS_MAX, arg, "snippets"))
		return;
	if (is_file(x->c, path)) {
		cfc_warn(x->c, arg->span, "CF1007", "snippet '%s' hides the file of that name",
			 s->name);
		cfc_note(x->c, s->span,
			 "the snippet is defined here; to import the file, write './%s'", s->name);
	}
	expander_push(x, s->lines, cfc_import_origin(x->c, arg, s->name, true, &s->uses), NULL, s);
}

/* The definition of a snippet in a unit, whether it has been reached or not. */
static const struct cfc_token *
find_definition(const struct cfc_source *unit, const char *name)
{
	size_t len = strlen(name);

	for (const struct cfc_node *n = unit->nodes; n != NULL; n = n->next) {
		const struct cfc_token *t = n->tokens;
		if (n->ntokens == 1 && t->len == len + 2 && t->text[0] == '(' &&
		    memcmp(t->text + 1, name, len) == 0 && t->text[len + 1] == ')')
			return t;
	}
	return NULL;
}

/* Neither a snippet nor a file: say what was looked for, and guess what was meant. */
static void
report_absent(struct expander *x, const struct cfc_token *arg, const char *path)
{
	const char *name = arg->text;

	if (cfc_import_is_elsewhere(x->c, arg, path))
		return;
	cfc_error(x->c, arg->span, "CF1007", "'%s' is neither a snippet nor a file", name);
	for (size_t i = 0; i < x->c->nsources; i++) {
		const struct cfc_token *t = find_definition(x->c->sources[i], name);
		if (t != NULL) {
			cfc_note(x->c, t->span,
				 "snippet '%s' is defined here: it must be defined "
				 "before it is used",
				 name);
			return;
		}
	}
	const char *near = cfc_suggest(name, x->names, x->nnames);
	if (near != NULL) {
		const struct snippet *s = map_get_str(&x->snippets, near);
		cfc_note(x->c, s->span, "did you mean the snippet '%s'?", near);
		cfc_fix_word(x->c, cfc_printf(x->c, "write '%s'", near), arg, near);
	} else {
		cfc_note(x->c, arg->span, "looked for the file '%s'", path);
	}
}

static bool
is_imported_by(const struct expander *x, const struct cfc_source *unit)
{
	for (const struct frame *f = x->top; f != NULL; f = f->below) {
		const struct cfc_source *u = f->unit;
		if (u == unit ||
		    (u != NULL && u->ino != 0 && u->ino == unit->ino && u->dev == unit->dev))
			return true;
	}
	return false;
}

/* Read and parse one file; the frame for it, not yet on the stack. NULL = reported. */
static struct frame *
import_file(struct expander *x, const struct cfc_token *arg, const char *path)
{
	if (!cfc_source_exists(x->c, path)) {
		report_absent(x, arg, path);
		return NULL;
	}
	struct cfc_source *unit = cfc_source_file(x->c, path, arg->span);
	if (unit == NULL)
		return NULL;
	if (is_imported_by(x, unit)) {
		cfc_error(x->c, arg->span, "CF1007", "import cycle: '%s' imports itself", path);
		return NULL;
	}
	const struct cfc_origin *origin =
		cfc_import_origin(x->c, arg, unit->path, false, &unit->uses);
	cfc_parse(x->c, unit, origin);
	struct frame *f = arena_zalloc(x->c->arena, sizeof(*f));
	f->next = unit->nodes;
	f->origin = origin;
	f->unit = unit;
	return f;
}

static void
import_files(struct expander *x, const struct cfc_token *arg)
{
	struct cfc_paths paths = { .list = NULL };

	if (too_deep(x, arg) || !count_use(x, &x->file_uses, CFC_FILES_MAX, arg, "files") ||
	    !cfc_import_files(x->c, arg->span.source, arg, &paths))
		return;
	struct frame **frames = cfc_array(x->c, paths.count + 1, sizeof(frames[0]));
	for (size_t i = 0; i < paths.count; i++)
		frames[i] = import_file(x, arg, paths.list[i]);
	for (size_t i = paths.count; i > 0; i--) {
		if (frames[i - 1] == NULL)
			continue;
		frames[i - 1]->below = x->top;
		x->top = frames[i - 1];
	}
}

/* Follow an import line: afterwards next_line gives what it stands for. */
void
expander_import(struct expander *x, const struct cfc_node *node)
{
	struct cfc_span span = here(node->tokens[0].span, x->origin);

	if (node->ntokens < 2) {
		cfc_error(x->c, span, "CF1007", "'import' without the name of a snippet or file");
		return;
	}
	if (node->ntokens > 2 || node->has_block) {
		struct cfc_span extra = node->ntokens > 2 ? node->tokens[2].span : node->open;
		cfc_error(x->c, here(extra, x->origin), "CF1007", "'import' takes one name");
		cfc_note(x->c, span,
			 "write a line with 'import' for each; snippets have no arguments");
		return;
	}
	struct cfc_token arg = expander_token(x, &node->tokens[1], x->origin);
	if (arg.len == 0 && x->unset.count == 0)
		cfc_error(x->c, arg.span, "CF1007", "'import' of an empty name");
	expander_report_unset(x, &arg, 1, "the name to import");
	if (arg.len == 0)
		return;
	struct snippet *s = map_get(&x->snippets, arg.text, arg.len);
	if (s != NULL)
		import_snippet(x, s, &arg);
	else
		import_files(x, &arg);
}

/* ---- snippets ---- */

/* The import of a snippet by its own lines; found here even if nobody uses it. */
static const struct cfc_token *
find_self_import(const struct cfc_node *lines, const char *name)
{
	for (const struct cfc_node *n = lines; n != NULL; n = n->next) {
		if (is_import(n) && n->ntokens == 2 && strcmp(n->tokens[1].text, name) == 0)
			return &n->tokens[1];
		const struct cfc_token *inner = find_self_import(n->children, name);
		if (inner != NULL)
			return inner;
	}
	return NULL;
}

void
expander_define(struct expander *x, const struct cfc_token *key, const struct cfc_node *block,
		const struct cfc_origin *origin)
{
	const char *name = arena_strndup(x->c->arena, key->text + 1, key->len - 2);
	const struct snippet *known = map_get_str(&x->snippets, name);

	if (name[0] == '\0') {
		cfc_error(x->c, key->span, "CF1007", "snippet without a name");
		return;
	}
	if (block == NULL) {
		cfc_error(x->c, key->span, "CF1007", "snippet '%s' without a block", name);
		cfc_note(x->c, key->span, "write '(%s) {', the lines, and '}'", name);
		return;
	}
	if (known != NULL) {
		cfc_error(x->c, key->span, "CF1007", "snippet '%s' is defined twice", name);
		cfc_note(x->c, known->span, "first defined here");
		return;
	}
	const struct cfc_token *self = find_self_import(block->children, name);
	if (self != NULL)
		cfc_error(x->c, here(self->span, origin), "CF1007", "snippet '%s' imports itself",
			  name);
	struct snippet *s = arena_zalloc(x->c->arena, sizeof(*s));
	s->name = name;
	s->lines = block->children;
	s->span = key->span;
	xmap_set(&x->snippets, name, strlen(name), s);
	x->names = cfc_grow(x->c, x->names, x->nnames, &x->names_room, sizeof(x->names[0]));
	x->names[x->nnames++] = name;
}

/* Only those of the main file: a shared file of snippets is not used whole by everybody. */
void
expander_report_unused(struct expander *x)
{
	size_t pos = 0;

	for (const struct map_entry *e; (e = map_next(&x->snippets, &pos)) != NULL;) {
		const struct snippet *s = e->value;
		if (!s->used && s->span.source == x->main && s->span.origin == NULL)
			cfc_warn(x->c, s->span, "CF1007", "snippet '%s' is never used", s->name);
	}
}
