/*
 * answer.c - writing what was found.
 */
#include "config.h"

#include "file/lookup.h"

#include "base/bytes.h"
#include "dns/message.h"
#include "dns/types.h"
#include "file/prepared.h"

/* ---- record sets ---- */

/* Writes the count prepared records at rr, len octets in all. */
static void
put_records(struct file_answer *a, enum dns_section section, const uint8_t *rr, size_t len,
	    const uint8_t *owner)
{
	for (const uint8_t *end = rr + len; rr < end;) {
		uint16_t type = bytes_get16(rr + 2);
		uint32_t ttl = bytes_get32(rr + 6);
		uint16_t rdlen = bytes_get16(rr + 10);
		const uint8_t *rdata = rr + FILE_RR_HEAD;

		if (owner != NULL)
			dns_writer_rr(a->w, section, owner, type, DNS_CLASS_IN, ttl, rdata, rdlen);
		else
			dns_writer_rr_at(a->w, section, DNS_HEADER_LEN, type, DNS_CLASS_IN, ttl,
					 rdata, rdlen);
		rr = rdata + rdlen;
	}
}

void
file_put_set(struct file_answer *a, enum dns_section section, const struct file_rrset *set,
	     const uint8_t *owner)
{
	size_t len = set->len;

	if (owner == NULL && (set->flags & FILE_RRSET_RAW)) {
		dns_writer_raw(a->w, section, file_rrset_data(set),
			       (size_t)set->len + (a->dnssec ? set->sigs_len : 0u),
			       (unsigned)set->count + (a->dnssec ? set->nsigs : 0u));
		return;
	}
	if (a->dnssec)
		len += set->sigs_len;
	put_records(a, section, file_rrset_data(set), len, owner);
}

void
file_put_sigs(struct file_answer *a, const struct file_rrset *set, const uint8_t *owner)
{
	put_records(a, DNS_ANSWER, file_rrset_data(set) + set->len, set->sigs_len, owner);
}

/* ---- the apex ---- */

/* The prepared form; false: it does not suit this message. */
static bool
put_blob(struct file_answer *a, const struct file_blob *blob)
{
	size_t start = a->w->len;

	if (blob->len == 0 || start + blob->len > FILE_POINTER_MAX)
		return false;
	if (dns_writer_raw(a->w, DNS_AUTHORITY, blob->data, blob->len, blob->count) == 0)
		file_blob_fix(a->zone, blob, a->qname, a->w->wire + start, start);
	return true;
}

static void
put_apex(struct file_answer *a, uint16_t type)
{
	const struct file_blob *blob = type == DNS_TYPE_NS ? a->zone->ns : a->zone->soa;
	const struct file_rrset *set;

	if (RT_LIKELY(put_blob(a, &blob[a->dnssec])))
		return;
	set = file_node_rrset(file_zone_node(a->zone, a->zone->apex), type);
	if (set != NULL)
		file_put_set(a, DNS_AUTHORITY, set, a->zone->origin);
}

/* ---- hosts ---- */

/* The node of a host that is in the zone and was not added yet; 0: none. */
static uint32_t
host_node(struct file_answer *a, const uint8_t *host)
{
	struct dns_qname name;
	uint32_t ref;

	dns_qname_set(&name, host);
	if (!file_zone_covers(a->zone, &name) || a->nhosts == FILE_HOSTS_MAX)
		return 0;
	ref = file_zone_find(a->zone, name.wire, name.len, name.hash);
	for (unsigned i = 0; ref != 0 && i < a->nhosts; i++) {
		if (a->hosts[i] == ref)
			return 0;
	}
	return ref;
}

/* Adds the addresses of one of a->hosts; false: no room. */
static bool
put_host(struct file_answer *a, uint32_t ref)
{
	const struct file_node *node = file_zone_node(a->zone, ref);
	const struct file_rrset *set[2] = {
		file_node_rrset(node, DNS_TYPE_A),
		file_node_rrset(node, DNS_TYPE_AAAA),
	};
	struct dns_writer_mark mark = dns_writer_mark(a->w);
	uint8_t owner[DNS_NAME_BUF];

	file_node_full_name(a->zone, node, owner);
	for (unsigned i = 0; i < ARRAY_SIZE(set); i++) {
		if (set[i] != NULL)
			file_put_set(a, DNS_ADDITIONAL, set[i], owner);
	}
	if (a->w->error == 0)
		return true;
	dns_writer_rollback(a->w, &mark);
	return false;
}

