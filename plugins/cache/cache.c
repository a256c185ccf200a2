/*
 * cache.c - run time: giving an answer from the store, and keeping the replies of later plugins.
 *
 * A hit looks the question up, copies the records behind the question, sets their TTLs and
 * the header: no lock, no allocation.  Everything rarer (long and stale answers, prefetching, storing)
 * is out of line.
 */
#include "config.h"

#include "cache/cache_internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "dns/message.h"

/* Finding and copying again when another worker replaced the entry in between. */
#define TRIES 8u

/* Whether the cache has anything to do with the query. */
static inline bool
concerns(const struct cache_config *config, const struct rt_query *q)
{
	if (RT_UNLIKELY(q->opcode != DNS_OPCODE_QUERY || q->qtype == DNS_TYPE_AXFR ||
			q->qtype == DNS_TYPE_IXFR))
		return false;
	return config->every_zone || rt_names_match(&config->zones, &q->qname) != NULL;
}

/* ---- giving ---- */

static inline bool
usable(const struct cache_state *state, const struct cache_hit *hit, uint64_t now_ns)
{
	return cache_ttl_left(hit, now_ns) + state->stale_s > 0;
}

enum cache_half
cache_choose(const struct cache_config *config, const struct cache_state *state, unsigned found,
	     const struct cache_hit hits[CACHE_HALVES], uint64_t now_ns)
{
	bool success = found & 1u << CACHE_SUCCESS && usable(state, &hits[CACHE_SUCCESS], now_ns);

	if (RT_LIKELY((found & 1u << CACHE_DENIAL) == 0))
		return success ? CACHE_SUCCESS : CACHE_HALVES;
	if (config->prefer_positive && state->stale_s > 0 && success &&
	    cache_hit_flags(&hits[CACHE_SUCCESS]) & CACHE_ANSWER_ANSWERS)
		return CACHE_SUCCESS;
	if (!usable(state, &hits[CACHE_DENIAL], now_ns))
		return success ? CACHE_SUCCESS : CACHE_HALVES;
	/* A failure passes: a good answer is better. */
	if (cache_hit_rcode(&hits[CACHE_DENIAL]) == DNS_RCODE_SERVFAIL && success)
		return CACHE_SUCCESS;
	return CACHE_DENIAL;
}

/* The records of the hit stand behind the question, where nothing else was: makes them the reply. */
static RT_ALWAYS_INLINE void
finish_reply(struct rt_query *q, const struct cache_hit *hit)
{
	const uint16_t counts[3] = { (uint16_t)hit->counts, (uint16_t)(hit->counts >> 16),
				     (uint16_t)(hit->counts >> 32) };
	unsigned flags = (unsigned)(hit->life >> 48) & (CACHE_ANSWER_RA | DNS_RCODE_MASK);

	/*
	 * AA is set although we are no authority: stub resolvers exist that drop replies without it, and
	 * CoreDNS sets it for them.
	 */
	rt_reply_begin(q, true);
	dns_writer_take(&q->reply, cache_hit_len(hit), counts);
	/* RFC 6840 §5.7: only for those who ask to know. */
	if (q->flags & (RT_QF_DO | RT_QF_AD))
		flags |= cache_hit_flags(hit) & CACHE_ANSWER_AD;
	dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | flags);
}

enum cache_copy
cache_give(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
	   const struct cache_hit *hit, uint32_t ttl)
{
	uint8_t *room;
	enum cache_copy result;

	room = dns_writer_room(&q->reply, cache_hit_len(hit));
	if (RT_UNLIKELY(room == NULL))
		return CACHE_OTHER;
	result = cache_store_copy(state->store, key, hit, room, ttl);
	if (RT_LIKELY(result == CACHE_COPIED))
		finish_reply(q, hit);
	return result;
}

uint32_t
cache_stale_ttl(const struct cache_config *config, const struct cache_hit *hit)
{
	if (config->stale_ttl > 0)
		return (uint32_t)(config->stale_ttl / (uint64_t)CLOCK_NS_PER_S);
	return config->keep_ttl ? cache_hit_ttl(hit) : 0;
}

