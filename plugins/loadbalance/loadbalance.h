/*
 * loadbalance.h - the contract between the halves of the loadbalance plugin.
 *
 * The plugin changes the order of records in the replies of the plugins after it.
 */
#ifndef LOADBALANCE_H
#define LOADBALANCE_H

#include <stdint.h>

#include "rt_config.h"

struct rt_instance;
struct rt_query;
struct loadbalance_state;

enum loadbalance_policy {
	LOADBALANCE_ROUND_ROBIN, /* shuffle addresses and MX */
	LOADBALANCE_WEIGHTED,    /* put one address first, drawn by weight */
};

struct loadbalance_config {
	int policy;             /* enum loadbalance_policy */
	const char *file;       /* of weights; NULL: the policy needs none */
	uint64_t reload;        /* ns between two looks at it; 0: never */
	struct rt_cidrs prefer; /* addresses in these go first, in this order */
};

void loadbalance_reply(const struct loadbalance_config *, struct loadbalance_state *,
		       struct rt_query *);
struct loadbalance_state *loadbalance_start(const struct loadbalance_config *,
					    struct rt_instance *);
void loadbalance_stop(struct loadbalance_state *);
void loadbalance_reload(struct loadbalance_state *);

#endif
