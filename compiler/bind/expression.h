/*
 * expression.h - the expressions of `view` and `template`: https://expr-lang.org as CoreDNS has it.
 *
 *	struct cfc_expression e;
 *	if (!cfc_expression(c, line, 1, NULL, &e))
 *		return false;		reported, CF2030
 *	if (e.type != CFC_EXPR_BOOL && e.type != CFC_EXPR_ANY) ...
 *
 * Parsed whole, with the types of operands as far as they are known before a query comes, and the
 * names and arguments of functions.  Faults are those for which CoreDNS would not start; what would
 * only fail at every query is a warning.
 */
#ifndef COMPILER_EXPRESSION_H
#define COMPILER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/query.h"
#include "compiler/tree.h"

enum cfc_expr_type {
	CFC_EXPR_ANY, /* not known before a query comes */
	CFC_EXPR_BOOL,
	CFC_EXPR_INT,
	CFC_EXPR_FLOAT,
	CFC_EXPR_STRING,
	CFC_EXPR_ARRAY,
	CFC_EXPR_MAP,
	CFC_EXPR_NIL,
	CFC_EXPR_FUNCTION, /* a function that is not called */
};

/* A variable beyond those of every expression, or the function group(). */
struct cfc_expr_name {
	const char *name;
	enum cfc_expr_type type;
	bool function; /* of one argument, with a result of that type */
	const struct cfc_expr_name *next;
};

struct cfc_expression {
	enum cfc_expr_type type; /* of the result */
	bool metadata;           /* it calls metadata() */
	enum cfc_tri truth;      /* of the result, for the query that it was asked for */
};

/*
 * Checks the words of a line from first on, joined by blanks.  names may be NULL.  Reports and
 * returns false when they are no expression.
 */
bool cfc_expression(struct cfc *c, const struct cfc_line *line, size_t first,
		    const struct cfc_expr_name *names, struct cfc_expression *out);

/* The same for a query: out->truth is what it comes to, CFC_MAYBE if that is known only when serving. */
bool cfc_expression_value(struct cfc *c, const struct cfc_line *line, size_t first,
			  const struct cfc_expr_name *names, const struct cfc_query *query,
			  struct cfc_expression *out);

/* Whether a variable may be called so: no function or operator of the language has the name. */
bool cfc_expr_is_free(const char *name);

#endif
