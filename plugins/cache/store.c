/*
 * store.c - finding and copying: what readers do.  See store.h for the layout and who may do what.
 */
#include "config.h"

#include "cache/store_internal.h"

#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"

/* Readers that find an entry in the middle of a change look again so often before they take the lock. */
#define SPINS 16u

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
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

/* Where a reader is in the words of an entry. */
struct reader {
	const struct cache_store *s;
	const uint64_t *words;
	unsigned left; /* of them */
	uint64_t next; /* block */
};

/* The next word; false: there is none, since the entry was changed meanwhile. */
static inline bool
reader_word(struct reader *r, uint64_t *word)
{
	if (RT_UNLIKELY(r->left == 0)) {
		const struct cache_block *block;

		if (r->next >= r->s->nblocks)
			return false;
		block = &r->s->blocks[r->next];
		r->words = block->words;
		r->left = CACHE_BLOCK_WORDS;
		r->next = cache_load(&block->next);
	}
	*word = cache_load(r->words);
	r->words++;
	r->left--;
	return true;
}

static inline enum cache_copy
compare_name(struct reader *r, const struct cache_key *key)
{
	uint64_t word;

	for (size_t i = 0; i < cache_key_name_len(key); i += 8) {
		if (!reader_word(r, &word))
			return CACHE_CHANGED;
		if (word != bytes_load64(key->name + i))
			return CACHE_OTHER;
	}
	return CACHE_COPIED;
}

static inline bool
copy_records(struct reader *r, uint8_t *out, size_t len)
{
	uint64_t word;

	for (; len >= 8; len -= 8, out += 8) {
		if (!reader_word(r, &word))
			return false;
		bytes_store64(out, word);
	}
	if (len == 0)
		return true;
	if (!reader_word(r, &word))
		return false;
	memcpy(out, &word, len);
	return true;
}

/* Sets the TTLs at n offsets, the first of them in ttl_at. */
static inline bool
set_ttls(struct reader *r, uint64_t ttl_at, unsigned n, uint8_t *out, size_t len, uint32_t ttl)
{
	for (unsigned i = 0; i < n; i++, ttl_at >>= 16) {
		if (i % 4 == 0 && i > 0 && !reader_word(r, &ttl_at))
			return false;
		if ((ttl_at & 0xffff) + 4 > len)
			return false;
		bytes_put32(out + (ttl_at & 0xffff), ttl);
	}
	return true;
}

/* Counts for S3-FIFO. */
static inline void
count_use(struct cache_entry *e)
{
	uint8_t freq = cache_load(&e->freq);

	if (freq < CACHE_FREQ_MAX)
		__atomic_store_n(&e->freq, (uint8_t)(freq + 1), __ATOMIC_RELAXED);
}

static enum cache_copy
copy_stream(const struct cache_store *s, const struct cache_entry *e, const struct cache_key *key,
	    const struct cache_hit *hit, uint8_t *out, uint32_t ttl)
{
	size_t len = cache_hit_len(hit);
	unsigned n = (unsigned)(hit->counts >> 48);
	uint64_t ttl_at = cache_load(&e->ttl_at);
	struct reader r = {
		.s = s,
		.words = e->words,
		.left = CACHE_BLOCK_WORDS,
		.next = cache_load(&e->next),
	};
	enum cache_copy named = compare_name(&r, key);

	if (named != CACHE_COPIED)
		return named;
	if (!copy_records(&r, out, len) || !set_ttls(&r, ttl_at, n, out, len, ttl))
		return CACHE_CHANGED;
	return CACHE_COPIED;
}

RT_NOINLINE enum cache_copy
cache_store_copy(struct cache_store *s, const struct cache_key *key, const struct cache_hit *hit,
		 uint8_t *out, uint32_t ttl)
{
	struct cache_entry *e = &s->entries[hit->entry];
	enum cache_copy result = copy_stream(s, e, key, hit, out, ttl);

	/* All words were read before this is. */
	if (__atomic_load_n(&e->seq, __ATOMIC_RELAXED) != hit->seq)
		return CACHE_CHANGED;
	if (result == CACHE_COPIED)
		count_use(e);
	return result;
}

/* ---- both at once ---- */

/* The number of the only entry with the hash's tag, counted from 1; 0: there is none, or several. */
static RT_ALWAYS_INLINE uint32_t
find_only(const struct cache_store *s, uint64_t hash)
{
	const struct cache_bucket *bucket = &s->buckets[cache_bucket_of(s, hash)];
	uint32_t found = 0;

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS; i++) {
		uint64_t slot = cache_load(&bucket->slots[i]);

		if (slot == 0)
			break;
		if ((uint32_t)(slot >> 32) != (uint32_t)(hash >> 32))
			continue;
		if (RT_UNLIKELY(found != 0))
			return 0;
		found = (uint32_t)slot;
	}
	return found;
}

