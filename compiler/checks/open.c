/*
 * open.c - rules about what a server offers to whom: CF4001, CF4007, CF4008, CF4009, CF4010.
 *
 * What is right in an office is wrong on the Internet, so most of these speak only when --profile says
 * what the server is for.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/checks/facts.h"
#include "compiler/fix.h"

typedef void instance_fn(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
			 const struct cfc_instance *in);

static void
each_instance(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	      instance_fn *check)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next)
			check(c, self, plan->blocks[i], in);
	}
}

static bool
is_called(const struct cfc_instance *in, const char *name)
{
	return strcmp(in->plugin->name, name) == 0;
}

/* ---- CF4001 ---- */

static bool
reaches_root(struct cfc *c, const struct cfc_instance *in, const struct cfc_block *block)
{
	struct rt_names reach = cfc_instance_reach(c, in, block);

	for (unsigned i = 0; i < reach.n; i++) {
		if (reach.v[i].nlabels == 0)
			return true;
	}
	return false;
}

static void
check_resolver(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	       const struct cfc_instance *in)
{
	if ((in->plugin->traits & CFC_RECURSIVE) == 0 || !reaches_root(c, in, block) ||
	    !cfc_block_is_public(block) || block->view != NULL ||
	    cfc_block_find(block, "acl") != NULL || cfc_block_find(block, "tsig") != NULL)
		return;
	cfc_rule_report(
		c, self, in->directive->name.span,
		"an open resolver: everybody who reaches this server may ask it for any name");
	cfc_note(c, block->tree->keys[0].span,
		 "add 'acl' with the networks of your clients, or 'bind' to an address inside");
}

void
cfc_check_open_resolver(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	if (cfc_for(c, CFC_FOR_NODELOCAL | CFC_FOR_RESOLVER | CFC_FOR_EDGE))
		each_instance(c, self, plan, check_resolver);
}

/* ---- CF3021 ---- */

static const struct cfc_instance *
find_forwarding(const struct cfc_block *block)
{
	const struct cfc_instance *in = block->instances;

	while (in != NULL && (in->plugin->traits & CFC_RECURSIVE) == 0)
		in = in->next;
	return in;
}

/* An `acl` that is about all names and keeps somebody out. */
static const struct cfc_instance *
find_acl(const struct cfc_block *block)
{
	const struct cfc_instance *acl = cfc_block_find(block, "acl");

	if (acl == NULL || acl->directive->nargs > 0)
		return NULL;
	for (size_t i = 0; i < acl->directive->nlines; i++) {
		if (strcmp(acl->directive->lines[i].tokens[0].text, "allow") != 0)
			return acl;
	}
	return NULL;
}

/* The first block of the listener that sends queries on for some only, or NULL. */
static const struct cfc_block *
find_closed(const struct cfc_listen *l)
{
	for (size_t i = 0; i < l->nsites; i++) {
		const struct cfc_block *block = l->sites[i].block;

		if (i > 0 && block == l->sites[i - 1].block)
			continue; /* another key of it */
		if (block->view == NULL && find_forwarding(block) != NULL &&
		    find_acl(block) != NULL)
			return block;
	}
	return NULL;
}

static bool
is_open(const struct cfc_block *block)
{
	return block->view == NULL && cfc_block_find(block, "acl") == NULL &&
	       cfc_block_find(block, "tsig") == NULL && find_forwarding(block) != NULL &&
	       block->tree->nkeys > 0;
}

void
cfc_check_acl_everywhere(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];
		const struct cfc_block *closed = find_closed(l);

		for (size_t j = 0; closed != NULL && j < l->nsites; j++) {
			const struct cfc_block *open = l->sites[j].block;

			if ((j > 0 && open == l->sites[j - 1].block) || !is_open(open))
				continue;
			cfc_rule_report(
				c, self, open->tree->keys[0].span,
				"clients that 'acl' keeps out of another server block may ask this "
				"one");
			cfc_note(c, find_acl(closed)->directive->name.span,
				 "this holds for its own server block only");
			cfc_note(c, cfc_no_span(),
				 "put it into a snippet, and import it into both server blocks");
		}
	}
}

/* ---- endpoints ---- */

/* What it serves HTTP on: the address without the port; NULL: no such plugin. */
static const char *
endpoint_host(struct cfc *c, const struct cfc_instance *in)
{
	const char *text = cfc_instance_text(in, "addr", CFC_ENDPOINT);
	const char *colon = text == NULL ? NULL : strrchr(text, ':');

	return colon == NULL ? NULL : cfc_printf(c, "%.*s", (int)(colon - text), text);
}

static bool
is_loopback(const char *host)
{
	size_t len = strlen(host);
	struct addr a;

	return strcmp(host, "localhost") == 0 ||
	       (addr_parse(&a, host, len) == 0 && addr_is_loopback(&a));
}

static bool
is_everywhere(const char *host)
{
	struct addr a;

	return host[0] == '\0' ||
	       (addr_parse(&a, host, strlen(host)) == 0 && addr_is_unspecified(&a));
}

static struct cfc_span
endpoint_span(const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;

	return d->nargs > 0 ? d->args[0].span : d->name.span;
}

/* ---- CF4007 ---- */

static const struct {
	const char *plugin, *what;
	unsigned profiles;
	bool bare; /* only without arguments */
} revealing[] = {
	{ "debug", "'debug' lets a crash end the server instead of one query", CFC_FOR_ALL, false },
	{ "erratic", "'erratic' is for tests: it drops queries and delays answers", CFC_FOR_ALL,
	  false },
	{ "chaos", "'chaos' tells everybody which version of what runs here", CFC_FOR_EDGE, false },
	{ "nsid", "'nsid' without data tells everybody the name of this host", CFC_FOR_EDGE, true },
};

