/*
 * The three policies.
 */
#include "config.h"

#include "forward/forward_policy.h"

#include <string.h>

#include "base/random.h"

static void
shuffle(uint8_t *v, unsigned n)
{
	for (unsigned i = n; i > 1; i--) {
		unsigned k = random_uniform(i);
		uint8_t other = v[k];

		v[k] = v[i - 1];
		v[i - 1] = other;
	}
}

void
forward_order(enum forward_policy policy, uint32_t turn, const uint8_t *list, unsigned n,
	      uint8_t *out)
{
	unsigned first;

	if (n == 0)
		return;
	switch (policy) {
	case FORWARD_SEQUENTIAL:
		memcpy(out, list, n);
		break;
	case FORWARD_RANDOM:
		memcpy(out, list, n);
		shuffle(out, n);
		break;
	case FORWARD_ROUND_ROBIN:
		first = turn % n;
		out[0] = list[first];
		memcpy(out + 1, list, first);
		memcpy(out + 1 + first, list + first + 1, n - first - 1);
		break;
	}
}
