/*
 * Judging a request of any kind.  What follows the question is read straight if it is one plain OPT;
 * everything else goes through the record iterator.  The server reads the usual request by
 * query_read.h and comes here with the others.
 */
#include "config.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/query_read.h"
#include "dns/rdata.h"

static enum dns_query_verdict
reject(struct dns_query_info *info, unsigned rcode)
{
	info->rcode = (uint16_t)rcode;
	return DNS_QUERY_REJECT;
}

/* The OPT record whose type field is at fixed and whose data, in bounds, is at fixed + 10. */
static RT_ALWAYS_INLINE bool
read_opt(const uint8_t *wire, size_t owner, size_t fixed, struct dns_query_info *info)
{
	uint16_t size = bytes_get16(wire + fixed + 2);

	if (info->opt_pos != 0)
		return false;
	info->opt_pos = (uint16_t)owner;
	info->udp_size = size > DNS_UDP_MIN ? size : DNS_UDP_MIN;
	info->edns_version = wire[fixed + 5];
	info->edns_do = wire[fixed + 6] >> 7;
	info->options_pos = (uint16_t)(fixed + 10);
	info->options_len = bytes_get16(wire + fixed + 8);
	return info->options_len == 0 ||
	       dns_edns_check(wire + info->options_pos, info->options_len);
}

/* One record of the additional section. */
static bool
read_additional(const struct dns_rr_iter *it, struct dns_query_info *info)
{
	/* RFC 8945 §5.1: a TSIG is the last record. */
	if (info->tsig_pos != 0)
		return false;
	if (it->type == DNS_TYPE_OPT)
		return it->msg[it->start] == 0 && read_opt(it->msg, it->start, it->fixed, info);
	if (it->type == DNS_TYPE_TSIG)
		info->tsig_pos = (uint16_t)it->start;
	return true;
}

/* Any record: names and data must be well-formed. */
static bool
read_record(const struct dns_rr_iter *it, struct dns_query_info *info)
{
	if (dns_name_unpack(NULL, it->msg, it->len, it->start, NULL) < 0)
		return false;
	if (dns_rdata_check(it->type, it->msg, it->len, it->rdata, it->rdlen) < 0)
		return false;
	if (it->section == DNS_ADDITIONAL)
		return read_additional(it, info);
	return it->type != DNS_TYPE_OPT && it->type != DNS_TYPE_TSIG;
}

/* The records after the question, of whatever kind. */
static RT_NOINLINE bool
read_records(const uint8_t *wire, size_t len, struct dns_query_info *info)
{
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, wire, len) < 0)
		return false;
	/* A message that ends between records has just these, whatever its header counts. */
	while (it.end < len && dns_rr_next(&it)) {
		if (!read_record(&it, info))
			return false;
	}
	info->end = (uint16_t)it.end;
	return it.error == 0;
}

/*
 * Whether the header counts what a request may have.  A NOTIFY may bring its SOA (RFC 1996 §3.7),
 * an IXFR request too (RFC 1995 §3).
 */
static RT_ALWAYS_INLINE bool
counts_ok(uint64_t counts)
{
	if (RT_LIKELY((counts & ~UINT64_C(1)) == DNS_COUNTS_QUESTION))
		return true;
	return counts >> 48 == 1 && (counts >> 32 & 0xffff) <= 1 && (counts >> 16 & 0xffff) <= 1 &&
	       (counts & 0xffff) <= 2;
}

/* Exactly one OPT of the root with its data in bounds and nothing else. */
static RT_ALWAYS_INLINE bool
is_lone_opt(const uint8_t *wire, size_t len, size_t pos)
{
	return len - pos >= DNS_EDNS_LEN && wire[pos] == 0 &&
	       bytes_get16(wire + pos + 1) == DNS_TYPE_OPT &&
	       len - pos - DNS_EDNS_LEN >= bytes_get16(wire + pos + 9);
}

static RT_ALWAYS_INLINE bool
read_rest(const uint8_t *wire, size_t len, uint64_t counts, struct dns_query_info *info)
{
	size_t pos = info->question_end;

	if (counts == DNS_COUNTS_QUESTION || pos == len)
		return true;
	if (RT_LIKELY(counts == DNS_COUNTS_QUESTION + 1 && is_lone_opt(wire, len, pos))) {
		bool ok = read_opt(wire, pos, pos + 1, info);

		info->end = (uint16_t)(info->options_pos + info->options_len);
		return ok;
	}
	return read_records(wire, len, info);
}

enum dns_query_verdict
dns_query_parse(const uint8_t *wire, size_t len, struct dns_query_info *info,
		struct dns_qname *qname)
{
	uint64_t counts;
	int pos;

	memset(info, 0, sizeof(*info));
	info->udp_size = DNS_UDP_MIN;
	if (RT_UNLIKELY(len < DNS_HEADER_LEN || len > DNS_MESSAGE_MAX))
		return DNS_QUERY_IGNORE;
	info->flags = dns_msg_flags(wire);
	if (RT_UNLIKELY(info->flags & DNS_FLAG_QR))
		return DNS_QUERY_IGNORE;
	info->opcode = (uint8_t)dns_msg_opcode(wire);
	if (RT_UNLIKELY(info->opcode != DNS_OPCODE_QUERY && info->opcode != DNS_OPCODE_NOTIFY))
		return reject(info, DNS_RCODE_NOTIMP);
	counts = bytes_get64(wire + 4);
	if (RT_UNLIKELY(!counts_ok(counts)))
		return reject(info, DNS_RCODE_FORMERR);
	if (RT_UNLIKELY(len == DNS_HEADER_LEN))
		return reject(info, DNS_RCODE_SERVFAIL);

	pos = dns_qname_parse(qname, wire, len, DNS_HEADER_LEN);
	if (RT_UNLIKELY(pos < 0 || len - (size_t)pos < 4))
		return reject(info, DNS_RCODE_FORMERR);
	info->qtype = bytes_get16(wire + pos);
	info->qclass = bytes_get16(wire + pos + 2);
	info->question_end = (uint16_t)(pos + 4);
	info->end = info->question_end;
	if (RT_UNLIKELY(!read_rest(wire, len, counts, info)))
		return reject(info, DNS_RCODE_FORMERR);
	if (RT_UNLIKELY(info->edns_version != 0))
		return reject(info, DNS_RCODE_BADVERS);
	return DNS_QUERY_OK;
}

size_t
dns_reply_reject(uint8_t *wire, const struct dns_query_info *info)
{
	size_t len = info->question_end != 0 ? info->question_end : DNS_HEADER_LEN;
	unsigned flags = info->flags & (DNS_OPCODE_MASK | DNS_FLAG_RD | DNS_FLAG_CD);

	if (info->rcode == DNS_RCODE_FORMERR)
		flags &= ~DNS_OPCODE_MASK;
	dns_msg_set_flags(wire, flags | DNS_FLAG_QR | (info->rcode & DNS_RCODE_MASK));
	memset(wire + 4, 0, DNS_HEADER_LEN - 4);
	dns_msg_set_count(wire, DNS_QUESTION, info->question_end != 0);
	if (info->rcode > DNS_RCODE_MASK) {
		/* It fits: that is the caller's promise. */
		int n = dns_edns_write(wire + len, DNS_EDNS_LEN, DNS_UDP_MIN, info->rcode, 0, NULL,
				       0);

		dns_msg_set_count(wire, DNS_ADDITIONAL, 1);
		len += (size_t)n;
	}
	return len;
}
