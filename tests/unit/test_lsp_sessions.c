/*
 * 2,000 sessions of the language server made at random, the same in every run: messages of real ones,
 * mutated.  What must hold for each is in tests/fuzz/fuzz_lsp.h.
 *
 * To look at one: SESSION=number tests/unit/test_lsp_sessions prints it first.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "tests/fuzz/fuzz_lsp.h"
#include "tests/support/check_main.h"

#define ROUNDS 2000
#define SLICES 10

#define DOC(uri) "\"textDocument\":{\"uri\":\"" uri "\"}"
#define A        "untitled:a"
#define PROJECT  "untitled:x/.corefile-lint"
#define AT(l, c) "{\"line\":" #l ",\"character\":" #c "}"

#define REQUEST(id, method, params)                                                                \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\",\"params\":{" params "}}"
#define NOTIFICATION(method, params)                                                               \
	"{\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":{" params "}}"

static const char *const messages[] = {
	REQUEST("1", "initialize",
		"\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-8\"]},"
		"\"workspace\":{\"didChangeWatchedFiles\":{\"dynamicRegistration\":true},"
		"\"workspaceEdit\":{\"documentChanges\":true}}}"),
	REQUEST("1", "initialize",
		"\"capabilities\":{},\"initializationOptions\":{\"profile\":"
		"\"cluster\",\"root\":\"/nowhere\",\"compat\":false}"),
	NOTIFICATION("initialized", ""),
	NOTIFICATION("textDocument/didOpen",
		     "\"textDocument\":{\"uri\":\"" A
		     "\",\"languageId\":\"c\",\"version\":1,\"text\":"
		     "\"(s) {\\n\\terrors\\n}\\n. {\\r\\n\\tlog {common} \xc3\xa9\\n\\tcache {\\n"
		     "\\t\\tsucess 5\\n\\t}\\n\\timport s\\n\\twhoamI\\n}\\n\"}"),
	NOTIFICATION("textDocument/didOpen",
		     "\"textDocument\":{\"uri\":\"" PROJECT "\",\"version\":1,\"text\":"
		     "\"profile = moon\\n[severity]\\nCF2012 = off\\n\"}"),
	NOTIFICATION("textDocument/didChange",
		     DOC(A) ",\"contentChanges\":[{\"range\":{\"start\":" AT(4, 3) ",\"end\":" AT(
			     5, 2) "},\"text\":\"# x\\n\"}]"),
	NOTIFICATION("textDocument/didChange",
		     DOC(A) ",\"contentChanges\":[{\"text\":\". {\\n\"}]"),
	NOTIFICATION("textDocument/didClose", DOC(A)),
	NOTIFICATION("textDocument/didSave", DOC(A)),
	NOTIFICATION("workspace/didChangeWatchedFiles", "\"changes\":[]"),
	NOTIFICATION("$/cancelRequest", "\"id\":7"),
	REQUEST("7", "textDocument/hover", DOC(A) ",\"position\":" AT(5, 3)),
	REQUEST("\"8\"", "textDocument/completion", DOC(A) ",\"position\":" AT(6, 2)),
	REQUEST("9", "textDocument/definition", DOC(A) ",\"position\":" AT(8, 9)),
	REQUEST("10", "textDocument/references", DOC(A) ",\"position\":" AT(0, 2)),
	REQUEST("11", "textDocument/documentSymbol", DOC(A)),
	REQUEST("12", "textDocument/formatting", DOC(A)),
	REQUEST("13", "textDocument/formatting", DOC(PROJECT)),
	REQUEST("14", "textDocument/rangeFormatting",
		DOC(A) ",\"range\":{\"start\":" AT(1, 0) ",\"end\":" AT(3, 0) "}"),
	REQUEST("15", "textDocument/codeAction",
		DOC(A) ",\"range\":{\"start\":" AT(0, 0) ",\"end\":" AT(
			99, 0) "},\"context\":{\"only\":[\"quickfix\",\"source\"]}"),
	REQUEST("16", "completionItem/resolve",
		"\"label\":\"x\",\"data\":{\"plugin\":\"cache\",\"option\":\"success\"}"),
	REQUEST("17", "shutdown", ""),
	NOTIFICATION("exit", ""),
	"[]",
	"17",
	"{\"id\":1,\"result\":null}",
};

/* ---- randomness: xorshift64*, so that a number means the same session everywhere ---- */

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 2685821657736338717u) >> 16;
}

