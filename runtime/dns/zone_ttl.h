/*
 * Times in zone files: seconds, or numbers with units ("1h30m", "1W").
 *
 * Private to the zone file reader.
 */
#ifndef DNS_ZONE_TTL_H
#define DNS_ZONE_TTL_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * Read len bytes of text; units s m h d w in either case, a number without unit counts seconds.
 * RT_ESYNTAX, or RT_ERANGE beyond 32 bits; *out is unchanged then.
 */
int dns_zone_ttl_parse(uint32_t *out, const char *text, size_t len) RT_MUST_CHECK;

#endif
