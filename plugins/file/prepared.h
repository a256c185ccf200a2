/*
 * prepared.h - answers that are copied: the fast path of the lookup, inlined where queries are served.
 *
 * A name that exists and is nothing special, a record set that needs no compression, and the zone's NS
 * records, which are prepared: then the answer is two copies and a few pointers.  Whatever else there
 * is goes the general way (lookup.h).
 */
#ifndef FILE_PREPARED_H
#define FILE_PREPARED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/writer.h"
#include "file/zone.h"

#define FILE_POINTER_MAX 0x3fffu /* the largest offset that a compression pointer holds */

/* ... those to what stands in the blob itself. */
static inline void
file_blob_link(const struct file_blob *blob, uint8_t *p, size_t start)
{
	for (const struct file_link *link = blob->links, *end = link + blob->nlinks; link < end;
	     link++)
		bytes_put16(p + link->at, (uint16_t)(0xc000 | (start + link->to)));
}

/* Puts in the pointers of a blob that was copied to p, offset start of the message. */
static RT_ALWAYS_INLINE void
file_blob_fix(const struct file_zone *z, const struct file_blob *blob,
	      const struct dns_qname *qname, uint8_t *p, size_t start)
{
	size_t origin = DNS_HEADER_LEN + (size_t)qname->len - z->origin_len;
	uint8_t pointer[2];

	bytes_put16(pointer, (uint16_t)(0xc000 | origin));
	for (const uint16_t *at = blob->origins, *end = at + blob->norigins; at < end; at += 4) {
		memcpy(p + at[0], pointer, 2);
		memcpy(p + at[1], pointer, 2);
		memcpy(p + at[2], pointer, 2);
		memcpy(p + at[3], pointer, 2);
	}
	if (RT_UNLIKELY(blob->nlinks > 0))
		file_blob_link(blob, p, start);
}

/* Copies n octets, at least 1, and up to FILE_SLACK - 1 more on both sides. */
static RT_ALWAYS_INLINE void
file_copy_blocks(uint8_t *to, const uint8_t *from, size_t n)
{
	const uint8_t *end = from + n;

	do {
		memcpy(to, from, FILE_SLACK);
		from += FILE_SLACK;
		to += FILE_SLACK;
	} while (RT_UNLIKELY(from < end));
}

/*
 * What answers a question for a name in the zone, if that is as simple as said above, or NULL.  Of the
 * name, its end is not looked at (file_zone_ends).
 */
static RT_ALWAYS_INLINE const struct file_rrset *
file_find_prepared(const struct file_zone *z, const struct dns_qname *qname, uint16_t qtype)
{
	uint32_t ref = file_zone_find(z, qname->wire, qname->len, qname->hash);
	const struct file_rrset *set;

	if (RT_UNLIKELY(ref == 0 || (file_zone_node(z, ref)->flags & FILE_NODE_SPECIAL)))
		return NULL;
	set = file_node_rrset(file_zone_node(z, ref), qtype);
	return RT_LIKELY(set != NULL && set->flags == FILE_RRSET_RAW) ? set : NULL;
}

/* The set as answer, the NS records in authority. */
struct file_prepared {
	const struct file_rrset *set;
	const struct file_blob *ns;
	size_t set_len; /* octets, with signatures if these are wanted */
	size_t len;     /* of all */
	uint16_t counts[3];
};

/* False: there is no such answer, or not behind so many octets of header and question. */
static RT_ALWAYS_INLINE bool
file_prepare(struct file_prepared *p, const struct file_zone *z, const struct file_rrset *set,
	     bool dnssec, size_t question_end)
{
	p->set = set;
	p->ns = &z->ns[dnssec];
	p->set_len = set->len + (dnssec ? set->sigs_len : 0u);
	p->len = p->set_len + p->ns->len;
	p->counts[0] = (uint16_t)(set->count + (dnssec ? set->nsigs : 0));
	p->counts[1] = p->ns->count;
	p->counts[2] = 0;
	return p->ns->len != 0 && question_end + p->len <= FILE_POINTER_MAX;
}

/* Writes it to `to`, and up to FILE_SLACK octets more behind it. */
static RT_ALWAYS_INLINE void
file_put_prepared(const struct file_prepared *p, const struct file_zone *z,
		  const struct dns_qname *qname, uint8_t *to, size_t question_end)
{
	file_copy_blocks(to, file_rrset_data(p->set), p->set_len);
	file_copy_blocks(to + p->set_len, p->ns->data, p->len - p->set_len);
	file_blob_fix(z, p->ns, qname, to + p->set_len, question_end + p->set_len);
}

#endif
