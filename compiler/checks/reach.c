/*
 * reach.c - rules about what queries never come to: plugins behind others, zones that another block
 * has, fallthrough without anything behind it.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "compiler/checks/chain.h"
#include "compiler/checks/facts.h"
#include "compiler/fix.h"
#include "dns/name.h"

typedef void block_fn(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		      const struct cfc_instance *in);

static void
each_answering(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	       block_fn *check)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (in->plugin->traits & CFC_ANSWERS)
				check(c, self, plan->blocks[i], in);
		}
	}
}

/* ---- CF3004 ---- */

#define LISTED_MAX 8u /* zones in a sentence: each of 1,000 stanzas may be for 1,000 zones */

/* The zones that queries for the instance can come for, as they stand in a sentence. */
static const char *
zone_list(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	struct cfc_reach *reach = cfc_chain_reach(c, block, in);
	struct cfc_text text = { 0 };

	for (unsigned i = 0; reach->text == NULL && i < reach->names.n && i < LISTED_MAX; i++)
		cfc_text_add(c, &text, " ", cfc_zone_words(&reach->names.v[i]));
	if (reach->text == NULL && reach->names.n > LISTED_MAX)
		cfc_text_add(c, &text, " ",
			     cfc_printf(c, "and %u more", reach->names.n - LISTED_MAX));
	if (reach->text == NULL)
		reach->text = cfc_text(&text);
	return reach->text;
}

static bool
is_before(struct cfc_span a, struct cfc_span b)
{
	return cfc_span_compare(a, b) < 0;
}

static void
note_taker(struct cfc *c, const struct cfc_instance *in, const struct cfc_instance *taker)
{
	bool keeps = (taker->plugin->traits & CFC_KEEPS) != 0;

	cfc_note(
		c, taker->directive->name.span,
		keeps ? "'%s' here answers for all names of its zones; add 'fallthrough' to pass on "
			"those that it does not have"
		      : "remove '%s', or this one",
		taker->plugin->name);
	if (is_before(in->directive->name.span, taker->directive->name.span))
		cfc_note(c, cfc_no_span(),
			 "plugins run in CoreDNS's order, whatever the order in the Corefile");
}

static void
check_unreached(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		const struct cfc_instance *in)
{
	const struct cfc_instance *taker = cfc_chain_taker_before(c, block, in);

	if (taker == NULL || taker->plugin == in->plugin)
		return;
	cfc_rule_report(c, self, in->directive->name.span,
			"'%s' never sees a query: '%s' runs before it and answers for %s",
			in->plugin->name, taker->plugin->name, zone_list(c, block, in));
	note_taker(c, in, taker);
}

static struct map *
zones_of(struct cfc *c, const struct cfc_reach *reach)
{
	struct map *zones = cfc_map(c);

	for (unsigned i = 0; i < reach->names.n; i++)
		cfc_map_set(zones, reach->names.v[i].wire, reach->names.v[i].len, reach);
	return zones;
}

/* Whether each name is one of the zones or below one. */
static bool
is_within(const struct map *zones, const struct cfc_reach *reach)
{
	for (unsigned i = 0; i < reach->names.n; i++) {
		const struct rt_name *name = &reach->names.v[i];
		bool found = false;

		for (unsigned j = 0; !found && j <= name->nlabels; j++) {
			const uint8_t *zone = dns_name_parent(name->wire, j);

			found = cfc_map_get(zones, zone, dns_name_len(zone)) != NULL;
		}
		if (!found)
			return false;
	}
	return true;
}

/*
 * `hosts` without fallthrough has all names of its zones, too, but lets reverse lookups of addresses
 * pass that it does not have.
 */
static void
check_behind_hosts(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	const struct cfc_instance *hosts = cfc_block_find(block, "hosts");

	if (hosts == NULL || cfc_instance_fallthrough(hosts) != NULL)
		return;
	const struct cfc_reach *has = cfc_chain_reach(c, block, hosts), *last = NULL;
	struct map *zones = zones_of(c, has);
	bool all = false;

	for (const struct cfc_instance *in = hosts->next; in != NULL; in = in->next) {
		const struct cfc_reach *reach = cfc_chain_reach(c, block, in);

		if ((in->plugin->traits & CFC_ANSWERS) == 0)
			continue;
		if (reach != last)
			all = reach == has || is_within(zones, reach);
		last = reach;
		if (!all || reach->names.n == 0)
			continue;
		cfc_rule_report(c, self, in->directive->name.span,
				"'%s' sees only reverse lookups: 'hosts' answers all others",
				in->plugin->name);
		cfc_note(c, hosts->directive->name.span,
			 "add 'fallthrough' here to pass on the names that it does not have");
		cfc_fix_add_line(c, "add 'fallthrough' to 'hosts'", hosts->directive,
				 "fallthrough");
	}
}

void
cfc_check_unreached(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_unreached);
	for (size_t i = 0; i < plan->nblocks; i++)
		check_behind_hosts(c, self, plan->blocks[i]);
}

/* ---- CF3003: stanzas of one plugin ---- */

/* Others find the stanza with the longest zone, have only one, or look themselves. */
static bool
is_tried_in_turn(const struct cfc_plugin *p)
{
	return (p->traits & CFC_RECURSIVE) != 0;
}

static void
check_stanza(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	     const struct cfc_instance *in)
{
	const struct cfc_instance *taker = cfc_chain_taker_before(c, block, in);

	if (taker == NULL || taker->plugin != in->plugin || !is_tried_in_turn(in->plugin))
		return;
	cfc_rule_report(c, self, in->directive->name.span,
			"this '%s' is never used: an earlier one takes all queries for %s",
			in->plugin->name, zone_list(c, block, in));
	cfc_note(c, taker->directive->name.span,
		 "the earlier one; the first that fits decides, so put the special one first");
}

