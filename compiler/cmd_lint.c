/*
 * cmd_lint.c - `corefilec lint`, also called corefile-lint: its command line.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "compiler/checks.h"
#include "compiler/command.h"
#include "compiler/lint.h"

enum {
	OPT_COLOR = 256,
	OPT_COMPAT,
	OPT_DUMP_AST,
	OPT_DUMP_PLAN,
	OPT_EXPLAIN,
	OPT_FAIL_ON,
	OPT_PROFILE,
	OPT_ROOT,
	OPT_STRICT,
};

static const struct option longs[] = {
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "compat", no_argument, NULL, OPT_COMPAT },
	{ "dump-ast", no_argument, NULL, OPT_DUMP_AST },
	{ "dump-plan", no_argument, NULL, OPT_DUMP_PLAN },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "quiet", no_argument, NULL, 'q' },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "strict", no_argument, NULL, OPT_STRICT },
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

/* An option whose argument is one of some words: NULL, or what would have been right. */
static const char *
parse_word(struct lint_options *o, int ch, const char *word)
{
	switch (ch) {
	case OPT_COLOR:
		return parse_colour(word, &o->colour) ? NULL : "auto, always or never";
	case OPT_FAIL_ON:
		return cfc_severity_parse(word, &o->fail_on) ? NULL : "error, warning or info";
	case OPT_PROFILE:
		return cfc_profile_parse(word, &o->profile) ? NULL : CFC_PROFILE_WORDS;
	default:
		o->format = cfc_format_find(word);
		return o->format != NULL ? NULL : CFC_FORMAT_WORDS;
	}
}

static const char *
name_of(int ch)
{
	for (size_t i = 0; i < ARRAY_SIZE(longs) - 1; i++)
		if (longs[i].val == ch)
			return longs[i].name;
	return "";
}

/* One option; false = wrong usage, which *status tells. */
static bool
take_option(const struct cfc_command *self, struct lint_options *o, int ch, char *const *argv,
	    int *status)
{
	const char *wanted = NULL;

	switch (ch) {
	case OPT_COMPAT:
		o->compat = true;
		return true;
	case OPT_DUMP_AST:
		o->dump_ast = true;
		return true;
	case OPT_DUMP_PLAN:
		o->dump_plan = true;
		return true;
	case OPT_ROOT:
		o->root = optarg;
		return true;
	case OPT_STRICT:
		o->fail_on = CFC_SEVERITY_WARNING;
		return true;
	case 'q':
		o->quiet = true;
		return true;
	case OPT_COLOR:
	case OPT_FAIL_ON:
	case OPT_PROFILE:
	case 'f':
		wanted = parse_word(o, ch, optarg);
		if (wanted != NULL)
			*status = cfc_usage(self, "--%s wants %s, not '%s'", name_of(ch), wanted,
					    optarg);
		return wanted == NULL;
	case ':':
		*status = cfc_usage(self, "'%s' needs an argument", argv[optind - 1]);
		return false;
	default:
		*status = cfc_usage(self, "bad option '%s'", argv[optind - 1]);
		return false;
	}
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
	int status = CFC_EXIT_OK;

	for (int ch; (ch = getopt_long(argc, argv, ":f:hq", longs, NULL)) != -1;) {
		if (ch == 'h')
			return cfc_help(self);
		if (ch == OPT_EXPLAIN)
			return explain_rule(optarg);
		if (!take_option(self, &o, ch, argv, &status))
			return status;
	}
	return lint_run(&o, argv + optind, (size_t)(argc - optind));
}

const struct cfc_command cfc_cmd_lint = {
	.name = "lint",
	.synopsis = "[OPTION...] [COREFILE...]",
	.summary = "Finds what is wrong with Corefiles",
	.help = "  -f, --format FORMAT   text (default), gcc, json, sarif, github, gitlab, checkstyle, junit\n"
		"      --fail-on LEVEL   exit 1 from this level on: error (default), warning, info\n"
		"      --strict          the same as --fail-on warning\n"
		"  -q, --quiet           report errors only\n"
		"      --color WHEN      auto (default), always or never\n"
		"      --compat          CoreDNS's verdict: only what it refuses, as errors\n"
		"      --profile NAME    what the server is for: cluster, nodelocal, resolver, edge\n"
		"      --root DIR        look at the files that the Corefile names, below DIR\n"
		"      --explain ID      print the page about a rule\n"
		"      --dump-ast        print the tree after imports and variables\n"
		"      --dump-plan       print listeners, blocks, chains and options\n"
		"COREFILE is ./Corefile when not given; '-' is standard input.  'text' goes to standard\n"
		"error, the other formats to standard output.\n"
		"Exit status: 0 clean, 1 findings, 2 unreadable or not a Corefile, 3 wrong usage.\n",
	.run = run_lint,
};
