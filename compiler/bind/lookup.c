/*
 * lookup.c - names of hosts that CoreDNS looks up when it sets a plugin up.
 */
#include "config.h"

#include "compiler/bind/lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "compiler/syntax/names.h"

bool
cfc_lookup_host(struct cfc_bind *b, struct cfc_span span, const char *name)
{
	const char *why = NULL;

	if (!b->c->compat)
		return true;
	if (!cfc_is_host_name(name, strlen(name))) {
		cfc_error(b->c, span, "CF2002", "'%s' is not the name of a host", name);
		cfc_note(b->c, cfc_no_span(),
			 "expected letters, digits and '-': CoreDNS looks the name up when it "
			 "starts, and finds nothing");
		return false;
	}
	if (b->c->lookup != NULL)
		why = b->c->lookup(b->c->lookup_arg, name);
	if (why == NULL)
		return true;
	cfc_error(b->c, span, "CF2002", "no address was found for '%s': %s", name, why);
	cfc_note(b->c, cfc_no_span(),
		 "CoreDNS looks the name up when it starts, and does not start without an address");
	return false;
}

const char *
cfc_lookup_system(void *arg, const char *name)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	struct in_addr unused;
	int rc = EAI_NONAME;

	(void)arg;
	if (inet_aton(name, &unused) == 0) /* 0x7f.1: an address to libc, a name to Go */
		rc = getaddrinfo(name, NULL, &hints, &found);
	if (rc != 0)
		return gai_strerror(rc);
	freeaddrinfo(found);
	return NULL;
}
