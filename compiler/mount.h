/*
 * mount.h - files that stand beside a Corefile where the server runs, but not here.
 *
 * A ConfigMap is mounted as a folder, and its keys are the files in it.  For a Corefile out of a
 * manifest (compiler/manifest/) this list takes the place of the file system: an import is looked for
 * in it and nowhere else, since what stands on this machine under such a path is something else.
 * A folder of which the list has no file may still be there, from a manifest that was not given; nothing
 * is said about what is in it.
 *
 * Memory: the arena of the compilation.
 */
#ifndef COMPILER_MOUNT_H
#define COMPILER_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/source.h"

struct cfc;

struct cfc_mounts {
	struct cfc_source **list; /* by path, each absolute and without "." and ".." */
	size_t count;
	size_t room;
	bool is_part;       /* what is compiled is a part of a Corefile that is not there */
	bool is_incomplete; /* something that is imported is not known */
};

/* Add all files, then sort them. */
void cfc_mount_add(struct cfc *c, struct cfc_mounts *m, struct cfc_source *unit);
void cfc_mount_sort(struct cfc_mounts *m);

/* The mounted file at path; NULL = none, or nothing is mounted. */
struct cfc_source *cfc_mount_find(struct cfc *c, const char *path);

/* Whether all files of the folder that holds path are known: one of them is mounted. */
bool cfc_mount_knows(struct cfc *c, const char *path);

/* Whether a mounted file matches an import's pattern of an absolute path; '*' and '?' match no '/'. */
bool cfc_mount_matches(struct cfc *c, const struct cfc_source *file, const char *pattern);

#endif
