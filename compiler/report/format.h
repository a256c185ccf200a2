/*
 * format.h - the forms in which a run of corefile-lint can report: one file and one table row each.
 *
 * `text`, with source lines and carets, is printed compilation by compilation (diag.h); the others get
 * the list of all findings when the run is over.
 */
#ifndef COMPILER_FORMAT_H
#define COMPILER_FORMAT_H

#include <stdio.h>

#include "compiler/report/findings.h"

struct cfc_format {
	const char *name;
	const char *help; /* for whom: "GitHub code scanning" */
	/* NULL for `text`.  Writes the whole report; may allocate from f->keeper. */
	void (*print)(struct cfc_findings *f, FILE *out);
};

/* NULL = there is none of that name. */
const struct cfc_format *cfc_format_find(const char *name);

/* All names, parted by commas, for messages. */
#define CFC_FORMAT_WORDS "text, gcc, json, sarif, github, gitlab, checkstyle or junit"

typedef void cfc_format_fn(struct cfc_findings *f, FILE *out);
cfc_format_fn cfc_format_gcc, cfc_format_json, cfc_format_sarif, cfc_format_github,
	cfc_format_gitlab, cfc_format_checkstyle, cfc_format_junit;

#endif
