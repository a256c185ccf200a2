/*
 * regexp_match.h - matching when compiling, to tell what will happen to a query.
 *
 * Servers match with runtime/regexp.h; this uses the same library with the same options.
 */
#ifndef COMPILER_REGEXP_MATCH_H
#define COMPILER_REGEXP_MATCH_H

#include "compiler/cfc.h"
#include "compiler/query.h"

/* The texts of the whole match and of its groups; a group that took no part is "". */
struct cfc_match {
	const char **groups;
	unsigned n;
};

/*
 * Whether the pattern, as CoreDNS writes it, matches somewhere in the text.  CFC_MAYBE: the pattern is
 * none, or matching would take too long.  match may be NULL, and is filled only for CFC_YES.
 */
enum cfc_tri cfc_regexp_match(struct cfc *c, const char *pattern, const char *text,
			      struct cfc_match *match);

/* The same for a pattern that cfc_regexp has written. */
enum cfc_tri cfc_regexp_match_pcre(struct cfc *c, const char *pcre, const char *text,
				   struct cfc_match *match);

/* The text with each {N} replaced by the group of that number. */
const char *cfc_match_fill(struct cfc *c, const struct cfc_match *match, const char *text);

#endif
