/*
 * zones.c - rules about zones: those outside of their server block, those that another block has, and
 * those that are served twice in different ways.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "compiler/checks/facts.h"
#include "dns/name.h"

/* ---- CF3019 ---- */

/* Whether the block gets queries for names in the zone, or for names above it. */
static bool
is_inside(const struct cfc_block *block, const struct rt_name *zone)
{
	for (unsigned i = 0; i < block->zones.n; i++) {
		if (cfc_zones_meet(&block->zones.v[i], zone) != NULL)
			return true;
	}
	return block->zones.n == 0;
}

void
cfc_check_outside(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		const struct cfc_instance *in = block->instances;

		for (; in != NULL; in = in->next) {
			struct rt_names zones;

			if ((in->plugin->traits & CFC_HANDLER) == 0 ||
			    !cfc_instance_zones(in, block, &zones))
				continue;
			for (unsigned j = 0; j < zones.n; j++) {
				if (is_inside(block, &zones.v[j]))
					continue;
				cfc_rule_report(c, self, cfc_zone_span(in->directive, &zones.v[j]),
						"'%s' is outside this server block: '%s' never "
						"sees a query for it",
						zones.v[j].text, in->plugin->name);
				cfc_note(c, block->tree->keys[0].span,
					 "add the zone here, or remove it there");
			}
		}
	}
}

/* ---- CF3012: another block has the zone ---- */

/* The block that gets all queries for the zone on this listener instead of `block`, or NULL. */
static const struct cfc_site *
thief(const struct cfc_listen *l, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_site *site = cfc_listen_find(l, zone);

	if (site == NULL || site->block == block || site->block->view != NULL)
		return NULL;
	for (size_t i = 0; i < l->nsites; i++) {
		if (l->sites[i].block == block &&
		    dns_name_equal(l->sites[i].zone.wire, site->zone.wire))
			return NULL; /* the same zone: a matter of views */
	}
	return site;
}

/* Whether a zone of the block lies in this one: then some of it is surely its own. */
static bool
has_all(const struct cfc_block *block, const struct rt_name *zone)
{
	for (unsigned i = 0; i < block->zones.n; i++) {
		if (dns_name_is_subdomain(block->zones.v[i].wire, zone->wire))
			return true;
	}
	return false;
}

/* The same on every listener of the block. */
static const struct cfc_site *
thief_of(const struct cfc_plan *plan, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_site *found = NULL;

	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];
		bool listens = false;

		for (size_t j = 0; j < l->nsites; j++)
			listens = listens || l->sites[j].block == block;
		if (!listens)
			continue;
		const struct cfc_site *site = thief(l, block, zone);
		if (site == NULL)
			return NULL;
		found = site;
	}
	return found;
}

static void
check_stolen(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	     const struct cfc_block *block, const struct cfc_instance *in)
{
	struct rt_names zones;

	if ((in->plugin->traits & CFC_ANSWERS) == 0 || !cfc_instance_zones(in, block, &zones))
		return;
	for (unsigned i = 0; i < zones.n; i++) {
		if (has_all(block, &zones.v[i]) || !is_inside(block, &zones.v[i]))
			continue;
		const struct cfc_site *site = thief_of(plan, block, &zones.v[i]);
		if (site == NULL)
			continue;
		cfc_rule_report(
			c, self, cfc_zone_span(in->directive, &zones.v[i]),
			"'%s' never sees a query for '%s': another server block has that zone",
			in->plugin->name, zones.v[i].text);
		cfc_note(c, site->span,
			 "the block with the longest name gets the query; put the plugin here");
	}
}

/* ---- CF3012: two sources of one zone ---- */

/* The first instance of the block that has the names of the zone, or NULL. */
static const struct cfc_instance *
source_of(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		struct rt_names reach = cfc_instance_reach(c, in, block);

		for (unsigned i = 0; (in->plugin->traits & CFC_KEEPS) && i < reach.n; i++) {
			if (dns_name_is_subdomain(zone->wire, reach.v[i].wire))
				return in;
		}
	}
	return NULL;
}

static bool
is_same_source(const struct cfc_instance *a, const struct cfc_instance *b)
{
	const char *pa = cfc_instance_text(a, "path", CFC_PATH);
	const char *pb = cfc_instance_text(b, "path", CFC_PATH);

	if (a->plugin != b->plugin || pa == NULL || pb == NULL)
		return a->plugin == b->plugin;
	return strcmp(pa, pb) == 0;
}

static void
check_pair(struct cfc *c, const struct cfc_rule *self, const struct cfc_site *first,
	   const struct cfc_site *second)
{
	const struct cfc_instance *a = source_of(c, first->block, &first->zone);
	const struct cfc_instance *b = source_of(c, second->block, &second->zone);

	if (a == NULL || b == NULL || first->block->view != NULL || second->block->view != NULL ||
	    is_same_source(a, b))
		return;
	cfc_rule_report(c, self, second->span,
			"'%s' has other data here than over another transport", second->zone.text);
	cfc_note(c, b->directive->name.span, "from here");
	cfc_note(c, a->directive->name.span, "and over the other from here");
}

static void
check_listeners(struct cfc *c, const struct cfc_rule *self, const struct cfc_listen *first,
		const struct cfc_listen *second)
{
	for (size_t i = 0; i < first->nsites; i++) {
		const struct cfc_site *a = &first->sites[i];

		for (size_t j = 0; j < second->nsites; j++) {
			const struct cfc_site *b = &second->sites[j];

			if (a->zone.len == b->zone.len &&
			    dns_name_equal(a->zone.wire, b->zone.wire))
				check_pair(c, self, a, b);
		}
	}
}

/* One zone in clear text and encrypted: clients take it for the same. */
static void
check_transports(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		for (size_t j = 0; j < i; j++) {
			if (plan->listens[i].scheme != plan->listens[j].scheme)
				check_listeners(c, self, &plan->listens[j], &plan->listens[i]);
		}
	}
}

void
cfc_check_split(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next)
			check_stolen(c, self, plan, plan->blocks[i], in);
	}
	check_transports(c, self, plan);
}
