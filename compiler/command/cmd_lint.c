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
#include "base/xalloc.h"
#include "compiler/checks/checks.h"
#include "compiler/command/command.h"
#include "compiler/command/lint.h"

enum {
	OPT_COLOR = 256,
	OPT_COMPAT,
	OPT_CONFIG,
	OPT_DIFF,
	OPT_DUMP_AST,
	OPT_DUMP_PLAN,
	OPT_ENV_FILE,
	OPT_EXPLAIN,
	OPT_FAIL_ON,
	OPT_FIX,
	OPT_NO_CONFIG,
	OPT_NO_ENV,
	OPT_PROFILE,
	OPT_ROOT,
	OPT_SET,
	OPT_STDIN_NAME,
	OPT_STRICT,
};

static const struct option longs[] = {
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "compat", no_argument, NULL, OPT_COMPAT },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "dump-ast", no_argument, NULL, OPT_DUMP_AST },
	{ "dump-plan", no_argument, NULL, OPT_DUMP_PLAN },
	{ "env-file", required_argument, NULL, OPT_ENV_FILE },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "fix", no_argument, NULL, OPT_FIX },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "no-config", no_argument, NULL, OPT_NO_CONFIG },
	{ "no-env", no_argument, NULL, OPT_NO_ENV },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "quiet", no_argument, NULL, 'q' },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "set", required_argument, NULL, OPT_SET },
	{ "stdin-name", required_argument, NULL, OPT_STDIN_NAME },
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

/* Options that may be given several times: where their arguments are collected. */
struct lists {
	const char **sets, **env_files; /* room for one per word of the command line */
};

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
	case OPT_PROFILE:
		o->has_profile = true;
		return cfc_profile_parse(word, &o->profile) ? NULL : CFC_PROFILE_WORDS;
	case OPT_SET:
		return strchr(word, '=') > word ? NULL : "NAME=VALUE";
	case 'f':
		o->format = cfc_format_find(word);
		return o->format != NULL ? NULL : CFC_FORMAT_WORDS;
	default:
		return NULL;
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

/* Options that are set by being there; false = it is none. */
static bool
take_flag(struct lint_options *o, int ch)
{
	switch (ch) {
	case OPT_COMPAT:
		o->compat = true;
		return true;
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
	case OPT_NO_CONFIG:
		o->no_config = true;
		return true;
	case OPT_NO_ENV:
		o->no_env = true;
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

/* Options with an argument that can be anything. */
static void
take_argument(struct lint_options *o, struct lists *l, int ch)
{
	switch (ch) {
	case OPT_CONFIG:
		o->config = optarg;
		break;
	case OPT_ENV_FILE:
		l->env_files[o->nenv_files++] = optarg;
		break;
	case OPT_ROOT:
		o->root = optarg;
		break;
	case OPT_SET:
		l->sets[o->nsets++] = optarg;
		break;
	case OPT_STDIN_NAME:
		o->stdin_name = optarg;
		break;
	default: /* taken by parse_word */
		break;
	}
}

/* One option: 0, or the exit status of wrong usage. */
static int
take_option(const struct cfc_command *self, struct lint_options *o, struct lists *l, int ch,
	    const char *word)
{
	if (ch == ':')
		return cfc_usage(self, "'%s' needs an argument", word);
	if (ch == '?')
		return cfc_usage(self, "bad option '%s'", word);
	if (take_flag(o, ch))
		return CFC_EXIT_OK;
	const char *wanted = parse_word(o, ch, optarg);
	if (wanted != NULL)
		return cfc_usage(self, "--%s wants %s, not '%s'", name_of(ch), wanted, optarg);
	take_argument(o, l, ch);
	return CFC_EXIT_OK;
}

/* All options: 0; the exit status if the command is done with, *done. */
static int
take_options(const struct cfc_command *self, struct lint_options *o, struct lists *l, int argc,
	     char **argv, bool *done)
{
	for (int ch; (ch = getopt_long(argc, argv, ":f:hq", longs, NULL)) != -1;) {
		*done = true;
		if (ch == 'h')
			return cfc_help(self);
		if (ch == OPT_EXPLAIN)
			return explain_rule(optarg);
		int status = take_option(self, o, l, ch, argv[optind - 1]);
		if (status != CFC_EXIT_OK)
			return status;
	}
	*done = true;
	if (o->diff && !o->fix)
		return cfc_usage(self, "--diff needs --fix");
	*done = false;
	return CFC_EXIT_OK;
}

static int
run_lint(const struct cfc_command *self, int argc, char **argv)
{
	struct lists l = {
		.sets = xcalloc((size_t)argc, sizeof(char *)),
		.env_files = xcalloc((size_t)argc, sizeof(char *)),
	};
	struct lint_options o = {
		.format = cfc_format_find("text"),
		.fail_on = CFC_SEVERITY_ERROR,
		.colour = wants_colour(),
		.summary = isatty(STDERR_FILENO),
		.sets = l.sets,
		.env_files = l.env_files,
	};
	bool done = true;
	int status = take_options(self, &o, &l, argc, argv, &done);

	if (!done)
		status = lint_run(&o, argv + optind, (size_t)(argc - optind));
	free(l.sets);
	free(l.env_files);
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
		"      --profile NAME     what the server is for: cluster, nodelocal, resolver, edge\n"
		"      --root DIR         look at the files that the Corefile names, below DIR\n"
		"      --config FILE      the project file, instead of the nearest .corefile-lint\n"
		"      --no-config        no project file\n"
		"      --set NAME=VALUE   the value of {$NAME}; may be repeated\n"
		"      --env-file FILE    lines of NAME=VALUE; may be repeated\n"
		"      --no-env           do not look into the environment for {$NAME}\n"
		"      --stdin-name NAME  what to call standard input\n"
		"      --fix              write back what can be mended without a doubt\n"
		"      --diff             with --fix: show it and write nothing\n"
		"      --explain ID       print the page about a rule\n"
		"      --dump-ast         print the tree after imports and variables\n"
		"      --dump-plan        print listeners, blocks, chains and options\n"
		"COREFILE is ./Corefile when not given; '-' is standard input, of a folder all Corefiles in\n"
		"it are looked at.  'text' goes to standard error, the other formats to standard output.\n"
		"Exit status: 0 clean, 1 findings, 2 unreadable or not a Corefile, 3 wrong usage or\n"
		"configuration.\n",
	.run = run_lint,
};
