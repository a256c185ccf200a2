/*
 * What must hold for every session of the language server, however broken its messages:
 *
 * - it ends when the input does, with no sanitizer report
 * - what it sends is messages: headers, and JSON of the lengths that they say
 * - it answers no more often than it was asked, and with one of a result and an error
 *
 * The session is made of bytes.  If the first one is '!', the others are sent as they stand; otherwise
 * each line is a message, for which the header is made.  Violations end the process by abort(), as
 * fuzzers want it.
 */
#ifndef TESTS_FUZZ_FUZZ_LSP_H
#define TESTS_FUZZ_FUZZ_LSP_H

#include <stddef.h>

/* Returns how many requests were answered. */
size_t fuzz_lsp_session(const char *data, size_t size);

#endif
