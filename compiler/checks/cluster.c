/*
 * cluster.c - rules about what Kubernetes does with a server: CF4018 what probes and scrapes do not reach,
 * CF4019 how long it may take to end, CF4021 the cache of a node.
 */
#include "config.h"

#include <string.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/duration.h"
#include "compiler/checks/checks.h"
#include "compiler/checks/facts.h"
#include "compiler/fix.h"

/* ---- CF4018 ---- */

/* What follows when nobody outside of the pod reaches them. */
static const struct {
	const char *plugin, *what;
	bool may_be_meant; /* if it is written: a proxy in the pod may be the one that asks */
} asked[] = {
	{ "health", "the probe of the kubelet fails, and the pod is started again and again",
	  false },
	{ "ready", "the probe of the kubelet fails, and the pod never gets a query", false },
	{ "prometheus", "Prometheus gets no metrics", true },
};

static bool
is_loopback(const char *endpoint)
{
	const char *colon = strrchr(endpoint, ':');
	size_t len = colon == NULL ? strlen(endpoint) : (size_t)(colon - endpoint);
	struct addr a;

	if (len == strlen("localhost") && memcmp(endpoint, "localhost", len) == 0)
		return true;
	return addr_parse(&a, endpoint, strlen(endpoint)) == 0 && addr_is_loopback(&a);
}

static void
check_probe(struct cfc *c, const struct cfc_rule *self, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;
	const char *endpoint = cfc_instance_text(in, "addr", CFC_ENDPOINT);

	for (size_t i = 0; endpoint != NULL && i < ARRAY_SIZE(asked); i++) {
		if (strcmp(asked[i].plugin, in->plugin->name) != 0 || !is_loopback(endpoint) ||
		    (asked[i].may_be_meant && d->nargs > 0))
			continue;
		cfc_rule_report(c, self, d->nargs > 0 ? d->args[0].span : d->name.span,
				"'%s' is served to the pod itself only: %s", in->plugin->name,
				asked[i].what);
		const char *port = strrchr(endpoint, ':');
		cfc_note(c, cfc_no_span(), "write '%s %s'", in->plugin->name, port);
		if (d->nargs > 0)
			cfc_fix_word(c, cfc_printf(c, "write '%s'", port), &d->args[0], port);
		else if (!d->has_block)
			cfc_fix_replace(c, cfc_printf(c, "write '%s'", port), d->name.span,
					cfc_printf(c, "%s %s", in->plugin->name, port));
	}
}

void
cfc_check_probes(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; cfc_for(c, CFC_FOR_CLUSTER) && i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next)
			check_probe(c, self, in);
	}
}

/* ---- CF4019 ---- */

#define GRACE_PERIOD_S 30u /* terminationGracePeriodSeconds, where nobody says otherwise */

void
cfc_check_grace(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; cfc_for(c, CFC_FOR_CLUSTER | CFC_FOR_NODELOCAL) && i < plan->nblocks;
	     i++) {
		const struct cfc_instance *in = cfc_block_find(plan->blocks[i], "health");
		const uint64_t *lameduck =
			in == NULL ? NULL : cfc_instance_field(in, "lameduck", CFC_DURATION);
		const struct cfc_line *line =
			in == NULL ? NULL : cfc_find_line(in->directive, "lameduck");

		if (lameduck == NULL || line == NULL || line->ntokens < 2 ||
		    *lameduck < GRACE_PERIOD_S * (uint64_t)CLOCK_NS_PER_S)
			continue;
		cfc_rule_report(c, self, line->tokens[1].span,
				"Kubernetes ends the pod after %u s, before the server is done",
				GRACE_PERIOD_S);
		cfc_note(c, cfc_no_span(),
			 "make it shorter, or 'terminationGracePeriodSeconds' longer");
	}
}

/* ---- CF4021 ---- */

static void
check_bind(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	if (block->nbinds > 0 || block->tree->nkeys == 0)
		return;
	cfc_rule_report(
		c, self, block->tree->keys[0].span,
		"the cache of a node listens on all addresses of the node: others reach it, "
		"and it takes the port from everything else there");
	cfc_note(c, cfc_no_span(),
		 "NodeLocal DNSCache has 'bind 169.254.20.10' and the address of the service");
}

/* The names of the cluster are asked for by UDP through connection tracking. */
static void
check_tcp(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	  const struct cfc_instance *in)
{
	struct rt_names reach = cfc_instance_reach(c, in, block);

	if (strcmp(in->plugin->name, "forward") != 0 || reach.n == 0 || reach.v[0].nlabels == 0 ||
	    cfc_find_line(in->directive, "force_tcp") != NULL)
		return;
	cfc_info(c, in->directive->name.span, self->id,
		 "queries to the cluster's DNS go by UDP, and packets of UDP get lost in "
		 "connection tracking");
	cfc_note(c, cfc_no_span(), "NodeLocal DNSCache has 'force_tcp'");
	cfc_fix_add_line(c, "add 'force_tcp'", in->directive, "force_tcp");
}

void
cfc_check_node_cache(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; cfc_for(c, CFC_FOR_NODELOCAL) && i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		check_bind(c, self, plan->blocks[i]);
		for (; in != NULL; in = in->next)
			check_tcp(c, self, plan->blocks[i], in);
	}
}
