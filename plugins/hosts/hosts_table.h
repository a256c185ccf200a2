/*
 * hosts_table.h - names with their addresses, ready to be sent: what hosts_serve looks things up
 *in.
 *
 * A table is made by a builder and never changes afterwards:
 *
 *	struct hosts_builder *b = hosts_builder_new();
 *	hosts_builder_add(b, HOSTS_FILE, name, &addr);		file first, then the Corefile
 *	hosts_builder_add(b, HOSTS_COREFILE, name, &addr);
 *	struct hosts_table *t = hosts_builder_finish(b, ttl, reverse);
 *	hosts_builder_free(b);
 *
 * Lookup of names is one open-addressing table of eight-octet slots over entries that lie packed in
 * one block of memory: the name and its A and AAAA records in wire form, owner C0 0C, TTL inside.
 * An IPv4 name takes about 60 octets, slot included, and its reverse record 16 more; an answer
 * touches the slot's cache line and the entry's one or two.  Reverse lookup goes by address, not by
 * name, and gives the entry whose name is the answer.
 *
 * Which records a name has, as CoreDNS has it: of each source (file, Corefile) and each family, the
 * addresses given to the name itself, or if there are none those given to "*." and its parent; the
 * file's before the Corefile's.  An address given twice counts once (RFC 2181 §5).
 *
 * Threads: a table may be read by all; a builder belongs to one.  Memory: running out is reported,
 * never fatal.
 */
#ifndef HOSTS_TABLE_H
#define HOSTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "dns/name.h"

/* Octets of a finished A and AAAA record. */
#define HOSTS_A_LEN    16
#define HOSTS_AAAA_LEN 28
/* More records of a name than these do not fit a message. */
#define HOSTS_A_MAX    4078
#define HOSTS_AAAA_MAX 2330

enum hosts_source {
	HOSTS_FILE,
	HOSTS_COREFILE,
};

struct hosts_slot {
	uint32_t tag; /* upper half of the name's hash */
	uint32_t at;  /* the entry's place in units of 8 octets, plus 1; 0: empty */
};

/* References are entries' places as in a slot, or with the top bit an index into lists. */
#define HOSTS_REF_LIST 0x80000000u

struct hosts_rev4 {
	uint8_t addr[4];
	uint32_t ref; /* 0: empty */
};

struct hosts_rev6 {
	uint8_t addr[16];
	uint32_t ref;
};

struct hosts_table {
	const struct hosts_slot *slots;
	const uint8_t *entries;
	uint64_t mask;  /* number of slots - 1 */
	bool wildcards; /* there are names with "*." */
	struct hosts_rev4 *rev4;
	struct hosts_rev6 *rev6;
	uint64_t mask4, mask6;
	uint32_t *lists; /* a count, then so many references */
	uint64_t count; /* names' addresses and addresses' names, as coredns_hosts_entries counts */
	uint64_t cut;   /* records left out because no message would hold them */
	uint8_t ttl[4]; /* in wire form */
	void *memory[5]; /* what to free */
};

/* An entry: two counts, the name, the A records, the AAAA records. */
#define HOSTS_ENTRY_NAME 5
/* Where most entries end. */
#define HOSTS_ENTRY_USUAL 63

static inline unsigned
hosts_entry_na(const uint8_t *e)
{
	uint16_t n;

	memcpy(&n, e, sizeof(n));
	return n;
}

static inline unsigned
hosts_entry_naaaa(const uint8_t *e)
{
	uint16_t n;

	memcpy(&n, e + 2, sizeof(n));
	return n;
}

static inline const uint8_t *
hosts_entry_name(const uint8_t *e)
{
	return e + HOSTS_ENTRY_NAME;
}

static inline size_t
hosts_entry_name_len(const uint8_t *e)
{
	return e[4];
}

static inline const uint8_t *
hosts_entry_a(const uint8_t *e)
{
	return e + HOSTS_ENTRY_NAME + e[4];
}

static inline const uint8_t *
hosts_entry_aaaa(const uint8_t *e)
{
	return hosts_entry_a(e) + (size_t)hosts_entry_na(e) * HOSTS_A_LEN;
}

/* The entry of a slot that is not empty. */
static inline const uint8_t *
hosts_table_entry(const struct hosts_table *t, uint64_t i)
{
	return t->entries + (size_t)(t->slots[i].at - 1) * 8;
}

/* A table with fewer slots is in the CPU's cache with all its entries if it is in use at all. */
#define HOSTS_LARGE 4096u

/* Lets the line come that hosts_table_find looks at first, or those of the entry that it finds there. */
static inline void
hosts_table_fetch_slot(const struct hosts_table *t, uint64_t hash)
{
	RT_PREFETCH(&t->slots[hash & t->mask]);
}

static inline void
hosts_table_fetch_entry(const struct hosts_table *t, uint64_t hash)
{
	for (uint64_t i = hash & t->mask; t->slots[i].at != 0; i = (i + 1) & t->mask) {
		if (t->slots[i].tag == (uint32_t)(hash >> 32)) {
			const uint8_t *e = hosts_table_entry(t, i);

			RT_PREFETCH(e);
			RT_PREFETCH(e + HOSTS_ENTRY_USUAL);
			return;
		}
	}
}

/* For hosts_table_find: a slot has the right tag and another name, so look at all. */
const uint8_t *hosts_table_find_all(const struct hosts_table *t, uint64_t hash, const uint8_t *name,
				    size_t len);

/*
 * The entry of exactly this name (lower-cased, with its dns_name_hash, readable in whole blocks of
 * DNS_NAME_BLOCK octets), or NULL.
 */
static inline const uint8_t *
hosts_table_find(const struct hosts_table *t, uint64_t hash, const uint8_t *name, size_t len)
{
	uint64_t i = hash & t->mask;

	for (;; i = (i + 1) & t->mask) {
		struct hosts_slot slot = t->slots[i];

		if (slot.at == 0)
			return NULL;
		if (RT_LIKELY(slot.tag == (uint32_t)(hash >> 32)))
			break;
	}
	const uint8_t *e = hosts_table_entry(t, i);
	if (RT_LIKELY(e[4] == len && dns_name_same(hosts_entry_name(e), name, len)))
		return e;
	return hosts_table_find_all(t, hash, name, len);
}

/* The entry of "*." and the parent of the name, or NULL: for names that have no entry. */
const uint8_t *hosts_table_find_wildcard(const struct hosts_table *t, const struct dns_qname *name);

/*
 * The names of an address: calls each(arg, name) in order until it returns false.  Returns their
 * number, 0 when the address is unknown.
 */
unsigned hosts_table_reverse(const struct hosts_table *t, const struct addr *a,
			     bool (*each)(void *arg, const uint8_t *name, size_t len), void *arg);

/* The address that a name of in-addr.arpa or ip6.arpa stands for; false: none. */
bool hosts_reverse_addr(const struct dns_qname *name, struct addr *out);

struct hosts_builder;

struct hosts_builder *hosts_builder_new(void);

/*
 * Gives an address to a name (trusted, lower-cased).  Those of the file before those of the
 * Corefile. 0; RT_ENOMEM; RT_ELIMIT: more than 2^30 names or addresses.
 */
int hosts_builder_add(struct hosts_builder *b, enum hosts_source source, const uint8_t *name,
		      const struct addr *a) RT_MUST_CHECK;

/* NULL: out of memory. */
struct hosts_table *hosts_builder_finish(struct hosts_builder *b, uint32_t ttl, bool reverse);
void hosts_builder_free(struct hosts_builder *b);

/* void * for rt_publish. */
void hosts_table_free(void *table);

#endif
