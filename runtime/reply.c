/*
 * Replies: begin, take over someone else's message, fail, and make ready to be sent.
 */
#include "config.h"

#include "reply.h"

#include <string.h>

#include "base/error.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "query.h"
#include "query_memory.h"

RT_NOINLINE void
rt_reply_rewind(struct rt_query *q)
{
	dns_writer_begin(&q->reply, q->question_end);
}

void
rt_reply_set_rcode(struct rt_query *q, uint16_t rcode)
{
	dns_msg_set_rcode(q->reply.wire, rcode);
	q->rcode = rcode;
}

uint16_t
rt_reply_rcode(const struct rt_query *q)
{
	/* The low bits may have been changed in the message itself. */
	return (uint16_t)((q->rcode & ~DNS_RCODE_MASK) | dns_msg_rcode(q->reply.wire));
}

void
reply_error(struct rt_query *q, uint16_t rcode)
{
	q->reply.error = 0;
	q->reply.len = 0;
	rt_reply_begin(q, false);
	rt_reply_set_rcode(q, rcode);
}

void
reply_cut(struct rt_query *q)
{
	q->reply.error = 0;
	dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | DNS_FLAG_TC);
}

/* ---- somebody else's message ---- */

/*
 * Appends the records of one section.  With equal question sections every compression pointer of
 * the message means the same here, so octets are copied; the question's case stays ours.
 */
static int
copy_section_raw(struct rt_query *q, enum dns_section section, const uint8_t *msg, size_t from,
		 size_t to, unsigned count)
{
	if (count == 0)
		return 0;
	return dns_writer_raw(&q->reply, section, msg + from, to - from, count);
}

static int
copy_raw(struct rt_query *q, const uint8_t *msg, const struct dns_msg_layout *layout)
{
	unsigned additional = dns_msg_count(msg, DNS_ADDITIONAL);
	size_t end = layout->end;
	int rc;

	if (layout->opt_pos != 0) {
		end = layout->opt_pos;
		additional--;
	}
	rc = copy_section_raw(q, DNS_ANSWER, msg, layout->section[DNS_ANSWER],
			      layout->section[DNS_AUTHORITY], dns_msg_count(msg, DNS_ANSWER));
	if (rc == 0)
		rc = copy_section_raw(q, DNS_AUTHORITY, msg, layout->section[DNS_AUTHORITY],
				      layout->section[DNS_ADDITIONAL],
				      dns_msg_count(msg, DNS_AUTHORITY));
	if (rc == 0)
		rc = copy_section_raw(q, DNS_ADDITIONAL, msg, layout->section[DNS_ADDITIONAL], end,
				      additional);
	return rc;
}

static int
copy_records(struct rt_query *q, const uint8_t *msg, size_t len)
{
	struct dns_rr_iter it;
	int rc = dns_rr_iter_init(&it, msg, len);

	while (rc == 0 && dns_rr_next(&it)) {
		if (it.section == DNS_ADDITIONAL &&
		    (it.type == DNS_TYPE_OPT || it.type == DNS_TYPE_TSIG))
			continue;
		rc = dns_writer_copy(&q->reply, it.section, &it);
	}
	return rc != 0 ? rc : it.error;
}

/* Octets of the OPT record at pos of a checked message. */
static size_t
opt_len(const uint8_t *msg, size_t pos)
{
	return DNS_EDNS_LEN + bytes_get16(msg + pos + 9);
}

/* The options of the OPT record at pos are the client's, but for those between two neighbours. */
static void
take_options(struct rt_query *q, const uint8_t *msg, size_t opt_pos)
{
	size_t options_len = bytes_get16(msg + opt_pos + 9);
	struct dns_edns_option opt;
	struct dns_edns_iter it;
	uint8_t *list;
	size_t len = 0;

	q->echo_len = 0;
	if (options_len == 0)
		return;
	list = rt_query_alloc(q, options_len);
	if (list == NULL)
		return;
	dns_edns_iter_init(&it, msg + opt_pos + DNS_EDNS_LEN, options_len);
	while (dns_edns_next(&it, &opt))
		if (!dns_edns_between_neighbours(opt.code) &&
		    dns_edns_add(list, options_len, &len, opt.code, opt.data, opt.len) < 0)
			break;
	/* More than fits beside the question: the records matter more. */
	if (q->proto == RT_PROTO_UDP && q->question_end + DNS_EDNS_LEN + len > q->udp_size)
		return;
	q->echo = list;
	q->echo_len = (uint16_t)len;
}

/* Back to the request's own: another upstream's reply may have been here before. */
static void
echo_options(struct rt_query *q)
{
	struct dns_edns_option opt;
	struct dns_edns_iter it;
	size_t len = 0;

	/* What goes back comes first, see reply_keep_options. */
	dns_edns_iter_init(&it, q->options, q->options_len);
	while (dns_edns_next(&it, &opt) && dns_edns_echoed(opt.code))
		len = (size_t)(it.at - q->options);
	q->echo = q->options;
	q->echo_len = (uint16_t)len;
}

