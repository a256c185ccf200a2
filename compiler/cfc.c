/*
 * The compilation context and allocation in its arena.
 */
#include "config.h"

#include "compiler/cfc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/tree.h"

struct cfc_maps {
	struct map map;
	struct cfc_maps *next;
};

static const char *
process_getenv(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

void
cfc_init(struct cfc *c)
{
	memset(c, 0, sizeof(*c));
	c->arena = xarena_new(0);
	c->files = cfc_map(c);
	c->diags.show_max = CFC_DIAGS_SHOW;
	c->getenv = process_getenv;
	c->dns_port = 53;
}

void
cfc_release(struct cfc *c)
{
	for (struct cfc_maps *m = c->maps; m != NULL; m = m->next)
		map_release(&m->map);
	arena_free(c->arena);
	memset(c, 0, sizeof(*c));
}

/* The place of a word in a list; false = it is not there. */
static bool
find_word(const char *word, const char *const *words, size_t n, size_t *found)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], word) == 0) {
			*found = i;
			return true;
		}
	}
	return false;
}

bool
cfc_profile_parse(const char *word, enum cfc_profile *profile)
{
	static const char *const words[] = {
		[CFC_PROFILE_NONE] = "none",           [CFC_PROFILE_CLUSTER] = "cluster",
		[CFC_PROFILE_NODELOCAL] = "nodelocal", [CFC_PROFILE_RESOLVER] = "resolver",
		[CFC_PROFILE_EDGE] = "edge",
	};
	size_t found;

	if (!find_word(word, words, ARRAY_SIZE(words), &found))
		return false;
	*profile = (enum cfc_profile)found;
	return true;
}

bool
cfc_form_parse(const char *word, enum cfc_form *form)
{
	static const char *const words[] = {
		[CFC_FORM_AUTO] = "auto",
		[CFC_FORM_COREFILE] = "corefile",
		[CFC_FORM_YAML] = "yaml",
	};
	size_t found;

	if (!find_word(word, words, ARRAY_SIZE(words), &found))
		return false;
	*form = (enum cfc_form)found;
	return true;
}

char *
cfc_printf(struct cfc *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	return s;
}

void
cfc_text_add(struct cfc *c, struct cfc_text *t, const char *between, const char *entry)
{
	size_t gap = t->s != NULL ? strlen(between) : 0, len = strlen(entry);

	if (t->len + gap + len >= t->room) {
		t->room = 2 * (t->len + gap + len + 1);
		char *s = arena_alloc(c->arena, t->room);
		if (t->len > 0)
			memcpy(s, t->s, t->len);
		t->s = s;
	}
	memcpy(t->s + t->len, between, gap);
	memcpy(t->s + t->len + gap, entry, len + 1);
	t->len += gap + len;
}

const char *
cfc_text(const struct cfc_text *t)
{
	return t->s == NULL ? "" : t->s;
}

const char *
cfc_words(struct cfc *c, const struct cfc_token *words, size_t n)
{
	struct cfc_text text = { 0 };

	for (size_t i = 0; i < n; i++)
		cfc_text_add(c, &text, " ", words[i].text);
	return cfc_text(&text);
}

char *
cfc_lower(struct cfc *c, const char *text)
{
	char *copy = cfc_printf(c, "%s", text);

	for (char *p = copy; *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return copy;
}

void *
cfc_array(struct cfc *c, size_t count, size_t size)
{
	return arena_calloc(c->arena, count, size);
}

void *
cfc_grow(struct cfc *c, void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	size_t wider = *room == 0 ? 8 : *room * 2;
	void *copy = arena_calloc(c->arena, wider, size);
	if (count > 0)
		memcpy(copy, array, count * size);
	*room = wider;
	return copy;
}

void
cfc_strings_add(struct cfc *c, struct cfc_strings *s, const char *text)
{
	s->list = cfc_grow(c, s->list, s->count, &s->room, sizeof(s->list[0]));
	s->list[s->count++] = text;
}

struct map *
cfc_map(struct cfc *c)
{
	struct cfc_maps *m = cfc_array(c, 1, sizeof(*m));

	map_init(&m->map);
	m->next = c->maps;
	c->maps = m;
	return &m->map;
}

void
cfc_map_set(struct map *m, const void *key, size_t len, const void *value)
{
	union {
		const void *read;
		void *stored;
	} v = { value };

	xmap_set(m, key, len, v.stored);
}

const void *
cfc_map_get(const struct map *m, const void *key, size_t len)
{
	return map_get(m, key, len);
}
