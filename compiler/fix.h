/*
 * Fixes: what a report would have changed in the text, for --fix and for editors.
 *
 * A fix is attached right after the report and its notes:
 *
 *	cfc_error(c, name->span, "CF2004", "unknown option '%s'", name->text);
 *	cfc_note(c, name->span, "did you mean '%s'?", near);
 *	cfc_fix_word(c, cfc_printf(c, "write '%s'", near), name, near);
 *
 * It has a title, shown in editors ("remove the line"), and one or several edits.  Edits given
 * under the same title for one report form one fix, applied whole or not at all; another title
 * begins an alternative.  --fix takes the first fix of every report.
 *
 * An edit refers to the unit in which its place stands, also when that came through an import or a
 * snippet.  Text that is used several times is only changed when every use asks for it; this and
 * whatever else stands in the way is found out by cfc_fixes_apply, so reporters need not care.
 * Nothing is changed in a word that holds the value of an environment variable.
 *
 * Attaching is harmless when the report was dropped (a repeated one, --compat, too many).
 *
 * Memory: titles and texts are copied into the arena of the compilation.
 */
#ifndef COMPILER_FIX_H
#define COMPILER_FIX_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/diag.h"
#include "compiler/source.h"
#include "compiler/tree.h"

struct buf;

/* Bytes [offset, offset + length) of a unit are replaced by text. */
struct cfc_edit {
	const struct cfc_source *source;
	const struct cfc_origin *origin; /* through which the report came; NULL = main file */
	size_t offset;
	size_t length;    /* 0 = an insertion */
	const char *text; /* "" = a deletion */
	struct cfc_edit *next;
};

struct cfc_fix {
	const char *title;
	struct cfc_edit *edits; /* at least one, in the order in which they were given */
	struct cfc_edit *last_edit;
	struct cfc_fix *next; /* an alternative; NULL = none */
};

/* Replace the bytes of a span; "" deletes them. */
void cfc_fix_replace(struct cfc *c, const char *title, struct cfc_span span, const char *text);

/* Put text before the first byte of a span. */
void cfc_fix_insert(struct cfc *c, const char *title, struct cfc_span before, const char *text);

/* Put text behind the last byte of a span. */
void cfc_fix_insert_after(struct cfc *c, const char *title, struct cfc_span after,
			  const char *text);

/* Replace a word by a value, which is put in quotes where it needs them. */
void cfc_fix_word(struct cfc *c, const char *title, const struct cfc_token *word,
		  const char *value);

/*
 * Put a directive before the first one of a server block, and a line behind the last one of a directive's
 * block, which is made where there is none.  Nothing is attached where the place comes out of an import or has no line of its own.
 */
void cfc_fix_add_directive(struct cfc *c, const char *title, const struct cfc_server *server,
			   const char *text);
void cfc_fix_add_line(struct cfc *c, const char *title, const struct cfc_directive *d,
		      const char *text);

/* Delete a whole option with its block, its comment and its line end. */
void cfc_fix_delete_line(struct cfc *c, const char *title, const struct cfc_line *line);

/* The same for any bytes of one line: with the line if they are alone on it. */
void cfc_fix_delete_span(struct cfc *c, const char *title, struct cfc_span span);

/* Delete a word that is not the first of its line, with the blanks before it. */
void cfc_fix_delete_word(struct cfc *c, const char *title, const struct cfc_token *word);

/* The same as for an option, for a whole directive. */
void cfc_fix_delete_directive(struct cfc *c, const char *title, const struct cfc_directive *d);

/* Nothing is deleted of what says anything else than the other one. */
void cfc_fix_delete_same_line(struct cfc *c, const char *title, const struct cfc_line *line,
			      const struct cfc_line *other);
void cfc_fix_delete_same_directive(struct cfc *c, const char *title, const struct cfc_directive *d,
				   const struct cfc_directive *other);

/*
 * The text of a unit with the first fix of each report applied, as far as they can be: of two that
 * overlap the first in order of place is taken, unless they are different wishes for text that
 * is used several times, which cancel each other.  Returns how many were applied; out is the
 * unit's text as it stands when none.
 */
size_t cfc_fixes_apply(struct cfc *c, const struct cfc_source *unit, struct buf *out);

/* A value as a word of a Corefile: quoted if it is empty or holds blanks, quotes, '#' or braces. */
const char *cfc_fix_quote(struct cfc *c, const char *value);

#endif
