/*
 * Reading the usual request straight: a query with one question and perhaps one plain OPT.
 *
 * For the server's reading of requests, which tries this first and leaves everything that is odd
 * in any way, good or bad, to dns_query_parse.  Inline, since it runs for every query.
 *
 * Such a request has nothing of unknown length but the name, so the length of the message tells
 * that of the name; all else is compared as whole words.
 */
#ifndef DNS_QUERY_READ_H
#define DNS_QUERY_READ_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/qname_read.h"

/* The buffer of a request that dns_query_usual reads has so many octets, whatever its length. */
#define DNS_QUERY_ROOM 512u

/* The header's four counts as one number: a question and nothing else. */
#define DNS_COUNTS_QUESTION (UINT64_C(1) << 48)

/* Bits of dns_query_usual.edns. */
#define DNS_QUERY_EDNS (1u << 0) /* there is an OPT, of version 0 and without options */
#define DNS_QUERY_DO   (1u << 1) /* ... with DNSSEC OK */

struct dns_query_usual {
	uint16_t flags; /* as received */
	uint16_t edns;  /* DNS_QUERY_EDNS ... */
	uint16_t qtype;
	uint16_t qclass;
	uint16_t question_end; /* offset after the question */
	uint16_t udp_size;     /* at least 512 */
};

/* The OPT record at p, DNS_EDNS_LEN octets; false: it has options, another version or is none. */
static RT_ALWAYS_INLINE bool
dns_query_usual_opt(const uint8_t *p, struct dns_query_usual *u)
{
	/* Owner, type, version, and no options; the rest is values. */
	const uint64_t fixed = bytes_wire64(UINT64_C(0xffffff000000ff00));
	const uint64_t wanted = bytes_wire64((uint64_t)DNS_TYPE_OPT << 40);

	if (RT_UNLIKELY((bytes_load64(p) & fixed) != wanted || bytes_load16(p + 9) != 0))
		return false;
	u->edns = (uint16_t)(DNS_QUERY_EDNS | (p[7] >> 7) * DNS_QUERY_DO);
	if (bytes_get16(p + 3) > DNS_UDP_MIN)
		u->udp_size = bytes_get16(p + 3);
	return true;
}

/* False: the request is not a usual one; *u and *qname are undefined then. */
static RT_ALWAYS_INLINE bool
dns_query_usual(const uint8_t *wire, size_t len, struct dns_query_usual *u, struct dns_qname *qname)
{
	const uint8_t *p = wire + DNS_HEADER_LEN;
	uint64_t counts = bytes_load64(wire + 4);
	size_t name_len = len - DNS_HEADER_LEN - 4;
	size_t end;

	u->edns = 0;
	u->udp_size = DNS_UDP_MIN;
	if (RT_UNLIKELY(counts != bytes_wire64(DNS_COUNTS_QUESTION))) {
		name_len -= DNS_EDNS_LEN;
		if (RT_UNLIKELY(counts != bytes_wire64(DNS_COUNTS_QUESTION + 1) ||
				len < DNS_HEADER_LEN + 5 + DNS_EDNS_LEN ||
				!dns_query_usual_opt(wire + len - DNS_EDNS_LEN, u)))
			return false;
	}
	/* A length below 1 wraps around. */
	u->flags = dns_msg_flags(wire);
	if (RT_UNLIKELY(name_len - 1 >= DNS_NAME_MAX ||
			(u->flags & (DNS_FLAG_QR | DNS_OPCODE_MASK)) != 0 ||
			!qname_labels(qname, p, name_len, &end) || end != name_len))
		return false;
	qname_fill(qname, p, name_len);
	p += name_len;
	u->qtype = (uint16_t)(bytes_get32(p) >> 16);
	u->qclass = (uint16_t)bytes_get32(p);
	u->question_end = (uint16_t)(DNS_HEADER_LEN + name_len + 4);
	return true;
}

#endif
