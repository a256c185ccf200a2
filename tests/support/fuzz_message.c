/*
 * Arbitrary bytes through everything that reads messages.
 */
#include "config.h"

#include "tests/support/fuzz_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/rdata.h"
#include "dns/writer.h"

/* A property that the code promises; stays on in every build. */
#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static void
check_query(const uint8_t *data, size_t len)
{
	struct dns_query_info info;
	struct dns_qname q;
	uint8_t name[DNS_NAME_BUF];
	uint8_t reply[DNS_HEADER_LEN + DNS_NAME_MAX + 4 + DNS_EDNS_LEN];
	enum dns_query_verdict v = dns_query_parse(data, len, &info, &q);
	size_t n;

	if (v == DNS_QUERY_IGNORE)
		return;
	HOLDS(info.question_end <= len && info.end <= len);
	HOLDS(info.options_pos + info.options_len <= len || v == DNS_QUERY_REJECT);
	n = info.question_end != 0 ? info.question_end : DNS_HEADER_LEN;
	if (v == DNS_QUERY_REJECT) {
		HOLDS(info.rcode != 0);
		HOLDS(n <= sizeof(reply) - DNS_EDNS_LEN);
		memcpy(reply, data, n);
		n = dns_reply_reject(reply, &info);
		HOLDS(n <= sizeof(reply) && (dns_msg_flags(reply) & DNS_FLAG_QR));
		return;
	}
	HOLDS(dns_edns_check(data + info.options_pos, info.options_len));
	HOLDS(info.udp_size >= 512 && info.edns_version == 0);
	HOLDS(dns_name_check(q.wire, q.len) == q.len);
	HOLDS(dns_name_labels(q.wire) == q.nlabels);
	HOLDS(dns_name_unpack(name, data, len, DNS_HEADER_LEN, NULL) == q.len);
	HOLDS(dns_name_equal(name, q.wire));
	HOLDS(dns_name_hash(q.wire, q.len) == q.hash);
}

static void
check_name(const uint8_t *data, size_t len, size_t pos)
{
	uint8_t name[DNS_NAME_BUF];
	uint8_t again[DNS_NAME_BUF];
	char text[DNS_NAME_TEXT_MAX];
	size_t next;
	size_t text_len;
	int n = dns_name_unpack(name, data, len, pos, &next);

	HOLDS(dns_name_unpack(NULL, data, len, pos, NULL) == n);
	if (n < 0)
		return;
	HOLDS(next > pos && next <= len && dns_name_skip(data, len, pos) == (int)next);
	HOLDS(dns_name_check(name, (size_t)n) == n && dns_name_len(name) == (size_t)n);
	HOLDS(dns_name_equal_at(data, len, pos, name));
	text_len = dns_name_to_text(name, text);
	HOLDS(text_len < sizeof(text) && strlen(text) == text_len);
	HOLDS(dns_name_from_text(again, text, text_len) == n &&
	      memcmp(name, again, (size_t)n) == 0);
	HOLDS(dns_name_compare(name, again) == 0);
}

static void
check_record(const struct dns_rr_iter *it)
{
	static uint8_t rdata[DNS_RDATA_MAX];
	int rc = dns_rdata_check(it->type, it->msg, it->len, it->rdata, it->rdlen);
	int n = dns_rdata_decompress(rdata, sizeof(rdata), it->type, it->msg, it->len, it->rdata,
				     it->rdlen);

	HOLDS(it->end <= it->len && it->rdata + it->rdlen == it->end);
	check_name(it->msg, it->len, it->start);
	HOLDS((rc < 0) == (n < 0) || n == RT_ENOSPC);
	if (n < 0)
		return;
	HOLDS(dns_rdata_check_wire(it->type, rdata, (size_t)n) == 0);
	HOLDS(dns_rdata_canonical(it->type, rdata, (size_t)n) == 0);
}

/* Copy a well-formed message record by record: it must stay well-formed. */
static void
check_copy(const uint8_t *data, size_t len)
{
	static uint8_t copy[DNS_MESSAGE_MAX];
	struct dns_msg_layout layout;
	struct dns_rr_iter it;
	struct dns_writer w;

	if (dns_msg_check(&layout, data, len) < 0)
		return;
	memcpy(copy, data, layout.question_end);
	dns_writer_init(&w, copy, layout.question_end, sizeof(copy));
	HOLDS(dns_rr_iter_init(&it, data, len) == 0);
	while (dns_rr_next(&it))
		dns_writer_copy(&w, it.section, &it);
	/* Names that were compressed where we do not may make it too long. */
	HOLDS(w.error == 0 || w.error == RT_ENOSPC);
	HOLDS(dns_msg_check(&layout, copy, w.len) == 0 && layout.end == w.len);
	HOLDS(dns_writer_resume(&w, copy, w.len, sizeof(copy)) == 0);
}

static void
check_truncation(const uint8_t *data, size_t len, size_t limit)
{
	static uint8_t copy[DNS_MESSAGE_MAX];
	struct dns_msg_layout layout;
	bool sound = dns_msg_check(&layout, data, len) == 0;
	size_t n;

	memcpy(copy, data, len);
	n = dns_msg_truncate(copy, len, limit);
	HOLDS(n <= len);
	if (sound && layout.tsig_pos == 0 && layout.opt_pos == 0)
		HOLDS(n <= limit || n == layout.question_end);
	if (sound)
		HOLDS(dns_msg_check(&layout, copy, n) == 0);
}

void
fuzz_message(const uint8_t *data, size_t len)
{
	struct dns_msg_layout layout;
	struct dns_rr_iter it;

	if (len > DNS_MESSAGE_MAX)
		len = DNS_MESSAGE_MAX;
	check_query(data, len);
	for (size_t pos = 0; pos < len && pos < 100; pos++)
		check_name(data, len, pos);
	if (dns_rr_iter_init(&it, data, len) == 0) {
		while (dns_rr_next(&it))
			check_record(&it);
	}
	if (dns_msg_check(&layout, data, len) == 0)
		HOLDS(layout.end <= len);
	dns_msg_answers(data, len, data, len);
	if (len < DNS_HEADER_LEN)
		return;
	check_copy(data, len);
	check_truncation(data, len, 512);
	check_truncation(data, len, 1232);
}
