/*
 * fmt: the canonical form of one source unit.
 *
 * One tab per level (in a manifest, embed.h, four blanks), one blank between words, `{` at the end of its line and `}` on its own,
 * comments where they were, at most one empty line in a row, one between top-level blocks, none at
 * the edges of a block, LF line ends, no BOM. Words keep their spelling, but lose quotes that they
 * do not need; quotes stay around what a Corefile or a reader could take for something else:
 * nothing, blanks, line ends, '#', braces, quotes, commas, anything that is not ASCII. Formatting
 * again changes nothing, and the formatted text has the same words in the same lines and blocks,
 * so the same plan.
 *
 *	char *text;
 *	size_t len;
 *	if (cfc_fmt(c, unit, &text, &len) && !cfc_fmt_same(unit, text, len))
 *		fputs(cfc_diff(c, unit->path, unit->text, unit->len, text, len), stdout);
 *
 * A unit with errors is not formatted. Imports are not followed. Memory: the arena of the `struct
 * cfc`.
 */
#ifndef COMPILER_FMT_H
#define COMPILER_FMT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"

/* Format unit (parsed if it was not). *text is NUL-terminated. False = reported. */
bool cfc_fmt(struct cfc *c, struct cfc_source *unit, char **text, size_t *len);

/* Whether unit is formatted already. */
bool cfc_fmt_same(const struct cfc_source *unit, const char *text, size_t len);

/*
 * A unified diff with three lines of context ("--- path", "+++ path (new)"), empty if the
 * texts are equal.
 */
const char *cfc_diff(struct cfc *c, const char *path, const char *old, size_t oldlen,
		     const char *new, size_t newlen);

/* Bytes [offset, offset + length) of the old text are replaced by text. */
struct cfc_change {
	size_t offset, length;
	const char *text; /* in the new text */
	size_t len;
};

struct cfc_changes {
	struct cfc_change *list; /* whole lines, in order, none beside another */
	size_t count;
};

/* What makes the new text of the old one. */
struct cfc_changes cfc_diff_changes(struct cfc *c, const char *old, size_t oldlen, const char *new,
				    size_t newlen);

#endif
