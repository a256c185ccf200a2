/*
 * scalar.h - a YAML scalar read once more, for the places of its bytes.
 *
 * libyaml gives a scalar's value and where it begins, but not where in the file each part of the value
 * stands: indentation, folded lines and escapes lie between.  This reads the same text again by the
 * same rules (YAML 1.1 as libyaml has it) and notes the places on the way.  The caller compares the value
 * with that of libyaml; were they ever to differ, the places could not be trusted.
 *
 *	struct cfc_scalar s;
 *	cfc_scalar_read(c, &raw, &s);
 *	if (s.len == len && memcmp(s.text, value, len) == 0)
 *		... s.pieces ...
 *
 * Knows nothing of libyaml.  Memory: the arena of c.  Threads: none.
 */
#ifndef COMPILER_MANIFEST_SCALAR_H
#define COMPILER_MANIFEST_SCALAR_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/embed.h"

struct cfc;

enum cfc_scalar_style {
	CFC_SCALAR_PLAIN,
	CFC_SCALAR_SINGLE,  /* '...' */
	CFC_SCALAR_DOUBLE,  /* "..." */
	CFC_SCALAR_LITERAL, /* | */
	CFC_SCALAR_FOLDED,  /* > */
};

struct cfc_scalar_raw {
	const char *text; /* the file, valid UTF-8 */
	size_t len;
	size_t start; /* of the scalar, or of the anchor or tag before it */
	size_t end;   /* of a plain one; the others tell themselves */
	enum cfc_scalar_style style;
	size_t parent; /* columns by which the lines around a block scalar are indented */
};

struct cfc_scalar {
	const char *text; /* the value; len bytes, then one NUL that is not part of it */
	size_t len;
	const struct cfc_piece *pieces;
	size_t npieces;
	size_t begin, end; /* of what stands for the value: lines of a block, text between quotes */
	size_t indent;     /* of a block's lines */
	bool indent_is_given; /* by a digit, not by the first line */
};

/* Text that is no scalar gives something or other, within the bounds of the text. */
void cfc_scalar_read(struct cfc *c, const struct cfc_scalar_raw *raw, struct cfc_scalar *out);

#endif
