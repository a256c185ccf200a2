/*
 * Reading the usual request straight: a query with one question and perhaps one plain OPT.
 *
 * For the server's reading of requests, which tries this first and leaves everything that is odd
 * in any way, good or bad, to dns_query_parse.  Inline, since it runs for every query.
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

struct dns_query_usual {
	uint16_t flags; /* as received */
	uint16_t qtype;
	uint16_t qclass;
	uint16_t question_end; /* offset after the question */
	uint16_t udp_size;     /* at least 512 */
	bool edns;             /* there is an OPT, of version 0 and without options */
	bool edns_do;
};

/*
 * False: the request is not a usual one; *u and *qname are undefined then.  The name is converted
 * before the rest is looked at, while there is little else to keep in registers.
 */
static RT_ALWAYS_INLINE bool
dns_query_usual(const uint8_t *wire, size_t len, struct dns_query_usual *u, struct dns_qname *qname)
{
	const uint8_t *p = wire + DNS_HEADER_LEN;
	size_t name_len;

	if (RT_UNLIKELY(len <= DNS_HEADER_LEN || bytes_get64(wire + 4) - DNS_COUNTS_QUESTION > 1 ||
			(dns_msg_flags(wire) & (DNS_FLAG_QR | DNS_OPCODE_MASK)) != 0))
		return false;
	/* Octets behind the request are read, but then the name ends too late. */
	if (RT_UNLIKELY(!qname_labels(qname, p, DNS_NAME_MAX, &name_len)))
		return false;
	qname_fill(qname, p, name_len);
	p += name_len;
	u->question_end = (uint16_t)(DNS_HEADER_LEN + name_len + 4);
	if (RT_UNLIKELY(len < u->question_end))
		return false;
	u->flags = dns_msg_flags(wire);
	u->qtype = bytes_get16(p);
	u->qclass = bytes_get16(p + 2);
	u->udp_size = DNS_UDP_MIN;
	u->edns = false;
	u->edns_do = false;
	/* The low octet of ARCOUNT; the others are zero. */
	if (wire[11] == 0)
		return true;
	p += 4;
	/* Owner, type and version, and no options; the rest is values. */
	if (RT_UNLIKELY(len - u->question_end != DNS_EDNS_LEN || p[0] != 0 ||
			bytes_get16(p + 1) != DNS_TYPE_OPT || p[6] != 0 || bytes_get16(p + 9) != 0))
		return false;
	u->edns = true;
	u->edns_do = p[7] >> 7;
	if (bytes_get16(p + 3) > DNS_UDP_MIN)
		u->udp_size = bytes_get16(p + 3);
	return true;
}

#endif
