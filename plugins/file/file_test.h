/*
 * file_test.h - for the unit tests of zones: text in, text out.
 *
 * Zones are read by libldns and answers printed by it, so that what the builder and the lookup do is
 * judged by code of others.
 */
#ifndef FILE_TEST_H
#define FILE_TEST_H

#include <ldns/ldns.h>

#include "base/buf.h"
#include "base/error.h"
#include "dns/message.h"
#include "dns/types.h"
#include "dns/writer.h"
#include "file/build.h"
#include "file/lookup.h"
#include "file/prepared.h"
#include "file/zone.h"
#include "tests/support/check_main.h"

/* What was warned of: texts, one a line, as "LINE: text". */
static struct buf warnings;

static RT_UNUSED void
gather_warning(void *user, const char *file, unsigned line, const char *text)
{
	(void)user;
	(void)file;
	buf_printf(&warnings, "%u: %s\n", line, text);
}

static void
wire_name(uint8_t out[DNS_NAME_BUF], const char *text)
{
	ck_assert_int_gt(dns_name_from_text(out, text, strlen(text)), 0);
}

/* Gives one record to the builder. */
static int
feed_rr(struct file_build *b, ldns_rr *rr, unsigned line)
{
	uint8_t *wire;
	size_t len;
	size_t owner_len;
	struct dns_zonefile_rr rec = { .file = "test", .line = line };
	int rc;

	ck_assert_int_eq(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &len), LDNS_STATUS_OK);
	owner_len = dns_name_len(wire);
	rec.owner = wire;
	rec.owner_len = owner_len;
	rec.type = bytes_get16(wire + owner_len);
	rec.class = bytes_get16(wire + owner_len + 2);
	rec.ttl = bytes_get32(wire + owner_len + 4);
	rec.rdlen = bytes_get16(wire + owner_len + 8);
	rec.rdata = wire + owner_len + 10;
	rc = file_build_add(b, &rec);
	LDNS_FREE(wire);
	return rc;
}

/* The zone of a text, or NULL with *rc set. */
static struct file_zone *
make_zone_rc(const char *origin, const char *text, int *rc)
{
	uint8_t wire[DNS_NAME_BUF];
	struct file_zone *z = NULL;
	struct file_build *b;
	ldns_rdf *at = ldns_dname_new_frm_str(origin);
	ldns_rdf *prev = NULL;
	uint32_t ttl = 3600;
	/* libldns reads from streams only, and wants to write to none of this. */
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int line = 1;

	buf_release(&warnings);
	buf_init(&warnings, 1 << 16);
	wire_name(wire, origin);
	b = file_build_new(wire, gather_warning, NULL);
	ck_assert_ptr_nonnull(b);
	while (!feof(f)) {
		unsigned before = (unsigned)line;
		ldns_rr *rr = NULL;
		ldns_status s = ldns_rr_new_frm_fp_l(&rr, f, &ttl, &at, &prev, &line);

		if (s == LDNS_STATUS_OK && rr != NULL)
			ck_assert_int_eq(feed_rr(b, rr, before), 0);
		else
			ck_assert_msg(s != LDNS_STATUS_OK && (s == LDNS_STATUS_SYNTAX_EMPTY ||
							      s == LDNS_STATUS_SYNTAX_TTL ||
							      s == LDNS_STATUS_SYNTAX_ORIGIN),
				      "line %u: %s", before, ldns_get_errorstr_by_id(s));
		ldns_rr_free(rr);
	}
	fclose(f);
	ldns_rdf_deep_free(at);
	ldns_rdf_deep_free(prev);
	*rc = file_build_finish(b, &z);
	file_build_free(b);
	return z;
}

static RT_UNUSED struct file_zone *
make_zone(const char *origin, const char *text)
{
	int rc;
	struct file_zone *z = make_zone_rc(origin, text, &rc);

	ck_assert_int_eq(rc, 0);
	ck_assert_ptr_nonnull(z);
	return z;
}

/* A question and what came of it. */
struct asked {
	uint8_t wire[65535];
	struct dns_qname qname;
	struct dns_writer w;
	struct file_answer a;
	enum file_result result;
	struct buf text; /* of one section */
};

