/*
 * serving.c - rules about a server that works until it is busy or something breaks: caches,
 * upstreams, telemetry, clusters.  CF4002 to CF4006, CF4015, CF4016.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

#include "base/clock.h"
#include "compiler/checks/facts.h"
#include "compiler/fix.h"
#include "dns/name.h"

static const struct cfc_instance *
find_recursive(const struct cfc_block *block)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->traits & CFC_RECURSIVE)
			return in;
	}
	return NULL;
}

static struct cfc_span
key_span(const struct cfc_block *block)
{
	return block->tree->keys[0].span;
}

/* ---- CF4002 ---- */

static void
check_no_cache(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	const struct cfc_instance *forward = find_recursive(block);
	const struct cfc_instance *cache = cfc_block_find(block, "cache");

	if (forward != NULL && cache == NULL) {
		cfc_rule_report(c, self, forward->directive->name.span,
				"every query goes to the upstreams: there is no 'cache'");
		cfc_note(c, cfc_no_span(), "add 'cache' to the server block");
		cfc_fix_add_directive(c, "add 'cache'", block->tree, "cache");
	}
	const struct cfc_line *line =
		cache == NULL ? NULL : cfc_find_line(cache->directive, "disable");
	if (line != NULL && line->ntokens == 2 && strcmp(line->tokens[1].text, "denial") == 0) {
		cfc_rule_report(c, self, line->tokens[1].span,
				"names that do not exist are looked up again each time");
		cfc_note(c, cfc_no_span(), "keep denials for some seconds: 'denial 9984 5'");
	}
}

void
cfc_check_no_cache(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	if (!cfc_for(c, CFC_FOR_CLUSTER | CFC_FOR_NODELOCAL | CFC_FOR_RESOLVER))
		return;
	for (size_t i = 0; i < plan->nblocks; i++)
		check_no_cache(c, self, plan->blocks[i]);
}

/* ---- CF4003 ---- */

#define TTL_LOW 5u /* seconds */

void
cfc_check_short_cache(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *cache = cfc_block_find(plan->blocks[i], "cache");
		const uint32_t *ttl =
			cache == NULL ? NULL
				      : cfc_instance_field(cache, "success.ttl", CFC_SECONDS);

		if (ttl == NULL || find_recursive(plan->blocks[i]) == NULL)
			continue;
		if (*ttl < TTL_LOW) {
			cfc_rule_report(c, self, cache->directive->name.span,
					"answers are kept for %u s at most: upstreams see every "
					"name again and again",
					*ttl);
			cfc_note(c, cfc_no_span(), "keep them for 30 s or more");
		} else if (cfc_for(c, CFC_FOR_RESOLVER) &&
			   cfc_find_line(cache->directive, "prefetch") == NULL &&
			   cfc_find_line(cache->directive, "serve_stale") == NULL) {
			cfc_info(c, cache->directive->name.span, self->id,
				 "clients wait whenever a popular name expires, and fail when the "
				 "upstreams do");
			cfc_note(c, cfc_no_span(), "add 'prefetch' or 'serve_stale'");
		}
	}
}

/* ---- CF4020 ---- */

#define SERVFAIL_LONG 30u /* seconds */

void
cfc_check_kept_failures(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *cache = cfc_block_find(plan->blocks[i], "cache");
		const uint64_t *kept =
			cache == NULL ? NULL : cfc_instance_field(cache, "servfail", CFC_DURATION);
		const struct cfc_line *line =
			cache == NULL ? NULL : cfc_find_line(cache->directive, "servfail");

		if (kept == NULL || line == NULL || line->ntokens < 2 ||
		    *kept <= SERVFAIL_LONG * (uint64_t)CLOCK_NS_PER_S)
			continue;
		cfc_rule_report(c, self, line->tokens[1].span,
				"a failure of a moment lasts for %u s: SERVFAIL is kept as long",
				(unsigned)(*kept / (uint64_t)CLOCK_NS_PER_S));
		cfc_note(c, cfc_no_span(),
			 "some seconds are enough against a flood of queries; 5s is the default");
	}
}

/* ---- CF4004 ---- */

