/*
 * gotemplate.c - reads templates of Go: actions, pipelines, blocks and variables.
 */
#include "config.h"

#include "compiler/bind/gotemplate.h"

#include <stdarg.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/suggest.h"

#define DEPTH_MAX 100
#define VARS_MAX  100

enum block { BLOCK_IF, BLOCK_ELSE, BLOCK_RANGE, BLOCK_WITH, BLOCK_DEFINE };

struct template_parser {
	struct cfc *c;
	const struct cfc_token *tok;
	const struct cfc_gotemplate *known;
	const char *at;
	enum block blocks[DEPTH_MAX];
	unsigned vars_before[DEPTH_MAX]; /* how many there were when the block began */
	bool other_dot[DEPTH_MAX];       /* `.` was something else before the block */
	unsigned nblocks;
	const char *vars[VARS_MAX]; /* with the dollar, not ended by NUL */
	size_t var_lens[VARS_MAX];
	unsigned nvars;
	unsigned parens;
	bool dot_is_data; /* `.` is the query's data, not an element or value */
	bool failed;
};

static const char *const functions[] = { "and",   "or",    "not",      "eq",     "ne",
					 "lt",    "le",    "gt",       "ge",     "len",
					 "index", "slice", "print",    "printf", "println",
					 "html",  "js",    "urlquery", "call",   "parseInt" };

static const char *const fields[] = { "Zone", "Name",    "Regex",    "Match",  "Group", "Class",
				      "Type", "Message", "Question", "Remote", "Var",   "Meta" };

static bool fail(struct template_parser *p, const char *fmt, ...) CFC_PRINTF(2, 3);

static bool
fail(struct template_parser *p, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return false;
	p->failed = true;
	va_start(ap, fmt);
	cfc_report(p->c, CFC_SEVERITY_ERROR, p->tok->span, "CF2031", fmt, ap);
	va_end(ap);
	return false;
}

/* ---- words ---- */

static size_t
name_len(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n > 0 && *s >= '0' && *s <= '9' ? 0 : n;
}

static void
skip_blanks(struct template_parser *p)
{
	p->at += strspn(p->at, " \t\r\n");
}

/* "}}", or " -}}" which takes blanks after it away. */
static bool
is_end(const struct template_parser *p)
{
	return strncmp(p->at, "}}", 2) == 0 || strncmp(p->at, "-}}", 3) == 0;
}

static bool
skip_keyword(struct template_parser *p, const char *word)
{
	size_t len = strlen(word);

	if (name_len(p->at) != len || memcmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	skip_blanks(p);
	return true;
}

static bool
skip_quoted(struct template_parser *p)
{
	char quote = *p->at;

	for (p->at++; *p->at != '\0' && *p->at != quote; p->at++) {
		if (*p->at == '\\' && quote != '`' && p->at[1] != '\0')
			p->at++;
		else if (*p->at == '\n' && quote != '`')
			break;
	}
	if (*p->at != quote)
		return fail(p, "a string in the template is never closed");
	p->at++;
	return true;
}

/* ---- fields ---- */

static bool
is_among(const char *const *list, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0)
			return true;
	}
	return false;
}

static void
check_member(struct template_parser *p, const char *what, const char *const *list, const char *name)
{
	size_t len = name_len(name);

	if (list == NULL || len == 0 || is_among(list, SIZE_MAX, name, len))
		return;
	cfc_warn(p->c, p->tok->span, "CF2017", "there is no %s '%.*s'", what, (int)len, name);
}

/* .Field of the query's data, from behind the dot. */
static void
check_field(struct template_parser *p, const char *name)
{
	size_t len = name_len(name);

	if (!is_among(fields, ARRAY_SIZE(fields), name, len)) {
		const char *text = cfc_printf(p->c, "%.*s", (int)len, name);

		cfc_warn(p->c, p->tok->span, "CF2017", "templates have no field '.%s'", text);
		const char *near = cfc_suggest(text, fields, ARRAY_SIZE(fields));
		if (near != NULL)
			cfc_note(p->c, cfc_no_span(), "did you mean '.%s'?", near);
		return;
	}
	if (strncmp(name, "Group.", 6) == 0)
		check_member(p, "group", p->known->groups, name + 6);
	else if (strncmp(name, "Var.", 4) == 0)
		check_member(p, "variable", p->known->vars, name + 4);
}

/* .A.B.C after an operand, or alone. */
static bool
skip_chain(struct template_parser *p, bool of_data)
{
	if (of_data)
		check_field(p, p->at + 1);
	while (*p->at == '.') {
		size_t len = name_len(p->at + 1);

		if (len == 0)
			return fail(p, "the name of a field is missing after '.'");
		p->at += 1 + len;
	}
	return true;
}

/* ---- variables ---- */

static bool
is_var(const struct template_parser *p, const char *name, size_t len)
{
	if (len == 1)
		return true; /* $ is the data */
	for (unsigned i = 0; i < p->nvars; i++) {
		if (p->var_lens[i] == len && memcmp(p->vars[i], name, len) == 0)
			return true;
	}
	return false;
}

