/*
 * The name of a query, where nothing is known of what stands around it.
 */
#include "config.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/name.h"
#include "dns/qname_read.h"

const uint8_t dns_name_keep[2 * DNS_NAME_BLOCK] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

uint64_t
dns_name_hash(const uint8_t *name, size_t len)
{
	uint8_t last[DNS_NAME_BLOCK] = { 0 };
	size_t tail = qname_tail(len);
	uint64_t h;

	/* No more may be read. */
	memcpy(last, name + tail, len - tail);
	h = qname_hash_step(hash_key[0], lower_load(last));
	for (size_t at = 0; at < tail; at += DNS_NAME_BLOCK)
		h = qname_hash_step(h, lower_load(name + at));
	return h;
}

/* As qname_fill; room octets may be read. */
static void
fill(struct dns_qname *q, const uint8_t *p, size_t len, size_t room)
{
	uint8_t copy[DNS_NAME_BUF];

	if (RT_LIKELY(room >= len + DNS_NAME_BLOCK - 1)) {
		qname_fill(q, p, len);
		return;
	}
	memcpy(copy, p, len);
	memset(copy + len, 0, -len & (DNS_NAME_BLOCK - 1));
	qname_fill(q, copy, len);
}

int
dns_qname_parse(struct dns_qname *q, const uint8_t *msg, size_t len, size_t pos)
{
	size_t room = pos < len ? len - pos : 0;
	size_t limit = room < DNS_NAME_MAX ? room : DNS_NAME_MAX;
	const uint8_t *p = msg + pos;
	size_t n;

	if (RT_UNLIKELY(room == 0))
		return RT_EEOF;
	if (RT_UNLIKELY(!qname_labels(q, p, limit, &n)))
		return dns_name_check(p, room);
	fill(q, p, n, room);
	return (int)(pos + n);
}

void
dns_qname_set(struct dns_qname *q, const uint8_t *name)
{
	size_t len = dns_name_len(name);

	q->nlabels = (uint8_t)dns_name_offsets(name, q->label);
	fill(q, name, len, len);
}
