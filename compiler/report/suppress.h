/*
 * Suppressions: comments in a Corefile that take reports about it away.
 *
 *	# corefile-lint disable=CF4006 -- this is a test server
 *	log                                    (the next line, with its block)
 *
 *	log # corefile-lint disable=CF4006     (this line, with its block)
 *
 *	# corefile-lint disable=CF4001,CF4002  (before a server block: all of it)
 *
 *	# corefile-lint disable-file=CF4006    (the whole file, wherever it stands)
 *
 * A report belongs to where its place is.  In front of an `import` the comment holds for what
 * comes through it.  Warnings and advice can be suppressed, and those errors that CoreDNS does not
 * have; what CoreDNS refuses is reported all the same, with CF1013, and so is, where the plan is
 * needed, what keeps it from being made.  A comment that suppresses nothing is reported as CF1012, one
 * that makes no sense as CF1013.
 */
#ifndef COMPILER_SUPPRESS_H
#define COMPILER_SUPPRESS_H

#include "compiler/cfc.h"

/*
 * Take away what the comments of all units say; call it when everything has been reported.
 * complete: the rules about the whole program have run, so that what suppresses nothing is known.
 * plan_wanted: a server is to be built, or its meaning told, so that the plan must be whole.
 */
void cfc_suppress(struct cfc *c, bool complete, bool plan_wanted);

#endif
