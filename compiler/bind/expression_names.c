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

/* The language has a type() as well, which CoreDNS hides by the fact of that name. */
static const struct cfc_expr_function functions[] = {
	{ "bufsize", I, 0, 0, true },
	{ "class", S, 0, 0, true },
	{ "client_ip", S, 0, 0, true },
	{ "do", B, 0, 0, true },
	{ "id", I, 0, 0, true },
	{ "incidr", B, 2, 2, true },
	{ "metadata", S, 1, 1, true },
	{ "name", S, 0, 0, true },
	{ "opcode", I, 0, 0, true },
	{ "port", S, 0, 0, true },
	{ "proto", S, 0, 0, true },
	{ "server_ip", S, 0, 0, true },
	{ "server_port", S, 0, 0, true },
	{ "size", I, 0, 0, true },
	{ "type", S, 0, 0, true },
	{ "all", B, 2, 2, false },
	{ "none", B, 2, 2, false },
	{ "any", B, 2, 2, false },
	{ "one", B, 2, 2, false },
	{ "filter", L, 2, 2, false },
	{ "map", L, 2, 2, false },
	{ "find", A, 2, 2, false },
	{ "findIndex", I, 2, 2, false },
	{ "findLast", A, 2, 2, false },
	{ "findLastIndex", I, 2, 2, false },
	{ "count", I, 1, 2, false },
	{ "sum", A, 1, 2, false },
	{ "groupBy", M, 2, 2, false },
	{ "sortBy", L, 2, 3, false },
	{ "reduce", A, 2, 3, false },
	{ "len", I, 1, 1, false },
	{ "abs", A, 1, 1, false },
	{ "ceil", F, 1, 1, false },
	{ "floor", F, 1, 1, false },
	{ "round", F, 1, 1, false },
	{ "int", I, 1, 1, false },
	{ "float", F, 1, 1, false },
	{ "string", S, 1, 1, false },
	{ "trim", S, 1, 2, false },
	{ "trimPrefix", S, 1, 2, false },
	{ "trimSuffix", S, 1, 2, false },
	{ "upper", S, 1, 1, false },
	{ "lower", S, 1, 1, false },
	{ "split", L, 2, 3, false },
	{ "splitAfter", L, 2, 3, false },
	{ "replace", S, 3, 4, false },
	{ "repeat", S, 2, 2, false },
	{ "join", S, 1, 2, false },
	{ "indexOf", I, 2, 2, false },
	{ "lastIndexOf", I, 2, 2, false },
	{ "hasPrefix", B, 2, 2, false },
	{ "hasSuffix", B, 2, 2, false },
	{ "max", A, 1, NO_LIMIT, false },
	{ "min", A, 1, NO_LIMIT, false },
	{ "mean", A, 1, NO_LIMIT, false },
	{ "median", A, 1, NO_LIMIT, false },
	{ "toJSON", S, 1, 1, false },
	{ "fromJSON", A, 1, 1, false },
	{ "toBase64", S, 1, 1, false },
	{ "fromBase64", S, 1, 1, false },
	{ "now", A, 0, 1, false },
	{ "duration", A, 1, 1, false },
	{ "date", A, 1, 3, false },
	{ "timezone", A, 1, 1, false },
	{ "first", A, 1, 1, false },
	{ "last", A, 1, 1, false },
	{ "get", A, 2, 2, false },
	{ "take", L, 2, 2, false },
	{ "keys", L, 1, 1, false },
	{ "values", L, 1, 1, false },
	{ "toPairs", L, 1, 1, false },
	{ "fromPairs", M, 1, 1, false },
	{ "reverse", L, 1, 1, false },
	{ "uniq", L, 1, 1, false },
	{ "concat", L, 1, NO_LIMIT, false },
	{ "flatten", L, 1, 1, false },
	{ "sort", L, 1, 2, false },
	{ "bitand", I, 2, 2, false },
	{ "bitor", I, 2, 2, false },
	{ "bitxor", I, 2, 2, false },
	{ "bitnand", I, 2, 2, false },
	{ "bitnot", I, 1, 1, false },
	{ "bitshl", I, 2, 2, false },
	{ "bitshr", I, 2, 2, false },
	{ "bitushr", I, 2, 2, false },
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
