/*
 * fuzz_lsp.c - a session of the language server from bytes; see fuzz_lsp.h.
 */
#define _GNU_SOURCE
#include "config.h"

#include "tests/fuzz/fuzz_lsp.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/lsp/lsp.h"
#include "tests/fuzz/fuzz.h"

#define SESSION_MAX ((size_t)1 << 24)
#define OUTPUT_MAX  ((size_t)1 << 28)

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_lsp: %s\n", what);
	abort();
}

/* ---- in ---- */

static void
frame(struct buf *out, const char *message, size_t len)
{
	buf_printf(out, "Content-Length: %zu\r\n\r\n", len);
	buf_add(out, message, len);
}

static void
make_session(struct buf *out, const char *data, size_t size)
{
	if (size > 0 && data[0] == '!') {
		buf_add(out, data + 1, size - 1);
		return;
	}
	while (size > 0) {
		const char *end = memchr(data, '\n', size);
		size_t len = end != NULL ? (size_t)(end - data) : size;

		frame(out, data, len);
		len += end != NULL;
		data += len;
		size -= len;
	}
}

/* A file in memory with this text, to be read from its beginning. */
static int
file_with(const char *text, size_t len)
{
	int fd = memfd_create("session", MFD_CLOEXEC);

	require(fd >= 0, "no file in memory");
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		require(n > 0, "cannot write to memory");
		text += n;
		len -= (size_t)n;
	}
	require(lseek(fd, 0, SEEK_SET) == 0, "cannot go back");
	return fd;
}

/* ---- out ---- */

/* One message of the server: 1 if it answers something, 0 if not. */
static size_t
look_at(const char *text, size_t len)
{
	json_error_t error;
	json_t *message = json_loadb(text, len, 0, &error);

	require(json_is_object(message), "what was sent is no JSON object");
	bool has_result = json_object_get(message, "result") != NULL;
	bool has_error = json_object_get(message, "error") != NULL;
	bool has_method = json_object_get(message, "method") != NULL;
	require(has_result + has_error + has_method == 1, "not one of result, error and method");
	/* An error without an id is about what could not be understood. */
	size_t answers = !has_method && json_is_null(json_object_get(message, "id")) == 0;
	json_decref(message);
	return answers;
}

/* All messages of the server; how many of them are answers. */
static size_t
look_at_output(const char *s, size_t len)
{
	size_t answers = 0;

	while (len > 0) {
		size_t length = 0;
		const char *end = memmem(s, len, "\r\n\r\n", 4);
		require(end != NULL && sscanf(s, "Content-Length: %zu", &length) == 1,
			"what was sent has no header");
		size_t header = (size_t)(end - s) + 4;
		require(length <= len - header, "what was sent is shorter than it says");
		answers += look_at(s + header, length);
		s += header + length;
		len -= header + length;
	}
	return answers;
}

static size_t
count(const char *s, size_t len, const char *word)
{
	size_t n = 0;

	for (const char *at; len > 0 && (at = memmem(s, len, word, strlen(word))) != NULL; n++) {
		len -= (size_t)(at + 1 - s);
		s = at + 1;
	}
	return n;
}

size_t
fuzz_lsp_session(const char *data, size_t size)
{
	struct buf session, output;
	struct lsp l;

	buf_init(&session, SESSION_MAX);
	make_session(&session, data, size);
	int in = file_with(session.data, session.len);
	int out = file_with("", 0);
	lsp_init(&l, in, out, NULL);
	lsp_serve(&l);
	lsp_release(&l);

	off_t end = lseek(out, 0, SEEK_END);
	buf_init(&output, OUTPUT_MAX);
	char *text = end > 0 ? buf_reserve(&output, (size_t)end) : NULL;
	require(end <= 0 || (text != NULL && pread(out, text, (size_t)end, 0) == end),
		"cannot read what was sent");
	/* Each answer is to an "id", written in one of many ways unless the text is plain. */
	size_t answers = end > 0 ? look_at_output(text, (size_t)end) : 0;
	require(answers <= count(session.data, session.len, "\"id\"") +
				   count(session.data, session.len, "\\u"),
		"more answers than requests");
	buf_release(&output);
	buf_release(&session);
	close(in);
	close(out);
	return answers;
}

void
fuzz_lsp(const uint8_t *data, size_t size)
{
	fuzz_lsp_session((const char *)data, size);
}
