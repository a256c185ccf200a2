/*
 * trace.h - the way of one query through the plan, told without serving it.
 *
 * cfc_trace() finds the server block that takes the query on one listener (zones, views, DS at the
 * parent) and asks each plugin of its chain in turn what it would do, until one ends it:
 *
 *	struct cfc_trace t;
 *	cfc_trace(c, &plan->listens[0], &query, &t);
 *	for (unsigned i = 0; i < t.nsteps; i++)
 *		... t.steps[i].in, .outcome, .text ...
 *
 * A plugin with something to tell has a function of its own (plugin.h, trace):
 *
 *	static enum cfc_outcome
 *	acl_trace(struct cfc_trace *t, const void *config)
 *	{
 *		...
 *		cfc_trace_say(t, "blocks clients of %s", net);
 *		return CFC_OUTCOME_ENDS;
 *	}
 *
 * It may change t->query: later plugins meet the query as it stands then (rewrite).  Of the others the
 * option tables tell enough: zones, fallthrough, whether a plugin answers at all.  What nobody
 * can know before the server runs (files, upstreams, clocks) is said as what it depends on.
 *
 * Memory: the arena of the compilation.
 */
#ifndef COMPILER_TRACE_H
#define COMPILER_TRACE_H

#include "compiler/plan.h"
#include "compiler/query.h"

struct cfc_trace_step {
	const struct cfc_instance *in;
	enum cfc_outcome outcome;
	const char *text; /* in words; never NULL */
	bool changes;     /* later plugins meet another name, type or class */
};

/* A server block that was asked whether it takes the query before the one that does. */
struct cfc_trace_asked {
	const struct cfc_site *site;
	enum cfc_tri takes; /* CFC_NO or CFC_MAYBE */
	const char *text;
};

struct cfc_trace {
	struct cfc *c;
	const struct cfc_listen *listen;
	struct cfc_query query; /* as it stands after the steps so far */
	struct cfc_trace_asked *asked;
	unsigned nasked;
	size_t asked_room;
	const struct cfc_site *site; /* NULL = nobody takes it: REFUSED */
	const char *taken;           /* why, of a block with a view; NULL = it has none */
	struct cfc_trace_step *steps;
	unsigned nsteps;
	bool ended; /* by the last step; else SERVFAIL */
	/* the step that is being told about */
	const struct cfc_instance *in;
	const char *said;
};

void cfc_trace(struct cfc *c, const struct cfc_listen *listen, const struct cfc_query *query,
	       struct cfc_trace *t);

/* ---- for plugins ---- */

/* Adds to what is told about this step, after "; " if there is something already. */
void cfc_trace_say(struct cfc_trace *t, const char *fmt, ...) CFC_PRINTF(2, 3);

/* Whether the query's name is in or below one of the names. */
bool cfc_query_below(const struct cfc_query *q, const struct rt_names *names);

/* Whether the query would be passed on when the plugin has no answer for it. */
bool cfc_query_falls(const struct cfc_query *q, const struct rt_fallthrough *fall);

/* ---- words ---- */

/* "passes", "answers" ...: for JSON. */
const char *cfc_outcome_name(enum cfc_outcome outcome);

/* Whether queries pass through it: in a server, or in CoreDNS if it is only checked here. */
bool cfc_instance_is_step(const struct cfc_instance *in);

/* "dns port 53 on 192.0.2.1, not eth0". */
const char *cfc_listen_text(struct cfc *c, const struct cfc_listen *l);

#endif
