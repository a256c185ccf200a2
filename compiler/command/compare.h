/*
 * compare.h - what differs between the meanings of two Corefiles: `corefilec diff`.
 *
 * Not the texts (that is cfc_diff in fmt.h): two plans, whatever their layout, snippets and order of
 * directives.  Server blocks are paired by the zones that they serve, directives by what they say.
 * Then queries at the borders of zones, networks and rules of both are followed through both
 * (trace.h), and those that take another way are witnesses of what the change does.
 *
 *	struct cfc_comparison d = { .tries_max = 0 };
 *	cfc_compare(c, old, new, &d);
 *	equal = d.nchanges == 0 && d.nwitnesses == 0;
 *
 * Memory: the arena of c, and the plans' own.
 */
#ifndef COMPILER_COMPARE_H
#define COMPILER_COMPARE_H

#include "compiler/plan.h"

enum cfc_difference_kind {
	CFC_LISTENER_ADDED,
	CFC_LISTENER_REMOVED,
	CFC_ZONE_ADDED,
	CFC_ZONE_REMOVED,
	CFC_ZONE_MOVED, /* to another server block */
	CFC_DIRECTIVE_ADDED,
	CFC_DIRECTIVE_REMOVED,
	CFC_OPTION_CHANGED,
	CFC_ORDER_CHANGED, /* of directives of one plugin */
};

struct cfc_difference {
	enum cfc_difference_kind kind;
	const char *where;                            /* listener or server block */
	const char *subject;                          /* zone, directive or "directive: option" */
	const char *old_text, *new_text;              /* NULL = there is none */
	const struct cfc_span *old_place, *new_place; /* NULL = there is none */
};

/* A query that takes another way. */
struct cfc_witness {
	const char *query;               /* "www.example.org. A", with " from 10.0.0.0" */
	const char *listener;            /* as cfc_listen_text has it */
	const char *old_path, *new_path; /* a line for each decision */
	unsigned others;                 /* queries that were tried and change in the same way */
};

struct cfc_comparison {
	struct cfc_difference *changes;
	size_t nchanges, changes_room;
	struct cfc_witness *witnesses;
	size_t nwitnesses, witnesses_room;
	size_t tried; /* queries */

	/* What the search did not get to: then more may differ than was found. */
	size_t tries_max; /* set before: queries to try at most, 0 = CFC_COMPARE_TRIES */
	size_t untried;   /* queries left out for that */
	size_t untried_types, untried_clients; /* named by the plans beyond those that were tried */
	size_t unkept; /* queries that take another way, beyond the ways that were kept */
};

#define CFC_COMPARE_TRIES 200000u

void cfc_compare(struct cfc *c, const struct cfc_plan *old, const struct cfc_plan *new,
		 struct cfc_comparison *d);

/* ---- between compare.c and the files it is made of ---- */

void cfc_compare_add(struct cfc *c, struct cfc_comparison *d, const struct cfc_difference *change);

/* compare_chain.c: directives of two server blocks. */
void cfc_compare_chains(struct cfc *c, const struct cfc_block *old, const struct cfc_block *new,
			struct cfc_comparison *d);

/* compare_paths.c: witnesses. */
void cfc_compare_paths(struct cfc *c, const struct cfc_plan *old, const struct cfc_plan *new,
		       struct cfc_comparison *d);

#endif
