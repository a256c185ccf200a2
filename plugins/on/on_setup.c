/*
 * on_setup.c - compile time: what `on` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct on_config {
	int event;
	const char *command;
	struct rt_strings arguments;
};

static const char *const events[] = { "startup", "shutdown", "certrenew", NULL };

static const struct cfc_arg on_args[] = {
	{ .name = "EVENT",
	  .kind = CFC_ENUM,
	  .values = events,
	  CFC_AT(struct on_config, event),
	  .help = "when" },
	{ .name = "COMMAND",
	  .kind = CFC_STRING,
	  CFC_AT(struct on_config, command),
	  .help = "the program" },
	{ .name = "ARGUMENT",
	  .kind = CFC_STRINGS,
	  .arity = CFC_REST,
	  CFC_AT(struct on_config, arguments) },
};

const struct cfc_plugin on_plugin = {
	.name = "on",
	.summary = "runs a program at events of the server",
	CFC_CONFIG(on_config),
	.directive = { CFC_ARGS(on_args) },
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_LINT_ONLY,
};
