/*
 * Allocation that ends the program when memory runs out (compiler only).
 */
#include "config.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/compiler.h"

void
xalloc_die(size_t size)
{
	fprintf(stderr, "corefilec: out of memory (%zu bytes)\n", size);
	exit(EX_SOFTWARE);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		xalloc_die(size);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = n > 0 && size > 0 ? calloc(n, size) : calloc(1, 1);

	if (p == NULL)
		xalloc_die(n * size);
	return p;
}

void *
xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size > 0 ? size : 1);

	if (q == NULL)
		xalloc_die(size);
	return q;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		xalloc_die(SIZE_MAX);
	return xrealloc(p, total);
}

char *
xstrndup(const char *s, size_t len)
{
	char *p;

	if (len == SIZE_MAX)
		xalloc_die(len);
	p = xmalloc(len + 1);
	if (len > 0)
		memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		xalloc_die(0);
	return p;
}

struct arena *
xarena_new(size_t limit)
{
	struct arena *a = arena_new(limit);

	if (a == NULL)
		xalloc_die(0);
	arena_set_fail(a, xalloc_die);
	return a;
}

void
xmap_set(struct map *m, const char *key, size_t len, void *value)
{
	if (map_set(m, key, len, value) < 0)
		xalloc_die(len);
}

void
xgrow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap;

	if (need <= n)
		return;
	if (n < 8)
		n = 8;
	while (n < need) {
		if (n > SIZE_MAX / 2)
			xalloc_die(SIZE_MAX);
		n *= 2;
	}
	*array = xreallocarray(*array, n, size);
	*cap = n;
}
