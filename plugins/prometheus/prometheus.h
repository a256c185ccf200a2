/*
 * prometheus.h - the contract between the halves of the prometheus plugin.
 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

#include <stdbool.h>

#include "rt_config.h"

struct prometheus_state;
struct rt_instance;
struct rt_query;

struct prometheus_config {
	const char *addr;          /* HOST:PORT that /metrics is served on */
	struct rt_strings plugins; /* of the server block, for coredns_plugin_enabled */
};

void prometheus_reply(const struct prometheus_config *, struct prometheus_state *,
		      struct rt_query *);
struct prometheus_state *prometheus_start(const struct prometheus_config *, struct rt_instance *);
void prometheus_stop(struct prometheus_state *);

#endif
