/*
 * trace.c - finds the server block of a query, and walks its chain.
 */
#include "config.h"

#include "compiler/trace.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/fields.h"
#include "dns/name.h"
#include "dns/types.h"

/* ---- which block ---- */

static enum cfc_tri
block_takes(struct cfc_trace *t, const struct cfc_block *block)
{
	enum cfc_tri takes = CFC_YES;

	t->said = NULL;
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->takes == NULL || takes == CFC_NO)
			continue;
		t->in = in;
		enum cfc_tri one = in->plugin->takes(t, in->config);
		takes = one == CFC_YES ? takes : one;
	}
	return takes;
}

static void
add_asked(struct cfc_trace *t, const struct cfc_site *site, enum cfc_tri takes)
{
	t->asked = cfc_grow(t->c, t->asked, t->nasked, &t->asked_room, sizeof(t->asked[0]));
	t->asked[t->nasked++] = (struct cfc_trace_asked){
		.site = site,
		.takes = takes,
		.text = t->said != NULL ? t->said : "",
	};
}

/* The first block of the zone that takes the query; those before it that may are noted. */
static const struct cfc_site *
site_of_zone(struct cfc_trace *t, const struct cfc_zone_sites *zone)
{
	for (; zone != NULL; zone = zone->next) {
		enum cfc_tri takes = block_takes(t, zone->site->block);
		if (takes == CFC_YES) {
			t->taken = t->said;
			return zone->site;
		}
		add_asked(t, zone->site, takes);
	}
	return NULL;
}

/*
 * The deepest zone with a block that takes the query; from its parent on if none does.  DS records live
 * above the cut: there the zone with the fewest labels that we also serve answers.
 */
static const struct cfc_site *
find_site(struct cfc_trace *t)
{
	const struct cfc_site *found = NULL;
	unsigned labels = dns_name_labels(t->query.name.wire);

	for (unsigned up = 0; up <= labels; up++) {
		const uint8_t *zone = dns_name_parent(t->query.name.wire, up);
		const struct cfc_zone_sites *sites = cfc_listen_sites(t->listen, zone);
		const struct cfc_site *site = site_of_zone(t, sites);
		bool at_cut = t->query.type == DNS_TYPE_DS;

		/* The root is above every zone, but is asked only when nothing deeper is there. */
		if (site != NULL && (found == NULL || up < labels))
			found = site;
		if (found != NULL && !at_cut)
			break;
	}
	return found;
}

/* ---- words ---- */

const char *
cfc_outcome_name(enum cfc_outcome outcome)
{
	switch (outcome) {
	case CFC_OUTCOME_PASSES:
		return "passes";
	case CFC_OUTCOME_MAY_END:
		return "may-end";
	case CFC_OUTCOME_ANSWERS:
		return "answers";
	case CFC_OUTCOME_ASKS:
		return "asks";
	case CFC_OUTCOME_ENDS:
		return "ends";
	case CFC_OUTCOME_DROPS:
		return "drops";
	}
	return "";
}

const char *
cfc_listen_text(struct cfc *c, const struct cfc_listen *l)
{
	const char *text = cfc_printf(c, "%s port %u on ", cfc_scheme_name(l->scheme), l->port);
	struct cfc_text binds = { 0 };

	if (l->nbinds == 0)
		return cfc_printf(c, "%sall addresses", text);
	for (size_t i = 0; i < l->nbinds; i++)
		cfc_text_add(c, &binds, ", ",
			     l->binds[i].except ? cfc_printf(c, "not %s", l->binds[i].text)
						: l->binds[i].text);
	return cfc_printf(c, "%s%s", text, cfc_text(&binds));
}

void
cfc_trace_say(struct cfc_trace *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *text = arena_vprintf(t->c->arena, fmt, ap);
	va_end(ap);
	t->said = t->said == NULL ? text : cfc_printf(t->c, "%s; %s", t->said, text);
}

bool
cfc_query_below(const struct cfc_query *q, const struct rt_names *names)
{
	for (unsigned i = 0; i < names->n; i++)
		if (dns_name_is_subdomain(q->name.wire, names->v[i].wire))
			return true;
	return false;
}

bool
cfc_query_falls(const struct cfc_query *q, const struct rt_fallthrough *fall)
{
	return fall->enabled && (fall->zones.n == 0 || cfc_query_below(q, &fall->zones));
}

