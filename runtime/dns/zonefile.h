/*
 * Reading master files (RFC 1035 §5), record by record.
 *
 *	static bool
 *	add(void *user, const struct dns_zonefile_rr *rr)
 *	{
 *		...copy what is needed: rr and what it points to are gone when add returns...
 *		return true;
 *	}
 *
 *	struct dns_zonefile_options opt = { .origin = zone, .rr = add, .user = z };
 *	struct dns_zonefile_error err;
 *	if (dns_zonefile_read("db.example.org", &opt, &err) < 0)
 *		log("%s:%u: %s", err.file, err.line, err.text);
 *
 * Understood: $ORIGIN, $TTL, $INCLUDE file [origin], $GENERATE (see zone_generate.h);
 * parentheses, comments, quoted strings, escapes; owner and TTL carried over from the record
 * before; TTLs with units (1h30m); every type of RFC 1035 and nearly all later ones, TYPE### and
 * \# data (RFC 3597).  A name that is not absolute is continued by the origin; "@" is the origin.
 * Text longer than 255 octets becomes several strings.
 *
 * Without a text form here, hence written as \# data: A6, DOA, DSYNC, IPN, NXT, UINFO and the
 * like.
 *
 * The TTL of a record without one is that of $TTL; before any $TTL that of the record before; for
 * the SOA as first record its own minimum (RFC 1035 §5.1, RFC 2308 §4).  Otherwise it is an
 * error.  Generated records are no exception, unlike in CoreDNS, where they get an hour whatever
 * $TTL says.
 *
 * Reading stops at the first mistake, which is reported with the file and line where its
 * record begins or the faulty token stands.
 *
 * Common types are scanned here, the data of the others is given to ldns.  This is the only part
 * of the DNS library that needs libldns: it is an archive of its own, libzonefile.a, linked with
 * $(LDNS_LIBS).
 *
 * Thread-safe: no shared state.  Blocking file access: service thread or start-up only.
 */
#ifndef DNS_ZONEFILE_H
#define DNS_ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/name.h"

/* Limits that hold when an option is 0. */
#define DNS_ZONEFILE_INCLUDE_DEPTH 7            /* nested $INCLUDEs, as in CoreDNS */
#define DNS_ZONEFILE_GENERATE_MAX  65536        /* records of one $GENERATE, as in CoreDNS */
#define DNS_ZONEFILE_BYTES_MAX     (1ULL << 31) /* bytes of one file */

/* One record.  Pointers are valid during the callback only. */
struct dns_zonefile_rr {
	const uint8_t *owner; /* wire form, case as written */
	size_t owner_len;     /* bytes */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;         /* seconds */
	const uint8_t *rdata; /* wire rdata, names not compressed */
	size_t rdlen;         /* bytes */
	const char *file;     /* the file it stands in, as it was named */
	unsigned line;        /* where the record begins, from 1 */
};

struct dns_zonefile_options {
	const uint8_t *origin; /* wire name, initial $ORIGIN; NULL = the root */
	uint32_t default_ttl;  /* seconds, used when has_default_ttl */
	bool has_default_ttl;  /* as if $TTL stood on top */
	bool no_include;       /* $INCLUDE is an error */
	unsigned max_depth;    /* nested $INCLUDEs; 0 = DNS_ZONEFILE_INCLUDE_DEPTH */
	uint64_t max_bytes;    /* size of one file; 0 = DNS_ZONEFILE_BYTES_MAX */
	uint64_t max_records;  /* records in all; 0 = no limit */

	/* Take one record; false stops the reading with RT_ECANCELED. */
	bool (*rr)(void *user, const struct dns_zonefile_rr *rr);
	void *user;
};

struct dns_zonefile_error {
	char file[256]; /* cut if longer */
	unsigned line;  /* from 1; 0 = the file as a whole */
	char text[256]; /* the fault in words, lower case, no full stop */
};

/*
 * Read the file at path.  Relative $INCLUDE paths are relative to the folder of the file that
 * includes.  0; RT_ESYNTAX and other codes with *err filled; RT_ECANCELED when the callback said
 * stop (*err tells where).
 */
int dns_zonefile_read(const char *path, const struct dns_zonefile_options *opt,
		      struct dns_zonefile_error *err) RT_MUST_CHECK;

/* The same from memory; name stands for the file in errors and resolves $INCLUDE paths. */
int dns_zonefile_parse(const char *text, size_t len, const char *name,
		       const struct dns_zonefile_options *opt,
		       struct dns_zonefile_error *err) RT_MUST_CHECK;

#endif
