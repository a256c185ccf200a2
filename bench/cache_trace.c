/*
 * cache_trace.c - traces by Zipf's law, scans, and three caches that they run through.
 */
#include "config.h"

#include "bench/cache_trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "cache/store.h"

/* splitmix64 */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint32_t
random_below(uint64_t *state, uint32_t bound)
{
	return (uint32_t)((next_random(state) >> 32) * bound >> 32);
}

/* ---- traces ---- */

/* Probabilities of names, added up. */
static double *
make_zipf(uint32_t names, double skew)
{
	double *sums = malloc(names * sizeof(*sums));
	double total = 0;

	if (sums == NULL)
		return NULL;
	for (uint32_t i = 0; i < names; i++) {
		total += pow((double)i + 1, -skew);
		sums[i] = total;
	}
	for (uint32_t i = 0; i < names; i++)
		sums[i] /= total;
	return sums;
}

static uint32_t
draw(const double *sums, uint32_t names, uint64_t *state)
{
	double at = (double)(next_random(state) >> 11) * 0x1p-53;
	uint32_t low = 0;
	uint32_t high = names - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
fill(struct trace *t, const struct trace_kind *kind, const double *sums, uint64_t seed)
{
	uint32_t burst = kind->burst > 0 ? kind->burst : 1;
	uint32_t once = UINT32_MAX;
	uint32_t shift = 0;
	uint32_t left = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (kind->drift > 0 && i > 0 && i % kind->drift == 0)
			shift += kind->names / 10;
		/* A run begins so often that its questions are the share asked for. */
		if (left == 0 && random_below(&seed, 100 * burst) < kind->scan)
			left = burst;
		t->popular[i] = left == 0;
		if (left > 0) {
			t->keys[i] = once--;
			left--;
		} else {
			t->keys[i] = (draw(sums, kind->names, &seed) + shift) & 0x7fffffff;
		}
	}
}

bool
trace_make(struct trace *t, const struct trace_kind *kind, size_t n, uint64_t seed)
{
	double *sums = make_zipf(kind->names, kind->skew);

	t->n = n;
	t->keys = malloc(n * sizeof(*t->keys));
	t->popular = malloc(n * sizeof(*t->popular));
	if (sums != NULL && t->keys != NULL && t->popular != NULL)
		fill(t, kind, sums, seed);
	else
		trace_free(t);
	free(sums);
	return t->keys != NULL;
}

void
trace_free(struct trace *t)
{
	free(t->keys);
	free(t->popular);
	*t = (struct trace){ 0 };
}

/* ---- a table of keys for the simple caches ---- */

struct table {
	uint32_t *slots; /* key + 1; 0: free */
	uint32_t *value;
	uint32_t mask;
};

static bool
table_init(struct table *t, uint32_t capacity)
{
	uint32_t n = 1;

	while (n < capacity * 4)
		n *= 2;
	t->mask = n - 1;
	t->slots = calloc(n, sizeof(*t->slots));
	t->value = calloc(n, sizeof(*t->value));
	return t->slots != NULL && t->value != NULL;
}

static void
table_release(struct table *t)
{
	free(t->slots);
	free(t->value);
}

