/*
 * store_put.c - storing answers, taking them away, and who may refresh one.  See store.h.
 */
#include "config.h"

#include "cache/store_internal.h"

#include "base/bytes.h"

/* ---- blocks ---- */

/* TTLs whose places are written behind the records. */
static uint32_t
further_ttls(const struct cache_answer *a)
{
	return a->nttl > CACHE_ENTRY_TTLS ? a->nttl - CACHE_ENTRY_TTLS : 0;
}

/* Blocks that it takes beside the entry. */
static uint32_t
blocks_for(const struct cache_key *key, const struct cache_answer *a)
{
	uint32_t words = cache_words_for(cache_key_name_len(key)) + cache_words_for(a->len) +
			 (further_ttls(a) + 3) / 4;

	return (words - 1) / CACHE_BLOCK_WORDS;
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

	if (first == CACHE_NONE)
		return;
	while (s->blocks[last].next != CACHE_NONE) {
		last = (uint32_t)s->blocks[last].next;
		n++;
	}
	cache_put(&s->blocks[last].next, (uint64_t)part->block_free);
	part->block_free = first;
	cache_put(&part->block_used, part->block_used - n);
}

/* Writes a stream of words into an entry, and into blocks that are taken as needed. */
struct filler {
	struct cache_store *s;
	struct cache_part *part;
	struct cache_entry *entry;
	struct cache_block *block; /* NULL: in the entry yet */
	unsigned at;
};

static void
fill_link(struct filler *f, uint32_t next)
{
	if (f->block == NULL)
		cache_put(&f->entry->next, next);
	else
		cache_put(&f->block->next, (uint64_t)next);
}

static void
fill_word(struct filler *f, uint64_t word)
{
	if (f->at == CACHE_BLOCK_WORDS) {
		uint32_t next = block_take(f->s, f->part);

		fill_link(f, next);
		f->block = &f->s->blocks[next];
		f->at = 0;
	}
	cache_put(f->block == NULL ? &f->entry->words[f->at] : &f->block->words[f->at], word);
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

/* Up to four offsets, from the i-th on, in one word. */
static uint64_t
ttl_word(const struct cache_answer *a, unsigned i)
{
	uint64_t word = 0;

	for (unsigned j = 0; j < 4 && i + j < a->nttl; j++)
		word |= (uint64_t)a->ttl_at[i + j] << (16 * j);
	return word;
}

/* The answer's words, for which there is room. */
static void
fill_answer(struct cache_store *s, struct cache_part *part, struct cache_entry *e,
	    const struct cache_key *key, const struct cache_answer *a)
{
	struct filler f = { .s = s, .part = part, .entry = e };

	fill_bytes(&f, key->name, cache_key_name_len(key));
	fill_bytes(&f, a->records, a->len);
	for (unsigned i = CACHE_ENTRY_TTLS; i < a->nttl; i += 4)
		fill_word(&f, ttl_word(a, i));
	fill_link(&f, CACHE_NONE);
}

/* ---- entries ---- */

/* The question's entry in the half, whatever its name says, or CACHE_NONE. */
static uint32_t
lookup(const struct cache_store *s, enum cache_half half, const struct cache_key *key)
{
	const struct cache_bucket *b = &s->buckets[cache_bucket_of(s, key->hash)];

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS && b->slots[i] != 0; i++) {
		uint32_t entry = (uint32_t)b->slots[i] - 1;
		const struct cache_entry *e = &s->entries[entry];

		if (e->hash == key->hash && e->question == key->question &&
		    cache_half_of(s, entry) == half)
			return entry;
	}
	return CACHE_NONE;
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
	chain_free(s, part, e->next);
	s->nodes[entry].next = part->free;
	part->free = entry;
	cache_put(&part->used, part->used - 1);
}

static uint64_t
life_word(const struct cache_answer *a, bool is_short)
{
	uint64_t bits = (uint64_t)a->rcode | a->flags | (is_short ? CACHE_ENTRY_SHORT : 0);

	return (uint64_t)a->ttl | (uint64_t)a->len << 32 | bits << 48;
}

/* The answer becomes what the entry holds; the blocks that it had are the caller's to free. */
static void
entry_write(struct cache_store *s, struct cache_part *part, struct cache_entry *e,
	    const struct cache_key *key, const struct cache_answer *a)
{
	uint32_t seq = e->seq;
	bool is_short = blocks_for(key, a) == 0 && a->nttl <= CACHE_ENTRY_TTLS;

	__atomic_store_n(&e->seq, seq + 1, __ATOMIC_RELAXED);
	cache_put(&e->hash, key->hash);
	cache_put(&e->question, key->question);
	cache_put(&e->stored_ns, a->now_ns);
	cache_put(&e->life, life_word(a, is_short));
	cache_put(&e->counts, (uint64_t)a->counts[0] | (uint64_t)a->counts[1] << 16 |
				      (uint64_t)a->counts[2] << 32 | (uint64_t)a->nttl << 48);
	cache_put(&e->ttl_at, ttl_word(a, 0));
	cache_put(&e->hits, a->hits);
	cache_put(&e->last, a->now_ms);
	cache_put(&e->refreshing, 0);
	cache_put(&e->retry, 0);
	fill_answer(s, part, e, key, a);
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

	/* A quarter of what names and records have in this shard. */
	if (blocks + 1 > part->capacity * (CACHE_BYTES_PER_ENTRY / CACHE_BLOCK_BYTES) / 4) {
		if (entry != CACHE_NONE)
			cache_entry_drop(s, shard, entry);
		return false;
	}
	make_room(s, shard, half, entry == CACHE_NONE, blocks, a->now_ns, evicted);
	/* It may have been the one that had to leave. */
	entry = lookup(s, half, key);
	if (entry != CACHE_NONE) {
		old = s->entries[entry].next;
		entry_write(s, part, &s->entries[entry], key, a);
		chain_free(s, part, old);
		return true;
	}
	make_room(s, shard, half, true, blocks, a->now_ns, evicted);
	entry = entry_take(s, part);
	cache_put(&s->entries[entry].freq, 0);
	entry_write(s, part, &s->entries[entry], key, a);
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
