/*
 * on_setup.c - compile time: what `on` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct on_config {
	int event;                 /* index into events */
	struct rt_strings command; /* the program and its arguments */
};

static const char *const events[] = { "startup", "shutdown", "certrenew", NULL };

static const struct cfc_arg event_arg = { .name = "EVENT", .kind = CFC_ENUM, .values = events };

/*
 * CoreDNS joins the words and cuts them again as a shell does.  *words says whether there are any, and
 * false comes back for a quote that is never closed.
 */
static bool
scan_command(const char *text, bool *words)
{
	char quote = '\0';

	for (; *text != '\0'; text++) {
		if (*text == '\\' && quote != '\'' && text[1] != '\0')
			text++;
		else if (quote != '\0')
			quote = *text == quote ? '\0' : quote;
		else if (*text == '"' || *text == '\'')
			quote = *text;
		else if (strchr(" \t\r\n", *text) != NULL)
			continue;
		*words = true;
	}
	return quote == '\0';
}

static bool
check_command(struct cfc_bind *b, const struct cfc_line *line)
{
	const char *text = "";
	bool words = false;

	for (size_t i = 2; i < line->ntokens; i++)
		text = cfc_printf(b->c, "%s %s", text, line->tokens[i].text);
	if (!scan_command(text, &words)) {
		cfc_error(b->c, line->tokens[2].span, "CF2002",
			  "a quote in the command is never closed");
		return false;
	}
	if (!words)
		cfc_error(b->c, line->tokens[1].span, "CF2001", "there is no command to run");
	return words;
}

/* The case of the event does not matter. */
static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct on_config *on = config;
	struct cfc_token event;

	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	for (size_t i = 2; i < line->ntokens; i++)
		*(const char **)cfc_list_add(b, &on->command, sizeof(char *)) =
			line->tokens[i].text;
	if (!check_command(b, line))
		return false;
	event = line->tokens[1];
	event.text = cfc_lower(b->c, event.text);
	return cfc_bind_value(b, &event_arg, &event, &on->event);
}

static const struct cfc_field on_fields[] = {
	{ .field = "event",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct on_config, event),
	  .values = events },
	{ .field = "command", .kind = CFC_STRINGS, .offset = offsetof(struct on_config, command) },
};

const struct cfc_plugin on_plugin = {
	.name = "on",
	.summary = "runs a program at events of the server",
	CFC_CONFIG(on_config),
	.directive = { .parse = parse_directive, .syntax = "EVENT COMMAND [ARGUMENT...]" },
	CFC_FIELDS(on_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_LINT_ONLY,
};