/* Nothing usable: the next plugin is asked. */
static enum rt_verdict
miss(struct cache_state *state, struct rt_query *q)
{
	cache_count(state, q, state->misses);
	cache_want_ad(q);
	return RT_NEXT;
}

/* The TTL of the chosen entry is over. */
static RT_NOINLINE enum rt_verdict
give_stale(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
	   enum cache_half half, const struct cache_hit *hit)
{
	const struct cache_config *config = state->config;

	if (config->stale_verify) {
		cache_count_half(q, state->hits, half, 1);
		return cache_verify(state, q, key, half, hit);
	}
	switch (cache_give(state, q, key, hit, cache_stale_ttl(config, hit))) {
	case CACHE_COPIED:
		break;
	case CACHE_CHANGED:
		return RT_PENDING; /* look again */
	case CACHE_OTHER:
		return miss(state, q);
	}
	cache_count_half(q, state->hits, half, 1);
	cache_count(state, q, state->stale);
	cache_refresh_start(state, q, key, half, hit, true);
	return RT_DONE;
}

/* Popular and about to end: renewed before anybody has to wait for it. */
static RT_NOINLINE void
prefetch(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
	 enum cache_half half, const struct cache_hit *hit, int64_t left)
{
	const struct cache_config *config = state->config;
	uint32_t hits = cache_store_use(state->store, hit, cache_now_ms(q), state->gap_ms);
	uint64_t threshold = ((uint64_t)config->prefetch_percent * cache_hit_ttl(hit) + 99) / 100;

	if (hits >= config->prefetch && (uint64_t)left <= threshold)
		cache_refresh_start(state, q, key, half, hit, false);
}

static enum rt_verdict
give_fresh(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
	   enum cache_half half, const struct cache_hit *hit, int64_t left)
{
	const struct cache_config *config = state->config;
	uint32_t ttl = config->keep_ttl ? cache_hit_ttl(hit) : (uint32_t)left;
	enum cache_copy result = cache_give(state, q, key, hit, ttl);

	if (RT_UNLIKELY(result != CACHE_COPIED))
		return result == CACHE_CHANGED ? RT_PENDING : miss(state, q);
	cache_count_half(q, state->hits, half, 1);
	if (config->prefetch > 0)
		prefetch(state, q, key, half, hit, left);
	return RT_DONE;
}

/* Every case that is not the usual one: long answers, both halves, stale answers, misses. */
static RT_NOINLINE enum rt_verdict
serve_any(struct cache_state *state, struct rt_query *q, const struct cache_key *key)
{
	cache_count(state, q, state->requests);
	for (unsigned i = 0; i < TRIES; i++) {
		struct cache_hit hits[CACHE_HALVES];
		uint64_t now_ns = rt_worker_now(q->worker);
		unsigned found = cache_store_find(state->store, key, hits);
		enum cache_half half = cache_choose(state->config, state, found, hits, now_ns);
		enum rt_verdict v;
		int64_t left;

		if (half == CACHE_HALVES)
			break;
		left = cache_ttl_left(&hits[half], now_ns);
		if (RT_LIKELY(left > 0)) {
			v = give_fresh(state, q, key, half, &hits[half], left);
			if (RT_LIKELY(v != RT_PENDING))
				return v;
		} else {
			v = give_stale(state, q, key, half, &hits[half]);
			if (v != RT_PENDING || state->config->stale_verify)
				return v;
		}
	}
	return miss(state, q);
}

enum rt_verdict
cache_serve(const struct cache_config *config, struct cache_state *state, struct rt_query *q)
{
	struct cache_key key;
	struct cache_hit hit;
	enum cache_half half;
	uint32_t left = 0;
	uint8_t *room;

	if (RT_UNLIKELY(!concerns(config, q)))
		return RT_NEXT;
	if (RT_UNLIKELY(q->sub != NULL) && rt_query_sub(q) != NULL)
		return cache_verified(state, q, q->sub);
	key = cache_key_of(q);
	room = dns_writer_room(&q->reply, CACHE_QUICK_ROOM);
	if (RT_LIKELY(room != NULL))
		left = cache_store_quick(state->store, &key, rt_worker_now(q->worker),
					 config->keep_ttl, room, &hit);
	if (RT_UNLIKELY(left == 0))
		return serve_any(state, q, &key);
	finish_reply(q, &hit);
	half = cache_store_half(state->store, &hit);
	cache_count_hit(state, q, half);
	if (config->prefetch > 0)
		prefetch(state, q, &key, half, &hit, left);
	return RT_DONE;
}

