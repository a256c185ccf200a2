/*
 * refresh.c - asking again for what is in the cache: prefetching, and stale answers (RFC 8767).
 *
 * Three ways.  In the background: the client has its answer already, and the reply only comes to
 * refresh_done.  Verifying without a limit of time: a sub-query for which the client's query waits.
 * Verifying with one: a background query as well, for which the client's query waits with the stale answer in
 * its buffer, until the reply or the timer comes first.
 *
 * An entry is renewed once at a time: cache_store_begin_refresh decides.
 */
#include "config.h"

#include "cache/cache_internal.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/compiler.h"

/* A background query; it lives until refresh_done, or until its worker ends. */
struct cache_refresh {
	struct cache_refresh *prev, *next; /* of its worker */
	struct cache_worker *worker;
	struct cache_state *state;
	struct rt_query *waiting; /* client's query, with the stale answer as its reply; or NULL */
	struct event *timer;      /* when it waits no longer */
	bool stale;               /* the entry is; else it is prefetched */
	bool owned;               /* begun with cache_store_begin_refresh */
	bool *over;               /* while cache_verify is on the stack: it has ended; or NULL */
	bool *renewed;            /* ... with a reply for the client; or NULL */
	uint32_t uses;            /* of the entry, for the one that replaces it */
};

/* ---- the life of a refresh ---- */

static struct cache_refresh *
refresh_new(struct cache_state *state, struct rt_query *q, bool stale, uint32_t uses)
{
	struct cache_worker *worker = &state->workers[rt_worker_index(q->worker)];
	struct cache_refresh *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->worker = worker;
	r->state = state;
	r->stale = stale;
	r->uses = uses;
	r->next = worker->refreshes;
	if (r->next != NULL)
		r->next->prev = r;
	worker->refreshes = r;
	return r;
}

static void
refresh_free(struct cache_refresh *r)
{
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		r->worker->refreshes = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	if (r->timer != NULL)
		event_free(r->timer);
	free(r);
}

void
cache_refresh_release(struct cache_worker *worker)
{
	while (worker->refreshes != NULL)
		refresh_free(worker->refreshes);
}

/* The right to refresh is given back; a failure may have to wait before the next try. */
static void
end_refresh(struct cache_state *state, const struct rt_query *q, bool failed)
{
	struct cache_key key = cache_key_of(q);

	for (unsigned h = 0; h < CACHE_HALVES; h++)
		cache_store_end_refresh(state->store, (enum cache_half)h, &key, cache_now_ms(q),
					failed ? state->retry_ms : 0);
}

/* Takes over the reply of the query that was asked instead. */
static bool
take_over(struct rt_query *q, const struct rt_query *sub)
{
	bool ok = rt_reply_from_message(q, sub->reply.wire, sub->reply.len) == 0;

	if (ok && (q->flags & (RT_QF_DO | RT_QF_AD)) == 0)
		dns_msg_set_flags(q->reply.wire,
				  dns_msg_flags(q->reply.wire) & ~(unsigned)DNS_FLAG_AD);
	return ok;
}

/* The background query has ended. */
static void
refresh_done(void *arg, struct rt_query *sub)
{
	struct cache_refresh *r = arg;
	struct cache_state *state = r->state;
	struct rt_query *q = r->waiting;
	struct cache_kept kept = cache_keep(state, sub, r->stale, r->uses);
	bool good = r->stale ? kept.accepted : true;
	bool renewed = q != NULL && kept.accepted && take_over(q, sub);
	bool waits = q != NULL && r->over == NULL;

	if (renewed && kept.stored)
		dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | DNS_FLAG_AA);
	if (r->owned)
		end_refresh(state, sub, !good);
	if (r->over != NULL) {
		*r->over = true;
		*r->renewed = renewed;
	}
	refresh_free(r);
	if (!waits)
		return;
	if (!renewed)
		cache_count(state, q, state->stale);
	rt_query_resume(q, RT_DONE);
}

/* Asks in the background.  The query asks for authenticated data, whoever the client is. */
static bool
refresh_run(struct cache_refresh *r, struct rt_query *q)
{
	uint8_t proto = q->proto;
	bool ok;

	cache_want_ad(q);
	/* As if the client had come by TCP, if there is none: what is truncated cannot be kept. */
	if (r->waiting == NULL)
		q->proto = RT_PROTO_TCP;
	ok = rt_background_query(q, refresh_done, r);
	q->proto = proto;
	if (q->flags & RT_QF_AD_ADDED)
		q->flags &= (uint16_t) ~(RT_QF_AD | RT_QF_AD_ADDED);
	return ok;
}

void
cache_refresh_start(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
		    enum cache_half half, const struct cache_hit *hit, bool stale)
{
	struct cache_refresh *r;

	if (!cache_store_begin_refresh(state->store, half, key, cache_now_ms(q),
				       stale && state->retry_ms > 0))
		return;
	r = refresh_new(state, q, stale, cache_store_uses(state->store, hit));
	if (r == NULL) {
		end_refresh(state, q, false);
		return;
	}
	r->owned = true;
	cache_count(state, q, state->prefetches);
	if (!refresh_run(r, q)) {
		end_refresh(state, q, false);
		refresh_free(r);
	}
}

/* ---- verifying ---- */

