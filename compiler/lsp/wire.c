/*
 * wire.c - framing of messages.
 */
#include "config.h"

#include "compiler/lsp/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/num.h"
#include "compiler/report/json.h"
#include "compiler/lsp/lsp.h"

#define READ_SIZE 65536u

void
lsp_wire_init(struct lsp_wire *w, int in, int out)
{
	*w = (struct lsp_wire){ .in = in, .out = out };
	buf_init(&w->input, LSP_MESSAGE_MAX + LSP_HEADER_MAX + READ_SIZE);
}

void
lsp_wire_release(struct lsp_wire *w)
{
	buf_release(&w->input);
}

bool
lsp_wire_ready(const struct lsp_wire *w)
{
	struct pollfd p = { .fd = w->in, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Forget what is done with; a buffer that was needed for one large message is given back. */
static void
compact(struct lsp_wire *w)
{
	size_t rest = w->input.len - w->taken;

	if (w->taken == 0)
		return;
	if (rest == 0 && w->input.cap > 4 * READ_SIZE) {
		size_t max = w->input.max;

		buf_release(&w->input);
		buf_init(&w->input, max);
	} else {
		if (rest > 0)
			memmove(w->input.data, w->input.data + w->taken, rest);
		buf_truncate(&w->input, rest);
	}
	w->taken = 0;
}

bool
lsp_wire_read(struct lsp_wire *w)
{
	ssize_t n;

	compact(w);
	char *to = buf_reserve(&w->input, READ_SIZE);
	if (to == NULL)
		return false;
	do
		n = read(w->in, to, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	buf_commit(&w->input, (size_t)n);
	return true;
}

/* ---- headers ---- */

static const char *
find_end_of_header(const char *s, size_t len)
{
	for (size_t i = 0; i + 4 <= len; i++)
		if (memcmp(s + i, "\r\n\r\n", 4) == 0)
			return s + i;
	return NULL;
}

/*
 * The length that a header names.  It is looked for anywhere in the header, not only at the beginning of
 * a line: before it may stand the rest of a message that was longer than it said.
 */
static bool
content_length(const char *header, size_t len, size_t *length)
{
	static const char name[] = "Content-Length:";
	const size_t n = sizeof(name) - 1;
	const char *value = NULL;
	uint64_t number;

	for (size_t i = 0; i + n <= len; i++)
		if (strncasecmp(header + i, name, n) == 0)
			value = header + i + n;
	if (value == NULL)
		return false;
	const char *end = memchr(value, '\r', (size_t)(header + len - value));
	end = end != NULL ? end : header + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (num_parse_uint(&number, value, (size_t)(end - value), 10) != 0 || number > SIZE_MAX / 2)
		return false;
	*length = (size_t)number;
	return true;
}

/* Drop the bytes that belong to a message that is too large; true = there are more to come. */
static bool
skip_rest(struct lsp_wire *w)
{
	size_t have = w->input.len - w->taken;
	size_t n = w->skip < have ? w->skip : have;

	w->taken += n;
	w->skip -= n;
	return w->skip > 0;
}

static json_t *
parse(struct lsp_wire *w, const char *text, size_t len)
{
	json_error_t error;
	json_t *message = json_loadb(text, len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);

	if (message == NULL)
		lsp_wire_error(w, NULL, LSP_PARSE_ERROR, "the message is no JSON");
	return message;
}

/* What is in front, if it is whole: a header's bytes are passed over, with its message if that is taken. */
enum front {
	FRONT_WAIT,
	FRONT_PASSED,
	FRONT_MESSAGE,
};

static enum front
look_at_front(struct lsp_wire *w, const char **text, size_t *len)
{
	const char *s = w->input.data + w->taken;
	size_t have = w->input.len - w->taken;
	const char *end = find_end_of_header(s, have < LSP_HEADER_MAX ? have : LSP_HEADER_MAX);

	if (end == NULL && have < LSP_HEADER_MAX)
		return FRONT_WAIT;
	if (end == NULL) { /* no header: keep so much that a broken-up end of one is found */
		w->taken += have < LSP_HEADER_MAX ? have : LSP_HEADER_MAX / 2;
		return FRONT_PASSED;
	}
	size_t header = (size_t)(end - s) + 4;
	if (!content_length(s, header - 2, len)) {
		w->taken += header;
		lsp_wire_error(w, NULL, LSP_PARSE_ERROR, "a header without a Content-Length");
		return FRONT_PASSED;
	}
	if (*len > LSP_MESSAGE_MAX) {
		w->taken += header;
		w->skip = *len;
		lsp_wire_error(w, NULL, LSP_INVALID_REQUEST, "the message is too large");
		return FRONT_PASSED;
	}
	if (have - header < *len)
		return FRONT_WAIT;
	*text = s + header;
	w->taken += header + *len;
	return FRONT_MESSAGE;
}

json_t *
lsp_wire_next(struct lsp_wire *w)
{
	const char *text;
	size_t len;

	while (w->input.len > w->taken && !skip_rest(w)) {
		enum front front =
			w->input.len > w->taken ? look_at_front(w, &text, &len) : FRONT_WAIT;
		json_t *message = front == FRONT_MESSAGE ? parse(w, text, len) : NULL;

		if (front == FRONT_WAIT || message != NULL)
			return message;
	}
	return NULL;
}

/* ---- sending ---- */

void
lsp_wire_send(struct lsp_wire *w, json_t *message)
{
	char header[64];
	char *text = json_dumps(message, JSON_COMPACT);

	json_decref(message);
	if (text == NULL) { /* no memory */
		w->broken = true;
		return;
	}
	size_t len = strlen(text);
	int n = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", len);
	if (cfc_write_all(w->out, header, (size_t)n) != 0 || cfc_write_all(w->out, text, len) != 0)
		w->broken = true;
	free(text);
}

void
lsp_wire_error(struct lsp_wire *w, json_t *id, int code, const char *text)
{
	lsp_wire_send(w, cfc_json("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id",
				  id != NULL ? id : json_null(), "error", "code", code, "message",
				  text));
}
