/*
 * compare_paths.c - queries that take another way: tries those at the borders of what both plans name.
 *
 * Names are all zones and names of both plans and a name below each; types A, AAAA, PTR, DS and those
 * that rules name; clients one that nothing is said about, and one of each network that is named.
 * Every difference is shown once, with how many queries more it was seen.
 *
 * All of them together may be too many to try.  What is left out is counted, and told to the user.
 */
#include "config.h"

#include "compiler/command/compare.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/fields.h"
#include "compiler/trace.h"
#include "compiler/bind/value.h"
#include "dns/name.h"
#include "dns/types.h"

#define WITNESSES_MAX 1000u
#define CLIENTS_MAX   16u
#define TYPES_MAX     12u
#define PATH_MAX_TEXT 65536u

struct search {
	struct cfc *c;
	struct cfc_comparison *d;
	struct map seen_names, seen_clients, seen_types;
	struct rt_name *names;
	size_t nnames, names_room;
	uint16_t types[TYPES_MAX];
	unsigned ntypes;
	struct addr clients[CLIENTS_MAX];
	unsigned nclients;
	struct map pairs; /* old path, new path -> size_t: index of the witness */
	const char *base; /* of the struct that is being looked through */
};

/* ---- what to ask ---- */

static void
add_wire(struct search *s, const uint8_t *wire)
{
	struct rt_name name;

	cfc_name_of_wire(s->c, wire, &name);
	if (map_get_str(&s->seen_names, name.text) != NULL)
		return;
	if (map_set_str(&s->seen_names, name.text, s) != 0)
		xalloc_die(1);
	s->names = cfc_grow(s->c, s->names, s->nnames, &s->names_room, sizeof(name));
	s->names[s->nnames++] = name;
}

/* The name, and one below it; of a wildcard a name that it stands for. */
static void
add_name(struct search *s, const struct rt_name *name)
{
	static const uint8_t www[] = { 3, 'w', 'w', 'w', 0 };
	uint8_t wire[DNS_NAME_BUF];
	bool wildcard = dns_name_is_wildcard(name->wire);
	const uint8_t *parent = wildcard ? dns_name_parent(name->wire, 1) : name->wire;

	if (!wildcard)
		add_wire(s, name->wire);
	if (dns_name_join(wire, www, 1, parent) >= 0)
		add_wire(s, wire);
}

/* Whether something is met for the first time. */
static bool
is_first(struct map *seen, const void *key, size_t len)
{
	if (map_get(seen, key, len) != NULL)
		return false;
	xmap_set(seen, key, len, seen);
	return true;
}

static void
add_type(struct search *s, uint16_t type)
{
	if (!is_first(&s->seen_types, &type, sizeof(type)))
		return;
	if (s->ntypes < TYPES_MAX)
		s->types[s->ntypes++] = type;
	else
		s->d->untried_types++;
}

static void
add_client(struct search *s, const struct addr *client)
{
	char text[ADDR_TEXT_MAX];

	addr_format(client, text);
	if (!is_first(&s->seen_clients, text, strlen(text)))
		return;
	if (s->nclients < CLIENTS_MAX)
		s->clients[s->nclients++] = *client;
	else
		s->d->untried_clients++;
}

static void
add_names(struct search *s, const struct rt_names *names)
{
	for (unsigned i = 0; i < names->n; i++)
		add_name(s, &names->v[i]);
}

static void
look_at_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct search *s = arg;
	const void *field = s->base + f->offset;
	const struct rt_codes *codes = field;
	const struct rt_cidrs *networks = field;

	(void)unit;
	if (f->kind == CFC_NAME && ((const struct rt_name *)field)->wire != NULL)
		add_name(s, field);
	if (f->kind == CFC_NAMES || f->kind == CFC_ZONES)
		add_names(s, field);
	if (f->kind == CFC_FALLTHROUGH)
		add_names(s, &((const struct rt_fallthrough *)field)->zones);
	for (unsigned i = 0; f->kind == CFC_TYPES && i < codes->n; i++)
		add_type(s, codes->v[i]);
	for (unsigned i = 0; f->kind == CFC_CIDRS && i < networks->n; i++)
		add_client(s, &networks->v[i].addr);
	if (f->kind != CFC_STRUCTS)
		return;
	const char *outer = s->base;
	struct {
		const char *v;
		unsigned n;
	} list;
	memcpy(&list, field, sizeof(list));
	for (unsigned i = 0; i < list.n; i++) {
		s->base = list.v + i * f->elems->size;
		for (unsigned j = 0; j < f->elems->nfields; j++)
			look_at_field(s, &f->elems->fields[j], NULL);
	}
	s->base = outer;
}

