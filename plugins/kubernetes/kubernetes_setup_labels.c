/*
 * kubernetes_setup_labels.c - reads label selectors by recursive descent.
 *
 *	selector    = [requirement *("," requirement)]
 *	requirement = "!" key / key / key ("=" / "==") [value]
 *	            / key ("in" / "notin") "(" [value] *("," [value]) ")"
 *	key         = [prefix "/"] name
 *
 * Kubernetes has "<" and ">" besides, which CoreDNS refuses here.
 */
#include "config.h"

#include "kubernetes/kubernetes_setup_labels.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PART_MAX   63  /* octets of a name or value */
#define PREFIX_MAX 253 /* octets of a prefix, which is a domain name */

struct selector {
	const char *at;
	const char *fault;
};

static bool
fail(struct selector *s, const char *fault)
{
	if (s->fault == NULL)
		s->fault = fault;
	return false;
}

static void
skip_blanks(struct selector *s)
{
	s->at += strspn(s->at, " \t\r\n");
}

/* Octets up to the next blank or symbol. */
static size_t
word_len(const struct selector *s)
{
	return strcspn(s->at, " \t\r\n,()!=<>");
}

static bool
is_word(const struct selector *s, const char *word)
{
	size_t len = word_len(s);

	return strlen(word) == len && memcmp(s->at, word, len) == 0;
}

static bool
skip_symbol(struct selector *s, const char *symbol)
{
	size_t len = strlen(symbol);

	skip_blanks(s);
	if (strncmp(s->at, symbol, len) != 0)
		return false;
	s->at += len;
	skip_blanks(s);
	return true;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters and digits, with "-", "_" and "." in between. */
static bool
is_part(const char *text, size_t len)
{
	if (len == 0 || len > PART_MAX || !is_alnum(text[0]) || !is_alnum(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum(text[i]) && strchr("-_.", text[i]) == NULL)
			return false;
	}
	return true;
}

/* Labels of lower-case letters, digits and "-" in between, parted by dots. */
static bool
is_prefix(const char *text, size_t len)
{
	if (len == 0 || len > PREFIX_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool edge = i == 0 || i + 1 == len || text[i - 1] == '.' || text[i + 1] == '.';
		bool inner = text[i] == '-' || text[i] == '.';

		if (text[i] >= 'A' && text[i] <= 'Z')
			return false;
		if (!is_alnum(text[i]) && (!inner || (edge && text[i] == '-')))
			return false;
		if (text[i] == '.' && (i == 0 || i + 1 == len || text[i + 1] == '.'))
			return false;
	}
	return true;
}

static bool
take_key(struct selector *s)
{
	size_t len = word_len(s);
	const char *slash = memchr(s->at, '/', len), *name = s->at;

	if (len == 0)
		return fail(s, "a label is missing");
	if (slash != NULL) {
		if (!is_prefix(s->at, (size_t)(slash - s->at)))
			return fail(s, "the prefix of the label is no domain name");
		name = slash + 1;
	}
	if (!is_part(name, len - (size_t)(name - s->at)))
		return fail(s, "not the name of a label");
	s->at += len;
	return true;
}

static bool
take_value(struct selector *s)
{
	size_t len = word_len(s);

	if (len > 0 && !is_part(s->at, len))
		return fail(s, "not the value of a label");
	s->at += len;
	return true;
}

static bool
take_set(struct selector *s)
{
	s->at += word_len(s);
	if (!skip_symbol(s, "("))
		return fail(s, "'(' is missing");
	do {
		if (!take_value(s))
			return false;
	} while (skip_symbol(s, ","));
	return skip_symbol(s, ")") || fail(s, "')' is missing");
}

static bool
take_requirement(struct selector *s)
{
	bool absent = skip_symbol(s, "!");

	if (!take_key(s))
		return false;
	skip_blanks(s);
	if (absent || *s->at == ',' || *s->at == '\0')
		return true;
	if (is_word(s, "in") || is_word(s, "notin"))
		return take_set(s);
	if (*s->at == '<' || *s->at == '>')
		return fail(s, "CoreDNS does not take '<' and '>' here");
	if (strncmp(s->at, "!=", 2) == 0)
		return fail(s, "CoreDNS does not take '!=' here: write 'KEY notin (VALUE)'");
	if (!skip_symbol(s, "==") && !skip_symbol(s, "="))
		return fail(s, "expected '=', 'in', 'notin' or ','");
	return take_value(s);
}

const char *
kubernetes_selector_fault(const char *text, const char **at)
{
	struct selector s = { .at = text };

	skip_blanks(&s);
	if (*s.at == '\0')
		return NULL;
	while (take_requirement(&s)) {
		skip_blanks(&s);
		if (*s.at == '\0')
			return NULL;
		if (!skip_symbol(&s, ","))
			fail(&s, "expected ','");
		if (s.fault != NULL)
			break;
	}
	*at = s.at;
	return s.fault;
}
