/*
 * Open addressing over an array of entries: the slots hold indices, the entries keep the order.
 *
 * A removed entry leaves a hole in the array (key NULL) and its slot pointing at the hole, which
 * serves as the tombstone.  Holes go when the table is rebuilt.
 */
#include "config.h"

#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/hash.h"

#define FIRST_SLOTS 16u
#define MAX_KEYS    (UINT32_C(1) << 31)

void
map_init(struct map *m)
{
	memset(m, 0, sizeof(*m));
}

/* The slot that holds key, or the empty one where the search ended. */
static uint32_t *
find_slot(const struct map *m, const char *key, size_t len, uint64_t hash)
{
	size_t mask = m->nslots - 1;
	size_t i = (size_t)hash & mask;

	for (;; i = (i + 1) & mask) {
		const struct map_entry *e;

		if (m->slots[i] == 0)
			return &m->slots[i];
		e = &m->entries[m->slots[i] - 1];
		if (e->hash == hash && e->key != NULL && e->len == len &&
		    (len == 0 || memcmp(e->key, key, len) == 0))
			return &m->slots[i];
	}
}

struct map_entry *
map_find(const struct map *m, const char *key, size_t len)
{
	uint32_t *slot;

	if (m->count == 0)
		return NULL;
	slot = find_slot(m, key, len, hash_bytes(key, len));
	return *slot != 0 ? &m->entries[*slot - 1] : NULL;
}

void *
map_get(const struct map *m, const char *key, size_t len)
{
	const struct map_entry *e = map_find(m, key, len);

	return e != NULL ? e->value : NULL;
}

void *
map_get_str(const struct map *m, const char *key)
{
	return map_get(m, key, strlen(key));
}

/* Move the live entries together, in order. */
static void
close_holes(struct map *m)
{
	size_t to = 0;

	for (size_t from = 0; from < m->nentries; from++) {
		if (m->entries[from].key == NULL)
			continue;
		if (to != from)
			m->entries[to] = m->entries[from];
		to++;
	}
	m->nentries = to;
}

/* Slots for at least twice the live keys, entries for one more; holes go. */
static int
rebuild(struct map *m)
{
	size_t nslots = FIRST_SLOTS;
	size_t cap;
	struct map_entry *entries;
	uint32_t *slots;

	if (m->count >= MAX_KEYS)
		return RT_ELIMIT;
	while (nslots < (m->count + 1) * 2)
		nslots *= 2;
	cap = nslots / 4 * 3;
	slots = calloc(nslots, sizeof(*slots));
	if (slots == NULL)
		return RT_ENOMEM;
	close_holes(m);
	entries = reallocarray(m->entries, cap, sizeof(*entries));
	if (entries == NULL) {
		/* The holes are closed, so the old slots are wrong and the new ones needed. */
		if (cap > m->entries_cap)
			cap = m->entries_cap;
		entries = m->entries;
	}
	free(m->slots);
	m->slots = slots;
	m->nslots = nslots;
	m->entries = entries;
	m->entries_cap = cap;
	for (size_t i = 0; i < m->nentries; i++) {
		const struct map_entry *e = &entries[i];

		*find_slot(m, e->key, e->len, e->hash) = (uint32_t)(i + 1);
	}
	return m->nentries < cap ? 0 : RT_ENOMEM;
}

int
map_set(struct map *m, const char *key, size_t len, void *value)
{
	struct map_entry *e = map_find(m, key, len);
	uint64_t hash;
	char *copy;

	if (e != NULL) {
		e->value = value;
		return 0;
	}
	if (m->nentries == m->entries_cap) {
		int rc = rebuild(m);

		if (rc < 0)
			return rc;
	}
	copy = len < SIZE_MAX ? malloc(len + 1) : NULL;
	if (copy == NULL)
		return RT_ENOMEM;
	if (len > 0)
		memcpy(copy, key, len);
	copy[len] = '\0';
	hash = hash_bytes(key, len);
	e = &m->entries[m->nentries];
	*e = (struct map_entry){ .key = copy, .len = len, .value = value, .hash = hash };
	m->nentries++;
	m->count++;
	*find_slot(m, copy, len, hash) = (uint32_t)m->nentries;
	return 0;
}

int
map_set_str(struct map *m, const char *key, void *value)
{
	return map_set(m, key, strlen(key), value);
}

static void
free_key(struct map_entry *e)
{
	free((void *)(uintptr_t)e->key);
	e->key = NULL;
}

void *
map_remove(struct map *m, const char *key, size_t len)
{
	struct map_entry *e = map_find(m, key, len);
	void *value;

	if (e == NULL)
		return NULL;
	value = e->value;
	free_key(e);
	e->value = NULL;
	m->count--;
	return value;
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

const struct map_entry *
map_next(const struct map *m, size_t *pos)
{
	while (*pos < m->nentries) {
		const struct map_entry *e = &m->entries[(*pos)++];

		if (e->key != NULL)
			return e;
	}
	return NULL;
}

void
map_reset(struct map *m)
{
	for (size_t i = 0; i < m->nentries; i++)
		free_key(&m->entries[i]);
	m->nentries = 0;
	m->count = 0;
	if (m->slots != NULL)
		memset(m->slots, 0, m->nslots * sizeof(*m->slots));
}

void
map_release(struct map *m)
{
	map_reset(m);
	free(m->entries);
	free(m->slots);
	map_init(m);
}
