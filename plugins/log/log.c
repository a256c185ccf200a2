/*
 * log.c - run time: one line for each query that a rule wants.
 */
#include "config.h"

#include "rt.h"

#include "log/log.h"

#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/response.h"
#include "dns/types.h"

#define PREFIX   "[INFO] "
#define LINE_MAX 16384 /* octets; what is beyond is cut off */

/* What an answer without a message has. */
#define NONE "-"

struct line {
	const struct rt_query *q;
	enum dns_response kind; /* set if a rule or a piece needs it */
	size_t len;
	char text[LINE_MAX];
};

/* ---- writing ---- */

static void
put(struct line *l, const char *text, size_t len)
{
	if (len > sizeof(l->text) - l->len)
		len = sizeof(l->text) - l->len;
	memcpy(l->text + l->len, text, len);
	l->len += len;
}

static void
put_text(struct line *l, const char *text)
{
	put(l, text, strlen(text));
}

static void
put_number(struct line *l, uint64_t n)
{
	char digits[20];

	put(l, digits, num_format_u64(n, digits));
}

/* IPv6 addresses stand in brackets, without a port. */
static void
put_addr(struct line *l, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	size_t len = addr_format(a, text);

	if (a->family == ADDR_V6)
		put(l, "[", 1);
	put(l, text, len);
	if (a->family == ADDR_V6)
		put(l, "]", 1);
}

/* Seconds, with as many decimals as there are. */
static void
put_duration(struct line *l)
{
	uint64_t now = (uint64_t)clock_mono_ns();
	uint64_t ns = now > l->q->start_ns ? now - l->q->start_ns : 0;
	char decimals[9];
	unsigned n = sizeof(decimals);

	put_number(l, ns / 1000000000u);
	ns %= 1000000000u;
	for (unsigned i = n; i-- > 0; ns /= 10)
		decimals[i] = (char)('0' + ns % 10);
	while (n > 0 && decimals[n - 1] == '0')
		n--;
	if (n > 0)
		put(l, ".", 1);
	put(l, decimals, n);
	put(l, "s", 1);
}

/* ---- fields ---- */

static void
put_rcode(struct line *l)
{
	char text[DNS_TYPES_TEXT_MAX];

	if (l->q->reply.len == 0) {
		put_text(l, NONE);
		return;
	}
	put(l, text, dns_rcode_format(rt_reply_rcode(l->q), text));
}

/* Whether the server will cut the answer to what the client takes. */
static bool
will_truncate(const struct rt_query *q)
{
	size_t limit = q->proto == RT_PROTO_UDP ? q->udp_size : DNS_MESSAGE_MAX;
	size_t opt = q->flags & RT_QF_EDNS ? DNS_EDNS_LEN + (size_t)q->echo_len : 0;

	return q->reply.len + opt > limit;
}

static void
put_flags(struct line *l)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ DNS_FLAG_QR, "qr" }, { DNS_FLAG_AA, "aa" }, { DNS_FLAG_TC, "tc" },
		{ DNS_FLAG_RD, "rd" }, { DNS_FLAG_RA, "ra" }, { DNS_FLAG_Z, "z" },
		{ DNS_FLAG_AD, "ad" }, { DNS_FLAG_CD, "cd" },
	};
	bool any = false;

	if (l->q->reply.len == 0) {
		put_text(l, NONE);
		return;
	}
	unsigned flags = dns_msg_flags(l->q->reply.wire);
	if (will_truncate(l->q))
		flags |= DNS_FLAG_TC;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if ((flags & names[i].bit) == 0)
			continue;
		if (any)
			put(l, ",", 1);
		put_text(l, names[i].name);
		any = true;
	}
}

static void
put_question(struct line *l, enum log_field field)
{
	char text[DNS_NAME_TEXT_MAX];
	size_t len;

	/* "ANY" is a type in CoreDNS's lines, and only that. */
	if (field == LOG_CLASS && l->q->qclass == DNS_CLASS_ANY) {
		put_text(l, "CLASS255");
		return;
	}
	if (field == LOG_NAME)
		len = dns_name_to_text(l->q->qname.wire, text);
	else if (field == LOG_TYPE)
		len = dns_type_format(l->q->qtype, text);
	else
		len = dns_class_format(l->q->qclass, text);
	put(l, text, len);
}

static enum dns_response
kind_of(const struct rt_query *q)
{
	bool dnssec_ok = (q->flags & RT_QF_DO) != 0;
	uint32_t now = dnssec_ok ? (uint32_t)clock_wall_s() : 0;

	return dns_response_of(q->reply.wire, q->reply.len, q->qtype,
			       q->reply.len > 0 ? rt_reply_rcode(q) : 0, dnssec_ok, now);
}

/* Our own labels; no other plugin has any. */
static void
put_metadata(struct line *l, enum log_field field)
{
	const char *text = NONE;

	if (field == LOG_META_CLASS)
		text = dns_response_class_name(dns_response_class(l->kind));
	else if (field == LOG_META_TYPE)
		text = dns_response_name(l->kind);
	put_text(l, text);
}

