/*
 * loops.c - rules about upstreams that lead back: CF3010 through our own listeners, CF3011 through
 * the resolver of the machine.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "base/addr.h"
#include "base/map.h"
#include "compiler/checks/chain.h"
#include "compiler/checks/facts.h"
#include "compiler/fix.h"
#include "dns/name.h"

/* An upstream as it is written. */
struct upstream {
	const struct cfc_token *tok;
	enum cfc_scheme scheme;
	struct addr addr;
};

/* [dns://|tls://|https://]IP[:PORT][%NAME]; false: a name or a file, which only the server knows. */
static bool
parse_upstream(const struct cfc *c, const struct cfc_token *tok, struct upstream *u)
{
	static const struct {
		const char *prefix;
		enum cfc_scheme scheme;
	} schemes[] = { { "dns://", CFC_SCHEME_DNS },
			{ "tls://", CFC_SCHEME_TLS },
			{ "https://", CFC_SCHEME_HTTPS },
			{ "grpc://", CFC_SCHEME_GRPC } };
	const char *text = tok->text, *zone;
	size_t zone_len;

	*u = (struct upstream){ .tok = tok, .scheme = CFC_SCHEME_DNS };
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) != 0)
			continue;
		u->scheme = schemes[i].scheme;
		text += strlen(schemes[i].prefix);
		break;
	}
	if (addr_parse_zone(&u->addr, text, strcspn(text, "%"), &zone, &zone_len) != 0)
		return false;
	if (u->addr.port == 0)
		u->addr.port = u->scheme == CFC_SCHEME_DNS ? 53 : cfc_scheme_port(c, u->scheme);
	return true;
}

static bool
is_at(const struct upstream *u, const uint8_t host[4])
{
	return u->addr.family == ADDR_V4 && u->addr.port == 53 &&
	       memcmp(u->addr.bytes, host, 4) == 0;
}

/* systemd-resolved listens on these. */
static bool
is_stub(const struct upstream *u)
{
	static const uint8_t stubs[][4] = { { 127, 0, 0, 53 }, { 127, 0, 0, 54 } };

	return is_at(u, stubs[0]) || is_at(u, stubs[1]);
}

/* In a container, Docker's resolver: packets for it never come to a socket of the container. */
static bool
is_docker(const struct upstream *u)
{
	static const uint8_t host[4] = { 127, 0, 0, 11 };

	return is_at(u, host);
}

/* ---- which of our listeners an upstream is ---- */

/* An address that a listener is bound to. */
struct bound {
	const struct cfc_listen *listen;
	struct addr addr; /* without a port */
	bool loopback;    /* "lo" and nothing that is known better */
	bool all;         /* there is no `bind` */
};

/* All of one scheme and port, in the order of listeners. */
struct bounds {
	struct bound *v;
	unsigned n;
	struct map *hosts; /* addresses as text */
};

struct port_key {
	unsigned scheme, port;
};

static const char *
host_text(const struct addr *a, char text[ADDR_TEXT_MAX])
{
	addr_format(a, text);
	return text;
}

static void
add_bound(struct cfc *c, struct bounds *list, const struct bound *bound)
{
	struct cfc_bind b = { .c = c };
	char text[ADDR_TEXT_MAX];

	*(struct bound *)cfc_list_add(&b, list, sizeof(*bound)) = *bound;
	if (!bound->all && !bound->loopback)
		cfc_map_set(list->hosts, host_text(&bound->addr, text), strlen(text),
			    bound->listen);
}

static void
add_listen(struct cfc *c, struct bounds *list, const struct cfc_listen *l)
{
	struct bound bound = { .listen = l, .all = true };

	if (l->nbinds == 0)
		add_bound(c, list, &bound);
	bound.all = false;
	for (size_t i = 0; i < l->nbinds; i++) {
		const char *text = l->binds[i].text, *zone;
		size_t zone_len;

		/* What addresses an interface will have is not known, but "lo" is. */
		bound.loopback = strcmp(text, "lo") == 0;
		if (!l->binds[i].except &&
		    (bound.loopback ||
		     addr_parse_zone(&bound.addr, text, strlen(text), &zone, &zone_len) == 0))
			add_bound(c, list, &bound);
	}
}

