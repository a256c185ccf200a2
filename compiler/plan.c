/*
 * plan.c - from the effective tree to listeners, sites, server blocks and plugin instances.
 */
#include "config.h"

#include "compiler/plan.h"

#include <string.h>

#include "base/xalloc.h"
#include "compiler/fields.h"
#include "compiler/fix.h"
#include "compiler/bind/options.h"
#include "compiler/plugins.h"
#include "compiler/bind/value.h"
#include "dns/name.h"
#include "dns/types.h"

/* ---- instances ---- */

static struct cfc_instance *
new_instance(struct cfc *c, struct cfc_block *block, const struct cfc_plugin *plugin,
	     const struct cfc_directive *d)
{
	struct cfc_instance *in = cfc_array(c, 1, sizeof(*in));
	struct cfc_instance *before = block->last;

	in->plugin = plugin;
	in->directive = d;
	in->copy = 1;
	in->config = cfc_array(c, 1, plugin->config_size);
	in->was_set = cfc_array(c, 1, plugin->config_size + 1);
	in->facts = cfc_array(c, 1, sizeof(*in->facts));
	/* Plugins are bound one after the other, so all copies of one stand together. */
	if (before != NULL && before->plugin == plugin)
		in->copy = before->copy + 1;
	*(before == NULL ? &block->instances : &before->next) = in;
	block->last = in;
	in->place = block->ninstances++;
	return in;
}

static void
report_again(struct cfc *c, const struct cfc_plugin *p, const struct cfc_directive *d,
	     const struct cfc_directive *first)
{
	struct cfc_span span = d->name.span;

	if (p->repeat == CFC_REPEAT_ERROR)
		cfc_error(c, span, "CF2010", "'%s' is given twice in one server block", p->name);
	else if (p->repeat == CFC_REPEAT_FIRST)
		cfc_warn(c, span, "CF2010", "'%s' is given twice, this one has no effect", p->name);
	else
		cfc_warn(c, span, "CF2010", "'%s' is given twice, this one replaces the first",
			 p->name);
	cfc_note(c, first->name.span, "the first one is here");
	if (p->repeat == CFC_REPEAT_ERROR)
		cfc_fix_delete_same_directive(c, "remove the second one", d, first);
	else if (p->repeat == CFC_REPEAT_FIRST)
		cfc_fix_delete_directive(c, "remove the one without effect", d);
	else if (p->repeat == CFC_REPEAT_LAST)
		cfc_fix_delete_directive(c, "remove the one that is replaced", first);
}

/* Decides what a further directive of one plugin does; NULL: nothing more to bind. */
static struct cfc_instance *
instance_for(struct cfc *c, struct cfc_block *block, const struct cfc_plugin *p,
	     const struct cfc_directive *d, struct cfc_instance *before)
{
	bool each = p->repeat == CFC_REPEAT_EACH || (c->compat && p->repeat == CFC_REPEAT_LAST);

	if (before == NULL || each) /* CoreDNS judges also what is replaced */
		return new_instance(c, block, p, d);
	if (c->compat && (p->directive.lax & CFC_LAX_REPEAT) != 0)
		return before;
	switch (p->repeat) {
	case CFC_REPEAT_ERROR:
	case CFC_REPEAT_FIRST:
		report_again(c, p, d, before->directive);
		return NULL;
	case CFC_REPEAT_LAST:
		report_again(c, p, d, before->directive);
		memset(before->config, 0, p->config_size);
		memset(before->was_set, 0, p->config_size + 1);
		before->directive = d;
		return before;
	case CFC_REPEAT_SAME:
		return NULL;
	case CFC_REPEAT_MERGE:
	case CFC_REPEAT_EACH:
		return before;
	}
	return before;
}

static void
finish_instance(struct cfc_bind *b, struct cfc_block *block, bool ok)
{
	if (b->instance == NULL || !ok)
		return;
	if (cfc_bind_finish(b, b->instance->config) && b->plugin->plan != NULL)
		b->plugin->plan(b, b->instance->config, block);
}

/* Binds all directives of one plugin in one block. */
static void
bind_plugin(struct cfc *c, struct cfc_block *block, const struct cfc_plugin *p)
{
	struct cfc_bind b = { .c = c, .plugin = p, .block = block, .root = block->root };
	struct cfc_instance *in = NULL;
	bool ok = true;

	for (size_t i = 0; i < block->tree->ndirectives; i++) {
		const struct cfc_directive *d = &block->tree->directives[i];

		if (strcmp(d->name.text, p->name) != 0)
			continue;
		struct cfc_instance *next = instance_for(c, block, p, d, in);
		if (next == NULL)
			continue;
		if (next != in) {
			finish_instance(&b, block, ok);
			ok = true;
		}
		b.directive = d;
		b.instance = next;
		if (next != in || p->repeat == CFC_REPEAT_LAST)
			cfc_bind_defaults(&b, next->config);
		in = next;
		ok = cfc_bind_directive(&b, in->config) && ok;
	}
	finish_instance(&b, block, ok);
}

