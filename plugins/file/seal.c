/*
 * seal.c - the second pass of building: from what was gathered to the packed form that is served.
 */
#include "config.h"

#include "file/stage.h"

#include "base/bytes.h"
#include "base/error.h"
#include "dns/rdata.h"
#include "dns/types.h"

struct seal {
	struct file_build *b;
	struct file_zone *z;
	struct file_block out;   /* becomes z->nodes */
	struct file_block nsec;  /* references */
	struct file_block nsec3; /* struct file_nsec3 */
	uint64_t *table;
	uint64_t mask;
};

static struct file_stage_rr *
next_rr(const struct file_build *b, const struct file_stage_rr *rr)
{
	return rr->next == 0 ? NULL : file_stage_rr(b, rr->next);
}

static struct file_stage_rr *
first_rr(const struct file_build *b, const struct file_stage_node *node)
{
	return node->first == 0 ? NULL : file_stage_rr(b, node->first);
}

/* ---- what nodes are ---- */

/* Marks a node by what it owns, and by what those above it are (which come before it). */
static void
mark_node(struct file_build *b, struct file_stage_node *node)
{
	const struct file_stage_node *parent = file_stage_node(b, node->parent);
	const struct file_stage_rr *cname = NULL;
	const struct file_stage_rr *other = NULL;
	char name[DNS_NAME_TEXT_MAX];

	for (const struct file_stage_rr *rr = first_rr(b, node); rr != NULL; rr = next_rr(b, rr)) {
		if (rr->type == DNS_TYPE_CNAME)
			cname = rr;
		else if (rr->type != DNS_TYPE_RRSIG && rr->type != DNS_TYPE_NSEC)
			other = rr;
		if (rr->type == DNS_TYPE_NS && !(node->flags & FILE_NODE_APEX))
			node->flags |= FILE_NODE_CUT;
		if (rr->type == DNS_TYPE_DNAME)
			node->flags |= FILE_NODE_DNAME;
	}
	if (cname != NULL) {
		node->flags |= FILE_NODE_CNAME;
		if (other != NULL) {
			file_build_name_text(b, node, name);
			file_build_warn(b, other->line > cname->line ? other : cname,
					"%s has a CNAME record and others", name);
		}
	}
	if (parent != node &&
	    (parent->flags & (FILE_NODE_CUT | FILE_NODE_DNAME | FILE_NODE_OCCLUDED)))
		node->flags |= FILE_NODE_OCCLUDED;
}

/* ---- record sets ---- */

static bool
same_data(const struct file_stage_rr *a, const struct file_stage_rr *b)
{
	return a->rdlen == b->rdlen &&
	       memcmp(file_stage_rdata(a), file_stage_rdata(b), a->rdlen) == 0;
}

/* A record after rr in the list that belongs to the same set; covers 0: no signatures. */
static struct file_stage_rr *
next_in_set(const struct file_build *b, struct file_stage_rr *rr, uint16_t type, uint16_t covers)
{
	for (rr = next_rr(b, rr); rr != NULL; rr = next_rr(b, rr)) {
		if (rr->type == type && rr->covers == covers)
			return rr;
	}
	return NULL;
}

static bool
is_repeated(const struct file_build *b, struct file_stage_rr *first, const struct file_stage_rr *rr)
{
	for (struct file_stage_rr *at = first; at != rr;
	     at = next_in_set(b, at, rr->type, rr->covers)) {
		if (same_data(at, rr))
			return true;
	}
	return false;
}

/* The lowest TTL of a set; tells when there are several. */
static uint32_t
set_ttl(struct seal *s, const struct file_stage_node *node, struct file_stage_rr *first)
{
	const struct file_stage_rr *odd = NULL;
	char name[DNS_NAME_TEXT_MAX];
	char type[DNS_TYPES_TEXT_MAX];
	uint32_t ttl = first->ttl;

	for (struct file_stage_rr *rr = first; rr != NULL;
	     rr = next_in_set(s->b, rr, first->type, first->covers)) {
		if (rr->ttl != ttl)
			odd = rr;
		if (rr->ttl < ttl)
			ttl = rr->ttl;
	}
	if (odd != NULL) {
		file_build_name_text(s->b, node, name);
		dns_type_format(first->covers != 0 ? first->covers : first->type, type);
		file_build_warn(s->b, odd, "the %s%s records of %s have different TTLs: using %u",
				first->covers != 0 ? "RRSIG " : "", type, name, ttl);
	}
	return ttl;
}