static struct map *
all_bounds(struct cfc *c, const struct cfc_plan *plan)
{
	struct map *ports = cfc_map(c);

	for (size_t i = 0; i < plan->nlistens; i++) {
		struct port_key key = { plan->listens[i].scheme, plan->listens[i].port };
		struct bounds *list = map_get(ports, (const char *)&key, sizeof(key));

		if (list == NULL) {
			list = cfc_array(c, 1, sizeof(*list));
			list->hosts = cfc_map(c);
			cfc_map_set(ports, &key, sizeof(key), list);
		}
		add_listen(c, list, &plan->listens[i]);
	}
	return ports;
}

static bool
is_ours(const struct bound *b, const struct upstream *u)
{
	bool loopback = addr_is_loopback(&u->addr), any = addr_is_unspecified(&u->addr);

	/* On all addresses: those of this machine that can be known from here, and are not taken. */
	if (b->all)
		return !is_stub(u) && !is_docker(u) && (loopback || any);
	if (b->loopback)
		return loopback;
	return addr_same_host(&b->addr, &u->addr) || (addr_is_unspecified(&b->addr) && loopback) ||
	       (any && addr_is_loopback(&b->addr));
}

/* Those that the upstream is, in order; NULL: none, as it is for most upstreams. */
static const struct bounds *
find_bounds(const struct map *ports, const struct upstream *u)
{
	struct port_key key = { u->scheme, u->addr.port };
	const struct bounds *list = cfc_map_get(ports, &key, sizeof(key));
	char text[ADDR_TEXT_MAX];

	if (list == NULL || addr_is_loopback(&u->addr) || addr_is_unspecified(&u->addr))
		return list;
	return map_get_str(list->hosts, host_text(&u->addr, text)) == NULL ? NULL : list;
}

/* ---- CF3010 ---- */

/* Searches end there: nobody has so many servers ask each other, but a Corefile could. */
#define STEPS_MAX 16u
#define TRIES_MAX 1024u

/* The way of a query through blocks of this program. */
struct way {
	struct cfc *c;
	const struct map *ports;    /* all_bounds() */
	const struct rt_name *zone; /* where the query's name lies */
	struct upstream steps[STEPS_MAX];
	unsigned n;
	const struct cfc_block *blocks[STEPS_MAX]; /* blocks[i] sends by steps[i] */

	/* Of each block, how many steps were left when it was entered, with no way back found; 0 = not. */
	unsigned char *left;
	const struct cfc_block *entered[TRIES_MAX]; /* those with left set */
	unsigned nentered;
};

static bool follow(struct way *w, const struct cfc_block *block);

/* Whether it is worth looking: not if it was, with as many steps left. Blocks on the way are not either. */
static bool
enter(struct way *w, const struct cfc_block *block)
{
	unsigned left = STEPS_MAX - w->n;

	if (left == 0 || w->left[block->index] >= left || w->nentered == TRIES_MAX)
		return false;
	w->left[block->index] = (unsigned char)left;
	w->entered[w->nentered++] = block;
	return true;
}

/* Forgets what was found out about the zone. */
static void
start_over(struct way *w, const struct rt_name *zone)
{
	while (w->nentered > 0)
		w->left[w->entered[--w->nentered]->index] = 0;
	w->zone = zone;
}

/* Whether the query, sent to the upstream, comes back to the block where it was first. */
static bool
follow_upstream(struct way *w, const struct cfc_block *block, const struct upstream *u)
{
	const struct bounds *list = find_bounds(w->ports, u);
	const struct cfc_listen *last = NULL;

	for (unsigned i = 0; list != NULL && i < list->n; i++) {
		const struct cfc_listen *l = list->v[i].listen;

		if (l == last || !is_ours(&list->v[i], u))
			continue;
		last = l;
		const struct cfc_site *site = cfc_listen_find(l, w->zone);
		if (site == NULL || site->block->view != NULL)
			continue;
		w->steps[w->n] = *u;
		w->blocks[w->n++] = block;
		if (site->block == w->blocks[0] ||
		    (enter(w, site->block) && follow(w, site->block)))
			return true;
		w->n--;
	}
	return false;
}

/* Sends the query on as the block would: by the first that is asked for it, unless it is taken before. */
static bool
follow(struct way *w, const struct cfc_block *block)
{
	const struct cfc_instance *in = cfc_chain_forwarder(w->c, block, w->zone);
	const struct cfc_instance *taker = cfc_chain_taker(w->c, block, w->zone);
	struct upstream u;

	if (in == NULL || (taker != NULL && taker->place < in->place))
		return false;
	for (size_t i = 1; i < in->directive->nargs; i++) {
		if (parse_upstream(w->c, &in->directive->args[i], &u) &&
		    follow_upstream(w, block, &u))
			return true;
	}
	return false;
}

