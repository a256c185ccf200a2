/*
 * query_intake.h - reading a request into a query: the first step of query.h.  For the server's own
 * files.
 *
 * The usual request is read here, inline, since this runs for every query; what is odd in any way,
 * good or bad, goes to query_intake_any.
 */
#ifndef RT_QUERY_INTAKE_H
#define RT_QUERY_INTAKE_H

#include "base/compiler.h"
#include "dns/message.h"
#include "dns/query_read.h"
#include "query.h"
#include "worker.h"

enum query_intake {
	QUERY_SERVE, /* query_run is to answer it */
	QUERY_READY, /* the reply is there */
	QUERY_IGNORE,
};

/*
 * Reads the request of len octets at q->reply.wire, a buffer of q->reply.cap octets, at least
 * DNS_QUERY_ROOM, and QUERY_ECHO_LEN more behind those.  The slot is clean (query_slot_init,
 * query_clean); listener, udp or conn, client and local have been set; everything else is set here.
 * The result is in q->intake as well.
 */
static inline enum query_intake query_intake(struct rt_query *q, size_t len);

/* The two halves of it: false if the request is not a usual one, then by all the rules. */
static RT_ALWAYS_INLINE bool query_intake_usual(struct rt_query *q, size_t len) RT_MUST_CHECK;
enum query_intake query_intake_any(struct rt_query *q, size_t len);

/* What of the request's flags and EDNS is worth one bit. */
static RT_ALWAYS_INLINE uint16_t
intake_flags(unsigned header, unsigned edns)
{
	RT_STATIC_ASSERT(DNS_QUERY_EDNS == RT_QF_EDNS && DNS_QUERY_DO == RT_QF_DO,
			 "flags are taken as they are");
	return (uint16_t)((header & (RT_QF_RD | RT_QF_AD | RT_QF_CD)) | edns);
}

/* What begins the same way for every request.  In the order of struct rt_query. */
static RT_ALWAYS_INLINE void
intake_begin(struct rt_query *q, size_t len, uint16_t question_end)
{
	/* As in every message that has got so far. */
	bytes_store64(q->reply.wire + 4, bytes_wire64(DNS_COUNTS_QUESTION));
	q->id = dns_msg_id(q->reply.wire);
	q->request_len = (uint16_t)len;
	q->question_end = question_end;
	RT_STATIC_ASSERT(RT_NEXT == 0 && QUERY_BUFFER_SLOT == 0 && QUERY_SERVE == 0,
			 "what begins as zero");
	q->begin[0] = 0;
	q->begin[1] = 0;
	q->error = NULL;
	q->start_ns = q->worker->now;
	dns_writer_begin_counted(&q->reply, question_end);
}

static RT_ALWAYS_INLINE bool
query_intake_usual(struct rt_query *q, size_t len)
{
	struct dns_query_usual usual;

	if (RT_UNLIKELY(!dns_query_usual(q->reply.wire, len, &usual, &q->qname)))
		return false;
	q->qclass = usual.qclass;
	q->qtype = usual.qtype;
	q->flags = intake_flags(usual.flags, usual.edns);
	q->udp_size = usual.udp_size;
	q->opcode = DNS_OPCODE_QUERY;
	intake_begin(q, len, usual.question_end);
	return true;
}

static inline enum query_intake
query_intake(struct rt_query *q, size_t len)
{
	return query_intake_usual(q, len) ? QUERY_SERVE : query_intake_any(q, len);
}

#endif
