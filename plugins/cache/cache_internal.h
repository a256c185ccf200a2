/*
 * cache_internal.h - what cache.c (giving and keeping), refresh.c (asking again) and start.c share.
 */
#ifndef CACHE_INTERNAL_H
#define CACHE_INTERNAL_H

#include "base/clock.h"
#include "base/hash.h"
#include "cache/cache.h"
#include "cache/judge.h"
#include "cache/store.h"
#include "dns/types.h"
#include "rt.h"

/* Per worker: the refreshes under way that were begun there. */
struct cache_worker {
	struct cache_refresh *refreshes;
} RT_ALIGNED(64);

struct cache_state {
	struct cache_store *store;
	const struct cache_config *config;
	uint32_t stale_s; /* seconds after the end of its TTL that an entry may be given; 0: none */
	uint32_t gap_ms;  /* of prefetch */
	uint32_t retry_ms; /* after a failed refresh; 0: at once */
	bool large;        /* more than the CPU's cache holds: cache_prefetch is worth its while */

	/* First cells of counters; see start.c for their labels. */
	unsigned requests, hits, misses, prefetches, drops, stale, evictions;

	uint8_t *used_by; /* by listener: something was stored for it */
	struct cache_gauge *gauges;
	char *zones; /* label */
	const char *zones_value[1];
	const char *view_value[1];
	struct cache_worker *workers;
};

/* What became of a reply. */
struct cache_kept {
	bool accepted; /* it may take the place of a stale answer (RFC 8767 §4) */
	bool stored;   /* others find it in the cache now */
	uint32_t ttl;  /* that its records have now */
};

RT_STATIC_ASSERT(CACHE_KEY_DO == RT_QF_DO && CACHE_KEY_CD == RT_QF_CD, "taken from the flags");
RT_STATIC_ASSERT(CACHE_ANSWER_AD == DNS_FLAG_AD && CACHE_ANSWER_RA == DNS_FLAG_RA,
		 "taken from the header, and put there");

static inline struct cache_key
cache_key_of(const struct rt_query *q)
{
	struct cache_key key = {
		.name = q->qname.wire,
		.question = cache_question(q->qtype, q->qclass,
					   q->flags & (CACHE_KEY_DO | CACHE_KEY_CD), q->qname.len),
	};

	/* An odd factor spreads the few bits without losing any. */
	key.hash = hash_u64(q->qname.hash ^ key.question * UINT64_C(0x9e3779b97f4a7c15));
	return key;
}

static inline uint32_t
cache_now_ms(const struct rt_query *q)
{
	return (uint32_t)(rt_worker_now(q->worker) / (uint64_t)CLOCK_NS_PER_MS);
}

/* Whole seconds that an answer has left; 0 and less: it is stale. */
static inline int64_t
cache_ttl_left(const struct cache_hit *hit, uint64_t now_ns)
{
	int64_t age = (int64_t)now_ns - hit->stored_ns;

	/* Another worker may have stored it a moment after this one read its clock. */
	if (RT_UNLIKELY(age < 0))
		age = 0;
	return (int64_t)cache_hit_ttl(hit) - (int64_t)((uint64_t)age / (uint64_t)CLOCK_NS_PER_S);
}

static inline void
cache_count(const struct cache_state *state, const struct rt_query *q, unsigned cell)
{
	(void)state;
	rt_metric_add(q->worker, cell + rt_listener_index(q->listener), 1);
}

static inline void
cache_count_half(const struct rt_query *q, unsigned cell, enum cache_half half, unsigned n)
{
	rt_metric_add(q->worker,
		      cell + rt_listener_index(q->listener) * CACHE_HALVES + (unsigned)half, n);
}

/* A query that was looked up, and found at once. */
static inline void
cache_count_hit(const struct cache_state *state, const struct rt_query *q, enum cache_half half)
{
	uint64_t *cells = rt_metric_cells(q->worker);
	unsigned listener = rt_listener_index(q->listener);
	uint64_t *requests = cells + state->requests + listener;
	uint64_t *hits = cells + state->hits + listener * CACHE_HALVES + (unsigned)half;

	__atomic_store_n(requests, __atomic_load_n(requests, __ATOMIC_RELAXED) + 1,
			 __ATOMIC_RELAXED);
	__atomic_store_n(hits, __atomic_load_n(hits, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

/* ---- cache.c ---- */

/* Which of the found entries is to be given; CACHE_HALVES: none. */
enum cache_half cache_choose(const struct cache_config *config, const struct cache_state *state,
			     unsigned found, const struct cache_hit hits[CACHE_HALVES],
			     uint64_t now_ns);

/* Makes a hit the reply of q.  CACHE_OTHER also when the reply cannot be written (q->reply.error). */
enum cache_copy cache_give(struct cache_state *state, struct rt_query *q,
			   const struct cache_key *key, const struct cache_hit *hit, uint32_t ttl);

/* The TTL that a stale answer is given with. */
uint32_t cache_stale_ttl(const struct cache_config *config, const struct cache_hit *hit);

/*
 * Judges the reply of q (a client's query or one of ours), gives its records their TTL and keeps it if it
 * may be kept.  renewal: it is to replace a stale entry, which only a good one does; others are
 * left alone.  uses: those of the entry that it replaces.
 */
struct cache_kept cache_keep(struct cache_state *state, struct rt_query *q, bool renewal,
			     uint32_t uses);

/* From now on q asks for authenticated data, so that what is stored serves those who do. */
void cache_want_ad(struct rt_query *q);
/* Undoes that, and clears AD in the reply if the client did not want to know. */
void cache_finish_ad(struct rt_query *q);

/* ---- refresh.c ---- */

/* Renews an entry in the background, unless somebody does already. */
void cache_refresh_start(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
			 enum cache_half half, const struct cache_hit *hit, bool stale);

/* A stale answer was found, and upstream is to be asked first. */
enum rt_verdict cache_verify(struct cache_state *state, struct rt_query *q,
			     const struct cache_key *key, enum cache_half half,
			     const struct cache_hit *hit);

/* ... and has answered. */
enum rt_verdict cache_verified(struct cache_state *state, struct rt_query *q, struct rt_query *sub);

/* Forgets the refreshes of a worker that ends. */
void cache_refresh_release(struct cache_worker *worker);

#endif
