/*
 * expression_lex.c - the tokens of expressions.
 */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "compiler/bind/expression_parser.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
	       (c & 0x80);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *
skip_space(const char *s)
{
	for (;;) {
		s += strspn(s, " \t\r\n");
		if (strncmp(s, "//", 2) == 0) {
			s += strcspn(s, "\n");
		} else if (strncmp(s, "/*", 2) == 0 && strstr(s + 2, "*/") != NULL) {
			s = strstr(s + 2, "*/") + 2;
		} else {
			return s;
		}
	}
}

static void
lex_number(struct expr_parser *p)
{
	const char *s = p->at;

	p->kind = NUMBER;
	p->is_float = false;
	if (s[0] == '0' && s[1] != '\0' && strchr("xXoObB", s[1]) != NULL) {
		s += 2 + strspn(s + 2, "0123456789abcdefABCDEF_");
	} else {
		s += strspn(s, "0123456789_");
		if (s[0] == '.' && s[1] != '.') {
			p->is_float = true;
			s += 1 + strspn(s + 1, "0123456789_");
		}
		if (*s == 'e' || *s == 'E') {
			p->is_float = true;
			s += 1 + (s[1] == '+' || s[1] == '-');
			s += strspn(s, "0123456789");
		}
	}
	if (is_letter(*s))
		p->kind = BAD;
	p->len = (size_t)(s - p->at);
}

static void
lex_string(struct expr_parser *p)
{
	const char quote = *p->at, *s = p->at + 1;

	while (*s != '\0' && *s != quote)
		s += (*s == '\\' && quote != '`' && s[1] != '\0') ? 2 : 1;
	p->kind = *s == quote ? STRING : BAD;
	p->len = (size_t)(s - p->at) + (*s == quote);
}

void
expr_next(struct expr_parser *p)
{
	static const char *const symbols[] = { "==", "!=", "<=", ">=", "&&", "||",
					       "**", "..", "??", "?.", "?:", "::" };

	p->at = skip_space(p->at + p->len);
	p->len = 1;
	if (*p->at == '\0') {
		p->kind = END;
		p->len = 0;
	} else if (is_digit(*p->at) || (*p->at == '.' && is_digit(p->at[1]))) {
		lex_number(p);
	} else if (strchr("\"'`", *p->at) != NULL) {
		lex_string(p);
	} else if (is_letter(*p->at)) {
		p->kind = WORD;
		while (is_letter(p->at[p->len]) || is_digit(p->at[p->len]))
			p->len++;
	} else {
		p->kind = strchr("+-*/%^<>=!?:|.,;()[]{}#", *p->at) != NULL ? SYMBOL : BAD;
		for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
			if (strncmp(p->at, symbols[i], 2) == 0)
				p->len = 2, p->kind = SYMBOL;
		}
	}
}

bool
expr_is_token(const struct expr_parser *p, const char *text)
{
	return (p->kind == WORD || p->kind == SYMBOL) && strlen(text) == p->len &&
	       memcmp(p->at, text, p->len) == 0;
}

bool
expr_take(struct expr_parser *p, const char *text)
{
	if (!expr_is_token(p, text))
		return false;
	expr_next(p);
	return true;
}
