/*
 * lint_fix.c - --fix: what the reports would have changed, applied.
 *
 * Everything happens in memory: a Corefile is compiled again with the texts as fixes leave them, until
 * nothing more can be fixed, and files are written, or shown as a diff, when the run is over.
 */
#include "config.h"

#include "compiler/command/lint.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/fix.h"
#include "compiler/syntax/fmt.h"
#include "compiler/report/repository.h"

static const char *
key_of(struct cfc *c, const char *path)
{
	return path[0] == '<' ? path : cfc_path_absolute(c, path);
}

static struct lint_fixed *
find(const struct lint_fixes *f, const char *path)
{
	const char *key = key_of(f->keeper, path);

	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i]->key, key) == 0)
			return f->list[i];
	return NULL;
}

const char *
lint_fixed_text(void *fixes, const char *path, size_t *len)
{
	const struct lint_fixed *x = find(fixes, path);

	if (x == NULL)
		return NULL;
	*len = x->len;
	return x->text;
}

static char *
keep(struct lint_fixes *f, const char *text, size_t len)
{
	char *copy = cfc_array(f->keeper, len + 1, 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

/* The entry of a unit; made, with its text as it stands on disk, if there is none. */
static struct lint_fixed *
enter(struct lint_fixes *f, const struct cfc_source *s)
{
	struct lint_fixed *x = find(f, s->path);

	if (x != NULL)
		return x;
	x = cfc_array(f->keeper, 1, sizeof(*x));
	x->path = cfc_printf(f->keeper, "%s", s->path);
	x->key = cfc_printf(f->keeper, "%s", key_of(f->keeper, s->path));
	x->is_file = s->kind == CFC_SOURCE_FILE;
	x->before = x->text = keep(f, s->text, s->len);
	x->before_len = x->len = s->len;
	f->list = cfc_grow(f->keeper, f->list, f->count, &f->room, sizeof(f->list[0]));
	f->list[f->count++] = x;
	return x;
}

size_t
lint_fix(struct lint_fixes *f, struct cfc *c)
{
	size_t applied = 0;

	for (size_t i = 0; i < c->nsources; i++) {
		const struct cfc_source *s = c->sources[i];
		struct buf out;

		if (s->kind == CFC_SOURCE_BUILTIN || s->kind == CFC_SOURCE_PART)
			continue;
		buf_init(&out, CFC_SOURCE_MAX);
		size_t n = cfc_fixes_apply(c, s, &out);
		bool same = out.len == s->len && memcmp(buf_cstr(&out), s->text, s->len) == 0;
		if (n > 0 && !same && !out.overflow) {
			struct lint_fixed *x = enter(f, s);

			x->text = keep(f, buf_cstr(&out), out.len);
			x->len = out.len;
			applied += n;
		}
		buf_release(&out);
	}
	f->applied += applied;
	return applied;
}

static bool
put_file(struct lint_fixes *f, const struct lint_fixed *x)
{
	if (cfc_write_file(x->path, x->text, x->len) == 0)
		return true;
	cfc_error(f->keeper, cfc_no_span(), "CF9004", "cannot write '%s': %s", x->path,
		  strerror(errno));
	return false;
}

bool
lint_fixes_put(struct lint_fixes *f, bool diff)
{
	bool good = true;

	for (size_t i = 0; i < f->count; i++) {
		const struct lint_fixed *x = f->list[i];

		if (diff)
			fputs(cfc_diff(f->keeper, x->path, x->before, x->before_len, x->text,
				       x->len),
			      stdout);
		else if (!x->is_file)
			fwrite(x->text, 1, x->len, stdout);
		else if (x->len != x->before_len || memcmp(x->text, x->before, x->len) != 0)
			good = put_file(f, x) && good;
	}
	return good;
}

void
lint_fixes_take(struct lint_fixes *f, const struct cfc_source *unit)
{
	enter(f, unit);
}
