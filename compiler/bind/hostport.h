/*
 * hostport.h - HOST:PORT cut as CoreDNS cuts it.
 *
 * Text is not judged further: a host is anything, a port is anything.  Whether it is one of use, callers
 * ask addr.h and num.h.
 */
#ifndef COMPILER_HOSTPORT_H
#define COMPILER_HOSTPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"

struct cfc_hostport {
	const char *host, *port; /* within the text; either may be of length 0 */
	size_t host_len, port_len;
};

/* HOST:PORT, [HOST]:PORT, :PORT, HOST: ; false for all else, such as an IPv6 address alone. */
bool cfc_hostport_split(struct cfc_hostport *out, const char *text, size_t len);

/* An IP address alone, without brackets; a zone (%eth0) is cut off. */
bool cfc_hostport_is_ip(const char *text, size_t len);

/* An IP address, with or without any text as a port. */
bool cfc_hostport_has_ip(const char *text, size_t len);

#endif