static void
check_revealing(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
		const struct cfc_instance *in)
{
	(void)block;
	for (size_t i = 0; i < ARRAY_SIZE(revealing); i++) {
		if (!is_called(in, revealing[i].plugin) || !cfc_for(c, revealing[i].profiles) ||
		    (revealing[i].bare && in->directive->nargs > 0))
			continue;
		cfc_rule_report(c, self, in->directive->name.span, "%s", revealing[i].what);
		cfc_note(c, cfc_no_span(), "remove it%s",
			 revealing[i].bare ? ", or say what to send" : "");
	}
	const char *host = is_called(in, "pprof") ? endpoint_host(c, in) : NULL;
	if (host == NULL || is_loopback(host))
		return;
	cfc_rule_report(c, self, endpoint_span(in),
			"'pprof' lets others look into the memory of this server");
	cfc_note(c, cfc_no_span(), "serve it on 'localhost:6053'");
}

void
cfc_check_revealing(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_instance(c, self, plan, check_revealing);
}

/* ---- CF4008 ---- */

static void
check_transfer(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	       const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;
	bool all = false;

	if (!is_called(in, "transfer"))
		return;
	for (size_t i = 0; i < d->nlines; i++) {
		const struct cfc_line *line = &d->lines[i];

		for (size_t j = 1; strcmp(line->tokens[0].text, "to") == 0 && j < line->ntokens;
		     j++) {
			if (strcmp(line->tokens[j].text, "*") != 0)
				continue;
			all = true;
			cfc_rule_report(c, self, line->tokens[j].span,
					"everybody may copy the whole zone");
			cfc_note(c, cfc_no_span(), "name the servers that are secondaries of it");
		}
	}
	if (all || cfc_block_find(block, "tsig") != NULL || !cfc_for(c, CFC_FOR_EDGE))
		return;
	cfc_info(c, d->name.span, self->id,
		 "zones are copied without a signature: who has the address gets the zone");
	cfc_note(c, cfc_no_span(), "add 'tsig' with 'require AXFR IXFR'");
}

void
cfc_check_transfers(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	if (cfc_for(c, CFC_FOR_ALL))
		each_instance(c, self, plan, check_transfer);
}

/* ---- CF4009 ---- */

static void
check_amplifier(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	const struct cfc_instance *in = block->instances;

	while (in != NULL && (in->plugin->traits & CFC_KEEPS) == 0)
		in = in->next;
	if (in == NULL || cfc_block_find(block, "any") != NULL || !cfc_block_is_public(block))
		return;
	cfc_rule_report(c, self, block->tree->keys[0].span,
			"queries of type ANY get all there is: answers that amplify attacks");
	cfc_note(c, cfc_no_span(), "add 'any' (RFC 8482)");
	cfc_fix_add_directive(c, "add 'any'", block->tree, "any");
}

/*
 * Nothing in CoreDNS limits answers; plugins outside of it do.  Answers without signatures are hardly larger
 * than their queries, so it is only about zones that are signed here.
 */
static void
check_rate(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	static const char *const limits[] = { "rrl", "ratelimit" };
	const struct cfc_instance *in = block->instances;
	bool udp = false;

	while (in != NULL && strcmp(in->plugin->name, "dnssec") != 0 &&
	       strcmp(in->plugin->name, "sign") != 0)
		in = in->next;
	for (size_t i = 0; i < block->keys.count; i++)
		udp = udp || block->keys.list[i].scheme == CFC_SCHEME_DNS;
	if (in == NULL || !udp || !cfc_block_is_public(block))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		if (cfc_block_find(block, limits[i]) != NULL)
			return;
	}
	cfc_info(c, in->directive->name.span, self->id,
		 "signed answers are large, and nothing limits how many a forged address gets");
	cfc_note(
		c, cfc_no_span(),
		"limit responses in front of it (a firewall, dnsdist), or add a plugin from outside "
		"CoreDNS, such as 'rrl'");
}

static void
check_edge(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	check_amplifier(c, self, block);
	check_rate(c, self, block);
}

void
cfc_check_amplification(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		const struct cfc_instance *in = cfc_block_find(block, "bufsize");

		if (cfc_for(c, CFC_FOR_EDGE))
			check_edge(c, self, block);
		if (in == NULL || in->directive->nargs == 0 ||
		    strtoul(in->directive->args[0].text, NULL, 10) <= 1232)
			continue;
		cfc_rule_report(
			c, self, in->directive->args[0].span,
			"UDP answers of more than 1232 octets are fragmented, and get lost");
		cfc_note(c, cfc_no_span(), "use 1232 (RFC 9715); larger answers go over TCP");
		cfc_fix_word(c, "write 1232", &in->directive->args[0], "1232");
	}
}

/* ---- CF4010 ---- */

static void
check_endpoint(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	       const struct cfc_instance *in)
{
	const char *host = endpoint_host(c, in);

	if (host == NULL || !is_everywhere(host) || !cfc_block_is_public(block) ||
	    is_called(in, "pprof"))
		return;
	cfc_rule_report(c, self, endpoint_span(in), "'%s' is served on all addresses, to everybody",
			in->plugin->name);
	cfc_note(c, cfc_no_span(), "name an address inside, such as '127.0.0.1%s'",
		 strrchr(cfc_instance_text(in, "addr", CFC_ENDPOINT), ':'));
}

void
cfc_check_endpoints(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	if (cfc_for(c, CFC_FOR_EDGE))
		each_instance(c, self, plan, check_endpoint);
}
