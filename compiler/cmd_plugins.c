/*
 * cmd_plugins.c - `corefilec plugins`: what this build can compile, and the reference made from the
 * option tables.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "compiler/command.h"
#include "compiler/options.h"
#include "compiler/plugins.h"

#define DIRS_MAX 64

static const char *
repeat_text(enum cfc_repeat repeat)
{
	switch (repeat) {
	case CFC_REPEAT_LAST:
		return "the last one counts, with a warning";
	case CFC_REPEAT_FIRST:
		return "the first one counts, with a warning";
	case CFC_REPEAT_ERROR:
		return "an error";
	case CFC_REPEAT_MERGE:
		return "they add up";
	case CFC_REPEAT_EACH:
		return "each is an instance of its own, in the order of the file";
	case CFC_REPEAT_SAME:
		return "the same as once";
	}
	return "";
}

/* The words or numbers that it may be. */
static void
print_range(const struct cfc_arg *arg, struct buf *out)
{
	char low[DURATION_TEXT_MAX], high[DURATION_TEXT_MAX];

	for (size_t i = 0; arg->values != NULL && arg->values[i] != NULL; i++)
		buf_printf(out, "%s`%s`",
			   i == 0                       ? " "
			   : arg->values[i + 1] == NULL ? " or "
							: ", ",
			   arg->values[i]);
	if (arg->min == 0 && arg->max == 0)
		return;
	bool duration = arg->kind == CFC_DURATION || arg->kind == CFC_INTERVAL;
	int64_t much = duration ? 1000 * 24 * DURATION_H : INT32_MAX;
	if (!duration) {
		snprintf(low, sizeof(low), "%lld", (long long)arg->min);
		snprintf(high, sizeof(high), "%lld", (long long)arg->max);
	} else {
		duration_format(arg->min, low);
		duration_format(arg->max, high);
	}
	if (arg->max == 0 || arg->max >= much)
		buf_printf(out, " at least %s", low);
	else
		buf_printf(out, " %s to %s", low, high);
}

static void
print_args(const struct cfc_option *opt, struct buf *out)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];
		size_t start = out->len;

		buf_printf(out, "  - %s:", arg->name);
		size_t before = out->len;
		if (arg->help != NULL)
			buf_printf(out, " %s", arg->help);
		if (arg->unit != NULL)
			buf_printf(out, "%s in %s", arg->help != NULL ? "," : "", arg->unit);
		if (out->len > before && (arg->values != NULL || arg->min != 0 || arg->max != 0))
			buf_putc(out, ':');
		print_range(arg, out);
		if (arg->dflt != NULL)
			buf_printf(out, " (default `%s`)", arg->dflt);
		if (out->len == before)
			buf_truncate(out, start);
		else
			buf_putc(out, '\n');
	}
}

static bool
is_served(const struct cfc_plugin *p)
{
	return (p->traits & CFC_LINT_ONLY) == 0;
}

static void
print_reference(const struct cfc_plugin *p, struct buf *out)
{
	buf_printf(out, "## %s\n\n%s.%s\n\n```text\n", p->name, p->summary,
		   is_served(p) ? "" : " Checked, but not served by this build.");
	cfc_option_syntax(&p->directive, p->name, out);
	if (p->noptions > 0) {
		buf_puts(out, " {\n");
		for (unsigned i = 0; i < p->noptions; i++) {
			buf_puts(out, "    ");
			cfc_option_syntax(&p->options[i], p->options[i].name, out);
			buf_putc(out, '\n');
		}
		buf_putc(out, '}');
	}
	buf_printf(out, "\n```\n\nTwice in one server block: %s.\n\n", repeat_text(p->repeat));
	print_args(&p->directive, out);
	for (unsigned i = 0; i < p->noptions; i++) {
		const struct cfc_option *opt = &p->options[i];

		buf_printf(out, "- `%s`: %s\n", opt->name,
			   opt->ignored        ? "accepted, and without effect"
			   : opt->help != NULL ? opt->help
					       : "");
		print_args(opt, out);
	}
	buf_putc(out, '\n');
}

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
	for (int ch; (ch = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (ch == 'r')
			reference = true;
		else if (ch == 'p')
			ok = cfc_external_add(&c, optarg) && ok;
		else if (ch == 'h')
			return cfc_release(&c), cfc_help(self);
		else
			return cfc_release(&c), cfc_usage(self, "bad option");
	}
	buf_init(&out, 1 << 24);
	for (size_t i = 0; i < c.nplugins; i++) {
		const struct cfc_plugin *p = c.plugins[i];

		if (optind < argc && strcmp(argv[optind], p->name) != 0)
			continue;
		if (reference || optind < argc)
			print_reference(p, &out);
		else
			buf_printf(&out, "%-12s %-7s  %s\n", p->name,
				   is_served(p) ? "served" : "checked", p->summary);
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