static RT_UNUSED void
ask_room(struct asked *q, const struct file_zone *z, const char *name, uint16_t type, bool dnssec,
	 size_t room)
{
	uint8_t wire[DNS_NAME_BUF];
	size_t len = (wire_name(wire, name), dns_name_len(wire));
	const struct file_rrset *set;
	struct file_prepared p;
	uint8_t *to;

	memset(q->wire, 0, DNS_HEADER_LEN);
	memcpy(q->wire + DNS_HEADER_LEN, wire, len);
	bytes_put16(q->wire + DNS_HEADER_LEN + len, type);
	bytes_put16(q->wire + DNS_HEADER_LEN + len + 2, DNS_CLASS_IN);
	dns_msg_set_flags(q->wire, DNS_FLAG_QR | DNS_FLAG_AA);
	dns_msg_set_count(q->wire, DNS_QUESTION, 1);
	dns_qname_set(&q->qname, wire);
	dns_writer_init(&q->w, q->wire, DNS_HEADER_LEN + len + 4, room);
	file_answer_init(&q->a, z, &q->w, &q->qname, type, dnssec);
	set = file_find_prepared(z, &q->qname, type);
	if (set != NULL && file_prepare(&p, z, set, dnssec, q->w.len) &&
	    dns_writer_take_all(&q->w, p.len, FILE_SLACK, p.counts, &to)) {
		file_put_prepared(&p, z, &q->qname, to, DNS_HEADER_LEN + len + 4);
		q->result = FILE_ANSWER;
	} else {
		q->result = file_lookup(&q->a);
	}
	buf_init(&q->text, 1 << 20);
}

static RT_UNUSED void
ask(struct asked *q, const struct file_zone *z, const char *name, uint16_t type, bool dnssec)
{
	ask_room(q, z, name, type, dnssec, sizeof(q->wire));
	ck_assert_int_eq(q->w.error, 0);
}

/* "owner ttl type data" a line, as libldns prints what stands in a section. */
static RT_UNUSED const char *
section_text(struct asked *q, ldns_pkt_section section)
{
	ldns_pkt *pkt = NULL;
	ldns_rr_list *list;

	buf_release(&q->text);
	buf_init(&q->text, 1 << 20);
	ck_assert_int_eq(ldns_wire2pkt(&pkt, q->wire, q->w.len), LDNS_STATUS_OK);
	list = ldns_pkt_get_section_clone(pkt, section);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		char *s = ldns_rr2str(ldns_rr_list_rr(list, i));
		char *in = strstr(s, "\tIN\t");

		ck_assert_ptr_nonnull(in);
		buf_add(&q->text, s, (size_t)(in - s));
		buf_puts(&q->text, in + 3);
		LDNS_FREE(s);
	}
	ldns_rr_list_deep_free(list);
	ldns_pkt_free(pkt);
	for (size_t i = 0; i < q->text.len; i++) {
		if (q->text.data[i] == '\t')
			q->text.data[i] = ' ';
	}
	return buf_cstr(&q->text);
}

/* One row of a test: what is asked, and what stands in each section. */
struct expected {
	const char *name;
	uint16_t type;
	enum file_result result;
	const char *answer;
	const char *authority; /* "NS", "SOA": those of the apex; NULL: not looked at */
	const char *additional;
};

static RT_UNUSED void
check_rows(const struct file_zone *z, const struct expected *rows, size_t n, bool dnssec,
	   const char *ns, const char *soa)
{
	static struct asked q;

	for (size_t i = 0; i < n; i++) {
		const struct expected *row = &rows[i];
		const char *authority = row->authority;

		ask(&q, z, row->name, row->type, dnssec);
		ck_assert_msg(q.result == row->result, "%s %u: result %d instead of %d", row->name,
			      row->type, (int)q.result, (int)row->result);
		ck_assert_msg(strcmp(section_text(&q, LDNS_SECTION_ANSWER), row->answer) == 0,
			      "%s %u: answer\n%sinstead of\n%s", row->name, row->type,
			      buf_cstr(&q.text), row->answer);
		if (authority != NULL && strcmp(authority, "NS") == 0)
			authority = ns;
		else if (authority != NULL && strcmp(authority, "SOA") == 0)
			authority = soa;
		ck_assert_msg(authority == NULL || strcmp(section_text(&q, LDNS_SECTION_AUTHORITY),
							  authority) == 0,
			      "%s %u: authority\n%sinstead of\n%s", row->name, row->type,
			      buf_cstr(&q.text), authority);
		ck_assert_msg(row->additional == NULL ||
				      strcmp(section_text(&q, LDNS_SECTION_ADDITIONAL),
					     row->additional) == 0,
			      "%s %u: additional\n%sinstead of\n%s", row->name, row->type,
			      buf_cstr(&q.text), row->additional);
		buf_release(&q.text);
	}
}

#endif
