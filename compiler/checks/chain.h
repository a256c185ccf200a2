/*
 * chain.h - which plugins of a server block are there for a zone.
 *
 * Rules ask this for each instance, and for each zone that it is for; a Corefile may have 10,000 of both.
 * So it is worked out once for a block: instances for the same zones share one list of them (a reach), and
 * each name knows the reaches that it is in.  A question costs as much as the name has labels.
 *
 * Nothing here reports.  What is returned lives as long as the compilation.
 */
#ifndef COMPILER_CHAIN_H
#define COMPILER_CHAIN_H

#include "compiler/plan.h"

/* The zones that queries can come for, shared by all instances of a block that are for them. */
struct cfc_reach {
	struct rt_names names; /* in order of the instance's zones, then of the block's */
	struct {
		const struct cfc_instance **v; /* in chain order */
		unsigned n;
	} members;
	const struct cfc_instance *keeper;    /* the first with CFC_KEEPS; NULL = none */
	const struct cfc_instance *forwarder; /* the first that cfc_instance_forwards() */
	unsigned answering; /* 1 + the last place of one with CFC_ANSWERS; 0 = none */

	/* Who answers for all of it, found when it is first asked for. */
	const struct cfc_instance *taker; /* of the first name */
	unsigned taken_from;    /* 1 + the place from which on all is taken; 0 = not known yet */
	const char *text;       /* as it stands in a sentence; NULL = not known yet */
	struct cfc_reach *next; /* another one of the block */
};

/* Of an instance of the block. */
struct cfc_reach *cfc_chain_reach(struct cfc *c, const struct cfc_block *block,
				  const struct cfc_instance *in);

/* The first instance that keeps all queries for the zone to itself, or NULL. */
const struct cfc_instance *cfc_chain_taker(struct cfc *c, const struct cfc_block *block,
					   const struct rt_name *zone);

/* The same for all zones that the instance could see, if all are taken before it: of the first of them. */
const struct cfc_instance *cfc_chain_taker_before(struct cfc *c, const struct cfc_block *block,
						  const struct cfc_instance *in);

/* The first instance that has the names of the zone (CFC_KEEPS), or sends them on; NULL = none. */
const struct cfc_instance *cfc_chain_keeper(struct cfc *c, const struct cfc_block *block,
					    const struct rt_name *zone);
const struct cfc_instance *cfc_chain_forwarder(struct cfc *c, const struct cfc_block *block,
					       const struct rt_name *zone);

/* Whether something behind the instance can answer for names in the zone, or above it. */
bool cfc_chain_continues(struct cfc *c, const struct cfc_block *block,
			 const struct cfc_instance *in, const struct rt_name *zone);

/*
 * The first instance that answers for something below the zone; NULL also if one answers for all of it.
 */
const struct cfc_instance *cfc_chain_part(struct cfc *c, const struct cfc_block *block,
					  const struct rt_name *zone);

/*
 * The answering instances whose first name is the zone or below it, in chain order; all of them for the
 * root.
 */
struct cfc_instances {
	const struct cfc_instance *const *v;
	unsigned n;
};
struct cfc_instances cfc_chain_below(struct cfc *c, const struct cfc_block *block,
				     const struct rt_name *zone);

/* Whether a zone of the block is this one or below it. */
bool cfc_chain_has_zone_in(struct cfc *c, const struct cfc_block *block,
			   const struct rt_name *zone);

/* ... or above it: whether the block gets queries for names in the zone, or for names above it. */
bool cfc_chain_has_zone_at(struct cfc *c, const struct cfc_block *block,
			   const struct rt_name *zone);

#endif
