/*
 * Walking, checking and shortening messages of any kind.
 */
#include "config.h"

#include "dns/message.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/edns.h"
#include "dns/rdata.h"

#define FIXED_LEN 10u /* bytes of a record between owner and data */

/* ---- records ---- */

int
dns_msg_question_end(const uint8_t *msg, size_t len)
{
	int pos = DNS_HEADER_LEN;

	if (len < DNS_HEADER_LEN || len > DNS_MESSAGE_MAX)
		return RT_EFORMAT;
	for (unsigned n = dns_msg_count(msg, DNS_QUESTION); n > 0; n--) {
		pos = dns_name_skip(msg, len, (size_t)pos);
		if (pos < 0)
			return pos;
		if (len - (size_t)pos < 4)
			return RT_EEOF;
		pos += 4;
	}
	return pos;
}

int
dns_rr_iter_init(struct dns_rr_iter *it, const uint8_t *msg, size_t len)
{
	int pos = dns_msg_question_end(msg, len);

	memset(it, 0, sizeof(*it));
	it->msg = msg;
	it->len = len;
	it->section = DNS_ANSWER;
	if (pos < 0) {
		it->error = pos;
		return pos;
	}
	it->end = (uint32_t)pos;
	for (enum dns_section s = DNS_ANSWER; s <= DNS_ADDITIONAL; s++)
		it->left[s] = dns_msg_count(msg, s);
	return 0;
}

bool
dns_rr_next(struct dns_rr_iter *it)
{
	const uint8_t *p;
	int fixed;

	if (it->error < 0)
		return false;
	while (it->left[it->section] == 0) {
		if (it->section == DNS_ADDITIONAL)
			return false;
		it->section++;
	}
	it->left[it->section]--;

	fixed = dns_name_skip(it->msg, it->len, it->end);
	if (fixed < 0) {
		it->error = fixed;
		return false;
	}
	p = it->msg + fixed;
	if (it->len - (size_t)fixed < FIXED_LEN ||
	    it->len - (size_t)fixed - FIXED_LEN < bytes_get16(p + 8)) {
		it->error = RT_EEOF;
		return false;
	}
	it->start = it->end;
	it->fixed = (uint32_t)fixed;
	it->rdata = (uint32_t)fixed + FIXED_LEN;
	it->type = bytes_get16(p);
	it->class = bytes_get16(p + 2);
	it->ttl = bytes_get32(p + 4);
	it->rdlen = bytes_get16(p + 8);
	it->end = it->rdata + it->rdlen;
	return true;
}

/* ---- whole messages ---- */

static int
check_questions(const uint8_t *msg, size_t len, uint32_t *end)
{
	size_t pos = DNS_HEADER_LEN;

	for (unsigned n = dns_msg_count(msg, DNS_QUESTION); n > 0; n--) {
		int rc = dns_name_unpack(NULL, msg, len, pos, &pos);

		if (rc < 0)
			return rc;
		if (len - pos < 4)
			return RT_EEOF;
		pos += 4;
	}
	*end = (uint32_t)pos;
	return 0;
}

static int
check_record(const struct dns_rr_iter *it)
{
	int rc = dns_name_unpack(NULL, it->msg, it->len, it->start, NULL);

	return rc < 0 ? rc : dns_rdata_check(it->type, it->msg, it->len, it->rdata, it->rdlen);
}

int
dns_msg_check(struct dns_msg_layout *layout, const uint8_t *msg, size_t len)
{
	struct dns_rr_iter it;
	enum dns_section section = DNS_ANSWER;
	int rc = dns_rr_iter_init(&it, msg, len);

	memset(layout, 0, sizeof(*layout));
	if (rc == 0)
		rc = check_questions(msg, len, &layout->question_end);
	if (rc < 0)
		return rc;
	layout->section[DNS_QUESTION] = DNS_HEADER_LEN;
	layout->rcode = (uint16_t)dns_msg_rcode(msg);
	layout->section[DNS_ANSWER] = layout->question_end;
	while (dns_rr_next(&it)) {
		rc = check_record(&it);
		if (rc < 0)
			return rc;
		while (section < it.section)
			layout->section[++section] = it.start;
		if (it.section != DNS_ADDITIONAL)
			continue;
		if (it.type == DNS_TYPE_OPT) {
			layout->opt_pos = it.start;
			layout->rcode |= (uint16_t)(it.ttl >> 24 << 4);
		} else if (it.type == DNS_TYPE_TSIG) {
			layout->tsig_pos = it.start;
		}
	}
	while (section < DNS_ADDITIONAL)
		layout->section[++section] = it.end;
	layout->end = it.end;
	return it.error;
}

