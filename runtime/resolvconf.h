/*
 * resolvconf.h - reading the text of a resolv.conf and of a hosts file.
 *
 * Only what is needed to find name servers and hosts: `nameserver`, `search`, `domain` and
 * `options ndots:N` of resolv.conf(5), and the lines of hosts(5).  Unknown lines are skipped, as
 * every resolver does.  Pure functions; nothing is allocated; texts found point into the input.
 */
#ifndef RT_RESOLVCONF_H
#define RT_RESOLVCONF_H

#include <stddef.h>

#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "dns/name.h"

#define RESOLVCONF_SERVERS_MAX 16u
#define RESOLVCONF_SEARCH_MAX  6u
/* The name as it is, and with each suffix of the search list. */
#define RESOLVCONF_NAMES_MAX (1u + RESOLVCONF_SEARCH_MAX)

struct resolvconf_text {
	const char *text; /* not terminated */
	size_t len;
};

struct resolvconf {
	struct addr servers[RESOLVCONF_SERVERS_MAX]; /* port 53 */
	unsigned nservers;
	unsigned nbad; /* nameserver lines that hold no address, and those beyond the maximum */
	struct resolvconf_text search[RESOLVCONF_SEARCH_MAX];
	unsigned nsearch;
	unsigned ndots; /* dots in a name that is tried as it is first; 1 unless said */
};

/* Reads len octets of a resolv.conf. */
void resolvconf_parse(struct resolvconf *conf, const char *text, size_t len);

/*
 * The names to ask for, in order, when a user says `host`: as it is first if it has ndots dots or more,
 * else last; only as it is if it ends in a dot.  What is no name is left out.  Their number.
 */
unsigned resolvconf_names(const struct resolvconf *conf, const char *host,
			  uint8_t names[RESOLVCONF_NAMES_MAX][DNS_NAME_BUF]);

/* Addresses of a host in len octets of a hosts file, at most max; without port.  Their number. */
unsigned hosts_find(const char *text, size_t len, const char *name, struct addr *out, unsigned max);

#endif
