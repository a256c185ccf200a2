/*
 * The two clocks, and a hand-driven pair for tests.
 */
#include "config.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/compiler.h"

/*
 * Mutable globals (against style rule 32): the clock is one per process by nature, and only tests
 * write here.  Relaxed order is enough: a reader may see a tick late.
 */
static atomic_bool fake;
static _Atomic int64_t fake_mono;
static _Atomic int64_t fake_wall;

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_NS_PER_S + ts.tv_nsec;
}

int64_t
clock_mono_ns(void)
{
	if (RT_UNLIKELY(atomic_load_explicit(&fake, memory_order_relaxed)))
		return atomic_load_explicit(&fake_mono, memory_order_relaxed);
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_wall_ns(void)
{
	if (RT_UNLIKELY(atomic_load_explicit(&fake, memory_order_relaxed)))
		return atomic_load_explicit(&fake_wall, memory_order_relaxed);
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_wall_s(void)
{
	return clock_wall_ns() / CLOCK_NS_PER_S;
}

void
clock_fake_set(int64_t mono_ns, int64_t wall_ns)
{
	atomic_store_explicit(&fake_mono, mono_ns, memory_order_relaxed);
	atomic_store_explicit(&fake_wall, wall_ns, memory_order_relaxed);
	atomic_store_explicit(&fake, true, memory_order_release);
}

void
clock_fake_advance(int64_t ns)
{
	atomic_fetch_add_explicit(&fake_mono, ns, memory_order_relaxed);
	atomic_fetch_add_explicit(&fake_wall, ns, memory_order_relaxed);
}

void
clock_fake_off(void)
{
	atomic_store_explicit(&fake, false, memory_order_release);
}
