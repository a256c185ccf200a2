/*
 * expression.c - parses and type-checks expressions by operator precedence.
 *
 * There is no tree: the parser computes the type of each operand, and its value where that is known.
 */
#include "config.h"

#include "compiler/bind/expression.h"

#include <stdarg.h>
#include <string.h>

#include "base/addr.h"
#include "base/error.h"
#include "base/num.h"
#include "compiler/bind/expression_names.h"
#include "compiler/bind/expression_parser.h"
#include "compiler/bind/regexp.h"

#define DEPTH_MAX 200
#define ARGS_MAX  16

/* ---- faults ---- */

/* The word of the line that an offset into the joined text falls into. */
static struct cfc_span
span_at(const struct expr_parser *p, const char *at)
{
	size_t offset = (size_t)(at - p->text), word = p->first;

	while (word + 1 < p->line->ntokens && offset > p->line->tokens[word].len) {
		offset -= p->line->tokens[word].len + 1;
		word++;
	}
	return p->line->tokens[word].span;
}

static bool fail(struct expr_parser *p, const char *at, const char *fmt, ...) CFC_PRINTF(3, 4);

static bool
fail(struct expr_parser *p, const char *at, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return false;
	p->failed = true;
	va_start(ap, fmt);
	cfc_report(p->c, CFC_SEVERITY_ERROR, span_at(p, at), "CF2030", fmt, ap);
	va_end(ap);
	return false;
}

static bool
want(struct expr_parser *p, const char *text)
{
	if (expr_take(p, text))
		return true;
	if (p->kind == END)
		return fail(p, p->at, "the expression ends where '%s' is expected", text);
	return fail(p, p->at, "expected '%s', not '%.*s'", text, (int)p->len, p->at);
}

static char *
token_text(const struct expr_parser *p)
{
	return cfc_printf(p->c, "%.*s", (int)p->len, p->at);
}

/* ---- types ---- */

static bool
is_any(struct expr_value v)
{
	return v.type == CFC_EXPR_ANY;
}

static bool
is_number(struct expr_value v)
{
	return v.type == CFC_EXPR_INT || v.type == CFC_EXPR_FLOAT || is_any(v);
}

static bool
has_type(struct expr_value v, enum cfc_expr_type type)
{
	return v.type == type || is_any(v);
}

static bool
check_type(struct expr_parser *p, const char *at, size_t len, struct expr_value v, bool ok,
	   const char *wanted)
{
	if (ok)
		return true;
	fail(p, at, "'%.*s' wants %s, not %s", (int)len, at, wanted, cfc_expr_type_names[v.type]);
	if (v.type == CFC_EXPR_FUNCTION)
		cfc_note(p->c, cfc_no_span(), "a function is called with (), as in name()");
	return false;
}

static bool
mismatch(struct expr_parser *p, const char *at, size_t len, struct expr_value a,
	 struct expr_value b)
{
	fail(p, at, "'%.*s' has %s on one side and %s on the other", (int)len, at,
	     cfc_expr_type_names[a.type], cfc_expr_type_names[b.type]);
	if (a.type == CFC_EXPR_FUNCTION || b.type == CFC_EXPR_FUNCTION)
		cfc_note(p->c, cfc_no_span(), "a function is called with (), as in name()");
	return false;
}

/* ---- operators ---- */

/* The first ones, up to MATCHES, have a truth value as result. */
enum group {
	LOGIC,
	EQUAL,
	ORDER,
	IN,
	TEXT,
	MATCHES,
	RANGE,
	PLUS,
	ARITHMETIC,
	MODULO,
	POWER,
	COALESCE,
	PIPE
};

static const struct binary {
	const char *name;
	int precedence;
	bool right;
	enum group group;
} binaries[] = {
	{ "|", 0, false, PIPE },           { "or", 10, false, LOGIC },
	{ "||", 10, false, LOGIC },        { "and", 15, false, LOGIC },
	{ "&&", 15, false, LOGIC },        { "==", 20, false, EQUAL },
	{ "!=", 20, false, EQUAL },        { "<", 20, false, ORDER },
	{ ">", 20, false, ORDER },         { "<=", 20, false, ORDER },
	{ ">=", 20, false, ORDER },        { "in", 20, false, IN },
	{ "matches", 20, false, MATCHES }, { "contains", 20, false, TEXT },
	{ "startsWith", 20, false, TEXT }, { "endsWith", 20, false, TEXT },
	{ "..", 25, false, RANGE },        { "+", 30, false, PLUS },
	{ "-", 30, false, ARITHMETIC },    { "*", 60, false, ARITHMETIC },
	{ "/", 60, false, ARITHMETIC },    { "%", 60, false, MODULO },
	{ "**", 100, true, POWER },        { "^", 100, true, POWER },
	{ "??", 500, false, COALESCE },
};

