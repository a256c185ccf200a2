/*
 * hostport.c - HOST:PORT cut as CoreDNS cuts it.
 */
#include "config.h"

#include "compiler/bind/hostport.h"

#include <string.h>

static const char *
last_of(const char *text, size_t len, char ch)
{
	while (len > 0 && text[len - 1] != ch)
		len--;
	return len == 0 ? NULL : text + len - 1;
}

/* The host without its brackets, if it has them; false when they are not a pair around it. */
static bool
cut_brackets(struct cfc_hostport *out)
{
	const char *host = out->host;
	size_t len = out->host_len;

	if (len > 0 && host[0] == '[') {
		if (host[len - 1] != ']')
			return false;
		out->host++;
		out->host_len -= 2;
	} else if (memchr(host, ':', len) != NULL) {
		return false;
	}
	return memchr(out->host, '[', out->host_len) == NULL &&
	       memchr(out->host, ']', out->host_len) == NULL;
}

bool
cfc_hostport_split(struct cfc_hostport *out, const char *text, size_t len)
{
	const char *colon = last_of(text, len, ':');

	if (colon == NULL)
		return false;
	out->host = text;
	out->host_len = (size_t)(colon - text);
	out->port = colon + 1;
	out->port_len = len - out->host_len - 1;
	return cut_brackets(out) && memchr(out->port, '[', out->port_len) == NULL &&
	       memchr(out->port, ']', out->port_len) == NULL;
}

bool
cfc_hostport_is_ip(const char *text, size_t len)
{
	const char *percent = last_of(text, len, '%');
	struct addr a;

	if (percent != NULL)
		len = (size_t)(percent - text);
	if (len == 0 || text[0] == '[' || addr_parse(&a, text, len) != 0)
		return false;
	return a.family != ADDR_V4 || memchr(text, ':', len) == NULL;
}

bool
cfc_hostport_has_ip(const char *text, size_t len)
{
	struct cfc_hostport hp;

	if (cfc_hostport_split(&hp, text, len))
		return cfc_hostport_is_ip(hp.host, hp.host_len);
	return cfc_hostport_is_ip(text, len);
}