static uint32_t
home(const struct table *t, uint32_t key)
{
	return (uint32_t)(((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & t->mask;
}

/* The slot of key, or the free one where it would go. */
static uint32_t
table_slot(const struct table *t, uint32_t key)
{
	uint32_t i = home(t, key);

	while (t->slots[i] != 0 && t->slots[i] != key + 1)
		i = (i + 1) & t->mask;
	return i;
}

static void
table_remove(struct table *t, uint32_t key)
{
	uint32_t hole = table_slot(t, key);
	uint32_t i = hole;

	t->slots[hole] = 0;
	for (;;) {
		i = (i + 1) & t->mask;
		if (t->slots[i] == 0)
			return;
		/* What could not stay nearer to its home moves into the hole. */
		if (((i - home(t, t->slots[i] - 1)) & t->mask) >= ((i - hole) & t->mask)) {
			t->slots[hole] = t->slots[i];
			t->value[hole] = t->value[i];
			t->slots[i] = 0;
			hole = i;
		}
	}
}

/* ---- random victim, in shards ---- */

#define SHARDS 256u

static double
run_random(const struct trace *t, uint32_t capacity)
{
	uint32_t per_shard = capacity / SHARDS;
	uint32_t *keys = calloc((size_t)SHARDS * per_shard, sizeof(*keys));
	uint32_t used[SHARDS] = { 0 };
	size_t hits = 0, asked = 0;
	uint64_t state = 42;
	struct table table;

	if (!table_init(&table, capacity) || keys == NULL)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		uint32_t key = t->keys[i];
		uint32_t slot = table_slot(&table, key);
		uint32_t shard = (uint32_t)hash_mix(key + 1, UINT64_C(0xd6e8feb86659fd93)) % SHARDS;
		uint32_t at;

		asked += t->popular[i];
		if (table.slots[slot] != 0) {
			hits += t->popular[i];
			continue;
		}
		at = used[shard];
		if (at == per_shard) {
			at = random_below(&state, per_shard);
			table_remove(&table, keys[shard * per_shard + at]);
			slot = table_slot(&table, key);
		} else {
			used[shard]++;
		}
		keys[shard * per_shard + at] = key;
		table.slots[slot] = key + 1;
	}
	free(keys);
	table_release(&table);
	return (double)hits / (double)asked;
}

/* ---- least recently used ---- */

struct lru_node {
	uint32_t key, prev, next;
};

static void
lru_unlink(struct lru_node *nodes, uint32_t i)
{
	nodes[nodes[i].prev].next = nodes[i].next;
	nodes[nodes[i].next].prev = nodes[i].prev;
}

/* Node 0 is the ring's anchor: its next is the newest, its prev the oldest. */
static void
lru_push(struct lru_node *nodes, uint32_t i)
{
	nodes[i].next = nodes[0].next;
	nodes[i].prev = 0;
	nodes[nodes[0].next].prev = i;
	nodes[0].next = i;
}

static double
run_lru(const struct trace *t, uint32_t capacity)
{
	struct lru_node *nodes = calloc(capacity + 1u, sizeof(*nodes));
	size_t hits = 0, asked = 0;
	uint32_t used = 0;
	struct table table;

	if (!table_init(&table, capacity) || nodes == NULL)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		uint32_t key = t->keys[i];
		uint32_t slot = table_slot(&table, key);
		uint32_t node;

		asked += t->popular[i];
		if (table.slots[slot] != 0) {
			hits += t->popular[i];
			node = table.value[slot];
			lru_unlink(nodes, node);
			lru_push(nodes, node);
			continue;
		}
		if (used == capacity) {
			node = nodes[0].prev;
			lru_unlink(nodes, node);
			table_remove(&table, nodes[node].key);
			slot = table_slot(&table, key);
		} else {
			node = ++used;
		}
		nodes[node].key = key;
		table.slots[slot] = key + 1;
		table.value[slot] = node;
		lru_push(nodes, node);
	}
	free(nodes);
	table_release(&table);
	return (double)hits / (double)asked;
}

/* ---- the plugin's store ---- */

static bool
ask_store(struct cache_store *store, uint32_t number)
{
	static const uint16_t ttl_at[] = { 6 };
	uint8_t name[8] = { 6, 'a', 'a' };
	uint8_t record[16] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
	uint8_t out[sizeof(record)];
	unsigned evicted[CACHE_HALVES] = { 0 };
	struct cache_hit hits[CACHE_HALVES];
	struct cache_key key = { .name = name, .question = cache_question(1, 1, 0, sizeof(name)) };
	struct cache_answer a = { .records = record,
				  .len = sizeof(record),
				  .ttl_at = ttl_at,
				  .nttl = 1,
				  .counts = { 1, 0, 0 },
				  .ttl = 60 };

	memcpy(name + 3, &number, sizeof(number));
	key.hash = hash_mix(number + UINT64_C(1), UINT64_C(0xd6e8feb86659fd93)) ^
		   (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);
	if (cache_store_find(store, &key, hits) & 1u << CACHE_SUCCESS &&
	    cache_store_copy(store, &key, &hits[CACHE_SUCCESS], out, 60) == CACHE_COPIED)
		return true;
	cache_store_put(store, CACHE_SUCCESS, &key, &a, evicted);
	return false;
}

static double
run_store(const struct trace *t, uint32_t capacity)
{
	const uint32_t capacities[CACHE_HALVES] = { capacity, 0 };
	struct cache_store *store = cache_store_new(capacities, 0);
	size_t hits = 0, asked = 0;

	if (store == NULL)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		bool hit = ask_store(store, t->keys[i]);

		hits += hit && t->popular[i];
		asked += t->popular[i];
	}
	cache_store_free(store);
	return (double)hits / (double)asked;
}

double
trace_hit_ratio(const struct trace *t, enum trace_policy policy, uint32_t capacity)
{
	capacity = cache_capacity(capacity);
	switch (policy) {
	case TRACE_RANDOM:
		return run_random(t, capacity);
	case TRACE_LRU:
		return run_lru(t, capacity);
	case TRACE_S3FIFO:
		return run_store(t, capacity);
	case TRACE_POLICIES:
		break;
	}
	return -1;
}

const char *
trace_policy_name(enum trace_policy policy)
{
	static const char *const names[] = {
		[TRACE_RANDOM] = "random",
		[TRACE_LRU] = "LRU",
		[TRACE_S3FIFO] = "S3-FIFO",
		[TRACE_POLICIES] = NULL,
	};

	return names[policy];
}
