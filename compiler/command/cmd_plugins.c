/*
 * cmd_plugins.c - `corefilec plugins`: what this build can compile, and the reference made from the
 * option tables.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/plugins.h"
#include "compiler/command/reference.h"

#define DIRS_MAX 64

static int
run_plugins(const struct cfc_command *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "reference", no_argument, NULL, 'r' },
		{ "plugin", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool reference = false, ok = true;
	struct buf out;
	struct cfc c;

	cfc_init(&c);
	cfc_plugins_init(&c);
	for (int ch; (ch = getopt_long(argc, argv, ":h", longs, NULL)) != -1;) {
		if (ch == 'r')
			reference = true;
		else if (ch == 'p')
			ok = cfc_external_add(&c, optarg) && ok;
		else if (ch == 'h')
			return cfc_release(&c), cfc_help(self);
		else
			return cfc_release(&c), cfc_bad_option(self, ch, argv);
	}
	if (argc - optind > 1)
		return cfc_release(&c), cfc_usage(self, "unexpected '%s'", argv[optind + 1]);
	buf_init(&out, 1 << 24);
	for (size_t i = 0; i < c.nplugins; i++) {
		const struct cfc_plugin *p = c.plugins[i];

		if (optind < argc && strcmp(argv[optind], p->name) != 0)
			continue;
		if (reference || optind < argc)
			cfc_reference_plugin(p, &out);
		else
			buf_printf(&out, "%-12s %-7s  %s\n", p->name,
				   cfc_plugin_is_served(p) ? "served" : "checked", p->summary);
	}
	if (out.len == 0 && optind < argc)
		ok = cfc_usage(self, "no such plugin: '%s'", argv[optind]) == CFC_EXIT_OK;
	if (out.len > 0)
		fwrite(out.data, 1, out.len, stdout);
	cfc_load_report(&c);
	buf_release(&out);
	cfc_release(&c);
	return ok ? CFC_EXIT_OK : CFC_EXIT_USAGE;
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
	.run = run_plugins,
};
