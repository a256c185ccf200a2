/*
 * facts.h - what rules ask about a plan: which zones an instance is for, what it passes on, which block
 * a query meets.
 *
 * Rules do not know the config structs of plugins.  They find fields by the names that the option
 * tables give them, so a rule holds for every plugin with such a field:
 *
 *	const bool *tcp = cfc_instance_field(in, "force_tcp", CFC_FLAG);
 *	if (tcp != NULL && *tcp)
 *		...
 *
 * Nothing here reports.  What is returned lives as long as the compilation.
 */
#ifndef COMPILER_FACTS_H
#define COMPILER_FACTS_H

#include "base/addr.h"
#include "compiler/plan.h"

/* Sets of profiles, for rules that are about some of them. */
#define CFC_FOR_CLUSTER   (1u << CFC_PROFILE_CLUSTER)
#define CFC_FOR_NODELOCAL (1u << CFC_PROFILE_NODELOCAL)
#define CFC_FOR_RESOLVER  (1u << CFC_PROFILE_RESOLVER)
#define CFC_FOR_EDGE      (1u << CFC_PROFILE_EDGE)
#define CFC_FOR_ALL       (CFC_FOR_CLUSTER | CFC_FOR_NODELOCAL | CFC_FOR_RESOLVER | CFC_FOR_EDGE)

/* Whether --profile is one of the set; without --profile it is none. */
bool cfc_for(const struct cfc *c, unsigned profiles);

/* The field of the instance's config that is called so and of that kind, or NULL. */
const void *cfc_instance_field(const struct cfc_instance *in, const char *field,
			       enum cfc_kind kind);

/* The same for text; NULL if there is none or it is not set. */
const char *cfc_instance_text(const struct cfc_instance *in, const char *field, enum cfc_kind kind);

/* The directive's argument that is written as this zone; its name if none is. */
struct cfc_span cfc_zone_span(const struct cfc_directive *d, const struct rt_name *zone);

/* The zone as it stands in a sentence: "example.org.", or "all names" for the root. */
const char *cfc_zone_words(const struct rt_name *zone);

/* The one that lies in the other; NULL if neither does. */
const struct rt_name *cfc_zones_meet(const struct rt_name *a, const struct rt_name *b);

/* Whether the instance names zones itself (ZONES, FROM); *out is what it names, else the block's. */
bool cfc_instance_zones(const struct cfc_instance *in, const struct cfc_block *block,
			struct rt_names *out);

/* The zones that queries can come for: those of the instance that meet those of the block. */
struct rt_names cfc_instance_reach(struct cfc *c, const struct cfc_instance *in,
				   const struct cfc_block *block);

/* Whether it sends queries on to the servers that its arguments name: forward, grpc. */
bool cfc_instance_forwards(const struct cfc_instance *in);

/* The instance's `fallthrough`, or NULL if it has no such option or it is not there. */
const struct rt_fallthrough *cfc_instance_fallthrough(const struct cfc_instance *in);

/* Whether the block listens where others than this machine and its private networks come from. */
bool cfc_block_is_public(const struct cfc_block *block);

/* Networks for a table: how many bits count, and their octets. */
#define CFC_NET4(n, ...)                                                                           \
	{                                                                                          \
		.addr = { .family = ADDR_V4, .bytes = { __VA_ARGS__ } }, .bits = (n)               \
	}
#define CFC_NET6(n, ...)                                                                           \
	{                                                                                          \
		.addr = { .family = ADDR_V6, .bytes = { __VA_ARGS__ } }, .bits = (n)               \
	}

bool cfc_addr_is_in(const struct addr *a, const struct cidr *networks, size_t n);

/* 10/8, 192.168/16, fc00::/7 and what else is not routed in the Internet, loopback included. */
bool cfc_addr_is_private(const struct addr *a);

/*
 * The site of a listener that gets queries for the zone, when none is kept away by a view: the one with
 * the longest name that the zone lies in.  NULL: none.
 */
const struct cfc_site *cfc_listen_find(const struct cfc_listen *l, const struct rt_name *zone);

#endif
