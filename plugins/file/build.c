/*
 * build.c - gathering the records of a zone by owner.
 */
#include "config.h"

#include "file/build.h"

#include <stdarg.h>

#include "base/bytes.h"
#include "base/error.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "file/stage.h"

#define TABLE_FIRST 256u /* places before the first growth */

/* ---- memory ---- */

bool
file_block_room(struct file_block *b, size_t n)
{
	size_t cap = b->cap;
	uint8_t *p;

	if (RT_LIKELY(n <= cap - b->len))
		return true;
	while (cap - b->len < n)
		cap = cap == 0 ? 4096 : cap * 2;
	p = realloc(b->p, cap);
	if (p == NULL)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

void
file_block_release(struct file_block *b)
{
	free(b->p);
	*b = (struct file_block){ 0 };
}

/* ---- faults of the zone ---- */

static void
warn(struct file_build *b, const char *file, unsigned line, const char *text)
{
	if (b->nwarnings++ < FILE_WARNINGS_MAX && b->warn != NULL)
		b->warn(b->user, file, line, text);
}

static const char *
file_name(const struct file_build *b, unsigned number)
{
	const char *name = (const char *)b->files.p;

	while (number-- > 0)
		name += strlen(name) + 1;
	return name;
}

void
file_build_warn(struct file_build *b, const struct file_stage_rr *rr, const char *fmt, ...)
{
	char text[DNS_NAME_TEXT_MAX + 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (rr != NULL)
		warn(b, file_name(b, rr->file), rr->line, text);
	else
		warn(b, NULL, 0, text);
}

void
file_build_name_text(const struct file_build *b, const struct file_stage_node *node,
		     char out[DNS_NAME_TEXT_MAX])
{
	uint8_t full[DNS_NAME_BUF];
	size_t rel = (size_t)node->name_len - 1;

	memcpy(full, b->names.p + node->name, rel);
	memcpy(full + rel, b->origin, b->origin_len);
	dns_name_to_text(full, out);
}

static void
warn_left_out(struct file_build *b, const struct dns_zonefile_rr *rr, const char *why)
{
	char name[DNS_NAME_TEXT_MAX];
	char type[DNS_TYPES_TEXT_MAX];
	char text[DNS_NAME_TEXT_MAX + 128];

	dns_name_to_text(rr->owner, name);
	dns_type_format(rr->type, type);
	snprintf(text, sizeof(text), "ignoring %s record of %s: %s", type, name, why);
	warn(b, rr->file, rr->line, text);
}

/* ---- nodes ---- */

static void
table_put(uint64_t *table, uint64_t mask, uint64_t hash, uint32_t value)
{
	uint64_t i = hash & mask;

	while (table[i] != 0)
		i = (i + 1) & mask;
	table[i] = (hash & ~(uint64_t)UINT32_MAX) | value;
}

static bool
table_grow(struct file_build *b)
{
	uint64_t places = b->table == NULL ? TABLE_FIRST : (b->mask + 1) * 2;
	uint64_t *table = calloc(places, sizeof(*table));

	if (table == NULL)
		return false;
	for (uint32_t i = 0; i < b->nnodes; i++)
		table_put(table, places - 1, file_stage_node(b, i)->hash, i + 1);
	free(b->table);
	b->table = table;
	b->mask = places - 1;
	return true;
}

/* A name of the zone, lower-cased. */
struct owner {
	const uint8_t *name;
	size_t len;
	uint64_t hash;
	bool nsec3; /* an owner of NSEC3 records: another space of names */
};

static bool
node_lookup(const struct file_build *b, const struct owner *o, uint32_t *index)
{
	size_t rel = o->len - b->origin_len;

	for (uint64_t i = o->hash & b->mask; b->table[i] != 0; i = (i + 1) & b->mask) {
		const struct file_stage_node *node;

		if ((uint32_t)(b->table[i] >> 32) != (uint32_t)(o->hash >> 32))
			continue;
		node = file_stage_node(b, (uint32_t)b->table[i] - 1);
		if (node->name_len == rel + 1 &&
		    o->nsec3 == ((node->flags & FILE_STAGE_NSEC3) != 0) &&
		    memcmp(b->names.p + node->name, o->name, rel) == 0) {
			*index = (uint32_t)b->table[i] - 1;
			return true;
		}
	}
	return false;
}

static int
node_add(struct file_build *b, const struct owner *o, uint32_t parent, uint32_t *index)
{
	size_t rel = o->len - b->origin_len;
	struct file_stage_node *node;

	if (b->nnodes == UINT32_MAX - 1 || b->names.len + rel + 1 > UINT32_MAX)
		return RT_ELIMIT;
	/* At most two thirds full. */
	if ((b->table == NULL || b->nnodes + b->nnodes / 2 >= b->mask) && !table_grow(b))
		return RT_ENOMEM;
	if (!file_block_room(&b->nodes, sizeof(*node)) || !file_block_room(&b->names, rel + 1))
		return RT_ENOMEM;
	node = file_stage_node(b, b->nnodes);
	*node = (struct file_stage_node){
		.hash = o->hash,
		.name = (uint32_t)b->names.len,
		.parent = parent,
		.name_len = (uint8_t)(rel + 1),
		.flags = o->nsec3 ? FILE_STAGE_NSEC3 : 0,
	};
	memcpy(b->names.p + b->names.len, o->name, rel);
	b->names.p[b->names.len + rel] = 0;
	b->names.len += rel + 1;
	b->nodes.len += sizeof(*node);
	table_put(b->table, b->mask, o->hash, ++b->nnodes);
	*index = b->nnodes - 1;
	return 0;
}

/* The name above o, which is not the apex. */
static struct owner
owner_above(const struct owner *o, bool hash)
{
	size_t label = (size_t)o->name[0] + 1;
	struct owner up = { .name = o->name + label, .len = o->len - label };

	if (hash)
		up.hash = dns_name_hash(up.name, up.len);
	return up;
}

static bool
node_is(const struct file_build *b, uint32_t index, const struct owner *o)
{
	const struct file_stage_node *node = file_stage_node(b, index);
	size_t rel = o->len - b->origin_len;

	return node->name_len == rel + 1 && memcmp(b->names.p + node->name, o->name, rel) == 0;
}

/*
 * The node of a name; made when it is new, together with the names between it and the apex, so that
 * empty non-terminals are nodes.
 */
static int
node_get(struct file_build *b, const struct owner *o, uint32_t *index)
{
	uint32_t parent = 0;
	struct owner up;
	int rc;

	if (node_lookup(b, o, index))
		return 0;
	if (!o->nsec3 && o->len - b->origin_len > (size_t)o->name[0] + 1) {
		up = owner_above(o, false);
		if (!node_is(b, b->last_parent, &up)) {
			up = owner_above(o, true);
			rc = node_get(b, &up, &parent);
			if (rc < 0)
				return rc;
			b->last_parent = parent;
		}
		parent = b->last_parent;
	}
	rc = node_add(b, o, parent, index);
	if (rc == 0 && o->name[0] == 1 && o->name[1] == '*' && !o->nsec3)
		file_stage_node(b, parent)->flags |= FILE_NODE_WILDCARD;
	return rc;
}

/* ---- records ---- */

/* Lower-cases the names in the data of those types where CoreDNS does so. */
static void
lower_names(uint16_t type, uint8_t *rdata)
{
	size_t skip = 0;

	switch (type) {
	case DNS_TYPE_SOA:
		skip = dns_name_len(rdata);
		dns_lower(rdata, skip);
		break;
	case DNS_TYPE_NS:
	case DNS_TYPE_CNAME:
		break;
	case DNS_TYPE_MX:
	case DNS_TYPE_SVCB:
	case DNS_TYPE_HTTPS:
		skip = 2;
		break;
	case DNS_TYPE_SRV:
		skip = 6;
		break;
	default:
		return;
	}
	dns_lower(rdata + skip, dns_name_len(rdata + skip));
}

static int
file_number(struct file_build *b, const char *file, uint16_t *number)
{
	size_t len = strlen(file) + 1;

	if (b->nfiles > 0 && strcmp((const char *)b->files.p + b->last_file, file) == 0) {
		*number = (uint16_t)(b->nfiles - 1);
		return 0;
	}
	if (b->nfiles == UINT16_MAX)
		return RT_ELIMIT;
	if (!file_block_room(&b->files, len))
		return RT_ENOMEM;
	memcpy(b->files.p + b->files.len, file, len);
	b->last_file = (uint32_t)b->files.len;
	b->files.len += len;
	*number = b->nfiles++;
	return 0;
}

static int
record_add(struct file_build *b, uint32_t index, const struct dns_zonefile_rr *rr)
{
	size_t size = (sizeof(struct file_stage_rr) + rr->rdlen + 3) & ~(size_t)3;
	uint64_t at = b->records.len / 4;
	struct file_stage_node *node = file_stage_node(b, index);
	struct file_stage_rr *rec;
	uint16_t file;
	int rc = file_number(b, rr->file, &file);

	if (rc < 0)
		return rc;
	if (at > UINT32_MAX - size / 4)
		return RT_ELIMIT;
	if (!file_block_room(&b->records, size))
		return RT_ENOMEM;
	rec = file_stage_rr(b, (uint32_t)at);
	*rec = (struct file_stage_rr){
		.ttl = rr->ttl,
		.line = rr->line,
		.file = file,
		.type = rr->type,
		.rdlen = (uint16_t)rr->rdlen,
		.covers = rr->type == DNS_TYPE_RRSIG ? bytes_get16(rr->rdata) : 0,
	};
	memcpy(rec + 1, rr->rdata, rr->rdlen);
	lower_names(rr->type, (uint8_t *)(rec + 1));
	b->records.len += size;
	if (node->first == 0)
		node->first = (uint32_t)at;
	else
		file_stage_rr(b, node->last)->next = (uint32_t)at;
	node->last = (uint32_t)at;
	b->nrecords++;
	return 0;
}

/* Whether the record belongs into the NSEC3 chain. */
static bool
is_nsec3(const struct dns_zonefile_rr *rr)
{
	return rr->type == DNS_TYPE_NSEC3 || (rr->type == DNS_TYPE_RRSIG && rr->rdlen >= 2 &&
					      bytes_get16(rr->rdata) == DNS_TYPE_NSEC3);
}

/* Whether name, lower-cased and len octets long, lies in the zone; counts its labels below the
 * apex. */
static bool
in_zone(const struct file_build *b, const uint8_t *name, size_t len, unsigned *labels)
{
	size_t at = 0;

	*labels = 0;
	while (len - at > b->origin_len) {
		at += (size_t)name[at] + 1;
		++*labels;
	}
	return len - at == b->origin_len && memcmp(name + at, b->origin, b->origin_len) == 0;
}

/* Whether the data are well-formed; those of types that nobody knows always are (RFC 3597). */
static bool
data_ok(const struct dns_zonefile_rr *rr)
{
	switch (rr->type) {
	case DNS_TYPE_A:
		return rr->rdlen == 4;
	case DNS_TYPE_AAAA:
		return rr->rdlen == 16;
	default:
		return rr->rdlen <= DNS_RDATA_MAX &&
		       (rr->rdlen > 0 || dns_rdata_layout(rr->type) == NULL) &&
		       dns_rdata_check_wire(rr->type, rr->rdata, rr->rdlen) == 0;
	}
}

/* Why a record is left out, or NULL. */
static const char *
unfit(struct file_build *b, const struct dns_zonefile_rr *rr, size_t len, bool inside,
      unsigned labels)
{
	if (!inside)
		return "the name is out of the zone";
	if (rr->class != DNS_CLASS_IN)
		return "the class is not IN";
	if (!data_ok(rr))
		return "malformed data";
	if (dns_type_is_meta(rr->type))
		return "such a type cannot be stored";
	if (rr->type == DNS_TYPE_SOA) {
		if (len != b->origin_len)
			return "it is not at the apex of the zone";
		if (b->has_soa)
			return "the zone has one already";
		b->has_soa = true;
	}
	if (is_nsec3(rr) && labels != 1)
		return "the name is not directly below the apex";
	return NULL;
}

/* Finds or makes the node of a record's owner, unless it is to be left out (why is set). */
static int
owner_node(struct file_build *b, const struct dns_zonefile_rr *rr, uint32_t *index,
	   const char **why)
{
	uint8_t name[DNS_NAME_BUF];
	struct owner o = { .name = name, .nsec3 = is_nsec3(rr) };
	unsigned labels;
	bool inside;
	int rc;

	o.len = dns_name_lower(name, rr->owner);
	inside = in_zone(b, name, o.len, &labels);
	*why = unfit(b, rr, o.len, inside, labels);
	if (*why != NULL)
		return 0;
	if (!o.nsec3 && o.len == b->last_len && memcmp(name, b->last_owner, o.len) == 0) {
		*index = b->last_node;
		return 0;
	}
	o.hash = dns_name_hash(name, o.len);
	rc = node_get(b, &o, index);
	if (rc == 0 && !o.nsec3) {
		memcpy(b->last_owner, name, o.len);
		b->last_len = o.len;
		b->last_node = *index;
	}
	return rc;
}

/* ---- public ---- */

struct file_build *
file_build_new(const uint8_t *origin, file_warn_fn *warn_fn, void *user)
{
	struct file_build *b = calloc(1, sizeof(*b));
	struct owner apex;
	uint32_t index;

	if (b == NULL)
		return NULL;
	b->origin_len = (uint8_t)dns_name_lower(b->origin, origin);
	b->origin_labels = (uint8_t)dns_name_labels(b->origin);
	b->warn = warn_fn;
	b->user = user;
	/* Record 0 is "none": the first one stands behind four unused octets. */
	if (!file_block_room(&b->records, 4))
		goto fail;
	b->records.len = 4;
	apex = (struct owner){
		.name = b->origin,
		.len = b->origin_len,
		.hash = dns_name_hash(b->origin, b->origin_len),
	};
	if (node_add(b, &apex, 0, &index) < 0)
		goto fail;
	file_stage_node(b, 0)->flags = FILE_NODE_APEX;
	return b;
fail:
	file_build_free(b);
	return NULL;
}

int
file_build_add(struct file_build *b, const struct dns_zonefile_rr *rr)
{
	const char *why;
	uint32_t index = 0;
	int rc = owner_node(b, rr, &index, &why);

	if (rc < 0)
		return rc;
	if (why != NULL) {
		warn_left_out(b, rr, why);
		return 0;
	}
	return record_add(b, index, rr);
}

int
file_build_finish(struct file_build *b, struct file_zone **zone)
{
	char text[80];
	int rc;

	*zone = NULL;
	rc = b->has_soa ? file_seal(b, zone) : RT_ENOENT;
	if (b->nwarnings > FILE_WARNINGS_MAX && b->warn != NULL) {
		snprintf(text, sizeof(text), "%u further warnings about the zone",
			 b->nwarnings - FILE_WARNINGS_MAX);
		b->warn(b->user, NULL, 0, text);
	}
	return rc;
}

void
file_build_free(struct file_build *b)
{
	if (b == NULL)
		return;
	file_block_release(&b->nodes);
	file_block_release(&b->names);
	file_block_release(&b->records);
	file_block_release(&b->files);
	free(b->table);
	free(b);
}
