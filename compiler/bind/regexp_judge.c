/*
 * regexp_judge.c - regular expressions that are right and hardly mean what was meant: CF2015.
 *
 * They are matched against names of queries as CoreDNS has them: in lower case, with the final dot.  The
 * pattern is one that cfc_regexp has accepted, so that a simple scan from atom to atom is enough.
 */
#include "config.h"

#include "compiler/bind/regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/fix.h"

enum atom_kind {
	ATOM_LITERAL, /* one character */
	ATOM_ANY,     /* . */
	ATOM_SET,     /* [...], \d, \w */
	ATOM_OPEN,    /* ( with what belongs to it */
	ATOM_CLOSE,
	ATOM_OR,
	ATOM_BEGIN, /* ^ or \A */
	ATOM_END,   /* $ or \z */
	ATOM_OTHER, /* \b, \Q...\E and the like */
};

struct atom {
	enum atom_kind kind;
	char c;         /* of ATOM_LITERAL */
	bool escaped;   /* ... that was written with a backslash */
	bool repeats;   /* followed by *, + or {n,}, so that there is no highest number */
	bool optional;  /* followed by * or ?, so that it may be absent */
	bool flags;     /* ATOM_OPEN with flags: (?i) */
	const char *at; /* where it begins */
};

/* Behind the class at p. */
static const char *
skip_class(const char *p)
{
	p += p[1] == '^' ? 2 : 1;
	p += *p == ']';
	while (*p != '\0' && *p != ']') {
		const char *end = p[0] == '[' && p[1] == ':' ? strstr(p, ":]") : NULL;

		p = end != NULL ? end + 2 : p + 1 + (p[0] == '\\' && p[1] != '\0');
	}
	return *p == ']' ? p + 1 : p;
}

static const char *
take_escape(const char *p, struct atom *a)
{
	char c = p[1];

	if (c == 'A' || c == 'z') {
		a->kind = c == 'A' ? ATOM_BEGIN : ATOM_END;
	} else if (c != '\0' && strchr("dDwWsSpP", c) != NULL) {
		a->kind = ATOM_SET;
		if ((c == 'p' || c == 'P') && p[2] == '{')
			return strchr(p, '}') + 1;
	} else if (c == 'Q') {
		const char *end = strstr(p, "\\E");

		a->kind = ATOM_OTHER;
		return end == NULL ? p + strlen(p) : end + 2;
	} else if (isalnum((unsigned char)c)) {
		a->kind = ATOM_OTHER;
	} else {
		a->kind = ATOM_LITERAL;
		a->escaped = true;
		a->c = c;
	}
	return p + 2;
}

/* Behind "(" and what says which group it is. */
static const char *
take_open(const char *p, struct atom *a)
{
	a->kind = ATOM_OPEN;
	if (p[1] != '?')
		return p + 1;
	if (p[2] == 'P' || p[2] == '<')
		return strchr(p, '>') + 1;
	const char *end = p + 2 + strcspn(p + 2, ":)");
	a->flags = end > p + 2;
	if (*end == ')')
		a->kind = ATOM_OTHER; /* (?i): up to the end of the group around */
	return end + 1;
}

/* The '}' of {N}, {N,} or {N,M} at p; NULL: what looks so stands for itself. */
static const char *
braces_end(const char *p)
{
	if (*p != '{' || !isdigit((unsigned char)p[1]))
		return NULL;
	p += 1 + strspn(p + 1, "0123456789");
	if (*p == ',')
		p += 1 + strspn(p + 1, "0123456789");
	return *p == '}' ? p : NULL;
}

static const char *
take_repeat(const char *p, struct atom *a)
{
	a->repeats = *p == '*' || *p == '+';
	a->optional = *p == '*' || *p == '?';
	const char *end = braces_end(p);

	if (end != NULL) {
		a->repeats = end[-1] == ',';
		p = end;
	} else if (!a->repeats && !a->optional) {
		return p;
	}
	return p[1] == '?' ? p + 2 : p + 1;
}

/* The atom at p; returns what is behind it and its repetition. */
static const char *
take_atom(const char *p, struct atom *a)
{
	*a = (struct atom){ .at = p };
	switch (*p) {
	case '\\':
		p = take_escape(p, a);
		break;
	case '[':
		a->kind = ATOM_SET;
		p = skip_class(p);
		break;
	case '(':
		return take_open(p, a);
	case '|':
		a->kind = ATOM_OR;
		return p + 1;
	case ')':
		a->kind = ATOM_CLOSE;
		p++;
		break;
	case '^':
	case '$':
		a->kind = *p == '^' ? ATOM_BEGIN : ATOM_END;
		return p + 1;
	default:
		a->kind = *p == '.' ? ATOM_ANY : ATOM_LITERAL;
		a->c = *p++;
	}
	return take_repeat(p, a);
}

/* ---- judgements ---- */

struct judge {
	struct cfc *c;
	const struct cfc_token *tok;
	bool folds;               /* (?i): case does not matter */
	bool anchored;            /* something says where the match begins or ends */
	unsigned depth;           /* of groups */
	struct atom last, before; /* the two atoms before this one */
	bool warned_dot, warned_nothing;
};

