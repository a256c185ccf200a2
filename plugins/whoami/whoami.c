/*
 * whoami.c - run time: an A or AAAA record with the client's address and an SRV record with its
 * port and transport, both in the additional section, TTL 0.
 */
#include "config.h"

#include "rt.h"

#include "whoami/whoami.h"

#include "dns/types.h"

/* "_udp.<qname>", or nothing when that is too long for a name. */
static bool
srv_owner(const struct rt_query *q, uint8_t owner[DNS_NAME_BUF])
{
	const char *label = q->proto == RT_PROTO_UDP ? "\004_udp" : "\004_tcp";
	size_t len = q->qname.len;

	if (5 + len > DNS_NAME_MAX)
		return false;
	for (size_t i = 0; i < 5; i++)
		owner[i] = (uint8_t)label[i];
	/* From the message, where it still has the case that the client wrote. */
	for (size_t i = 0; i < len; i++)
		owner[5 + i] = q->reply.wire[DNS_HEADER_LEN + i];
	return true;
}

static void
write_port(struct rt_query *q)
{
	uint8_t owner[DNS_NAME_BUF];

	if (!srv_owner(q, owner))
		return;
	dns_writer_open(&q->reply, DNS_ADDITIONAL, owner, DNS_TYPE_SRV, q->qclass, 0);
	dns_writer_u16(&q->reply, 0); /* priority */
	dns_writer_u16(&q->reply, 0); /* weight */
	dns_writer_u16(&q->reply, q->client.port);
	dns_writer_u8(&q->reply, 0); /* target: the root */
	dns_writer_close(&q->reply);
}

enum rt_verdict
whoami_serve(const struct whoami_config *config, struct whoami_state *state, struct rt_query *q)
{
	bool v4 = q->client.family == ADDR_V4;

	(void)config;
	(void)state;
	rt_reply_begin(q, true);
	dns_writer_rr_at(&q->reply, DNS_ADDITIONAL, DNS_HEADER_LEN, v4 ? DNS_TYPE_A : DNS_TYPE_AAAA,
			 q->qclass, 0, q->client.bytes, addr_len(&q->client));
	write_port(q);
	return RT_DONE;
}
