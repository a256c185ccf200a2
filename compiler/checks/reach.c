/*
 * reach.c - rules about what queries never come to: plugins behind others, zones that another block
 * has, fallthrough without anything behind it.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "compiler/checks/facts.h"
#include "compiler/fix.h"
#include "dns/name.h"

static bool
is_within(const struct rt_name *zone, const struct rt_names *zones)
{
	for (unsigned i = 0; i < zones->n; i++) {
		if (dns_name_is_subdomain(zone->wire, zones->v[i].wire))
			return true;
	}
	return false;
}

/* The first instance before `in` that keeps all queries for the zone to itself, or NULL. */
static const struct cfc_instance *
taker_of(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in,
	 const struct rt_name *zone)
{
	for (const struct cfc_instance *e = block->instances; e != in; e = e->next) {
		struct rt_names reach = cfc_instance_reach(c, e, block);

		/* Most are for other zones, which is quickly seen. */
		if (((e->plugin->traits & CFC_TERMINAL) || is_within(zone, &reach)) &&
		    cfc_instance_takes_all(e, zone))
			return e;
	}
	return NULL;
}

static const struct cfc_instance *
find_taker_of_all(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	struct rt_names reach = cfc_instance_reach(c, in, block);
	const struct cfc_instance *first = NULL;

	for (unsigned i = 0; i < reach.n; i++) {
		const struct cfc_instance *taker = taker_of(c, block, in, &reach.v[i]);

		if (taker == NULL)
			return NULL;
		if (first == NULL)
			first = taker;
	}
	return first;
}

/* The same for all zones that queries can come for: the taker of the first of them. */
static const struct cfc_instance *
taker_of_all(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	if (!in->facts->has_taker) {
		in->facts->taker = find_taker_of_all(c, block, in);
		in->facts->has_taker = true;
	}
	return in->facts->taker;
}

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

static const char *
zone_list(struct cfc *c, const struct rt_names *zones)
{
	struct cfc_text text = { 0 };

	for (unsigned i = 0; i < zones->n; i++)
		cfc_text_add(c, &text, " ", cfc_zone_words(&zones->v[i]));
	return cfc_text(&text);
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
	const struct cfc_instance *taker = taker_of_all(c, block, in);

	if (taker == NULL || taker->plugin == in->plugin)
		return;
	struct rt_names reach = cfc_instance_reach(c, in, block);
	cfc_rule_report(c, self, in->directive->name.span,
			"'%s' never sees a query: '%s' runs before it and answers for %s",
			in->plugin->name, taker->plugin->name, zone_list(c, &reach));
	note_taker(c, in, taker);
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
	struct rt_names has = cfc_instance_reach(c, hosts, block);
	for (const struct cfc_instance *in = hosts->next; in != NULL; in = in->next) {
		struct rt_names reach = cfc_instance_reach(c, in, block);
		unsigned taken = 0;

		for (unsigned i = 0; i < reach.n; i++)
			taken += is_within(&reach.v[i], &has);
		if ((in->plugin->traits & CFC_ANSWERS) == 0 || taken == 0 || taken < reach.n)
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
	const struct cfc_instance *taker = taker_of_all(c, block, in);

	if (taker == NULL || taker->plugin != in->plugin || !is_tried_in_turn(in->plugin))
		return;
	struct rt_names reach = cfc_instance_reach(c, in, block);
	cfc_rule_report(c, self, in->directive->name.span,
			"this '%s' is never used: an earlier one takes all queries for %s",
			in->plugin->name, zone_list(c, &reach));
	cfc_note(c, taker->directive->name.span,
		 "the earlier one; the first that fits decides, so put the special one first");
}

void
cfc_check_stanzas(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_stanza);
}

/* ---- CF3005 ---- */

/*
 * Whether the order on the page would have another result: what stands first there has all names of what
 * stands behind it, and runs after it.  Nobody takes `forward` at the top for the first to be asked.
 */
