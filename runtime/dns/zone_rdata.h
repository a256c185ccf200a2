/*
 * Record data from words: text to wire.
 *
 * Private to the zone file reader.  Types whose data is plain fields are read here by a table;
 * SVCB and HTTPS in zone_svcb.c; the remaining ones that ldns knows are given to it; all can be
 * written as "\# length hex" (RFC 3597 §5).
 */
#ifndef DNS_ZONE_RDATA_H
#define DNS_ZONE_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/zone_scan.h"

/* Data under construction, and what is wrong with it. */
struct dns_zone_rdata {
	const struct dns_zone_word *word; /* the next word */
	const struct dns_zone_word *end;  /* after the last one */
	const uint8_t *origin;            /* wire name */
	uint16_t type;
	size_t len;      /* bytes of wire */
	unsigned line;   /* of the record, and of the fault */
	char fault[256]; /* in words */
	uint8_t wire[DNS_RDATA_MAX];
};

/*
 * Read the data of a record of r->type from its words; word, end, origin, type and line are set.
 * 0 and r->wire, r->len; or a negative code and r->fault, r->line.
 */
int dns_zone_rdata_read(struct dns_zone_rdata *r) RT_MUST_CHECK;

/* ---- for the files that read special types ---- */

/* Set the fault, at the line of word unless NULL; returns RT_ESYNTAX. */
int dns_zone_rdata_fail(struct dns_zone_rdata *r, const struct dns_zone_word *word, const char *fmt,
			...) RT_PRINTF(3, 4);

/* Append bytes; RT_ELIMIT with a fault beyond DNS_RDATA_MAX. */
int dns_zone_rdata_add(struct dns_zone_rdata *r, const void *data, size_t len) RT_MUST_CHECK;

/*
 * One byte of a word, escapes undone; moves *at.  At least one byte must be left.  The byte, or
 * RT_EESCAPE.
 */
int dns_zone_unescape(const char **at, const char *end) RT_MUST_CHECK;

/* The parameters of SVCB and HTTPS (zone_svcb.c): all remaining words. */
int dns_zone_svcb_params(struct dns_zone_rdata *r) RT_MUST_CHECK;

/* A type that only ldns can read (zone_ldns.c): all words. */
int dns_zone_ldns_rdata(struct dns_zone_rdata *r) RT_MUST_CHECK;

/*
 * Decode base64 with padding (RFC 4648 §4), blanks not allowed; appended.  RT_ESYNTAX without
 * fault.
 */
int dns_zone_base64(struct dns_zone_rdata *r, const char *text, size_t len) RT_MUST_CHECK;

#endif
