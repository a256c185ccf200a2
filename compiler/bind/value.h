/*
 * value.h - kinds of values: their size and shape in a config, and names for them.
 *
 * cfc_bind_value and cfc_list_add (plugin.h) are implemented in value.c; this is what the other
 * passes of the compiler need besides.
 */
#ifndef COMPILER_VALUE_H
#define COMPILER_VALUE_H

#include "compiler/plugin.h"

/* Whether values of this kind are { v, n } lists that grow by each argument. */
bool cfc_kind_is_list(enum cfc_kind kind);

/* Octets of a field of this kind; 0 for CFC_NONE. */
size_t cfc_kind_size(enum cfc_kind kind);

/* Fills *name from a name in wire form: copied, lower-cased, with its text. */
void cfc_name_of_wire(struct cfc *c, const uint8_t *wire, struct rt_name *name);

#endif
