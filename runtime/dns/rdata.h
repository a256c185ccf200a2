/*
 * What is inside record data: where the names are, and what may be done to them.
 *
 * One table (rdata.c) says, for each type, of which fields its data consists.  Reading,
 * checking, expanding compressed names, putting names in canonical case and writing with
 * compression all follow this table.  Types without a row are opaque (RFC 3597): any data is
 * well-formed and copied as it is.
 *
 * "Wire rdata" below means data whose names are not compressed: the form in which the program
 * keeps records (zones, hosts, cache of prepared answers).
 *
 * Thread-safe: constants only, nothing allocated.
 */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/name.h"

#define DNS_RDATA_MAX 65535

enum dns_field_kind {
	DNS_FIELD_END = 0,  /* no further field */
	DNS_FIELD_FIXED,    /* exactly size bytes */
	DNS_FIELD_NAME,     /* a name, see flags */
	DNS_FIELD_STRING,   /* a length octet and as many bytes */
	DNS_FIELD_STRINGS,  /* one or more strings, up to the end */
	DNS_FIELD_NAMES,    /* any number of names, up to the end */
	DNS_FIELD_GATEWAY,  /* IPSECKEY, AMTRELAY: kind by an earlier octet */
	DNS_FIELD_A6,       /* A6: prefix length, suffix of matching size, name when prefix > 0 */
	DNS_FIELD_BITMAP,   /* type bit maps (RFC 4034 §4.1.2), up to the end */
	DNS_FIELD_PARAMS,   /* SvcParams (RFC 9460 §2.2), keys ascending, up to the end */
	DNS_FIELD_HIP,      /* HIP's lengths, identity and key (RFC 8005 §5) */
	DNS_FIELD_PREFIXES, /* APL items (RFC 3123 §4), up to the end */
	DNS_FIELD_OPTIONS,  /* EDNS options, up to the end */
	DNS_FIELD_BLOB,     /* size 1: a length octet, 2: two; and as many bytes */
	DNS_FIELD_REST,     /* whatever is left, at least size bytes */
};

#define DNS_FIELD_COMPRESS (1u << 0) /* name may be written compressed (RFC 3597 §4) */
#define DNS_FIELD_LOWER    (1u << 1) /* lower case in canonical form (RFC 4034 §6.2, RFC 6840 §5.1) \
				      */

struct dns_field {
	uint8_t kind;  /* enum dns_field_kind */
	uint8_t flags; /* DNS_FIELD_COMPRESS, DNS_FIELD_LOWER */
	uint16_t size; /* meaning depends on kind */
};

/* The fields of a type's data, ended by DNS_FIELD_END; NULL for an opaque type. */
const struct dns_field *dns_rdata_layout(uint16_t type) RT_CONST;

/* Whether data of this type may hold a name that is written or was read compressed. */
bool dns_rdata_has_names(uint16_t type) RT_CONST;

/*
 * Check the data of a record within a message: rdlen bytes at offset pos, pointers allowed in
 * names.  An empty rdata is accepted for every type (RFC 2136 uses it).  0, RT_ERDATA, or what a
 * bad name gives.
 */
int dns_rdata_check(uint16_t type, const uint8_t *msg, size_t len, size_t pos,
		    size_t rdlen) RT_MUST_CHECK;

/* Check wire rdata (no pointers).  0, RT_ERDATA, … */
int dns_rdata_check_wire(uint16_t type, const uint8_t *rdata, size_t rdlen) RT_MUST_CHECK;

/*
 * Copy the data of a record out of a message with its names expanded.  Returns its length as wire
 * rdata, RT_ENOSPC when out's cap bytes are too few, RT_ERDATA and what a bad name gives.  out of
 * DNS_RDATA_MAX bytes always suffices for what fits a record.
 */
int dns_rdata_decompress(uint8_t *out, size_t cap, uint16_t type, const uint8_t *msg, size_t len,
			 size_t pos, size_t rdlen) RT_MUST_CHECK;

/*
 * Put the names of wire rdata in canonical (lower) case, in place, where the type asks for it.
 * RT_ERDATA when the data is malformed (it may then be partly changed).
 */
int dns_rdata_canonical(uint16_t type, uint8_t *rdata, size_t rdlen) RT_MUST_CHECK;

/*
 * Call fn for every name in the data of a record within a message, with the offset of the name;
 * used for following targets (MX, SRV, NS, …).  fn returns false to stop.  0 or a negative code.
 */
int dns_rdata_names(uint16_t type, const uint8_t *msg, size_t len, size_t pos, size_t rdlen,
		    bool (*fn)(void *user, size_t name_pos), void *user) RT_MUST_CHECK;

#endif
