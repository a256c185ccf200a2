/*
 * hosts_addr.h - the first word of a line of a hosts file; for both halves of the plugin.
 */
#ifndef HOSTS_ADDR_H
#define HOSTS_ADDR_H

#include <stdbool.h>
#include <string.h>

#include "base/addr.h"

/*
 * An IP address, whose zone ("%eth0") is dropped, and of which an IPv4-mapped IPv6 one is the IPv4
 * address: as CoreDNS reads it.  No port, no brackets.
 */
static inline bool
hosts_addr_parse(struct addr *out, const char *text, size_t len)
{
	const char *percent = memchr(text, '%', len);

	if (percent != NULL)
		len = (size_t)(percent - text);
	if (len == 0 || text[0] == '[' || addr_parse(out, text, len) != 0)
		return false;
	if (out->family == ADDR_V4 && memchr(text, ':', len) != NULL)
		return false;
	addr_unmap(out);
	return true;
}

#endif