static void
put_piece(struct line *l, const struct log_piece *piece)
{
	const struct rt_query *q = l->q;

	switch ((enum log_field)piece->field) {
	case LOG_TEXT:
		put_text(l, piece->text);
		break;
	case LOG_TYPE:
	case LOG_NAME:
	case LOG_CLASS:
		put_question(l, (enum log_field)piece->field);
		break;
	case LOG_PROTO:
		put(l, q->proto == RT_PROTO_UDP ? "udp" : "tcp", 3);
		break;
	case LOG_REMOTE:
		put_addr(l, &q->client);
		break;
	case LOG_LOCAL:
		put_addr(l, &q->local);
		break;
	case LOG_SIZE:
		put_number(l, q->request_len);
		break;
	case LOG_PORT:
		put_number(l, q->client.port);
		break;
	case LOG_DURATION:
		put_duration(l);
		break;
	case LOG_RCODE:
		put_rcode(l);
		break;
	case LOG_RSIZE:
		put_number(l, dns_response_plain_len(q->reply.wire, q->reply.len));
		break;
	case LOG_RFLAGS:
		put_flags(l);
		break;
	case LOG_BUFSIZE:
		put_number(l, q->proto == RT_PROTO_UDP ? q->udp_size : DNS_MESSAGE_MAX);
		break;
	case LOG_DO:
		put_text(l, q->flags & RT_QF_DO ? "true" : "false");
		break;
	case LOG_ID:
		put_number(l, q->id);
		break;
	case LOG_OPCODE:
		put_number(l, q->opcode);
		break;
	case LOG_META_CLASS:
	case LOG_META_TYPE:
	case LOG_METADATA:
		put_metadata(l, (enum log_field)piece->field);
		break;
	}
}

/* ---- rules ---- */

static const struct log_rule *
find_rule(const struct log_config *config, const struct dns_qname *name)
{
	for (unsigned i = 0; i < config->rules.n; i++) {
		const struct rt_name *scope = &config->rules.v[i].name;

		if (scope->nlabels == 0)
			return &config->rules.v[i];
		if (scope->nlabels > name->nlabels)
			continue;
		size_t at = name->label[name->nlabels - scope->nlabels];
		if (name->len - at == scope->len &&
		    memcmp(name->wire + at, scope->wire, scope->len) == 0)
			return &config->rules.v[i];
	}
	return NULL;
}

static bool
needs_kind(const struct log_rule *rule)
{
	if ((rule->classes & LOG_ALL) == 0)
		return true;
	for (unsigned i = 0; i < rule->format.n; i++) {
		if (rule->format.v[i].field == LOG_META_CLASS ||
		    rule->format.v[i].field == LOG_META_TYPE)
			return true;
	}
	return false;
}

static bool
wants(const struct log_rule *rule, enum dns_response kind)
{
	static const uint32_t bits[] = {
		[DNS_RESPONSE_CLASS_SUCCESS] = LOG_SUCCESS,
		[DNS_RESPONSE_CLASS_DENIAL] = LOG_DENIAL,
		[DNS_RESPONSE_CLASS_ERROR] = LOG_ERROR,
	};

	return (rule->classes & (LOG_ALL | bits[dns_response_class(kind)])) != 0;
}

/* Whether the answer is of no class that a rule wants, as far as the rcode tells. */
static inline bool
plainly_unwanted(const struct log_config *config, const struct rt_query *q)
{
	/* With DO, signatures out of their time would make it an error, as transfers and NOTIFY are. */
	return (config->classes & (LOG_ALL | LOG_SUCCESS | LOG_DENIAL)) == 0 &&
	       q->verdict == RT_DONE && rt_reply_rcode(q) == DNS_RCODE_NOERROR &&
	       (q->flags & RT_QF_DO) == 0 && q->opcode == DNS_OPCODE_QUERY &&
	       q->qtype != DNS_TYPE_AXFR && q->qtype != DNS_TYPE_IXFR;
}

/* Out of line: the line takes much of the stack, which most queries shall not touch. */
static RT_NOINLINE void
write_line(const struct log_rule *rule, const struct rt_query *q, enum dns_response kind)
{
	struct line l;

	l.q = q;
	l.kind = kind;
	l.len = 0;
	put(&l, PREFIX, strlen(PREFIX));
	for (unsigned i = 0; i < rule->format.n; i++)
		put_piece(&l, &rule->format.v[i]);
	rt_log_bulk(q->worker, l.text, l.len);
}

/* Out of line: it needs registers that most queries need not save. */
static RT_NOINLINE void
log_query(const struct log_config *config, const struct rt_query *q)
{
	const struct log_rule *rule = find_rule(config, &q->qname);
	enum dns_response kind = DNS_RESPONSE_NOERROR;

	if (rule == NULL)
		return;
	if (needs_kind(rule)) {
		kind = kind_of(q);
		if (!wants(rule, kind))
			return;
	}
	write_line(rule, q, kind);
}

void
log_reply(const struct log_config *config, struct log_state *state, struct rt_query *q)
{
	(void)state;
	if (!plainly_unwanted(config, q))
		log_query(config, q);
}