bool
cache_prefetch(const struct cache_config *config, struct cache_state *state,
	       const struct rt_query *q, unsigned what)
{
	struct cache_key key;

	if (RT_LIKELY(!state->large) || !concerns(config, q))
		return false;
	key = cache_key_of(q);
	if (what == RT_FETCH_INDEX)
		cache_store_fetch_bucket(state->store, key.hash);
	else
		cache_store_fetch_entry(state->store, key.hash);
	return true;
}

/* ---- keeping ---- */

void
cache_want_ad(struct rt_query *q)
{
	if ((q->flags & RT_QF_AD) == 0)
		q->flags |= RT_QF_AD | RT_QF_AD_ADDED;
}

void
cache_finish_ad(struct rt_query *q)
{
	if ((q->flags & RT_QF_AD_ADDED) == 0)
		return;
	q->flags &= (uint16_t) ~(RT_QF_AD | RT_QF_AD_ADDED);
	if (q->reply.len != 0 && (q->flags & RT_QF_DO) == 0)
		dns_msg_set_flags(q->reply.wire,
				  dns_msg_flags(q->reply.wire) & ~(unsigned)DNS_FLAG_AD);
}

/*
 * Writes the reply anew without OPT records and with owners compressed, in place, from a copy.  False, and
 * the reply is as it was, if that is impossible.
 */
static bool
rewrite(struct rt_query *q)
{
	struct dns_writer before = q->reply;
	uint8_t *copy = rt_query_alloc(q, before.len);
	struct dns_rr_iter it;
	int rc;

	if (copy == NULL)
		return false;
	memcpy(copy, before.wire, before.len);
	dns_writer_init(&q->reply, before.wire, (size_t)DNS_HEADER_LEN + q->qname.len + 4,
			before.cap);
	q->reply.grow = before.grow;
	q->reply.user = before.user;
	rc = dns_rr_iter_init(&it, copy, before.len);
	while (rc == 0 && dns_rr_next(&it)) {
		if (it.type != DNS_TYPE_OPT)
			rc = dns_writer_copy(&q->reply, it.section, &it);
	}
	if (rc == 0 && it.error == 0)
		return true;
	before.wire = q->reply.wire;
	before.cap = q->reply.cap;
	q->reply = before;
	memcpy(q->reply.wire, copy, before.len);
	return false;
}

static bool
judge(struct rt_query *q, struct cache_judgement *j)
{
	struct cache_question question = {
		.name = &q->qname,
		.type = q->qtype,
		.class = q->qclass,
		.dnssec = (q->flags & RT_QF_DO) != 0,
	};
	uint32_t now = (uint32_t)clock_wall_s();

	if (!cache_judge(j, q->reply.wire, q->reply.len, &question, now))
		return false;
	/* Everything that was worth rewriting is gone afterwards, so what counts is the second look. */
	if (RT_UNLIKELY(j->rewrite) &&
	    (!rewrite(q) || !cache_judge(j, q->reply.wire, q->reply.len, &question, now)))
		return false;
	/* BADVERS looks like NOERROR to those who see the header only. */
	if (RT_UNLIKELY(rt_reply_rcode(q) > DNS_RCODE_MASK)) {
		j->kind = CACHE_KIND_OTHER;
		j->half = CACHE_HALVES;
	}
	return true;
}

