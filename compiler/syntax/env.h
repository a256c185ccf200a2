/*
 * Environment variables in words: {$NAME} and {%NAME%}.
 *
 * As in CoreDNS the value is put in after the text has been split into words, so it never makes
 * more words or braces; {% %} is done before {$ }, and a value may itself refer to variables. There
 * are no default values: {$X:y} is the variable 'X:y'.
 *
 * What is wrong with a value because a variable is not set is no news: CF1006 has said so, and where the
 * server will run it may be set.  cfc_env_excuse takes such reports away again, and those about words like
 * __PILLAR__DNS__SERVER__, for which an installer puts the value.
 */
#ifndef COMPILER_ENV_H
#define COMPILER_ENV_H

#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

#define CFC_ENV_ROUNDS 100u   /* replacements in one word */
#define CFC_ENV_MAX    65536u /* bytes that one word may grow to by it */

/* References to variables that are not set, to be reported when their whole line is known. */
struct cfc_unset {
	const char *name;
	struct cfc_span span;
};

struct cfc_unset_list {
	struct cfc_unset *list;
	size_t count;
	size_t room;
};

/* Put the values into the token's text; unset ones count as empty and are added to the list. */
void cfc_env_expand(struct cfc *c, struct cfc_token *t, struct cfc_unset_list *unset);

/*
 * Drops what was said of the group CF2 about words with variables that are not set.  Nothing with --compat,
 * nor for a server that is to be made.
 */
void cfc_env_excuse(struct cfc *c);

#endif
