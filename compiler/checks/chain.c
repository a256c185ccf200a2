/*
 * chain.c - which plugins of a server block are there for a zone.
 */
#include "config.h"

#include "compiler/checks/chain.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "compiler/cfc.h"
#include "compiler/checks/facts.h"
#include "dns/name.h"

/* What is known of one name. */
struct name {
	unsigned key; /* 1 + its number among the zones of the block; 0 = it is none */
	struct {
		unsigned *v; /* numbers of the block's zones, in order */
		unsigned n;
	} keys; /* that are this one or below it */
	struct {
		struct cfc_reach **v;
		unsigned n;
	} reaches;              /* that it is in */
	struct cfc_reach *only; /* of the instances that are for this zone and no other */
	unsigned answering;     /* as in struct cfc_reach, of this name and those below it */
	bool is_answered;       /* an answering instance names it */
	const struct cfc_instance *part; /* the first answering one that names it or a name below */
	struct {
		const struct cfc_instance **v;
		unsigned n;
	} below;                          /* cfc_chain_below() */
	const struct cfc_instance *taker; /* cfc_chain_taker() */
	bool has_taker;
};

struct cfc_block_facts {
	struct map *names;              /* wire form -> struct name */
	struct cfc_reach *reaches;      /* all */
	struct cfc_reach *whole;        /* of instances that name no zones */
	bool whole_answers;             /* one of those answers */
	const struct cfc_instance *end; /* the first that answers every query; NULL = none */
};

/* ---- names ---- */

/* What is known of the zone with the first labels taken off; NULL = nothing. */
static struct name *
find_name(const struct cfc_block_facts *f, const struct rt_name *zone, unsigned labels)
{
	const uint8_t *wire = dns_name_parent(zone->wire, labels);

	return map_get(f->names, (const char *)wire, zone->len - (size_t)(wire - zone->wire));
}

static struct name *
name_of(struct cfc *c, const struct cfc_block_facts *f, const struct rt_name *zone, unsigned labels)
{
	const uint8_t *wire = dns_name_parent(zone->wire, labels);
	size_t len = zone->len - (size_t)(wire - zone->wire);
	struct name *n = find_name(f, zone, labels);

	if (n != NULL)
		return n;
	n = cfc_array(c, 1, sizeof(*n));
	cfc_map_set(f->names, wire, len, n);
	return n;
}

static void
add_key(struct cfc *c, struct cfc_block_facts *f, const struct rt_name *zone, unsigned number)
{
	struct cfc_bind b = { .c = c };

	name_of(c, f, zone, 0)->key = number + 1;
	for (unsigned i = 0; i <= zone->nlabels; i++)
		*(unsigned *)cfc_list_add(&b, &name_of(c, f, zone, i)->keys, sizeof(number)) =
			number;
}

/* ---- reaches ---- */

static struct cfc_reach *
new_reach(struct cfc *c, struct cfc_block_facts *f, struct rt_names names)
{
	struct cfc_reach *r = cfc_array(c, 1, sizeof(*r));

	r->names = names;
	r->next = f->reaches;
	f->reaches = r;
	return r;
}

