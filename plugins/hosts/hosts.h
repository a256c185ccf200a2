/*
 * hosts.h - the contract between the halves of the hosts plugin.
 */
#ifndef HOSTS_H
#define HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

struct hosts_state;
struct rt_instance;
struct rt_query;

/* A line of the Corefile: an address and its names, some of which may begin with "*.". */
struct hosts_entry {
	struct addr addr; /* port 0; never an IPv4-mapped IPv6 address */
	struct rt_names names;
};

struct hosts_entries {
	const struct hosts_entry *v;
	unsigned n;
};

struct hosts_config {
	const char *file; /* as it will be opened */
	bool file_given;  /* rather than the default */
	bool no_reverse;  /* no PTR records */
	bool unsupported; /* other types of known names fall through as well */
	uint32_t ttl;     /* seconds, 1 ... 65535 */
	uint64_t reload;  /* ns between two looks at the file; 0: never */
	struct rt_names zones;
	struct rt_fallthrough fall;
	struct hosts_entries lines;
};

enum rt_verdict hosts_serve(const struct hosts_config *, struct hosts_state *, struct rt_query *);
bool hosts_prefetch(const struct hosts_config *, struct hosts_state *, const struct rt_query *,
		    unsigned what);
struct hosts_state *hosts_start(const struct hosts_config *, struct rt_instance *);
void hosts_stop(struct hosts_state *);
void hosts_reload(struct hosts_state *);

#endif
