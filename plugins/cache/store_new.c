/*
 * store_new.c - making a store, and its bounds.  See store.h.
 */
#include "config.h"

#include "cache/store_internal.h"

#include <stdlib.h>
#include <sys/mman.h>

#define SHARDS_SMALL 16u
#define SHARDS_LARGE 64u
#define LARGE        (1u << 16) /* entries of a half from which on there are more shards */

/* ---- bounds ---- */

static size_t
sum(const struct cache_store *s, enum cache_half half, size_t (*of)(const struct cache_part *))
{
	size_t n = 0;

	for (uint32_t i = 0; i <= s->shard_mask; i++)
		n += of(&s->shards[i].parts[half]);
	return n;
}

static size_t
part_entries(const struct cache_part *part)
{
	return cache_load(&part->used);
}

static size_t
part_bytes(const struct cache_part *part)
{
	return ((size_t)cache_load(&part->used) + cache_load(&part->block_used)) *
	       CACHE_BLOCK_BYTES;
}

size_t
cache_store_entries(const struct cache_store *s, enum cache_half half)
{
	return sum(s, half, part_entries);
}

size_t
cache_store_bytes(const struct cache_store *s, enum cache_half half)
{
	return sum(s, half, part_bytes);
}

size_t
cache_store_entries_max(const struct cache_store *s, enum cache_half half)
{
	return (size_t)s->shards[0].parts[half].capacity * (s->shard_mask + 1u);
}

size_t
cache_store_bytes_max(const struct cache_store *s, enum cache_half half)
{
	return cache_store_entries_max(s, half) * CACHE_BYTES_PER_ENTRY;
}

/* ---- making ---- */

/* Sizes of the arrays; the order in memory is that of the fields, each on a cache line of its own. */
struct plan {
	size_t entries, blocks, buckets, nodes, shards, ghosts; /* how many */
	uint32_t nshards;
	uint32_t per_shard[CACHE_HALVES];
	uint32_t ghost_slots[CACHE_HALVES]; /* per shard */
};

static uint32_t
small_max(uint32_t capacity)
{
	return capacity / 10 > 0 ? capacity / 10 : 1;
}

static struct plan
make_plan(const uint32_t capacity[CACHE_HALVES])
{
	uint32_t success = cache_capacity(capacity[CACHE_SUCCESS]);
	uint32_t denial = cache_capacity(capacity[CACHE_DENIAL]);
	struct plan p = { .buckets = 1 };

	p.nshards = success >= LARGE || denial >= LARGE ? SHARDS_LARGE : SHARDS_SMALL;
	p.shards = p.nshards;
	p.per_shard[CACHE_SUCCESS] = success / p.nshards;
	p.per_shard[CACHE_DENIAL] = denial / p.nshards;
	p.entries = (size_t)success + denial;
	p.nodes = p.entries;
	p.blocks = p.entries * CACHE_BLOCKS_PER_ENTRY;
	for (unsigned h = 0; h < CACHE_HALVES; h++) {
		uint32_t max = p.per_shard[h] - small_max(p.per_shard[h]);

		p.ghost_slots[h] = cache_ghost_groups(max) * CACHE_GHOST_WAYS;
		p.ghosts += (size_t)p.ghost_slots[h] * p.nshards;
	}
	/* One to two entries a bucket on average: one in 10,000 finds its bucket full. */
	while (p.buckets * 2 < p.entries)
		p.buckets *= 2;
	return p;
}

static void *
carve(char **at, size_t n, size_t size)
{
	char *p = *at;

	*at += (n * size + 63) / 64 * 64;
	return p;
}

static void
init_part(struct cache_part *part, const struct plan *p, enum cache_half half, uint32_t shard,
	  uint32_t half_first, struct cache_ghost_slot *ghosts)
{
	uint32_t n = p->per_shard[half];

	part->first = half_first + shard * n;
	part->capacity = n;
	part->free = CACHE_NONE;
	part->block_first = part->first * CACHE_BLOCKS_PER_ENTRY;
	part->block_capacity = n * CACHE_BLOCKS_PER_ENTRY;
	part->block_free = CACHE_NONE;
	part->small_max = small_max(n);
	part->small = (struct cache_queue){ CACHE_NONE, CACHE_NONE, 0 };
	part->main = (struct cache_queue){ CACHE_NONE, CACHE_NONE, 0 };
	part->ghost.slots = ghosts;
	part->ghost.mask = p->ghost_slots[half] / CACHE_GHOST_WAYS - 1;
	part->ghost.max = n - small_max(n);
}

static void
init_shards(struct cache_store *s, const struct plan *p, struct cache_ghost_slot *ghosts)
{
	for (uint32_t i = 0; i < p->nshards; i++) {
		struct cache_shard *shard = &s->shards[i];

		pthread_mutex_init(&shard->lock, NULL);
		for (unsigned h = 0; h < CACHE_HALVES; h++) {
			init_part(&shard->parts[h], p, (enum cache_half)h, i,
				  h == CACHE_DENIAL ? s->denial_first : 0, ghosts);
			ghosts += p->ghost_slots[h];
		}
	}
}

struct cache_store *
cache_store_new(const uint32_t capacity[CACHE_HALVES], int64_t grace_ns)
{
	struct plan p = make_plan(capacity);
	struct cache_store *s = calloc(1, sizeof(*s));
	struct cache_ghost_slot *ghosts;
	char *at;

	if (s == NULL)
		return NULL;
	s->memory_size = p.entries * sizeof(*s->entries) + p.blocks * sizeof(*s->blocks) +
			 p.buckets * sizeof(*s->buckets) + p.nodes * sizeof(*s->nodes) +
			 p.shards * sizeof(*s->shards) + p.ghosts * sizeof(*ghosts) + 8 * 64;
	s->memory = mmap(NULL, s->memory_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s->memory == MAP_FAILED) {
		free(s);
		return NULL;
	}
	at = s->memory;
	s->entries = carve(&at, p.entries, sizeof(*s->entries));
	s->blocks = carve(&at, p.blocks, sizeof(*s->blocks));
	s->buckets = carve(&at, p.buckets, sizeof(*s->buckets));
	s->nodes = carve(&at, p.nodes, sizeof(*s->nodes));
	s->shards = carve(&at, p.shards, sizeof(*s->shards));
	ghosts = carve(&at, p.ghosts, sizeof(*ghosts));
	s->bucket_mask = p.buckets - 1;
	s->shard_mask = p.nshards - 1;
	s->denial_first = p.per_shard[CACHE_SUCCESS] * p.nshards;
	s->nblocks = (uint32_t)p.blocks;
	s->grace_ns = grace_ns;
	init_shards(s, &p, ghosts);
	return s;
}

void
cache_store_free(struct cache_store *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i <= s->shard_mask; i++)
		pthread_mutex_destroy(&s->shards[i].lock);
	munmap(s->memory, s->memory_size);
	free(s);
}