static int
compare_numbers(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What of the zone comes to the block: for each zone of the block, in order, the one in the other. */
static void
add_meeting(struct cfc *c, const struct cfc_block_facts *f, const struct cfc_block *block,
	    const struct rt_name *zone, struct rt_names *out)
{
	struct cfc_bind b = { .c = c };
	const struct name *self = find_name(f, zone, 0);
	unsigned nbelow = self == NULL ? 0 : self->keys.n, n = 0;
	unsigned *numbers = cfc_array(c, nbelow + zone->nlabels + 1, sizeof(*numbers));

	for (; n < nbelow; n++)
		numbers[n] = self->keys.v[n];
	for (unsigned i = 1; i <= zone->nlabels; i++) {
		const struct name *above = find_name(f, zone, i);

		if (above != NULL && above->key != 0)
			numbers[n++] = above->key - 1;
	}
	qsort(numbers, n, sizeof(*numbers), compare_numbers);
	for (unsigned i = 0; i < n; i++)
		*(struct rt_name *)cfc_list_add(&b, out, sizeof(*zone)) =
			*cfc_zones_meet(zone, &block->zones.v[numbers[i]]);
}

/* Those of instances with one zone, as most are, and all that are for the whole block are shared. */
static struct cfc_reach *
find_reach(struct cfc *c, struct cfc_block_facts *f, const struct cfc_block *block,
	   const struct cfc_instance *in)
{
	struct rt_names zones, names = { NULL, 0 };

	if (!cfc_instance_zones(in, block, &zones))
		return f->whole;
	struct name *only = zones.n == 1 ? name_of(c, f, &zones.v[0], 0) : NULL;
	if (only != NULL && only->only != NULL)
		return only->only;
	for (unsigned i = 0; i < zones.n; i++)
		add_meeting(c, f, block, &zones.v[i], &names);
	struct cfc_reach *r = new_reach(c, f, names);
	if (only != NULL)
		only->only = r;
	return r;
}

static void
add_member(struct cfc *c, struct cfc_reach *r, const struct cfc_instance *in)
{
	struct cfc_bind b = { .c = c };

	*(const struct cfc_instance **)cfc_list_add(&b, &r->members, sizeof(in)) = in;
	if (r->keeper == NULL && (in->plugin->traits & CFC_KEEPS))
		r->keeper = in;
	if (r->forwarder == NULL && cfc_instance_forwards(in))
		r->forwarder = in;
	if (in->plugin->traits & CFC_ANSWERS)
		r->answering = in->place + 1;
}

static void
add_answering(struct cfc *c, struct cfc_block_facts *f, const struct cfc_block *block,
	      const struct cfc_instance *in)
{
	struct cfc_bind b = { .c = c };
	struct rt_names names = in->facts->reach->names, zones;
	const struct rt_name *first = names.v;

	for (unsigned i = 0; names.n > 0 && i <= first->nlabels; i++)
		*(const struct cfc_instance **)cfc_list_add(&b, &name_of(c, f, first, i)->below,
							    sizeof(in)) = in;
	if (!cfc_instance_zones(in, block, &zones)) {
		f->whole_answers = true;
		return;
	}
	for (unsigned i = 0; i < zones.n; i++) {
		name_of(c, f, &zones.v[i], 0)->is_answered = true;
		for (unsigned j = 0; j <= zones.v[i].nlabels; j++) {
			struct name *n = name_of(c, f, &zones.v[i], j);

			n->part = n->part == NULL ? in : n->part;
		}
	}
}

/* Each name of the reach, and those above it, get to know it. */
static void
spread_reach(struct cfc *c, struct cfc_block_facts *f, struct cfc_reach *r)
{
	struct cfc_bind b = { .c = c };

	for (unsigned i = 0; i < r->names.n && r->members.n > 0; i++) {
		const struct rt_name *zone = &r->names.v[i];
		struct name *n = name_of(c, f, zone, 0);

		if (n->reaches.n == 0 || n->reaches.v[n->reaches.n - 1] != r)
			*(struct cfc_reach **)cfc_list_add(&b, &n->reaches, sizeof(r)) = r;
		for (unsigned j = 0; j <= zone->nlabels; j++) {
			n = name_of(c, f, zone, j);
			if (n->answering < r->answering)
				n->answering = r->answering;
		}
	}
}

static struct cfc_block_facts *
facts_of(struct cfc *c, const struct cfc_block *block)
{
	struct cfc_block_facts *f = *block->facts;

	if (f != NULL)
		return f;
	f = *block->facts = cfc_array(c, 1, sizeof(*f));
	f->names = cfc_map(c);
	f->whole = new_reach(c, f, block->zones);
	for (unsigned i = 0; i < block->zones.n; i++)
		add_key(c, f, &block->zones.v[i], i);
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		in->facts->reach = find_reach(c, f, block, in);
		add_member(c, in->facts->reach, in);
		if (in->plugin->traits & CFC_ANSWERS)
			add_answering(c, f, block, in);
		if (f->end == NULL && (in->plugin->traits & CFC_TERMINAL))
			f->end = in;
	}
	for (struct cfc_reach *r = f->reaches; r != NULL; r = r->next)
		spread_reach(c, f, r);
	return f;
}

struct cfc_reach *
cfc_chain_reach(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	facts_of(c, block);
	return in->facts->reach;
}

/* ---- who takes all ---- */

static bool
takes_some(const struct cfc_instance *in)
{
	if (!in->facts->has_takes) {
		in->facts->takes = cfc_instance_takes_some(in);
		in->facts->has_takes = true;
	}
	return in->facts->takes;
}

static bool
is_before(const struct cfc_instance *a, const struct cfc_instance *b)
{
	return b == NULL || a->place < b->place;
}

