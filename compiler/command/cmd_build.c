/*
 * cmd_build.c - `corefilec build`.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/command/command.h"

#define PLUGIN_DIRS_MAX 64

struct build_args {
	struct cfc_build_options o;
	bool print_c, dump_ast, dump_plan, help;
	const char *dirs[PLUGIN_DIRS_MAX + 1];
	size_t ndirs;
};

static bool
parse_args(struct build_args *a, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "release", no_argument, NULL, 'r' },      { "static", no_argument, NULL, 's' },
		{ "keep", required_argument, NULL, 'k' },   { "no-line", no_argument, NULL, 'l' },
		{ "plugin", required_argument, NULL, 'p' }, { "dump-ast", no_argument, NULL, 'A' },
		{ "dump-plan", no_argument, NULL, 'P' },    { "help", no_argument, NULL, 'h' },
		{ "output", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 },
	};

	for (int ch; (ch = getopt_long(argc, argv, "+:o:Ch", longs, NULL)) != -1;) {
		switch (ch) {
		case 'o':
			a->o.output = optarg;
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
			a->o.keep = optarg;
			break;
		case 'l':
			a->o.no_line = true;
			break;
		case 'A':
			a->dump_ast = true;
			break;
		case 'P':
			a->dump_plan = true;
			break;
		case 'h':
			a->help = true;
			break;
		case 'p':
			if (a->ndirs == PLUGIN_DIRS_MAX)
				return false;
			a->dirs[a->ndirs++] = optarg;
			break;
		default:
			return false;
		}
	}
	a->o.plugin_dirs = a->dirs;
	return true;
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
run_build(const struct cfc_command *self, int argc, char **argv)
{
	struct build_args a = { .ndirs = 0 };
	struct cfc_program program;
	struct cfc c;
	bool ok = true;

	if (!parse_args(&a, argc, argv))
		return cfc_usage(self, "bad option '%s'", argv[optind - 1]);
	if (a.help)
		return cfc_help(self);
	if (argc - optind > 1)
		return cfc_usage(self, "more than one Corefile: '%s'", argv[optind + 1]);
	cfc_init(&c);
	c.building = !a.dump_ast && !a.dump_plan;
	for (size_t i = 0; i < a.ndirs; i++)
		ok = cfc_external_add(&c, a.dirs[i]) && ok;
	int status = CFC_EXIT_BUILD;
	if (ok) {
		cfc_load(&c, argv[optind], &program);
		status = cfc_load_status(&c, &program);
		if (status == CFC_EXIT_OK)
			status = build_or_print(&c, &program, &a);
	}
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

const struct cfc_command cfc_cmd_build = {
	.name = "build",
	.synopsis =
		"[-o FILE] [-C] [--release] [--static] [--keep DIR] [--plugin DIR]... [COREFILE]",
	.summary = "Compiles a Corefile into a DNS server",
	.help = "  -o, --output FILE   the program (default: dns), or with -C the C\n"
		"  -C                  print the generated C and stop\n"
		"      --release       link-time optimisation, no symbols: slower build, faster server\n"
		"      --static        one file that needs no library: runs in an empty container\n"
		"      --keep DIR      leave the generated C in DIR\n"
		"      --no-line       no #line: debuggers show the generated C, not the Corefile\n"
		"      --plugin DIR    compile in the plugin in this folder; may be repeated\n"
		"      --dump-ast      print the tree after imports and variables, and stop\n"
		"      --dump-plan     print listeners, blocks, chains and options, and stop\n"
		"COREFILE is ./Corefile when not given; '-' is standard input.\n",
	.run = run_build,
};
