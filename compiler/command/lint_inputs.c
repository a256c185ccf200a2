/*
 * lint_inputs.c - the Corefiles that files and folders on the command line stand for.
 */
#include "config.h"

#include "compiler/command/lint.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/command/command.h"
#include "compiler/manifest/manifest.h"
#include "compiler/report/repository.h"

#define FOLDERS_DEEP 64u     /* folders within folders */
#define FILES_MAX    100000u /* Corefiles of one run */

struct finder {
	struct cfc *c;
	struct lint_inputs *out;
	struct map seen; /* absolute paths */
	size_t met;      /* Corefiles, those seen before included */
};

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

/* Whether there is anything in a manifest that lint would look at, or cannot read. */
static bool
holds_corefile(const char *path)
{
	const char *object;
	struct cfc_manifest m;
	struct cfc c;
	bool found = false;

	cfc_init(&c);
	const struct cfc_source *host = cfc_load_open(&c, path, &object);
	if (host != NULL && cfc_manifest_may_hold(host))
		found = cfc_manifest_read(&c, host, &m) ? m.nparts > 0
							: !cfc_manifest_is_template(host);
	cfc_release(&c);
	return found;
}

/* Whether a file in a folder is a Corefile, by its name, or a manifest that holds one. */
static bool
is_wanted(const char *path, const char *name)
{
	struct stat st;

	if (!cfc_is_corefile_name(name) && !cfc_manifest_has_name(name))
		return false;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (cfc_is_corefile_name(name) || holds_corefile(path));
}

static void
add(struct finder *f, const char *path, bool from_folder)
{
	struct lint_inputs *in = f->out;
	const char *key = cfc_path_absolute(f->c, path);

	f->met++;
	if (map_get_str(&f->seen, key) != NULL)
		return;
	if (in->count == FILES_MAX) {
		if (f->met == FILES_MAX + 1)
			cfc_error(f->c, cfc_no_span(), "CF1000", "more than %u Corefiles at once",
				  FILES_MAX);
		return;
	}
	xmap_set(&f->seen, key, strlen(key), f);
	in->list = cfc_grow(f->c, in->list, in->count, &in->room, sizeof(in->list[0]));
	in->list[in->count++] = (struct lint_input){
		.path = cfc_printf(f->c, "%s", path),
		.from_folder = from_folder,
	};
}

/* Names in a folder, without hidden ones and without following links to folders. */
static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By bytes, whatever the locale. */
static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static const char *
path_in(struct cfc *c, const char *folder, const char *name)
{
	if (strcmp(folder, ".") == 0)
		return cfc_printf(c, "%s", name);
	return cfc_printf(c, "%s%s%s", folder, ends_with(folder, "/") ? "" : "/", name);
}

static void
walk(struct finder *f, const char *folder, unsigned depth)
{
	struct dirent **names;
	int n = scandir(folder, &names, is_visible, compare_names);

	if (n < 0) {
		cfc_error(f->c, cfc_no_span(), "CF1000", "cannot read '%s': %s", folder,
			  strerror(errno));
		return;
	}
	for (int i = 0; i < n; i++) {
		struct stat st;
		const char *path = path_in(f->c, folder, names[i]->d_name);

		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			if (depth < FOLDERS_DEEP)
				walk(f, path, depth + 1);
		} else if (is_wanted(path, names[i]->d_name)) {
			add(f, path, true);
		}
		free(names[i]);
	}
	free(names);
}

static void
find_in_folder(struct finder *f, const char *folder)
{
	size_t before = f->met;
	size_t errors = f->c->diags.nerrors;

	walk(f, strcmp(folder, "./") == 0 ? "." : folder, 0);
	if (f->met == before && f->c->diags.nerrors == errors)
		cfc_error(f->c, cfc_no_span(), "CF1000", "there is no Corefile in '%s'", folder);
}

void
lint_inputs_find(struct cfc *c, const struct lint_options *o, char *const *words, size_t n,
		 struct lint_inputs *out)
{
	struct finder f = { .c = c, .out = out };

	memset(out, 0, sizeof(*out));
	map_init(&f.seen);
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if (strcmp(words[i], "-") == 0) {
			add(&f, o->stdin_name != NULL ? o->stdin_name : "<stdin>", false);
			out->list[out->count - 1].is_stdin = true;
		} else if (stat(words[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			find_in_folder(&f, words[i]);
		} else {
			add(&f, words[i], false);
		}
	}
	map_release(&f.seen);
}
