/*
 * context.h - what stands at a place of a document.
 *
 * Found in the syntax tree of the unit alone, which is there also for a text with mistakes, so that it
 * works while somebody types.  Only what a snippet's or an imported file's lines are (keys, directives,
 * options, and of which plugin) is looked up in the effective tree: their use decides.
 */
#ifndef COMPILER_LSP_CONTEXT_H
#define COMPILER_LSP_CONTEXT_H

#include "compiler/lsp/lsp.h"

enum lsp_level {
	LSP_LEVEL_KEYS,      /* beside server blocks: keys, snippets, imports */
	LSP_LEVEL_DIRECTIVE, /* in a server block */
	LSP_LEVEL_OPTION,    /* in the block of a directive */
	LSP_LEVEL_DEEPER,    /* in the block of an option */
};

struct lsp_context {
	struct lsp_doc *doc;
	struct lsp_program *program;
	size_t offset;
	enum lsp_level level;
	const struct cfc_node *siblings; /* the lines of the same block */
	const struct cfc_node *around;   /* the line that opens that block, NULL = none */
	const struct cfc_node *line;     /* the line of the place, NULL = an empty one */
	const struct cfc_token *word;    /* the word at the place, its end included, NULL = none */
	size_t index;                    /* which word of the line it is or would be */
	bool in_comment;
	const struct cfc_plugin
		*plugin; /* of the directive that the line is or stands in; NULL = none */
	const struct cfc_option
		*option; /* of the line: an option, or the directive's own arguments */
};

/* The place that a request is about; false = its parameters are wrong, or the document is not open. */
bool lsp_context_of(struct lsp *l, json_t *params, struct lsp_context *out);

/* Whether a line is `import NAME` and the place is in NAME. */
bool lsp_is_import(const struct lsp_context *x);

#endif
