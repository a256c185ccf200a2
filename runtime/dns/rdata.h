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
	DNS_FIELD_GATEWAY,  /* IPSECKEY, AMTRELAY: kind in the octet at offset size */
	DNS_FIELD_A6,       /* A6: prefix length, suffix of matching size, name when prefix > 0 */
	DNS_FIELD_BITMAP,   /* type bit maps (RFC 4034 §4.1.2), up to the end */
	DNS_FIELD_PARAMS,   /* SvcParams (RFC 9460 §2.2), keys ascending, up to the end */
	DNS_FIELD_HIP,      /* HIP's lengths, identity and key (RFC 8005 §5) */
	DNS_FIELD_PREFIXES, /* APL items (RFC 3123 §4), up to the end */
	DNS_FIELD_OPTIONS,  /* EDNS options, up to the end */
	DNS_FIELD_BLOB,     /* size 1: a length octet, 2: two; and as many bytes */
	DNS_FIELD_REST,     /* whatever is left, at least size bytes */
};

/* The name may be written compressed (RFC 3597 §4). */
#define DNS_FIELD_COMPRESS (1u << 0)

/* The name is in lower case in canonical form (RFC 4034 §6.2, RFC 6840 §5.1). */
#define DNS_FIELD_LOWER (1u << 1)

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
 * The pieces data consists of: names, and what stands between them.
 *
 *	struct dns_rdata_walk walk;
 *	struct dns_rdata_piece piece;
 *	dns_rdata_walk_init(&walk, type, msg, len, pos, rdlen);
 *	while (dns_rdata_next(&walk, &piece))
 *		if (piece.is_name) ...dns_name_unpack(out, msg, len, piece.pos, NULL)...
 *	if (walk.error < 0) ...		malformed
 *
 * Pieces are in order and leave no gaps.  The name of a piece is bounded but its pointers are not
 * followed.
 */
struct dns_rdata_walk {
	const struct dns_field *field; /* the next field */
	const uint8_t *msg;
	size_t len;   /* bytes of the message */
	size_t begin; /* offset of the data */
	size_t at;    /* offset of the next piece */
	size_t end;   /* offset after the data */
	int error;    /* 0, or why dns_rdata_next returned false early */
};

struct dns_rdata_piece {
	size_t pos; /* offset in the message */
	size_t len; /* bytes there, compressed as they are */
	bool is_name;
	uint8_t flags; /* of a name: DNS_FIELD_COMPRESS, DNS_FIELD_LOWER */
};

/* Walk rdlen bytes at pos of a message; for wire rdata msg is the data and pos 0. */
void dns_rdata_walk_init(struct dns_rdata_walk *walk, uint16_t type, const uint8_t *msg, size_t len,
			 size_t pos, size_t rdlen);

/* The next piece; false at the end or when the data is malformed (walk->error < 0). */
bool dns_rdata_next(struct dns_rdata_walk *walk, struct dns_rdata_piece *piece);

#endif
