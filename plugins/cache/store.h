/*
 * store.h - the memory of the cache: answers by question, shared by all workers.
 *
 * A store has two halves, one for answers and one for denials, each with its own bounds in entries
 * and in bytes.  An answer is kept as the octets that follow the question of its message; since
 * the question of whoever asks next has the same length, its compression pointers stay right, and
 * the records can be put behind that question as they are.  Where the TTLs stand is kept with them.
 *
 *	struct cache_hit hits[CACHE_HALVES];
 *	unsigned found = cache_store_find(store, &key, hits);
 *	if (found & 1u << CACHE_SUCCESS)
 *		... look at cache_hit_ttl(&hits[CACHE_SUCCESS]) and so on, choose ...
 *	if (cache_store_copy(store, &key, &hits[CACHE_SUCCESS], room, ttl) == CACHE_COPIED)
 *		... the records stand in room, with this TTL ...
 *
 * Threads.  Readers take no lock and write nothing but a small use counter.  Every entry has a sequence
 * number that is odd while it is being changed: what was read counts only if the number is the same
 * afterwards.  All memory that readers look at is accessed by atomic words, entries and blocks never
 * move and are never given back, so that a reader that came too late reads nonsense within bounds and
 * then finds that the number has changed.  Writers take the mutex of the shard.
 *
 * Layout.  A hash picks a shard and in it a bucket: one cache line of eight (tag, entry) pairs.  An
 * entry is a cache line of its own and, behind that, name (for comparison) and records.  What has no room
 * there goes on in blocks of 128 bytes from a pool, chained when they need several, so the
 * memory cannot fragment.  A hit touches the bucket, the entry, and the answer, and the last two lie
 * together: cache_store_quick is for this.
 *
 * Eviction is S3-FIFO (Yang et al., SOSP 2023): a small queue takes what is new, a tenth of the half; what
 * is asked for again before it gets to the end moves on to the main queue, the rest leaves, and
 * its hash is remembered: what comes back soon goes to the main queue at once.  Names that
 * are asked for only once (a scan, random subdomains) so never push out what is in use.
 *
 * Memory is reserved at once but not touched, so an empty cache costs next to nothing.
 */
#ifndef CACHE_STORE_H
#define CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Bytes for names and records that there are for each entry of the capacity: in the entry and in blocks. */
#define CACHE_BYTES_PER_ENTRY 512u

/* Capacities are multiples of this, at least CACHE_CAPACITY_MIN, as in CoreDNS (256 shards of 4). */
#define CACHE_CAPACITY_STEP 256u
#define CACHE_CAPACITY_MIN  1024u
#define CACHE_CAPACITY_MAX  (1u << 28)

/* The capacity that is meant by a number in a Corefile. */
static inline uint32_t
cache_capacity(uint32_t wanted)
{
	uint32_t n = wanted / CACHE_CAPACITY_STEP * CACHE_CAPACITY_STEP;

	return n < CACHE_CAPACITY_MIN ? CACHE_CAPACITY_MIN : n;
}

enum cache_half {
	CACHE_SUCCESS,
	CACHE_DENIAL,
	CACHE_HALVES,
};

/* Bits of a question; the numbers are those of RT_QF_CD and RT_QF_DO. */
#define CACHE_KEY_CD (1u << 4)
#define CACHE_KEY_DO (1u << 1)

/* What is asked. */
struct cache_key {
	uint64_t hash;     /* of everything below */
	uint64_t question; /* see cache_question */
	const uint8_t
		*name; /* wire form, lower case; zeros up to the next multiple of eight octets */
};

/* All of a question but its name, in one number.  bits: CACHE_KEY_* */
static inline uint64_t
cache_question(uint16_t type, uint16_t class, unsigned bits, uint8_t name_len)
{
	return (uint64_t)type | (uint64_t) class << 16 | (uint64_t)bits << 32 |
	       (uint64_t)name_len << 48;
}

static inline size_t
cache_key_name_len(const struct cache_key *key)
{
	return (size_t)(key->question >> 48);
}

/* Bits of an answer; the first two are those of a message's flags. */
#define CACHE_ANSWER_AD      (1u << 5)  /* authenticated data */
#define CACHE_ANSWER_RA      (1u << 7)  /* recursion available */
#define CACHE_ANSWER_ANSWERS (1u << 15) /* has what was asked, at the end of the chain of aliases */

/* An answer to be kept; everything is copied. */
struct cache_answer {
	const uint8_t *records; /* what follows the question */
	size_t len;             /* octets */
	const uint16_t *ttl_at; /* offsets in records of the TTL fields */
	unsigned nttl;          /* how many */
	uint16_t counts[3];     /* records in answer, authority and additional section */
	uint32_t ttl;           /* seconds */
	uint8_t rcode;          /* 0 to 15 */
	uint16_t flags;         /* CACHE_ANSWER_* */
	uint32_t hits;          /* uses, brought along from the entry that it replaces */
	uint32_t now_ms;        /* for hits: when */
	int64_t now_ns;         /* monotonic clock */
};

