/*
 * lint.h - a run of corefile-lint, between its files:
 *
 *	cmd_lint.c	the command line
 *	lint_inputs.c	from names of files and folders to a list of Corefiles
 *	lint_fix.c	what --fix changes
 *	lint_run.c	one Corefile after the other: load, judge, report
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_LINT_H
#define COMPILER_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/diag.h"
#include "compiler/report/format.h"
#include "compiler/command/settings.h"

struct lint_options {
	const struct cfc_format *format;
	enum cfc_severity fail_on;
	bool has_fail_on; /* it was said, so the project file does not */
	bool colour;      /* `text` for a terminal with colours */
	bool summary;     /* `text` ends with a line that counts */
	bool quiet;       /* errors only */
	bool dump_ast, dump_plan;
	bool resolve;           /* with --compat: host names are looked up */
	const char *stdin_name; /* NULL = <stdin> */
	bool fix, diff;         /* diff: show what fix would change */
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

/* A text that fixes have changed. */
struct lint_fixed {
	const char *path;
	const char *key; /* the absolute path */
	bool is_file;    /* otherwise standard input */
	const char *before, *text;
	size_t before_len, len;
};

struct lint_fixes {
	struct cfc *keeper;
	struct lint_fixed **list;
	size_t count;
	size_t room;
	size_t applied;
};

/* Apply what the reports of a compilation ask for; returns how many fixes were applied. */
size_t lint_fix(struct lint_fixes *f, struct cfc *c);

/* The text of a file as it is by now; a cfc_overlay_fn. */
const char *lint_fixed_text(void *fixes, const char *path, size_t *len);

/* Have the text of a unit printed in the end, changed or not: standard input. */
void lint_fixes_take(struct lint_fixes *f, const struct cfc_source *unit);

/* Write the files that have changed, or print how they would.  false: reported in the keeper. */
bool lint_fixes_put(struct lint_fixes *f, bool diff);

/* Looks at the Corefiles in order; none: ./Corefile.  Returns the exit status. */
int lint_run(const struct lint_options *o, struct cfc_settings *settings, char *const *paths,
	     size_t n);

#endif
