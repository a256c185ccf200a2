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

struct lint_args {
	struct lint_options o;
	bool says_colour;    /* not 'auto' */
	const char *explain; /* a rule; NULL = Corefiles are looked at */
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

/* What is meant for programs and what else goes to standard output cannot share it: 0 or wrong usage. */
static int
check_streams(const struct cfc_call *call, const struct lint_options *o)
{
	const char *other = o->diff        ? "--diff"
			    : o->dump_ast  ? "--dump-ast"
			    : o->dump_plan ? "--dump-plan"
					   : NULL;

	if (o->format->print == NULL)
		return CFC_EXIT_OK;
	for (size_t i = 0; i < call->nwords && o->fix && other == NULL; i++)
		if (strcmp(call->words[i], "-") == 0)
			other = "--fix of standard input";
	if (other == NULL)
		return CFC_EXIT_OK;
	return cfc_usage(call->self, "%s and --format %s both write to standard output", other,
			 o->format->name);
}

static int
run_lint(struct cfc_call *call)
{
	struct lint_args *a = call->args;
	struct lint_options *o = &a->o;

	if (a->explain != NULL)
		return explain_rule(a->explain);
	if (o->diff && !o->fix)
		return cfc_usage(call->self, "--diff needs --fix");
	if (o->resolve && !call->settings->compat)
		return cfc_usage(call->self, "--resolve needs --compat");
	o->format = o->format != NULL ? o->format : cfc_format_find("text");
	o->colour = a->says_colour ? o->colour : wants_colour();
	o->summary = isatty(STDERR_FILENO);
	int status = check_streams(call, o);
	return status != CFC_EXIT_OK ? status
				     : lint_run(o, call->settings, call->words, call->nwords);
}

/* ---- command line ---- */

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

static bool
parse_colour(struct lint_args *a, const char *word)
{
	a->o.colour = strcmp(word, "always") == 0;
	a->says_colour = strcmp(word, "auto") != 0;
	return a->o.colour || !a->says_colour || strcmp(word, "never") == 0;
}

/* Options that are set by being there. */
static void
take_flag(struct lint_options *o, int ch)
{
	switch (ch) {
	case OPT_DIFF:
		o->diff = true;
		break;
	case OPT_FIX:
		o->fix = true;
		break;
	case OPT_DUMP_AST:
		o->dump_ast = true;
		break;
	case OPT_DUMP_PLAN:
		o->dump_plan = true;
		break;
	case OPT_RESOLVE:
		o->resolve = true;
		break;
	case OPT_STRICT:
		o->fail_on = CFC_SEVERITY_WARNING;
		o->has_fail_on = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	}
}

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct lint_args *a = call->args;
	struct lint_options *o = &a->o;

	switch (ch) {
	case OPT_COLOR:
		return parse_colour(a, argument) ? NULL : "auto, always or never";
	case OPT_COMPAT:
		call->settings->compat = true;
		return NULL;
	case OPT_EXPLAIN:
		a->explain = argument;
		return NULL;
	case OPT_FAIL_ON:
		o->has_fail_on = true;
		return cfc_severity_parse(argument, &o->fail_on) ? NULL : "error, warning or info";
	case 'f':
		o->format = cfc_format_find(argument);
		return o->format != NULL ? NULL : CFC_FORMAT_WORDS;
	case OPT_STDIN_NAME:
		o->stdin_name = argument;
		return NULL;
	default:
		take_flag(o, ch);
		return NULL;
	}
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
	.letters = ":f:hq",
	.longs = longs,
	.args_size = sizeof(struct lint_args),
	.take = take_option,
	.run = run_lint,
};
