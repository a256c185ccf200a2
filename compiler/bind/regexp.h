/*
 * regexp.h - regular expressions of the Corefile.
 *
 * CoreDNS's are Go's, that is RE2: no back-references, no look-around, never exponential in time.
 * Servers match with PCRE2, which has all of these and gives some escapes other meanings.  So a
 * pattern is parsed by RE2's grammar, refused if it does not belong to it, and written anew in the
 * part of PCRE2 that means the same.  A server compiles what came out with the options of
 * runtime/regexp.h.
 *
 *	const char *pcre;
 *	if (!cfc_regexp(c, tok->span, tok->text, tok->len, &pcre))
 *		return false;		reported
 */
#ifndef COMPILER_REGEXP_H
#define COMPILER_REGEXP_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

#define CFC_REGEXP_MAX 10000u /* octets of a pattern, as in CoreDNS */

/*
 * Checks len octets of text and stores the equivalent PCRE2 pattern.  Reports CF2002 (no regular
 * expression of RE2) or CF2003 (too long) at span and returns false.
 */
bool cfc_regexp(struct cfc *c, struct cfc_span span, const char *text, size_t len,
		const char **pcre);

/* How many groups a pattern has that cfc_regexp has accepted: what {1}, {2} in replacements stand for. */
unsigned cfc_regexp_groups(const char *text);

/*
 * Reports (CF2015) what is right and hardly meant, where the expression is for names of queries: those are in
 * lower case and end in a dot.  The token's text has been accepted by cfc_regexp.
 */
void cfc_regexp_judge(struct cfc *c, const struct cfc_token *tok);

/* Whether a pattern that cfc_regexp has made matches in the text. */
bool cfc_regexp_matches(const char *pcre, const char *text);

#endif