static void
put_record(struct file_block *out, const struct file_stage_rr *rr, uint32_t ttl)
{
	uint8_t *p = out->p + out->len;

	bytes_put16(p, 0xc00c);
	bytes_put16(p + 2, rr->type);
	bytes_put16(p + 4, DNS_CLASS_IN);
	bytes_put32(p + 6, ttl);
	bytes_put16(p + 10, rr->rdlen);
	memcpy(p + FILE_RR_HEAD, file_stage_rdata(rr), rr->rdlen);
	out->len += FILE_RR_HEAD + rr->rdlen;
}

/* Appends the records of the set that begins with first; *count and *len tell what was written. */
static int
put_records(struct seal *s, const struct file_stage_node *node, struct file_stage_rr *first,
	    size_t max, uint16_t *count, uint16_t *len)
{
	uint32_t ttl = set_ttl(s, node, first);
	size_t start = s->out.len;
	char name[DNS_NAME_TEXT_MAX];

	for (struct file_stage_rr *rr = first; rr != NULL;
	     rr = next_in_set(s->b, rr, first->type, first->covers)) {
		size_t size = FILE_RR_HEAD + (size_t)rr->rdlen;

		if (is_repeated(s->b, first, rr)) {
			file_build_name_text(s->b, node, name);
			file_build_warn(s->b, rr, "ignoring a record of %s that is there already",
					name);
			continue;
		}
		if (s->out.len - start + size > max) {
			file_build_name_text(s->b, node, name);
			file_build_warn(s->b, rr,
					"%s has more records of one type than fit into a "
					"message: ignoring the rest",
					name);
			break;
		}
		if (!file_block_room(&s->out, size))
			return RT_ENOMEM;
		put_record(&s->out, rr, ttl);
		++*count;
	}
	*len = (uint16_t)(s->out.len - start);
	return 0;
}

/* Whether data of the type may hold names that are written compressed (RFC 3597 §4). */
static bool
compresses(uint16_t type)
{
	const struct dns_field *field = dns_rdata_layout(type);

	for (; field != NULL && field->kind != DNS_FIELD_END; field++) {
		if (field->kind == DNS_FIELD_NAME && (field->flags & DNS_FIELD_COMPRESS))
			return true;
	}
	return false;
}

static uint16_t
set_flags(uint16_t type)
{
	switch (type) {
	case DNS_TYPE_MX:
	case DNS_TYPE_NS:
		return FILE_RRSET_ADDITIONAL;
	case DNS_TYPE_SRV:
	case DNS_TYPE_SVCB:
	case DNS_TYPE_HTTPS:
		return FILE_RRSET_RAW | FILE_RRSET_ADDITIONAL;
	default:
		if (compresses(type))
			return 0;
		return FILE_RRSET_RAW;
	}
}

/* Pads the output to a multiple of n octets, a power of two. */
static bool
pad(struct file_block *out, size_t n)
{
	size_t more = (n - out->len % n) % n;

	if (!file_block_room(out, more))
		return false;
	memset(out->p + out->len, 0, more);
	out->len += more;
	return true;
}

/* The first signature of a type at the node. */
static struct file_stage_rr *
first_sig(const struct file_build *b, const struct file_stage_node *node, uint16_t covers)
{
	struct file_stage_rr *rr = first_rr(b, node);

	if (rr == NULL || (rr->type == DNS_TYPE_RRSIG && rr->covers == covers))
		return rr;
	return next_in_set(b, rr, DNS_TYPE_RRSIG, covers);
}

