/*
 * rules.c - the one table of everything that corefilec reports: ids, severities, summaries.
 *
 * Rules with a function look at the whole plan (checks.h); the others are reported by the pass that
 * stumbles upon them.  An id never changes its meaning.  The explanations stand in doc/rules, which
 * `corefile-lint --explain ID` prints.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <stdarg.h>

#include "compiler/checks/facts.h"

#define E CFC_SEVERITY_ERROR
#define W CFC_SEVERITY_WARNING
#define I CFC_SEVERITY_INFO

static const struct cfc_rule rules[] = {
	/* ---- CF1: the language ---- */
	{ "CF1000", E, "a file cannot be read", .check = NULL },
	{ "CF1001", E, "a quote is never closed", .check = NULL },
	{ "CF1002", E, "a block is never closed, or a brace closes nothing", .check = NULL },
	{ "CF1003", E, "a brace glued to a word", .check = NULL },
	{ "CF1004", W, "a '#' in the middle of a word", .check = NULL },
	{ "CF1005", E, "an unknown directive", .check = NULL },
	{ "CF1006", W, "an environment variable that is not set", .check = NULL },
	{ "CF1007", E, "something is wrong with an import or a snippet", .check = NULL },
	{ "CF1008", W, "characters that are surely not meant", .check = NULL },
	{ "CF1009", W, "{{$v}} taken for an environment variable", .check = NULL },
	{ "CF1010", E, "lines, blocks or keys in the wrong place", .check = NULL },
	{ "CF1011", W, "there is no server block", .check = NULL },
	{ "CF1012", W, "a comment that suppresses nothing", .check = NULL },
	{ "CF1013", W, "a comment to corefile-lint that makes no sense", .check = NULL },
	{ "CF1014", E, "a Kubernetes manifest from which no Corefile can be read", .check = NULL },
	/* ---- CF2: directives ---- */
	{ "CF2001", E, "too few or too many arguments", .check = NULL },
	{ "CF2002", E, "an argument of the wrong kind", .check = NULL },
	{ "CF2003", E, "a value out of range", .check = NULL },
	{ "CF2004", E, "an unknown option", .check = NULL },
	{ "CF2005", E, "an option that needs another one", .check = NULL },
	{ "CF2006", E, "options that exclude each other", .check = NULL },
	{ "CF2010", W, "something is given twice", .check = NULL },
	{ "CF2011", W, "an option that does nothing any more", .check = NULL },
	{ "CF2012", W, "a log format taken as a name", .check = NULL },
	{ "CF2013", W, "a line of hosts that makes no sense", .check = NULL },
	{ "CF2014", W, "something that CoreDNS does not read, or reads otherwise", .check = NULL },
	{ "CF2015", W, "a regular expression that means something else", .check = NULL },
	{ "CF2016", W, "bounds that contradict each other, or can never apply", .check = NULL },
	{ "CF2017", W, "a group, field or record that cannot be", .check = NULL },
	{ "CF2018", W, "an address block that becomes several zones", .check = NULL },
	{ "CF2019", W, "a zone name that is surely not meant", .check = NULL },
	{ "CF2020", E, "a secret that is none", .check = NULL },
	{ "CF2021", E, "'except' that takes nothing away, or everything", .check = NULL },
	{ "CF2022", E, "upstreams that this build cannot ask", .check = NULL },
	{ "CF2023", W, "a source address of the other family", .check = NULL },
	{ "CF2024", W, "a name of hosts outside its zones", .check = NULL },
	{ "CF2025", W, "a placeholder that does not exist", .check = NULL },
	{ "CF2026", W, "an option that has no effect here", .check = cfc_check_idle_options },
	{ "CF2030", E, "an expression with a fault", .check = NULL },
	{ "CF2031", E, "a template with a fault", .check = NULL },
	{ "CF2032", E, "a label selector with a fault", .check = NULL },
	/* ---- CF3: the whole program ---- */
	{ "CF3001", E, "the same zone twice on one address and port", .check = NULL },
	{ "CF3002", E, "a zone and port with 'bind' and without", .check = NULL },
	{ "CF3003", W, "a rule that is never used", .check = cfc_check_hidden },
	{ "CF3004", W, "a plugin stands behind one that answers every query",
	  .check = cfc_check_unreached },
	{ "CF3005", I, "the order on the page is not the order of execution",
	  .check = cfc_check_order },
	{ "CF3006", E, "two things claim one address", .check = cfc_check_ports },
	{ "CF3007", W, "a transport and a directive that do not fit",
	  .check = cfc_check_transport_needs },
	{ "CF3008", E, "something that another plugin must provide",
	  .check = cfc_check_plugin_needs },
	{ "CF3009", W, "autopath without the pods' addresses", .check = NULL },
	{ "CF3010", W, "a server that forwards to itself", .check = cfc_check_loops },
	{ "CF3011", W, "an upstream that may ask this server again", .check = cfc_check_stubs,
	  .profiles = CFC_FOR_CLUSTER },
	{ "CF3012", W, "one zone in two places", .check = cfc_check_split },
	{ "CF3013", W, "a fallthrough that leads nowhere", .check = cfc_check_fallthrough },
	{ "CF3014", W, "an access list that does nothing", .check = NULL },
	{ "CF3015", E, "a transport that this build does not serve", .check = cfc_check_transport },
	{ "CF3016", W, "a server block in which nothing answers", .check = cfc_check_answers },
	{ "CF3017", E, "a plugin that this build does not serve", .check = cfc_check_served },
	{ "CF3018", W, "several 'ready' that differ", .check = cfc_check_monitors },
	{ "CF3019", W, "a zone outside its server block", .check = cfc_check_outside },
	{ "CF3020", W, "upstreams that know different names", .check = cfc_check_mixed_upstreams },
	{ "CF3021", W, "an access list that another server block goes around",
	  .check = cfc_check_acl_everywhere },
	{ "CF3022", I, "names that nothing answers for", .check = cfc_check_rest },
	{ "CF3023", W, "answers for another name than was asked", .check = NULL },
	/* ---- CF4: running it ---- */
	{ "CF4001", W, "an open resolver", .check = cfc_check_open_resolver,
	  .profiles = CFC_FOR_NODELOCAL | CFC_FOR_RESOLVER | CFC_FOR_EDGE },
	{ "CF4002", W, "nothing is kept", .check = cfc_check_no_cache,
	  .profiles = CFC_FOR_CLUSTER | CFC_FOR_NODELOCAL | CFC_FOR_RESOLVER },
	{ "CF4003", W, "a cache that hardly keeps anything", .check = cfc_check_short_cache,
	  .profiles = CFC_FOR_RESOLVER },
	{ "CF4004", W, "upstreams without a way out", .check = cfc_check_upstreams,
	  .profiles = CFC_FOR_ALL },
	{ "CF4005", W, "nobody will notice", .check = cfc_check_telemetry,
	  .profiles = CFC_FOR_ALL },
	{ "CF4006", W, "every query is logged", .check = cfc_check_full_log,
	  .profiles = CFC_FOR_ALL },
	{ "CF4007", W, "what is for tests, or tells too much", .check = cfc_check_revealing,
	  .profiles = CFC_FOR_ALL },
	{ "CF4008", W, "a zone that others may copy", .check = cfc_check_transfers,
	  .profiles = CFC_FOR_ALL },
	{ "CF4009", W, "answers that amplify or get lost", .check = cfc_check_amplification,
	  .profiles = CFC_FOR_EDGE },
	{ "CF4010", W, "an endpoint that is open to everybody", .check = cfc_check_endpoints,
	  .profiles = CFC_FOR_EDGE },
	{ "CF4011", W, "times of a zone that are out of range", .check = NULL, .files = true },
	{ "CF4012", W, "a certificate or its key", .check = cfc_check_certificates, .files = true },
	{ "CF4013", E, "a zone file with faults", .check = cfc_check_zone_files, .files = true },
	{ "CF4014", W, "keys and signatures of DNSSEC", .check = cfc_check_keys, .files = true },
	{ "CF4015", W, "what a cluster serves to the wrong ones", .check = cfc_check_kubernetes,
	  .profiles = CFC_FOR_CLUSTER },
	{ "CF4016", W, "a cluster without what kubeadm ships", .check = cfc_check_cluster,
	  .profiles = CFC_FOR_CLUSTER },
	{ "CF4017", I, "what a plugin costs", .check = cfc_check_costs },
	{ "CF4018", W, "an endpoint that nobody reaches", .check = cfc_check_probes,
	  .profiles = CFC_FOR_CLUSTER },
	{ "CF4019", W, "a server that is ended too early", .check = cfc_check_grace,
	  .profiles = CFC_FOR_CLUSTER | CFC_FOR_NODELOCAL },
	{ "CF4020", W, "a failure that lasts", .check = cfc_check_kept_failures },
	{ "CF4021", W, "the cache of a node without what NodeLocal DNSCache ships",
	  .check = cfc_check_node_cache, .profiles = CFC_FOR_NODELOCAL },
	/* ---- CF9: building ---- */
	{ "CF9001", E, "the runtime is not installed", .check = NULL },
	{ "CF9002", E, "there is no C compiler", .check = NULL },
	{ "CF9003", E, "the C compiler refused the generated code", .check = NULL },
	{ "CF9004", E, "a file cannot be written", .check = NULL },
	{ "CF9005", E, "a plugin outside the tree cannot be used", .check = NULL },
	{ "CF9006", E, "a question that cannot be explained", .check = NULL },
	{ "CF9007", E, "a fault in a project file or a file of variables", .check = NULL },
};

const struct cfc_rule *
cfc_rules(size_t *n)
{
	*n = ARRAY_SIZE(rules);
	return rules;
}

void
cfc_rule_report(struct cfc *c, const struct cfc_rule *rule, struct cfc_span span, const char *fmt,
		...)
{
	va_list ap;

	if (c->compat) {
		c->diags.last = NULL;
		return;
	}
	va_start(ap, fmt);
	cfc_report(c, rule->severity, span, rule->id, fmt, ap);
	va_end(ap);
	if (c->diags.last != NULL)
		c->diags.last->ours = true;
}

void
cfc_check(struct cfc *c, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].check != NULL)
			rules[i].check(c, &rules[i], plan);
	}
}
