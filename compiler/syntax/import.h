/*
 * Finding the files of an import.
 *
 * A pattern is relative to the folder of the file that holds the import. It may have one '*' and
 * one '?', no
 * '[...]'; neither matches a '/', both match a leading dot. Matches come in the order of their
 * bytes, so that a build does not depend on the file system.
 *
 * Called by expand only.
 */
#ifndef COMPILER_IMPORT_H
#define COMPILER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

#define CFC_MATCHES_MAX 10000u /* files that one pattern may match */

struct cfc_paths {
	const char **list;
	size_t count;
	size_t room;
	bool full; /* there were more than CFC_MATCHES_MAX */
};

/* The path of `name` as imported by unit. */
const char *cfc_import_path(struct cfc *c, const struct cfc_source *unit, const char *name);

/*
 * Where words come from that an import line, with arg for its argument, puts in its place: name is the
 * snippet's or the file's path, *uses counts its imports.  Memory: the arena.
 */
const struct cfc_origin *cfc_import_origin(struct cfc *c, const struct cfc_token *arg,
					   const char *name, bool snippet, uint32_t *uses);

/*
 * The files that a token names for an import written in unit; reports what is wrong. A pattern that
 * matches nothing is a warning and gives none. False = an error was reported.
 */
bool cfc_import_files(struct cfc *c, const struct cfc_source *unit, const struct cfc_token *arg,
		      struct cfc_paths *out);

/*
 * Whether a name that stands for nothing may yet be something where the server will run: of a Corefile
 * out of a manifest, what is not in that manifest.  That it is not looked at is said.
 */
bool cfc_import_is_elsewhere(struct cfc *c, const struct cfc_token *arg, const char *path);

/* Whether a file name matches a pattern; only '*' and '?' are special. */
bool cfc_glob_match(const char *pattern, const char *name);

#endif