static const struct binary *
find_binary(const struct expr_parser *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(binaries); i++) {
		if (expr_is_token(p, binaries[i].name))
			return &binaries[i];
	}
	return NULL;
}

static bool
comparable(struct expr_value a, struct expr_value b)
{
	if (a.type == CFC_EXPR_FUNCTION || b.type == CFC_EXPR_FUNCTION)
		return false;
	return is_any(a) || is_any(b) || a.type == b.type || (is_number(a) && is_number(b));
}

/* Whatever can be compared with nil; that of a function is surely one that should be called. */
static bool
is_nil_test(const struct expr_parser *p, struct expr_value a, struct expr_value b)
{
	bool functions = a.type == CFC_EXPR_FUNCTION || b.type == CFC_EXPR_FUNCTION;

	return (a.type == CFC_EXPR_NIL || b.type == CFC_EXPR_NIL) && (p->c->compat || !functions);
}

/* A pattern that is written out is compiled by CoreDNS at once. */
static bool
check_pattern(struct expr_parser *p, const char *at, struct expr_value v)
{
	const char *pcre;

	if (v.literal == NULL ||
	    cfc_regexp(p->c, span_at(p, at), v.literal, strlen(v.literal), &pcre))
		return true;
	p->failed = true;
	return false;
}

/* Both sides are of this type; the result of another. */
static bool
apply_same(struct expr_parser *p, const struct binary *op, const char *at, struct expr_value *a,
	   struct expr_value b, enum cfc_expr_type type, const char *wanted)
{
	struct expr_value wrong = has_type(*a, type) ? b : *a;

	return check_type(p, at, strlen(op->name), wrong, has_type(wrong, type), wanted);
}

static bool
apply_number(struct expr_parser *p, const struct binary *op, const char *at, struct expr_value *a,
	     struct expr_value b)
{
	struct expr_value wrong = is_number(*a) ? b : *a;
	bool fraction = op->group == POWER || op->name[0] == '/';

	if (!check_type(p, at, strlen(op->name), wrong, is_number(wrong), "numbers on both sides"))
		return false;
	a->type = fraction ? CFC_EXPR_FLOAT : a->type == b.type ? a->type : CFC_EXPR_ANY;
	return true;
}

static bool
apply_operator(struct expr_parser *p, const struct binary *op, const char *at, struct expr_value *a,
	       struct expr_value b)
{
	size_t len = strlen(op->name);

	switch (op->group) {
	case LOGIC:
		return apply_same(p, op, at, a, b, CFC_EXPR_BOOL, "truth values on both sides");
	case EQUAL:
		return comparable(*a, b) || is_nil_test(p, *a, b) || mismatch(p, at, len, *a, b);
	case ORDER:
		return (comparable(*a, b) && a->type != CFC_EXPR_BOOL &&
			a->type < CFC_EXPR_ARRAY) ||
		       mismatch(p, at, len, *a, b);
	case IN:
		return check_type(p, at, len, b,
				  has_type(b, CFC_EXPR_ARRAY) || has_type(b, CFC_EXPR_MAP),
				  "a list or a map on its right");
	case MATCHES:
	case TEXT:
		return apply_same(p, op, at, a, b, CFC_EXPR_STRING, "strings on both sides") &&
		       (op->group == TEXT || check_pattern(p, at, b));
	case RANGE:
	case MODULO:
		return apply_same(p, op, at, a, b, CFC_EXPR_INT, "whole numbers on both sides");
	case PLUS:
		if (!comparable(*a, b) || (!is_number(*a) && a->type != CFC_EXPR_STRING))
			return mismatch(p, at, len, *a, b);
		a->type = is_any(*a) ? b.type : a->type;
		return true;
	case ARITHMETIC:
	case POWER:
		return apply_number(p, op, at, a, b);
	case COALESCE:
	case PIPE:
		a->type = a->type == b.type ? a->type : CFC_EXPR_ANY;
		return true;
	}
	return true;
}

