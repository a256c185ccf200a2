/*
 * Allocation that cannot fail, for the compiler.
 *
 * When memory runs out these functions write "corefilec: out of memory (N bytes)" to
 * standard error and end the program with status 70 (EX_SOFTWARE).  Only code that
 * is linked into the compiler alone may call them: in a server running out of memory
 * is an ordinary error (style rule 24).
 *
 * What the x… functions return is freed with free, arena_free or map_release as
 * usual.  Thread-safe.
 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/map.h"

/* Ends the program as described above. */
void xalloc_die(size_t size) RT_NORETURN RT_COLD;

void *xmalloc(size_t size) RT_RETURNS_NONNULL;
void *xcalloc(size_t n, size_t size) RT_RETURNS_NONNULL;
void *xrealloc(void *p, size_t size) RT_RETURNS_NONNULL;

/* Like xrealloc(p, n * size), and dies when the product overflows. */
void *xreallocarray(void *p, size_t n, size_t size) RT_RETURNS_NONNULL;

char *xstrdup(const char *s) RT_RETURNS_NONNULL;

/* A copy of exactly len bytes of s plus a NUL. */
char *xstrndup(const char *s, size_t len) RT_RETURNS_NONNULL;

char *xasprintf(const char *fmt, ...) RT_PRINTF(1, 2) RT_RETURNS_NONNULL;

/* An arena whose allocations never return NULL; limit as for arena_new. */
struct arena *xarena_new(size_t limit) RT_RETURNS_NONNULL;

/* map_set that dies instead of returning RT_ENOMEM. */
void xmap_set(struct map *m, const char *key, size_t len, void *value);

/*
 * Grow *array so that it has room for at least need elements of size bytes; *cap is
 * the capacity in elements.  Growth is geometric.
 *
 *	xgrow((void **) &list->items, &list->cap, list->n + 1, sizeof(list->items[0]));
 */
void xgrow(void **array, size_t *cap, size_t need, size_t size);

#endif
