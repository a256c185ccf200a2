/*
 * match.h - zone dispatch as code.
 */
#ifndef COMPILER_EMIT_MATCH_H
#define COMPILER_EMIT_MATCH_H

#include "compiler/plan.h"

struct buf;

/*
 * Prints the array of the listener's sites and the function that finds the deepest one for a name:
 * from the zones with the most labels to those with the fewest, comparisons where there are few,
 * a sorted table where there are many.
 */
void cfc_emit_match(struct cfc *c, const struct cfc_listen *l, struct buf *out);

#endif
