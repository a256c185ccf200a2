/*
 * fields.h - the fields of a plugin's configuration, as its tables name them.
 */
#ifndef COMPILER_FIELDS_H
#define COMPILER_FIELDS_H

#include "compiler/plugin.h"

/*
 * Calls each() for every field of the config, in table order, once per offset.  unit: what a number
 * counts, for people; NULL when its kind says it.
 */
void cfc_each_field(const struct cfc_plugin *plugin,
		    void (*each)(void *arg, const struct cfc_field *field, const char *unit),
		    void *arg);

#endif