void
cfc_check_stanzas(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_stanza);
}

/* ---- CF3005 ---- */

static int
compare_pages(const void *a, const void *b)
{
	const struct cfc_instance *const *x = a, *const *y = b;

	return cfc_span_compare((*x)->directive->name.span, (*y)->directive->name.span);
}

/* Tells the instances of a block where they stand among each other on the page. */
static void
number_pages(struct cfc *c, const struct cfc_block *block)
{
	const struct cfc_instance **list = cfc_array(c, block->ninstances + 1, sizeof(*list));
	unsigned n = 0;

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next)
		list[n++] = in;
	qsort(list, n, sizeof(*list), compare_pages);
	for (unsigned i = 0; i < n; i++) {
		bool same = i > 0 && compare_pages(&list[i - 1], &list[i]) == 0;

		list[i]->facts->page = same ? list[i - 1]->facts->page : i + 1;
	}
}

/* Whether what stands first on the page has all that the other one could see, and yet runs after it. */
static bool
is_overtaken(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *later,
	     const struct cfc_instance *in)
{
	struct rt_names reach = cfc_instance_reach(c, in, block);

	if (in->plugin == later->plugin || in->facts->page < later->facts->page)
		return false;
	for (unsigned i = 0; i < reach.n; i++) {
		if (!cfc_instance_takes_all(later, &reach.v[i]))
			return false;
	}
	return reach.n > 0;
}

/* The first instance that is overtaken; of those with names below a zone, since only these can be. */
static const struct cfc_instance *
find_overtaken(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *later,
	       const struct rt_name *zone, const struct cfc_instance *best)
{
	struct cfc_instances below = cfc_chain_below(c, block, zone);

	for (unsigned i = 0; i < below.n; i++) {
		const struct cfc_instance *in = below.v[i];

		if (in->place >= later->place || (best != NULL && in->place >= best->place))
			break;
		if (is_overtaken(c, block, later, in))
			return in;
	}
	return best;
}

/*
 * Whether the order on the page would have another result: what stands first there has all names of what
 * stands behind it, and runs after it.  Nobody takes `forward` at the top for the first to be asked.
 */
static void
check_order(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	    const struct cfc_instance *later)
{
	static const struct rt_name root = { .wire = (const uint8_t *)"", .len = 1, .text = "." };
	const struct cfc_instance *in = NULL;
	struct rt_names zones;

	if ((later->plugin->traits & CFC_RECURSIVE) || !cfc_instance_takes_some(later) ||
	    cfc_chain_taker_before(c, block, later) != NULL)
		return;
	if (later->facts->page == 0)
		number_pages(c, block);
	if ((later->plugin->traits & CFC_TERMINAL) || !cfc_instance_zones(later, block, &zones))
		zones = (struct rt_names){ &root, 1 };
	for (unsigned i = 0; i < zones.n; i++)
		in = find_overtaken(c, block, later, &zones.v[i], in);
	if (in == NULL)
		return;
	cfc_rule_report(c, self, later->directive->name.span,
			"'%s' stands first and is asked last: '%s' runs before it",
			later->plugin->name, in->plugin->name);
	cfc_note(c, in->directive->name.span,
		 "plugins run in CoreDNS's order; write them in that order");
}

void
cfc_check_order(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_order);
}

/* ---- CF3022 ---- */

void
cfc_check_rest(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];

		for (unsigned j = 0; j < block->zones.n; j++) {
			const struct rt_name *zone = &block->zones.v[j];
			const struct cfc_instance *part = cfc_chain_part(c, block, zone);

			if (part == NULL || block->tree->nkeys == 0)
				continue;
			struct rt_names reach = cfc_instance_reach(c, part, block);
			cfc_rule_report(c, self, block->tree->keys[0].span,
					"nothing here answers for names of %s outside of %s: "
					"clients get SERVFAIL",
					zone->nlabels == 0 ? "'.'" : zone->text,
					reach.n > 0 ? zone_list(c, block, part) : "its parts");
			cfc_note(c, part->directive->name.span,
				 "this is what answers; write its zones as the keys, or add what "
				 "answers for the rest");
			break;
		}
	}
}

/* ---- CF3013 ---- */

static void
check_fallthrough(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		  const struct cfc_instance *in)
{
	const struct rt_fallthrough *falls = cfc_instance_fallthrough(in);
	const struct cfc_line *line = cfc_find_line(in->directive, "fallthrough");
	struct rt_names reach = cfc_instance_reach(c, in, block);

	if (falls == NULL || line == NULL || reach.n == 0 ||
	    cfc_chain_taker_before(c, block, in) != NULL)
		return;
	const struct rt_names *zones = falls->zones.n > 0 ? &falls->zones : &reach;
	for (unsigned i = 0; i < zones->n; i++) {
		if (cfc_chain_continues(c, block, in, &zones->v[i]))
			return;
	}
	bool denies = (in->plugin->traits & CFC_KEEPS) && strcmp(in->plugin->name, "template") != 0;
	cfc_rule_report(
		c, self, line->tokens[0].span,
		denies ? "nothing behind '%s' answers: names that it does not have get SERVFAIL"
		       : "'fallthrough' leads nowhere: nothing behind '%s' answers",
		in->plugin->name);
	cfc_note(
		c, cfc_no_span(),
		denies ? "remove it, so that the answer is that they do not exist, or add a plugin "
			 "such as 'forward'"
		       : "remove it, or add a plugin such as 'forward'");
	cfc_fix_delete_line(c, "remove 'fallthrough'", line);
}

void
cfc_check_fallthrough(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_fallthrough);
}