static bool
parse_plain(const struct cfc_token *tok, struct addr *a)
{
	const char *text = tok->text;

	if (strncmp(text, "dns://", 6) == 0)
		text += 6;
	return addr_parse(a, text, strlen(text)) == 0;
}

/* Resolvers for everybody that offer TLS; by what their addresses begin with. */
static bool
offers_tls(const struct addr *a)
{
	static const char *const hosts[] = { "1.1.1.1",
					     "1.0.0.1",
					     "8.8.8.8",
					     "8.8.4.4",
					     "9.9.9.9",
					     "149.112.112.112",
					     "2606:4700:4700::1111",
					     "2001:4860:4860::8888",
					     "2620:fe::fe" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct addr host;

		if (addr_parse(&host, hosts[i], strlen(hosts[i])) == 0 && addr_same_host(&host, a))
			return true;
	}
	return false;
}

static void
check_upstreams(struct cfc *c, const struct cfc_rule *self, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;
	const uint32_t *fails = cfc_instance_field(in, "max_fails", CFC_UINT);
	const uint32_t *most = cfc_instance_field(in, "max_concurrent", CFC_UINT);
	const struct cfc_line *line = cfc_find_line(d, "max_fails");
	struct addr a;

	if (d->nargs == 2 && parse_plain(&d->args[1], &a) && !cfc_for(c, CFC_FOR_NODELOCAL)) {
		cfc_rule_report(c, self, d->args[1].span,
				"one upstream only: when it is down, so is this server");
		cfc_note(c, cfc_no_span(), "name a second one");
	}
	if (fails != NULL && *fails == 0 && line != NULL && d->nargs > 2) {
		cfc_rule_report(c, self, line->tokens[0].span,
				"an upstream that is down is asked all the same");
		cfc_note(c, cfc_no_span(), "'max_fails 0' switches health checks off");
	}
	if (most != NULL && *most == 0 && cfc_for(c, CFC_FOR_CLUSTER | CFC_FOR_RESOLVER)) {
		cfc_info(c, d->name.span, self->id,
			 "without 'max_concurrent' memory grows with every query while upstreams "
			 "are slow");
		cfc_note(c, cfc_no_span(), "for example 'max_concurrent 1000'");
		cfc_fix_add_line(c, "add 'max_concurrent 1000'", d, "max_concurrent 1000");
	}
	if (d->nargs > 1 && parse_plain(&d->args[1], &a) && offers_tls(&a) &&
	    cfc_for(c, CFC_FOR_RESOLVER)) {
		cfc_info(c, d->args[1].span, self->id,
			 "queries go to '%s' in clear text, and it offers TLS", d->args[1].text);
		cfc_note(c, cfc_no_span(), "write 'tls://%s', with 'tls_servername'",
			 d->args[1].text);
	}
}

void
cfc_check_upstreams(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks && cfc_for(c, CFC_FOR_ALL); i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (strcmp(in->plugin->name, "forward") == 0)
				check_upstreams(c, self, in);
		}
	}
}

/* ---- CF4005 ---- */

static const struct cfc_instance *
find_anywhere(const struct cfc_plan *plan, const char *plugin)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = cfc_block_find(plan->blocks[i], plugin);

		if (in != NULL)
			return in;
	}
	return NULL;
}

/* Whether something in the block can fail: to ask others, or to read what it serves. */
static bool
can_fail(const struct cfc_block *block)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->traits & (CFC_RECURSIVE | CFC_KEEPS))
			return true;
	}
	return false;
}

static void
check_missing(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	      const char *plugin, const char *why)
{
	if (find_anywhere(plan, plugin) != NULL)
		return;
	cfc_rule_report(c, self, key_span(plan->blocks[0]), "there is no '%s' in this Corefile: %s",
			plugin, why);
	cfc_note(c, cfc_no_span(), "add '%s' to this server block", plugin);
	cfc_fix_add_directive(c, cfc_printf(c, "add '%s'", plugin), plan->blocks[0]->tree, plugin);
}

