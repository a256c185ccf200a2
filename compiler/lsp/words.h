/*
 * words.h - snippets of a program, and the tables in words: what several requests tell.
 */
#ifndef COMPILER_LSP_WORDS_H
#define COMPILER_LSP_WORDS_H

#include "compiler/lsp/lsp.h"

struct buf;

/* The line `(name) {` and the unit it stands in; NULL = no such snippet. */
const struct cfc_node *lsp_find_snippet(const struct lsp_program *p, const char *name,
					const struct cfc_source **where);

/* The name of a line that defines a snippet, without parentheses; NULL = it defines none. */
const char *lsp_snippet_name(const struct cfc_node *n, size_t *len);

/* Markdown about a directive, and about an option. */
void lsp_describe_plugin(const struct cfc_plugin *p, struct buf *out);
void lsp_describe_option(const struct cfc_plugin *p, const struct cfc_option *opt, struct buf *out);

#endif
