/*
 * expression_parser.h - the state of parsing one expression, shared by the files that do it.
 *
 *	expression.c         the grammar and the types of operands
 *	expression_lex.c     where words, numbers, strings and symbols end
 *	expression_value.c   values, as far as they are known: the parser computes while it parses
 *
 * There is no tree.  With a query at hand, facts about it have values, and the value of the whole is
 * known when it depends on nothing else.
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_EXPRESSION_PARSER_H
#define COMPILER_EXPRESSION_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/cfc.h"
#include "compiler/bind/expression.h"

struct cfc_query;

enum expr_token_kind { END, NUMBER, STRING, WORD, SYMBOL, BAD };

struct expr_value {
	enum cfc_expr_type type;
	const char *literal; /* a string that is written out, NUL-terminated; else NULL */
	/* The value itself: as the type says, valid if known. */
	bool known;
	bool truth;
	int64_t number;
	const char *text;
	const struct expr_value *items;
	size_t nitems;
};

struct expr_parser {
	struct cfc *c;
	const struct cfc_line *line;
	size_t first;
	const char *text;
	const struct cfc_expr_name *names; /* of the caller, then of `let` */
	struct cfc_expression *out;
	const struct cfc_query *query; /* NULL = no value is asked for */
	/* the token that is looked at */
	enum expr_token_kind kind;
	const char *at;
	size_t len;
	bool is_float;
	unsigned depth;
	unsigned closures; /* within so many of them */
	bool failed;
};

/* ---- expression_lex.c ---- */

/* Go to the next token. */
void expr_next(struct expr_parser *p);
bool expr_is_token(const struct expr_parser *p, const char *text);
/* If it is this one, go on. */
bool expr_take(struct expr_parser *p, const char *text);

/* ---- expression_value.c ---- */

/* The value of the number or string that is looked at. */
void expr_value_literal(const struct expr_parser *p, struct expr_value *v);
/* A function of n arguments. */
void expr_value_call(const struct expr_parser *p, const char *function,
		     const struct expr_value *args, int n, struct expr_value *v);
/* The value of "a OPERATOR b"; v has its type already. */
void expr_value_binary(const struct expr_parser *p, const char *operator,
		       const struct expr_value * a, const struct expr_value *b,
		       struct expr_value *v);

#endif
