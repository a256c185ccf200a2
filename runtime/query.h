/*
 * query.h - the life of a query inside the server.  For the server's own files.
 *
 * A query lies in a slot of its worker (struct query_slot: UDP batch, TCP scratch) while it is
 * answered at once, or on the heap once it was suspended or is a sub-query.
 *
 *	switch (query_intake(q, wire, len, cap)) {	read and check the message (query_intake.h)
 *	case QUERY_IGNORE:	nothing is sent
 *	case QUERY_READY:	q->reply is the (error) answer
 *	case QUERY_SERVE:	query_run(q): true if q->reply is to be sent now
 *	}
 *	query_clean(q);						free what it took
 *
 * query_run returns false for queries that are dropped and for those that wait: these have
 * left the slot, and when they end, are sent by udp_queue or tcp_reply.
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

/* Answers it.  True if q->reply is to be sent by the caller. */
bool query_run(struct rt_query *q);

/* Gives back buffers and memory of a query in a slot.  Idempotent. */
static inline void query_clean(struct rt_query *q);
void query_clean_slow(struct rt_query *q);

/* The same for one on the heap, and frees it. */
void query_free(struct rt_query *q);

/* Frees all that is left, at the end of a worker. */
void query_worker_release(struct rt_worker *w);

/* A buffer of 64 KiB for a message that is longer than a slot; NULL when there is no memory. */
uint8_t *query_large_get(struct rt_worker *w);

static inline void
query_clean(struct rt_query *q)
{
	if (RT_UNLIKELY(q->buffer != QUERY_BUFFER_SLOT || q->chunks != NULL || q->sub != NULL))
		query_clean_slow(q);
}

#endif
