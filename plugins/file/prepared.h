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

/* Puts in the pointers of a blob that was copied to offset start of the message. */
static RT_ALWAYS_INLINE void
file_blob_fix(const struct file_zone *z, const struct file_blob *blob,
	      const struct dns_qname *qname, uint8_t *wire, size_t start)
{
	size_t origin = DNS_HEADER_LEN + (size_t)qname->len - z->origin_len;
	uint8_t *p = wire + start;
	uint8_t pointer[2];

	bytes_put16(pointer, (uint16_t)(0xc000 | origin));
	for (const uint16_t *at = blob->origins, *end = at + blob->norigins; at < end; at += 4) {
		memcpy(p + at[0], pointer, 2);
		memcpy(p + at[1], pointer, 2);
		memcpy(p + at[2], pointer, 2);
		memcpy(p + at[3], pointer, 2);
	}
	for (const struct file_link *link = blob->links, *end = link + blob->nlinks; link < end;
	     link++)
		bytes_put16(p + link->at, (uint16_t)(0xc000 | (start + link->to)));
}

/* Copies n octets, and up to FILE_SLACK - 1 more on both sides. */
static RT_ALWAYS_INLINE void
file_copy_blocks(uint8_t *to, const uint8_t *from, size_t n)
{
	for (const uint8_t *end = from + n; from < end; from += FILE_SLACK, to += FILE_SLACK)
		memcpy(to, from, FILE_SLACK);
}

/* The set as answer, the NS records in authority; false: nothing was written. */
static RT_ALWAYS_INLINE bool
file_put_prepared(const struct file_zone *z, struct dns_writer *w, const struct dns_qname *qname,
		  const struct file_rrset *set, bool dnssec)
{
	const struct file_blob *blob = &z->ns[dnssec];
	uint16_t counts[3] = { set->count, blob->count, 0 };
	size_t len = set->len;
	size_t start;
	uint8_t *p;

	if (RT_UNLIKELY(dnssec)) {
		len += set->sigs_len;
		counts[0] = (uint16_t)(counts[0] + set->nsigs);
	}
	start = w->len + len;
	if (RT_UNLIKELY(blob->len == 0 || start + blob->len > FILE_POINTER_MAX))
		return false;
	p = dns_writer_room(w, len + blob->len + FILE_SLACK);
	if (RT_UNLIKELY(p == NULL)) {
		/* Without the slack it may fit. */
		w->error = 0;
		return false;
	}
	file_copy_blocks(p, file_rrset_data(set), len);
	file_copy_blocks(p + len, blob->data, blob->len);
	file_blob_fix(z, blob, qname, w->wire, start);
	dns_writer_take(w, len + blob->len, counts);
	return true;
}

/* Answers a question for a name in the zone, if that is as simple as said above. */
static RT_ALWAYS_INLINE bool
file_answer_prepared(const struct file_zone *z, struct dns_writer *w, const struct dns_qname *qname,
		     uint16_t qtype, bool dnssec)
{
	uint32_t ref = file_zone_find(z, qname->wire, qname->len, qname->hash);
	const struct file_rrset *set;

	if (ref == 0 || (file_zone_node(z, ref)->flags & FILE_NODE_SPECIAL))
		return false;
	set = file_node_rrset(file_zone_node(z, ref), qtype);
	return RT_LIKELY(set != NULL && set->flags == FILE_RRSET_RAW) &&
	       file_put_prepared(z, w, qname, set, dnssec);
}

#endif
