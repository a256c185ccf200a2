/*
 * Text as terminals show it: UTF-8 decoding and column widths, for carets and for the lexer.
 *
 * Nothing is allocated, nothing depends on the locale. Thread-safe.
 */
#ifndef COMPILER_TEXT_H
#define COMPILER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define TEXT_INVALID 0xfffdu /* what a byte that is no UTF-8 decodes to */

/*
 * Decode one code point of at least 1 available byte (RFC 3629 §4: no surrogates, no overlong
 * forms). Returns the bytes used, 1 .. 4; for a malformed sequence 1, *cp = TEXT_INVALID, and
 * *valid = false.
 */
size_t text_decode(const char *s, size_t len, uint32_t *cp, bool *valid);

/* Columns of a code point on a terminal: 0 for combining marks, 2 for wide letters, else 1. */
unsigned text_width(uint32_t cp);

/* A code point that must not reach a terminal: C0 and C1 controls, DEL, direction overrides. */
bool text_is_control(uint32_t cp);

/* A character that parts words: white space as Unicode has it. */
bool text_is_blank(uint32_t cp);

/* Bytes before the first malformed sequence; len if there is none. */
size_t text_valid_prefix(const char *s, size_t len);

/* Append a text in which each malformed byte is replaced by U+FFFD. */
void text_put_valid(struct buf *out, const char *s, size_t len);

#endif
