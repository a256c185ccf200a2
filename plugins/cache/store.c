/*
 * store.c - finding, copying and storing answers.  See store.h for the layout and who may do what.
 *
 * The chain of blocks of an entry is a stream of words: the name, padded with zeros to whole words; the
 * records, padded likewise; the offsets of the TTLs, four to a word.
 */
#include "config.h"

#include "cache/store_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bytes.h"

/* Readers that find an entry in the middle of a change look again so often before they take the lock. */
#define SPINS 16u

#define SHARDS_SMALL 16u
#define SHARDS_LARGE 64u
#define LARGE        (1u << 16) /* entries of a half from which on there are more shards */

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static inline uint32_t
words_for(size_t octets)
{
	return (uint32_t)((octets + 7) / 8);
}

/* ---- finding ---- */

enum look {
	LOOK_FOUND,
	LOOK_OTHER,   /* another question */
	LOOK_CHANGES, /* try again */
};

static inline enum look
look(const struct cache_entry *e, const struct cache_key *key, struct cache_hit *hit)
{
	uint32_t seq = cache_load(&e->seq);

	if (RT_UNLIKELY(seq & 1))
		return LOOK_CHANGES;
	if (RT_UNLIKELY(cache_load(&e->hash) != key->hash ||
			cache_load(&e->question) != key->question))
		return LOOK_OTHER;
	hit->stored_ns = cache_load(&e->stored_ns);
	hit->life = cache_load(&e->life);
	hit->counts = cache_load(&e->counts);
	hit->seq = seq;
	return RT_LIKELY(cache_load(&e->seq) == seq) ? LOOK_FOUND : LOOK_CHANGES;
}

/* As cache_store_find; UNSTABLE as well if an entry was in the middle of a change. */
#define UNSTABLE (1u << CACHE_HALVES)

static inline unsigned
find_once(const struct cache_store *s, const struct cache_key *key,
	  struct cache_hit hits[CACHE_HALVES])
{
	const struct cache_bucket *bucket = &s->buckets[cache_bucket_of(s, key->hash)];
	uint32_t tag = (uint32_t)(key->hash >> 32);
	unsigned found = 0;

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS; i++) {
		uint64_t slot = cache_load(&bucket->slots[i]);
		uint32_t entry = (uint32_t)slot - 1;
		enum cache_half half;

		if (slot == 0)
			break;
		if ((uint32_t)(slot >> 32) != tag)
			continue;
		half = cache_half_of(s, entry);
		switch (look(&s->entries[entry], key, &hits[half])) {
		case LOOK_FOUND:
			hits[half].entry = entry;
			found |= 1u << half;
			break;
		case LOOK_OTHER:
			break;
		case LOOK_CHANGES:
			found |= UNSTABLE;
			break;
		}
	}
	return found;
}

static RT_NOINLINE RT_COLD unsigned
find_slowly(struct cache_store *s, const struct cache_key *key, struct cache_hit hits[CACHE_HALVES])
{
	struct cache_shard *shard = cache_shard_of(s, key->hash);
	unsigned found;

	for (unsigned i = 0; i < SPINS; i++) {
		relax();
		found = find_once(s, key, hits);
		if ((found & UNSTABLE) == 0)
			return found;
	}
	pthread_mutex_lock(&shard->lock);
	found = find_once(s, key, hits);
	pthread_mutex_unlock(&shard->lock);
	return found;
}

unsigned
cache_store_find(struct cache_store *s, const struct cache_key *key,
		 struct cache_hit hits[CACHE_HALVES])
{
	unsigned found = find_once(s, key, hits);

	return RT_LIKELY((found & UNSTABLE) == 0) ? found : find_slowly(s, key, hits);
}

/* ---- copying ---- */

/* Where a reader is in a chain of blocks. */
struct reader {
	const struct cache_store *s;
	const struct cache_block *block;
	unsigned at; /* word */
};

static inline bool
reader_goto(struct reader *r, uint64_t block)
{
	if (RT_UNLIKELY(block >= r->s->nblocks))
		return false;
	r->block = &r->s->blocks[block];
	r->at = 0;
	return true;
}

/* Whether there is a word to be read at r->at, perhaps in the next block. */
static inline bool
reader_ready(struct reader *r)
{
	return RT_LIKELY(r->at < CACHE_BLOCK_WORDS) || reader_goto(r, cache_load(&r->block->next));
}

