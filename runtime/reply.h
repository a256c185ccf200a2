/*
 * reply.h - the server's last hand on a reply.  For the server's own files; see rt.h for what
 * plugins use.
 */
#ifndef RT_REPLY_H
#define RT_REPLY_H

#include <stdbool.h>

#include "base/compiler.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "rt.h"

/* The largest payload of a UDP datagram over IPv4. */
#define REPLY_UDP_MAX 65507u

/*
 * Makes q->reply what is sent: OPT, truncation to what the client accepts, extended rcode.
 * False if no message can be made, and nothing must be sent.
 */
static RT_ALWAYS_INLINE bool reply_finish(struct rt_query *q);
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

/* An OPT record without options, where that is all there is to say; false: it is not. */
static RT_ALWAYS_INLINE bool
reply_add_opt(struct rt_query *q)
{
	size_t limit = q->reply.cap < REPLY_UDP_MAX ? q->reply.cap : REPLY_UDP_MAX;
	size_t len = q->reply.len + DNS_EDNS_LEN;

	if (RT_UNLIKELY(q->echo_len != 0 || q->reply.open_at != 0 || len > q->udp_size ||
			len > limit))
		return false;
	dns_edns_put_plain(q->reply.wire + q->reply.len, q->udp_size, (q->flags & RT_QF_DO) != 0);
	q->reply.len = len;
	dns_msg_set_count(q->reply.wire, DNS_ADDITIONAL,
			  (uint16_t)(dns_msg_count(q->reply.wire, DNS_ADDITIONAL) + 1));
	return true;
}

/* Nearly always: no more than an OPT is to be added, and the message is one that the client accepts. */
static RT_ALWAYS_INLINE bool
reply_finish(struct rt_query *q)
{
	if (RT_LIKELY(q->rcode <= DNS_RCODE_MASK && (q->reply.wire[2] & DNS_FLAG_QR >> 8) != 0)) {
		if ((q->flags & RT_QF_EDNS) == 0 ? RT_LIKELY(q->reply.len <= DNS_UDP_MIN)
						 : RT_LIKELY(reply_add_opt(q)))
			return true;
	}
	return reply_finish_any(q);
}

#endif