bool
dns_msg_answers(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	uint8_t name[DNS_NAME_BUF];
	size_t a_end;
	size_t b_end;

	if (alen < DNS_HEADER_LEN || blen < DNS_HEADER_LEN || dns_msg_id(a) != dns_msg_id(b) ||
	    dns_msg_opcode(a) != dns_msg_opcode(b) || (dns_msg_flags(a) & DNS_FLAG_QR) ||
	    !(dns_msg_flags(b) & DNS_FLAG_QR) || dns_msg_count(a, DNS_QUESTION) != 1 ||
	    dns_msg_count(b, DNS_QUESTION) != 1)
		return false;
	if (dns_name_unpack(name, a, alen, DNS_HEADER_LEN, &a_end) < 0 ||
	    dns_name_unpack(NULL, b, blen, DNS_HEADER_LEN, &b_end) < 0)
		return false;
	if (alen - a_end < 4 || blen - b_end < 4 || memcmp(a + a_end, b + b_end, 4) != 0)
		return false;
	return dns_name_equal_at(b, blen, DNS_HEADER_LEN, name);
}

/* ---- truncation ---- */

/* What a first look at a message says about shortening it. */
struct truncation {
	size_t opt_pos; /* 0 = none */
	size_t opt_len;
	bool untouchable; /* signed or malformed */
};

static struct truncation
survey(const uint8_t *msg, size_t len)
{
	struct truncation t = { .untouchable = true };
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, msg, len) < 0)
		return t;
	while (dns_rr_next(&it)) {
		if (it.section != DNS_ADDITIONAL)
			continue;
		if (it.type == DNS_TYPE_TSIG)
			return t;
		if (it.type == DNS_TYPE_OPT) {
			t.opt_pos = it.start;
			t.opt_len = it.end - it.start;
		}
	}
	t.untouchable = it.error < 0;
	return t;
}

size_t
dns_msg_truncate(uint8_t *msg, size_t len, size_t limit)
{
	uint16_t kept[DNS_ADDITIONAL + 1] = { 0 };
	bool omitted = false;
	struct truncation t;
	struct dns_rr_iter it;
	size_t cut;
	int rc;

	if (limit < DNS_UDP_MIN)
		limit = DNS_UDP_MIN;
	if (len <= limit)
		return len;
	t = survey(msg, len);
	if (t.untouchable)
		return len;

	rc = dns_rr_iter_init(&it, msg, len);
	cut = it.end;
	while (rc == 0 && dns_rr_next(&it)) {
		/* As long as the OPT is still to come its room is spoken for. */
		size_t reserve = t.opt_pos > it.start ? t.opt_len : 0;

		if (it.end + reserve > limit)
			break;
		kept[it.section]++;
		cut = it.end;
	}
	if (t.opt_pos >= cut) {
		/* It holds no name and none points to it, so it can move. */
		memmove(msg + cut, msg + t.opt_pos, t.opt_len);
		cut += t.opt_len;
		kept[DNS_ADDITIONAL]++;
	}
	for (enum dns_section s = DNS_ANSWER; s <= DNS_ADDITIONAL; s++) {
		omitted |= kept[s] != dns_msg_count(msg, s);
		dns_msg_set_count(msg, s, kept[s]);
	}
	if (omitted)
		dns_msg_set_flags(msg, dns_msg_flags(msg) | DNS_FLAG_TC);
	return cut;
}