/* Words of rules and expressions: names, and networks in quotes. */
static void
look_at_word(struct search *s, const struct cfc_token *tok)
{
	uint8_t wire[DNS_NAME_BUF], lower[DNS_NAME_BUF];
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	struct rt_name name;
	struct cidr net;

	if (strchr(tok->text, '.') != NULL && strspn(tok->text, letters) == tok->len &&
	    tok->text[0] != '.' && dns_name_from_text(wire, tok->text, tok->len) >= 0) {
		dns_name_lower(lower, wire);
		cfc_name_of_wire(s->c, lower, &name);
		add_name(s, &name);
	}
	for (const char *q = tok->text; (q = strpbrk(q, "'\"")) != NULL;) {
		size_t len = strcspn(++q, "'\"");
		if (memchr(q, '/', len) != NULL && cidr_parse(&net, q, len, NULL) == 0)
			add_client(s, &net.addr);
		q += len + (q[len] != '\0');
	}
}

static void
look_at_instance(struct search *s, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;

	s->base = in->config;
	cfc_each_field(in->plugin, look_at_field, s);
	if (in->plugin->trace == NULL && in->plugin->takes == NULL)
		return;
	for (size_t i = 0; i < d->nargs; i++)
		look_at_word(s, &d->args[i]);
	for (size_t i = 0; in->plugin->takes != NULL && i < d->nlines; i++)
		for (size_t j = 0; j < d->lines[i].ntokens; j++)
			look_at_word(s, &d->lines[i].tokens[j]);
}

static void
look_at_plan(struct search *s, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++)
		for (size_t j = 0; j < plan->listens[i].nsites; j++)
			add_name(s, &plan->listens[i].sites[j].zone);
	for (size_t i = 0; i < plan->nblocks; i++)
		for (const struct cfc_instance *in = plan->blocks[i]->instances; in != NULL;
		     in = in->next)
			look_at_instance(s, in);
}

/* ---- paths ---- */

/* Who answers, and what is changed before; that a query is counted, cached or let pass is no other way. */
static const char *
path_text(struct search *s, const struct cfc_listen *l, const struct cfc_query *q)
{
	struct cfc_trace t;
	struct buf b;

	if (l == NULL)
		return "nothing listens there\n";
	cfc_trace(s->c, l, q, &t);
	if (t.site == NULL)
		return "REFUSED\n";
	buf_init(&b, PATH_MAX_TEXT);
	for (unsigned i = 0; i < t.nasked; i++)
		if (t.asked[i].takes == CFC_MAYBE)
			buf_printf(&b, "perhaps zone %s, view '%s'\n", t.asked[i].site->zone.text,
				   t.asked[i].site->block->view);
	buf_printf(&b, "zone %s", t.site->zone.text);
	if (t.site->block->view != NULL)
		buf_printf(&b, ", view '%s'", t.site->block->view);
	buf_putc(&b, '\n');
	for (unsigned i = 0; i < t.nsteps; i++) {
		const struct cfc_trace_step *step = &t.steps[i];
		if (step->outcome != CFC_OUTCOME_PASSES || step->changes)
			buf_printf(&b, "%s: %s\n", step->in->plugin->name, step->text);
	}
	if (!t.ended)
		buf_puts(&b, "SERVFAIL when nothing has answered\n");
	const char *text = cfc_printf(s->c, "%s", buf_cstr(&b));
	buf_release(&b);
	return text;
}

