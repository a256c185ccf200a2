/*
 * Entries and words of master files.
 */
#include "config.h"

#include "dns/zone_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

/* What a byte does; everything else is part of a word. */
enum { WORD, BLANK, NEWLINE, COMMENT, OPEN, CLOSE, QUOTE, ESCAPE };

static const uint8_t kinds[256] = {
	[' '] = BLANK,  ['\t'] = BLANK,   ['\r'] = BLANK,  ['\v'] = BLANK,
	['\f'] = BLANK, ['\n'] = NEWLINE, [';'] = COMMENT, ['('] = OPEN,
	[')'] = CLOSE,  ['"'] = QUOTE,    ['\\'] = ESCAPE,
};

void
dns_zone_scan_init(struct dns_zone_scan *s, const char *text, size_t len, unsigned line)
{
	memset(s, 0, sizeof(*s));
	s->at = text;
	s->end = text + len;
	s->at_line = line;
}

void
dns_zone_scan_release(struct dns_zone_scan *s)
{
	free(s->words);
	memset(s, 0, sizeof(*s));
}

static int
fail(struct dns_zone_scan *s, int code, unsigned line, const char *fault)
{
	s->fault = fault;
	s->fault_line = line;
	return code;
}

static int
add_word(struct dns_zone_scan *s, const char *text, const char *end, bool quoted)
{
	if (s->n == s->cap) {
		size_t cap = s->cap > 0 ? s->cap * 2 : 16;
		struct dns_zone_word *words;

		if (s->n >= DNS_ZONE_WORDS_MAX)
			return fail(s, RT_ESYNTAX, s->at_line, "too many words in one record");
		words = reallocarray(s->words, cap, sizeof(*words));
		if (words == NULL)
			return fail(s, RT_ENOMEM, s->at_line, "out of memory");
		s->words = words;
		s->cap = cap;
	}
	s->words[s->n++] = (struct dns_zone_word){
		.text = text,
		.len = (size_t)(end - text),
		.line = s->at_line,
		.quoted = quoted,
	};
	return 0;
}

/* Whether the backslash at p has a byte to protect. */
static bool
can_escape(const struct dns_zone_scan *s, const char *p)
{
	return s->end - p >= 2 && p[1] != '\n';
}

static int
scan_plain(struct dns_zone_scan *s)
{
	const char *p = s->at;

	while (p < s->end) {
		uint8_t kind = kinds[(uint8_t)*p];

		if (kind == ESCAPE) {
			if (!can_escape(s, p))
				return fail(s, RT_ESYNTAX, s->at_line,
					    "backslash at the end of a line");
			p++;
		} else if (kind != WORD) {
			break;
		}
		p++;
	}
	if (add_word(s, s->at, p, false) < 0)
		return RT_ESYNTAX;
	s->at = p;
	return 0;
}

/* RFC 1035 §5.1: between quotes any character may stand, so also the end of a line. */
static int
scan_quoted(struct dns_zone_scan *s)
{
	const char *p = s->at + 1;
	unsigned newlines = 0;

	for (;; p++) {
		if (p == s->end)
			return fail(s, RT_ESYNTAX, s->at_line, "quoted string is not closed");
		if (*p == '"')
			break;
		if (*p == '\n')
			newlines++;
		if (*p == '\\' && can_escape(s, p))
			p++;
	}
	if (add_word(s, s->at + 1, p, true) < 0)
		return RT_ESYNTAX;
	s->at = p + 1;
	s->at_line += newlines;
	return 0;
}

static void
skip_comment(struct dns_zone_scan *s)
{
	const char *p = memchr(s->at, '\n', (size_t)(s->end - s->at));

	s->at = p != NULL ? p : s->end;
}

/* Words up to the end of the entry. */
static int
scan_entry(struct dns_zone_scan *s)
{
	unsigned open_line = 0; /* of the first parenthesis */
	unsigned depth = 0;
	int rc = 0;

	while (s->at < s->end && rc == 0) {
		switch (kinds[(uint8_t)*s->at]) {
		case BLANK:
			s->at++;
			break;
		case NEWLINE:
			s->at++;
			s->at_line++;
			if (depth == 0)
				return 0;
			break;
		case COMMENT:
			skip_comment(s);
			break;
		case OPEN:
			if (depth++ == 0)
				open_line = s->at_line;
			s->at++;
			break;
		case CLOSE:
			if (depth-- == 0)
				return fail(s, RT_ESYNTAX, s->at_line, "unexpected ')'");
			s->at++;
			break;
		case QUOTE:
			rc = scan_quoted(s);
			break;
		default:
			rc = scan_plain(s);
			break;
		}
	}
	/* The fault is at the parenthesis, not at the end of the file. */
	if (rc == 0 && depth > 0)
		return fail(s, RT_ESYNTAX, open_line, "'(' is not closed");
	return rc;
}

int
dns_zone_scan_next(struct dns_zone_scan *s)
{
	while (s->at < s->end) {
		int rc;

		s->n = 0;
		s->line = s->at_line;
		s->no_owner = kinds[(uint8_t)*s->at] == BLANK;
		rc = scan_entry(s);
		if (rc < 0)
			return rc;
		if (s->n > 0)
			return 1;
	}
	return 0;
}