static bool
apply(struct expr_parser *p, const struct binary *op, const char *at, struct expr_value *a,
      struct expr_value b)
{
	struct expr_value left = *a;
	bool ok = apply_operator(p, op, at, a, b);

	*a = (struct expr_value){ .type = a->type };
	if (op->group <= MATCHES)
		a->type = CFC_EXPR_BOOL;
	else if (op->group == RANGE || op->group == MODULO)
		a->type = op->group == RANGE ? CFC_EXPR_ARRAY : CFC_EXPR_INT;
	if (ok && p->query != NULL)
		expr_value_binary(p, op->name, &left, &b, a);
	return ok;
}

/* ---- operands ---- */

static bool parse(struct expr_parser *p, int precedence, struct expr_value *v);
static bool parse_sequence(struct expr_parser *p, struct expr_value *v);

/* An argument that is evaluated for each element: { # > 1 }, or without braces. */
static bool
parse_closure(struct expr_parser *p, struct expr_value *v)
{
	p->closures++;
	bool ok = expr_take(p, "{") ? parse_sequence(p, v) && want(p, "}") : parse(p, 0, v);
	p->closures--;
	return ok;
}

/* Between ( and ), for f if it is one of the language; returns how many, or -1. */
static int
parse_arguments(struct expr_parser *p, struct expr_value *args, int n,
		const struct cfc_expr_function *f)
{
	bool each = f != NULL && f->role == CFC_EXPR_EACH;

	expr_next(p);
	while (!expr_is_token(p, ")")) {
		struct expr_value v = { .type = CFC_EXPR_ANY };

		if (n >= ARGS_MAX) {
			fail(p, p->at, "more than %d arguments", ARGS_MAX);
			return -1;
		}
		if (!(each && n == 1 ? parse_closure(p, &v) : parse(p, 0, &v)))
			return -1;
		args[n++] = v;
		if (!expr_take(p, ","))
			break;
	}
	return want(p, ")") ? n : -1;
}

static bool
check_call(struct expr_parser *p, const char *at, const struct cfc_expr_function *f,
	   const struct expr_value *args, int n)
{
	struct cidr net;

	if (n < f->least || n > f->most)
		return fail(p, at, "%s() cannot have %d argument%s", f->name, n, n == 1 ? "" : "s");
	for (int j = 0; j < n && f->role == CFC_EXPR_FACT; j++) {
		if (!check_type(p, at, strlen(f->name), args[j], has_type(args[j], CFC_EXPR_STRING),
				"strings"))
			return false;
	}
	p->out->metadata = p->out->metadata || strcmp(f->name, "metadata") == 0;
	const char *network = f->role == CFC_EXPR_FACT && n == 2 ? args[1].literal : NULL;
	if (network != NULL && (strchr(network, '/') == NULL ||
				cidr_parse(&net, network, strlen(network), NULL) != 0)) {
		cfc_warn(p->c, span_at(p, at), "CF2030",
			 "'%s' is not a network: the expression fails for every query", network);
		cfc_note(p->c, cfc_no_span(), "write it as in '10.0.0.0/8'");
	}
	return true;
}

static const struct cfc_expr_name *
find_name(const struct expr_parser *p, const char *name)
{
	for (const struct cfc_expr_name *n = p->names; n != NULL; n = n->next) {
		if (strcmp(n->name, name) == 0)
			return n;
	}
	return NULL;
}

static bool
unknown_name(struct expr_parser *p, const char *at, const char *name)
{
	const char *near = cfc_expr_near(name);

	fail(p, at, "unknown name '%s'", name);
	if (near != NULL)
		cfc_note(p->c, span_at(p, at), "did you mean '%s()'?", near);
	return false;
}