/* Metrics are of the server blocks with `prometheus`, although one of them serves those of all. */
static void
check_counted(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	const struct cfc_instance *other = find_anywhere(plan, "prometheus");

	for (size_t i = 0; other != NULL && i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		const struct cfc_directive *d = other->directive;

		if (!can_fail(block) || cfc_block_find(block, "prometheus") != NULL)
			continue;
		cfc_info(c, key_span(block), self->id,
			 "queries to this server block are not counted: it has no 'prometheus'");
		cfc_note(c, d->name.span, "this counts those to its own server block only");
		cfc_fix_add_directive(c, "add 'prometheus'", block->tree,
				      cfc_printf(c, "prometheus%s%s", d->nargs > 0 ? " " : "",
						 d->nargs > 0 ? d->args[0].text : ""));
	}
}

void
cfc_check_telemetry(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	if (!cfc_for(c, CFC_FOR_ALL) || plan->nblocks == 0)
		return;
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];

		if (!can_fail(block) || cfc_block_find(block, "errors") != NULL)
			continue;
		cfc_rule_report(
			c, self, key_span(block),
			"there is no 'errors' in this server block: failures leave no trace");
		cfc_note(c, cfc_no_span(), "add 'errors'");
		cfc_fix_add_directive(c, "add 'errors'", block->tree, "errors");
	}
	check_missing(c, self, plan, "prometheus", "nobody sees how it is doing");
	check_counted(c, self, plan);
	if (!cfc_for(c, CFC_FOR_CLUSTER))
		return;
	check_missing(c, self, plan, "health", "a server that hangs is not started again");
	check_missing(c, self, plan, "ready",
		      "it gets queries before it has the data of the cluster");
	const struct cfc_instance *health = find_anywhere(plan, "health");
	const uint64_t *lameduck =
		health == NULL ? NULL : cfc_instance_field(health, "lameduck", CFC_DURATION);
	if (lameduck == NULL || *lameduck > 0)
		return;
	cfc_rule_report(c, self, health->directive->name.span,
			"queries get lost when a pod is replaced: it stops before clients have "
			"learnt of it");
	cfc_note(c, cfc_no_span(), "add 'lameduck 5s' to 'health'");
	cfc_fix_add_line(c, "add 'lameduck 5s'", health->directive, "lameduck 5s");
}

/* ---- CF4006 ---- */

static bool
logs_all(const struct cfc_directive *d)
{
	const struct cfc_line *line = cfc_find_line(d, "class");

	if (line != NULL && (line->ntokens != 2 || strcmp(line->tokens[1].text, "all") != 0))
		return false;
	return d->nargs == 0 || strcmp(d->args[0].text, ".") == 0;
}

void
cfc_check_full_log(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks && cfc_for(c, CFC_FOR_ALL); i++) {
		const struct cfc_instance *log = cfc_block_find(plan->blocks[i], "log");

		if (log == NULL || !logs_all(log->directive))
			continue;
		cfc_rule_report(
			c, self, log->directive->name.span,
			"every query of every client is logged: many lines, and private ones");
		cfc_note(c, cfc_no_span(),
			 "log 'class error' or 'class denial', or some names only");
	}
}

/* ---- CF4015, CF4016 ---- */

static bool
is_reverse(const struct rt_name *zone)
{
	static const uint8_t v4[] = "\7in-addr\4arpa", v6[] = "\3ip6\4arpa";

	return dns_name_is_subdomain(zone->wire, v4) || dns_name_is_subdomain(zone->wire, v6);
}

/* The whole of in-addr.arpa or ip6.arpa: addresses of others are in it as well. */
static bool
is_all_reverse(const struct rt_name *zone)
{
	return is_reverse(zone) && zone->nlabels == 2;
}

static void
check_reverse(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	      const struct cfc_instance *in)
{
	struct rt_names zones;

	cfc_instance_zones(in, block, &zones);
	for (unsigned i = 0; i < zones.n; i++) {
		if (!is_all_reverse(&zones.v[i]) || !cfc_instance_takes_all(in, &zones.v[i]) ||
		    find_recursive(block) == NULL)
			continue;
		cfc_rule_report(
			c, self, cfc_zone_span(in->directive, &zones.v[i]),
			"addresses outside the cluster have no names: '%s' is not passed on",
			zones.v[i].text);
		cfc_note(c, in->directive->name.span, "add 'fallthrough in-addr.arpa ip6.arpa'");
		cfc_fix_add_line(c, "add 'fallthrough in-addr.arpa ip6.arpa'", in->directive,
				 "fallthrough in-addr.arpa ip6.arpa");
		return;
	}
}