static void
report_way(const struct way *w, const struct cfc_rule *self)
{
	const struct upstream *first = &w->steps[0];

	if (w->n == 1)
		cfc_rule_report(
			w->c, self, first->tok->span,
			"'%s' is this server block itself: queries for %s go round in circles",
			first->tok->text, cfc_zone_words(w->zone));
	else
		cfc_rule_report(
			w->c, self, first->tok->span,
			"'%s' is another server block of this Corefile, from where queries for "
			"%s come back",
			first->tok->text, cfc_zone_words(w->zone));
	for (unsigned i = 1; i < w->n; i++)
		cfc_note(w->c, w->steps[i].tok->span, "by this upstream");
	cfc_note(w->c, cfc_no_span(), "name a server that is somewhere else");
}

/* The upstreams of an instance that are listeners of ours. */
struct own {
	struct upstream *v;
	unsigned n;
};

static struct own
find_own(struct cfc *c, const struct map *ports, const struct cfc_directive *d)
{
	struct cfc_bind b = { .c = c };
	struct own own = { NULL, 0 };
	struct upstream u;

	for (size_t i = 1; i < d->nargs; i++) {
		if (parse_upstream(c, &d->args[i], &u) && find_bounds(ports, &u) != NULL)
			*(struct upstream *)cfc_list_add(&b, &own, sizeof(u)) = u;
	}
	return own;
}

/* Each upstream is told of with the first zone of which queries come back. */
static void
check_instance(struct way *w, const struct cfc_rule *self, const struct cfc_block *block,
	       const struct cfc_instance *in)
{
	struct rt_names reach = cfc_instance_reach(w->c, in, block);
	struct own own = find_own(w->c, w->ports, in->directive);

	for (unsigned i = 0; i < reach.n && own.n > 0; i++) {
		start_over(w, &reach.v[i]);
		for (unsigned j = 0; j < own.n;) {
			w->n = 0;
			if (!follow_upstream(w, block, &own.v[j])) {
				j++;
				continue;
			}
			report_way(w, self);
			/* What was entered on the way back did lead back. */
			start_over(w, &reach.v[i]);
			memmove(&own.v[j], &own.v[j + 1], (--own.n - j) * sizeof(own.v[0]));
		}
	}
}

void
cfc_check_loops(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct way *w = cfc_array(c, 1, sizeof(*w));

	w->c = c;
	w->ports = all_bounds(c, plan);
	w->left = cfc_array(c, plan->nblocks + 1, sizeof(w->left[0]));
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (cfc_instance_forwards(in))
				check_instance(w, self, plan->blocks[i], in);
		}
	}
}

/* ---- CF3011 ---- */

/* In a cluster /etc/resolv.conf is that of the node, which may name the cluster's own DNS. */
static void
check_resolv_conf(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		  const struct cfc_token *tok)
{
	if (strcmp(tok->text, "/etc/resolv.conf") != 0 || !cfc_for(c, CFC_FOR_CLUSTER) ||
	    cfc_block_find(block, "loop") != NULL)
		return;
	cfc_rule_report(
		c, self, tok->span,
		"if the node asks this server or a stub, queries go round in circles unnoticed");
	cfc_note(c, cfc_no_span(), "add 'loop' to the server block");
	cfc_fix_add_directive(c, "add 'loop'", block->tree, "loop");
}

void
cfc_check_stubs(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			struct upstream u;

			for (size_t j = 1; cfc_instance_forwards(in) && j < in->directive->nargs;
			     j++) {
				check_resolv_conf(c, self, plan->blocks[i],
						  &in->directive->args[j]);
				if (!parse_upstream(c, &in->directive->args[j], &u) || !is_stub(&u))
					continue;
				cfc_rule_report(
					c, self, u.tok->span,
					"'%s' is the stub of systemd-resolved, which asks the servers "
					"of this machine: often this one",
					u.tok->text);
				cfc_note(c, cfc_no_span(),
					 "forward to '/run/systemd/resolve/resolv.conf' or to the "
					 "servers themselves");
			}
		}
	}
}
