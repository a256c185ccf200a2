/*
 * cmd_lsp.c - `corefilec lsp`: the language server on standard input and output.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "compiler/lsp/lsp.h"

/* Messages that were read ahead, in order. */
struct queue {
	json_t *messages[LSP_QUEUE_MAX];
	bool cancelled[LSP_QUEUE_MAX];
	size_t first, count;
};

/* Marks the request that a $/cancelRequest names, if it waits; true = the message was one. */
static bool
take_cancel(struct queue *q, json_t *message)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");
	json_t *id = json_object_get(params, "id");

	if (method == NULL || strcmp(method, "$/cancelRequest") != 0)
		return false;
	for (size_t i = 0; i < q->count; i++) {
		size_t at = (q->first + i) % LSP_QUEUE_MAX;

		if (id != NULL && json_equal(json_object_get(q->messages[at], "id"), id))
			q->cancelled[at] = true;
	}
	return true;
}

static void
fill(struct queue *q, struct lsp_wire *w)
{
	json_t *message;

	while (q->count < LSP_QUEUE_MAX && (message = lsp_wire_next(w)) != NULL) {
		if (take_cancel(q, message)) {
			json_decref(message);
			continue;
		}
		size_t at = (q->first + q->count++) % LSP_QUEUE_MAX;
		q->messages[at] = message;
		q->cancelled[at] = false;
	}
}

static void
take_first(struct lsp *l, struct queue *q)
{
	size_t at = q->first;

	q->first = (q->first + 1) % LSP_QUEUE_MAX;
	q->count--;
	lsp_dispatch(l, q->messages[at], q->cancelled[at]);
	json_decref(q->messages[at]);
}

/* Takes messages until the client says exit or goes away. */
static void
serve(struct lsp *l, struct queue *q)
{
	bool open = true;

	while (!l->ended && !l->wire.broken) {
		fill(q, &l->wire);
		while (open && q->count < LSP_QUEUE_MAX && lsp_wire_ready(&l->wire)) {
			open = lsp_wire_read(&l->wire);
			fill(q, &l->wire);
		}
		if (q->count > 0)
			take_first(l, q);
		else if (l->unpublished && !l->stopped)
			lsp_publish(l);
		else if (!open)
			break;
		else
			open = lsp_wire_read(&l->wire);
	}
	while (q->count > 0) {
		json_decref(q->messages[q->first]);
		q->first = (q->first + 1) % LSP_QUEUE_MAX;
		q->count--;
	}
}

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
	struct queue *queue = xcalloc(1, sizeof(*queue));
	struct lsp l;
	bool done;

	lsp_init(&l, STDIN_FILENO, STDOUT_FILENO);
	int status = take_options(self, &l, argc, argv, &done);
	if (!done) {
		signal(SIGPIPE, SIG_IGN);
		serve(&l, queue);
		status = l.stopped ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
	lsp_release(&l);
	free(queue);
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
