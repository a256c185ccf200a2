/*
 * EDNS(0), RFC 6891: the OPT record and its options.
 *
 * Reading:
 *
 *	struct dns_edns_iter it;
 *	struct dns_edns_option opt;
 *	dns_edns_iter_init(&it, wire + info.options_pos, info.options_len);
 *	while (dns_edns_next(&it, &opt)) ...
 *
 * Writing: an option list is put together in a caller's array by dns_edns_add and then written as
 * a record by dns_edns_write or dns_writer_opt.
 *
 * Thread-safe, nothing allocated; options point into the message they were read from.
 */
#ifndef DNS_EDNS_H
#define DNS_EDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/types.h"

#define DNS_EDNS_LEN 11      /* bytes of an OPT record without options */
#define DNS_EDNS_DO  0x8000u /* the DNSSEC OK bit among the flags */

/* X(symbol, text, number) */
#define DNS_EDNS_OPTIONS(X)                                                                        \
	X(LLQ, "LLQ", 1)                                                                           \
	X(UL, "UL", 2)                                                                             \
	X(NSID, "NSID", 3)                                                                         \
	X(ESU, "ESU", 4)                                                                           \
	X(DAU, "DAU", 5)                                                                           \
	X(DHU, "DHU", 6)                                                                           \
	X(N3U, "N3U", 7)                                                                           \
	X(CLIENT_SUBNET, "ECS", 8)                                                                 \
	X(EXPIRE, "EXPIRE", 9)                                                                     \
	X(COOKIE, "COOKIE", 10)                                                                    \
	X(TCP_KEEPALIVE, "KEEPALIVE", 11)                                                          \
	X(PADDING, "PADDING", 12)                                                                  \
	X(CHAIN, "CHAIN", 13)                                                                      \
	X(KEY_TAG, "KEYTAG", 14)                                                                   \
	X(EDE, "EDE", 15)

enum dns_edns_code {
#define X(symbol, text, number) DNS_EDNS_##symbol = (number),
	DNS_EDNS_OPTIONS(X)
#undef X
};

/* Extended DNS errors (RFC 8914): X(symbol, text, number), texts as the registry has them. */
#define DNS_EDE_CODES(X)                                                                           \
	X(OTHER, "Other", 0)                                                                       \
	X(UNSUPPORTED_DNSKEY_ALGORITHM, "Unsupported DNSKEY Algorithm", 1)                         \
	X(UNSUPPORTED_DS_DIGEST_TYPE, "Unsupported DS Digest Type", 2)                             \
	X(STALE_ANSWER, "Stale Answer", 3)                                                         \
	X(FORGED_ANSWER, "Forged Answer", 4)                                                       \
	X(DNSSEC_INDETERMINATE, "DNSSEC Indeterminate", 5)                                         \
	X(DNSSEC_BOGUS, "DNSSEC Bogus", 6)                                                         \
	X(SIGNATURE_EXPIRED, "Signature Expired", 7)                                               \
	X(SIGNATURE_NOT_YET_VALID, "Signature Not Yet Valid", 8)                                   \
	X(DNSKEY_MISSING, "DNSKEY Missing", 9)                                                     \
	X(RRSIGS_MISSING, "RRSIGs Missing", 10)                                                    \
	X(NO_ZONE_KEY_BIT_SET, "No Zone Key Bit Set", 11)                                          \
	X(NSEC_MISSING, "NSEC Missing", 12)                                                        \
	X(CACHED_ERROR, "Cached Error", 13)                                                        \
	X(NOT_READY, "Not Ready", 14)                                                              \
	X(BLOCKED, "Blocked", 15)                                                                  \
	X(CENSORED, "Censored", 16)                                                                \
	X(FILTERED, "Filtered", 17)                                                                \
	X(PROHIBITED, "Prohibited", 18)                                                            \
	X(STALE_NXDOMAIN_ANSWER, "Stale NXDOMAIN Answer", 19)                                      \
	X(NOT_AUTHORITATIVE, "Not Authoritative", 20)                                              \
	X(NOT_SUPPORTED, "Not Supported", 21)                                                      \
	X(NO_REACHABLE_AUTHORITY, "No Reachable Authority", 22)                                    \
	X(NETWORK_ERROR, "Network Error", 23)                                                      \
	X(INVALID_DATA, "Invalid Data", 24)                                                        \
	X(SIGNATURE_EXPIRED_BEFORE_VALID, "Signature Expired before Valid", 25)                    \
	X(TOO_EARLY, "Too Early", 26)                                                              \
	X(UNSUPPORTED_NSEC3_ITERATIONS, "Unsupported NSEC3 Iterations Value", 27)                  \
	X(UNABLE_TO_CONFORM_TO_POLICY, "Unable to conform to policy", 28)                          \
	X(SYNTHESIZED, "Synthesized", 29)                                                          \
	X(INVALID_QUERY_TYPE, "Invalid Query Type", 30)

