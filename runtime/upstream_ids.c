/*
 * Message ids of the queries that wait on one socket.
 */
#include "config.h"

#include "upstream_ids.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"

#define FIRST_SIZE 16u

/* Where the id is, or the free place where it would go. */
static unsigned
place_of(const struct upstream_ids *t, uint16_t id)
{
	unsigned i = id & (t->size - 1);

	while (t->slots[i].call != NULL && t->slots[i].id != id)
		i = (i + 1) & (t->size - 1);
	return i;
}

/* Doubles the table. */
static int
grow(struct upstream_ids *t)
{
	struct upstream_ids bigger = { .size = t->size == 0 ? FIRST_SIZE : t->size * 2, .n = t->n };

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return RT_ENOMEM;
	for (unsigned i = 0; i < t->size; i++)
		if (t->slots[i].call != NULL)
			bigger.slots[place_of(&bigger, t->slots[i].id)] = t->slots[i];
	free(t->slots);
	*t = bigger;
	return 0;
}

int
upstream_ids_add(struct upstream_ids *t, struct upstream_call *call, uint16_t *id)
{
	unsigned i;

	if (t->n >= UPSTREAM_IDS_MAX)
		return RT_ELIMIT;
	if (t->n * 2 >= t->size) {
		int rc = grow(t);

		if (rc < 0)
			return rc;
	}
	do {
		*id = random_u16();
		i = place_of(t, *id);
	} while (t->slots[i].call != NULL);
	t->slots[i] = (struct upstream_id_slot){ .call = call, .id = *id };
	t->n++;
	return 0;
}

struct upstream_call *
upstream_ids_find(const struct upstream_ids *t, uint16_t id)
{
	return t->n == 0 ? NULL : t->slots[place_of(t, id)].call;
}

void
upstream_ids_remove(struct upstream_ids *t, uint16_t id)
{
	unsigned mask = t->size - 1;
	unsigned hole = place_of(t, id);

	assert(t->slots[hole].call != NULL);
	/* Entries that were pushed past the hole move back, so that no search ends at it. */
	for (unsigned i = (hole + 1) & mask; t->slots[i].call != NULL; i = (i + 1) & mask) {
		unsigned home = t->slots[i].id & mask;

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole].call = NULL;
	t->n--;
}

struct upstream_call *
upstream_ids_any(const struct upstream_ids *t)
{
	if (t->n == 0)
		return NULL;
	for (unsigned i = 0; i < t->size; i++)
		if (t->slots[i].call != NULL)
			return t->slots[i].call;
	return NULL;
}

void
upstream_ids_release(struct upstream_ids *t)
{
	free(t->slots);
	memset(t, 0, sizeof(*t));
}
