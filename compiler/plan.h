/*
 * plan.h - the program: what a Corefile means.
 *
 * cfc_plan_build() binds the effective tree (tree.h) through the plugins' option tables (plugin.h)
 * into listeners, sites, server blocks and plugin instances with typed configs.  Everything after it
 * (checks, emit, explain, diff) reads only the plan.  All of it lives as long as the compilation.
 */
#ifndef COMPILER_PLAN_H
#define COMPILER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/syntax/keys.h"
#include "compiler/plugin.h"

struct buf;
struct cfc_reach;
struct map;

/* What rules have found out about an instance, so that none does it again; theirs alone (checks/). */
struct cfc_facts {
	struct cfc_reach *reach; /* chain.h; NULL = not known yet */
	unsigned page;           /* 1 + its number in the order of the text; 0 = not known yet */
	bool takes, has_takes;   /* cfc_instance_takes_some() */
};

/* The same about a server block. */
struct cfc_block_facts;

/* One plugin in one server block. */
struct cfc_instance {
	const struct cfc_plugin *plugin;
	const struct cfc_directive *directive; /* the first, where several are merged */
	void *config;
	unsigned step; /* number in the block's chain, from 0; hook-less instances have none */
	bool has_step;
	unsigned place;   /* in the chain, hook-less instances counted, from 0 */
	unsigned copy;    /* 1 for the first of this plugin in the block, 2 for the second, ... */
	uint8_t *was_set; /* a byte per byte of config: whether written in the Corefile */
	struct cfc_facts *facts;
	struct cfc_instance *next; /* in chain order */
};

/* A `bind` argument. */
struct cfc_bind_addr {
	const char *text;
	bool except;
	unsigned group; /* the `bind` directive it belongs to, from 0 */
	struct cfc_span span;
};

/* A zone on one listener: one key of a server block, or one of those that a CIDR expands to. */
struct cfc_site {
	struct rt_name zone;
	struct cfc_block *block;
	struct cfc_span span; /* of the key */
	unsigned index;       /* among all sites, by listener */
};

/* The sites of one zone on one listener, in the order of the Corefile. */
struct cfc_zone_sites {
	const struct cfc_site *site;
	struct cfc_zone_sites *next;
	struct cfc_zone_sites *last; /* of the first only */
};

/*
 * One scheme and port on one list of `bind` arguments.  Different lists that turn out to hold the
 * same address when the server starts (an interface and its address) are joined there.
 */
struct cfc_listen {
	enum cfc_scheme scheme;
	uint16_t port;
	bool default_port; /* some key left the port to -dns.port */
	const struct cfc_bind_addr *binds;
	size_t nbinds;
	unsigned nsockets; /* multisocket; 0: not said */
	bool any_class;
	struct cfc_site *sites; /* in the order of the Corefile */
	size_t nsites;
	struct map *zones; /* wire form -> struct cfc_zone_sites */
	unsigned index;
};

struct cfc_block {
	unsigned index;
	const struct cfc_server *tree;
	const char *name;               /* the first key */
	struct cfc_zones keys;          /* all keys, CIDRs expanded */
	struct rt_names zones;          /* of the keys, without repeats */
	struct cfc_instance *instances; /* in chain order */
	struct cfc_instance *last;      /* of them; NULL = there is none */
	unsigned ninstances;
	unsigned nsteps;
	/* Set by the plan() functions of plugins. */
	const char *root;
	struct cfc_bind_addr *binds;
	size_t nbinds;
	unsigned nsockets;
	bool has_multisocket;
	bool debug;
	const char *view;               /* name, or NULL */
	struct cfc_block_facts **facts; /* *facts is NULL before rules look at it */
};

struct cfc_plan {
	struct cfc_block **blocks; /* in the order of the Corefile */
	size_t nblocks;
	struct cfc_listen *listens;
	size_t nlistens;
	size_t nsites;
};

/* Builds the plan; reports what is wrong and goes on, so that the plan may be incomplete then. */
struct cfc_plan *cfc_plan_build(struct cfc *c, const struct cfc_tree *tree);

/* `--dump-plan`: every listener, block, instance and config field, deterministic, for golden tests. */
void cfc_plan_dump(struct cfc *c, const struct cfc_plan *plan, struct buf *out);

/*
 * Whether the instance keeps every query for names in zone to itself, so that no later plugin sees one:
 * it answers always (whoami), or asks other servers about all of the zone (forward).
 */
bool cfc_instance_takes_all(const struct cfc_instance *in, const struct rt_name *zone);

/* Whether there may be zones of which it does: no query is passed on whatever its name. */
bool cfc_instance_takes_some(const struct cfc_instance *in);

/* The sites of the zone on the listener; NULL = none.  The wire form is in lower case. */
const struct cfc_zone_sites *cfc_listen_sites(const struct cfc_listen *l, const uint8_t *zone);

/* The block's first zone as text, "." for a block whose keys are all wrong. */
const char *cfc_block_zone(const struct cfc_block *block);

/* The first instance of a plugin in a block, or NULL. */
const struct cfc_instance *cfc_block_find(const struct cfc_block *block, const char *plugin);

#endif
