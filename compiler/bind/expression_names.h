/*
 * expression_names.h - the functions that expressions can call; for expression.c.
 */
#ifndef COMPILER_EXPRESSION_NAMES_H
#define COMPILER_EXPRESSION_NAMES_H

#include <stdbool.h>

#include "compiler/bind/expression.h"

enum cfc_expr_role {
	CFC_EXPR_FACT,  /* about the query: all arguments are strings */
	CFC_EXPR_PLAIN, /* of the language */
	CFC_EXPR_EACH,  /* of the language; the second argument is evaluated for each element */
};

struct cfc_expr_function {
	const char *name;
	enum cfc_expr_type result;
	unsigned char least, most; /* arguments; 255: as many as one likes */
	enum cfc_expr_role role;
};

/* What a value of a type is called in messages, by enum cfc_expr_type. */
extern const char *const cfc_expr_type_names[];

/* NULL: there is none of that name. */
const struct cfc_expr_function *cfc_expr_function(const char *name);

/* The nearest name, or NULL. */
const char *cfc_expr_near(const char *name);

#endif
