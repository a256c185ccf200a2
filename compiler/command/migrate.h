/*
 * migrate.h - from directives and options of older CoreDNS releases to today's.
 *
 * Looks through the effective tree and reports what is out of date: as information with the edits
 * that bring it up to date attached (fix.h), or as a warning where a person has to decide.  What is not
 * reported keeps its bytes: comments, layout, quotes.
 *
 *	cfc_expand(c, unit, &tree);
 *	cfc_migrate(c, &tree, 0, UINT32_MAX);
 *	cfc_fixes_apply(c, unit, &out);
 */
#ifndef COMPILER_MIGRATE_H
#define COMPILER_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

#define CFC_MIGRATE_ID "migrate" /* of its reports */

/* "1.8.3" or "v1.8" as a number that compares. */
bool cfc_version_parse(const char *text, uint32_t *version);

/* Everything that changed after the release `from`, up to and with the release `to`. */
void cfc_migrate(struct cfc *c, const struct cfc_tree *tree, uint32_t from, uint32_t to);

#endif
