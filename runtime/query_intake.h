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
#include "query_memory.h"
#include "worker.h"

enum query_intake {
	QUERY_IGNORE,
	QUERY_READY,
	QUERY_SERVE,
};

/*
 * Reads the request of len octets at wire, whose buffer has cap octets, at least DNS_QUERY_ROOM, and
 * QUERY_ECHO_LEN more behind those.  worker, listener, udp or conn, proto, client and local have
 * been set; everything else is set here.
 */
static RT_ALWAYS_INLINE enum query_intake query_intake(struct rt_query *q, uint8_t *wire,
						       size_t len, size_t cap);

/* The same for requests of any kind; for query_intake. */
enum query_intake query_intake_any(struct rt_query *q, uint8_t *wire, size_t len, size_t cap);

/* What of the request's flags and EDNS is worth one bit. */
static RT_ALWAYS_INLINE uint16_t
intake_flags(unsigned header, bool edns, bool edns_do)
{
	/* Bits 8, 4 and 5 of the header's word to bits 0, 1 and 2. */
	RT_STATIC_ASSERT(DNS_FLAG_RD >> 8 == RT_QF_RD && DNS_FLAG_CD >> 3 == RT_QF_CD &&
				 DNS_FLAG_AD >> 3 == RT_QF_AD,
			 "flags are moved by shifts");
	return (uint16_t)((header >> 8 & RT_QF_RD) | (header >> 3 & (RT_QF_CD | RT_QF_AD)) |
			  (edns ? RT_QF_EDNS : 0u) | (edns_do ? RT_QF_DO : 0u));
}

/* What begins the same way for every request.  In the order of struct rt_query, as far as it goes. */
static RT_ALWAYS_INLINE void
intake_begin(struct rt_query *q, uint8_t *wire, size_t len, size_t cap, uint16_t question_end)
{
	q->id = dns_msg_id(wire);
	q->request_len = (uint16_t)len;
	q->question_end = question_end;
	q->step = 0;
	q->floor = 0;
	q->depth = 0;
	q->verdict = RT_NEXT;
	q->rcode = 0;
	q->options_len = 0;
	q->echo_len = 0;
	q->error = NULL;
	q->site = NULL;
	q->start_ns = q->worker->now;
	dns_writer_init(&q->reply, wire, question_end, cap);
	q->reply.grow = query_grow;
	q->reply.user = q;
}

static RT_ALWAYS_INLINE enum query_intake
query_intake(struct rt_query *q, uint8_t *wire, size_t len, size_t cap)
{
	struct dns_query_usual usual;

	q->sub = NULL;
	q->parent = NULL;
	q->chunks = NULL;
	q->slots = NULL;
	q->done = NULL;
	q->buffer = QUERY_BUFFER_SLOT;
	if (RT_UNLIKELY(!dns_query_usual(wire, len, &usual, &q->qname)))
		return query_intake_any(q, wire, len, cap);
	q->qtype = usual.qtype;
	q->qclass = usual.qclass;
	q->flags = intake_flags(usual.flags, usual.edns, usual.edns_do);
	q->udp_size = usual.udp_size;
	q->opcode = DNS_OPCODE_QUERY;
	intake_begin(q, wire, len, cap, usual.question_end);
	return QUERY_SERVE;
}

#endif