int
rt_reply_from_message(struct rt_query *q, const uint8_t *msg, size_t len)
{
	struct dns_msg_layout layout;
	unsigned flags;
	bool raw;
	int rc;

	rt_reply_begin(q, false);
	if (dns_msg_check(&layout, msg, len) < 0)
		return RT_EINVAL;
	raw = layout.question_end == q->question_end && layout.tsig_pos == 0 &&
	      (layout.opt_pos == 0 || layout.opt_pos + opt_len(msg, layout.opt_pos) == layout.end);
	rc = raw ? copy_raw(q, msg, &layout) : copy_records(q, msg, len);
	if (rc < 0) {
		rt_reply_begin(q, false);
		return RT_EINVAL;
	}
	flags = dns_msg_flags(msg) & (DNS_FLAG_AA | DNS_FLAG_TC | DNS_FLAG_RA | DNS_FLAG_AD);
	dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | flags);
	rt_reply_set_rcode(q, layout.rcode);
	if ((q->flags & RT_QF_EDNS) == 0)
		return 0;
	if (layout.opt_pos != 0)
		take_options(q, msg, layout.opt_pos);
	else
		echo_options(q);
	return 0;
}

/* ---- ready to be sent ---- */

/* Copies the options that go back to the client, or those that do not. */
static size_t
copy_options(uint8_t *out, size_t cap, size_t used, const uint8_t *options, size_t len, bool echoed)
{
	struct dns_edns_iter it;
	struct dns_edns_option opt;

	dns_edns_iter_init(&it, options, len);
	while (dns_edns_next(&it, &opt))
		if (dns_edns_echoed(opt.code) == echoed &&
		    dns_edns_add(out, cap, &used, opt.code, opt.data, opt.len) < 0)
			break;
	return used;
}

void
reply_keep_options(struct rt_query *q, const uint8_t *options, size_t len, uint8_t *room)
{
	size_t cap = QUERY_ECHO_LEN;
	size_t used;

	if (len > cap) {
		room = rt_query_alloc(q, len);
		cap = len;
		if (room == NULL)
			return;
	}
	/* One list for both purposes: what goes back comes first. */
	used = copy_options(room, cap, 0, options, len, true);
	q->echo = room;
	q->echo_len = (uint16_t)used;
	q->options = room;
	q->options_len = (uint16_t)copy_options(room, cap, used, options, len, false);
}

static int
add_opt(struct rt_query *q)
{
	unsigned flags = q->flags & RT_QF_DO ? DNS_EDNS_DO : 0;

	return dns_writer_opt(&q->reply, q->udp_size, rt_reply_rcode(q), flags,
			      q->echo_len != 0 ? q->echo : NULL, q->echo_len);
}

/* The OPT did not fit into 64 KiB: leave out records until it does. */
static bool
add_opt_by_force(struct rt_query *q)
{
	struct dns_writer *w = &q->reply;
	size_t len =
		dns_msg_truncate(w->wire, w->len, DNS_MESSAGE_MAX - DNS_EDNS_LEN - q->echo_len);

	if (dns_writer_resume(w, w->wire, len, w->cap) < 0)
		return false;
	w->grow = query_grow;
	w->user = q;
	return add_opt(q) == 0;
}

bool
reply_finish_any(struct rt_query *q)
{
	struct dns_writer *w = &q->reply;
	size_t limit = DNS_MESSAGE_MAX;

	/* A plugin said DONE and wrote nothing. */
	if (RT_UNLIKELY((dns_msg_flags(w->wire) & DNS_FLAG_QR) == 0))
		reply_error(q, DNS_RCODE_SERVFAIL);
	if (q->flags & RT_QF_EDNS) {
		if (RT_UNLIKELY(add_opt(q) < 0) && !add_opt_by_force(q))
			reply_error(q, DNS_RCODE_SERVFAIL);
	} else if (RT_UNLIKELY(rt_reply_rcode(q) > DNS_RCODE_MASK)) {
		/* Without OPT the upper bits cannot be said, and the lower ones alone would lie. */
		dns_msg_set_rcode(w->wire, DNS_RCODE_SERVFAIL);
	}
	if (q->proto == RT_PROTO_UDP)
		limit = q->udp_size < REPLY_UDP_MAX ? q->udp_size : REPLY_UDP_MAX;
	if (RT_UNLIKELY(w->len > limit))
		w->len = dns_msg_truncate(w->wire, w->len, limit);
	/* Only an absurd list of options gets here: the client asked for less than they take. */
	return w->len <= limit || q->proto != RT_PROTO_UDP;
}
