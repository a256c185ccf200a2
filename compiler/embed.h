/*
 * embed.h - units that stand within another file: a Corefile in a Kubernetes manifest.
 *
 * Such a unit has a text of its own, which the passes read like any other: spans and edits are places
 * in it.  `inside` tells where each of its bytes stands in the file around it, the host.  What is
 * shown to the user, or changed for him, is a place in the host:
 *
 *	span -> cfc_span_shown(span)		the plan, explain, diff, emit
 *	reports -> cfc_diags_unfold(c)		all places of all reports and their fixes, done by
 *						cfc_diags_sort, so by everybody who prints or applies them
 *
 * Knows nothing of YAML but what an edit of a block or a quoted text needs (compiler/manifest/ does).
 * Memory: the arena of the compilation.
 */
#ifndef COMPILER_EMBED_H
#define COMPILER_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/source.h"

struct cfc;
struct cfc_edit;

/*
 * Bytes from `at` on, up to the next piece, stand at host.  Where there are as many in the host it is
 * byte for byte; otherwise all of them together (an escape, a folded line).
 */
struct cfc_piece {
	uint32_t at;
	uint32_t host;
	uint32_t host_len;
};

/* How new text is written in the host. */
enum cfc_embed_kind {
	CFC_EMBED_BLOCK,  /* lines as they are, indented */
	CFC_EMBED_QUOTED, /* with escapes as in C; all of it is on one line */
	CFC_EMBED_FIXED,  /* it is not */
};

struct cfc_embedding {
	const struct cfc_source *host;
	const struct cfc_piece *pieces; /* in the order of their bytes; the first at 0 */
	size_t npieces;
	size_t begin, end; /* of what stands for the unit in the host */
	enum cfc_embed_kind kind;
	size_t indent;        /* of the lines of a block */
	bool indent_is_given; /* otherwise the first line that is not blank tells */
	bool crlf;            /* lines of the block end so */
	bool is_vague;        /* the pieces are only a guess */
	size_t lead;          /* bytes of the unit that the host does not have, at its beginning */
	const char *what;     /* "folded block", for messages */
};

/* The place in the file that the user has; the origin stays. */
struct cfc_span cfc_span_shown(struct cfc_span span);

/* The file that the user has: the host of an embedded unit, or the unit itself. */
const struct cfc_source *cfc_source_shown(const struct cfc_source *unit);

/* Bring the places of all reports into the files that the user has; harmless when repeated. */
void cfc_diags_unfold(struct cfc *c);

/*
 * The edit of the host that puts a text in the place of a whole unit; false = the host cannot hold it so.
 */
bool cfc_embedded_replace(struct cfc *c, const struct cfc_source *unit, const char *text,
			  size_t len, struct cfc_edit *edit);

#endif
