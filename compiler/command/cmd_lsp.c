/*
 * cmd_lsp.c - `corefilec lsp`: the language server on standard input and output.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include "compiler/lsp/lsp.h"

/* All options: 0; the exit status if the command is done with, *done. */
static int
take_options(const struct cfc_command *self, struct lsp *l, int argc, char **argv, bool *done)
{
	static const struct option longs[] = {
		{ "stdio", no_argument, NULL, 's' },
		{ "compat", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		CFC_SETTINGS_LONGS,
		{ NULL, 0, NULL, 0 },
	};

	*done = true;
	for (int ch; (ch = getopt_long(argc, argv, ":h", longs, NULL)) != -1;) {
		int status = cfc_settings_option(&l->settings, self, ch, optarg);

		if (status > 0)
			return status;
		if (ch == 'h')
			return cfc_help(self);
		if (ch == 'c')
			l->settings.compat = true;
		else if (status < 0 && ch != 's')
			return cfc_bad_option(self, ch, argv);
	}
	if (optind < argc)
		return cfc_usage(self, "'%s': lsp takes no file", argv[optind]);
	*done = false;
	return CFC_EXIT_OK;
}

static int
run_lsp(const struct cfc_command *self, int argc, char **argv)
{
	struct lsp l;
	bool done;

	lsp_init(&l, STDIN_FILENO, STDOUT_FILENO);
	int status = take_options(self, &l, argc, argv, &done);
	if (!done) {
		signal(SIGPIPE, SIG_IGN);
		lsp_serve(&l);
		status = l.stopped ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
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
	.run = run_lsp,
};
