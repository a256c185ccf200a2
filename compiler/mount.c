/*
 * mount.c - finding mounted files by path and pattern.
 */
#include "config.h"

#include "compiler/mount.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/cfc.h"
#include "compiler/report/repository.h"
#include "compiler/syntax/import.h"

void
cfc_mount_add(struct cfc *c, struct cfc_mounts *m, struct cfc_source *unit)
{
	m->list = cfc_grow(c, m->list, m->count, &m->room, sizeof(m->list[0]));
	m->list[m->count++] = unit;
}

static int
compare_units(const void *a, const void *b)
{
	const struct cfc_source *const *x = a, *const *y = b;
	int order = strcmp((*x)->path, (*y)->path);

	if (order != 0)
		return order;
	return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

void
cfc_mount_sort(struct cfc_mounts *m)
{
	if (m->count > 1)
		qsort(m->list, m->count, sizeof(m->list[0]), compare_units);
}

static int
compare_path(const void *key, const void *element)
{
	const struct cfc_source *const *unit = element;

	return strcmp(key, (*unit)->path);
}

struct cfc_source *
cfc_mount_find(struct cfc *c, const char *path)
{
	const struct cfc_mounts *m = c->mounts;

	if (m == NULL || m->count == 0 || path[0] != '/')
		return NULL;
	struct cfc_source *const *found = bsearch(cfc_path_absolute(c, path), m->list, m->count,
						  sizeof(m->list[0]), compare_path);
	return found == NULL ? NULL : *found;
}

/* Octets of a path up to its last '/'. */
static size_t
folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

bool
cfc_mount_knows(struct cfc *c, const char *path)
{
	const char *absolute = path[0] == '/' ? cfc_path_absolute(c, path) : "";
	size_t len = folder_len(absolute);

	for (size_t i = 0; c->mounts != NULL && i < c->mounts->count; i++) {
		const char *known = c->mounts->list[i]->path;

		if (len > 0 && folder_len(known) == len && strncmp(known, absolute, len) == 0)
			return true;
	}
	return false;
}

static size_t
count_slashes(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}

bool
cfc_mount_matches(struct cfc *c, const struct cfc_source *file, const char *pattern)
{
	const char *absolute = cfc_path_absolute(c, pattern);

	/* With as many slashes as the path has, each of them stands for itself. */
	return count_slashes(absolute) == count_slashes(file->path) &&
	       cfc_glob_match(absolute, file->path);
}