/* ---- what the tables tell ---- */

bool
cfc_instance_is_step(const struct cfc_instance *in)
{
	if (in->plugin->takes != NULL) /* it decides about the block, not within it */
		return false;
	return (in->plugin->hooks & (CFC_SERVE | CFC_REPLY)) != 0 ||
	       (in->plugin->traits & (CFC_LINT_ONLY | CFC_HANDLER)) ==
		       (CFC_LINT_ONLY | CFC_HANDLER);
}

struct zone_walk {
	const struct cfc_query *q;
	const struct cfc_instance *in;
	bool restricted, covered, falls;
};

static void
look_at_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct zone_walk *w = arg;
	const void *field = (const char *)w->in->config + f->offset;

	(void)unit;
	if (f->kind == CFC_FALLTHROUGH)
		w->falls = w->falls || cfc_query_falls(w->q, field);
}

/* The zones that a directive is limited to stand among its own arguments. */
static void
look_at_zones(struct zone_walk *w)
{
	const struct cfc_option *opt = &w->in->plugin->directive;

	for (unsigned i = 0; i < opt->nargs; i++) {
		const void *field = (const char *)w->in->config + opt->args[i].offset;

		if (opt->args[i].kind != CFC_ZONES)
			continue;
		w->restricted = true;
		w->covered = w->covered || cfc_query_below(w->q, field);
	}
}

static enum cfc_outcome
trace_by_tables(struct cfc_trace *t, const struct cfc_instance *in)
{
	struct zone_walk w = { .q = &t->query, .in = in };

	look_at_zones(&w);
	cfc_each_field(in->plugin, look_at_field, &w);
	if (w.restricted && !w.covered) {
		cfc_trace_say(t, "passes it on: not one of its zones");
		return CFC_OUTCOME_PASSES;
	}
	if (cfc_instance_takes_all(in, &t->query.name)) {
		bool asks = (in->plugin->traits & CFC_RECURSIVE) != 0;
		bool keeps = (in->plugin->traits & CFC_KEEPS) != 0;
		cfc_trace_say(t, asks    ? "asks other servers, and answers it"
				 : keeps ? "answers it, or that there is no such name"
					 : "answers it");
		return asks ? CFC_OUTCOME_ASKS : CFC_OUTCOME_ANSWERS;
	}
	if ((in->plugin->traits & CFC_ANSWERS) == 0) {
		cfc_trace_say(t, "%s", in->plugin->summary);
		return CFC_OUTCOME_PASSES;
	}
	if (w.falls)
		cfc_trace_say(t, "answers it if it can, otherwise passes it on (fallthrough)");
	else
		cfc_trace_say(t, "answers it if it is its own, otherwise passes it on");
	return CFC_OUTCOME_MAY_END;
}

/* ---- the whole ---- */

static void
walk_chain(struct cfc_trace *t)
{
	const struct cfc_block *block = t->site->block;

	t->steps = cfc_array(t->c, block->ninstances + 1, sizeof(t->steps[0]));
	for (const struct cfc_instance *in = block->instances; in != NULL && !t->ended;
	     in = in->next) {
		if (!cfc_instance_is_step(in))
			continue;
		struct cfc_query before = t->query;
		t->in = in;
		t->said = NULL;
		enum cfc_outcome outcome = in->plugin->trace != NULL
						   ? in->plugin->trace(t, in->config)
						   : trace_by_tables(t, in);
		t->steps[t->nsteps++] = (struct cfc_trace_step){
			.in = in,
			.outcome = outcome,
			.text = t->said != NULL ? t->said : "",
			.changes = before.name.wire != t->query.name.wire ||
				   before.type != t->query.type || before.qclass != t->query.qclass,
		};
		t->ended = outcome != CFC_OUTCOME_PASSES && outcome != CFC_OUTCOME_MAY_END;
	}
}

void
cfc_trace(struct cfc *c, const struct cfc_listen *listen, const struct cfc_query *query,
	  struct cfc_trace *t)
{
	*t = (struct cfc_trace){ .c = c, .listen = listen, .query = *query };
	if (listen->scheme != CFC_SCHEME_DNS) {
		t->query.tcp = true;
		t->query.transport_known = true;
	}
	t->site = find_site(t);
	if (t->site != NULL)
		walk_chain(t);
}
