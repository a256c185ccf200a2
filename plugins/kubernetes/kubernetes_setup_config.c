/*
 * kubernetes_setup_config.c - whether a kubeconfig has the context that is asked for.
 */
#include "config.h"

#include "kubernetes/kubernetes_setup_config.h"

#include <string.h>

/* A line with something on it; its parts lie in the text. */
struct yaml_line {
	size_t indent;
	const char *key; /* without '- ' */
	size_t key_len;  /* 0 = no key */
	const char *value;
	size_t value_len;
};

struct yaml {
	const char *at;
	struct yaml_line line;
};

/* Cuts comment, blanks and quotes. */
static void
trim_value(struct yaml_line *line, const char *end)
{
	const char *s = line->value + strspn(line->value, " \t"), *p = s;

	while (p < end && !(*p == '#' && (p == s || p[-1] == ' ')))
		p++;
	while (p > s && strchr(" \t\r", p[-1]) != NULL)
		p--;
	if (p - s >= 2 && (*s == '"' || *s == '\'') && p[-1] == *s) {
		s++;
		p--;
	}
	line->value = s;
	line->value_len = s < p ? (size_t)(p - s) : 0;
}

static void
split_line(struct yaml_line *line, const char *start, const char *end)
{
	const char *s = start + strspn(start, " ");
	const char *colon;

	line->indent = (size_t)(s - start);
	while (s[0] == '-' && s[1] == ' ')
		s += 1 + strspn(s + 1, " ");
	colon = memchr(s, ':', (size_t)(end - s));
	line->key = s;
	line->key_len = colon == NULL ? 0 : (size_t)(colon - s);
	line->value = colon == NULL ? s : colon + 1;
	trim_value(line, end);
}

/* The next line that says something. */
static bool
next_line(struct yaml *y)
{
	while (*y->at != '\0') {
		const char *start = y->at, *end = start + strcspn(start, "\n");
		const char *first = start + strspn(start, " \t\r");

		y->at = *end == '\n' ? end + 1 : end;
		if (first >= end || *first == '#' || strncmp(start, "---", 3) == 0)
			continue;
		split_line(&y->line, start, end);
		return true;
	}
	return false;
}

static bool
key_is(const struct yaml_line *line, const char *key)
{
	return strlen(key) == line->key_len && memcmp(line->key, key, line->key_len) == 0;
}

static bool
value_is(const struct yaml_line *line, const char *value)
{
	return strlen(value) == line->value_len && memcmp(line->value, value, line->value_len) == 0;
}

/* Whether one of the `contexts` has that name. */
static bool
has_context(const char *text, const char *name)
{
	struct yaml y = { .at = text };
	bool inside = false;

	while (next_line(&y)) {
		if (y.line.indent == 0 && y.line.key_len > 0 && y.line.key[-1] != ' ')
			inside = key_is(&y.line, "contexts");
		else if (inside && key_is(&y.line, "name") && value_is(&y.line, name))
			return true;
	}
	return false;
}

static const char *
current_context(struct cfc *c, const char *text)
{
	struct yaml y = { .at = text };

	while (next_line(&y)) {
		if (y.line.indent == 0 && key_is(&y.line, "current-context"))
			return cfc_printf(c, "%.*s", (int)y.line.value_len, y.line.value);
	}
	return "";
}

const char *
kubernetes_config_fault(struct cfc *c, const char *text, const char *context)
{
	struct yaml y = { .at = cfc_printf(c, "\n%s", text) };
	const char *all = y.at;

	if (!next_line(&y))
		return "it is empty";
	if (y.line.key[0] == '{')
		return NULL;
	if (y.line.key_len == 0)
		return "it is no configuration of kubectl";
	if (context == NULL || context[0] == '\0')
		context = current_context(c, all);
	if (context[0] == '\0')
		return "it has no current-context";
	if (!has_context(all, context))
		return cfc_printf(c, "it has no context '%s'", context);
	return NULL;
}
