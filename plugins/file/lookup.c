/*
 * lookup.c - finding what answers a question.
 */
#include "config.h"

#include "file/lookup.h"

#include "base/bytes.h"
#include "dns/types.h"

static const struct file_node *
node_at(const struct file_answer *a, uint32_t ref)
{
	return file_zone_node(a->zone, ref);
}

/* The node of a->name without its first n labels. */
static uint32_t
find_suffix(const struct file_answer *a, unsigned n)
{
	const struct dns_qname *name = a->name;
	const uint8_t *wire = name->wire + name->label[n];
	size_t len = (size_t)name->len - name->label[n];

	return file_zone_find(a->zone, wire, len, n == 0 ? name->hash : dns_name_hash(wire, len));
}

/* Labels of a->name below the apex. */
static unsigned
depth(const struct file_answer *a)
{
	return (unsigned)a->name->nlabels - a->zone->origin_labels;
}

/* The longest existing name above a->name; *below: how many labels shorter it is. */
static uint32_t
closest_encloser(const struct file_answer *a, unsigned *below)
{
	unsigned n = 1;
	uint32_t ref = 0;

	for (; n < depth(a) && ref == 0; n++)
		ref = find_suffix(a, n);
	if (ref != 0) {
		*below = n - 1;
		return ref;
	}
	*below = depth(a);
	return a->zone->apex;
}

/*
 * Going down from the apex to a->name: the first node that hands the name over, be it a delegation
 * or, above the name, a DNAME.  0: none.
 */
static uint32_t
find_barrier(const struct file_answer *a, unsigned *below)
{
	for (unsigned n = depth(a);; n--) {
		uint32_t ref = find_suffix(a, n);
		unsigned mask = n == 0 ? FILE_NODE_CUT : FILE_NODE_CUT | FILE_NODE_DNAME;

		if (ref != 0 && (node_at(a, ref)->flags & mask)) {
			*below = n;
			return ref;
		}
		if (n == 0)
			return 0;
	}
}

/* The whole a->name as owner of a record; NULL: it is the question's. */
static const uint8_t *
owner(const struct file_answer *a)
{
	return a->name == a->qname ? NULL : a->name->wire;
}

/* ---- aliases ---- */

/*
 * A CNAME record to a->target, which is set, has been written: whether its answer is here.
 */
static enum file_result
follow(struct file_answer *a)
{
	uint32_t ref;
	unsigned below;

	a->name = &a->target;
	if (!file_zone_covers(a->zone, a->name))
		return FILE_CHASE;
	ref = find_suffix(a, 0);
	if (ref == 0 || (node_at(a, ref)->flags & FILE_NODE_OCCLUDED)) {
		ref = find_barrier(a, &below);
		if (ref == 0 || !(node_at(a, ref)->flags & FILE_NODE_CUT))
			return FILE_CHASE;
		file_put_referral(a, ref);
		return FILE_REFERRAL;
	}
	for (unsigned i = 0; i < a->links; i++) {
		if (a->seen[i] == ref) {
			/* In a circle: what there is to say has been said. */
			file_finish_answer(a);
			return FILE_ANSWER;
		}
	}
	return FILE_LINK;
}

/* Writes the CNAME records of a node (possibly a wildcard's) and goes on with the first one's
 * target. */
static enum file_result
follow_cname(struct file_answer *a, uint32_t ref)
{
	const struct file_rrset *set = file_node_rrset(node_at(a, ref), DNS_TYPE_CNAME);

	if (a->links == ARRAY_SIZE(a->seen)) {
		file_finish_answer(a);
		return FILE_ANSWER;
	}
	file_put_set(a, DNS_ANSWER, set, owner(a));
	a->seen[a->links++] = ref;
	dns_qname_set(&a->target, file_rrset_data(set) + FILE_RR_HEAD);
	return follow(a);
}

/*
 * RFC 6672 §3.2: the DNAME of a node above a->name, and a CNAME made from it.  Only the question's
 * name gets here: the target of a CNAME below a DNAME is asked for anew.
 */
static enum file_result
follow_dname(struct file_answer *a, uint32_t ref, unsigned below)
{
	const struct file_node *node = node_at(a, ref);
	const struct file_rrset *set = file_node_rrset(node, DNS_TYPE_DNAME);
	const uint8_t *rr = file_rrset_data(set);
	uint8_t name[DNS_NAME_BUF];
	int len = dns_name_join(name, a->name->wire, below, rr + FILE_RR_HEAD);
	uint8_t dname[DNS_NAME_BUF];

	if (len > 0 && dns_name_equal(name, a->name->wire))
		return FILE_FAILURE;
	file_node_full_name(a->zone, node, dname);
	file_put_set(a, DNS_ANSWER, set, dname);
	if (len < 0)
		return FILE_YXDOMAIN;
	dns_writer_rr_at(a->w, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_CNAME, DNS_CLASS_IN,
			 bytes_get32(rr + 6), name, (size_t)len);
	if (a->qtype == DNS_TYPE_CNAME || a->qtype == DNS_TYPE_ANY) {
		file_finish_answer(a);
		return FILE_ANSWER;
	}
	/* The target may be the owner of the DNAME, which may have other records (RFC 6672 §2.3). */
	a->seen[a->links++] = 0;
	dns_qname_set(&a->target, name);
	return follow(a);
}

/* ---- records of a node ---- */

