/*
 * Domain names.
 *
 * Inside the program a name is its wire form (RFC 1035 §3.1): labels, each after a
 * length octet of 1 … 63, ended by the root's zero octet; at most 255 octets with all of
 * them.  Text exists only at the edges: Corefile, zone file, log.  Functions here take
 * names without compression pointers except where "message" is said.
 *
 * Functions on a `const uint8_t *name` without a length trust it to be such a name: it was made
 * by this library.  Whatever comes from outside enters through dns_name_from_text,
 * dns_name_unpack, dns_name_check or dns_qname_parse, which trust nothing.
 *
 * Comparison ignores the case of ASCII letters and only that (RFC 4343).  Tables are
 * keyed by lower-cased names: dns_name_lower once, then plain bytes.
 *
 *	uint8_t zone[DNS_NAME_MAX + 1];
 *	int len = dns_name_from_text(zone, "example.org", 11);	13, or a negative RT_E…
 *
 * Thread-safe, nothing allocated.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#define DNS_NAME_MAX   255 /* octets of a wire name, root included (RFC 1035 §2.3.4) */
#define DNS_LABEL_MAX  63  /* octets of one label */
#define DNS_LABELS_MAX 127 /* labels of a name, root not counted */

/* Size of the buffers names are written to: a multiple of eight, so that loops may overshoot. */
#define DNS_NAME_BUF 256

/* Octets that names are compared and hashed by, a step. */
#define DNS_NAME_BLOCK 16u

/* Room for every name as text, dots, escapes and NUL included. */
#define DNS_NAME_TEXT_MAX 1024

/*
 * The name a query asks for, in the form everything downstream works with.
 *
 * wire is lower-cased; after its len octets it is zero up to the next multiple of 16.
 * label[i] is the offset in wire of label i's length octet, 0 … nlabels-1 from the left, and
 * label[nlabels] that of the root's zero octet, so that wire + label[i] is the name with its
 * first i labels removed.
 */
struct dns_qname {
	uint64_t hash;   /* dns_name_hash of the whole name */
	uint8_t len;     /* octets, 1 … 255 */
	uint8_t nlabels; /* labels without the root, 0 … 127 */
	uint8_t label[DNS_LABELS_MAX + 1];
	/* A block more than a name takes: one may be read wherever a label begins. */
	uint8_t wire[DNS_NAME_BUF + DNS_NAME_BLOCK] RT_ALIGNED(16);
};

/* ---- text ---- */

/*
 * The wire form of len bytes of text, written to out.  A name without a final dot is taken as
 * absolute too ("example.org" is example.org.).  "." is the root.  Escapes: \X is X, \DDD the
 * octet with that decimal value.  The case is kept.
 *
 * Returns the length (1 … 255), or RT_ESYNTAX (no text), RT_ELABELEMPTY, RT_ELABELLEN,
 * RT_ENAMELEN, RT_EESCAPE; out is undefined then.
 */
int dns_name_from_text(uint8_t out[DNS_NAME_BUF], const char *text, size_t len) RT_MUST_CHECK;

/*
 * The same, but a name without a final dot is continued by origin (a wire name), and "@" alone is
 * the origin: the rules of a zone file.  origin NULL: as dns_name_from_text, and "@" is
 * RT_ESYNTAX.
 */
int dns_name_from_text_origin(uint8_t out[DNS_NAME_BUF], const char *text, size_t len,
			      const uint8_t *origin) RT_MUST_CHECK;

/*
 * The name as text with a final dot, NUL-terminated.  Dots, backslashes, both
 * quotes, blanks and ; ( ) @ within labels get a backslash, other octets that are not printable
 * ASCII become \DDD.  Returns the length without the NUL.  The case is kept.
 */
size_t dns_name_to_text(const uint8_t *name, char out[DNS_NAME_TEXT_MAX]);

/* ---- measure and validate ---- */

/* Octets of a trusted name, 1 … 255. */
size_t dns_name_len(const uint8_t *name) RT_PURE;

/* Labels of a trusted name without the root. */
unsigned dns_name_labels(const uint8_t *name) RT_PURE;

/*
 * Whether an uncompressed name starts at data and ends within max bytes.  Returns its length, or
 * RT_EFORMAT, RT_EPOINTER (a pointer where none may be), RT_ENAMELEN, RT_EEOF.
 */
int dns_name_check(const uint8_t *data, size_t max) RT_MUST_CHECK;

/* Offsets of the labels as in struct dns_qname; returns their number without the root. */
unsigned dns_name_offsets(const uint8_t *name, uint8_t label[DNS_LABELS_MAX + 1]);