/* name, name(...); with nargs > 0 arguments already there, from before a pipe. */
static bool
parse_name(struct expr_parser *p, struct expr_value *args, int nargs, struct expr_value *v)
{
	const char *at = p->at, *name = token_text(p);
	const struct cfc_expr_name *own = find_name(p, name);
	const struct cfc_expr_function *f = own == NULL ? cfc_expr_function(name) : NULL;

	if (own == NULL && f == NULL)
		return unknown_name(p, at, name);
	expr_next(p);
	if (!expr_is_token(p, "(")) {
		v->type = own == NULL || own->function ? CFC_EXPR_FUNCTION : own->type;
		return own != NULL || f->role == CFC_EXPR_FACT ||
		       cfc_stricter(p->c, span_at(p, at), "CF2030",
				    "'%s' is a function: write %s(...)", name, name);
	}
	if (own != NULL && !own->function)
		return fail(p, at, "'%s' is no function", name);
	int n = parse_arguments(p, args, nargs, f);
	if (n < 0)
		return false;
	v->type = own != NULL ? own->type : f->result;
	if (own == NULL) {
		if (p->query != NULL)
			expr_value_call(p, f->name, args, n, v);
		return check_call(p, at, f, args, n);
	}
	return n == 1 || fail(p, at, "%s() takes 1 argument and has %d", name, n);
}

static bool
parse_list(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value *items = NULL;
	size_t room = 0;

	*v = (struct expr_value){ .type = CFC_EXPR_ARRAY, .known = true };
	expr_next(p);
	while (!expr_is_token(p, "]")) {
		items = cfc_grow(p->c, items, v->nitems, &room, sizeof(items[0]));
		if (!parse(p, 0, &items[v->nitems]))
			return false;
		v->known = v->known && items[v->nitems++].known;
		if (!expr_take(p, ","))
			break;
	}
	v->items = items;
	return want(p, "]");
}

static bool
parse_map(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value element;

	expr_next(p);
	while (!expr_is_token(p, "}")) {
		if (expr_is_token(p, "(")) {
			if (!parse(p, 0, &element))
				return false;
		} else if (p->kind == WORD || p->kind == STRING || p->kind == NUMBER) {
			expr_next(p);
		} else {
			return fail(p, p->at, "expected a key of the map");
		}
		if (!want(p, ":") || !parse(p, 0, &element))
			return false;
		if (!expr_take(p, ","))
			break;
	}
	v->type = CFC_EXPR_MAP;
	return want(p, "}");
}

static unsigned
number_base(const char *s)
{
	switch (s[0] == '0' ? s[1] : '\0') {
	case 'x':
	case 'X':
		return 16;
	case 'o':
	case 'O':
		return 8;
	case 'b':
	case 'B':
		return 2;
	default:
		return 10;
	}
}

/* A whole number has 63 bits; its sign is no part of it. */
static bool
check_whole_number(struct expr_parser *p)
{
	char *digits = token_text(p);
	unsigned base = number_base(digits);
	size_t n = 0;
	int64_t value;

	for (const char *s = digits + (base == 10 ? 0 : 2); *s != '\0'; s++)
		if (*s != '_')
			digits[n++] = *s;
	if (num_parse_int(&value, digits, n, base) != RT_ERANGE)
		return true;
	return fail(p, p->at, "'%s' is too large for a whole number", token_text(p));
}

static bool
parse_literal(struct expr_parser *p, struct expr_value *v)
{
	if (p->kind == NUMBER && !p->is_float && !check_whole_number(p))
		return false;
	if (p->kind == STRING) {
		v->type = CFC_EXPR_STRING;
		v->literal = cfc_printf(p->c, "%.*s", (int)p->len - 2, p->at + 1);
	} else {
		v->type = p->is_float ? CFC_EXPR_FLOAT : CFC_EXPR_INT;
	}
	expr_value_literal(p, v);
	expr_next(p);
	return true;
}

static bool
parse_word(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value args[ARGS_MAX];

	if (expr_is_token(p, "true") || expr_is_token(p, "false"))
		*v = (struct expr_value){ .type = CFC_EXPR_BOOL,
					  .known = true,
					  .truth = p->len == 4 };
	else if (expr_is_token(p, "nil"))
		v->type = CFC_EXPR_NIL;
	else
		return parse_name(p, args, 0, v);
	expr_next(p);
	return true;
}

