/*
 * lint.h - a run of corefile-lint, between its files:
 *
 *	cmd_lint.c	the command line
 *	lint_inputs.c	from names of files and folders to a list of Corefiles
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
#include "compiler/project.h"
#include "compiler/variables.h"

struct lint_options {
	const struct cfc_format *format;
	enum cfc_severity fail_on;
	bool has_fail_on; /* it was said, so the project file does not */
	bool colour;      /* `text` for a terminal with colours */
	bool summary;     /* `text` ends with a line that counts */
	bool quiet;       /* errors only */
	bool dump_ast, dump_plan;
	bool compat;
	enum cfc_profile profile;
	bool has_profile;
	const char *root;       /* NULL = not said */
	const char *config;     /* the project file; NULL = look for one */
	bool no_config;         /* ... and do not look */
	const char *stdin_name; /* NULL = <stdin> */
	bool no_env;
	const char *const *sets; /* NAME=VALUE */
	size_t nsets;
	const char *const *env_files;
	size_t nenv_files;
};

/* One thing to look at. */
struct lint_input {
	const char *path; /* NULL = ./Corefile, or what is built in */
	bool is_stdin;    /* path is the name to show */
	bool from_folder; /* it was found, not named */
};

struct lint_inputs {
	struct lint_input *list;
	size_t count;
	size_t room;
};

/*
 * The Corefiles that the words of the command line name, in their order, those of a folder in the
 * order of their bytes, each once.  What cannot be looked at is reported in c.
 */
void lint_inputs_find(struct cfc *c, const struct lint_options *o, char *const *words, size_t n,
		      struct lint_inputs *out);

/* Looks at the Corefiles in order; none: ./Corefile.  Returns the exit status. */
int lint_run(const struct lint_options *o, char *const *paths, size_t n);

#endif