/* Writes the set that begins with first, and its signatures. */
static int
put_set(struct seal *s, const struct file_stage_node *node, struct file_stage_rr *first)
{
	struct file_rrset set = { .type = first->type, .flags = set_flags(first->type) };
	struct file_stage_rr *sig = first_sig(s->b, node, first->type);
	size_t at = s->out.len;
	int rc;

	if (!file_block_room(&s->out, sizeof(set)))
		return RT_ENOMEM;
	s->out.len += sizeof(set);
	rc = put_records(s, node, first, FILE_RRSET_MAX, &set.count, &set.len);
	if (rc == 0 && sig != NULL)
		rc = put_records(s, node, sig, FILE_SIGS_MAX, &set.nsigs, &set.sigs_len);
	memcpy(s->out.p + at, &set, sizeof(set));
	if (rc == 0 && !pad(&s->out, 4))
		rc = RT_ENOMEM;
	s->z->nrecords += (uint64_t)set.count + set.nsigs;
	return rc;
}

/* Tells of signatures at the node that sign nothing there. */
static void
warn_orphans(struct seal *s, const struct file_stage_node *node, size_t at)
{
	const struct file_node *done = (const void *)(s->out.p + at);
	char name[DNS_NAME_TEXT_MAX];
	char type[DNS_TYPES_TEXT_MAX];

	for (struct file_stage_rr *rr = first_rr(s->b, node); rr != NULL; rr = next_rr(s->b, rr)) {
		if (rr->type != DNS_TYPE_RRSIG || file_node_rrset(done, rr->covers) != NULL)
			continue;
		file_build_name_text(s->b, node, name);
		dns_type_format(rr->covers, type);
		file_build_warn(s->b, rr,
				"ignoring a signature of %s records of %s: there are none", type,
				name);
	}
}

/* ---- nodes ---- */

static int
put_node(struct seal *s, const struct file_stage_node *node, uint32_t *ref)
{
	struct file_node head = { .flags = node->flags, .name_len = node->name_len };
	size_t at = s->out.len;
	bool has_sigs = false;
	int rc;

	if (at / 8 >= UINT32_MAX - 1)
		return RT_ELIMIT;
	if (!file_block_room(&s->out, sizeof(head) + head.name_len))
		return RT_ENOMEM;
	memcpy(s->out.p + at, &head, sizeof(head));
	memcpy(s->out.p + at + sizeof(head), s->b->names.p + node->name, head.name_len);
	s->out.len += sizeof(head) + head.name_len;
	if (!pad(&s->out, 4))
		return RT_ENOMEM;
	for (struct file_stage_rr *rr = first_rr(s->b, node); rr != NULL; rr = next_rr(s->b, rr)) {
		if (rr->type == DNS_TYPE_RRSIG) {
			has_sigs = true;
			continue;
		}
		if (file_node_rrset((const void *)(s->out.p + at), rr->type) != NULL)
			continue;
		rc = put_set(s, node, rr);
		if (rc < 0)
			return rc;
		head.nrrsets++;
		memcpy(s->out.p + at, &head, sizeof(head));
	}
	if (has_sigs)
		warn_orphans(s, node, at);
	*ref = (uint32_t)(at / 8) + 1;
	return pad(&s->out, 8) ? 0 : RT_ENOMEM;
}

static bool
append_ref(struct file_block *list, uint32_t ref)
{
	if (!file_block_room(list, sizeof(ref)))
		return false;
	memcpy(list->p + list->len, &ref, sizeof(ref));
	list->len += sizeof(ref);
	return true;
}

/* Twenty octets from 32 characters of base32hex (RFC 4648 §7, RFC 5155 §3.3). */
static bool
unbase32(const uint8_t *text, uint8_t out[FILE_NSEC3_LEN])
{
	for (unsigned i = 0; i < 4; i++) {
		uint64_t bits = 0;

		for (unsigned j = 0; j < 8; j++) {
			uint8_t c = text[i * 8 + j];

			if (c >= '0' && c <= '9')
				bits = bits << 5 | (uint64_t)(c - '0');
			else if (c >= 'a' && c <= 'v')
				bits = bits << 5 | (uint64_t)(c - 'a' + 10);
			else
				return false;
		}
		for (unsigned j = 0; j < 5; j++)
			out[i * 5 + j] = (uint8_t)(bits >> (32 - 8 * j));
	}
	return true;
}

