/*
 * cmd_lint.c - `corefilec lint`, also called corefile-lint: its command line.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/checks/checks.h"
#include "compiler/command/command.h"
#include "compiler/command/lint.h"

enum {
	OPT_COLOR = 256,
	OPT_COMPAT,
	OPT_DIFF,
	OPT_DUMP_AST,
	OPT_DUMP_PLAN,
	OPT_EXPLAIN,
	OPT_FAIL_ON,
	OPT_FIX,
	OPT_RESOLVE,
	OPT_STDIN_NAME,
	OPT_STRICT,
};

static const struct option longs[] = {
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "compat", no_argument, NULL, OPT_COMPAT },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "dump-ast", no_argument, NULL, OPT_DUMP_AST },
	{ "dump-plan", no_argument, NULL, OPT_DUMP_PLAN },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "fix", no_argument, NULL, OPT_FIX },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "resolve", no_argument, NULL, OPT_RESOLVE },
	{ "stdin-name", required_argument, NULL, OPT_STDIN_NAME },
	{ "strict", no_argument, NULL, OPT_STRICT },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
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

/* What --color=auto comes to: see no-color.org. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && isatty(STDERR_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static bool
parse_colour(const char *word, bool *colour)
{
	if (strcmp(word, "auto") == 0)
		return true;
	*colour = strcmp(word, "always") == 0;
	return *colour || strcmp(word, "never") == 0;
}

/* An option whose argument must be one of some words: NULL, or what would have been right. */
static const char *
parse_word(struct lint_options *o, int ch, const char *word)
{
	switch (ch) {
	case OPT_COLOR:
		return parse_colour(word, &o->colour) ? NULL : "auto, always or never";
	case OPT_FAIL_ON:
		o->has_fail_on = true;
		return cfc_severity_parse(word, &o->fail_on) ? NULL : "error, warning or info";
	case 'f':
		o->format = cfc_format_find(word);
		return o->format != NULL ? NULL : CFC_FORMAT_WORDS;
	default:
		return NULL;
	}
}

/* Options that are set by being there; false = it is none. */
static bool
take_flag(struct lint_options *o, int ch)
{
	switch (ch) {
	case OPT_DIFF:
		o->diff = true;
		return true;
	case OPT_FIX:
		o->fix = true;
		return true;
	case OPT_DUMP_AST:
		o->dump_ast = true;
		return true;
	case OPT_DUMP_PLAN:
		o->dump_plan = true;
		return true;
	case OPT_RESOLVE:
		o->resolve = true;
		return true;
	case OPT_STRICT:
		o->fail_on = CFC_SEVERITY_WARNING;
		o->has_fail_on = true;
		return true;
	case 'q':
		o->quiet = true;
		return true;
	default:
		return false;
	}
}

/* One option: 0, or the exit status of wrong usage. */
static int
take_option(const struct cfc_command *self, struct lint_options *o, struct cfc_settings *settings,
	    int ch, char *const *argv)
{
	if (ch == ':' || ch == '?')
		return cfc_bad_option(self, ch, argv);
	int status = cfc_settings_option(settings, self, ch, optarg);
	if (status >= 0)
		return status;
	if (ch == OPT_COMPAT)
		settings->compat = true;
	if (ch == OPT_COMPAT || take_flag(o, ch))
		return CFC_EXIT_OK;
	if (ch == OPT_STDIN_NAME)
		o->stdin_name = optarg;
	const char *wanted = parse_word(o, ch, optarg);
	return wanted != NULL ? cfc_bad_value(self, longs, ch, wanted) : CFC_EXIT_OK;
}

/* All options: 0; the exit status if the command is done with, *done. */
static int
take_options(const struct cfc_command *self, struct lint_options *o, struct cfc_settings *settings,
	     int argc, char **argv, bool *done)
{
	for (int ch; (ch = getopt_long(argc, argv, ":f:hq", longs, NULL)) != -1;) {
		*done = true;
		if (ch == 'h')
			return cfc_help(self);
		if (ch == OPT_EXPLAIN)
			return explain_rule(optarg);
		int status = take_option(self, o, settings, ch, argv);
		if (status != CFC_EXIT_OK)
			return status;
	}
	*done = true;
	if (o->diff && !o->fix)
		return cfc_usage(self, "--diff needs --fix");
	if (o->resolve && !settings->compat)
		return cfc_usage(self, "--resolve needs --compat");
	*done = false;
	return CFC_EXIT_OK;
}

/* What is meant for programs and what else goes to standard output cannot share it: 0 or wrong usage. */
static int
check_streams(const struct cfc_command *self, const struct lint_options *o, char *const *paths,
	      int npaths)
{
	const char *other = o->diff        ? "--diff"
			    : o->dump_ast  ? "--dump-ast"
			    : o->dump_plan ? "--dump-plan"
					   : NULL;

	if (o->format->print == NULL)
		return CFC_EXIT_OK;
	for (int i = 0; i < npaths && o->fix && other == NULL; i++)
		if (strcmp(paths[i], "-") == 0)
			other = "--fix of standard input";
	if (other == NULL)
		return CFC_EXIT_OK;
	return cfc_usage(self, "%s and --format %s both write to standard output", other,
			 o->format->name);
}

static int
run_lint(const struct cfc_command *self, int argc, char **argv)
{
	struct lint_options o = {
		.format = cfc_format_find("text"),
		.fail_on = CFC_SEVERITY_ERROR,
		.colour = wants_colour(),
		.summary = isatty(STDERR_FILENO),
	};
	struct cfc_settings settings;
	struct cfc keeper;
	bool done = true;

	cfc_init(&keeper);
	cfc_settings_init(&settings, &keeper);
	int status = take_options(self, &o, &settings, argc, argv, &done);
	if (!done)
		status = check_streams(self, &o, argv + optind, argc - optind);
	if (!done && status == CFC_EXIT_OK)
		status = lint_run(&o, &settings, argv + optind, (size_t)(argc - optind));
	cfc_settings_release(&settings);
	cfc_release(&keeper);
	return status;
}

const struct cfc_command cfc_cmd_lint = {
	.name = "lint",
	.synopsis = "[OPTION...] [COREFILE...]",
	.summary = "Finds what is wrong with Corefiles",
	.help = "  -f, --format FORMAT    text (default), gcc, json, sarif, github, gitlab, checkstyle, junit\n"
		"      --fail-on LEVEL    exit 1 from this level on: error (default), warning, info\n"
		"      --strict           the same as --fail-on warning\n"
		"  -q, --quiet            report errors only\n"
		"      --color WHEN       auto (default), always or never\n"
		"      --compat           CoreDNS's verdict: only what it refuses, as errors\n"
		"      --resolve          with --compat: ask the system for the names of upstreams\n" CFC_SETTINGS_HELP
		"      --stdin-name NAME  what to call standard input\n"
		"      --fix              write back what can be mended without a doubt\n"
		"      --diff             with --fix: show it and write nothing\n"
		"      --explain ID       print the page about a rule\n"
		"      --dump-ast         print the tree after imports and variables\n"
		"      --dump-plan        print listeners, blocks, chains and options\n"
		"COREFILE is ./Corefile when not given; '-' is standard input, of a folder all Corefiles in\n"
		"it are looked at, also those in ConfigMaps (*.yaml, *.yml).  'text' goes to standard error, the\n"
		"other formats to standard output, as do the mended text of standard input, --diff and\n"
		"--dump-...: one of these at a time.\n"
		"Exit status: 0 clean, 1 findings, 2 unreadable or not a Corefile, 3 wrong usage or\n"
		"configuration.\n",
	.run = run_lint,
};
