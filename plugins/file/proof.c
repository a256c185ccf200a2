/*
 * proof.c - NSEC (RFC 4035 §3.1.3) and NSEC3 (RFC 5155 §7.2) records that deny something.
 *
 * Names are given as the number of labels that are taken off the front of a->name.
 */
#include "config.h"

#include "file/lookup.h"

#include "dns/types.h"

/* Writes the record with its signatures, once. */
static void
put_proof(struct file_answer *a, uint32_t ref, uint16_t type)
{
	const struct file_node *node;
	const struct file_rrset *set;
	uint8_t owner[DNS_NAME_BUF];

	if (ref == 0)
		return;
	for (unsigned i = 0; i < a->nproofs; i++) {
		if (a->proofs[i] == ref)
			return;
	}
	if (a->nproofs == FILE_PROOFS_MAX)
		return;
	a->proofs[a->nproofs++] = ref;
	node = file_zone_node(a->zone, ref);
	set = file_node_rrset(node, type);
	if (set == NULL)
		return;
	file_node_full_name(a->zone, node, owner);
	file_put_set(a, DNS_AUTHORITY, set, owner);
}

/* a->name without its first n labels. */
static const uint8_t *
suffix(const struct file_answer *a, unsigned n, size_t *len)
{
	*len = (size_t)a->name->len - a->name->label[n];
	return a->name->wire + a->name->label[n];
}

/* The wildcard below that; returns its length, 0 when it is too long to exist. */
static size_t
wildcard_of(const struct file_answer *a, unsigned n, uint8_t out[DNS_NAME_BUF])
{
	size_t len;
	const uint8_t *parent = suffix(a, n, &len);

	if (len + 2 > DNS_NAME_MAX)
		return 0;
	out[0] = 1;
	out[1] = '*';
	memcpy(out + 2, parent, len);
	return len + 2;
}

/* ---- NSEC ---- */

static void
nsec_cover(struct file_answer *a, const uint8_t *name, size_t len)
{
	bool match;

	put_proof(a, file_zone_nsec(a->zone, name, len, &match), DNS_TYPE_NSEC);
}

/* The NSEC record of a node, or the one that covers an empty non-terminal. */
static void
nsec_node(struct file_answer *a, uint32_t ref)
{
	const struct file_node *node = file_zone_node(a->zone, ref);
	uint8_t name[DNS_NAME_BUF];

	if (file_node_rrset(node, DNS_TYPE_NSEC) != NULL)
		put_proof(a, ref, DNS_TYPE_NSEC);
	else
		nsec_cover(a, name, file_node_full_name(a->zone, node, name));
}

/* ---- NSEC3 ---- */

/* The record that matches the name; false: there is none, nothing was written. */
static bool
nsec3_match(struct file_answer *a, const uint8_t *name, size_t len)
{
	bool match;
	uint32_t ref = file_zone_nsec3(a->zone, name, len, &match);

	if (match)
		put_proof(a, ref, DNS_TYPE_NSEC3);
	return match;
}

static void
nsec3_cover(struct file_answer *a, const uint8_t *name, size_t len)
{
	bool match;

	put_proof(a, file_zone_nsec3(a->zone, name, len, &match), DNS_TYPE_NSEC3);
}

/*
 * RFC 5155 §7.2.1: the closest encloser exists, the next closer name does not.  An encloser that
 * has no record of its own, being in an opt-out span, is not provable: then the next one above.
 */
static void
nsec3_encloser(struct file_answer *a, unsigned below)
{
	unsigned most = (unsigned)a->name->nlabels - a->zone->origin_labels;
	const uint8_t *name;
	size_t len;

	for (unsigned n = below; n <= most; n++) {
		name = suffix(a, n, &len);
		if (!nsec3_match(a, name, len))
			continue;
		if (n > 0) {
			name = suffix(a, n - 1, &len);
			nsec3_cover(a, name, len);
		}
		return;
	}
}

/* ---- public ---- */

void
file_prove_nxdomain(struct file_answer *a, unsigned below)
{
	uint8_t wildcard[DNS_NAME_BUF];
	size_t len = wildcard_of(a, below, wildcard);

	if (a->zone->nnsec > 0) {
		nsec_cover(a, a->name->wire, a->name->len);
		if (len > 0)
			nsec_cover(a, wildcard, len);
	} else if (a->zone->nnsec3 > 0) {
		nsec3_encloser(a, below);
		if (len > 0)
			nsec3_cover(a, wildcard, len);
	}
}

void
file_prove_wildcard(struct file_answer *a, unsigned below)
{
	const uint8_t *next;
	size_t len;

	if (a->zone->nnsec > 0) {
		nsec_cover(a, a->name->wire, a->name->len);
	} else if (a->zone->nnsec3 > 0) {
		/* RFC 5155 §7.2.6: the signature itself tells the closest encloser. */
		next = suffix(a, below - 1, &len);
		nsec3_cover(a, next, len);
	}
}

void
file_prove_wildcard_nodata(struct file_answer *a, unsigned below, uint32_t wildcard)
{
	uint8_t name[DNS_NAME_BUF];
	size_t len;

	if (a->zone->nnsec > 0) {
		nsec_node(a, wildcard);
		nsec_cover(a, a->name->wire, a->name->len);
	} else if (a->zone->nnsec3 > 0) {
		nsec3_encloser(a, below);
		len = wildcard_of(a, below, name);
		if (len > 0)
			nsec3_match(a, name, len);
	}
}

void
file_prove_nodata(struct file_answer *a, uint32_t node)
{
	if (a->zone->nnsec > 0)
		nsec_node(a, node);
	/* No match: within an opt-out span (RFC 5155 §7.2.4), as for a delegation without DS. */
	else if (a->zone->nnsec3 > 0 && !nsec3_match(a, a->name->wire, a->name->len))
		nsec3_encloser(a, 1);
}

void
file_prove_insecure(struct file_answer *a, uint32_t cut)
{
	const struct file_node *node = file_zone_node(a->zone, cut);
	uint8_t name[DNS_NAME_BUF];
	size_t len = file_node_full_name(a->zone, node, name);

	if (a->zone->nnsec > 0) {
		put_proof(a, cut, DNS_TYPE_NSEC);
	} else if (a->zone->nnsec3 > 0 && !nsec3_match(a, name, len)) {
		/* The cut is a->name or above it. */
		nsec3_encloser(a, (unsigned)a->name->nlabels - dns_name_labels(name) + 1);
	}
}
