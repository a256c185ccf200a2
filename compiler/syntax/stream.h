/*
 * stream.h - a Corefile as CoreDNS reads it: one row of words.
 *
 * The syntax tree (tree.h) knows lines and blocks, since people mean them.  CoreDNS knows neither: it
 * has words, and the lines that they begin on, and every part of it takes words as it sees fit.  For
 * nearly all texts that is the same.  Where it is not (a brace on a line of its own, words behind a
 * '}', a block that nobody closes, quoted braces), the verdict of lint --compat has to be that of
 * CoreDNS, so there the effective tree is made here instead of by expand.c:
 *
 *	stream_words.c   bytes -> words
 *	stream.c         words -> server blocks, after imports, snippets and environment variables
 *	stream_tree.c    the words of each directive -> the effective tree
 *
 * Faults end the reading, as they do in CoreDNS.
 *
 * Memory: the arena of the `struct cfc`.
 */
#ifndef COMPILER_STREAM_H
#define COMPILER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

struct stream_word {
	struct cfc_token token;
	const struct cfc_source *file; /* that was imported; NULL = the main file */
};

struct stream_words {
	struct stream_word *list;
	size_t count;
	size_t room;
};

/* All that is said with one directive's name in a server block. */
struct stream_directive {
	const char *name;
	struct stream_words words;
};

/*
 * Reads unit and what it imports into the effective tree.  False = errors were reported; the tree then
 * holds what was read before.
 */
bool cfc_stream_expand(struct cfc *c, struct cfc_source *unit, struct cfc_tree *tree);

/* ---- stream_words.c ---- */

/* The words of a unit; `file` is what they carry. */
void stream_split(struct cfc *c, const struct cfc_source *unit, const struct cfc_source *file,
		  struct stream_words *out);

void stream_add(struct cfc *c, struct stream_words *words, const struct stream_word *word);

/* Whether b stands on the line that a ends on; a comes before b. */
bool stream_same_line(const struct stream_word *a, const struct stream_word *b);

static inline bool
stream_is(const struct stream_word *word, const char *text)
{
	return strcmp(word->token.text, text) == 0;
}

/* ---- stream_tree.c ---- */

/* Appends what the words of a directive make to a server block: one directive or several. */
void stream_take(struct cfc *c, const struct stream_directive *d, struct cfc_server *server,
		 size_t *room);

#endif
