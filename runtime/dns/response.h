/*
 * What kind of answer a message is: the classes by which the log is filtered and answers are kept.
 *
 * The rules are CoreDNS's, so that `class denial` and the like mean the same here.
 *
 * Thread-safe, nothing allocated.
 */
#ifndef DNS_RESPONSE_H
#define DNS_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* X(symbol, text, class) */
#define DNS_RESPONSES(X)                                                                           \
	X(NOERROR, "NOERROR", SUCCESS)       /* records, or an empty answer without SOA */         \
	X(NXDOMAIN, "NXDOMAIN", DENIAL)      /* the name does not exist */                         \
	X(SERVERERROR, "SERVERERROR", ERROR) /* SERVFAIL, NOTIMP */                                \
	X(NODATA, "NODATA", DENIAL)          /* NOERROR with nothing but an SOA */                 \
	X(DELEGATION, "DELEGATION", SUCCESS) /* NOERROR with nothing but NS */                     \
	X(META, "META", ERROR)               /* NOTIFY, AXFR, IXFR */                              \
	X(UPDATE, "UPDATE", ERROR)           /* dynamic update */                                  \
	X(OTHERERROR, "OTHERERROR", ERROR)   /* all else; expired signatures; no message */

enum dns_response {
#define X(symbol, text, class) DNS_RESPONSE_##symbol,
	DNS_RESPONSES(X)
#undef X
};

enum dns_response_class {
	DNS_RESPONSE_CLASS_SUCCESS,
	DNS_RESPONSE_CLASS_DENIAL,
	DNS_RESPONSE_CLASS_ERROR,
};

/*
 * The kind of a message of len octets, whose question's type and rcode (with the upper bits) the
 * caller knows.  With dnssec_ok,
 * signatures are looked at: an answer with one that is not valid at `now` (seconds since the epoch)
 * is OTHERERROR.  A malformed message, or one of 0 octets, is OTHERERROR.
 */
enum dns_response dns_response_of(const uint8_t *msg, size_t len, uint16_t qtype, unsigned rcode,
				  bool dnssec_ok, uint32_t now);

enum dns_response_class dns_response_class(enum dns_response kind) RT_CONST;

/* "NODATA"; "success", "denial", "error". */
const char *dns_response_name(enum dns_response kind) RT_CONST;
const char *dns_response_class_name(enum dns_response_class class) RT_CONST;

/*
 * How long the message is when none of its names is compressed.  len when it is malformed.
 */
size_t dns_response_plain_len(const uint8_t *msg, size_t len);

#endif