/* Takes the owner of NSEC3 records into the chain when it is of the zone's parameters. */
static int
put_nsec3(struct seal *s, const struct file_stage_node *node, uint32_t ref)
{
	const struct file_zone *z = s->z;
	const struct file_rrset *set =
		file_node_rrset((const void *)(s->out.p + ((size_t)ref - 1) * 8), DNS_TYPE_NSEC3);
	const uint8_t *label = s->b->names.p + node->name;
	const uint8_t *rdata;
	struct file_nsec3 entry = { .ref = ref };

	if (set == NULL)
		return 0;
	rdata = file_rrset_data(set) + FILE_RR_HEAD;
	if (label[0] != 32 || !unbase32(label + 1, entry.hash) || rdata[0] != 1 ||
	    bytes_get16(rdata + 2) != z->iterations || rdata[4] != z->salt_len ||
	    memcmp(rdata + 5, z->salt, z->salt_len) != 0)
		return 0;
	if (!file_block_room(&s->nsec3, sizeof(entry)))
		return RT_ENOMEM;
	memcpy(s->nsec3.p + s->nsec3.len, &entry, sizeof(entry));
	s->nsec3.len += sizeof(entry);
	return 0;
}

static void
table_put(struct seal *s, uint64_t hash, uint32_t ref)
{
	uint64_t i = hash & s->mask;

	while (s->table[i] != 0)
		i = (i + 1) & s->mask;
	s->table[i] = (hash & ~(uint64_t)UINT32_MAX) | ref;
}

static int
put_nodes(struct seal *s)
{
	struct file_build *b = s->b;

	for (uint32_t i = 0; i < b->nnodes; i++) {
		struct file_stage_node *node = file_stage_node(b, i);
		const struct file_node *done;
		uint32_t ref;
		int rc = put_node(s, node, &ref);

		if (rc < 0)
			return rc;
		done = (const void *)(s->out.p + ((size_t)ref - 1) * 8);
		if (node->flags & FILE_STAGE_NSEC3) {
			rc = put_nsec3(s, node, ref);
			if (rc < 0)
				return rc;
			continue;
		}
		table_put(s, node->hash, ref);
		if (!(node->flags & FILE_NODE_OCCLUDED) &&
		    file_node_rrset(done, DNS_TYPE_NSEC) != NULL && !append_ref(&s->nsec, ref))
			return RT_ENOMEM;
	}
	return 0;
}

/* ---- the orders of denial ---- */

static int
compare_nsec(const void *a, const void *b, void *nodes)
{
	struct file_zone z = { .nodes = nodes };
	uint32_t refs[2];

	memcpy(&refs[0], a, sizeof(refs[0]));
	memcpy(&refs[1], b, sizeof(refs[1]));
	return dns_name_compare(file_node_name(file_zone_node(&z, refs[0])),
				file_node_name(file_zone_node(&z, refs[1])));
}

static int
compare_nsec3(const void *a, const void *b)
{
	const struct file_nsec3 *x = a;
	const struct file_nsec3 *y = b;

	return memcmp(x->hash, y->hash, sizeof(x->hash));
}

static void
order_denials(struct seal *s)
{
	struct file_zone *z = s->z;
	const struct file_node *apex = (const void *)s->out.p;

	z->nnsec = (uint32_t)(s->nsec.len / sizeof(uint32_t));
	z->nnsec3 = (uint32_t)(s->nsec3.len / sizeof(struct file_nsec3));
	if (z->nnsec > 0 && file_node_rrset(apex, DNS_TYPE_NSEC) == NULL) {
		file_build_warn(s->b, NULL,
				"there are NSEC records, but not at the apex: not using them");
		z->nnsec = 0;
	}
	if (z->nnsec > 0) {
		qsort_r(s->nsec.p, z->nnsec, sizeof(uint32_t), compare_nsec, s->out.p);
		z->nsec = (uint32_t *)(void *)s->nsec.p;
		s->nsec = (struct file_block){ 0 };
	}
	if (z->nnsec3 > 0) {
		qsort(s->nsec3.p, z->nnsec3, sizeof(struct file_nsec3), compare_nsec3);
		z->nsec3 = (struct file_nsec3 *)(void *)s->nsec3.p;
		s->nsec3 = (struct file_block){ 0 };
	}
}