static bool
add_var(struct template_parser *p, const char *name, size_t len)
{
	if (p->nvars == VARS_MAX)
		return fail(p, "more than %d variables in a template", VARS_MAX);
	p->vars[p->nvars] = name;
	p->var_lens[p->nvars++] = len;
	return true;
}

/* $x := ..., $x = ..., and in range $i, $x := ... */
static bool
parse_declaration(struct template_parser *p, bool in_range)
{
	const char *back = p->at, *names[2];
	size_t lens[2], n = 0;

	while (*p->at == '$' && n < 2) {
		names[n] = p->at;
		lens[n] = 1 + name_len(p->at + 1);
		p->at += lens[n++];
		skip_blanks(p);
		if (!in_range || *p->at != ',')
			break;
		p->at++;
		skip_blanks(p);
	}
	if (n > 0 && strncmp(p->at, ":=", 2) == 0) {
		p->at += 2;
		for (size_t i = 0; i < n; i++) {
			if (!add_var(p, names[i], lens[i]))
				return false;
		}
		return true;
	}
	if (n > 0 && *p->at == '=') {
		p->at++;
		return is_var(p, names[0], lens[0]) ||
		       fail(p, "undefined variable '%.*s'", (int)lens[0], names[0]);
	}
	p->at = back;
	return true;
}

/* ---- pipelines ---- */

static bool parse_pipeline(struct template_parser *p, bool in_range);

static bool
parse_name(struct template_parser *p)
{
	size_t len = name_len(p->at);
	const char *name = cfc_printf(p->c, "%.*s", (int)len, p->at);

	p->at += len;
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0 || strcmp(name, "nil") == 0)
		return true;
	if (is_among(functions, ARRAY_SIZE(functions), name, len))
		return true;
	fail(p, "function '%s' is not defined in templates", name);
	const char *near = cfc_suggest(name, functions, ARRAY_SIZE(functions));
	if (near != NULL)
		cfc_note(p->c, cfc_no_span(), "did you mean '%s'?", near);
	else if (is_among(fields, ARRAY_SIZE(fields), name, len))
		cfc_note(p->c, cfc_no_span(), "did you mean '.%s'?", name);
	return false;
}

/* Fails at what cannot begin an operand. */
static bool
parse_operand(struct template_parser *p)
{
	char c = *p->at;

	if (c == '.')
		return name_len(p->at + 1) > 0 ? skip_chain(p, p->dot_is_data) : (p->at++, true);
	if (c == '$') {
		size_t len = 1 + name_len(p->at + 1);

		if (!is_var(p, p->at, len))
			return fail(p, "undefined variable '%.*s'", (int)len, p->at);
		p->at += len;
		return skip_chain(p, len == 1 && *p->at == '.');
	}
	if (c == '"' || c == '`' || c == '\'')
		return skip_quoted(p);
	if ((c >= '0' && c <= '9') ||
	    ((c == '-' || c == '+') && p->at[1] >= '0' && p->at[1] <= '9')) {
		p->at++;
		p->at += strspn(p->at, "0123456789abcdefABCDEFxXoO_.");
		return true;
	}
	if (c == '(') {
		if (p->parens++ == DEPTH_MAX)
			return fail(p, "too many parentheses");
		p->at++;
		if (!parse_pipeline(p, false))
			return false;
		if (*p->at != ')')
			return fail(p, "a parenthesis in the template is never closed");
		p->at++;
		p->parens--;
		return skip_chain(p, false);
	}
	if (name_len(p->at) > 0)
		return parse_name(p) && skip_chain(p, false);
	if (c == '\0')
		return fail(p, "an action '{{' is never closed");
	return fail(p, "unexpected '%.1s' in an action", p->at);
}

static bool
parse_command(struct template_parser *p, unsigned stage)
{
	unsigned n = 0;

	skip_blanks(p);
	char first = *p->at;
	while (*p->at != '|' && *p->at != ')' && !is_end(p)) {
		if (!parse_operand(p))
			return false;
		n++;
		const char *after = p->at;
		skip_blanks(p);
		if (p->at == after && *p->at != '|' && *p->at != ')' && !is_end(p))
			return *p->at == '\0'
				       ? fail(p, "an action '{{' is never closed")
				       : fail(p, "unexpected '%.1s' after an operand", p->at);
	}
	if (n == 0)
		return fail(p, "a value is missing in an action");
	if (stage > 0 && strchr("\"`'0123456789", first) != NULL)
		return fail(p, "a constant cannot take what stands before '|'");
	return true;
}

static bool
parse_pipeline(struct template_parser *p, bool in_range)
{
	skip_blanks(p);
	if (!parse_declaration(p, in_range))
		return false;
	for (unsigned stage = 0;; stage++) {
		if (!parse_command(p, stage))
			return false;
		if (*p->at != '|')
			break;
		p->at++;
	}
	if (*p->at == ')' && p->parens == 0)
		return fail(p, "a ')' in the template closes nothing");
	return true;
}

