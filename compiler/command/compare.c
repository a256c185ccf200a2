/*
 * compare.c - listeners, zones and server blocks of two plans.
 */
#include "config.h"

#include "compiler/command/compare.h"

#include <string.h>

#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/trace.h"

/* A zone on a listener. */
struct place {
	const struct cfc_listen *listen;
	const struct cfc_site *site;
	const char *key; /* the same in the other plan */
};

struct side {
	const struct cfc_plan *plan;
	struct place *places;
	size_t nplaces, room;
	struct map sites;                 /* key -> struct cfc_site */
	const struct cfc_block **partner; /* of each block, in the other plan; NULL = none */
};

void
cfc_compare_add(struct cfc *c, struct cfc_comparison *d, const struct cfc_difference *change)
{
	d->changes = cfc_grow(c, d->changes, d->nchanges, &d->changes_room, sizeof(*change));
	d->changes[d->nchanges++] = *change;
}

/*
 * What a zone is known by in both plans: listener, name, view, and, since blocks of one zone may have views
 * of the same name, which one of these it is.
 */
static const char *
place_key(struct cfc *c, struct map *counts, const struct cfc_listen *l,
	  const struct cfc_site *site)
{
	const char *view = site->block->view;
	const char *key = cfc_printf(c, "%s\n%s\n%s", cfc_listen_text(c, l), site->zone.text,
				     view != NULL ? view : "");
	size_t *count = map_get_str(counts, key);

	if (count == NULL) {
		count = cfc_array(c, 1, sizeof(*count));
		if (map_set_str(counts, key, count) != 0)
			xalloc_die(sizeof(*count));
	}
	return cfc_printf(c, "%s\n%zu", key, (*count)++);
}

static void
open_side(struct cfc *c, struct side *s, const struct cfc_plan *plan)
{
	struct map counts;

	*s = (struct side){ .plan = plan };
	s->partner = cfc_array(c, plan->nblocks + 1, sizeof(s->partner[0]));
	map_init(&s->sites);
	map_init(&counts);
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];
		for (size_t j = 0; j < l->nsites; j++) {
			struct cfc_site *site = &l->sites[j];
			struct place place = { l, site, place_key(c, &counts, l, site) };

			s->places = cfc_grow(c, s->places, s->nplaces, &s->room, sizeof(place));
			s->places[s->nplaces++] = place;
			if (map_set_str(&s->sites, place.key, site) != 0)
				xalloc_die(sizeof(*l));
		}
	}
	map_release(&counts);
}

/* Blocks are partners that serve the same zone in the same place; the first such zone decides. */
static void
pair_blocks(struct side *a, struct side *b)
{
	for (size_t i = 0; i < a->nplaces; i++) {
		const struct cfc_block *block = a->places[i].site->block;
		const struct cfc_site *other = map_get_str(&b->sites, a->places[i].key);

		if (other == NULL || a->partner[block->index] != NULL ||
		    b->partner[other->block->index] != NULL)
			continue;
		a->partner[block->index] = other->block;
		b->partner[other->block->index] = block;
	}
}

/* Blocks that lost all their zones to other listeners: the same zones, wherever they are served. */
static void
pair_by_name(struct side *a, struct side *b)
{
	for (size_t i = 0; i < a->plan->nblocks; i++) {
		const struct cfc_block *block = a->plan->blocks[i];
		if (a->partner[i] != NULL || b->plan->nblocks <= i)
			continue;
		const struct cfc_block *other = b->plan->blocks[i];
		if (b->partner[i] != NULL ||
		    strcmp(cfc_block_zone(block), cfc_block_zone(other)) != 0)
			continue;
		a->partner[i] = other;
		b->partner[i] = block;
	}
}

static const struct cfc_listen *
find_listen(struct cfc *c, const struct cfc_plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->nlistens; i++)
		if (strcmp(cfc_listen_text(c, &plan->listens[i]), text) == 0)
			return &plan->listens[i];
	return NULL;
}

static void
compare_listeners(struct cfc *c, const struct cfc_plan *a, const struct cfc_plan *b,
		  enum cfc_difference_kind kind, struct cfc_comparison *d)
{
	for (size_t i = 0; i < a->nlistens; i++) {
		const char *text = cfc_listen_text(c, &a->listens[i]);
		const struct cfc_difference change = { .kind = kind,
						       .where = text,
						       .subject = text };
		if (find_listen(c, b, text) == NULL)
			cfc_compare_add(c, d, &change);
	}
}

static const char *
zone_text(struct cfc *c, const struct cfc_site *site)
{
	if (site->block->view == NULL)
		return site->zone.text;
	return cfc_printf(c, "%s, view '%s'", site->zone.text, site->block->view);
}

/* Zones of a that b has not, or has in a block that is no partner. */
static void
compare_zones(struct cfc *c, const struct side *a, const struct side *b, bool a_is_old,
	      struct cfc_comparison *d)
{
	for (size_t i = 0; i < a->nplaces; i++) {
		const struct cfc_site *site = a->places[i].site;
		const struct cfc_site *other = map_get_str(&b->sites, a->places[i].key);
		struct cfc_difference change = {
			.kind = a_is_old ? CFC_ZONE_REMOVED : CFC_ZONE_ADDED,
			.where = cfc_listen_text(c, a->places[i].listen),
			.subject = zone_text(c, site),
			.old_place = a_is_old ? &site->span : NULL,
			.new_place = a_is_old ? NULL : &site->span,
		};

		if (other != NULL && (!a_is_old || a->partner[site->block->index] == other->block))
			continue;
		if (other != NULL) {
			change.kind = CFC_ZONE_MOVED;
			change.new_place = &other->span;
		}
		cfc_compare_add(c, d, &change);
	}
}

void
cfc_compare(struct cfc *c, const struct cfc_plan *old, const struct cfc_plan *new,
	    struct cfc_comparison *d)
{
	struct side a, b;

	open_side(c, &a, old);
	open_side(c, &b, new);
	pair_blocks(&a, &b);
	pair_by_name(&a, &b);
	compare_listeners(c, old, new, CFC_LISTENER_REMOVED, d);
	compare_listeners(c, new, old, CFC_LISTENER_ADDED, d);
	compare_zones(c, &a, &b, true, d);
	compare_zones(c, &b, &a, false, d);
	for (size_t i = 0; i < old->nblocks; i++)
		if (a.partner[i] != NULL)
			cfc_compare_chains(c, old->blocks[i], a.partner[i], d);
	cfc_compare_paths(c, old, new, d);
	map_release(&a.sites);
	map_release(&b.sites);
}
