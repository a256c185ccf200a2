/*
 * Variables for {$NAME} and {%NAME%} in layers, for reproducible runs:
 *
 *	1. --set NAME=VALUE
 *	2. --env-file FILE, then the project file's `env-file`
 *	3. the environment of the process, unless --no-env
 *	4. [variables] of the project file: what holds when nobody says otherwise
 *
 * A name is looked for in this order; within a layer the last one wins.
 *
 *	struct cfc_variables v;
 *	cfc_variables_init(&v);
 *	cfc_variables_set(&v, CFC_VARIABLES_SET, "ZONE", 4, "example.org");
 *	c.getenv = cfc_variables_get;
 *	c.getenv_arg = &v;
 *
 * Memory: copies, freed by cfc_variables_release.
 */
#ifndef COMPILER_VARIABLES_H
#define COMPILER_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "compiler/cfc.h"

enum cfc_variables_layer {
	CFC_VARIABLES_SET,
	CFC_VARIABLES_FILE,
	CFC_VARIABLES_DEFAULT,
	CFC_VARIABLES_LAYERS
};

struct cfc_variables {
	struct map layers[CFC_VARIABLES_LAYERS];
	bool no_process; /* layer 3 is left out */
};

void cfc_variables_init(struct cfc_variables *v);
void cfc_variables_release(struct cfc_variables *v);

void cfc_variables_set(struct cfc_variables *v, enum cfc_variables_layer layer, const char *name,
		       size_t len, const char *value);

/* "NAME=VALUE" into the first layer; false = there is no '=', or nothing before it. */
bool cfc_variables_assign(struct cfc_variables *v, const char *text);

/*
 * A file of lines NAME=VALUE into the second layer: blank lines and lines that begin with '#' are
 * skipped, so is "export " before a name; quotes around a whole value are taken off.  false: reported.
 */
bool cfc_variables_file(struct cfc *c, struct cfc_variables *v, const char *path);

/* A cfc_getenv_fn. */
const char *cfc_variables_get(void *variables, const char *name);

#endif