/* ANY: all sets.  RRSIG: all signatures.  false: there are none. */
static bool
put_several(struct file_answer *a, const struct file_node *node)
{
	const struct file_rrset *set = file_node_first(node);
	bool any = false;

	for (unsigned n = node->nrrsets; n > 0; n--, set = file_rrset_next(set)) {
		if (a->qtype == DNS_TYPE_ANY)
			file_put_set(a, DNS_ANSWER, set, owner(a));
		else if (set->nsigs > 0)
			file_put_sigs(a, set, owner(a));
		else
			continue;
		if (set->flags & FILE_RRSET_ADDITIONAL)
			a->additional = a->qtype == DNS_TYPE_ANY;
		any = true;
	}
	return any;
}

/* Writes what a node has of the type that was asked for; false: nothing. */
static bool
put_answer(struct file_answer *a, const struct file_node *node)
{
	const struct file_rrset *set;

	if (a->qtype == DNS_TYPE_ANY || a->qtype == DNS_TYPE_RRSIG)
		return put_several(a, node);
	set = file_node_rrset(node, a->qtype);
	if (set == NULL)
		return false;
	file_put_set(a, DNS_ANSWER, set, owner(a));
	a->additional = (set->flags & FILE_RRSET_ADDITIONAL) != 0;
	return true;
}

/*
 * Whether a CNAME at a node stands for the type.  Some may stand beside it (RFC 4035 §2.5); that of an
 * apex, which must not be, does not take the zone's own records away.
 */
static bool
is_aliased(const struct file_answer *a, const struct file_node *node)
{
	if ((node->flags & FILE_NODE_APEX) && (a->qtype == DNS_TYPE_SOA || a->qtype == DNS_TYPE_NS))
		return false;
	return a->qtype != DNS_TYPE_CNAME && a->qtype != DNS_TYPE_ANY &&
	       a->qtype != DNS_TYPE_NSEC && a->qtype != DNS_TYPE_RRSIG;
}

/*
 * Whether a node has nothing of its own: an empty non-terminal, and an apex with no more than what
 * makes it one.  As in CoreDNS; behind a zone of internal names the public one answers for its apex.
 */
static bool
is_bare(const struct file_node *node)
{
	if (!(node->flags & FILE_NODE_APEX))
		return node->nrrsets == 0;
	return node->nrrsets == (file_node_rrset(node, DNS_TYPE_NS) != NULL ? 2 : 1);
}

static enum file_result
at_node(struct file_answer *a, uint32_t ref)
{
	const struct file_node *node = node_at(a, ref);

	/* DS records belong to the parent's side of a cut (RFC 4035 §3.1.4.1). */
	if ((node->flags & FILE_NODE_CUT) && a->qtype != DNS_TYPE_DS) {
		file_put_referral(a, ref);
		return FILE_REFERRAL;
	}
	if ((node->flags & FILE_NODE_CNAME) && is_aliased(a, node))
		return follow_cname(a, ref);
	if (put_answer(a, node)) {
		if (node->flags & FILE_NODE_APEX)
			a->apex_ns = a->qtype == DNS_TYPE_NS || a->qtype == DNS_TYPE_ANY;
		file_finish_answer(a);
		return FILE_ANSWER;
	}
	if (a->may_fall && a->links == 0 && is_bare(node))
		return FILE_MISS;
	file_finish_negative(a);
	if (a->dnssec)
		file_prove_nodata(a, ref);
	return FILE_NODATA;
}

/* RFC 4592: the wildcard below the closest encloser stands for a->name, which does not exist. */
static enum file_result
at_wildcard(struct file_answer *a, uint32_t ref, unsigned below)
{
	const struct file_node *node = node_at(a, ref);

	a->wildcard = (uint8_t)below;
	if ((node->flags & FILE_NODE_CNAME) && is_aliased(a, node))
		return follow_cname(a, ref);
	if (put_answer(a, node)) {
		file_finish_answer(a);
		return FILE_ANSWER;
	}
	file_finish_negative(a);
	if (a->dnssec)
		file_prove_wildcard_nodata(a, below, ref);
	return FILE_NODATA;
}

static uint32_t
find_wildcard(const struct file_answer *a, uint32_t encloser)
{
	uint8_t name[DNS_NAME_BUF + 2] = { 1, '*' };
	size_t len;

	if (!(node_at(a, encloser)->flags & FILE_NODE_WILDCARD))
		return 0;
	len = 2 + file_node_full_name(a->zone, node_at(a, encloser), name + 2);
	return file_zone_find(a->zone, name, len, dns_name_hash(name, len));
}

/* The question's name is no node that may be answered from. */
static RT_NOINLINE enum file_result
no_node(struct file_answer *a)
{
	unsigned below;
	uint32_t encloser = closest_encloser(a, &below);
	uint32_t ref;

	if (node_at(a, encloser)->flags & (FILE_NODE_CUT | FILE_NODE_DNAME | FILE_NODE_OCCLUDED)) {
		ref = find_barrier(a, &below);
		if (RT_UNLIKELY(ref == 0)) /* cannot be: the marks come from such a node */
			return FILE_FAILURE;
		if (node_at(a, ref)->flags & FILE_NODE_DNAME)
			return follow_dname(a, ref, below);
		file_put_referral(a, ref);
		return FILE_REFERRAL;
	}
	ref = find_wildcard(a, encloser);
	if (ref != 0)
		return at_wildcard(a, ref, below);
	if (a->may_fall)
		return FILE_MISS;
	file_finish_negative(a);
	if (a->dnssec)
		file_prove_nxdomain(a, below);
	return FILE_NXDOMAIN;
}

enum file_result
file_lookup(struct file_answer *a)
{
	enum file_result result;

	do {
		uint32_t ref = find_suffix(a, 0);

		/* After a link it is there: follow() has looked. */
		if (ref == 0 || (node_at(a, ref)->flags & FILE_NODE_OCCLUDED))
			result = no_node(a);
		else
			result = at_node(a, ref);
	} while (result == FILE_LINK);
	return result;
}