static inline uint64_t
reader_word(struct reader *r)
{
	return cache_load(&r->block->words[r->at++]);
}

/* The usual answer: everything is in one block, so nobody has to ask where the next word is. */
static inline enum cache_copy
copy_block(const struct cache_block *block, const struct cache_key *key, uint8_t *out, size_t len,
	   unsigned n, uint32_t ttl)
{
	const uint64_t *words = block->words;
	const uint8_t *name = key->name;
	uint64_t word = 0;
	uint64_t differs = 0;
	uint8_t *to = out;

	for (size_t left = words_for(cache_key_name_len(key)); left > 0; left--, name += 8)
		differs |= cache_load(words++) ^ bytes_load64(name);
	/* Up to seven octets too many, for which there is room. */
	for (size_t left = words_for(len); left > 0; left--, to += 8)
		bytes_store64(to, cache_load(words++));
	bytes_put32((uint8_t *)&ttl, ttl);
	for (unsigned i = 0; i < n; i++, word >>= 16) {
		if (i % 4 == 0)
			word = cache_load(words++);
		if (RT_UNLIKELY((word & 0xffff) + 4 > len))
			return CACHE_CHANGED;
		memcpy(out + (word & 0xffff), &ttl, 4);
	}
	return differs == 0 ? CACHE_COPIED : CACHE_OTHER;
}

/* One that goes on in further blocks. */
static RT_NOINLINE enum cache_copy
copy_chain(struct reader *r, const struct cache_key *key, uint8_t *out, size_t len, unsigned n,
	   uint32_t ttl)
{
	uint64_t word = 0;

	for (size_t i = 0; i < cache_key_name_len(key); i += 8) {
		if (!reader_ready(r))
			return CACHE_CHANGED;
		if (reader_word(r) != bytes_load64(key->name + i))
			return CACHE_OTHER;
	}
	for (size_t i = 0; i < len; i += 8) {
		if (!reader_ready(r))
			return CACHE_CHANGED;
		word = reader_word(r);
		memcpy(out + i, &word, len - i < 8 ? len - i : 8);
	}
	for (unsigned i = 0; i < n; i++, word >>= 16) {
		if (i % 4 == 0) {
			if (!reader_ready(r))
				return CACHE_CHANGED;
			word = reader_word(r);
		}
		if (RT_UNLIKELY((word & 0xffff) + 4 > len))
			return CACHE_CHANGED;
		bytes_put32(out + (word & 0xffff), ttl);
	}
	return CACHE_COPIED;
}

enum cache_copy
cache_store_copy(struct cache_store *s, const struct cache_key *key, const struct cache_hit *hit,
		 uint8_t *out, uint32_t ttl)
{
	struct cache_entry *e = &s->entries[hit->entry];
	unsigned n = (unsigned)((hit->counts & 0xffff) + (hit->counts >> 16 & 0xffff) +
				(hit->counts >> 32));
	size_t len = cache_hit_len(hit);
	struct reader r = { .s = s };
	enum cache_copy result;
	uint8_t freq;

	if (!reader_goto(&r, cache_load(&e->block)))
		return CACHE_CHANGED;
	if (RT_LIKELY(words_for(cache_key_name_len(key)) + words_for(len) + (n + 3) / 4 <=
		      CACHE_BLOCK_WORDS))
		result = copy_block(r.block, key, out, len, n, ttl);
	else
		result = copy_chain(&r, key, out, len, n, ttl);
	/* All words were read before this is. */
	if (RT_UNLIKELY(__atomic_load_n(&e->seq, __ATOMIC_RELAXED) != hit->seq))
		return CACHE_CHANGED;
	freq = cache_load(&e->freq);
	if (freq < CACHE_FREQ_MAX && result == CACHE_COPIED)
		__atomic_store_n(&e->freq, (uint8_t)(freq + 1), __ATOMIC_RELAXED);
	return result;
}

