/*
 * hello_setup.c - compile time: one optional word, one option, and a check that no table can express.
 */
#include <string.h>

#include "hello/hello.h"

#include "compiler/plugin.h"

static const struct cfc_arg text_args[] = {
	{
		.name = "TEXT",
		.kind = CFC_STRING,
		.arity = CFC_OPT,
		.dflt = "hello",
		CFC_AT(struct hello_config, text),
		.help = "what to say",
	},
};

static const struct cfc_arg ttl_args[] = {
	{
		.name = "SECONDS",
		.kind = CFC_SECONDS,
		.max = 86400,
		.dflt = "60",
		CFC_AT(struct hello_config, ttl),
	},
};

static const struct cfc_option options[] = {
	{ .name = "ttl", CFC_ARGS(ttl_args), .help = "how long resolvers may keep it" },
};

static bool
check(struct cfc_bind *b, void *config)
{
	const struct hello_config *hello = config;

	if (strlen(hello->text) <= 255)
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2003",
		"the text of 'hello' has %zu octets, at most 255 fit into a TXT string",
		strlen(hello->text));
	return false;
}

extern const struct cfc_plugin hello_plugin;

const struct cfc_plugin hello_plugin = {
	.name = "hello",
	.summary = "answers TXT questions with a greeting",
	CFC_CONFIG(hello_config),
	.directive = { CFC_ARGS(text_args) },
	CFC_OPTIONS(options),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_SERVE | CFC_START,
	.traits = CFC_ANSWERS | CFC_HANDLER,
	.before = "whoami",
	.check = check,
};
