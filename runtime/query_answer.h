/*
 * query_answer.h - running a query's chain to its end: the last step of query.h.  For the server's
 * own files.
 *
 * Inline is what an answer that needs no waiting and does not fail goes through.
 */
#ifndef RT_QUERY_ANSWER_H
#define RT_QUERY_ANSWER_H

#include "base/compiler.h"
#include "query.h"
#include "reply.h"
#include "rt_gen.h"

/* query_answer of a query whose site is not known yet. */
bool query_answer_any(struct rt_query *q);

/* v is not RT_DONE, or writing failed: what it comes to before the way back. */
enum rt_verdict query_settle(struct rt_query *q, enum rt_verdict v);
/* A reply half has failed to write as well. */
void query_settle_again(struct rt_query *q);

/*
 * The serve function of q's step in the block, and those after it, returned v: run the way back.  True
 * if a reply is there; false if it is dropped or, with RT_PENDING, has yet to come.
 */
static RT_ALWAYS_INLINE bool
query_finish(struct rt_query *q, const struct rt_block *block, enum rt_verdict v)
{
	if (RT_UNLIKELY(v != RT_DONE || q->reply.error != 0)) {
		if (v == RT_PENDING)
			return false;
		v = query_settle(q, v);
	}
	q->verdict = (uint8_t)v;
	if (block->reply != NULL) {
		block->reply(q);
		if (RT_UNLIKELY(q->reply.error != 0))
			query_settle_again(q);
	}
	return v != RT_DROP;
}

static RT_ALWAYS_INLINE bool
query_answer(struct rt_query *q)
{
	const struct rt_site *site = q->site;

	if (RT_UNLIKELY(site == NULL))
		return query_answer_any(q);
	return query_finish(q, site->block, site->block->serve(q)) && reply_finish(q);
}

#endif
