/*
 * Findings: the reports of a run over any number of Corefiles, for programs to read.
 *
 * The diagnostics of a compilation point into its source units and vanish with it.  A run adds each
 * compilation's diagnostics to one list before it lets go of it; the printers (format.h) see the whole
 * list at the end.  What was reported before about the same place (a file that two Corefiles import)
 * is left out.
 *
 *	cfc_findings_init(&f);
 *	for each Corefile: cfc_load(&c, ...); cfc_findings_add(&f, &c, path); cfc_release(&c);
 *	cfc_format_find("sarif")->print(&f, stdout);
 *	cfc_findings_release(&f);
 *
 * All texts are valid UTF-8: malformed bytes have been replaced.  Memory: belongs to the list.
 */
#ifndef COMPILER_FINDINGS_H
#define COMPILER_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "compiler/cfc.h"

/* Lines and columns count from 1; the end is that of the first byte behind. */
struct cfc_place {
	const char *path; /* as named by the user or an import */
	bool whole;       /* the file as a whole; the numbers are 0 then */
	uint32_t line, end_line;
	uint32_t column, end_column; /* in bytes */
	uint32_t chars, end_chars;   /* columns in code points */
	size_t offset, length;       /* in bytes from the beginning of the file */
};

struct cfc_finding_note {
	struct cfc_place at; /* that of the finding if the note has none of its own */
	const char *text;
};

struct cfc_finding_edit {
	struct cfc_place at;
	const char *text; /* put in the place of the bytes at `at` */
};

struct cfc_finding_fix {
	const char *title;
	struct cfc_finding_edit *edits;
	size_t nedits;
};

struct cfc_finding {
	enum cfc_severity severity;
	const char *id;
	const char *text;
	struct cfc_place at;
	struct cfc_finding_note *notes;
	size_t nnotes;
	struct cfc_finding_fix *fixes; /* alternatives, the best first */
	size_t nfixes;
	/*
	 * The same as long as the text of the line is, wherever it moves; `nth` counts equal ones of a
	 * file from 1.
	 */
	uint64_t line_hash;
	unsigned nth;
};

struct cfc_findings {
	struct cfc keeper; /* whose arena everything lives in */
	struct cfc_finding *list;
	size_t count;
	size_t room;
	const char **files; /* all that were looked at, each once, in order */
	size_t nfiles;
	size_t files_room;
	struct map seen;           /* reports, files and line hashes met so far */
	size_t counts[3];          /* by severity */
	enum cfc_severity fail_on; /* from which severity on the run fails */
};

void cfc_findings_init(struct cfc_findings *f);
void cfc_findings_release(struct cfc_findings *f);

/* Add the diagnostics of a compilation of the file at path. */
void cfc_findings_add(struct cfc_findings *f, struct cfc *c, const char *path);

/* Whether a finding makes the run fail. */
bool cfc_finding_fails(const struct cfc_findings *f, const struct cfc_finding *finding);

/* A copy of the text in which malformed UTF-8 is replaced. */
char *cfc_utf8(struct cfc *c, const char *text, size_t len);

/* The text of a finding with its notes, each on a line of its own. */
const char *cfc_finding_message(struct cfc *c, const struct cfc_finding *finding);

#endif
