/*
 * serve.c - the loop over messages.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

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

void
lsp_serve(struct lsp *l)
{
	struct queue *q = xcalloc(1, sizeof(*q));
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
	free(q);
}
