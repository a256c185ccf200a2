/*
 * loops.c - rules about upstreams that lead back: CF3010 through our own listeners, CF3011 through
 * the resolver of the machine.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "base/addr.h"
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
is_forwarding(const struct cfc_instance *in)
{
	return strcmp(in->plugin->name, "forward") == 0 || strcmp(in->plugin->name, "grpc") == 0;
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

static bool
is_ours(const struct cfc_listen *l, const struct upstream *u)
{
	if (l->scheme != u->scheme || l->port != u->addr.port)
		return false;
	for (size_t i = 0; i < l->nbinds; i++) {
		struct addr bound;
		const char *zone;
		size_t zone_len;

		if (l->binds[i].except)
			continue;
		/* What addresses an interface will have is not known, but "lo" is. */
		if (strcmp(l->binds[i].text, "lo") == 0 && addr_is_loopback(&u->addr))
			return true;
		if (addr_parse_zone(&bound, l->binds[i].text, strlen(l->binds[i].text), &zone,
				    &zone_len) != 0)
			continue;
		if (addr_same_host(&bound, &u->addr) ||
		    (addr_is_unspecified(&bound) && addr_is_loopback(&u->addr)) ||
		    (addr_is_unspecified(&u->addr) && addr_is_loopback(&bound)))
			return true;
	}
	/* On all addresses: those of this machine that can be known from here, and are not taken. */
	return l->nbinds == 0 && !is_stub(u) && !is_docker(u) &&
	       (addr_is_loopback(&u->addr) || addr_is_unspecified(&u->addr));
}

/* ---- CF3010 ---- */

/* The way of a query through blocks of this program. */
struct way {
	struct cfc *c;
	const struct cfc_plan *plan;
	const struct rt_name *zone; /* where the query's name lies */
	struct upstream steps[16];
	unsigned n;
	const struct cfc_block *blocks[16]; /* blocks[i] sends by steps[i] */
};

static bool follow(struct way *w, const struct cfc_block *block);

/* Whether the query, sent to the upstream, comes back to a block where it was. */
static bool
follow_upstream(struct way *w, const struct cfc_block *block, const struct upstream *u)
{
	for (size_t i = 0; i < w->plan->nlistens; i++) {
		if (!is_ours(&w->plan->listens[i], u))
			continue;
		const struct cfc_site *site = cfc_listen_find(&w->plan->listens[i], w->zone);
		if (site == NULL || site->block->view != NULL)
			continue;
		w->steps[w->n] = *u;
		w->blocks[w->n++] = block;
		for (unsigned j = 0; j < w->n; j++) {
			if (w->blocks[j] == site->block)
				return j == 0;
		}
		if (follow(w, site->block))
			return true;
		w->n--;
	}
	return false;
}

/* Whether the instance is asked for the whole zone, and asks others about it. */
static bool
forwards(const struct cfc_instance *in, const struct cfc_block *block, const struct rt_name *zone)
{
	struct rt_names zones;

	if (!is_forwarding(in))
		return false;
	cfc_instance_zones(in, block, &zones);
	for (unsigned i = 0; i < zones.n; i++) {
		if (dns_name_is_subdomain(zone->wire, zones.v[i].wire))
			return true;
	}
	return false;
}

static bool
follow_instance(struct way *w, const struct cfc_block *block, const struct cfc_instance *in)
{
	struct upstream u;

	for (size_t i = 1; i < in->directive->nargs; i++) {
		if (parse_upstream(w->c, &in->directive->args[i], &u) &&
		    follow_upstream(w, block, &u))
			return true;
	}
	return false;
}

static bool
follow(struct way *w, const struct cfc_block *block)
{
	if (w->n == ARRAY_SIZE(w->steps))
		return false;
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (forwards(in, block, w->zone))
			return follow_instance(w, block, in);
		if (cfc_instance_takes_all(in, w->zone))
			return false;
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

static void
check_instance(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	       const struct cfc_block *block, const struct cfc_instance *in)
{
	struct rt_names reach = cfc_instance_reach(c, in, block);
	struct upstream u;

	for (size_t i = 1; i < in->directive->nargs; i++) {
		if (!parse_upstream(c, &in->directive->args[i], &u))
			continue;
		for (unsigned j = 0; j < reach.n; j++) {
			struct way w = { .c = c, .plan = plan, .zone = &reach.v[j] };

			if (!follow_upstream(&w, block, &u))
				continue;
			report_way(&w, self);
			break;
		}
	}
}

void
cfc_check_loops(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (is_forwarding(in))
				check_instance(c, self, plan, plan->blocks[i], in);
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

			for (size_t j = 1; is_forwarding(in) && j < in->directive->nargs; j++) {
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