uint32_t
cache_store_use(struct cache_store *s, const struct cache_hit *hit, uint32_t now_ms,
		uint32_t gap_ms)
{
	struct cache_entry *e = &s->entries[hit->entry];
	uint32_t hits = __atomic_load_n(&e->hits, __ATOMIC_RELAXED);
	uint32_t last = __atomic_load_n(&e->last, __ATOMIC_RELAXED);

	/* Two workers may both count one here: it is a measure, not an account. */
	hits = now_ms - last > gap_ms ? 1 : hits + 1;
	__atomic_store_n(&e->last, now_ms, __ATOMIC_RELAXED);
	__atomic_store_n(&e->hits, hits, __ATOMIC_RELAXED);
	return hits;
}

uint32_t
cache_store_uses(struct cache_store *s, const struct cache_hit *hit)
{
	return __atomic_load_n(&s->entries[hit->entry].hits, __ATOMIC_RELAXED);
}

/* ---- blocks ---- */

static uint32_t
blocks_for(const struct cache_key *key, const struct cache_answer *a)
{
	uint32_t words = words_for(cache_key_name_len(key)) + words_for(a->len) + (a->nttl + 3) / 4;

	return (words + CACHE_BLOCK_WORDS - 1) / CACHE_BLOCK_WORDS;
}

static uint32_t
block_take(struct cache_store *s, struct cache_part *part)
{
	uint32_t i = part->block_free;

	if (i != CACHE_NONE)
		part->block_free = (uint32_t)s->blocks[i].next;
	else
		i = part->block_first + part->block_fresh++;
	cache_put(&part->block_used, part->block_used + 1);
	return i;
}

static void
chain_free(struct cache_store *s, struct cache_part *part, uint32_t first)
{
	uint32_t n = 1;
	uint32_t last = first;

	while (s->blocks[last].next != CACHE_NONE) {
		last = (uint32_t)s->blocks[last].next;
		n++;
	}
	cache_put(&s->blocks[last].next, (uint64_t)part->block_free);
	part->block_free = first;
	cache_put(&part->block_used, part->block_used - n);
}

/* Writes a stream of words into blocks that are taken as needed. */
struct filler {
	struct cache_store *s;
	struct cache_part *part;
	struct cache_block *block;
	unsigned at;
};

static void
fill_word(struct filler *f, uint64_t word)
{
	if (f->at == CACHE_BLOCK_WORDS) {
		uint32_t next = block_take(f->s, f->part);

		cache_put(&f->block->next, (uint64_t)next);
		f->block = &f->s->blocks[next];
		f->at = 0;
	}
	cache_put(&f->block->words[f->at], word);
	f->at++;
}

static void
fill_bytes(struct filler *f, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len >= 8; len -= 8, p += 8)
		fill_word(f, bytes_load64(p));
	if (len > 0) {
		uint64_t word = 0;

		memcpy(&word, p, len);
		fill_word(f, word);
	}
}

/* The answer in a new chain, for which there is room. */
static uint32_t
chain_fill(struct cache_store *s, struct cache_part *part, const struct cache_key *key,
	   const struct cache_answer *a)
{
	uint32_t first = block_take(s, part);
	struct filler f = { s, part, &s->blocks[first], 0 };

	fill_bytes(&f, key->name, cache_key_name_len(key));
	fill_bytes(&f, a->records, a->len);
	for (unsigned i = 0; i < a->nttl; i += 4) {
		uint64_t word = 0;

		for (unsigned j = 0; j < 4 && i + j < a->nttl; j++)
			word |= (uint64_t)a->ttl_at[i + j] << (16 * j);
		fill_word(&f, word);
	}
	cache_put(&f.block->next, (uint64_t)CACHE_NONE);
	return first;
}

/* ---- entries ---- */

static uint32_t
lookup(const struct cache_store *s, enum cache_half half, const struct cache_key *key)
{
	struct cache_hit hits[CACHE_HALVES];
	unsigned found = find_once(s, key, hits);

	return found & 1u << half ? hits[half].entry : CACHE_NONE;
}

static uint32_t
entry_take(struct cache_store *s, struct cache_part *part)
{
	uint32_t i = part->free;

	if (i != CACHE_NONE)
		part->free = s->nodes[i].next;
	else
		i = part->first + part->fresh++;
	cache_put(&part->used, part->used + 1);
	return i;
}