static void
number_steps(struct cfc_block *block)
{
	for (struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		in->has_step = in->plugin->hooks != 0;
		if (in->has_step)
			in->step = block->nsteps++;
	}
}

/* What a directive's zones are to the zone asked about. */
struct cover {
	const struct cfc_instance *in;
	const struct rt_name *zone;
	bool limited; /* the directive names zones */
	bool covered; /* ... and one of them is the zone or above it */
	bool pierced; /* `except` takes something of the zone away, or answers are passed on */
};

/* `fallthrough` for names in the zone. */
static bool
falls_through(const struct rt_fallthrough *f, const struct rt_name *zone)
{
	for (unsigned i = 0; i < f->zones.n; i++) {
		if (dns_name_is_subdomain(f->zones.v[i].wire, zone->wire) ||
		    dns_name_is_subdomain(zone->wire, f->zones.v[i].wire))
			return true;
	}
	return false;
}

/* The plugin looks at queries of one type or class only. */
static bool
is_narrow(const struct cfc_field *f, const void *field)
{
	uint32_t code;

	if (f->kind != CFC_UINT)
		return false;
	memcpy(&code, field, sizeof(code));
	return (strcmp(f->field, "type") == 0 && code != DNS_TYPE_ANY) ||
	       (strcmp(f->field, "class") == 0 && code != DNS_CLASS_IN && code != DNS_CLASS_ANY);
}

static bool
covers(const struct rt_names *names, const struct rt_name *zone)
{
	for (unsigned i = 0; i < names->n; i++) {
		if (dns_name_is_subdomain(zone->wire, names->v[i].wire))
			return true;
	}
	return false;
}

/* Answers of some kind are passed on, whatever the name. */
static bool
passes_some(const struct cfc_field *f, const void *field)
{
	if (f->kind == CFC_FALLTHROUGH) {
		const struct rt_fallthrough *fall = field;

		return fall->enabled && fall->zones.n == 0;
	}
	/* `next RCODE...` and `next_on_nodata` hand some answers to the next of the kind. */
	if (f->kind == CFC_RCODES && strcmp(f->field, "next") == 0)
		return ((const struct rt_codes *)field)->n > 0;
	if (f->kind == CFC_FLAG && strcmp(f->field, "next_on_nodata") == 0)
		return *(const bool *)field;
	return is_narrow(f, field);
}

static void
cover_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct cover *v = arg;
	const void *field = (const char *)v->in->config + f->offset;
	const struct rt_names *names = field;

	(void)unit;
	v->pierced = v->pierced || passes_some(f, field);
	if (v->zone == NULL || v->pierced)
		return;
	if (f->kind == CFC_NAME && strcmp(f->field, "from") == 0) {
		v->limited = true;
		v->covered =
			dns_name_is_subdomain(v->zone->wire, ((const struct rt_name *)field)->wire);
	}
	if (f->kind == CFC_NAMES && strcmp(f->field, "zones") == 0 && names->n > 0) {
		v->limited = true;
		v->covered = covers(names, v->zone);
	}
	if (f->kind == CFC_FALLTHROUGH && falls_through(field, v->zone))
		v->pierced = true;
	if (f->kind != CFC_NAMES || strcmp(f->field, "except") != 0)
		return;
	for (unsigned i = 0; i < names->n; i++)
		v->pierced = v->pierced || dns_name_is_subdomain(names->v[i].wire, v->zone->wire) ||
			     dns_name_is_subdomain(v->zone->wire, names->v[i].wire);
}

static void
cover_args(struct cover *v)
{
	const struct cfc_option *opt = &v->in->plugin->directive;

	for (unsigned i = 0; i < opt->nargs; i++) {
		const void *field = (const char *)v->in->config + opt->args[i].offset;
		struct rt_names names = { field, 1 };

		if (opt->args[i].kind == CFC_ZONES)
			names = *(const struct rt_names *)field;
		else if (opt->args[i].kind != CFC_NAME)
			continue;
		v->limited = true;
		v->covered = v->covered || covers(&names, v->zone);
	}
}

bool
cfc_instance_takes_all(const struct cfc_instance *in, const struct rt_name *zone)
{
	struct cover v = { .in = in, .zone = zone };

	if (in->plugin->traits & CFC_TERMINAL)
		return true;
	if ((in->plugin->traits & (CFC_RECURSIVE | CFC_KEEPS)) == 0)
		return false;
	cover_args(&v);
	cfc_each_field(in->plugin, cover_field, &v);
	return (v.covered || !v.limited) && !v.pierced;
}

