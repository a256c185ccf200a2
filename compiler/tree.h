/*
 * The two trees of a Corefile.
 *
 * The **syntax tree** (`struct cfc_node`) is what stands in one source unit, loss-free but for
 * blanks: a list of lines, each with its words and, where it opens one, its block; comments and
 * blank lines are kept for the formatter. It knows no plugin, no import, no environment. Made by
 * cfc_parse.
 *
 * The **effective tree** (`struct cfc_tree`) is what the server is made from: server blocks with
 * keys and directives after imports, snippets and environment variables. Every token in it knows
 * the place where it was written and the chain of imports through which it came (span.origin). Made
 * by cfc_expand (expand.h). An option binder walks it like this:
 *
 *	for (size_t i = 0; i < server->ndirectives; i++) {
 *		const struct cfc_directive *d = &server->directives[i];
 *		... d->name.text, d->args[0 .. d->nargs-1] ...
 *		for (size_t j = 0; j < d->nlines; j++)		(only if d->has_block)
 *			... d->lines[j].tokens[0 .. ntokens-1]: an option and its values ...
 *	}
 *
 * Every line has at least one token. Whether a directive exists is not known here.
 *
 * Memory: both trees live in the arena of the `struct cfc`; texts are NUL-terminated and contain no
 * other NUL.
 */
#ifndef COMPILER_TREE_H
#define COMPILER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compiler/source.h"

#define CFC_DEPTH_MAX 64u      /* blocks within blocks, the server block included */
#define CFC_WORDS_MAX 4000000u /* words in one unit */

struct cfc_token {
	const char *text;     /* the value: without quotes, environment put in (effective tree) */
	size_t len;           /* bytes of text */
	const char *raw;      /* as written, quotes included; points into the source unit */
	size_t rawlen;        /* bytes of raw */
	struct cfc_span span; /* where it is written */
	bool quoted;          /* stood in double quotes */
	bool env;             /* the text contains the value of an environment variable */
	bool env_unset;       /* ... of one that is not set */
};

/* ---- syntax tree ---- */

struct cfc_comment {
	const char *text; /* from '#' to the end of the line, trailing blanks cut; NULL = none */
	size_t len;       /* bytes */
	struct cfc_span span;
	struct cfc_comment *next; /* a further comment at the same spot ('a#b c # d') */
};

struct cfc_node {
	struct cfc_node *next;             /* the following line of the same block; NULL = last */
	struct cfc_token *tokens;          /* NULL for a line that holds only a comment */
	size_t ntokens;                    /* 0 with has_block: a '{' at the start of a line */
	bool has_block;                    /* the line ends in '{' */
	bool blank_before;                 /* at least one empty line stands before this one */
	bool after_brace;                  /* starts on the line of the '}' before it */
	struct cfc_node *children;         /* content of the block; NULL = empty */
	uint32_t line, end_line;           /* first and last line of the text that belongs to it */
	struct cfc_span open;              /* the '{' */
	struct cfc_span close;             /* the '}'; of length 0 if it is missing */
	struct cfc_comment *comment;       /* own-line comment, or the one after the words or '{' */
	struct cfc_comment *close_comment; /* after '}' */
};

/*
 * Parse a unit into unit->nodes, once; a second call does nothing. Reports what is wrong
 * with `origin` as the chain of imports. Returns false if there was an error; what could
 * be made out of the text is in the tree all the same.
 */
bool cfc_parse(struct cfc *c, struct cfc_source *unit, const struct cfc_origin *origin);

/* ---- effective tree ---- */

/* One line in a directive's block, with its own block if it opens one. */
struct cfc_line {
	struct cfc_token *tokens;
	size_t ntokens; /* at least 1 */
	struct cfc_line *lines;
	size_t nlines;
	bool has_block; /* true also for an empty block */
	struct cfc_span open, close;
};

struct cfc_directive {
	struct cfc_token name;
	struct cfc_token *args;
	size_t nargs;
	struct cfc_line *lines;
	size_t nlines;
	bool has_block; /* true also for an empty block */
	struct cfc_span open, close;
};

struct cfc_server {
	struct cfc_token *keys;
	size_t nkeys; /* at least 1; commas are gone, none is empty */
	struct cfc_directive *directives;
	size_t ndirectives; /* in the order of the text */
	bool has_block;     /* written with braces; false = the single block without */
	struct cfc_span open, close;
};

struct cfc_tree {
	struct cfc_server *servers;
	size_t nservers;
	bool builtin; /* no block was found: this is the builtin default */
};

/*
 * Write a tree as text, one node a line, for --dump-ast and for golden tests: places, values and
 * flags, nothing that depends on the machine.
 */
void cfc_source_dump(const struct cfc_source *unit, FILE *out);
void cfc_tree_dump(const struct cfc_tree *tree, FILE *out);

#endif