static void
bucket_remove(struct cache_store *s, uint64_t hash, uint32_t entry)
{
	struct cache_bucket *b = &s->buckets[cache_bucket_of(s, hash)];
	unsigned at = CACHE_BUCKET_SLOTS;
	unsigned last = 0;

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS && b->slots[i] != 0; i++) {
		if ((uint32_t)b->slots[i] == entry + 1)
			at = i;
		last = i;
	}
	if (at == CACHE_BUCKET_SLOTS)
		return;
	/* A reader may miss the last one while it moves; it then asks upstream once too often. */
	cache_put(&b->slots[at], b->slots[last]);
	cache_put(&b->slots[last], (uint64_t)0);
}

void
cache_entry_drop(struct cache_store *s, struct cache_shard *shard, uint32_t entry)
{
	struct cache_entry *e = &s->entries[entry];
	struct cache_part *part = &shard->parts[cache_half_of(s, entry)];

	bucket_remove(s, e->hash, entry);
	/* Who is reading it must notice before its blocks are written to. */
	cache_put(&e->seq, e->seq + 2);
	cache_queue_unlink(s, part, entry);
	chain_free(s, part, e->block);
	s->nodes[entry].next = part->free;
	part->free = entry;
	cache_put(&part->used, part->used - 1);
}

static void
entry_write(struct cache_entry *e, const struct cache_key *key, const struct cache_answer *a,
	    uint32_t chain)
{
	uint32_t seq = e->seq;

	__atomic_store_n(&e->seq, seq + 1, __ATOMIC_RELAXED);
	cache_put(&e->block, chain);
	cache_put(&e->hash, key->hash);
	cache_put(&e->question, key->question);
	cache_put(&e->stored_ns, a->now_ns);
	cache_put(&e->life, (uint64_t)a->ttl | (uint64_t)a->len << 32 | (uint64_t)a->rcode << 48 |
				    (uint64_t)a->flags << 56);
	cache_put(&e->counts, (uint64_t)a->counts[0] | (uint64_t)a->counts[1] << 16 |
				      (uint64_t)a->counts[2] << 32);
	cache_put(&e->hits, a->hits);
	cache_put(&e->last, a->now_ms);
	cache_put(&e->refreshing, 0);
	cache_put(&e->retry, 0);
	cache_put(&e->seq, seq + 2);
}

/* The least useful entry of a full bucket. */
static uint32_t
bucket_victim(const struct cache_store *s, const struct cache_bucket *b)
{
	uint32_t victim = CACHE_NONE;
	unsigned least = UINT32_MAX;

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS; i++) {
		uint32_t entry = (uint32_t)b->slots[i] - 1;
		unsigned worth = cache_load(&s->entries[entry].freq) +
				 (s->nodes[entry].main ? CACHE_FREQ_MAX + 1 : 0);

		if (worth < least) {
			least = worth;
			victim = entry;
		}
	}
	return victim;
}

static void
bucket_add(struct cache_store *s, struct cache_shard *shard, uint64_t hash, uint32_t entry,
	   unsigned evicted[CACHE_HALVES])
{
	struct cache_bucket *b = &s->buckets[cache_bucket_of(s, hash)];
	unsigned i = 0;

	if (b->slots[CACHE_BUCKET_SLOTS - 1] != 0) {
		uint32_t victim = bucket_victim(s, b);

		evicted[cache_half_of(s, victim)]++;
		cache_entry_drop(s, shard, victim);
	}
	while (b->slots[i] != 0)
		i++;
	cache_put(&b->slots[i], (hash >> 32) << 32 | (entry + 1));
}

/* ---- storing ---- */

/* Makes room for a new entry if one is needed, and for the blocks. */
static void
make_room(struct cache_store *s, struct cache_shard *shard, enum cache_half half, bool entry,
	  uint32_t blocks, int64_t now_ns, unsigned evicted[CACHE_HALVES])
{
	struct cache_part *part = &shard->parts[half];

	while ((entry && part->used == part->capacity) ||
	       part->block_capacity - part->block_used < blocks) {
		if (!cache_evict(s, shard, half, now_ns))
			return;
		evicted[half]++;
	}
}

