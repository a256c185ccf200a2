/*
 * A growing buffer of bytes or text with a maximum.
 *
 *	struct buf b;
 *	buf_init(&b, 64 * 1024);
 *	buf_printf(&b, "%s %u\n", name, port);
 *	if (b.overflow) ...		not everything fitted, or no memory
 *	fwrite(b.data, 1, b.len, f);
 *	buf_release(&b);
 *
 * The maximum counts content bytes.  An addition that would exceed it, or that finds no
 * memory, adds nothing and sets the sticky flag `overflow`; later additions are
 * ignored too, so that a writer may add many pieces and look once at the end.
 * buf_reset clears the flag.
 *
 * The content is always followed by a NUL that is not counted, once anything was
 * added or buf_cstr was called.  Embedded NULs are allowed.
 *
 * Ownership: the caller owns the struct, the buffer owns `data` until buf_detach.
 * Threads: one at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct buf {
	char *data;    /* the content, NUL after it; NULL while empty and never grown */
	size_t len;    /* bytes of content */
	size_t cap;    /* bytes allocated, including the one for the NUL */
	size_t max;    /* most bytes of content allowed */
	bool overflow; /* something was refused since init or reset */
};

/* An empty buffer that will hold at most max bytes.  Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* Append len bytes; returns false (and sets overflow) when they were refused. */
bool buf_add(struct buf *b, const void *data, size_t len);

/* Append a NUL-terminated text. */
bool buf_puts(struct buf *b, const char *s);

/* Append one byte. */
bool buf_putc(struct buf *b, char c);

/* Append formatted text. */
bool buf_printf(struct buf *b, const char *fmt, ...) RT_PRINTF(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap) RT_PRINTF(2, 0);

/*
 * Make room for len more bytes and return where they go; the caller writes them and
 * then adds what it wrote to b->len by buf_commit.  NULL when refused.
 */
char *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);

/* Cut the content to len bytes; len must not exceed b->len. */
void buf_truncate(struct buf *b, size_t len);

/* The content as a C string; "" when there is none.  Valid until the next change. */
const char *buf_cstr(const struct buf *b);

/*
 * Hand the content to the caller, who frees it with free(); the buffer is empty
 * afterwards.  *len (may be NULL) gets the length.  Never returns NULL for an empty buffer
 * unless memory is exhausted.
 */
char *buf_detach(struct buf *b, size_t *len);

/* Empty the buffer for reuse, keeping its memory. */
void buf_reset(struct buf *b);

/* Free the content; the struct can be initialised again. */
void buf_release(struct buf *b);

#endif
