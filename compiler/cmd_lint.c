/*
 * cmd_lint.c - `corefilec lint`, also called corefile-lint.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/checks.h"
#include "compiler/command.h"

struct lint_args {
	enum cfc_severity fail_on;
	bool dump_ast, dump_plan;
	bool compat;
	enum cfc_profile profile;
	const char *root;
};

static int
explain_rule(const char *id)
{
	const char *page = cfc_rule_page(id);
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);

	if (page != NULL) {
		fputs(page, stdout);
		return CFC_EXIT_OK;
	}
	fprintf(stderr, "corefilec: no explanation for '%s'; those there are:\n", id);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %s  %s\n", rules[i].id, rules[i].summary);
	return CFC_EXIT_USAGE;
}

static bool
found(const struct cfc *c, enum cfc_severity fail_on)
{
	return c->diags.nerrors > 0 ||
	       (fail_on >= CFC_SEVERITY_WARNING && c->diags.nwarnings > 0) ||
	       (fail_on >= CFC_SEVERITY_INFO && c->diags.ninfos > 0);
}

static int
lint_file(const char *path, const struct lint_args *a)
{
	struct cfc_program program;
	struct cfc c;

	cfc_init(&c);
	c.compat = a->compat;
	c.profile = a->profile;
	c.root_dir = a->root;
	cfc_load(&c, path, &program);
	if (a->dump_ast && program.main != NULL)
		cfc_tree_dump(&program.tree, stdout);
	if (a->dump_plan && program.plan != NULL) {
		struct buf text;

		buf_init(&text, (size_t)1 << 31);
		cfc_plan_dump(&c, program.plan, &text);
		if (text.len > 0)
			fwrite(buf_cstr(&text), 1, text.len, stdout);
		buf_release(&text);
	}
	cfc_load_report(&c);
	int status = cfc_load_status(&c, &program);
	if (status == CFC_EXIT_OK && found(&c, a->fail_on))
		status = CFC_EXIT_FINDINGS;
	cfc_release(&c);
	return status;
}

static bool
parse_fail_on(const char *word, enum cfc_severity *out)
{
	static const char *const words[] = { "error", "warning", "info" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum cfc_severity)i;
			return true;
		}
	}
	return false;
}

static int
run_lint(const struct cfc_command *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "fail-on", required_argument, NULL, 'f' },
		{ "strict", no_argument, NULL, 's' },
		{ "explain", required_argument, NULL, 'e' },
		{ "dump-ast", no_argument, NULL, 'A' },
		{ "dump-plan", no_argument, NULL, 'P' },
		{ "compat", no_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct lint_args a = { .fail_on = CFC_SEVERITY_ERROR };

	for (int ch; (ch = getopt_long(argc, argv, ":h", longs, NULL)) != -1;) {
		switch (ch) {
		case 'f':
			if (!parse_fail_on(optarg, &a.fail_on))
				return cfc_usage(self,
						 "--fail-on wants error, warning or info, not '%s'",
						 optarg);
			break;
		case 's':
			a.fail_on = CFC_SEVERITY_WARNING;
			break;
		case 'e':
			return explain_rule(optarg);
		case 'A':
			a.dump_ast = true;
			break;
		case 'P':
			a.dump_plan = true;
			break;
		case 'c':
			a.compat = true;
			break;
		case 'p':
			if (!cfc_profile_parse(optarg, &a.profile))
				return cfc_usage(self,
						 "--profile wants " CFC_PROFILE_WORDS ", not '%s'",
						 optarg);
			break;
		case 'r':
			a.root = optarg;
			break;
		case 'h':
			return cfc_help(self);
		default:
			return cfc_usage(self, "bad option '%s'", argv[optind - 1]);
		}
	}
	if (optind == argc)
		return lint_file(NULL, &a);
	int worst = CFC_EXIT_OK;
	for (int i = optind; i < argc; i++) {
		int status = lint_file(argv[i], &a);

		worst = status > worst ? status : worst;
	}
	return worst;
}

const struct cfc_command cfc_cmd_lint = {
	.name = "lint",
	.synopsis = "[--fail-on error|warning|info] [--strict] [COREFILE...]",
	.summary = "Finds what is wrong with Corefiles",
	.help = "      --fail-on LEVEL   exit 1 from this level on (default: error)\n"
		"      --strict          the same as --fail-on warning\n"
		"      --compat          CoreDNS's verdict: only what it refuses, as errors\n"
		"      --profile NAME    what the server is for: cluster, nodelocal, resolver, edge\n"
		"      --root DIR        look at the files that the Corefile names, below DIR\n"
		"      --explain ID      print the page about a rule\n"
		"      --dump-ast        print the tree after imports and variables\n"
		"      --dump-plan       print listeners, blocks, chains and options\n"
		"COREFILE is ./Corefile when not given; '-' is standard input.\n"
		"Exit status: 0 clean, 1 findings, 2 unreadable or not a Corefile, 3 wrong "
		"usage.\n",
	.run = run_lint,
};
