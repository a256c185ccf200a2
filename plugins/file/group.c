/*
 * group.c - longest match over the zones of a server block.
 */
#include "config.h"

#include "file/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "file/state.h"
#include "file/zone.h"

static RT_ALWAYS_INLINE bool
is_name(const struct file_slot *slot, const uint8_t *wire, size_t len)
{
	return slot->len == len && dns_name_same(slot->name, wire, len);
}

static void
put(uint32_t *table, uint32_t mask, uint64_t hash, uint32_t value)
{
	uint32_t i = (uint32_t)hash & mask;

	while (table[i] != 0)
		i = (i + 1) & mask;
	table[i] = value;
}

/* A table for n zones, at most half full. */
static int
rebuild(struct file_group *g)
{
	uint32_t places = 4;
	uint32_t *table;

	while (places / 2 < g->nslots)
		places *= 2;
	table = calloc(places, sizeof(*table));
	if (table == NULL)
		return RT_ENOMEM;
	for (uint32_t i = 0; i < g->nslots; i++)
		put(table, places - 1, g->slots[i]->hash, i + 1);
	free(g->table);
	g->table = table;
	g->mask = places - 1;
	return 0;
}

static struct file_slot **
lookup(const struct file_group *g, const uint8_t *wire, size_t len, uint64_t hash)
{
	for (uint32_t i = (uint32_t)hash & g->mask; g->table[i] != 0; i = (i + 1) & g->mask) {
		struct file_slot **slot = &g->slots[g->table[i] - 1];

		if ((*slot)->hash == hash && is_name(*slot, wire, len))
			return slot;
	}
	return NULL;
}

int
file_group_add(struct file_group *g, struct file_slot *slot, bool *replaced)
{
	struct file_slot **same = NULL;
	struct file_slot **slots;

	*replaced = false;
	memcpy(slot->name, slot->zone->wire, slot->zone->len);
	slot->len = slot->zone->len;
	slot->nlabels = slot->zone->nlabels;
	slot->hash = dns_name_hash(slot->name, slot->zone->len);
	if (g->table != NULL)
		same = lookup(g, slot->name, slot->zone->len, slot->hash);
	if (same != NULL) {
		*same = slot;
		*replaced = true;
		return 0;
	}
	slots = realloc(g->slots, (g->nslots + 1) * sizeof(*slots));
	if (slots == NULL)
		return RT_ENOMEM;
	g->slots = slots;
	slots[g->nslots++] = slot;
	if (g->nslots == 1 || slot->zone->nlabels < g->min_labels)
		g->min_labels = slot->zone->nlabels;
	if (slot->zone->nlabels > g->max_labels)
		g->max_labels = slot->zone->nlabels;
	if (g->table != NULL && g->nslots <= (g->mask + 1) / 2) {
		put(g->table, g->mask, slot->hash, g->nslots);
		return 0;
	}
	return rebuild(g);
}

/* Several zones: by the hash of each end of the name, longest first. */
static RT_NOINLINE struct file_slot *
find_longest(const struct file_group *g, const struct dns_qname *name)
{
	unsigned n = name->nlabels < g->max_labels ? name->nlabels : g->max_labels;

	for (;; n--) {
		size_t at = name->label[name->nlabels - n];
		const uint8_t *wire = name->wire + at;
		size_t len = name->len - at;
		struct file_slot **slot;

		if (n < g->min_labels)
			return NULL;
		slot = lookup(g, wire, len, at == 0 ? name->hash : dns_name_hash(wire, len));
		if (slot != NULL)
			return *slot;
		if (n == 0)
			return NULL;
	}
}

struct file_slot *
file_group_find(const struct file_group *g, const struct dns_qname *name)
{
	struct file_slot *slot;
	size_t at;

	if (RT_UNLIKELY(g->nslots != 1))
		return g->nslots == 0 ? NULL : find_longest(g, name);
	slot = g->slots[0];
	if (RT_UNLIKELY(name->nlabels < slot->nlabels))
		return NULL;
	at = name->label[name->nlabels - slot->nlabels];
	return is_name(slot, name->wire + at, name->len - at) ? slot : NULL;
}

void
file_group_release(struct file_group *g)
{
	free(g->slots);
	free(g->table);
	*g = (struct file_group){ 0 };
}