/* ---- transform ---- */

/* Copy name to out in lower case; returns its length.  out may be name. */
size_t dns_name_lower(uint8_t out[DNS_NAME_BUF], const uint8_t *name);

/* Lower-case len bytes of any data in place. */
void dns_lower(uint8_t *data, size_t len);

/*
 * Append suffix to the first nlabels labels of prefix.  Returns the length, or RT_ENAMELEN.  out
 * may not overlap its sources.
 */
int dns_name_join(uint8_t out[DNS_NAME_BUF], const uint8_t *prefix, unsigned nlabels,
		  const uint8_t *suffix) RT_MUST_CHECK;

/* The name without its first n labels (within name); the root stays the root. */
const uint8_t *dns_name_parent(const uint8_t *name, unsigned n) RT_PURE;

/* ---- compare ---- */

/* Same name, case ignored. */
bool dns_name_equal(const uint8_t *a, const uint8_t *b) RT_PURE;

/* Whether name equals zone or lies below it, case ignored. */
bool dns_name_is_subdomain(const uint8_t *name, const uint8_t *zone) RT_PURE;

/* Canonical order (RFC 4034 §6.1): <0, 0, >0. */
int dns_name_compare(const uint8_t *a, const uint8_t *b) RT_PURE;

/* Whether the first label is "*" (RFC 4592). */
static inline bool
dns_name_is_wildcard(const uint8_t *name)
{
	return name[0] == 1 && name[1] == '*';
}

/* A block of set octets and one of zero ones: from n on the first DNS_NAME_BLOCK - n are set. */
extern const uint8_t dns_name_keep[2 * DNS_NAME_BLOCK];

/*
 * Whether len octets are the same.  Names are short: comparing them here, block by
 * block, costs less than a call of memcmp.  Up to a whole block is read behind both.
 */
static RT_ALWAYS_INLINE bool
dns_name_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	typedef uint64_t block __attribute__((vector_size(16)));
	size_t tail = len & ~(size_t)(DNS_NAME_BLOCK - 1);
	block x, y, differ;

	memcpy(&x, a + tail, sizeof(x));
	memcpy(&y, b + tail, sizeof(y));
	memcpy(&differ, dns_name_keep + DNS_NAME_BLOCK - (len - tail), sizeof(differ));
	differ &= x ^ y;
	for (size_t at = 0; at < tail; at += DNS_NAME_BLOCK) {
		memcpy(&x, a + at, sizeof(x));
		memcpy(&y, b + at, sizeof(y));
		differ |= x ^ y;
	}
	return (differ[0] | differ[1]) == 0;
}

/* ---- hash ---- */

/*
 * Keyed hash of a lower-cased name of len octets (dns_name_len).  Equals the hash field of a
 * dns_qname of the same name.  Values differ from run to run.
 */
uint64_t dns_name_hash(const uint8_t *name, size_t len) RT_PURE;

/* ---- messages ---- */

/*
 * Read the name at offset pos of a message, following compression pointers.  Each pointer
 * must go to a place before the start of the piece of name it ends, which excludes loops.  The
 * uncompressed name is written to out in the case found (out may be NULL: validate only) and
 * *next (may be NULL) is set to the offset after the name's first piece. Returns the length of
 * the uncompressed name, or RT_EEOF, RT_EPOINTER, RT_ENAMELEN, RT_EFORMAT.
 */
int dns_name_unpack(uint8_t *out, const uint8_t *msg, size_t len, size_t pos,
		    size_t *next) RT_MUST_CHECK;

/*
 * Only the offset after the name at pos; pointers are not followed.  RT_EEOF, RT_ENAMELEN,
 * RT_EFORMAT.
 */
int dns_name_skip(const uint8_t *msg, size_t len, size_t pos) RT_MUST_CHECK;

/*
 * Whether the name at pos of a message equals the trusted name; case ignored.  A malformed name
 * equals nothing.
 */
bool dns_name_equal_at(const uint8_t *msg, size_t len, size_t pos, const uint8_t *name);

/*
 * Fill q from the uncompressed name at offset pos of a message: validate, lower-case, find the
 * labels, hash.  Returns the offset after the name, or RT_EEOF, RT_EPOINTER, RT_EFORMAT,
 * RT_ENAMELEN.
 */
int dns_qname_parse(struct dns_qname *q, const uint8_t *msg, size_t len, size_t pos) RT_MUST_CHECK;

/* Fill q from a trusted name. */
void dns_qname_set(struct dns_qname *q, const uint8_t *name);

#endif
