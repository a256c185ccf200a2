/*
 * response.c - what kind of answer a message is.
 */
#include "config.h"

#include "dns/response.h"

#include "dns/message.h"
#include "dns/rdata.h"
#include "dns/types.h"

static const struct {
	const char *name;
	enum dns_response_class class;
} kinds[] = {
#define X(symbol, text, class) [DNS_RESPONSE_##symbol] = { text, DNS_RESPONSE_CLASS_##class },
	DNS_RESPONSES(X)
#undef X
};

enum dns_response_class
dns_response_class(enum dns_response kind)
{
	return kinds[kind].class;
}

const char *
dns_response_name(enum dns_response kind)
{
	return kinds[kind].name;
}

const char *dns_response_class_name(enum dns_response_class class)
{
	switch (class) {
	case DNS_RESPONSE_CLASS_SUCCESS:
		return "success";
	case DNS_RESPONSE_CLASS_DENIAL:
		return "denial";
	case DNS_RESPONSE_CLASS_ERROR:
		break;
	}
	return "error";
}

/* ---- kinds ---- */

/* What of the records matters. */
struct summary {
	bool soa;     /* in the authority section */
	bool ns;      /* likewise */
	bool expired; /* a signature is not valid now */
};

/* RFC 4034 §3.1.5: times are compared in serial number arithmetic. */
static bool
is_expired(const struct dns_rr_iter *it, uint32_t now)
{
	if (it->type != DNS_TYPE_RRSIG || it->rdlen < 18)
		return false;
	uint32_t expiration = bytes_get32(it->msg + it->rdata + 8);
	uint32_t inception = bytes_get32(it->msg + it->rdata + 12);
	return (int32_t)(now - inception) < 0 || (int32_t)(expiration - now) < 0;
}

static bool
summarize(struct summary *s, const uint8_t *msg, size_t len, bool dnssec_ok, uint32_t now)
{
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, msg, len) != 0)
		return false;
	while (dns_rr_next(&it)) {
		if (dnssec_ok && is_expired(&it, now))
			s->expired = true;
		if (it.section != DNS_AUTHORITY)
			continue;
		s->soa = s->soa || it.type == DNS_TYPE_SOA;
		s->ns = s->ns || it.type == DNS_TYPE_NS;
	}
	return it.error == 0;
}

static enum dns_response
kind_without_answer(const struct summary *s, unsigned rcode)
{
	if (s->soa && rcode == DNS_RCODE_NOERROR)
		return DNS_RESPONSE_NODATA;
	if (rcode == DNS_RCODE_NXDOMAIN)
		return DNS_RESPONSE_NXDOMAIN;
	if (rcode == DNS_RCODE_SERVFAIL || rcode == DNS_RCODE_NOTIMP)
		return DNS_RESPONSE_SERVERERROR;
	if (rcode != DNS_RCODE_NOERROR)
		return DNS_RESPONSE_OTHERERROR;
	return s->ns ? DNS_RESPONSE_DELEGATION : DNS_RESPONSE_NOERROR;
}

enum dns_response
dns_response_of(const uint8_t *msg, size_t len, uint16_t qtype, unsigned rcode, bool dnssec_ok,
		uint32_t now)
{
	struct summary s = { .soa = false };

	if (len < DNS_HEADER_LEN)
		return DNS_RESPONSE_OTHERERROR;
	if (dns_msg_opcode(msg) == DNS_OPCODE_UPDATE)
		return DNS_RESPONSE_UPDATE;
	if (dns_msg_opcode(msg) == DNS_OPCODE_NOTIFY)
		return DNS_RESPONSE_META;
	if (qtype == DNS_TYPE_AXFR || qtype == DNS_TYPE_IXFR)
		return DNS_RESPONSE_META;
	bool answered = dns_msg_count(msg, DNS_ANSWER) > 0;
	if (answered && !dnssec_ok && rcode == DNS_RCODE_NOERROR)
		return DNS_RESPONSE_NOERROR; /* nearly always */
	if (!summarize(&s, msg, len, dnssec_ok, now) || s.expired)
		return DNS_RESPONSE_OTHERERROR;
	if (answered && rcode == DNS_RCODE_NOERROR)
		return DNS_RESPONSE_NOERROR;
	if (answered && rcode == DNS_RCODE_NXDOMAIN)
		return DNS_RESPONSE_OTHERERROR;
	return kind_without_answer(&s, rcode);
}

/* ---- length ---- */

/* Octets of the record's data with its names expanded, or a negative code. */
static int
plain_rdata(const struct dns_rr_iter *it)
{
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;
	int sum = 0;

	if (!dns_rdata_has_names(it->type))
		return it->rdlen;
	dns_rdata_walk_init(&walk, it->type, it->msg, it->len, it->rdata, it->rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		int n = (int)piece.len;

		if (piece.is_name)
			n = dns_name_unpack(NULL, it->msg, it->len, piece.pos, NULL);
		if (n < 0)
			return n;
		sum += n;
	}
	return walk.error < 0 ? walk.error : sum;
}

size_t
dns_response_plain_len(const uint8_t *msg, size_t len)
{
	struct dns_rr_iter it;
	int at = dns_msg_question_end(msg, len);

	if (at < 0 || dns_rr_iter_init(&it, msg, len) != 0)
		return len;
	size_t sum = (size_t)at;
	while (dns_rr_next(&it)) {
		int owner = dns_name_unpack(NULL, msg, len, it.start, NULL);
		int data = plain_rdata(&it);

		if (owner < 0 || data < 0)
			return len;
		sum += (size_t)owner + 10 + (size_t)data;
	}
	return it.error == 0 ? sum : len;
}