static size_t
below(uint64_t *state, size_t n)
{
	return (size_t)(next_random(state) % n);
}

/* ---- sessions ---- */

static const char *const pieces[] = {
	"{",        "}",
	"[",        "]",
	"\"",       ":",
	",",        "null",
	"-1",       "4294967296",
	"1e99",     "\\u0000",
	"\\ud800",  "\xff",
	"\"id\":",  "\"uri\":\"\"",
	"file:///", "%00",
	"true",     "\\n",
	"\\r",      "\\ud834\\udd1e",
};

/* A message with some of its bytes replaced, taken away, or put in. */
static void
put_mutated(struct buf *out, const char *message, uint64_t *state)
{
	size_t len = strlen(message);
	size_t cut = below(state, len);

	buf_add(out, message, cut);
	switch (below(state, 4)) {
	case 0:
		buf_putc(out, (char)(32 + below(state, 95)));
		cut++;
		break;
	case 1:
		buf_puts(out, pieces[below(state, ARRAY_SIZE(pieces))]);
		break;
	case 2:
		cut += below(state, len - cut + 1);
		break;
	default: {
		const char *other = messages[below(state, ARRAY_SIZE(messages))];

		buf_puts(out, other + below(state, strlen(other)));
		cut += below(state, len - cut + 1);
		break;
	}
	}
	buf_puts(out, message + (cut < len ? cut : len));
}

static void
make_session(struct buf *out, unsigned number)
{
	uint64_t state = 0x9e3779b97f4a7c15u * (number + 1);
	size_t n = 4 + below(&state, 20);

	for (unsigned i = 0; i < 4; i++)
		next_random(&state);
	/* Most of them begin well, or nothing behind would be reached. */
	if (below(&state, 8) > 0)
		buf_printf(out, "%s\n%s\n%s\n", messages[below(&state, 2)], messages[2],
			   messages[3]);
	for (size_t i = 0; i < n; i++) {
		const char *message = messages[below(&state, ARRAY_SIZE(messages))];

		if (below(&state, 3) == 0)
			put_mutated(out, message, &state);
		else
			buf_puts(out, message);
		buf_putc(out, '\n');
	}
}

START_TEST(mutated)
{
	const char *only = getenv("SESSION");
	unsigned first = (unsigned)_i * (ROUNDS / SLICES);
	size_t answers = 0;

	for (unsigned number = first; number < first + ROUNDS / SLICES; number++) {
		struct buf session;

		if (only != NULL && strtoul(only, NULL, 10) != number)
			continue;
		buf_init(&session, 1 << 20);
		make_session(&session, number);
		ck_assert(!session.overflow);
		if (only != NULL)
			fprintf(stderr, "%s----\n", buf_cstr(&session));
		answers += fuzz_lsp_session(session.data, session.len);
		buf_release(&session);
	}
	/* Or the test says nothing. */
	if (only == NULL)
		ck_assert_uint_gt(answers, ROUNDS / SLICES * 2);
}
END_TEST

/* As it stands, and raw: the same, header by header; then cut off at each octet. */
START_TEST(raw)
{
	const char *message = messages[0];
	struct buf session;

	buf_init(&session, 1 << 20);
	buf_printf(&session, "!Content-Length: %zu\r\n\r\n%s", strlen(message), message);
	buf_printf(&session, "content-length:%zu \r\nContent-Type: x\r\n\r\n%s",
		   strlen(messages[3]), messages[3]);
	for (size_t len = 0; len <= session.len; len++)
		fuzz_lsp_session(session.data, len);
	buf_release(&session);
	static const char *const odd[] = {
		"!Content-Length: 99999999999\r\n\r\n{}",
		"!Content-Length: 18446744073709551616\r\n\r\n",
		"!Content-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}",
		"!\r\n\r\n\r\n\r\n",
		"!Content-Length: 0x2\r\n\r\n{}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		fuzz_lsp_session(odd[i], strlen(odd[i]));
}
END_TEST

static TCase *
sessions_case(void)
{
	TCase *t = tcase_create("sessions");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, mutated, 0, SLICES);
	tcase_add_test(t, raw);
	return t;
}

TEST_MAIN_CASES("lsp_sessions", sessions_case)
