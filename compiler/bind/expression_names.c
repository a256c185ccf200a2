/*
 * expression_names.c - what expressions can call: facts about the query, and the language's functions.
 */
#include "config.h"

#include "compiler/bind/expression_names.h"

#include <string.h>

#include "base/compiler.h"
#include "compiler/suggest.h"

#define NO_LIMIT 255

#define A CFC_EXPR_ANY
#define B CFC_EXPR_BOOL
#define F CFC_EXPR_FLOAT
#define I CFC_EXPR_INT
#define L CFC_EXPR_ARRAY
#define M CFC_EXPR_MAP
#define S CFC_EXPR_STRING

#define FACT  CFC_EXPR_FACT
#define PLAIN CFC_EXPR_PLAIN
#define EACH  CFC_EXPR_EACH

/* The language has a type() as well, which CoreDNS hides by the fact of that name. */
static const struct cfc_expr_function functions[] = {
	{ "bufsize", I, 0, 0, FACT },
	{ "class", S, 0, 0, FACT },
	{ "client_ip", S, 0, 0, FACT },
	{ "do", B, 0, 0, FACT },
	{ "id", I, 0, 0, FACT },
	{ "incidr", B, 2, 2, FACT },
	{ "metadata", S, 1, 1, FACT },
	{ "name", S, 0, 0, FACT },
	{ "opcode", I, 0, 0, FACT },
	{ "port", S, 0, 0, FACT },
	{ "proto", S, 0, 0, FACT },
	{ "server_ip", S, 0, 0, FACT },
	{ "server_port", S, 0, 0, FACT },
	{ "size", I, 0, 0, FACT },
	{ "type", S, 0, 0, FACT },
	{ "all", B, 2, 2, EACH },
	{ "none", B, 2, 2, EACH },
	{ "any", B, 2, 2, EACH },
	{ "one", B, 2, 2, EACH },
	{ "filter", L, 2, 2, EACH },
	{ "map", L, 2, 2, EACH },
	{ "find", A, 2, 2, EACH },
	{ "findIndex", I, 2, 2, EACH },
	{ "findLast", A, 2, 2, EACH },
	{ "findLastIndex", I, 2, 2, EACH },
	{ "count", I, 1, 2, EACH },
	{ "sum", A, 1, 2, EACH },
	{ "groupBy", M, 2, 2, EACH },
	{ "sortBy", L, 2, 3, EACH },
	{ "reduce", A, 2, 3, EACH },
	{ "len", I, 1, 1, PLAIN },
	{ "abs", A, 1, 1, PLAIN },
	{ "ceil", F, 1, 1, PLAIN },
	{ "floor", F, 1, 1, PLAIN },
	{ "round", F, 1, 1, PLAIN },
	{ "int", I, 1, 1, PLAIN },
	{ "float", F, 1, 1, PLAIN },
	{ "string", S, 1, 1, PLAIN },
	{ "trim", S, 1, 2, PLAIN },
	{ "trimPrefix", S, 1, 2, PLAIN },
	{ "trimSuffix", S, 1, 2, PLAIN },
	{ "upper", S, 1, 1, PLAIN },
	{ "lower", S, 1, 1, PLAIN },
	{ "split", L, 2, 3, PLAIN },
	{ "splitAfter", L, 2, 3, PLAIN },
	{ "replace", S, 3, 4, PLAIN },
	{ "repeat", S, 2, 2, PLAIN },
	{ "join", S, 1, 2, PLAIN },
	{ "indexOf", I, 2, 2, PLAIN },
	{ "lastIndexOf", I, 2, 2, PLAIN },
	{ "hasPrefix", B, 2, 2, PLAIN },
	{ "hasSuffix", B, 2, 2, PLAIN },
	{ "max", A, 1, NO_LIMIT, PLAIN },
	{ "min", A, 1, NO_LIMIT, PLAIN },
	{ "mean", A, 1, NO_LIMIT, PLAIN },
	{ "median", A, 1, NO_LIMIT, PLAIN },
	{ "toJSON", S, 1, 1, PLAIN },
	{ "fromJSON", A, 1, 1, PLAIN },
	{ "toBase64", S, 1, 1, PLAIN },
	{ "fromBase64", S, 1, 1, PLAIN },
	{ "now", A, 0, 1, PLAIN },
	{ "duration", A, 1, 1, PLAIN },
	{ "date", A, 1, 3, PLAIN },
	{ "timezone", A, 1, 1, PLAIN },
	{ "first", A, 1, 1, PLAIN },
	{ "last", A, 1, 1, PLAIN },
	{ "get", A, 2, 2, PLAIN },
	{ "take", L, 2, 2, PLAIN },
	{ "keys", L, 1, 1, PLAIN },
	{ "values", L, 1, 1, PLAIN },
	{ "toPairs", L, 1, 1, PLAIN },
	{ "fromPairs", M, 1, 1, PLAIN },
	{ "reverse", L, 1, 1, PLAIN },
	{ "uniq", L, 1, 1, PLAIN },
	{ "concat", L, 1, NO_LIMIT, PLAIN },
	{ "flatten", L, 1, 1, PLAIN },
	{ "sort", L, 1, 2, PLAIN },
	{ "bitand", I, 2, 2, PLAIN },
	{ "bitor", I, 2, 2, PLAIN },
	{ "bitxor", I, 2, 2, PLAIN },
	{ "bitnand", I, 2, 2, PLAIN },
	{ "bitnot", I, 1, 1, PLAIN },
	{ "bitshl", I, 2, 2, PLAIN },
	{ "bitshr", I, 2, 2, PLAIN },
	{ "bitushr", I, 2, 2, PLAIN },
};

static const char *const operator_words[] = { "and",      "or",         "not",      "in",
					      "contains", "startsWith", "endsWith", "matches",
					      "let",      "true",       "false",    "nil",
					      "if",       "else" };

const char *const cfc_expr_type_names[] = {
	[CFC_EXPR_ANY] = "anything",
	[CFC_EXPR_BOOL] = "a truth value",
	[CFC_EXPR_INT] = "a number",
	[CFC_EXPR_FLOAT] = "a number with a fraction",
	[CFC_EXPR_STRING] = "a string",
	[CFC_EXPR_ARRAY] = "a list",
	[CFC_EXPR_MAP] = "a map",
	[CFC_EXPR_NIL] = "nil",
	[CFC_EXPR_FUNCTION] = "a function that is not called",
};

const struct cfc_expr_function *
cfc_expr_function(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	}
	return NULL;
}

const char *
cfc_expr_near(const char *name)
{
	const char *all[ARRAY_SIZE(functions)];

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		all[i] = functions[i].name;
	return cfc_suggest(name, all, ARRAY_SIZE(functions));
}

bool
cfc_expr_is_free(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operator_words); i++) {
		if (strcmp(operator_words[i], name) == 0)
			return false;
	}
	return cfc_expr_function(name) == NULL && strcmp(name, "group") != 0;
}
