/*
 * Arenas: allocation by moving a pointer through blocks that grow geometrically.
 *
 * A request larger than a quarter of the next block gets a block of its own, so that at most a
 * quarter of a block is ever left unused.  Under the address sanitizer every request is such a
 * request.
 */
#include "config.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#define BLOCK_FIRST 4096u          /* bytes of content of the first block */
#define BLOCK_LAST  (256u * 1024u) /* blocks stop growing here */

struct block {
	struct block *next;
	size_t size; /* bytes of content */
};
RT_STATIC_ASSERT(sizeof(struct block) % ARENA_ALIGN == 0, "content of a block is aligned");

struct arena {
	struct block *shared; /* blocks cut into pieces, newest (and largest) first */
	struct block *single; /* blocks of one piece each */
	char *at;             /* free part of the newest shared block */
	size_t left;          /* bytes of it */
	size_t used;          /* bytes handed out */
	size_t limit;
	size_t next_size; /* of the next shared block */
	void (*fail)(size_t size);
};

struct arena *
arena_new(size_t limit)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->limit = limit != 0 ? limit : SIZE_MAX;
	a->next_size = BLOCK_FIRST;
	return a;
}

void
arena_set_fail(struct arena *a, void (*fail)(size_t size))
{
	a->fail = fail;
}

static void *
failed(struct arena *a, size_t size)
{
	if (a->fail != NULL)
		a->fail(size);
	return NULL;
}

/* A block in front of *list; its content begins right after the struct. */
static char *
block_new(struct block **list, size_t size)
{
	struct block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		return NULL;
	b->next = *list;
	b->size = size;
	*list = b;
	return (char *)(b + 1);
}

/* The pointer for a request that does not fit the current block. */
static char *
alloc_slow(struct arena *a, size_t rounded, size_t exact)
{
	char *p;

	if (RT_ASAN)
		return block_new(&a->single, exact);
	if (rounded > a->next_size / 4)
		return block_new(&a->single, rounded);

	p = block_new(&a->shared, a->next_size);
	if (p == NULL)
		return NULL;
	a->at = p + rounded;
	a->left = a->next_size - rounded;
	if (a->next_size < BLOCK_LAST)
		a->next_size *= 2;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t rounded = (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
	char *p;

	if (rounded < size || rounded > a->limit - a->used)
		return failed(a, size);
	if (!RT_ASAN && rounded <= a->left && a->at != NULL) {
		p = a->at;
		a->at += rounded;
		a->left -= rounded;
	} else {
		p = alloc_slow(a, rounded, size);
		if (p == NULL)
			return failed(a, size);
	}
	a->used += rounded;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t size)
{
	void *p = arena_alloc(a, size);

	if (p != NULL)
		memset(p, 0, size);
	return p;
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return failed(a, SIZE_MAX);
	return arena_zalloc(a, total);
}

void *
arena_memdup(struct arena *a, const void *data, size_t len)
{
	void *p = arena_alloc(a, len);

	if (p != NULL && len > 0)
		memcpy(p, data, len);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p;

	if (len == SIZE_MAX)
		return failed(a, len);
	p = arena_alloc(a, len + 1);
	if (p == NULL)
		return NULL;
	if (len > 0)
		memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return failed(a, 0);
	p = arena_alloc(a, (size_t)n + 1);
	if (p != NULL)
		vsnprintf(p, (size_t)n + 1, fmt, ap);
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

static void
free_list(struct block *b)
{
	while (b != NULL) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_reset(struct arena *a)
{
	free_list(a->single);
	a->single = NULL;
	a->used = 0;
	if (a->shared == NULL)
		return;
	free_list(a->shared->next);
	a->shared->next = NULL;
	a->at = (char *)(a->shared + 1);
	a->left = a->shared->size;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_list(a->single);
	free_list(a->shared);
	free(a);
}
