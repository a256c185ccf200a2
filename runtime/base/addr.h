/*
 * IP addresses with an optional port, and networks.
 *
 * struct addr is plain data: comparable, hashable, expressible as a C initialiser, and
 * the same at compile time and at run time.  Bytes are in network order; an IPv4
 * address uses the first four and the others are zero.  Unused fields are always zero, so
 * memcmp of two structs made by these functions decides equality.
 *
 * Accepted text ("parse" functions take text + length and the whole text must match):
 *
 *	192.0.2.1  192.0.2.1:53  2001:db8::1  [2001:db8::1]  [2001:db8::1]:53
 *	fe80::1%eth0  fe80::1%2  [fe80::1%eth0]:53
 *
 * As in Go, octets with leading zeros are refused.  Formatting follows RFC 5952.
 *
 * A zone (%eth0) is a property of the machine that serves, not of the one that
 * compiles: addr_parse looks the interface up, addr_parse_zone hands its name back and touches
 * nothing, for the compiler.
 *
 * Thread-safe, nothing allocated.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/compiler.h"

enum addr_family {
	ADDR_NONE = 0, /* not set */
	ADDR_V4 = 4,
	ADDR_V6 = 6,
};

struct addr {
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
	uint32_t scope;    /* IPv6 interface index, 0 = none */
	uint16_t port;     /* host order, 0 = not given */
	uint8_t family;    /* enum addr_family */
	uint8_t zero;      /* always 0 */
};
RT_STATIC_ASSERT(sizeof(struct addr) == 24, "struct addr has no hidden padding");

struct cidr {
	struct addr addr; /* host bits zero, port 0 */
	uint8_t bits;     /* 0 … 32 or 0 … 128 */
};

/* Room for every formatted address ("[v6%zone]:port") or network and its NUL. */
#define ADDR_TEXT_MAX 80

/*
 * Any form above; port 0 when there is none.  RT_ESYNTAX; RT_ERANGE: port or scope too large;
 * RT_ENODEV: no such interface.  *out is unchanged on failure.
 */
int addr_parse(struct addr *out, const char *text, size_t len) RT_MUST_CHECK;

/* The same, and default_port where the text has none. */
int addr_parse_port(struct addr *out, const char *text, size_t len,
		    uint16_t default_port) RT_MUST_CHECK;

/*
 * The same as addr_parse without looking up interfaces: *zone points at the zone's name
 * within text (NULL and 0 when there is none) and out->scope is 0.
 */
int addr_parse_zone(struct addr *out, const char *text, size_t len, const char **zone,
		    size_t *zone_len) RT_MUST_CHECK;

/* An address from 4 or 16 network-order bytes. */
void addr_from_v4(struct addr *out, const uint8_t bytes[4], uint16_t port);
void addr_from_v6(struct addr *out, const uint8_t bytes[16], uint16_t port);

/* From and to the socket interface.  RT_EINVAL for other families or a short len. */
int addr_from_sockaddr(struct addr *out, const struct sockaddr *sa, socklen_t len) RT_MUST_CHECK;

/* Fills *ss and returns its length, 0 for ADDR_NONE. */
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss);

/*
 * Text of the address alone ("192.0.2.1", "fe80::1%2"), and with its port ("192.0.2.1:53",
 * "[::1]:53"; without ":port" when the port is 0).  ADDR_NONE gives "".  Both return the length.
 * A scope is printed as a number: names are the system's business.
 */
size_t addr_format(const struct addr *a, char out[ADDR_TEXT_MAX]);
size_t addr_format_port(const struct addr *a, char out[ADDR_TEXT_MAX]);

/* All fields; total order: family, bytes, scope, port. */
int addr_compare(const struct addr *a, const struct addr *b) RT_PURE;
bool addr_equal(const struct addr *a, const struct addr *b) RT_PURE;

/* Same host: everything but the port. */
bool addr_same_host(const struct addr *a, const struct addr *b) RT_PURE;

/* Bytes of the address: 4, 16, or 0 for ADDR_NONE. */
size_t addr_len(const struct addr *a) RT_PURE;

bool addr_is_unspecified(const struct addr *a) RT_PURE; /* 0.0.0.0, :: */
bool addr_is_loopback(const struct addr *a) RT_PURE;    /* 127/8, ::1 */
bool addr_is_link_local(const struct addr *a) RT_PURE;  /* 169.254/16, fe80::/10 */
bool addr_is_v4_mapped(const struct addr *a) RT_PURE;   /* ::ffff:0:0/96 */

/* Turn an IPv4-mapped IPv6 address into the IPv4 one; others stay as they are. */
void addr_unmap(struct addr *a);

/*
 * "10.0.0.0/8", "2001:db8::/32", or an address alone (then /32 or /128).  Host bits are
 * cleared; *had_host_bits (may be NULL) tells whether any were set.  RT_ESYNTAX, RT_ERANGE.
 */
int cidr_parse(struct cidr *out, const char *text, size_t len, bool *had_host_bits) RT_MUST_CHECK;

/* The network of a with bits bits; bits is cut to what the family has. */
void cidr_from_addr(struct cidr *out, const struct addr *a, unsigned bits);

/*
 * Whether a lies in the network.  Families must agree; an IPv4-mapped address is looked
 * at as IPv4.  Port and scope do not matter.
 */
bool cidr_contains(const struct cidr *c, const struct addr *a) RT_PURE;

/* Whether every address of inner lies in outer. */
bool cidr_covers(const struct cidr *outer, const struct cidr *inner) RT_PURE;

/* "10.0.0.0/8"; returns the length. */
size_t cidr_format(const struct cidr *c, char out[ADDR_TEXT_MAX]);

#endif