static const char *
query_text(struct cfc *c, const struct cfc_query *q)
{
	char type[DNS_TYPES_TEXT_MAX], client[ADDR_TEXT_MAX];

	dns_type_format(q->type, type);
	if (q->client.family == ADDR_NONE)
		return cfc_printf(c, "%s %s", q->name.text, type);
	addr_format(&q->client, client);
	return cfc_printf(c, "%s %s from %s", q->name.text, type, client);
}

static void
add_witness(struct search *s, const struct cfc_query *q, const struct cfc_listen *l,
	    const char *old, const char *new)
{
	const char *key = cfc_printf(s->c, "%s\n\n%s", old, new);
	size_t *index = map_get_str(&s->pairs, key);
	struct cfc_comparison *d = s->d;

	if (index != NULL) {
		d->witnesses[*index].others++;
		return;
	}
	if (d->nwitnesses == WITNESSES_MAX) {
		d->unkept++;
		return;
	}
	d->witnesses = cfc_grow(s->c, d->witnesses, d->nwitnesses, &d->witnesses_room,
				sizeof(d->witnesses[0]));
	index = cfc_array(s->c, 1, sizeof(*index));
	*index = d->nwitnesses;
	d->witnesses[d->nwitnesses++] = (struct cfc_witness){
		.query = query_text(s->c, q),
		.listener = cfc_listen_text(s->c, l),
		.old_path = old,
		.new_path = new,
	};
	if (map_set_str(&s->pairs, key, index) != 0)
		xalloc_die(1);
}

static void
try_query(struct search *s, const struct cfc_listen *old, const struct cfc_listen *new,
	  const struct cfc_query *q)
{
	if (s->d->tried == s->d->tries_max)
		return;
	s->d->tried++;
	const char *was = path_text(s, old, q);
	const char *is = path_text(s, new, q);
	if (strcmp(was, is) != 0)
		add_witness(s, q, old != NULL ? old : new, was, is);
}

static void
try_listener(struct search *s, const struct cfc_listen *old, const struct cfc_listen *new)
{
	size_t before = s->d->tried;
	size_t all = s->nnames * s->ntypes * (s->nclients + 1);

	for (size_t i = 0; i < s->nnames && s->d->tried < s->d->tries_max; i++) {
		for (unsigned j = 0; j < s->ntypes; j++) {
			struct cfc_query q = {
				.name = s->names[i],
				.type = s->types[j],
				.qclass = DNS_CLASS_IN,
			};
			try_query(s, old, new, &q);
			for (unsigned k = 0; k < s->nclients; k++) {
				q.client = s->clients[k];
				try_query(s, old, new, &q);
			}
		}
	}
	s->d->untried += all - (s->d->tried - before);
}

static const struct cfc_listen *
find_same(struct cfc *c, const struct cfc_plan *plan, const struct cfc_listen *l)
{
	const char *text = cfc_listen_text(c, l);

	for (size_t i = 0; i < plan->nlistens; i++)
		if (plan->listens[i].port == l->port &&
		    strcmp(cfc_listen_text(c, &plan->listens[i]), text) == 0)
			return &plan->listens[i];
	return NULL;
}

void
cfc_compare_paths(struct cfc *c, const struct cfc_plan *old, const struct cfc_plan *new,
		  struct cfc_comparison *d)
{
	struct search s = { .c = c, .d = d };

	if (d->tries_max == 0)
		d->tries_max = CFC_COMPARE_TRIES;
	map_init(&s.seen_names);
	map_init(&s.seen_clients);
	map_init(&s.seen_types);
	map_init(&s.pairs);
	add_type(&s, DNS_TYPE_A);
	add_type(&s, DNS_TYPE_AAAA);
	add_type(&s, DNS_TYPE_PTR);
	add_type(&s, DNS_TYPE_DS);
	look_at_plan(&s, old);
	look_at_plan(&s, new);
	for (size_t i = 0; i < old->nlistens; i++)
		try_listener(&s, &old->listens[i], find_same(c, new, &old->listens[i]));
	for (size_t i = 0; i < new->nlistens; i++)
		if (find_same(c, old, &new->listens[i]) == NULL)
			try_listener(&s, NULL, &new->listens[i]);
	map_release(&s.seen_names);
	map_release(&s.seen_clients);
	map_release(&s.seen_types);
	map_release(&s.pairs);
}
