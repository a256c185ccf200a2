/*
 * wire.h - messages of the base protocol: a header with Content-Length, an empty line, JSON.
 *
 *	lsp_wire_init(&w, 0, 1);
 *	while (lsp_wire_read(&w))		waits for bytes
 *		while ((m = lsp_wire_next(&w)) != NULL)
 *			... m ...; json_decref(m);
 *
 * What is malformed is answered by an error without an id and passed over: a text that is no JSON, a
 * header without a length, a length that is wrong (the next header is looked for), a message above
 * LSP_MESSAGE_MAX (its bytes are read and forgotten).  At no time more than one message of the largest
 * size stands in memory.
 */
#ifndef COMPILER_LSP_WIRE_H
#define COMPILER_LSP_WIRE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define LSP_MESSAGE_MAX ((size_t)32 << 20) /* bytes of JSON in one message */
#define LSP_HEADER_MAX  4096u              /* bytes of a header */

struct lsp_wire {
	int in, out;
	struct buf input; /* read and not yet taken */
	size_t taken;     /* bytes at its beginning that are done with */
	size_t skip;      /* bytes of a message that is too large, still to come */
	bool broken;      /* the other side is gone */
};

void lsp_wire_init(struct lsp_wire *w, int in, int out);
void lsp_wire_release(struct lsp_wire *w);

/* Whether bytes can be read without waiting. */
bool lsp_wire_ready(const struct lsp_wire *w);

/* Waits for bytes and takes some in; false = the end, or no room. */
bool lsp_wire_read(struct lsp_wire *w);

/* The next message that is complete, the caller's then; NULL = none. */
json_t *lsp_wire_next(struct lsp_wire *w);

/* Sends a message and lets go of it. */
void lsp_wire_send(struct lsp_wire *w, json_t *message);

/* An answer with an error; id is borrowed, NULL = null. */
void lsp_wire_error(struct lsp_wire *w, json_t *id, int code, const char *text);

#endif