/* What was found; good for cache_store_copy and the functions on uses. */
struct cache_hit {
	int64_t stored_ns; /* monotonic clock */
	uint64_t life;     /* see cache_hit_ttl and so on */
	uint64_t counts;   /* records in answer, authority, additional, and TTLs: 16 bits each */
	uint32_t entry;
	uint32_t seq;
};

/* Seconds, when it was stored. */
static inline uint32_t
cache_hit_ttl(const struct cache_hit *hit)
{
	return (uint32_t)hit->life;
}

/* Octets of the records. */
static inline uint16_t
cache_hit_len(const struct cache_hit *hit)
{
	return (uint16_t)(hit->life >> 32);
}

static inline unsigned
cache_hit_rcode(const struct cache_hit *hit)
{
	return (unsigned)(hit->life >> 48) & 0xf;
}

/* CACHE_ANSWER_* */
static inline unsigned
cache_hit_flags(const struct cache_hit *hit)
{
	return (unsigned)(hit->life >> 48) &
	       (CACHE_ANSWER_AD | CACHE_ANSWER_RA | CACHE_ANSWER_ANSWERS);
}

enum cache_copy {
	CACHE_COPIED,
	CACHE_CHANGED, /* somebody replaced it meanwhile: find again */
	CACHE_OTHER,   /* another name with the same hash: not found */
};

struct cache_store;

/*
 * A store whose halves hold as many entries as cache_capacity() makes of the numbers.  Entries
 * that expired longer than grace_ns ago leave first.  NULL when out of memory.
 */
struct cache_store *cache_store_new(const uint32_t capacity[CACHE_HALVES], int64_t grace_ns);
void cache_store_free(struct cache_store *s);

/*
 * Looks for the question in both halves; returns a bit 1 << half for each of hits[] that was filled.  The
 * name is compared by cache_store_copy only.
 */
unsigned cache_store_find(struct cache_store *s, const struct cache_key *key,
			  struct cache_hit hits[CACHE_HALVES]);

/* Octets that cache_store_quick may write to. */
#define CACHE_QUICK_ROOM 120u

/*
 * The usual hit, in one go: only one half has the question, the answer is short, and its TTL is not over.
 * As cache_store_copy, with the TTL that is left, or with keep_ttl that it had when it was stored.  Returns
 * the seconds that are left, and then *hit is what was given; 0: nothing is known, it may be any other case.
 */
uint32_t cache_store_quick(struct cache_store *s, const struct cache_key *key, uint64_t now_ns,
			   bool keep_ttl, uint8_t *out, struct cache_hit *hit);

/* Let the memory come that finding the hash will read: first the bucket, then what it refers to. */
void cache_store_fetch_bucket(const struct cache_store *s, uint64_t hash);
void cache_store_fetch_entry(const struct cache_store *s, uint64_t hash);

/*
 * Copies the records of a hit to out, which has room for them, sets all their TTLs to ttl seconds, and
 * counts the use.
 */
enum cache_copy cache_store_copy(struct cache_store *s, const struct cache_key *key,
				 const struct cache_hit *hit, uint8_t *out, uint32_t ttl);

/*
 * Stores an answer, in the place of that of the same question in the same half.  Adds to evicted[]
 * how many entries had to leave each half.  False, and nothing is stored, if it is
 * larger than a quarter of a shard's memory.
 */
bool cache_store_put(struct cache_store *s, enum cache_half half, const struct cache_key *key,
		     const struct cache_answer *a, unsigned evicted[CACHE_HALVES]);

/* Takes the question's entry out of the half, if there is one. */
void cache_store_remove(struct cache_store *s, enum cache_half half, const struct cache_key *key);

/*
 * Counts a use at now_ms for prefetching and returns how many there were with no gap of more than
 * gap_ms between them.  Milliseconds are of any clock and may wrap around.
 */
uint32_t cache_store_use(struct cache_store *s, const struct cache_hit *hit, uint32_t now_ms,
			 uint32_t gap_ms);

/* That number, without counting. */
uint32_t cache_store_uses(struct cache_store *s, const struct cache_hit *hit);

/*
 * Asks for the right to refresh the entry: true for one caller at a time, and not before the time
 * that cache_store_end_refresh has set (recheck false: that does not matter).
 */
bool cache_store_begin_refresh(struct cache_store *s, enum cache_half half,
			       const struct cache_key *key, uint32_t now_ms, bool recheck);

/* The refresh is over; retry_ms > 0: not again for so long. */
void cache_store_end_refresh(struct cache_store *s, enum cache_half half,
			     const struct cache_key *key, uint32_t now_ms, uint32_t retry_ms);

/* The half that an entry is in. */
enum cache_half cache_store_half(const struct cache_store *s, const struct cache_hit *hit);

/* Entries in use in a half, and bytes for names and records; from any thread. */
size_t cache_store_entries(const struct cache_store *s, enum cache_half half);
size_t cache_store_bytes(const struct cache_store *s, enum cache_half half);

/* What the bounds are. */
size_t cache_store_entries_max(const struct cache_store *s, enum cache_half half);
size_t cache_store_bytes_max(const struct cache_store *s, enum cache_half half);

#endif
