/*
 * cmd_lsp.c - `corefilec lsp`: the language server on standard input and output.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include "compiler/lsp/lsp.h"

static const struct option longs[] = {
	{ "stdio", no_argument, NULL, 's' },
	{ "compat", no_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	(void)argument;
	call->settings->compat = call->settings->compat || ch == 'c';
	return NULL;
}

static int
run_lsp(struct cfc_call *call)
{
	struct lsp l;

	if (call->nwords > 0)
		return cfc_usage(call->self, "'%s': lsp takes no file", call->words[0]);
	lsp_init(&l, STDIN_FILENO, STDOUT_FILENO, call->settings);
	signal(SIGPIPE, SIG_IGN);
	lsp_serve(&l);
	int status = l.stopped ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	lsp_release(&l);
	return status;
}

const struct cfc_command cfc_cmd_lsp = {
	.name = "lsp",
	.synopsis = "[OPTION...]",
	.summary = "Serves editors: a language server on standard input and output",
	.help = "      --compat           CoreDNS's verdict: only what it refuses, as errors\n" CFC_SETTINGS_HELP
		"      --stdio            accepted, since editors say so; there is no other way\n"
		"doc/editors.md tells how to set up editors.  Exit status: 0 after shutdown, 1 when the\n"
		"client went away without it, 3 wrong usage.\n",
	.letters = ":h",
	.longs = longs,
	.take = take_option,
	.run = run_lsp,
};