bool
cfc_instance_takes_some(const struct cfc_instance *in)
{
	struct cover v = { .in = in };

	if (in->plugin->traits & CFC_TERMINAL)
		return true;
	if ((in->plugin->traits & (CFC_RECURSIVE | CFC_KEEPS)) == 0)
		return false;
	cfc_each_field(in->plugin, cover_field, &v);
	return !v.pierced;
}

const struct cfc_zone_sites *
cfc_listen_sites(const struct cfc_listen *l, const uint8_t *zone)
{
	return cfc_map_get(l->zones, zone, dns_name_len(zone));
}

const char *
cfc_block_zone(const struct cfc_block *block)
{
	return block->zones.n > 0 ? block->zones.v[0].text : ".";
}

const struct cfc_instance *
cfc_block_find(const struct cfc_block *block, const char *plugin)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (strcmp(in->plugin->name, plugin) == 0)
			return in;
	}
	return NULL;
}

/* ---- blocks ---- */

static void
collect_zones(struct cfc *c, struct cfc_block *block)
{
	struct cfc_bind b = { .c = c };
	struct map *known = block->keys.count > 1 ? cfc_map(c) : NULL;

	for (size_t i = 0; i < block->keys.count; i++) {
		const struct cfc_zone *zone = &block->keys.list[i];

		if (known != NULL && cfc_map_get(known, zone->name, strlen(zone->name)) != NULL)
			continue;
		struct rt_name *name = cfc_list_add(&b, &block->zones, sizeof(*name));
		cfc_name_of_wire(c, zone->wire, name);
		if (known != NULL)
			cfc_map_set(known, name->text, strlen(name->text), name->text);
	}
}

static struct cfc_block *
build_block(struct cfc *c, const struct cfc_server *tree, unsigned index)
{
	struct cfc_block *block = cfc_array(c, 1, sizeof(*block));

	block->index = index;
	block->facts = cfc_array(c, 1, sizeof(struct cfc_block_facts *));
	block->tree = tree;
	block->name = tree->nkeys > 0 ? tree->keys[0].text : ".";
	cfc_server_zones(c, tree, &block->keys);
	collect_zones(c, block);
	for (size_t i = 0; i < tree->ndirectives; i++) {
		const struct cfc_token *name = &tree->directives[i].name;

		if (cfc_plugin_find(c, name->text, name->len) == NULL)
			cfc_plugin_unknown(c, name);
	}
	for (size_t i = 0; i < c->nplugins; i++)
		bind_plugin(c, block, c->plugins[i]);
	number_steps(block);
	return block;
}

/* ---- listeners ---- */

/* What was met already while sites were put on listeners. */
struct met {
	struct cfc_overlap *zones;
	struct map *binds;   /* `bind` arguments of a block as text -> their number */
	struct map *listens; /* struct listen_key -> its number */
};

/* What makes listeners the same. */
struct listen_key {
	unsigned scheme, port, binds;
};

/* The number by which the map knows the key: where it is new, how many there were before. */
static unsigned
number_of(struct cfc *c, struct map *numbers, const void *key, size_t len)
{
	unsigned *number = map_get(numbers, key, len);

	if (number == NULL) {
		number = cfc_array(c, 1, sizeof(*number));
		*number = (unsigned)map_count(numbers);
		xmap_set(numbers, key, len, number);
	}
	return *number;
}

static unsigned
number_of_binds(struct cfc *c, struct met *met, const struct cfc_block *block)
{
	struct cfc_text text = { 0 };

	for (size_t i = 0; i < block->nbinds; i++) {
		const struct cfc_bind_addr *b = &block->binds[i];

		cfc_text_add(c, &text, "",
			     cfc_printf(c, "%zu:%s %d %u\n", strlen(b->text), b->text, b->except,
					b->group));
	}
	return number_of(c, met->binds, cfc_text(&text), text.len);
}

static struct cfc_listen *
find_listen(struct cfc *c, struct cfc_plan *plan, struct met *met, const struct cfc_block *block,
	    const struct cfc_zone *zone, unsigned binds)
{
	struct cfc_bind b = { .c = c };
	struct {
		struct cfc_listen *v;
		unsigned n;
	} list = { plan->listens, (unsigned)plan->nlistens };
	struct listen_key key = { zone->scheme, zone->port, binds };
	unsigned number = number_of(c, met->listens, &key, sizeof(key));

	if (number < plan->nlistens)
		return &plan->listens[number];
	struct cfc_listen *l = cfc_list_add(&b, &list, sizeof(*l));
	plan->listens = list.v;
	plan->nlistens = list.n;
	l->index = list.n - 1;
	l->scheme = zone->scheme;
	l->port = zone->port;
	l->binds = block->binds;
	l->nbinds = block->nbinds;
	return l;
}

