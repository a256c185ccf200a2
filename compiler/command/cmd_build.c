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

struct build_args {
	struct cfc_build_options o;
	bool print_c, costs, dump_ast, dump_plan;
};

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
run_build(struct cfc_call *call)
{
	struct build_args *a = call->args;
	struct cfc_program program;
	struct cfc c;

	if (a->print_c + a->dump_ast + a->dump_plan > 1)
		return cfc_usage(call->self, "one of -C, --dump-ast and --dump-plan at a time");
	if (call->nwords > 1)
		return cfc_usage(call->self, "more than one Corefile: '%s'", call->words[1]);
	call->settings->plan_wanted = true;
	cfc_init(&c);
	c.costs = a->costs;
	c.building = !a->dump_ast && !a->dump_plan;
	a->o.plugin_dirs = call->settings->plugin_dirs;
	int status = cfc_settings_load(call->settings, &c, call->words[0], &program);
	if (status == CFC_EXIT_OK)
		status = build_or_print(&c, &program, a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "release", no_argument, NULL, 'r' },
	{ "static", no_argument, NULL, 's' },
	{ "keep", required_argument, NULL, 'k' },
	{ "no-line", no_argument, NULL, 'l' },
	{ "dump-ast", no_argument, NULL, 'A' },
	{ "dump-plan", no_argument, NULL, 'P' },
	{ "help", no_argument, NULL, 'h' },
	{ "output", required_argument, NULL, 'o' },
	{ "costs", no_argument, NULL, 'c' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct build_args *a = call->args;

	switch (ch) {
	case 'o':
		a->o.output = argument;
		break;
	case 'C':
		a->print_c = true;
		break;
	case 'r':
		a->o.release = true;
		break;
	case 's':
		a->o.is_static = true;
		break;
	case 'k':
		a->o.keep = argument;
		break;
	case 'l':
		a->o.no_line = true;
		break;
	case 'c':
		a->costs = true;
		break;
	case 'A':
		a->dump_ast = true;
		break;
	case 'P':
		a->dump_plan = true;
		break;
	}
	return NULL;
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
		"      --costs            say what each plugin adds to the program (CF4017)\n" CFC_SETTINGS_HELP
		"      --dump-ast         print the tree after imports and variables, and stop\n"
		"      --dump-plan        print listeners, blocks, chains and options, and stop\n"
		"COREFILE is ./Corefile when not given; '-' is standard input.  The project file, its\n"
		"variables and comments that suppress count as they do for lint.\n",
	.letters = "+:o:Ch",
	.longs = longs,
	.args_size = sizeof(struct build_args),
	.take = take_option,
	.run = run_build,
};
