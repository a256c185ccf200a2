/*
 * forward_setup.h - what the files of forward's compile-time half share.
 */
#ifndef FORWARD_SETUP_H
#define FORWARD_SETUP_H

#include "forward/forward.h"

#include "compiler/plugin.h"

/* TOs that one forward may have. */
#define FORWARD_TO_MAX 15u

/* Reads FROM and TO... of the directive.  false: reported. */
bool forward_parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line);

/* The first token that asks for TLS upstreams, an option or a TO; NULL when there is none. */
const struct cfc_token *forward_find_tls(const struct cfc_directive *d);

#endif