/* ---- actions ---- */

static bool
open_block(struct template_parser *p, enum block kind)
{
	if (p->nblocks == DEPTH_MAX)
		return fail(p, "more than %d blocks in each other", DEPTH_MAX);
	p->blocks[p->nblocks] = kind;
	p->other_dot[p->nblocks] = p->dot_is_data;
	p->vars_before[p->nblocks++] = p->nvars;
	return true;
}

static bool
action_end(struct template_parser *p)
{
	if (p->nblocks == 0)
		return fail(p, "'{{end}}' ends nothing");
	p->nblocks--;
	p->nvars = p->vars_before[p->nblocks];
	p->dot_is_data = p->other_dot[p->nblocks];
	return true;
}

static bool
action_else(struct template_parser *p)
{
	enum block *top = p->nblocks > 0 ? &p->blocks[p->nblocks - 1] : NULL;

	if (top == NULL || *top == BLOCK_ELSE || *top == BLOCK_DEFINE)
		return fail(p, "'{{else}}' belongs to nothing");
	p->nvars = p->vars_before[p->nblocks - 1];
	p->dot_is_data = p->other_dot[p->nblocks - 1];
	if (skip_keyword(p, "if"))
		return parse_pipeline(p, false);
	if (*top == BLOCK_WITH && skip_keyword(p, "with")) {
		p->dot_is_data = false;
		return parse_pipeline(p, false);
	}
	*top = BLOCK_ELSE;
	return true;
}

static bool
parse_template_name(struct template_parser *p)
{
	if (*p->at != '"' && *p->at != '`')
		return fail(p, "the name of a template must be a string");
	return skip_quoted(p);
}

static bool
in_range_block(const struct template_parser *p)
{
	for (unsigned i = 0; i < p->nblocks; i++) {
		if (p->blocks[i] == BLOCK_RANGE)
			return true;
	}
	return false;
}

static bool
parse_block_action(struct template_parser *p, enum block kind)
{
	bool ok = open_block(p, kind);

	if (ok && kind == BLOCK_DEFINE) {
		p->dot_is_data = false;
		return parse_template_name(p);
	}
	ok = ok && parse_pipeline(p, kind == BLOCK_RANGE);
	if (kind != BLOCK_IF)
		p->dot_is_data = false;
	return ok;
}

/* What stands between "{{" and "}}". */
static bool
parse_action(struct template_parser *p)
{
	if (skip_keyword(p, "if"))
		return parse_block_action(p, BLOCK_IF);
	if (skip_keyword(p, "range"))
		return parse_block_action(p, BLOCK_RANGE);
	if (skip_keyword(p, "with"))
		return parse_block_action(p, BLOCK_WITH);
	if (skip_keyword(p, "define"))
		return p->nblocks == 0 ? parse_block_action(p, BLOCK_DEFINE)
				       : fail(p, "'{{define}}' within a block");
	if (skip_keyword(p, "block"))
		return open_block(p, BLOCK_DEFINE) && parse_template_name(p) &&
		       parse_pipeline(p, false);
	if (skip_keyword(p, "template")) {
		if (!parse_template_name(p))
			return false;
		skip_blanks(p);
		return is_end(p) || parse_pipeline(p, false);
	}
	if (skip_keyword(p, "else"))
		return action_else(p);
	if (skip_keyword(p, "end"))
		return action_end(p);
	if (skip_keyword(p, "break") || skip_keyword(p, "continue"))
		return in_range_block(p) ||
		       fail(p, "'{{break}}' and '{{continue}}' are for 'range'");
	return parse_pipeline(p, false);
}

/* From "{{" to behind "}}". */
static bool
take_action(struct template_parser *p)
{
	p->at += 2;
	if (p->at[0] == '-' && strchr(" \t\r\n", p->at[1]) != NULL && p->at[1] != '\0')
		p->at++;
	skip_blanks(p);
	if (strncmp(p->at, "/*", 2) == 0) {
		const char *end = strstr(p->at + 2, "*/");

		if (end == NULL)
			return fail(p, "a comment in the template is never closed");
		p->at = end + 2;
		skip_blanks(p);
	} else if (!parse_action(p)) {
		return false;
	}
	skip_blanks(p);
	if (!is_end(p))
		return *p->at == '\0' ? fail(p, "an action '{{' is never closed")
				      : fail(p, "unexpected '%.1s' in an action", p->at);
	p->at += *p->at == '-' ? 3 : 2;
	return true;
}

bool
cfc_gotemplate(struct cfc *c, const struct cfc_token *tok, const struct cfc_gotemplate *known)
{
	struct template_parser p = { .c = c, .tok = tok, .known = known, .dot_is_data = true };

	p.at = tok->text;
	while ((p.at = strstr(p.at, "{{")) != NULL) {
		if (!take_action(&p))
			return false;
	}
	if (p.nblocks > 0)
		return fail(&p, "a block in the template has no '{{end}}'");
	return true;
}
