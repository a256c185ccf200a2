/*
 * zone.h - one zone as it is served: an immutable snapshot.
 *
 * Made by the builder (build.h) from records, published for the workers, freed as a whole by
 * file_zone_free.  Nothing in it changes after it was built, so any number of threads may read it.
 *
 * Layout.  All nodes lie one after the other in one block of memory.  A node is a name that has
 * records, or an empty non-terminal (a name that only has names below it, RFC 4592 §2.2.2), so that
 * finding a name tells at once whether it exists:
 *
 *	struct file_node | name relative to the zone, wire form with the root octet | padding
 *	struct file_rrset | its records | the RRSIG records that cover them | padding
 *	struct file_rrset | ...
 *
 * Records are kept as they are sent when their owner is the question's name: the owner is the
 *pointer C0 0C, names within the data are not compressed.  A record set without compressible names
 * (FILE_RRSET_RAW) is copied in one piece; with DNSSEC wanted the signatures go with the same copy.
 *
 * A hash table maps the keyed hash of the whole lower-cased name (struct dns_qname has it) to the
 *node: an entry holds 32 bits of the hash and a 32-bit reference, so that a lookup touches one
 *entry and one node.  References count units of 8 octets from 1; 0 is "none".
 *
 * NSEC3 records (RFC 5155) are no names of the zone: their nodes are not in the table but in an
 *array sorted by hash.  The owners of NSEC records are listed in canonical order.
 */
#ifndef FILE_ZONE_H
#define FILE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/name.h"

/* Octets before the data in a prepared record: C0 0C, type, class, TTL, length. */
#define FILE_RR_HEAD 12u

/* The longest set of records, and of its signatures, that is kept: both fit a message with room
 * left. */
#define FILE_RRSET_MAX 49152u
#define FILE_SIGS_MAX  8192u

/* Readable octets after the last node and after a blob, so that copies may be made in whole blocks. */
#define FILE_SLACK 32u

#define FILE_NODE_APEX     (1u << 0) /* the zone's own name */
#define FILE_NODE_CUT      (1u << 1) /* has NS records and is not the apex: a delegation */
#define FILE_NODE_DNAME    (1u << 2) /* has a DNAME record */
#define FILE_NODE_CNAME    (1u << 3) /* has a CNAME record */
#define FILE_NODE_OCCLUDED (1u << 4) /* lies below a delegation or a DNAME: not answered from */
#define FILE_NODE_WILDCARD (1u << 5) /* has a child "*" */
/* Where an exact match is not the whole answer. */
#define FILE_NODE_SPECIAL (FILE_NODE_CUT | FILE_NODE_CNAME | FILE_NODE_OCCLUDED)

#define FILE_RRSET_RAW        (1u << 0) /* no compressible names: may be copied as it is */
#define FILE_RRSET_ADDITIONAL (1u << 1) /* names hosts whose addresses go along */

struct file_rrset {
	uint16_t type;
	uint16_t count;    /* records */
	uint16_t len;      /* octets of the records */
	uint16_t nsigs;    /* RRSIG records that cover them */
	uint16_t sigs_len; /* octets of those */
	uint16_t flags;    /* FILE_RRSET_* */
};

/* Where most nodes end. */
#define FILE_NODE_USUAL 63

struct file_node {
	uint8_t flags;    /* FILE_NODE_* */
	uint8_t name_len; /* octets of the relative name, root octet included: 1 for the apex */
	uint16_t nrrsets; /* 0: an empty non-terminal */
};

/*
 * Records of the apex made ready for any question in the zone: names are compressed against the zone's
 * name in the question and against each other, as far as that is known when loading.  What is left to
 * put in are the pointers, at these offsets in data.
 */
struct file_link {
	uint16_t at; /* offset of the pointer */
	uint16_t to; /* offset of what it points to */
};
struct file_blob {
	uint8_t *data;
	uint16_t *origins; /* offsets of pointers to the zone's name in the question, in fours */
	struct file_link *links; /* pointers within data */
	uint16_t len;            /* octets of data; 0: there are no such records */
	uint16_t count;          /* records in data */
	uint16_t norigins;
	uint16_t nlinks;
};

/* An NSEC3 record: the hash that its owner stands for. */
#define FILE_NSEC3_LEN 20u /* octets of SHA-1, the only algorithm there is (RFC 5155 §11) */
struct file_nsec3 {
	uint8_t hash[FILE_NSEC3_LEN];
	uint32_t ref;
};

struct file_zone {
	/* What every query looks at. */
	const uint64_t *table; /* upper half: of the hash; lower half: a reference, 0 = free */
	uint64_t mask;         /* places in table less one: a power of two */
	const uint8_t *nodes;
	uint8_t origin_len; /* octets of the zone's name, root octet included */
	uint8_t origin_labels;
	struct file_blob ns[2];  /* the NS records; with signatures */
	struct file_blob soa[2]; /* the SOA record; with signatures */

	uint32_t apex;   /* reference */
	uint32_t serial; /* of the SOA */
	uint32_t *nsec;  /* references in canonical order; NULL: no NSEC */
	uint32_t nnsec;
	struct file_nsec3 *nsec3; /* in the order of the hashes; NULL: no NSEC3 */
	uint32_t nnsec3;
	uint16_t iterations; /* of NSEC3 */
	uint8_t salt_len;
	uint8_t salt[255];
	uint64_t nrecords;            /* in all, signatures included */
	size_t bytes;                 /* of memory that it takes */
	uint8_t origin[DNS_NAME_BUF]; /* lower-cased */
};

