/*
 * forward_policy.h - in which order upstreams are asked.  A pure function.
 */
#ifndef FORWARD_POLICY_H
#define FORWARD_POLICY_H

#include <stdint.h>

#include "forward/forward.h"

/*
 * Writes the n upstreams of list to out in the order for one query.  turn: the number of the query
 * under round_robin, where the turn-th upstream comes first and the others follow as listed.
 */
void forward_order(enum forward_policy policy, uint32_t turn, const uint8_t *list, unsigned n,
		   uint8_t *out);

#endif