/* The place within the token's text, if that is as it was written. */
static struct cfc_span
place_of(const struct judge *j, const char *at)
{
	struct cfc_span span = j->tok->span;
	size_t quote = j->tok->quoted ? 1 : 0;

	if (j->tok->env || j->tok->rawlen != j->tok->len + 2 * quote)
		return span;
	span.column += (uint32_t)(at - j->tok->text + (long)quote);
	span.length = 1;
	return span;
}

/* Replaces one character, if it stands in the text as it does in the value. */
static void
fix_at(struct judge *j, const char *title, const char *at, const char *by)
{
	struct cfc_span span = place_of(j, at);

	if (span.length == 1 && !j->tok->env)
		cfc_fix_replace(j->c, title, span, by);
}

static bool
is_name_char(const struct atom *a)
{
	return a->kind == ATOM_LITERAL && (isalnum((unsigned char)a->c) || a->c == '-');
}

static void
warn_nothing(struct judge *j, const char *at, const char *why)
{
	if (j->warned_nothing)
		return;
	j->warned_nothing = true;
	cfc_warn(j->c, place_of(j, at), "CF2015", "this never matches: %s", why);
}

static void
judge_atom(struct judge *j, const struct atom *a)
{
	if (a->flags)
		j->folds = true;
	if (a->kind == ATOM_LITERAL && a->c >= 'A' && a->c <= 'Z' && !j->folds)
		warn_nothing(j, a->at, "names are compared in lower case");
	if (a->kind == ATOM_LITERAL && a->c == ' ' && !a->optional)
		warn_nothing(j, a->at, "names have no blanks");
	if (a->kind == ATOM_END && is_name_char(&j->last) && !j->last.optional && j->depth == 0 &&
	    !j->warned_nothing) {
		warn_nothing(j, a->at, "names end in a dot; write '\\.$'");
		fix_at(j, "add the final dot", a->at, "\\.$");
	}
	/* example.org: a dot between letters stands for itself, whoever writes it. */
	if (is_name_char(a) && j->last.kind == ATOM_ANY && j->last.at != NULL && !j->last.repeats &&
	    !j->last.optional && is_name_char(&j->before) && !j->warned_dot) {
		j->warned_dot = true;
		cfc_warn(j->c, place_of(j, j->last.at), "CF2015",
			 "'.' stands for any character here; a dot is written '\\.'");
		fix_at(j, "write a dot", j->last.at, "\\.");
	}
}

/* A group of one repeated atom that is repeated itself: (a+)+. */
static bool
is_nested(const struct atom *open, const struct atom *inner, const struct atom *close)
{
	return open->kind == ATOM_OPEN && close->kind == ATOM_CLOSE && close->repeats &&
	       inner->repeats && inner->kind != ATOM_CLOSE;
}

static void
judge_whole(struct judge *j, const struct atom *first)
{
	if (j->tok->len == 0) {
		cfc_warn(j->c, j->tok->span, "CF2015", "an empty expression matches every name");
		return;
	}
	if (j->anchored || j->warned_nothing || j->warned_dot || !is_name_char(first))
		return;
	cfc_warn(j->c, j->tok->span, "CF2015",
		 "'%s' matches anywhere in a name, also in the middle of a label", j->tok->text);
	cfc_note(j->c, cfc_no_span(), "let it begin with '^' or '(^|\\.)', and end with '\\.$'");
}

void
cfc_regexp_judge(struct cfc *c, const struct cfc_token *tok)
{
	struct judge j = { .c = c, .tok = tok };
	struct atom first = { .kind = ATOM_OTHER }, a;
	unsigned alternatives = 0;

	for (const char *p = tok->text; *p != '\0';) {
		bool start = p == tok->text;

		p = take_atom(p, &a);
		if (start)
			first = a;
		j.depth += a.kind == ATOM_OPEN;
		if (is_nested(&j.before, &j.last, &a))
			cfc_warn(c, place_of(&j, j.before.at), "CF2015",
				 "a repetition of a repetition: engines that try every way need "
				 "exponential time");
		judge_atom(&j, &a);
		j.depth -= a.kind == ATOM_CLOSE && j.depth > 0;
		alternatives += a.kind == ATOM_OR;
		j.anchored = j.anchored || a.kind == ATOM_BEGIN || a.kind == ATOM_END;
		j.before = j.last;
		j.last = a;
	}
	j.anchored = j.anchored || alternatives > 0;
	judge_whole(&j, &first);
}

bool
cfc_regexp_matches(const char *pcre, const char *text)
{
	PCRE2_SIZE offset;
	int code;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pcre, PCRE2_ZERO_TERMINATED,
				       PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &code, &offset, NULL);

	if (re == NULL)
		return false;
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(re, NULL);
	int rc = match == NULL ? -1
			       : pcre2_match(re, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);
	pcre2_match_data_free(match);
	pcre2_code_free(re);
	return rc > 0;
}
