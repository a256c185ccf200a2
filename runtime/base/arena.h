/*
 * Arenas: many small allocations, one release.
 *
 * An arena hands out memory that lives until arena_reset or arena_free; single
 * pieces are never given back.  Use one per lifetime (a compilation, a query, a
 * zone being loaded) and pass it under the name of that lifetime.
 *
 *	struct arena *a = arena_new(1 << 20);
 *	char *s = arena_printf(a, "%s:%u", host, port);
 *	if (s == NULL) ...		out of memory, or over the limit
 *	arena_free(a);
 *
 * Every arena has a limit in bytes given at birth: the sum of the sizes asked for
 * (each rounded up to 16) never exceeds it.  The limit is exact and does not
 * depend on how memory is obtained underneath.
 *
 * Failure: functions return NULL when the limit or memory is exhausted; an arena
 * made by xarena_new (base/xalloc.h) ends the program instead.  After a failure the
 * arena remains usable for smaller requests.
 *
 * Under the address sanitizer each allocation is a malloc of its own and is freed at
 * reset, so that overruns and uses after reset are seen.
 *
 * Threads: an arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"

/* Every pointer handed out is a multiple of this. */
#define ARENA_ALIGN 16

struct arena;

/*
 * A new arena that will hand out at most limit bytes (0 = no limit).  No memory for
 * content is taken until the first allocation.  NULL when out of memory.
 */
struct arena *arena_new(size_t limit);

/*
 * size bytes, not initialised, aligned to ARENA_ALIGN.  size 0 gives a valid pointer
 * that may not be read.  NULL over the limit or out of memory.
 */
void *arena_alloc(struct arena *a, size_t size);

/* The same, filled with zeros. */
void *arena_zalloc(struct arena *a, size_t size);

/* Room for n elements of size bytes, zeroed; NULL also when n * size overflows. */
void *arena_calloc(struct arena *a, size_t n, size_t size);

/* A copy of the NUL-terminated s, in the arena. */
char *arena_strdup(struct arena *a, const char *s);

/*
 * A copy of exactly len bytes of s plus a NUL (s may hold NULs and need not be
 * terminated).  Note the difference from strndup.
 */
char *arena_strndup(struct arena *a, const char *s, size_t len);

/* A copy of len bytes. */
void *arena_memdup(struct arena *a, const void *data, size_t len);

/* Formatted text, NUL-terminated. */
char *arena_printf(struct arena *a, const char *fmt, ...) RT_PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) RT_PRINTF(2, 0);

/* Bytes handed out since birth or the last reset (rounded sizes). */
size_t arena_used(const struct arena *a);

/*
 * Forget all allocations; every pointer handed out is dead.  The largest block is
 * kept for reuse, the rest goes back to the system.
 */
void arena_reset(struct arena *a);

/* Release the arena and everything in it.  NULL is allowed. */
void arena_free(struct arena *a);

/*
 * Call fail(size) when an allocation cannot be met, instead of returning NULL; fail
 * must not return.  For xarena_new; nobody else needs it.
 */
void arena_set_fail(struct arena *a, void (*fail)(size_t size));

#endif
