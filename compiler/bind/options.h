/*
 * options.h - binding directives through option tables.
 *
 * The functions for plugins are in plugin.h; these are for the plan builder, fmt and documentation.
 */
#ifndef COMPILER_OPTIONS_H
#define COMPILER_OPTIONS_H

#include "compiler/plugin.h"

struct buf;

/*
 * Gives config (zeroed, plugin->config_size octets) its defaults.  Defaults that do not parse are a
 * fault of the table and end the program.
 */
void cfc_bind_defaults(struct cfc_bind *b, void *config);

/*
 * Binds b->directive into config.  May be called again for another directive of the same instance
 * (CFC_REPEAT_MERGE).  false when something was reported.
 */
bool cfc_bind_directive(struct cfc_bind *b, void *config);

/* To be called once after the last directive: zones that were left out, then the plugin's check. */
bool cfc_bind_finish(struct cfc_bind *b, void *config);

/*
 * Which argument the word toks[index] is for, of the words of a line without its name; NULL = none.  The
 * word itself may be missing yet (index == n).
 */
const struct cfc_arg *cfc_option_arg(const struct cfc_option *opt, const struct cfc_token *toks,
				     size_t n, size_t index);

/* "success CAPACITY [TTL] [MINTTL]" */
void cfc_option_syntax(const struct cfc_option *opt, const char *name, struct buf *out);

#endif
