/*
 * expand: from the syntax trees of all units to the one effective tree.
 *
 * Imports are followed (a snippet of that name first, otherwise a file or pattern relative to the
 * file that holds the import), snippets are put in at their uses, environment variables into
 * tokens, and the lines are sorted into server blocks, keys and directives by the rules of
 * the Corefile.
 *
 * Limits, each with its own message: CFC_SNIPPETS_MAX and CFC_FILES_MAX expansions as in CoreDNS,
 * CFC_IMPORT_DEPTH_MAX imports within imports, CFC_TOKENS_MAX tokens in the result.
 */
#ifndef COMPILER_EXPAND_H
#define COMPILER_EXPAND_H

#include <stdbool.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

#define CFC_SNIPPETS_MAX     10000u
#define CFC_FILES_MAX        100000u
#define CFC_IMPORT_DEPTH_MAX 200u
#define CFC_TOKENS_MAX       4000000u

/*
 * Parse unit and all that it imports and build the effective tree. False = errors were
 * reported (by this call or while parsing); the tree then holds what was understood, so that later
 * passes may go on looking for mistakes.
 */
bool cfc_expand(struct cfc *c, struct cfc_source *unit, struct cfc_tree *tree);

#endif
