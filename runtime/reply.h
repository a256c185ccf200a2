/*
 * reply.h - the server's last hand on a reply.  For the server's own files; see rt.h for what
 * plugins use.
 */
#ifndef RT_REPLY_H
#define RT_REPLY_H

#include <stdbool.h>

#include "base/compiler.h"
#include "dns/message.h"
#include "rt.h"

/*
 * Makes q->reply what is sent: OPT, truncation to what the client accepts, extended rcode.
 * False if no message can be made, and nothing must be sent.
 */
static inline bool reply_finish(struct rt_query *q);
bool reply_finish_any(struct rt_query *q);

/* Replaces what was written by an empty reply with rcode. */
void reply_error(struct rt_query *q, uint16_t rcode);

/*
 * More was written than a message can hold: go on with the records that fitted, and TC.  (The one that did
 * not has left no trace.)
 */
void reply_cut(struct rt_query *q);

/* Keeps the request's EDNS options: QUERY_ECHO_LEN octets at room, or memory of the query. */
void reply_keep_options(struct rt_query *q, const uint8_t *options, size_t len, uint8_t *room);

/* Without EDNS and within what everybody accepts there is nothing left to do. */
static inline bool
reply_finish(struct rt_query *q)
{
	if (RT_LIKELY((q->flags & RT_QF_EDNS) == 0 && q->reply.len <= DNS_UDP_MIN &&
		      q->rcode <= DNS_RCODE_MASK &&
		      (dns_msg_flags(q->reply.wire) & DNS_FLAG_QR) != 0))
		return true;
	return reply_finish_any(q);
}

#endif
