/*
 * blob.c - records of the apex, compressed ahead for every question in the zone.
 *
 * A question within the zone ends with the zone's name, so a pointer can stand for that wherever it
 * occurs; and what is written once in the blob can be pointed to from later in it.  The offsets are
 * put in when an answer is written, since they depend on the question's length and on what stands
 * before.
 */
#include "config.h"

#include "file/stage.h"

#include "base/bytes.h"
#include "base/error.h"
#include "dns/rdata.h"
#include "dns/types.h"

#define PLACES_MAX 64u   /* names remembered */
#define BLOB_MAX   4096u /* octets; longer ones are written the general way */

struct maker {
	const struct file_zone *z;
	struct file_block data;
	struct file_block origins; /* uint16_t */
	struct file_block links;   /* struct file_link */
	/* Names that stand in the data. */
	struct {
		const uint8_t *name;
		uint16_t at;
	} place[PLACES_MAX];
	unsigned nplaces;
};

static bool
put(struct maker *m, const void *data, size_t len)
{
	if (!file_block_room(&m->data, len))
		return false;
	memcpy(m->data.p + m->data.len, data, len);
	m->data.len += len;
	return true;
}

static bool
append(struct file_block *list, const void *entry, size_t size)
{
	if (!file_block_room(list, size))
		return false;
	memcpy(list->p + list->len, entry, size);
	list->len += size;
	return true;
}

/* A place for the pointer to the zone's name. */
static bool
put_origin(struct maker *m)
{
	uint16_t at = (uint16_t)m->data.len;

	return append(&m->origins, &at, sizeof(at)) && put(m, "\0", 2);
}

/* A place for a pointer to what stands at offset `to` of the data. */
static bool
put_link(struct maker *m, uint16_t to)
{
	struct file_link entry = { .at = (uint16_t)m->data.len, .to = to };

	return append(&m->links, &entry, sizeof(entry)) && put(m, "\0", 2);
}

static bool
put_name(struct maker *m, const uint8_t *name)
{
	for (; *name != 0; name += (size_t)*name + 1) {
		if (m->z->origin_len > 1 && dns_name_equal(name, m->z->origin))
			return put_origin(m);
		for (unsigned i = 0; i < m->nplaces; i++) {
			if (dns_name_equal(name, m->place[i].name))
				return put_link(m, m->place[i].at);
		}
		if (m->nplaces < PLACES_MAX) {
			m->place[m->nplaces].name = name;
			m->place[m->nplaces++].at = (uint16_t)m->data.len;
		}
		if (!put(m, name, (size_t)*name + 1))
			return false;
	}
	return put(m, name, 1);
}

/* The owner: the zone's name, which is in every question; the root's is shorter than a pointer. */
static bool
put_owner(struct maker *m)
{
	return m->z->origin_len > 1 ? put_origin(m) : put(m, m->z->origin, 1);
}

/* One record of a set of type NS, SOA or RRSIG. */
static bool
put_record(struct maker *m, const uint8_t *rr)
{
	uint16_t type = bytes_get16(rr + 2);
	size_t rdlen = bytes_get16(rr + 10);
	const uint8_t *rdata = rr + FILE_RR_HEAD;
	size_t head, start;
	bool ok;

	if (!put_owner(m))
		return false;
	head = m->data.len;
	if (!put(m, rr + 2, FILE_RR_HEAD - 2))
		return false;
	start = m->data.len;
	if (type == DNS_TYPE_NS) {
		ok = put_name(m, rdata);
	} else if (type == DNS_TYPE_SOA) {
		const uint8_t *rname = rdata + dns_name_len(rdata);

		ok = put_name(m, rdata) && put_name(m, rname) &&
		     put(m, rname + dns_name_len(rname), 20);
	} else {
		ok = put(m, rdata, rdlen);
	}
	if (ok)
		bytes_put16(m->data.p + head + 8, (uint16_t)(m->data.len - start));
	return ok;
}

static bool
put_set(struct maker *m, const struct file_rrset *set, bool sigs)
{
	const uint8_t *rr = file_rrset_data(set);
	const uint8_t *end = rr + set->len + (sigs ? set->sigs_len : 0);

	for (; rr < end; rr += FILE_RR_HEAD + bytes_get16(rr + 10)) {
		if (!put_record(m, rr))
			return false;
	}
	/* Whole fours, by naming a place again: fewer steps when they are filled in. */
	while (m->origins.len % (4 * sizeof(uint16_t)) != 0) {
		uint16_t again;

		memcpy(&again, m->origins.p + m->origins.len - sizeof(again), sizeof(again));
		if (!append(&m->origins, &again, sizeof(again)))
			return false;
	}
	if (!file_block_room(&m->data, FILE_SLACK))
		return false;
	memset(m->data.p + m->data.len, 0, FILE_SLACK);
	return true;
}

int
file_blob_build(const struct file_zone *z, uint16_t type, bool sigs, struct file_blob *blob)
{
	const struct file_rrset *set = file_node_rrset(file_zone_node(z, z->apex), type);
	struct maker m = { .z = z };

	if (set == NULL || (size_t)set->len + set->sigs_len > BLOB_MAX)
		return 0;
	if (!put_set(&m, set, sigs)) {
		file_block_release(&m.data);
		file_block_release(&m.origins);
		file_block_release(&m.links);
		return RT_ENOMEM;
	}
	blob->data = m.data.p;
	blob->origins = (uint16_t *)(void *)m.origins.p;
	blob->links = (struct file_link *)(void *)m.links.p;
	blob->len = (uint16_t)m.data.len;
	blob->norigins = (uint16_t)(m.origins.len / sizeof(uint16_t));
	blob->nlinks = (uint16_t)(m.links.len / sizeof(struct file_link));
	blob->count = (uint16_t)(set->count + (sigs ? set->nsigs : 0));
	return 0;
}
