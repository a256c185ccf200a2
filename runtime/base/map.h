/*
 * A hash map from byte strings to pointers that remembers insertion order.
 *
 *	struct map m;
 *	map_init(&m);
 *	rc = map_set(&m, "cache", 5, cfg);
 *	cfg = map_get(&m, "cache", 5);
 *	size_t pos = 0;
 *	for (const struct map_entry *e; (e = map_next(&m, &pos)) != NULL;)
 *		use(e->key, e->len, e->value);
 *	map_release(&m);
 *
 * Iteration is in the order in which the keys were first set, so that whatever is
 * printed from a map does not depend on hashing (generated C must be the same in every
 * run).  Setting a key again replaces its value and keeps its place; removing and
 * setting it again moves it to the end.
 *
 * Ownership: keys are copied into the map; values are the caller's and are never
 * freed by the map.  Hashing is keyed with a number chosen at start (base/hash.h), so that
 * keys from the network cannot be chosen to collide.
 *
 * Pointers to entries are valid until the next map_set or map_remove.
 * Threads: concurrent readers are fine, a writer needs the map for itself.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct map_entry {
	const char *key; /* NUL-terminated copy owned by the map; NULL = removed */
	size_t len;      /* bytes of key without the NUL */
	void *value;
	uint64_t hash;
};

struct map {
	struct map_entry *entries; /* in insertion order, with holes */
	uint32_t *slots;           /* index into entries + 1; 0 = empty */
	size_t nentries;           /* used places in entries, holes included */
	size_t entries_cap;
	size_t nslots; /* power of two, 0 before the first set */
	size_t count;  /* live keys */
};

/* An empty map.  Allocates nothing. */
void map_init(struct map *m);

/* Set key to value; 0, RT_ENOMEM, or RT_ELIMIT beyond 2^31 keys. */
int map_set(struct map *m, const char *key, size_t len, void *value) RT_MUST_CHECK;

/* The value of key; NULL when absent (a stored NULL looks the same: use map_find). */
void *map_get(const struct map *m, const char *key, size_t len);

/* The entry of key, whose value may be changed through it; NULL when absent. */
struct map_entry *map_find(const struct map *m, const char *key, size_t len);

/* The same two for NUL-terminated keys. */
void *map_get_str(const struct map *m, const char *key);
int map_set_str(struct map *m, const char *key, void *value) RT_MUST_CHECK;

/* Remove key and return the value it had; NULL when absent. */
void *map_remove(struct map *m, const char *key, size_t len);

/* Number of keys. */
size_t map_count(const struct map *m);

/* The next entry in insertion order; start with *pos = 0; NULL at the end. */
const struct map_entry *map_next(const struct map *m, size_t *pos);

/* Forget all keys, keep memory. */
void map_reset(struct map *m);

/* Free everything but the values. */
void map_release(struct map *m);

#endif