/* Finds the parameters of the NSEC3 chain that is in use (RFC 5155 §4). */
static void
find_nsec3param(struct seal *s)
{
	struct file_zone *z = s->z;
	struct file_stage_rr *rr = first_rr(s->b, file_stage_node(s->b, 0));

	for (; rr != NULL; rr = next_rr(s->b, rr)) {
		const uint8_t *rdata = file_stage_rdata(rr);

		/* Only SHA-1 is defined, and only flags 0 say that the chain is complete. */
		if (rr->type != DNS_TYPE_NSEC3PARAM || rdata[0] != 1 || rdata[1] != 0)
			continue;
		z->iterations = bytes_get16(rdata + 2);
		z->salt_len = rdata[4];
		memcpy(z->salt, rdata + 5, z->salt_len);
		if (z->iterations > 100)
			file_build_warn(s->b, rr,
					"%u NSEC3 iterations: validators refuse that (RFC 9276)",
					z->iterations);
		return;
	}
}

/* ---- the zone ---- */

static int
make_table(struct seal *s)
{
	uint64_t places = 4;

	/* At most two thirds full: short runs, at most two lines of cache for nearly all names. */
	while (places / 3 * 2 < s->b->nnodes)
		places *= 2;
	s->table = calloc(places, sizeof(*s->table));
	s->mask = places - 1;
	return s->table == NULL ? RT_ENOMEM : 0;
}

/* Gives back what the blocks hold beyond their content, and hands them to the zone. */
static void
hand_over(struct seal *s)
{
	struct file_zone *z = s->z;
	uint8_t *p = realloc(s->out.p, s->out.len + FILE_SLACK);

	z->nodes = p != NULL ? p : s->out.p;
	z->table = s->table;
	z->mask = s->mask;
	z->bytes = sizeof(*z) + s->out.len + (s->mask + 1) * sizeof(*z->table) +
		   z->nnsec * sizeof(*z->nsec) + z->nnsec3 * sizeof(*z->nsec3);
	s->out = (struct file_block){ 0 };
	s->table = NULL;
}

static int
make_blobs(struct file_zone *z)
{
	int rc = 0;

	for (unsigned sigs = 0; rc == 0 && sigs < 2; sigs++) {
		rc = file_blob_build(z, DNS_TYPE_NS, sigs, &z->ns[sigs]);
		if (rc == 0)
			rc = file_blob_build(z, DNS_TYPE_SOA, sigs, &z->soa[sigs]);
	}
	return rc;
}

static uint32_t
soa_serial(const struct file_zone *z)
{
	const struct file_rrset *set = file_node_rrset(file_zone_node(z, z->apex), DNS_TYPE_SOA);
	const uint8_t *mname = file_rrset_data(set) + FILE_RR_HEAD;
	const uint8_t *rname = mname + dns_name_len(mname);

	return bytes_get32(rname + dns_name_len(rname));
}

static int
seal(struct seal *s)
{
	struct file_build *b = s->b;
	struct file_zone *z = s->z;
	int rc;

	memcpy(z->origin, b->origin, b->origin_len);
	z->origin_len = b->origin_len;
	z->origin_labels = b->origin_labels;
	z->apex = 1;
	/* What the first pass looked names up with is not needed for the second. */
	free(b->table);
	b->table = NULL;
	for (uint32_t i = 0; i < b->nnodes; i++)
		mark_node(b, file_stage_node(b, i));
	find_nsec3param(s);
	rc = make_table(s);
	if (rc == 0)
		rc = put_nodes(s);
	if (rc < 0)
		return rc;
	if (!file_block_room(&s->out, FILE_SLACK))
		return RT_ENOMEM;
	memset(s->out.p + s->out.len, 0, FILE_SLACK);
	order_denials(s);
	hand_over(s);
	z->serial = soa_serial(z);
	return make_blobs(z);
}

int
file_seal(struct file_build *b, struct file_zone **zone)
{
	struct seal s = { .b = b, .z = calloc(1, sizeof(*s.z)) };
	int rc = s.z == NULL ? RT_ENOMEM : seal(&s);

	file_block_release(&s.out);
	file_block_release(&s.nsec);
	file_block_release(&s.nsec3);
	free(s.table);
	if (rc < 0)
		file_zone_free(s.z);
	else
		*zone = s.z;
	return rc;
}
