/*
 * cmd_build.c - `corefilec build`.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/command/settings.h"

#define PLUGIN_DIRS_MAX 64

struct build_args {
	struct cfc_build_options o;
	bool print_c, costs, dump_ast, dump_plan;
	const char *dirs[PLUGIN_DIRS_MAX + 1];
	size_t ndirs;
};

static const struct option longs[] = {
	{ "release", no_argument, NULL, 'r' },
	{ "static", no_argument, NULL, 's' },
	{ "keep", required_argument, NULL, 'k' },
	{ "no-line", no_argument, NULL, 'l' },
	{ "plugin", required_argument, NULL, 'p' },
	{ "dump-ast", no_argument, NULL, 'A' },
	{ "dump-plan", no_argument, NULL, 'P' },
	{ "help", no_argument, NULL, 'h' },
	{ "output", required_argument, NULL, 'o' },
	{ "costs", no_argument, NULL, 'c' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

/* false = it is none of ours. */
static bool
take_option(struct build_args *a, int ch)
{
	switch (ch) {
	case 'o':
		a->o.output = optarg;
		return true;
	case 'C':
		a->print_c = true;
		return true;
	case 'r':
		a->o.release = true;
		return true;
	case 's':
		a->o.is_static = true;
		return true;
	case 'k':
		a->o.keep = optarg;
		return true;
	case 'l':
		a->o.no_line = true;
		return true;
	case 'c':
		a->costs = true;
		return true;
	case 'A':
		a->dump_ast = true;
		return true;
	case 'P':
		a->dump_plan = true;
		return true;
	default:
		return false;
	}
}

/* All options: 0; the exit status if the command is done with, *done. */
static int
take_options(const struct cfc_command *self, struct build_args *a, struct cfc_settings *settings,
	     int argc, char **argv, bool *done)
{
	*done = true;
	for (int ch; (ch = getopt_long(argc, argv, "+:o:Ch", longs, NULL)) != -1;) {
		if (ch == 'h')
			return cfc_help(self);
		if (ch == 'p') {
			if (a->ndirs == PLUGIN_DIRS_MAX)
				return cfc_usage(self, "more than %d plugins", PLUGIN_DIRS_MAX);
			a->dirs[a->ndirs++] = optarg;
			continue;
		}
		int status = cfc_settings_option(settings, self, ch, optarg);
		if (status > 0)
			return status;
		if (status < 0 && !take_option(a, ch))
			return cfc_bad_option(self, ch, argv);
	}
	if (a->print_c + a->dump_ast + a->dump_plan > 1)
		return cfc_usage(self, "one of -C, --dump-ast and --dump-plan at a time");
	if (argc - optind > 1)
		return cfc_usage(self, "more than one Corefile: '%s'", argv[optind + 1]);
	*done = false;
	return CFC_EXIT_OK;
}

static int
write_output(struct cfc *c, const char *path, const struct buf *text)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		fwrite(buf_cstr(text), 1, text->len, stdout);
		if (fflush(stdout) == 0)
			return CFC_EXIT_OK;
		path = "standard output";
	} else if (cfc_write_file(path, buf_cstr(text), text->len) == 0) {
		return CFC_EXIT_OK;
	}
	cfc_error(c, cfc_no_span(), "CF9004", "cannot write '%s': %s", path, strerror(errno));
	return CFC_EXIT_BUILD;
}

static int
build_or_print(struct cfc *c, struct cfc_program *program, struct build_args *a)
{
	struct buf text;

	if (a->dump_ast) {
		cfc_tree_dump(&program->tree, stdout);
		return CFC_EXIT_OK;
	}
	if (!a->dump_plan && !a->print_c) {
		if (a->o.output == NULL)
			a->o.output = "dns";
		return cfc_build(c, program, &a->o) ? CFC_EXIT_OK : CFC_EXIT_BUILD;
	}
	if (a->dump_plan) {
		buf_init(&text, (size_t)1 << 31);
		cfc_plan_dump(c, program->plan, &text);
	} else {
		cfc_build_source(c, program, a->o.no_line, &text);
	}
	int status = write_output(c, a->o.output, &text);
	buf_release(&text);
	return status;
}

static int
load_and_build(struct build_args *a, struct cfc_settings *settings, const char *path)
{
	struct cfc_program program;
	struct cfc c;
	bool ok = true;
	int status = CFC_EXIT_BUILD;

	cfc_init(&c);
	c.costs = a->costs;
	c.building = !a->dump_ast && !a->dump_plan;
	for (size_t i = 0; i < a->ndirs; i++)
		ok = cfc_external_add(&c, a->dirs[i]) && ok;
	if (ok)
		status = cfc_settings_load(settings, &c, path, &program);
	if (ok && status == CFC_EXIT_OK)
		status = build_or_print(&c, &program, a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

static int
run_build(const struct cfc_command *self, int argc, char **argv)
{
	struct build_args a = { .ndirs = 0 };
	struct cfc_settings settings;
	struct cfc keeper;
	bool done;

	cfc_init(&keeper);
	cfc_settings_init(&settings, &keeper);
	settings.plan_wanted = true;
	a.o.plugin_dirs = a.dirs;
	int status = take_options(self, &a, &settings, argc, argv, &done);
	if (!done)
		status = load_and_build(&a, &settings, argv[optind]);
	cfc_settings_release(&settings);
	cfc_release(&keeper);
	return status;
}

const struct cfc_command cfc_cmd_build = {
	.name = "build",
	.synopsis = "[OPTION...] [COREFILE]",
	.summary = "Compiles a Corefile into a DNS server",
	.help = "  -o, --output FILE      the program (default: dns), or with -C the C\n"
		"  -C                     print the generated C and stop\n"
		"      --release          link-time optimisation, no symbols: slower build, faster server\n"
		"      --static           one file that needs no library: runs in an empty container\n"
		"      --keep DIR         leave the generated C in DIR\n"
		"      --no-line          no #line: debuggers show the generated C, not the Corefile\n"
		"      --costs            say what each plugin adds to the program (CF4017)\n"
		"      --plugin DIR       compile in the plugin in this folder; may be repeated\n" CFC_SETTINGS_HELP
		"      --dump-ast         print the tree after imports and variables, and stop\n"
		"      --dump-plan        print listeners, blocks, chains and options, and stop\n"
		"COREFILE is ./Corefile when not given; '-' is standard input.  The project file, its\n"
		"variables and comments that suppress count as they do for lint.\n",
	.run = run_build,
};