static void
check_order(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	    const struct cfc_instance *later)
{
	if ((later->plugin->traits & CFC_RECURSIVE) || taker_of_all(c, block, later) != NULL)
		return;
	for (const struct cfc_instance *in = block->instances; in != later; in = in->next) {
		struct rt_names reach = cfc_instance_reach(c, in, block);
		bool all = reach.n > 0;

		if ((in->plugin->traits & CFC_ANSWERS) == 0 || in->plugin == later->plugin ||
		    is_before(in->directive->name.span, later->directive->name.span))
			continue;
		for (unsigned i = 0; i < reach.n; i++)
			all = all && cfc_instance_takes_all(later, &reach.v[i]);
		if (!all)
			continue;
		cfc_rule_report(c, self, later->directive->name.span,
				"'%s' stands first and is asked last: '%s' runs before it",
				later->plugin->name, in->plugin->name);
		cfc_note(c, in->directive->name.span,
			 "plugins run in CoreDNS's order; write them in that order");
		return;
	}
}

void
cfc_check_order(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_answering(c, self, plan, check_order);
}

/* ---- CF3022 ---- */

/* The first instance that answers for something in the zone; NULL also if one answers for all of it. */
static const struct cfc_instance *
answering_part(const struct cfc_block *block, const struct rt_name *zone)
{
	const struct cfc_instance *part = NULL;

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		struct rt_names zones;

		if ((in->plugin->traits & CFC_ANSWERS) == 0)
			continue;
		if (!cfc_instance_zones(in, block, &zones))
			return NULL; /* it is for all of the block */
		for (unsigned i = 0; i < zones.n; i++) {
			if (dns_name_is_subdomain(zone->wire, zones.v[i].wire))
				return NULL;
			if (part == NULL && dns_name_is_subdomain(zones.v[i].wire, zone->wire))
				part = in;
		}
	}
	return part;
}

void
cfc_check_rest(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];

		for (unsigned j = 0; j < block->zones.n; j++) {
			const struct rt_name *zone = &block->zones.v[j];
			const struct cfc_instance *part = answering_part(block, zone);

			if (part == NULL || block->tree->nkeys == 0)
				continue;
			struct rt_names reach = cfc_instance_reach(c, part, block);
			cfc_rule_report(c, self, block->tree->keys[0].span,
					"nothing here answers for names of %s outside of %s: "
					"clients get SERVFAIL",
					zone->nlabels == 0 ? "'.'" : zone->text,
					reach.n > 0 ? zone_list(c, &reach) : "its parts");
			cfc_note(c, part->directive->name.span,
				 "this is what answers; write its zones as the keys, or add what "
				 "answers for the rest");
			break;
		}
	}
}

/* ---- CF3013 ---- */

/* Whether something behind the instance can answer for names in the zone. */
static bool
is_continued(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in,
	     const struct rt_name *zone)
{
	for (const struct cfc_instance *e = in->next; e != NULL; e = e->next) {
		struct rt_names reach = cfc_instance_reach(c, e, block);

		for (unsigned i = 0; (e->plugin->traits & CFC_ANSWERS) && i < reach.n; i++) {
			if (cfc_zones_meet(&reach.v[i], zone) != NULL)
				return true;
		}
	}
	return false;
}

static void
check_fallthrough(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		  const struct cfc_instance *in)
{
	const struct rt_fallthrough *falls = cfc_instance_fallthrough(in);
	const struct cfc_line *line = cfc_find_line(in->directive, "fallthrough");
	struct rt_names reach = cfc_instance_reach(c, in, block);

	if (falls == NULL || line == NULL || reach.n == 0 || taker_of_all(c, block, in) != NULL)
		return;
	const struct rt_names *zones = falls->zones.n > 0 ? &falls->zones : &reach;
	for (unsigned i = 0; i < zones->n; i++) {
		if (is_continued(c, block, in, &zones->v[i]))
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