static enum rt_verdict
give_stale_now(struct cache_state *state, struct rt_query *q)
{
	cache_count(state, q, state->stale);
	return RT_DONE;
}

/* The entry left the store meanwhile: an ordinary miss. */
static enum rt_verdict
vanished(struct rt_query *q)
{
	cache_want_ad(q);
	return RT_NEXT;
}

/* The stale answer, as it stands in the store now, becomes the reply; false: it is gone. */
static bool
write_stale(struct cache_state *state, struct rt_query *q)
{
	struct cache_key key = cache_key_of(q);
	struct cache_hit hits[CACHE_HALVES];
	uint64_t now_ns = rt_worker_now(q->worker);

	for (unsigned i = 0; i < 8; i++) {
		unsigned found = cache_store_find(state->store, &key, hits);
		enum cache_half half = cache_choose(state->config, state, found, hits, now_ns);
		int64_t left;
		uint32_t ttl;
		enum cache_copy result;

		if (half == CACHE_HALVES)
			return false;
		left = cache_ttl_left(&hits[half], now_ns);
		ttl = left > 0 ? (uint32_t)left : cache_stale_ttl(state->config, &hits[half]);
		result = cache_give(state, q, &key, &hits[half], ttl);
		if (result != CACHE_CHANGED)
			return result == CACHE_COPIED;
	}
	return false;
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct cache_refresh *r = arg;
	struct rt_query *q = r->waiting;

	(void)fd;
	(void)what;
	/* The background query goes on, for the next who asks. */
	r->waiting = NULL;
	event_free(r->timer);
	r->timer = NULL;
	rt_query_resume(q, give_stale_now(r->state, q));
}

/* Lets the client's query wait for the refresh; the stale answer is its reply already. */
static enum rt_verdict
wait_for(struct cache_refresh *r, struct rt_query *q)
{
	uint64_t ns = r->state->config->verify_timeout;
	struct timeval tv = {
		.tv_sec = (time_t)(ns / (uint64_t)CLOCK_NS_PER_S),
		.tv_usec = (suseconds_t)(ns % (uint64_t)CLOCK_NS_PER_S / 1000),
	};
	struct rt_query *heap;

	r->over = NULL;
	r->renewed = NULL;
	r->waiting = NULL;
	r->timer = event_new(rt_worker_base(q->worker), -1, 0, on_timeout, r);
	if (r->timer == NULL)
		return give_stale_now(r->state, q);
	heap = rt_query_suspend(q);
	if (heap == NULL)
		return give_stale_now(r->state, q);
	r->waiting = heap;
	event_add(r->timer, &tv);
	return RT_PENDING;
}

static enum rt_verdict
verify_for_a_while(struct cache_state *state, struct rt_query *q, const struct cache_hit *hit,
		   bool owned)
{
	struct cache_refresh *r = refresh_new(state, q, true, cache_store_uses(state->store, hit));
	bool over = false;
	bool renewed = false;

	if (r == NULL || !write_stale(state, q)) {
		if (r != NULL)
			refresh_free(r);
		if (owned)
			end_refresh(state, q, false);
		return vanished(q);
	}
	r->owned = owned;
	r->waiting = q;
	r->over = &over;
	r->renewed = &renewed;
	if (!refresh_run(r, q)) {
		if (owned)
			end_refresh(state, q, false);
		refresh_free(r);
		return give_stale_now(state, q);
	}
	if (!over)
		return wait_for(r, q);
	return renewed ? RT_DONE : give_stale_now(state, q);
}

enum rt_verdict
cache_verify(struct cache_state *state, struct rt_query *q, const struct cache_key *key,
	     enum cache_half half, const struct cache_hit *hit)
{
	bool owned = state->retry_ms > 0;
	enum rt_verdict v;

	/* Without a pause after failures every query verifies for itself, as in CoreDNS. */
	if (owned && !cache_store_begin_refresh(state->store, half, key, cache_now_ms(q), true))
		return write_stale(state, q) ? give_stale_now(state, q) : vanished(q);
	if (state->config->verify_timeout > 0)
		return verify_for_a_while(state, q, hit, owned);
	cache_want_ad(q);
	v = rt_subquery(&q, &q->qname, q->qtype, RT_SUB_NEXT);
	if (v == RT_PENDING)
		return v;
	if (v == RT_DONE)
		return cache_verified(state, q, rt_query_sub(q));
	cache_finish_ad(q);
	if (owned)
		end_refresh(state, q, true);
	return write_stale(state, q) ? give_stale_now(state, q) : vanished(q);
}

enum rt_verdict
cache_verified(struct cache_state *state, struct rt_query *q, struct rt_query *sub)
{
	struct cache_kept kept = cache_keep(state, sub, true, 0);

	cache_finish_ad(q);
	if (state->retry_ms > 0)
		end_refresh(state, q, !kept.accepted);
	if (kept.accepted && take_over(q, sub))
		return RT_DONE;
	if (write_stale(state, q))
		return give_stale_now(state, q);
	/* It left the cache while we asked. */
	if (sub->verdict == RT_DONE && take_over(q, sub))
		return RT_DONE;
	return rt_fail(q, rt_reply_rcode(sub), "%s", sub->error != NULL ? sub->error : "no answer");
}