static bool
parse_operand(struct expr_parser *p, struct expr_value *v)
{
	*v = (struct expr_value){ .type = CFC_EXPR_ANY };
	if (p->kind == NUMBER || p->kind == STRING)
		return parse_literal(p, v);
	if (p->kind == WORD && find_binary(p) == NULL)
		return parse_word(p, v);
	if (expr_take(p, "("))
		return parse_sequence(p, v) && want(p, ")");
	if (expr_is_token(p, "["))
		return parse_list(p, v);
	if (expr_is_token(p, "{"))
		return parse_map(p, v);
	if (p->closures > 0 && expr_take(p, "#")) {
		if (p->kind == WORD && p->at[-1] == '#')
			expr_next(p); /* #acc, #index */
		return true;
	}
	if (p->closures > 0 && expr_is_token(p, "."))
		return true; /* .field of the element: parse_access goes on */
	if (p->kind == END)
		return fail(p, p->at, "the expression is not complete");
	if (p->kind == BAD && strchr("\"'`", *p->at) != NULL)
		return fail(p, p->at, "a string is never closed");
	return fail(p, p->at, "unexpected '%.*s'", (int)p->len, p->at);
}

/* [i], [from:to] */
static bool
parse_index(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value index;
	bool slice = expr_take(p, ":");

	if (!expr_is_token(p, "]") && !parse(p, 0, &index))
		return false;
	if (!slice && expr_take(p, ":")) {
		slice = true;
		if (!expr_is_token(p, "]") && !parse(p, 0, &index))
			return false;
	}
	if (!slice)
		v->type = CFC_EXPR_ANY;
	return want(p, "]");
}

static bool
parse_access(struct expr_parser *p, struct expr_value *v)
{
	for (;;) {
		const char *at = p->at;

		if (expr_take(p, ".") || expr_take(p, "?.")) {
			if (p->kind != WORD && !expr_is_token(p, "["))
				return fail(p, p->at, "the name of a field is missing after '.'");
			if (v->type != CFC_EXPR_ANY && v->type != CFC_EXPR_MAP && p->kind == WORD)
				return fail(p, at, "%s has no fields",
					    cfc_expr_type_names[v->type]);
			if (p->kind == WORD)
				expr_next(p);
			v->type = CFC_EXPR_ANY;
		} else if (expr_take(p, "[")) {
			if (!parse_index(p, v))
				return false;
		} else if (expr_is_token(p, "(")) {
			struct expr_value args[ARGS_MAX];

			if (v->type != CFC_EXPR_ANY)
				return fail(p, at, "%s cannot be called",
					    cfc_expr_type_names[v->type]);
			if (parse_arguments(p, args, 0, NULL) < 0)
				return false;
		} else {
			return true;
		}
		*v = (struct expr_value){ .type = v->type };
	}
}

static bool
parse_unary(struct expr_parser *p, struct expr_value *v)
{
	const char *at = p->at;
	size_t len = p->len;

	if (expr_take(p, "not") || expr_take(p, "!")) {
		if (!parse(p, 50, v) ||
		    !check_type(p, at, len, *v, has_type(*v, CFC_EXPR_BOOL), "a truth value"))
			return false;
		*v = (struct expr_value){ .type = CFC_EXPR_BOOL,
					  .known = v->known,
					  .truth = !v->truth };
		return true;
	}
	if (expr_take(p, "-") || expr_take(p, "+")) {
		bool ok = parse(p, 90, v);
		v->number = *at == '-' ? -v->number : v->number;
		return ok && check_type(p, at, len, *v, is_number(*v), "a number");
	}
	return parse_operand(p, v) && parse_access(p, v);
}

/* ---- the whole ---- */

/* What stands before the bar is the first argument of what stands behind it. */
static bool
parse_pipe(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value args[ARGS_MAX] = { *v };

	if (p->kind != WORD)
		return fail(p, p->at, "the name of a function is missing after '|'");
	*v = (struct expr_value){ .type = CFC_EXPR_ANY };
	return parse_name(p, args, 1, v) && parse_access(p, v);
}

/* A negated operator: `a not in b`. */
static const struct binary *
take_binary(struct expr_parser *p, int precedence, const char **at, bool *negate)
{
	struct expr_parser back = *p;
	bool negated = expr_take(p, "not");
	const struct binary *op = find_binary(p);
	bool may = op != NULL && op->precedence >= precedence &&
		   (!negated || op->group == IN || op->group == TEXT || op->group == MATCHES);

	*at = p->at;
	*negate = negated;
	if (may) {
		expr_next(p);
		return op;
	}
	*p = back;
	return NULL;
}