/* Whole seconds that are left; 0: none, or it is not short. */
static RT_ALWAYS_INLINE uint32_t
quick_left(const struct cache_hit *hit, uint64_t now_ns)
{
	uint64_t age = now_ns - (uint64_t)hit->stored_ns;
	uint64_t ttl = cache_hit_ttl(hit);

	/* Another worker may have stored it a moment after this one read its clock. */
	if (RT_UNLIKELY((int64_t)age < 0))
		age = 0;
	age /= (uint64_t)CLOCK_NS_PER_S;
	if (RT_UNLIKELY(age >= ttl || (hit->life >> 48 & CACHE_ENTRY_SHORT) == 0))
		return 0;
	return (uint32_t)(ttl - age);
}

/* What differs in name, after copying name and records; both are in the entry. */
static RT_ALWAYS_INLINE uint64_t
quick_copy(const uint64_t *words, const struct cache_key *key, uint8_t *out, size_t len)
{
	const uint8_t *name = key->name;
	const uint8_t *end = name + cache_key_name_len(key);
	uint64_t differs = 0;

	for (; name < end; name += 8, words++)
		differs |= cache_load(words) ^ bytes_load64(name);
	/* Up to seven octets too many, for which there is room. */
	for (const uint8_t *stop = out + len; out < stop; out += 8, words++)
		bytes_store64(out, cache_load(words));
	return differs;
}

/* As look(), with the offsets of the TTLs. */
static RT_ALWAYS_INLINE bool
quick_look(const struct cache_entry *e, const struct cache_key *key, struct cache_hit *hit,
	   uint64_t *ttl_at)
{
	hit->seq = cache_load(&e->seq);
	if (RT_UNLIKELY(hit->seq & 1 || cache_load(&e->hash) != key->hash ||
			cache_load(&e->question) != key->question))
		return false;
	hit->stored_ns = cache_load(&e->stored_ns);
	hit->life = cache_load(&e->life);
	hit->counts = cache_load(&e->counts);
	*ttl_at = cache_load(&e->ttl_at);
	/* All this belongs together, so that lengths and offsets can be relied on. */
	return RT_LIKELY(__atomic_load_n(&e->seq, __ATOMIC_RELAXED) == hit->seq);
}

uint32_t
cache_store_quick(struct cache_store *s, const struct cache_key *key, uint64_t now_ns,
		  bool keep_ttl, uint8_t *out, struct cache_hit *hit)
{
	uint32_t only = find_only(s, key->hash);
	struct cache_entry *e;
	uint64_t ttl_at;
	uint32_t left, ttl;

	if (RT_UNLIKELY(only == 0))
		return 0;
	hit->entry = only - 1;
	e = &s->entries[hit->entry];
	if (RT_UNLIKELY(!quick_look(e, key, hit, &ttl_at)))
		return 0;
	left = quick_left(hit, now_ns);
	if (RT_UNLIKELY(left == 0))
		return 0;
	if (RT_UNLIKELY(quick_copy(e->words, key, out, cache_hit_len(hit)) != 0 ||
			__atomic_load_n(&e->seq, __ATOMIC_RELAXED) != hit->seq))
		return 0;
	bytes_put32((uint8_t *)&ttl, keep_ttl ? cache_hit_ttl(hit) : left);
	for (unsigned n = (unsigned)(hit->counts >> 48); n > 0; n--, ttl_at >>= 16)
		memcpy(out + (ttl_at & 0xffff), &ttl, 4);
	count_use(e);
	return left;
}

void
cache_store_fetch_bucket(const struct cache_store *s, uint64_t hash)
{
	RT_PREFETCH(&s->buckets[cache_bucket_of(s, hash)]);
}

void
cache_store_fetch_entry(const struct cache_store *s, uint64_t hash)
{
	const struct cache_bucket *bucket = &s->buckets[cache_bucket_of(s, hash)];

	for (unsigned i = 0; i < CACHE_BUCKET_SLOTS; i++) {
		uint64_t slot = cache_load(&bucket->slots[i]);

		if (slot == 0)
			return;
		if ((uint32_t)(slot >> 32) == (uint32_t)(hash >> 32)) {
			const struct cache_entry *e = &s->entries[(uint32_t)slot - 1];

			RT_PREFETCH(e);
			RT_PREFETCH(e->words);
		}
	}
}

/* ---- uses ---- */

enum cache_half
cache_store_half(const struct cache_store *s, const struct cache_hit *hit)
{
	return cache_half_of(s, hit->entry);
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
