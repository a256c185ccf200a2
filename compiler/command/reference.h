/*
 * reference.h - the option tables as text for readers: reference pages, manual, editors.
 *
 * Everything comes from the tables of plugin.h, so that what is documented is what is parsed.  The
 * text is Markdown.
 */
#ifndef COMPILER_REFERENCE_H
#define COMPILER_REFERENCE_H

#include "compiler/plugin.h"

struct buf;

/* Whether a server can be built with it, or whether it is only checked. */
bool cfc_plugin_is_served(const struct cfc_plugin *p);

/* What a second time means: "the last one counts, with a warning". */
const char *cfc_repeat_text(enum cfc_repeat repeat);

/* The whole directive over several lines, without a line end behind it. */
void cfc_reference_syntax(const struct cfc_plugin *p, struct buf *out);

/* "words that are allowed, range and default" of one argument, without its name; may add nothing. */
void cfc_reference_arg(const struct cfc_arg *arg, struct buf *out);

/* A list item for each argument of an option about which there is something to say. */
void cfc_reference_args(const struct cfc_option *opt, struct buf *out);

/* What an option does, in one line: its help, or that it does nothing. */
const char *cfc_reference_help(const struct cfc_option *opt);

/* The page of a plugin, with a heading of the second level. */
void cfc_reference_plugin(const struct cfc_plugin *p, struct buf *out);

#endif
