/*
 * Paths as a repository names them: reports that a code host reads speak of files below the
 * repository's root, whatever the folder in which corefile-lint runs.
 *
 * The root is the nearest folder above the current one that holds `.git`, or the current one if none
 * does.  Memory: the arena.
 */
#ifndef COMPILER_REPOSITORY_H
#define COMPILER_REPOSITORY_H

#include <stdbool.h>

#include "compiler/cfc.h"

/* The path below the root, or, of a file elsewhere, its absolute one.  Names such as <stdin> stay. */
const char *cfc_repository_path(struct cfc *c, const char *path);

/* The same as a URI reference: "conf/Corefile", or "file:///etc/Corefile"; *below says which. */
const char *cfc_repository_uri(struct cfc *c, const char *path, bool *below);

/* A path below the current folder as seen from there; another one as it stands. */
const char *cfc_path_from_here(struct cfc *c, const char *path);

/* An absolute path without "." and ".." and doubled slashes; links are not followed. */
char *cfc_path_absolute(struct cfc *c, const char *path);

#endif
