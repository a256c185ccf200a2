/*
 * gotemplate.h - the templates of `template`: text with {{ actions }}, as in Go's text/template.
 *
 * Only checked: what Go refuses to parse is an error (CF2031); fields and groups that the data cannot
 * have are a warning (CF2017), since Go finds them out when a query comes.
 */
#ifndef COMPILER_GOTEMPLATE_H
#define COMPILER_GOTEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

/* What a template may speak of besides the fixed fields; the lists end in NULL. */
struct cfc_gotemplate {
	const char *const *groups; /* names and numbers: .Group.NAME */
	const char *const *vars;   /* .Var.NAME */
};

/* Reports and returns false when the token's text is no template. */
bool cfc_gotemplate(struct cfc *c, const struct cfc_token *tok, const struct cfc_gotemplate *known);

#endif
