/*
 * The state of one expansion, shared by the two files that make it.
 *
 * All lines come out of one stack of frames: the main file, above it what it imports, above that
 * what that imports. Reading a line takes the next node of the topmost frame that has one left, so
 * keys, directives and options need not know about imports, and a list of keys or a block without
 * braces may go on behind an import as it does in CoreDNS.
 *
 *	expand.c         server blocks, directives, options
 *	expand_lines.c   the stack of frames, words and their environment variables
 *	expand_import.c  import lines and snippets
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_EXPANDER_H
#define COMPILER_EXPANDER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/map.h"
#include "compiler/cfc.h"
#include "compiler/syntax/env.h"
#include "compiler/syntax/expand.h"
#include "compiler/tree.h"

struct snippet {
	const char *name;
	const struct cfc_node *lines;
	struct cfc_span span; /* of '(name)' */
	bool used;
	uint32_t uses; /* imports of it */
};

/* Where lines come from: a file, a snippet, or the block of a line. */
struct frame {
	struct frame *below;
	const struct cfc_node *next; /* NULL = read to its end */
	const struct cfc_origin *origin;
	const struct cfc_source *unit; /* the file, NULL = none */
	const struct snippet *snippet; /* the snippet, NULL = none */
};

struct expander {
	struct cfc *c;
	const struct cfc_source *main;
	struct frame *top;
	const struct cfc_origin *origin; /* of the line read last */
	struct map snippets;             /* name -> struct snippet */
	const char **names;              /* of them, in order */
	size_t nnames, names_room;
	struct cfc_unset_list unset; /* of the line being put together */
	size_t snippet_uses;
	size_t file_uses;
	size_t tokens;
	unsigned depth; /* blocks around the line being read */
	bool stopped;   /* a limit was reached: no more lines */
	struct cfc_tree *tree;
	size_t servers_room;
};

/* ---- expand_lines.c ---- */

void expander_push(struct expander *x, const struct cfc_node *first,
		   const struct cfc_origin *origin, const struct cfc_source *unit,
		   const struct snippet *snippet);

/*
 * The next line above floor, NULL = none left; x->origin is set to its chain of imports. A frame
 * read to its end stays until the following call, so that an import in its last line still sees
 * it (cycles).
 */
const struct cfc_node *expander_next(struct expander *x, const struct frame *floor);

/* The line that expander_next would give with no floor, without taking it. */
const struct cfc_node *expander_peek(const struct expander *x);

/* Copies of a line's words, with the environment put in and their origin set. */
struct cfc_token expander_token(struct expander *x, const struct cfc_token *from,
				const struct cfc_origin *origin);
struct cfc_token *expander_tokens(struct expander *x, const struct cfc_node *node,
				  const struct cfc_origin *origin);

/*
 * Report the unset variables of a line, whose values are the words after its first, or for keys
 * all. Fatal where no value is left.
 */
void expander_report_unset(struct expander *x, const struct cfc_token *values, size_t nvalues,
			   const char *subject);

/* The same for a directive or option with its arguments. */
void expander_report_unset_line(struct expander *x, const struct cfc_token *tokens, size_t ntokens);

/* ---- expand_import.c ---- */

/* Follow an import line: afterwards expander_next gives what it stands for. */
void expander_import(struct expander *x, const struct cfc_node *node);

/* Define the snippet of '(name)'; block is NULL if it has none. */
void expander_define(struct expander *x, const struct cfc_token *key, const struct cfc_node *block,
		     const struct cfc_origin *origin);

/* Warn about snippets of the main file that nobody used; after an error they may well be. */
void expander_report_unused(struct expander *x);

/* ---- small things ---- */

static inline bool
is_import(const struct cfc_node *node)
{
	return node->ntokens > 0 && strcmp(node->tokens[0].text, "import") == 0;
}

static inline bool
is_snippet_name(const struct cfc_token *t)
{
	return t->len >= 2 && t->text[0] == '(' && t->text[t->len - 1] == ')';
}

/* A place of the syntax tree as it came in through origin. */
static inline struct cfc_span
here(struct cfc_span span, const struct cfc_origin *origin)
{
	span.origin = origin;
	return span;
}

#endif
