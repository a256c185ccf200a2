/*
 * cmd_plugins.c - `corefilec plugins`: what this build can compile, and the reference made from the
 * option tables.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/command/settings.h"
#include "compiler/plugins.h"
#include "compiler/command/reference.h"

struct plugins_args {
	bool reference;
};

/* The plugin of that name, or all; false = there is none. */
static bool
list(const struct cfc *c, const char *name, bool reference)
{
	struct buf out;

	buf_init(&out, 1 << 24);
	for (size_t i = 0; i < c->nplugins; i++) {
		const struct cfc_plugin *p = c->plugins[i];

		if (name != NULL && strcmp(name, p->name) != 0)
			continue;
		if (reference || name != NULL)
			cfc_reference_plugin(p, &out);
		else
			buf_printf(&out, "%-12s %-7s  %s\n", p->name,
				   cfc_plugin_is_served(p) ? "served" : "checked", p->summary);
	}
	bool found = out.len > 0;
	if (found)
		fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	return found;
}

static int
run_plugins(struct cfc_call *call)
{
	const struct plugins_args *a = call->args;
	struct cfc c;

	if (call->nwords > 1)
		return cfc_usage(call->self, "unexpected '%s'", call->words[1]);
	cfc_init(&c);
	cfc_settings_apply(call->settings, &c);
	int status = CFC_EXIT_OK;
	if (!list(&c, call->words[0], a->reference))
		status = cfc_usage(call->self, "no such plugin: '%s'", call->words[0]);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "reference", no_argument, NULL, 'r' },
	{ "plugin", required_argument, NULL, CFC_SETTING_PLUGIN },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct plugins_args *a = call->args;

	(void)argument;
	a->reference = a->reference || ch == 'r';
	return NULL;
}

const struct cfc_command cfc_cmd_plugins = {
	.name = "plugins",
	.synopsis = "[--reference] [--plugin DIR]... [NAME]",
	.summary =
		"Lists the plugins in the order in which they run, and which of them can be served",
	.help = "      --reference    print syntax, options and defaults as Markdown\n"
		"      --plugin DIR   with the plugin in this folder; may be repeated\n"
		"NAME prints the reference of one plugin.\n"
		"served: can be compiled into a server; checked: lint knows it, build refuses "
		"it.\n",
	.letters = ":h",
	.longs = longs,
	.args_size = sizeof(struct plugins_args),
	.take = take_option,
	.run = run_plugins,
};
