/*
 * query.h - the life of a query inside the server.  For the server's own files.
 *
 * A query lies in a slot of its worker (UDP batch, TCP scratch) while it is
 * answered at once, or on the heap once it was suspended or is a sub-query.
 *
 *	query_slot_init(q, worker, proto)	once
 *	query_slot_buffer(q, wire, cap)		once, and after query_clean has had something to do
 *
 *	switch (query_intake(q, len)) {		read and check the message (query_intake.h)
 *	case QUERY_IGNORE:	nothing is sent
 *	case QUERY_READY:	q->reply is the (error) answer
 *	case QUERY_SERVE:	query_run(q): true if q->reply is to be sent now
 *	}
 *	query_clean(q);				free what it took
 *
 * query_run returns false for queries that are dropped and for those that wait: these have
 * left the slot, and when they end, are sent by udp_queue or tcp_reply.  It is two steps in one,
 * which a batch takes one after the other for all its queries: query_find(q), then query_answer(q).
 *
 * Buffers: the reply starts in the slot and moves to a pooled buffer of 4 KiB or 64 KiB when it
 * outgrows it (dns_writer.grow).
 */
#ifndef RT_QUERY_H
#define RT_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dispatch.h"
#include "rt.h"

/* Message buffer of a slot.  Longer requests are not read over UDP and take a large buffer over
 * TCP. */
#define QUERY_SLOT_LEN 4096u
/* Behind it: room for the EDNS options that go back. */
#define QUERY_ECHO_LEN 192u
/*
 * Distance of two slots: not a multiple of 4096, or the first lines of all messages of a batch
 * would compete for the same few sets of the first-level cache.
 */
#define QUERY_SLOT_STRIDE (QUERY_SLOT_LEN + QUERY_ECHO_LEN)

/* Where the reply's buffer is from (rt_query.buffer). */
enum query_buffer {
	QUERY_BUFFER_SLOT, /* the slot, or behind the query on the heap */
	QUERY_BUFFER_SMALL,
	QUERY_BUFFER_LARGE,
};

/* A slot for queries of one worker and protocol: all that is the same for each of them. */
void query_slot_init(struct rt_query *q, struct rt_worker *w, enum rt_proto proto);

/* The buffer of a slot: cap octets, and QUERY_ECHO_LEN behind them. */
static inline void
query_slot_buffer(struct rt_query *q, uint8_t *wire, size_t cap)
{
	q->reply.wire = wire;
	q->reply.cap = cap;
}

/* The buffer, one of query_large_get, is now the query's: query_clean gives it back. */
static inline void
query_slot_give_large(struct rt_query *q)
{
	q->buffer = QUERY_BUFFER_LARGE;
	q->held = true;
}

/* Sets q->site if its zone is all there is to know; else NULL, which query_answer sees to. */
static RT_ALWAYS_INLINE void query_find(struct rt_query *q);

/* Lets come what its plugins will read; see RT_FETCH_INDEX.  Between the two. */
static RT_ALWAYS_INLINE bool query_prefetch(const struct rt_query *q, unsigned what);

/* That and query_answer (query_answer.h): true if q->reply is to be sent by the caller. */
bool query_run(struct rt_query *q);

/*
 * Gives back buffers and memory of a query in a slot.  Idempotent.  q->held tells whether there is
 * something to do, and then the slot's buffer must be set again.
 */
static RT_ALWAYS_INLINE void query_clean(struct rt_query *q);
void query_clean_slow(struct rt_query *q);

/* The same for one on the heap, and frees it. */
void query_free(struct rt_query *q);

/* Frees all that is left, at the end of a worker. */
void query_worker_release(struct rt_worker *w);

/* A buffer of 64 KiB for a message that is longer than a slot; NULL when there is no memory. */
uint8_t *query_large_get(struct rt_worker *w);

static RT_ALWAYS_INLINE void
query_find(struct rt_query *q)
{
	const struct rt_site *site = listener_match(q->listener, &q->qname, q->qname.nlabels);

	q->site = RT_LIKELY(q->qclass == DNS_CLASS_IN && dispatch_is_plain(q, site)) ? site : NULL;
}

static RT_ALWAYS_INLINE bool
query_prefetch(const struct rt_query *q, unsigned what)
{
	return q->site != NULL && q->site->block->prefetch != NULL &&
	       q->site->block->prefetch(q, what);
}

static RT_ALWAYS_INLINE void
query_clean(struct rt_query *q)
{
	if (RT_UNLIKELY(q->held))
		query_clean_slow(q);
}

#endif