static bool
parse_ternary(struct expr_parser *p, struct expr_value *v)
{
	struct expr_value yes = *v, no;
	const char *at = p->at;

	if (expr_take(p, "?:")) {
		if (!parse(p, 0, &no))
			return false;
	} else {
		expr_next(p);
		if (!parse(p, 0, &yes) || !want(p, ":") || !parse(p, 0, &no))
			return false;
	}
	if (!check_type(p, at, 1, *v, has_type(*v, CFC_EXPR_BOOL), "a truth value before it"))
		return false;
	enum cfc_expr_type type = yes.type == no.type ? yes.type : CFC_EXPR_ANY;
	*v = v->known ? (v->truth ? yes : no) : (struct expr_value){ .type = type };
	v->type = type;
	return true;
}

/* An operator and its right side; before: the one to its left, NULL = there is none. */
static bool
parse_binary(struct expr_parser *p, const struct binary *before, const struct binary *op,
	     const char *at, struct expr_value *v)
{
	struct expr_value right;

	if (op->group == PIPE)
		return parse_pipe(p, v);
	if (before != NULL && before->group == COALESCE && op->group != COALESCE)
		return fail(p, at, "'?\?' and '%s' without parentheses around one of them",
			    op->name);
	return parse(p, op->right ? op->precedence : op->precedence + 1, &right) &&
	       apply(p, op, at, v, right);
}

static bool
parse(struct expr_parser *p, int precedence, struct expr_value *v)
{
	const struct binary *before = NULL, *op;
	const char *at;
	bool ok, negate;

	if (p->depth == DEPTH_MAX)
		return fail(p, p->at, "the expression is nested too deeply");
	p->depth++;
	ok = parse_unary(p, v);
	while (ok && (op = take_binary(p, precedence, &at, &negate)) != NULL) {
		ok = parse_binary(p, before, op, at, v);
		before = op;
		if (negate)
			v->truth = !v->truth;
	}
	while (ok && precedence == 0 && (expr_is_token(p, "?") || expr_is_token(p, "?:")))
		ok = parse_ternary(p, v);
	p->depth--;
	return ok;
}

/* let NAME = VALUE; ... the last one is the result. */
static bool
parse_sequence(struct expr_parser *p, struct expr_value *v)
{
	const struct cfc_expr_name *outer = p->names;

	while (expr_take(p, "let")) {
		struct cfc_expr_name *name = cfc_array(p->c, 1, sizeof(*name));

		if (p->kind != WORD)
			return fail(p, p->at, "the name of a variable is missing after 'let'");
		name->name = token_text(p);
		if (!cfc_expr_is_free(name->name))
			return fail(p, p->at, "'%s' cannot be a variable", name->name);
		expr_next(p);
		if (!want(p, "=") || !parse(p, 0, v) || !want(p, ";"))
			return false;
		name->type = v->type;
		name->next = p->names;
		p->names = name;
	}
	bool ok = parse(p, 0, v);
	while (ok && expr_take(p, ";"))
		ok = parse(p, 0, v);
	p->names = outer;
	return ok;
}

bool
cfc_expression(struct cfc *c, const struct cfc_line *line, size_t first,
	       const struct cfc_expr_name *names, struct cfc_expression *out)
{
	return cfc_expression_value(c, line, first, names, NULL, out);
}

bool
cfc_expression_value(struct cfc *c, const struct cfc_line *line, size_t first,
		     const struct cfc_expr_name *names, const struct cfc_query *query,
		     struct cfc_expression *out)
{
	struct expr_parser p = {
		.c = c,
		.line = line,
		.first = first,
		.names = names,
		.out = out,
		.query = query,
	};
	struct expr_value v = { .type = CFC_EXPR_ANY };
	const char *text = cfc_words(c, line->tokens + first, line->ntokens - first);

	p.text = p.at = text;
	*out = (struct cfc_expression){ .type = CFC_EXPR_ANY, .truth = CFC_MAYBE };
	expr_next(&p);
	if (!parse_sequence(&p, &v))
		return false;
	if (p.kind != END)
		return fail(&p, p.at, "unexpected '%.*s'", (int)p.len, p.at);
	out->type = v.type;
	if (v.type == CFC_EXPR_BOOL && v.known)
		out->truth = v.truth ? CFC_YES : CFC_NO;
	return true;
}
