/*
 * health.h - the contract between the halves of the health plugin.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdint.h>

struct health_state;
struct rt_instance;

struct health_config {
	const char *addr;  /* HOST:PORT that /health is served on */
	uint64_t lameduck; /* ns that the server goes on serving after it was told to stop */
};

struct health_state *health_start(const struct health_config *, struct rt_instance *);
void health_stop(struct health_state *);

#endif
