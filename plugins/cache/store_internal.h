/*
 * store_internal.h - what the files of the store share.  See store.h for the ideas.
 *
 * Entries, blocks and buckets of all shards lie in three arrays, so that readers find them with what is
 * in struct cache_store alone, which is constant once made.  The shards hold what only writers need,
 * each under its mutex.  An entry belongs to one shard and one half for ever, and so does a block.
 *
 * Rules of access: readers use the cache_load functions only.  Writers, with the mutex, change what
 * readers see by cache_store functions only, and may read it in any way, except for the fields that readers
 * write (freq, hits, last).
 *
 *	store.c		finding and copying: what readers do
 *	store_put.c	storing, taking away, refreshing
 *	store_new.c	making a store; its bounds
 *	evict.c		who leaves
 */
#ifndef CACHE_STORE_INTERNAL_H
#define CACHE_STORE_INTERNAL_H

#include <pthread.h>

#include "cache/store.h"

#define CACHE_NONE         UINT32_MAX
#define CACHE_BUCKET_SLOTS 8u
#define CACHE_BLOCK_WORDS  15u
#define CACHE_BLOCK_BYTES  128u

/* Uses that count: more do not make an entry stay longer (two bits in the paper). */
#define CACHE_FREQ_MAX 3u

/* In life, beside CACHE_ANSWER_*: everything is in the entry, and ttl_at knows all TTLs. */
#define CACHE_ENTRY_SHORT (1u << 14)

/* TTLs that the entry itself says the place of; those of further ones are behind the records. */
#define CACHE_ENTRY_TTLS 4u

/*
 * Its words, and those of the blocks from next on, are one stream: the name, padded with zeros to whole
 * words; the records, padded likewise; the offsets of further TTLs, four to a word.
 */
struct cache_entry {
	uint32_t seq;      /* odd while it is being changed */
	uint32_t next;     /* block where it goes on, or CACHE_NONE */
	uint64_t hash;     /* of the question */
	uint64_t question; /* type, class, bits, length of the name: see cache_question() */
	int64_t stored_ns; /* monotonic clock */
	uint64_t life;     /* ttl, len << 32, CACHE_ANSWER_* and rcode << 48 */
	uint64_t counts;   /* records per section, 16 bits each, and number of TTLs << 48 */
	uint64_t ttl_at;   /* offsets of TTLs in the records, 16 bits each */
	uint32_t hits;     /* uses for prefetching; written by readers */
	uint32_t last;     /* ms: the last of them; written by readers */

	uint32_t retry;     /* ms: no refresh before; 0 = at any time */
	uint8_t freq;       /* uses, up to CACHE_FREQ_MAX; written by readers */
	uint8_t refreshing; /* somebody asks for it again */
	uint16_t unused;
	uint64_t words[CACHE_BLOCK_WORDS];
} RT_ALIGNED(64);
RT_STATIC_ASSERT(sizeof(struct cache_entry) == 64 + CACHE_BLOCK_BYTES,
		 "an entry is three cache lines");
RT_STATIC_ASSERT(CACHE_QUICK_ROOM == CACHE_BLOCK_WORDS * 8, "what is short fits into an entry");

struct cache_block {
	uint64_t words[CACHE_BLOCK_WORDS];
	uint64_t next; /* index of the block that follows, or CACHE_NONE */
};
RT_STATIC_ASSERT(sizeof(struct cache_block) == CACHE_BLOCK_BYTES, "a block is two cache lines");

/* Blocks that there are for each entry. */
#define CACHE_BLOCKS_PER_ENTRY (CACHE_BYTES_PER_ENTRY / CACHE_BLOCK_BYTES - 1u)

/* Tag in the upper half, number of the entry + 1 in the lower; 0: free, and so are those after it. */
struct cache_bucket {
	uint64_t slots[CACHE_BUCKET_SLOTS];
} RT_ALIGNED(64);

/* Place of an entry in its queue, or in the list of free entries (next only). */
struct cache_node {
	uint32_t prev; /* nearer to the head, where entries come in */
	uint32_t next; /* nearer to the tail, where they leave */
	bool main;     /* which queue */
};

struct cache_queue {
	uint32_t head, tail;
	uint32_t count;
};

/* Remembers hashes of what left the small queue: in groups of four, the oldest is overwritten. */
struct cache_ghost {
	struct cache_ghost_slot {
		uint32_t tag;
		uint32_t stamp; /* value of clock when it came in; 0: free */
	} * slots;
	uint32_t mask;  /* number of groups - 1 */
	uint32_t clock; /* counts what came in, from 1 */
	uint32_t max;   /* remembered for so many further ones */
};
#define CACHE_GHOST_WAYS 4u

/* One half of one shard. */
struct cache_part {
	uint32_t first;    /* entry */
	uint32_t capacity; /* entries */
	uint32_t fresh;    /* entries that were ever used */
	uint32_t free;     /* list of those that no longer are, linked by node.next */
	uint32_t used;     /* entries; read by anybody */
	uint32_t block_first;
	uint32_t block_capacity;
	uint32_t block_fresh;
	uint32_t block_free; /* list, linked by next */
	uint32_t block_used; /* read by anybody */
	uint32_t small_max;  /* entries in the small queue before it gives */
	struct cache_queue small, main;
	struct cache_ghost ghost;
};

struct cache_shard {
	pthread_mutex_t lock;
	struct cache_part parts[CACHE_HALVES];
} RT_ALIGNED(64);

struct cache_store {
	struct cache_bucket *buckets;
	struct cache_entry *entries;
	struct cache_block *blocks;
	uint64_t bucket_mask;
	uint32_t denial_first; /* entry: those from here on are denials */
	uint32_t nblocks;
	uint32_t shard_mask; /* of the number of a bucket */
	struct cache_shard *shards;
	struct cache_node *nodes; /* by entry */
	int64_t grace_ns;
	void *memory; /* of all arrays */
	size_t memory_size;
};

#define cache_load(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
/* A reader that sees the new value also sees that seq was made odd before. */
#define cache_put(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)

static inline enum cache_half
cache_half_of(const struct cache_store *s, uint32_t entry)
{
	return entry >= s->denial_first ? CACHE_DENIAL : CACHE_SUCCESS;
}

static inline uint64_t
cache_bucket_of(const struct cache_store *s, uint64_t hash)
{
	return hash & s->bucket_mask;
}

static inline struct cache_shard *
cache_shard_of(const struct cache_store *s, uint64_t hash)
{
	return &s->shards[hash & s->shard_mask];
}

static inline uint32_t
cache_ttl_of(const struct cache_entry *e)
{
	return (uint32_t)e->life;
}

static inline uint32_t
cache_words_for(size_t octets)
{
	return (uint32_t)((octets + 7) / 8);
}

/* ---- store_put.c, for evict.c ---- */

/* Takes the entry out of everything but the ghosts. */
void cache_entry_drop(struct cache_store *s, struct cache_shard *shard, uint32_t entry);

/* ---- evict.c ---- */

void cache_queue_push(struct cache_store *s, struct cache_part *part, uint32_t entry, bool main);
void cache_queue_unlink(struct cache_store *s, struct cache_part *part, uint32_t entry);

/* Makes one entry of the part leave; false if there is none. */
bool cache_evict(struct cache_store *s, struct cache_shard *shard, enum cache_half half,
		 int64_t now_ns);

/* Whether something with this hash left the small queue lately; it is forgotten by being asked. */
bool cache_ghost_take(struct cache_ghost *g, uint64_t hash);

/* Size of the table for so many ghosts. */
uint32_t cache_ghost_groups(uint32_t max);

#endif
