/*
 * evict.c - which entry leaves: S3-FIFO.
 *
 * Two queues of the entries of a part.  New entries come in at the head of the small one.  At its tail,
 * an entry that was asked for since goes to the main queue, the others leave and become ghosts.  At the
 * tail of the main queue an entry that was asked for goes round again, for less uses counted.
 *
 * What differs from the paper: one use is enough to be promoted (the miss that stored the entry was a
 * question as well), and an entry that has expired beyond any use leaves from either tail whatever
 * its count, without a ghost.
 */
#include "config.h"

#include "cache/store_internal.h"

#include "base/clock.h"

/* ---- queues ---- */

static struct cache_queue *
queue_of(struct cache_part *part, bool main)
{
	return main ? &part->main : &part->small;
}

void
cache_queue_push(struct cache_store *s, struct cache_part *part, uint32_t entry, bool main)
{
	struct cache_queue *queue = queue_of(part, main);
	struct cache_node *node = &s->nodes[entry];

	node->main = main;
	node->prev = CACHE_NONE;
	node->next = queue->head;
	if (queue->head != CACHE_NONE)
		s->nodes[queue->head].prev = entry;
	else
		queue->tail = entry;
	queue->head = entry;
	queue->count++;
}

void
cache_queue_unlink(struct cache_store *s, struct cache_part *part, uint32_t entry)
{
	struct cache_node *node = &s->nodes[entry];
	struct cache_queue *queue = queue_of(part, node->main);

	if (node->prev != CACHE_NONE)
		s->nodes[node->prev].next = node->next;
	else
		queue->head = node->next;
	if (node->next != CACHE_NONE)
		s->nodes[node->next].prev = node->prev;
	else
		queue->tail = node->prev;
	queue->count--;
}

/* ---- ghosts ---- */

uint32_t
cache_ghost_groups(uint32_t max)
{
	uint32_t groups = 1;

	/* Half full on average, so that few are overwritten before their time. */
	while (groups * CACHE_GHOST_WAYS < max * 2)
		groups *= 2;
	return groups;
}

static struct cache_ghost_slot *
ghost_group(struct cache_ghost *g, uint64_t hash)
{
	return g->slots + (size_t)((hash >> 8) & g->mask) * CACHE_GHOST_WAYS;
}

static bool
ghost_alive(const struct cache_ghost *g, const struct cache_ghost_slot *slot)
{
	return slot->stamp != 0 && g->clock - slot->stamp < g->max;
}

static void
ghost_add(struct cache_ghost *g, uint64_t hash)
{
	struct cache_ghost_slot *group = ghost_group(g, hash);
	struct cache_ghost_slot *oldest = group;

	for (unsigned i = 0; i < CACHE_GHOST_WAYS; i++) {
		if (!ghost_alive(g, &group[i])) {
			oldest = &group[i];
			break;
		}
		if (g->clock - group[i].stamp > g->clock - oldest->stamp)
			oldest = &group[i];
	}
	g->clock++;
	if (g->clock == 0)
		g->clock = 1;
	oldest->tag = (uint32_t)(hash >> 32);
	oldest->stamp = g->clock;
}

bool
cache_ghost_take(struct cache_ghost *g, uint64_t hash)
{
	struct cache_ghost_slot *group = ghost_group(g, hash);

	for (unsigned i = 0; i < CACHE_GHOST_WAYS; i++) {
		if (group[i].tag != (uint32_t)(hash >> 32) || !ghost_alive(g, &group[i]))
			continue;
		group[i].stamp = 0;
		return true;
	}
	return false;
}

/* ---- eviction ---- */

static bool
is_dead(const struct cache_store *s, const struct cache_entry *e, int64_t now_ns)
{
	int64_t end = e->stored_ns + (int64_t)cache_ttl_of(e) * CLOCK_NS_PER_S;

	return now_ns - end >= s->grace_ns;
}

/* The entry at the tail of the small queue leaves, or goes to the main queue: true if it left. */
static bool
evict_small(struct cache_store *s, struct cache_shard *shard, struct cache_part *part,
	    int64_t now_ns)
{
	uint32_t i = part->small.tail;
	struct cache_entry *e = &s->entries[i];

	if (!is_dead(s, e, now_ns)) {
		if (cache_load(&e->freq) > 0) {
			cache_queue_unlink(s, part, i);
			cache_put(&e->freq, 0);
			cache_queue_push(s, part, i, true);
			return false;
		}
		ghost_add(&part->ghost, e->hash);
	}
	cache_entry_drop(s, shard, i);
	return true;
}

static bool
evict_main(struct cache_store *s, struct cache_shard *shard, struct cache_part *part,
	   int64_t now_ns)
{
	uint32_t i = part->main.tail;
	struct cache_entry *e = &s->entries[i];
	uint8_t freq = cache_load(&e->freq);

	if (freq > 0 && !is_dead(s, e, now_ns)) {
		cache_queue_unlink(s, part, i);
		cache_put(&e->freq, (uint8_t)(freq - 1));
		cache_queue_push(s, part, i, true);
		return false;
	}
	cache_entry_drop(s, shard, i);
	return true;
}

bool
cache_evict(struct cache_store *s, struct cache_shard *shard, enum cache_half half, int64_t now_ns)
{
	struct cache_part *part = &shard->parts[half];
	uint64_t turns = (uint64_t)(CACHE_FREQ_MAX + 1) * (part->small.count + part->main.count);
	bool left = false;

	/*
	 * Every turn without an eviction makes the small queue shorter or lowers a count, and readers
	 * who raise counts meanwhile only get so many turns.
	 */
	while (!left && part->small.count + part->main.count > 0) {
		if (turns-- == 0) {
			cache_entry_drop(s, shard,
					 part->main.count > 0 ? part->main.tail : part->small.tail);
			return true;
		}
		if (part->main.count == 0 || part->small.count >= part->small_max)
			left = evict_small(s, shard, part, now_ns);
		else
			left = evict_main(s, shard, part, now_ns);
	}
	return left;
}