static void
put_hosts(struct file_answer *a)
{
	for (unsigned i = 0; i < a->nhosts; i++) {
		if (!put_host(a, a->hosts[i]))
			return;
	}
}

/* Offset of the host's name in the data of a type that has one, or -1. */
static int
host_offset(uint16_t type)
{
	switch (type) {
	case DNS_TYPE_NS:
		return 0;
	case DNS_TYPE_MX:
	case DNS_TYPE_SVCB:
	case DNS_TYPE_HTTPS:
		return 2;
	case DNS_TYPE_SRV:
		return 6;
	default:
		return -1;
	}
}

static void
put_additional(struct file_answer *a)
{
	uint8_t host[DNS_NAME_BUF];
	struct dns_rr_iter it;

	/* From the message, since records may have come from elsewhere (FILE_CHASE). */
	if (a->w->error < 0 || dns_rr_iter_init(&it, a->w->wire, a->w->len) < 0)
		return;
	while (dns_rr_next(&it) && it.section == DNS_ANSWER) {
		int at = host_offset(it.type);
		uint32_t ref;

		if (at < 0 ||
		    dns_name_unpack(host, it.msg, it.len, it.rdata + (unsigned)at, NULL) < 0)
			continue;
		ref = host_node(a, host);
		if (ref != 0)
			a->hosts[a->nhosts++] = ref;
	}
	/* Only now: writing may move the message. */
	put_hosts(a);
}

/* That the question's name does not exist itself, when a wildcard has answered for it. */
static void
prove_expansion(struct file_answer *a)
{
	const struct dns_qname *name = a->name;

	if (!a->dnssec || a->wildcard == 0)
		return;
	a->name = a->qname;
	file_prove_wildcard(a, a->wildcard);
	a->name = name;
}

void
file_put_referral(struct file_answer *a, uint32_t cut)
{
	const struct file_node *node = file_zone_node(a->zone, cut);
	const struct file_rrset *ns = file_node_rrset(node, DNS_TYPE_NS);
	const struct file_rrset *ds = file_node_rrset(node, DNS_TYPE_DS);
	const uint8_t *rr = file_rrset_data(ns);
	uint8_t owner[DNS_NAME_BUF];

	file_node_full_name(a->zone, node, owner);
	/* The NS records at a cut are not signed (RFC 4035 §2.2). */
	file_put_set(a, DNS_AUTHORITY, ns, owner);
	if (a->dnssec) {
		if (ds != NULL)
			file_put_set(a, DNS_AUTHORITY, ds, owner);
		else
			file_prove_insecure(a, cut);
		prove_expansion(a);
	}
	/* Glue: as CoreDNS, for the servers at or below the cut only. */
	for (unsigned i = 0; i < ns->count; i++) {
		const uint8_t *host = rr + FILE_RR_HEAD;
		uint32_t ref = dns_name_is_subdomain(host, owner) ? host_node(a, host) : 0;

		if (ref != 0)
			a->hosts[a->nhosts++] = ref;
		rr = host + bytes_get16(rr + 10);
	}
	if (a->w->error == 0)
		put_hosts(a);
}

/* ---- the end of an answer ---- */

void
file_finish_answer(struct file_answer *a)
{
	struct dns_writer_mark mark;

	if (a->w->error < 0)
		return;
	mark = dns_writer_mark(a->w);
	if (!a->apex_ns)
		put_apex(a, DNS_TYPE_NS);
	prove_expansion(a);
	if (a->w->error < 0) {
		dns_writer_rollback(a->w, &mark);
		return;
	}
	if (a->additional)
		put_additional(a);
}

void
file_finish_negative(struct file_answer *a)
{
	put_apex(a, DNS_TYPE_SOA);
	/* A wildcard without such records is proven by file_prove_wildcard_nodata. */
	if (a->links > 0)
		prove_expansion(a);
}

void
file_finish_alias(struct file_answer *a)
{
	prove_expansion(a);
}