static bool
put_locked(struct cache_store *s, struct cache_shard *shard, enum cache_half half,
	   const struct cache_key *key, const struct cache_answer *a,
	   unsigned evicted[CACHE_HALVES])
{
	struct cache_part *part = &shard->parts[half];
	uint32_t blocks = blocks_for(key, a);
	uint32_t entry = lookup(s, half, key);
	uint32_t old;

	if (blocks > part->block_capacity / 4) {
		if (entry != CACHE_NONE)
			cache_entry_drop(s, shard, entry);
		return false;
	}
	make_room(s, shard, half, entry == CACHE_NONE, blocks, a->now_ns, evicted);
	/* It may have been the one that had to leave. */
	entry = lookup(s, half, key);
	if (entry != CACHE_NONE) {
		old = s->entries[entry].block;
		entry_write(&s->entries[entry], key, a, chain_fill(s, part, key, a));
		chain_free(s, part, old);
		return true;
	}
	make_room(s, shard, half, true, blocks, a->now_ns, evicted);
	entry = entry_take(s, part);
	cache_put(&s->entries[entry].freq, 0);
	entry_write(&s->entries[entry], key, a, chain_fill(s, part, key, a));
	bucket_add(s, shard, key->hash, entry, evicted);
	cache_queue_push(s, part, entry, cache_ghost_take(&part->ghost, key->hash));
	return true;
}

bool
cache_store_put(struct cache_store *s, enum cache_half half, const struct cache_key *key,
		const struct cache_answer *a, unsigned evicted[CACHE_HALVES])
{
	struct cache_shard *shard = cache_shard_of(s, key->hash);
	bool stored;

	pthread_mutex_lock(&shard->lock);
	stored = put_locked(s, shard, half, key, a, evicted);
	pthread_mutex_unlock(&shard->lock);
	return stored;
}

void
cache_store_remove(struct cache_store *s, enum cache_half half, const struct cache_key *key)
{
	struct cache_shard *shard = cache_shard_of(s, key->hash);
	uint32_t entry;

	pthread_mutex_lock(&shard->lock);
	entry = lookup(s, half, key);
	if (entry != CACHE_NONE)
		cache_entry_drop(s, shard, entry);
	pthread_mutex_unlock(&shard->lock);
}

/* ---- refreshing ---- */

bool
cache_store_begin_refresh(struct cache_store *s, enum cache_half half, const struct cache_key *key,
			  uint32_t now_ms, bool recheck)
{
	struct cache_shard *shard = cache_shard_of(s, key->hash);
	bool begun = false;
	uint32_t entry;

	pthread_mutex_lock(&shard->lock);
	entry = lookup(s, half, key);
	if (entry != CACHE_NONE) {
		struct cache_entry *e = &s->entries[entry];
		bool too_early = recheck && e->retry != 0 && (int32_t)(now_ms - e->retry) < 0;

		begun = !e->refreshing && !too_early;
		if (begun)
			cache_put(&e->refreshing, 1);
	}
	pthread_mutex_unlock(&shard->lock);
	return begun;
}

void
cache_store_end_refresh(struct cache_store *s, enum cache_half half, const struct cache_key *key,
			uint32_t now_ms, uint32_t retry_ms)
{
	struct cache_shard *shard = cache_shard_of(s, key->hash);
	uint32_t entry;

	pthread_mutex_lock(&shard->lock);
	entry = lookup(s, half, key);
	/* An entry that has been replaced has no refresh under way. */
	if (entry != CACHE_NONE && s->entries[entry].refreshing) {
		struct cache_entry *e = &s->entries[entry];
		uint32_t retry = retry_ms == 0 ? 0 : now_ms + retry_ms;

		if (retry_ms != 0 && retry == 0)
			retry = 1;
		cache_put(&e->retry, retry);
		cache_put(&e->refreshing, 0);
	}
	pthread_mutex_unlock(&shard->lock);
}

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
	return (size_t)cache_load(&part->block_used) * CACHE_BLOCK_BYTES;
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
	return (size_t)s->shards[0].parts[half].block_capacity * CACHE_BLOCK_BYTES *
	       (s->shard_mask + 1u);
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
	p.blocks = p.entries * (CACHE_BYTES_PER_ENTRY / CACHE_BLOCK_BYTES);
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
	uint32_t per_entry = CACHE_BYTES_PER_ENTRY / CACHE_BLOCK_BYTES;

	part->first = half_first + shard * n;
	part->capacity = n;
	part->free = CACHE_NONE;
	part->block_first = part->first * per_entry;
	part->block_capacity = n * per_entry;
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
