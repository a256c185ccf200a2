/*
 * Time in nanoseconds, replaceable in tests.
 *
 * clock_mono_ns never goes backwards and starts at an arbitrary point: use it for timers,
 * latency and expiry.  clock_wall_ns is the time since 1970-01-01 UTC: use it for logs,
 * signatures and file times.  A worker reads the clock once per batch and passes the value
 * on; see rt.h.
 *
 * Tests stop the clock with clock_fake_set and move it with clock_fake_advance; both
 * clocks then stand still between calls.
 *
 * Thread-safe; the fake clock is for one process, and all threads see it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/compiler.h"

#define CLOCK_NS_PER_S  INT64_C(1000000000)
#define CLOCK_NS_PER_MS INT64_C(1000000)
#define CLOCK_NS_PER_US INT64_C(1000)

/* Nanoseconds since an arbitrary point; monotonic, stands still while suspended. */
int64_t clock_mono_ns(void);

/* Nanoseconds since the epoch, UTC. */
int64_t clock_wall_ns(void);

/* Whole seconds since the epoch. */
int64_t clock_wall_s(void);

/* For tests: both clocks now show these values and stand still. */
void clock_fake_set(int64_t mono_ns, int64_t wall_ns);

/* For tests: move both fake clocks on. */
void clock_fake_advance(int64_t ns);

/* For tests: back to the real clocks. */
void clock_fake_off(void);

#endif
