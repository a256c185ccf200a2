/*
 * zones.c - rules about zones: those outside of their server block, those that another block has, and
 * those that are served twice in different ways.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "base/map.h"
#include "compiler/checks/chain.h"
#include "compiler/checks/facts.h"
#include "dns/name.h"

/* ---- CF3019 ---- */

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
				if (cfc_chain_has_zone_at(c, block, &zones.v[j]))
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

/* The listeners of each block, by its index. */
struct listeners {
	const struct cfc_listen **v;
	unsigned n;
};

static struct listeners *
listeners_of_blocks(struct cfc *c, const struct cfc_plan *plan)
{
	struct listeners *all = cfc_array(c, plan->nblocks + 1, sizeof(*all));
	struct cfc_bind b = { .c = c };

	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		for (size_t j = 0; j < l->nsites; j++) {
			struct listeners *list = &all[l->sites[j].block->index];

			if (list->n == 0 || list->v[list->n - 1] != l)
				*(const struct cfc_listen **)cfc_list_add(&b, list, sizeof(l)) = l;
		}
	}
	return all;
}

/* The block that gets all queries for the zone on this listener instead of `block`, or NULL. */
static const struct cfc_site *
thief(const struct cfc_listen *l, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_site *site = cfc_listen_find(l, zone);

	if (site == NULL || site->block == block || site->block->view != NULL)
		return NULL;
	for (const struct cfc_zone_sites *s = cfc_listen_sites(l, site->zone.wire); s != NULL;
	     s = s->next) {
		if (s->site->block == block)
			return NULL; /* the same zone: a matter of views */
	}
	return site;
}

/* The same on every listener of the block. */
static const struct cfc_site *
thief_of(const struct listeners *listens, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_site *found = NULL;

	for (unsigned i = 0; i < listens->n; i++) {
		found = thief(listens->v[i], block, zone);
		if (found == NULL)
			break;
	}
	return found;
}

static void
check_stolen(struct cfc *c, const struct cfc_rule *self, const struct listeners *listens,
	     const struct cfc_block *block, const struct cfc_instance *in)
{
	struct rt_names zones;

	if ((in->plugin->traits & CFC_ANSWERS) == 0 || !cfc_instance_zones(in, block, &zones))
		return;
	for (unsigned i = 0; i < zones.n; i++) {
		/* Where a zone of the block lies in it, some of it is surely its own. */
		if (cfc_chain_has_zone_in(c, block, &zones.v[i]) ||
		    !cfc_chain_has_zone_at(c, block, &zones.v[i]))
			continue;
		const struct cfc_site *site = thief_of(listens, block, &zones.v[i]);
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

static bool
is_same_source(const struct cfc_instance *a, const struct cfc_instance *b)
{
	const char *pa = cfc_instance_text(a, "path", CFC_PATH);
	const char *pb = cfc_instance_text(b, "path", CFC_PATH);

	if (a->plugin != b->plugin || pa == NULL || pb == NULL)
		return a->plugin == b->plugin;
	return strcmp(pa, pb) == 0;
}

/* A site, and the first instance of its block that has the names of its zone. */
struct sourced {
	const struct cfc_listen *listen;
	const struct cfc_site *site;
	const struct cfc_instance *source;
};

/* Those of one zone that have a source, and no view; in the order of listeners. */
struct same_zone {
	struct sourced *v;
	unsigned n;
};

/* Whether the second one was reported. */
static bool
check_pair(struct cfc *c, const struct cfc_rule *self, const struct sourced *first,
	   const struct sourced *second)
{
	if (first->listen->scheme == second->listen->scheme ||
	    is_same_source(first->source, second->source))
		return false;
	cfc_rule_report(c, self, second->site->span,
			"'%s' has other data here than over another transport",
			second->site->zone.text);
	cfc_note(c, second->source->directive->name.span, "from here");
	cfc_note(c, first->source->directive->name.span, "and over the other from here");
	return true;
}

static void
check_site(struct cfc *c, const struct cfc_rule *self, struct map *zones,
	   const struct sourced *second)
{
	const struct rt_name *zone = &second->site->zone;
	struct same_zone *same = map_get(zones, (const char *)zone->wire, zone->len);
	struct cfc_bind b = { .c = c };

	if (same == NULL) {
		same = cfc_array(c, 1, sizeof(*same));
		cfc_map_set(zones, zone->wire, zone->len, same);
	}
	for (unsigned i = 0; i < same->n; i++) {
		if (check_pair(c, self, &same->v[i], second))
			break;
	}
	*(struct sourced *)cfc_list_add(&b, same, sizeof(*second)) = *second;
}

/* One zone in clear text and encrypted: clients take it for the same. */
static void
check_transports(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct map *zones = cfc_map(c);
	bool differ = false;

	for (size_t i = 1; i < plan->nlistens; i++)
		differ = differ || plan->listens[i].scheme != plan->listens[0].scheme;
	for (size_t i = 0; differ && i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		for (size_t j = 0; j < l->nsites; j++) {
			const struct cfc_site *site = &l->sites[j];
			struct sourced s = { l, site, NULL };

			if (site->block->view == NULL)
				s.source = cfc_chain_keeper(c, site->block, &site->zone);
			if (s.source != NULL)
				check_site(c, self, zones, &s);
		}
	}
}

void
cfc_check_split(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	const struct listeners *listens = listeners_of_blocks(c, plan);

	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		const struct cfc_instance *in = block->instances;

		for (; in != NULL; in = in->next)
			check_stolen(c, self, &listens[block->index], block, in);
	}
	check_transports(c, self, plan);
}