static void
check_endpoint(struct cfc *c, const struct cfc_rule *self, const struct cfc_instance *in)
{
	const struct cfc_line *line = cfc_find_line(in->directive, "endpoint");
	const char *host;

	if (line == NULL || line->ntokens < 2 || strncmp(line->tokens[1].text, "http://", 7) != 0)
		return;
	host = line->tokens[1].text + 7;
	if (strncmp(host, "localhost", 9) == 0 || strncmp(host, "127.", 4) == 0)
		return;
	cfc_rule_report(
		c, self, line->tokens[1].span,
		"the API server is asked in clear text: what the cluster serves can be forged");
	cfc_note(c, cfc_no_span(), "use https, and 'tls CERT KEY CA'");
}

void
cfc_check_kubernetes(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = cfc_block_find(plan->blocks[i], "kubernetes");
		const struct cfc_line *pods =
			in == NULL ? NULL : cfc_find_line(in->directive, "pods");

		if (in == NULL)
			continue;
		check_reverse(c, self, plan->blocks[i], in);
		check_endpoint(c, self, in);
		if (pods == NULL || pods->ntokens < 2 || !cfc_for(c, CFC_FOR_CLUSTER) ||
		    strcmp(pods->tokens[1].text, "insecure") != 0)
			continue;
		cfc_info(
			c, pods->tokens[1].span, self->id,
			"names like 1-2-3-4.ns.pod.cluster.local exist for any address: do not give "
			"certificates for them");
		cfc_note(c, cfc_no_span(),
			 "'pods disabled' or 'pods verified'; kubeadm ships this");
	}
}

#define CLUSTER_TTL_MAX 30u /* what kubeadm ships */

static void
check_cluster(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	      const struct cfc_instance *in)
{
	const uint32_t *ttl = cfc_instance_field(in, "ttl", CFC_SECONDS);
	struct rt_names zones;
	bool reverse = false;

	cfc_instance_zones(in, block, &zones);
	for (unsigned i = 0; i < zones.n; i++)
		reverse = reverse || is_reverse(&zones.v[i]);
	if (!reverse) {
		cfc_rule_report(c, self, in->directive->name.span,
				"addresses of the cluster have no names: there is no reverse zone");
		cfc_note(c, cfc_no_span(),
			 "add 'in-addr.arpa ip6.arpa', and pass on what is not "
			 "of the cluster by 'fallthrough'");
	}
	if (ttl == NULL || *ttl <= CLUSTER_TTL_MAX)
		return;
	const struct cfc_token *written = &cfc_find_line(in->directive, "ttl")->tokens[1];
	cfc_rule_report(c, self, written->span,
			"clients keep addresses of services for %u s after they have changed",
			*ttl);
	cfc_note(c, cfc_no_span(), "kubeadm ships 'ttl 30'");
	cfc_fix_word(c, "write 30", written, "30");
}

void
cfc_check_cluster(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	const struct cfc_instance *in;

	if (!cfc_for(c, CFC_FOR_CLUSTER) || plan->nblocks == 0)
		return;
	if (find_anywhere(plan, "kubernetes") == NULL) {
		cfc_rule_report(
			c, self, key_span(plan->blocks[0]),
			"nothing serves the names of the cluster: there is no 'kubernetes'");
		cfc_note(c, cfc_no_span(),
			 "add 'kubernetes cluster.local in-addr.arpa ip6.arpa { ... }'");
	}
	if (find_anywhere(plan, "reload") == NULL) {
		cfc_info(c, key_span(plan->blocks[0]), self->id,
			 "a change of the Corefile is not taken over until somebody restarts the "
			 "pods: there is no 'reload'");
		cfc_note(c, cfc_no_span(), "kubeadm ships it");
		cfc_fix_add_directive(c, "add 'reload'", plan->blocks[0]->tree, "reload");
	}
	for (size_t i = 0; i < plan->nblocks; i++) {
		in = cfc_block_find(plan->blocks[i], "kubernetes");
		if (in != NULL)
			check_cluster(c, self, plan->blocks[i], in);
	}
}