static void
store(struct cache_state *state, struct rt_query *q, const struct cache_judgement *j, uint32_t ttl,
      uint32_t uses)
{
	struct cache_key key = cache_key_of(q);
	unsigned evicted[CACHE_HALVES] = { 0 };
	unsigned flags = dns_msg_flags(q->reply.wire);
	struct cache_answer a = {
		.records = q->reply.wire + j->records,
		.len = j->end - j->records,
		.ttl_at = j->ttl_at,
		.nttl = j->n,
		.counts = { j->counts[0], j->counts[1], j->counts[2] },
		.ttl = ttl,
		.rcode = (uint8_t)dns_msg_rcode(q->reply.wire),
		.flags = (uint16_t)((flags & (CACHE_ANSWER_AD | CACHE_ANSWER_RA)) |
				    (j->answers ? CACHE_ANSWER_ANSWERS : 0)),
		.hits = uses,
		.now_ms = cache_now_ms(q),
		.now_ns = (int64_t)rt_worker_now(q->worker),
	};
	uint8_t *used = &state->used_by[rt_listener_index(q->listener)];

	cache_store_put(state->store, j->half, &key, &a, evicted);
	if (j->half == CACHE_SUCCESS && (!state->config->prefer_positive || j->answers))
		cache_store_remove(state->store, CACHE_DENIAL, &key);
	for (unsigned h = 0; h < CACHE_HALVES; h++) {
		if (evicted[h] > 0)
			cache_count_half(q, state->evictions, (enum cache_half)h, evicted[h]);
	}
	if (!__atomic_load_n(used, __ATOMIC_RELAXED))
		__atomic_store_n(used, 1, __ATOMIC_RELAXED);
}

/*
 * prefer_positive: a reply that does not answer may not take the place of one that does, for as
 * long as that may be given.
 */
static bool
shields(struct cache_state *state, struct rt_query *q)
{
	struct cache_key key = cache_key_of(q);
	struct cache_hit hits[CACHE_HALVES];
	unsigned found = cache_store_find(state->store, &key, hits);

	return found & 1u << CACHE_SUCCESS &&
	       cache_hit_flags(&hits[CACHE_SUCCESS]) & CACHE_ANSWER_ANSWERS &&
	       usable(state, &hits[CACHE_SUCCESS], rt_worker_now(q->worker));
}

static bool
may_store(struct cache_state *state, struct rt_query *q, const struct cache_judgement *j,
	  uint32_t ttl)
{
	const struct cache_config *config = state->config;
	const struct rt_names *except =
		j->half == CACHE_SUCCESS ? &config->no_success : &config->no_denial;

	if (j->half == CACHE_HALVES || ttl == 0)
		return false;
	if (except->n > 0 && rt_names_match(except, &q->qname) != NULL)
		return false;
	return !(config->prefer_positive && j->half == CACHE_SUCCESS && !j->answers &&
		 shields(state, q));
}

static bool
accepted(const struct cache_config *config, const struct cache_judgement *j)
{
	if (j->truncated || j->kind == CACHE_KIND_OTHER || j->kind == CACHE_KIND_FAILURE)
		return false;
	if (config->prefer_positive)
		return j->kind == CACHE_KIND_NOERROR && j->answers;
	return true;
}

struct cache_kept
cache_keep(struct cache_state *state, struct rt_query *q, bool renewal, uint32_t uses)
{
	const struct cache_config *config = state->config;
	const struct cache_half_config *half;
	struct cache_kept kept = { 0 };
	struct cache_judgement j;

	if (q->verdict != RT_DONE)
		return kept;
	if (!judge(q, &j)) {
		cache_count(state, q, state->drops);
		return kept;
	}
	kept.accepted = accepted(config, &j);
	if (renewal && !kept.accepted &&
	    (!config->prefer_positive || j.truncated || j.kind == CACHE_KIND_FAILURE))
		return kept;
	half = cache_judge_bounds(&j) == CACHE_DENIAL ? &config->denial : &config->success;
	kept.ttl = cache_judge_ttl(&j, half->ttl, half->min_ttl,
				   (uint32_t)(config->servfail / (uint64_t)CLOCK_NS_PER_S));
	cache_judge_set_ttls(&j, q->reply.wire, kept.ttl);
	kept.stored = may_store(state, q, &j, kept.ttl);
	if (kept.stored)
		store(state, q, &j, kept.ttl, uses);
	return kept;
}

void
cache_reply(const struct cache_config *config, struct cache_state *state, struct rt_query *q)
{
	if (!concerns(config, q))
		return;
	cache_keep(state, q, false, 0);
	cache_finish_ad(q);
}
