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

/* The words of a rule, as they are written: [continue|stop] FIELD ... */
struct rewrite_rule {
	const struct cfc_token *words;
	size_t nwords; /* at least 2 */
};

struct rewrite_config {
	struct rt_strings rules; /* "stop name regex FROM TO ..." */
	struct {
		const struct rewrite_rule *v;
		unsigned n;
	} parts; /* the same rules, not joined */
};

/* rewrite_setup_trace.c: what the rules do with one query, for explain and diff. */
enum cfc_outcome rewrite_trace(struct cfc_trace *t, const void *config);

#endif
