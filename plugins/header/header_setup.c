/*
 * header_setup.c - compile time: what `header` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"
#include "compiler/suggest.h"

struct header_config {
	struct rt_strings rules; /* "response set ra" */
};

static const char *const selectors[] = { "query", "response", NULL };
static const char *const actions[] = { "set", "clear", NULL };
static const char *const flags[] = { "aa", "ra", "rd", NULL };

static const struct cfc_arg action_arg = { .name = "ACTION", .kind = CFC_ENUM, .values = actions };
static const struct cfc_arg flag_arg = { .name = "FLAG", .kind = CFC_ENUM, .values = flags };

/* Case does not matter anywhere in a rule. */
static bool
bind_word(struct cfc_bind *b, const struct cfc_arg *arg, const struct cfc_token *written,
	  int *index)
{
	struct cfc_token tok = *written;

	tok.text = cfc_lower(b->c, tok.text);
	return cfc_bind_value(b, arg, &tok, index);
}

static bool
parse_rule(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct header_config *header = config;
	const char *selector = cfc_lower(b->c, line->tokens[0].text);
	int action, flag;

	if (strcmp(selector, "query") != 0 && strcmp(selector, "response") != 0) {
		cfc_error(b->c, line->tokens[0].span, "CF2004", "unknown option '%s' of 'header'",
			  line->tokens[0].text);
		const char *near = cfc_suggest(selector, selectors, 2);
		cfc_note(b->c, cfc_no_span(), "did you mean '%s'?",
			 near != NULL ? near : "query or response");
		return false;
	}
	if (!cfc_bind_count(b, line, 2, SIZE_MAX) ||
	    !bind_word(b, &action_arg, &line->tokens[1], &action))
		return false;
	for (size_t i = 2; i < line->ntokens; i++) {
		if (!bind_word(b, &flag_arg, &line->tokens[i], &flag))
			return false;
		*(const char **)cfc_list_add(b, &header->rules, sizeof(char *)) =
			cfc_printf(b->c, "%s %s %s", selector, actions[action], flags[flag]);
	}
	return true;
}

static bool
header_check(struct cfc_bind *b, void *config)
{
	const struct header_config *header = config;

	if (header->rules.n > 0)
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2001", "'header' needs at least one rule");
	cfc_note(b->c, cfc_no_span(), "such as 'response set ra' in its block");
	return false;
}

static const struct cfc_field header_fields[] = {
	{ .field = "rules", .kind = CFC_STRINGS, .offset = offsetof(struct header_config, rules) },
};

const struct cfc_plugin header_plugin = {
	.name = "header",
	.summary = "changes the flags of queries and answers",
	CFC_CONFIG(header_config),
	CFC_FIELDS(header_fields),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.line = parse_rule,
	.check = header_check,
};
