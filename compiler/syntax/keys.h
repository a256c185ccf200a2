/*
 * Server block keys: [scheme://]zone[:port], and zones as arguments of plugins.
 *
 * A key becomes one zone or, when it is an address block whose mask does not fall on a label
 * boundary, several: 10.0.0.0/23 is 0.0.10.in-addr.arpa and 1.0.10.in-addr.arpa. Names come out in
 * lower case, fully qualified, as text and in wire form (RFC 1035 §3.1, lengths of §2.3.4).
 *
 * Duplicates and overlaps need the addresses of `bind`, which the front end does not know;
 * the plan builder feeds every (zone, address) to a `struct cfc_overlap` in order of the text.
 *
 * Memory: results live in the arena of the `struct cfc`.
 */
#ifndef COMPILER_KEYS_H
#define COMPILER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

enum cfc_scheme {
	CFC_SCHEME_DNS,
	CFC_SCHEME_TLS,
	CFC_SCHEME_QUIC,
	CFC_SCHEME_GRPC,
	CFC_SCHEME_HTTPS,
	CFC_SCHEME_HTTPS3,
};

struct cfc_zone {
	enum cfc_scheme scheme;
	const char *name;            /* "example.org.", lower case, RFC 1035 escapes where needed */
	const uint8_t *wire;         /* wire form, lower case */
	size_t wirelen;              /* 1 .. 255 */
	uint16_t port;               /* 0 .. 65535, the scheme's default if the key has none */
	bool port_given;             /* the key named it */
	bool cidr;                   /* written as an address block */
	const struct cfc_token *key; /* what it was written as */
};

struct cfc_zones {
	struct cfc_zone *list;
	size_t count, room;
};

/* "dns", "tls", ...; and the port of a key that names none (cfc->dns_port for dns). */
const char *cfc_scheme_name(enum cfc_scheme scheme);
uint16_t cfc_scheme_port(const struct cfc *c, enum cfc_scheme scheme);

/* The zones of all keys of a block, in order. False = at least one key was reported. */
bool cfc_server_zones(struct cfc *c, const struct cfc_server *server, struct cfc_zones *out);

/*
 * A zone as an argument of a plugin ('cache example.org', 'fallthrough in-addr.arpa'): scheme and
 * port are allowed and ignored as CoreDNS does, address blocks become several zones.
 */
bool cfc_zone_arg(struct cfc *c, const struct cfc_token *arg, struct cfc_zones *out);

/* ---- duplicates and overlaps ---- */

struct cfc_overlap;

struct cfc_overlap *cfc_overlap_new(struct cfc *c);

/*
 * Say that `zone` is served on `address` ("" = no bind). `filtered` = the block has a view: it is
 * checked against the blocks without, but blocks nothing itself. False = reported, as CF3001 (the
 * same zone twice on one address) or CF3002 (bound and unbound); both places are shown.
 */
bool cfc_overlap_add(struct cfc *c, struct cfc_overlap *o, const struct cfc_zone *zone,
		     const char *address, bool filtered);

#endif
