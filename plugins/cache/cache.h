/*
 * cache.h - the contract between the halves of the cache plugin.
 *
 * The plugin keeps the replies of the plugins after it and gives them again.  Durations are in
 * nanoseconds, TTLs in seconds.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

struct rt_instance;
struct rt_query;
struct rt_worker;
struct cache_state;

/* One half of the cache: answers, or denials (NXDOMAIN, NODATA, SERVFAIL). */
struct cache_half_config {
	uint32_t capacity; /* entries, as written; see cache_capacity() for what becomes of it */
	uint32_t ttl;      /* most */
	uint32_t min_ttl;  /* least, unless that is more than ttl */
};

struct cache_config {
	uint32_t ttl;          /* the directive's own, for both halves; 0: not given */
	struct rt_names zones; /* what is cached at all */
	bool every_zone;       /* those are the zones of the server block: no need to look */
	struct cache_half_config success;
	struct cache_half_config denial;
	uint32_t prefetch;         /* uses before an entry is renewed before its end; 0: never */
	uint64_t prefetch_gap;     /* longest time between two of these uses */
	uint32_t prefetch_percent; /* of the TTL that are left when it is renewed */
	bool serve_stale;
	uint64_t stale_for;      /* after the end of the TTL */
	bool stale_verify;       /* ask upstream first, give the stale answer only if that fails */
	uint64_t verify_timeout; /* ... or takes so long; 0: wait */
	uint64_t stale_ttl;      /* in stale answers, whole seconds in ns */
	uint64_t stale_recheck;  /* after a failed renewal, before the next */
	bool prefer_positive;
	uint64_t servfail;          /* how long SERVFAIL is kept; 0: not */
	bool keep_ttl;              /* TTLs do not count down */
	struct rt_names no_success; /* names at and below these are not kept in this half */
	struct rt_names no_denial;
};

enum rt_verdict cache_serve(const struct cache_config *, struct cache_state *, struct rt_query *);
bool cache_prefetch(const struct cache_config *, struct cache_state *, const struct rt_query *,
		    unsigned);
void cache_reply(const struct cache_config *, struct cache_state *, struct rt_query *);
struct cache_state *cache_start(const struct cache_config *, struct rt_instance *);
void cache_stop(struct cache_state *);
int cache_worker_start(struct cache_state *, struct rt_worker *);
void cache_worker_stop(struct cache_state *, struct rt_worker *);

#endif
