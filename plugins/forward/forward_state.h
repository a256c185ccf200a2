/*
 * forward_state.h - what the files of forward's run-time half share.
 *
 * forward_start.c makes the state: it reads files, has names looked up, and keeps the list of
 * upstreams.  forward.c serves.
 */
#ifndef FORWARD_STATE_H
#define FORWARD_STATE_H

#include <stdatomic.h>

#include "forward/forward.h"

#include "deadlines.h"
#include "hostlookup.h"
#include "rt.h"
#include "upstream.h"

/* The upstreams in the order of the Corefile, as numbers in the group.  A snapshot. */
struct forward_list {
	unsigned n;
	uint8_t v[];
};

/* Addresses that one TO may stand for: 15 of them are fewer than UPSTREAM_MAX. */
#define FORWARD_ADDRS_MAX 16u

/* What one TO came to. */
struct forward_target {
	const struct forward_to *to;
	unsigned series;  /* of the metrics: of all its addresses, or of the first of a file's */
	unsigned nseries; /* of a file: its addresses at the start; those beyond share one more */
	bool is_name;
	bool is_file;
	struct addr addrs[FORWARD_ADDRS_MAX];
	unsigned naddrs;
};

/* A worker's part. */
struct forward_worker {
	struct forward_state *state;
	struct rt_worker *worker;
	struct upstream_worker *upstreams;
	struct deadlines patience; /* of whole queries */
	struct deadlines pauses;   /* between tries without limit */
};

struct forward_state {
	const struct forward_config *config;
	struct rt_instance *in;
	bool started; /* addresses that are new from now on are not in the metrics' labels */
	struct upstream_group *group;
	void *list; /* struct forward_list; rt_snapshot */
	struct forward_target *targets;
	unsigned ntargets;
	const char **names; /* of the targets that are names, in order */
	unsigned nnames;
	struct hostlookup *lookup;
	struct rt_timer *lookup_timer;
	struct forward_worker **workers;
	unsigned nworkers;
	unsigned broken; /* metric cells */
	unsigned rejects;
	RT_ALIGNED(64) _Atomic uint32_t turn;       /* of round_robin */
	RT_ALIGNED(64) _Atomic uint32_t concurrent; /* queries, with max_concurrent */
};

#endif