enum dns_ede {
#define X(symbol, text, number) DNS_EDE_##symbol = (number),
	DNS_EDE_CODES(X)
#undef X
};

struct dns_edns_option {
	uint16_t code;
	uint16_t len; /* bytes of data */
	const uint8_t *data;
};

struct dns_edns_iter {
	const uint8_t *at;
	const uint8_t *end;
	int error; /* 0, or RT_EEOF: the list was cut off */
};

/* Walk len bytes of options. */
void dns_edns_iter_init(struct dns_edns_iter *it, const uint8_t *options, size_t len);

/* The next option; false at the end, or when the list is malformed (it->error). */
bool dns_edns_next(struct dns_edns_iter *it, struct dns_edns_option *opt);

/*
 * Whether len bytes are a well-formed list of options.  Of the contents only that of client subnets
 * (ECS) is judged, whose faults are FORMERR (RFC 7871 §7.1.1).
 */
bool dns_edns_check(const uint8_t *options, size_t len) RT_PURE;

/* The first option with that code; false when there is none. */
bool dns_edns_find(const uint8_t *options, size_t len, uint16_t code, struct dns_edns_option *opt);

/*
 * Whether CoreDNS repeats an option of the request in the answer: NSID, EXPIRE, COOKIE,
 * TCP-KEEPALIVE, PADDING.  Plugins may register further ones; those are the runtime's business.
 */
static inline bool
dns_edns_echoed(uint16_t code)
{
	return code == DNS_EDNS_NSID || (code >= DNS_EDNS_EXPIRE && code <= DNS_EDNS_PADDING);
}

/*
 * Whether an option is between two neighbours and goes no further: cookies (RFC 7873 §4), the keep-alive of a
 * connection (RFC 7828 §3), padding (RFC 7830 §3).
 */
static inline bool
dns_edns_between_neighbours(uint16_t code)
{
	return code == DNS_EDNS_COOKIE || code == DNS_EDNS_TCP_KEEPALIVE ||
	       code == DNS_EDNS_PADDING;
}

/*
 * Append an option to the list of *len bytes at list, which has room for cap.  0 or RT_ENOSPC
 * (nothing changed).
 */
int dns_edns_add(uint8_t *list, size_t cap, size_t *len, uint16_t code, const void *data,
		 size_t data_len) RT_MUST_CHECK;

/*
 * Append an extended error with an optional text (may be NULL) to a list.  0, RT_ENOSPC.
 */
int dns_edns_add_ede(uint8_t *list, size_t cap, size_t *len, uint16_t ede,
		     const char *text) RT_MUST_CHECK;

/* The registry's text of an extended error; NULL when it is unknown. */
const char *dns_ede_name(uint16_t ede);

/*
 * Write a whole OPT record: root owner, udp_size as class, the upper eight bits of rcode, version
 * 0, flags (DNS_EDNS_DO), options.  Returns its length, DNS_EDNS_LEN + options_len, or RT_ENOSPC.
 */
int dns_edns_write(uint8_t *out, size_t cap, uint16_t udp_size, unsigned rcode, unsigned flags,
		   const uint8_t *options, size_t options_len) RT_MUST_CHECK;

/* The same without options, for an rcode that the header can hold: DNS_EDNS_LEN octets. */
static inline void
dns_edns_put_plain(uint8_t *out, uint16_t udp_size, bool dnssec_ok)
{
	uint32_t flags = dnssec_ok ? DNS_EDNS_DO : 0;

	/* Root, type, size, rcode, version; then flags and length, which overlap these. */
	bytes_put64(out, (uint64_t)DNS_TYPE_OPT << 40 | (uint64_t)udp_size << 24);
	bytes_put32(out + 7, flags << 16);
}

#endif
