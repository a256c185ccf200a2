/*
 * lint.h - a run of corefile-lint, between its files:
 *
 *	cmd_lint.c	the command line
 *	lint_run.c	one Corefile after the other: load, judge, report
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_LINT_H
#define COMPILER_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/diag.h"
#include "compiler/format.h"

struct lint_options {
	const struct cfc_format *format;
	enum cfc_severity fail_on;
	bool colour;  /* `text` for a terminal with colours */
	bool summary; /* `text` ends with a line that counts */
	bool quiet;   /* errors only */
	bool dump_ast, dump_plan;
	bool compat;
	enum cfc_profile profile;
	const char *root; /* NULL = look at no files */
};

/* Looks at the Corefiles in order; none: ./Corefile.  Returns the exit status. */
int lint_run(const struct lint_options *o, char *const *paths, size_t n);

#endif