void file_zone_free(struct file_zone *z);
/* The same as a release function for rt_publish; NULL is allowed in both. */
void file_zone_release(void *zone);

static inline const struct file_node *
file_zone_node(const struct file_zone *z, uint32_t ref)
{
	return (const void *)(z->nodes + ((size_t)ref - 1) * 8);
}

static inline const uint8_t *
file_node_name(const struct file_node *node)
{
	return (const uint8_t *)(node + 1);
}

/* Whether the first labels of name, a name in the zone of len octets, are those of the node. */
static inline bool
file_node_is(const struct file_zone *z, const struct file_node *node, const uint8_t *name,
	     size_t len)
{
	size_t rel = len - z->origin_len;

	return node->name_len == rel + 1 && dns_name_same(file_node_name(node), name, rel);
}

/* For file_zone_find: a place has the right part of the hash and another name, so look at all. */
uint32_t file_zone_find_all(const struct file_zone *z, const uint8_t *name, size_t len,
			    uint64_t hash);

/*
 * The node of a name: lower-cased wire name of len octets that lies in the zone, hash as
 * dns_name_hash gives it.  0 when there is none.
 */
static inline uint32_t
file_zone_find(const struct file_zone *z, const uint8_t *name, size_t len, uint64_t hash)
{
	uint64_t i = hash & z->mask;
	uint64_t entry;
	uint32_t ref;

	for (;; i = (i + 1) & z->mask) {
		entry = z->table[i];
		ref = (uint32_t)entry;
		if (RT_UNLIKELY(ref == 0))
			return 0;
		if (RT_LIKELY((entry ^ hash) >> 32 == 0))
			break;
	}
	if (RT_LIKELY(file_node_is(z, file_zone_node(z, ref), name, len)))
		return ref;
	return file_zone_find_all(z, name, len, hash);
}

/* Whether a name that has the length and the first labels of a node ends with the zone's name. */
static RT_ALWAYS_INLINE bool
file_zone_ends(const struct file_zone *z, const struct dns_qname *name)
{
	return dns_name_same(name->wire + name->len - z->origin_len, z->origin, z->origin_len);
}

/* A zone with fewer places is in the CPU's cache with all its nodes if it is in use at all. */
#define FILE_ZONE_LARGE 4096u

/* Lets the line come that file_zone_find looks at first, or those of the node that it finds there. */
static inline void
file_zone_fetch_place(const struct file_zone *z, uint64_t hash)
{
	RT_PREFETCH(&z->table[hash & z->mask]);
}

static inline void
file_zone_fetch_node(const struct file_zone *z, uint64_t hash)
{
	uint64_t i = hash & z->mask;

	for (; (uint32_t)z->table[i] != 0; i = (i + 1) & z->mask) {
		if ((z->table[i] ^ hash) >> 32 == 0) {
			const uint8_t *node = z->nodes + ((size_t)(uint32_t)z->table[i] - 1) * 8;

			RT_PREFETCH(node);
			RT_PREFETCH(node + FILE_NODE_USUAL);
			return;
		}
	}
}

static inline const struct file_rrset *
file_node_first(const struct file_node *node)
{
	size_t at = sizeof(*node) + node->name_len;

	return (const void *)((const uint8_t *)node + ((at + 3) & ~(size_t)3));
}

static inline const uint8_t *
file_rrset_data(const struct file_rrset *set)
{
	return (const uint8_t *)(set + 1);
}

static inline const struct file_rrset *
file_rrset_next(const struct file_rrset *set)
{
	size_t at = sizeof(*set) + set->len + set->sigs_len;

	return (const void *)((const uint8_t *)set + ((at + 3) & ~(size_t)3));
}

/* The records of a type that a node has, or NULL. */
static inline const struct file_rrset *
file_node_rrset(const struct file_node *node, uint16_t type)
{
	const struct file_rrset *set = file_node_first(node);

	for (unsigned n = node->nrrsets; n > 0; n--) {
		if (set->type == type)
			return set;
		set = file_rrset_next(set);
	}
	return NULL;
}

/* Whether a name lies in the zone. */
static inline bool
file_zone_covers(const struct file_zone *z, const struct dns_qname *name)
{
	return name->len >= z->origin_len && name->nlabels >= z->origin_labels &&
	       name->label[name->nlabels - z->origin_labels] == name->len - z->origin_len &&
	       memcmp(name->wire + name->len - z->origin_len, z->origin, z->origin_len) == 0;
}

/* The whole name of a node, lower-cased, to out; returns its length. */
size_t file_node_full_name(const struct file_zone *z, const struct file_node *node,
			   uint8_t out[DNS_NAME_BUF]);

/*
 * The owner of the NSEC record that matches a name in the zone (*match set) or covers it: the
 * greatest owner that is not greater than the name.  0 when the zone has no NSEC records.  The name
 * is lower-cased, of len octets.
 */
uint32_t file_zone_nsec(const struct file_zone *z, const uint8_t *name, size_t len, bool *match);

/*
 * The NSEC3 record that matches the hash of a lower-cased name (*match set) or covers it.  0 when
 * the zone has none, or when there is no memory to hash.
 */
uint32_t file_zone_nsec3(const struct file_zone *z, const uint8_t *name, size_t len, bool *match);

#endif
