/*
 * text.h - text into C source: the one place where anything is escaped.
 *
 * Corefiles hold any bytes: a path may contain a comment's end, a question mark a trigraph, a
 * backslash anything.  Everything the emitter prints of a user's text goes through one of these.
 */
#ifndef COMPILER_EMIT_TEXT_H
#define COMPILER_EMIT_TEXT_H

#include <stddef.h>

struct buf;

/*
 * A string literal with its quotes.  Octal escapes of three digits (hexadecimal ones swallow digits
 * that follow); quotes, backslashes and question marks are escaped; NUL and other octets allowed.
 */
void cfc_emit_cstr(struct buf *out, const void *text, size_t len);

/* The inside of a comment: no end of comment, no new line, no control characters. */
void cfc_emit_comment(struct buf *out, const char *text, size_t len);

/* "#line N "file"" with its newline. */
void cfc_emit_line(struct buf *out, unsigned line, const char *file);

/* Part of an identifier: what is not [a-z0-9] becomes '_', at most 40 octets; "root" for ".". */
void cfc_emit_ident(struct buf *out, const char *text);

#endif
