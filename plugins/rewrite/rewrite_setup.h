/*
 * rewrite_setup.h - what the files of rewrite's compile-time half share.
 */
#ifndef REWRITE_SETUP_H
#define REWRITE_SETUP_H

#include "compiler/plugin.h"

enum rewrite_match {
	REWRITE_EXACT,
	REWRITE_PREFIX,
	REWRITE_SUFFIX,
	REWRITE_SUBSTRING,
	REWRITE_REGEX,
};

/* Their words, in that order; NULL at the end. */
extern const char *const rewrite_matches[];

/* Rules of one server block that are compared with each other; with more, none is. */
#define REWRITE_RULES_MAX 1000u

/* Warns about rules that an earlier one never lets a query come to. */
bool rewrite_check(struct cfc_bind *b, void *config);

#endif