static bool
block_has_trait(const struct cfc_block *block, unsigned trait)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->traits & trait)
			return true;
	}
	return false;
}

/* The addresses that the block listens on: those named, and not left out again by the same `bind`. */
static struct rt_strings
open_addresses(struct cfc *c, const struct cfc_block *block)
{
	const char **open = cfc_array(c, block->nbinds + 1, sizeof(*open));
	struct map *closed = cfc_map(c);
	struct rt_strings list = { open, 0 };

	for (size_t i = 0; i < block->nbinds; i++) {
		const struct cfc_bind_addr *bind = &block->binds[i];
		const char *key = cfc_printf(c, "%u %s", bind->group, bind->text);

		if (bind->except)
			cfc_map_set(closed, key, strlen(key), bind);
	}
	for (size_t i = 0; i < block->nbinds; i++) {
		const struct cfc_bind_addr *bind = &block->binds[i];
		const char *key = cfc_printf(c, "%u %s", bind->group, bind->text);

		if (map_get_str(closed, key) == NULL)
			open[list.n++] = bind->text;
	}
	return list;
}

static void
add_site(struct cfc *c, struct cfc_listen *l, struct cfc_block *block, const struct cfc_zone *zone)
{
	struct cfc_bind b = { .c = c };
	struct {
		struct cfc_site *v;
		unsigned n;
	} sites = { l->sites, (unsigned)l->nsites };
	struct cfc_site *site = cfc_list_add(&b, &sites, sizeof(*site));

	l->sites = sites.v;
	l->nsites = sites.n;
	site->block = block;
	site->span = zone->key->span;
	cfc_name_of_wire(c, zone->wire, &site->zone);
	if (zone->scheme == CFC_SCHEME_DNS && !zone->port_given)
		l->default_port = true;
	if (block->has_multisocket && l->nsockets == 0) /* the first block decides */
		l->nsockets = block->nsockets;
}

static void
add_sites(struct cfc *c, struct cfc_plan *plan, struct met *met, struct cfc_block *block)
{
	bool any_class = block_has_trait(block, CFC_ANY_CLASS);
	struct rt_strings addresses = open_addresses(c, block);
	unsigned binds = number_of_binds(c, met, block);

	for (size_t i = 0; i < block->keys.count; i++) {
		const struct cfc_zone *zone = &block->keys.list[i];
		struct cfc_listen *l = find_listen(c, plan, met, block, zone, binds);

		if (block->nbinds == 0)
			cfc_overlap_add(c, met->zones, zone, "", block->view != NULL);
		for (unsigned j = 0; j < addresses.n; j++)
			cfc_overlap_add(c, met->zones, zone, addresses.v[j], block->view != NULL);
		add_site(c, l, block, zone);
		l->any_class = l->any_class || any_class;
	}
}

static void
index_site(struct cfc *c, struct cfc_listen *l, const struct cfc_site *site)
{
	const char *key = (const char *)site->zone.wire;
	struct cfc_zone_sites *entry = cfc_array(c, 1, sizeof(*entry));
	struct cfc_zone_sites *first = map_get(l->zones, key, site->zone.len);

	entry->site = site;
	entry->last = entry;
	if (first == NULL) {
		cfc_map_set(l->zones, key, site->zone.len, entry);
		return;
	}
	first->last->next = entry;
	first->last = entry;
}

static void
number_sites(struct cfc *c, struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		struct cfc_listen *l = &plan->listens[i];

		l->zones = cfc_map(c);
		for (size_t j = 0; j < l->nsites; j++) {
			l->sites[j].index = (unsigned)plan->nsites++;
			index_site(c, l, &l->sites[j]);
		}
	}
}

struct cfc_plan *
cfc_plan_build(struct cfc *c, const struct cfc_tree *tree)
{
	struct cfc_plan *plan = cfc_array(c, 1, sizeof(*plan));
	struct met met = { cfc_overlap_new(c), cfc_map(c), cfc_map(c) };

	plan->blocks = cfc_array(c, tree->nservers + 1, sizeof(*plan->blocks));
	for (size_t i = 0; i < tree->nservers; i++) {
		struct cfc_block *block = build_block(c, &tree->servers[i], (unsigned)i);

		plan->blocks[plan->nblocks++] = block;
		add_sites(c, plan, &met, block);
	}
	number_sites(c, plan);
	return plan;
}
