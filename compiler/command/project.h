/*
 * The project file `.corefile-lint`: what holds for all Corefiles below its folder.
 *
 *	# what these servers are for
 *	profile  = cluster
 *	root     = files
 *	fail-on  = warning
 *	exclude  = *.bak
 *	env-file = ci.env
 *
 *	[severity]
 *	CF4006 = off
 *	CF4001 = error
 *
 *	[variables]
 *	CLUSTER_DOMAIN = cluster.local
 *
 * A line is NAME = VALUE, a [section], a comment that begins with '#', or blank.  Paths and patterns
 * are relative to the folder of the file.  `exclude` and `env-file` may be repeated.  Described for
 * users in doc/lint.md.
 *
 * The nearest such file at or above a Corefile's folder counts; others further up do not.
 * Memory: the arena of the `struct cfc` that is handed in.
 */
#ifndef COMPILER_PROJECT_H
#define COMPILER_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/syntax/variables.h"

#define CFC_PROJECT_FILE ".corefile-lint"

struct cfc_project_severity {
	const char *id;
	int severity; /* one of enum cfc_severity, or CFC_DIAG_DROP */
};

struct cfc_project_variable {
	const char *name, *value;
};

struct cfc_project {
	const char *path;   /* NULL = there is no such file, and nothing is set */
	const char *folder; /* that it stands in, absolute */
	bool broken;        /* it has faults, which were reported */
	bool has_profile;
	enum cfc_profile profile;
	bool has_fail_on;
	enum cfc_severity fail_on;
	const char *root; /* NULL = not set */
	struct cfc_strings excludes, env_files, server_names;
	struct cfc_project_severity *severities;
	size_t nseverities, severities_room;
	struct cfc_project_variable *variables;
	size_t nvariables, variables_room;
};

/* The project file for a Corefile at this path (or for a folder); NULL = there is none. */
const char *cfc_project_find(struct cfc *c, const char *path);

/* Read one; faults are reported and set out->broken. */
void cfc_project_read(struct cfc *c, const char *path, struct cfc_project *out);

/* Whether `exclude` names the file. */
bool cfc_project_excludes(struct cfc *c, const struct cfc_project *p, const char *path);

/*
 * Give the diagnostics of a compilation the severities of the project.  Errors stay errors.
 */
void cfc_project_judge(struct cfc *c, const struct cfc_project *p);

/* Its variables and files of variables, below those that are there.  false: reported. */
bool cfc_project_variables(struct cfc *c, const struct cfc_project *p, struct cfc_variables *v);

#endif