static const struct cfc_instance *
find_taker(const struct cfc_block_facts *f, const struct rt_name *zone)
{
	const struct cfc_instance *best = f->end;

	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct name *n = find_name(f, zone, i);

		for (unsigned j = 0; n != NULL && j < n->reaches.n; j++) {
			const struct cfc_reach *r = n->reaches.v[j];

			for (unsigned k = 0; k < r->members.n && is_before(r->members.v[k], best);
			     k++) {
				if (takes_some(r->members.v[k]) &&
				    cfc_instance_takes_all(r->members.v[k], zone))
					best = r->members.v[k];
			}
		}
	}
	return best;
}

const struct cfc_instance *
cfc_chain_taker(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_block_facts *f = facts_of(c, block);
	struct name *n = name_of(c, f, zone, 0);

	if (!n->has_taker) {
		n->taker = find_taker(f, zone);
		n->has_taker = true;
	}
	return n->taker;
}

static void
find_taker_of_reach(struct cfc *c, const struct cfc_block *block, struct cfc_reach *r)
{
	r->taken_from = 1;
	for (unsigned i = 0; i < r->names.n && r->taken_from != UINT_MAX; i++) {
		const struct cfc_instance *taker = cfc_chain_taker(c, block, &r->names.v[i]);

		if (taker == NULL)
			r->taken_from = UINT_MAX;
		else if (taker->place + 2 > r->taken_from)
			r->taken_from = taker->place + 2;
		if (i == 0)
			r->taker = taker;
	}
}

const struct cfc_instance *
cfc_chain_taker_before(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	struct cfc_reach *r = cfc_chain_reach(c, block, in);

	if (r->taken_from == 0)
		find_taker_of_reach(c, block, r);
	return in->place + 1 >= r->taken_from ? r->taker : NULL;
}

/* ---- who is there ---- */

typedef const struct cfc_instance *pick_fn(const struct cfc_reach *r);

static const struct cfc_instance *
keeper_of(const struct cfc_reach *r)
{
	return r->keeper;
}

static const struct cfc_instance *
forwarder_of(const struct cfc_reach *r)
{
	return r->forwarder;
}

/* Of all reaches that the zone lies in. */
static const struct cfc_instance *
first_for(const struct cfc_block_facts *f, const struct rt_name *zone, pick_fn *pick)
{
	const struct cfc_instance *best = NULL;

	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct name *n = find_name(f, zone, i);

		for (unsigned j = 0; n != NULL && j < n->reaches.n; j++) {
			const struct cfc_instance *in = pick(n->reaches.v[j]);

			if (in != NULL && is_before(in, best))
				best = in;
		}
	}
	return best;
}

const struct cfc_instance *
cfc_chain_keeper(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	return first_for(facts_of(c, block), zone, keeper_of);
}

const struct cfc_instance *
cfc_chain_forwarder(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	return first_for(facts_of(c, block), zone, forwarder_of);
}

bool
cfc_chain_continues(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in,
		    const struct rt_name *zone)
{
	const struct cfc_block_facts *f = facts_of(c, block);
	const struct name *self = find_name(f, zone, 0);
	unsigned last = self == NULL ? 0 : self->answering;

	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct name *n = find_name(f, zone, i);

		for (unsigned j = 0; n != NULL && j < n->reaches.n; j++) {
			if (n->reaches.v[j]->answering > last)
				last = n->reaches.v[j]->answering;
		}
	}
	return last > in->place + 1;
}

const struct cfc_instance *
cfc_chain_part(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_block_facts *f = facts_of(c, block);
	const struct name *self = find_name(f, zone, 0);

	if (f->whole_answers)
		return NULL;
	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct name *n = find_name(f, zone, i);

		if (n != NULL && n->is_answered)
			return NULL;
	}
	return self == NULL ? NULL : self->part;
}

struct cfc_instances
cfc_chain_below(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct name *n = find_name(facts_of(c, block), zone, 0);
	struct cfc_instances list = { NULL, 0 };

	if (n != NULL) {
		list.v = n->below.v;
		list.n = n->below.n;
	}
	return list;
}

bool
cfc_chain_has_zone_in(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct name *n = find_name(facts_of(c, block), zone, 0);

	return n != NULL && n->keys.n > 0;
}

bool
cfc_chain_has_zone_at(struct cfc *c, const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_block_facts *f = facts_of(c, block);

	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct name *n = find_name(f, zone, i);

		if (n != NULL && (n->key != 0 || (i == 0 && n->keys.n > 0)))
			return true;
	}
	return block->zones.n == 0;
}
