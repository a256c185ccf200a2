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

#define E CFC_SEVERITY_ERROR
#define W CFC_SEVERITY_WARNING
#define I CFC_SEVERITY_INFO

static const struct cfc_rule rules[] = {
	/* ---- CF1: the language ---- */
	{ "CF1000", E, "a file cannot be read", NULL },
	{ "CF1001", E, "a quote is never closed", NULL },
	{ "CF1002", E, "a block is never closed, or a brace closes nothing", NULL },
	{ "CF1003", E, "a brace glued to a word", NULL },
	{ "CF1004", W, "a '#' in the middle of a word", NULL },
	{ "CF1005", E, "an unknown directive", NULL },
	{ "CF1006", W, "an environment variable that is not set", NULL },
	{ "CF1007", E, "something is wrong with an import or a snippet", NULL },
	{ "CF1008", W, "characters that are surely not meant", NULL },
	{ "CF1009", W, "{{$v}} taken for an environment variable", NULL },
	{ "CF1010", E, "lines, blocks or keys in the wrong place", NULL },
	{ "CF1011", W, "there is no server block", NULL },
	{ "CF1012", W, "a comment that suppresses nothing", NULL },
	{ "CF1013", W, "a comment to corefile-lint that makes no sense", NULL },
	{ "CF1014", E, "a Kubernetes manifest from which no Corefile can be read", NULL },
	/* ---- CF2: directives ---- */
	{ "CF2001", E, "too few or too many arguments", NULL },
	{ "CF2002", E, "an argument of the wrong kind", NULL },
	{ "CF2003", E, "a value out of range", NULL },
	{ "CF2004", E, "an unknown option", NULL },
	{ "CF2005", E, "an option that needs another one", NULL },
	{ "CF2006", E, "options that exclude each other", NULL },
	{ "CF2010", W, "something is given twice", NULL },
	{ "CF2011", W, "an option that does nothing any more", NULL },
	{ "CF2012", W, "a log format taken as a name", NULL },
	{ "CF2013", W, "a line of hosts that makes no sense", NULL },
	{ "CF2014", W, "something that CoreDNS does not read, or reads otherwise", NULL },
	{ "CF2015", W, "a regular expression that means something else", NULL },
	{ "CF2016", W, "bounds that contradict each other, or can never apply", NULL },
	{ "CF2017", W, "a group, field or record that cannot be", NULL },
	{ "CF2018", W, "an address block that becomes several zones", NULL },
	{ "CF2019", W, "a zone name that is surely not meant", NULL },
	{ "CF2020", E, "a secret that is none", NULL },
	{ "CF2021", E, "'except' that takes nothing away, or everything", NULL },
	{ "CF2022", E, "upstreams that this build cannot ask", NULL },
	{ "CF2023", W, "a source address of the other family", NULL },
	{ "CF2024", W, "a name of hosts outside its zones", NULL },
	{ "CF2025", W, "a placeholder that does not exist", NULL },
	{ "CF2030", E, "an expression with a fault", NULL },
	{ "CF2031", E, "a template with a fault", NULL },
	{ "CF2032", E, "a label selector with a fault", NULL },
	/* ---- CF3: the whole program ---- */
	{ "CF3001", E, "the same zone twice on one address and port", NULL },
	{ "CF3002", E, "a zone and port with 'bind' and without", NULL },
	{ "CF3003", W, "a rule that is never used", cfc_check_hidden },
	{ "CF3004", W, "a plugin stands behind one that answers every query", cfc_check_unreached },
	{ "CF3005", I, "the order on the page is not the order of execution", cfc_check_order },
	{ "CF3006", E, "two things claim one address", cfc_check_ports },
	{ "CF3007", W, "a transport and a directive that do not fit", cfc_check_transport_needs },
	{ "CF3008", E, "something that another plugin must provide", cfc_check_plugin_needs },
	{ "CF3009", W, "autopath without the pods' addresses", NULL },
	{ "CF3010", W, "a server that forwards to itself", cfc_check_loops },
	{ "CF3011", W, "an upstream that may ask this server again", cfc_check_stubs },
	{ "CF3012", W, "one zone in two places", cfc_check_split },
	{ "CF3013", W, "a fallthrough that leads nowhere", cfc_check_fallthrough },
	{ "CF3014", W, "an access list that does nothing", NULL },
	{ "CF3015", E, "a transport that this build does not serve", cfc_check_transport },
	{ "CF3016", W, "a server block in which nothing answers", cfc_check_answers },
	{ "CF3017", E, "a plugin that this build does not serve", cfc_check_served },
	{ "CF3018", W, "several 'ready' that differ", cfc_check_monitors },
	{ "CF3019", W, "a zone outside its server block", cfc_check_outside },
	/* ---- CF4: running it ---- */
	{ "CF4001", W, "an open resolver", cfc_check_open_resolver },
	{ "CF4002", W, "nothing is kept", cfc_check_no_cache },
	{ "CF4003", W, "a cache that hardly keeps anything", cfc_check_short_cache },
	{ "CF4004", W, "upstreams without a way out", cfc_check_upstreams },
	{ "CF4005", W, "nobody will notice", cfc_check_telemetry },
	{ "CF4006", W, "every query is logged", cfc_check_full_log },
	{ "CF4007", W, "what is for tests, or tells too much", cfc_check_revealing },
	{ "CF4008", W, "a zone that others may copy", cfc_check_transfers },
	{ "CF4009", W, "answers that amplify or get lost", cfc_check_amplification },
	{ "CF4010", W, "an endpoint that is open to everybody", cfc_check_endpoints },
	{ "CF4011", W, "times of a zone that are out of range", NULL },
	{ "CF4012", W, "a certificate or its key", cfc_check_certificates },
	{ "CF4013", E, "a zone file with faults", cfc_check_zone_files },
	{ "CF4014", W, "keys and signatures of DNSSEC", cfc_check_keys },
	{ "CF4015", W, "what a cluster serves to the wrong ones", cfc_check_kubernetes },
	{ "CF4016", W, "a cluster without what kubeadm ships", cfc_check_cluster },
	/* ---- CF9: building ---- */
	{ "CF9001", E, "the runtime is not installed", NULL },
	{ "CF9002", E, "there is no C compiler", NULL },
	{ "CF9003", E, "the C compiler refused the generated code", NULL },
	{ "CF9004", E, "a file cannot be written", NULL },
	{ "CF9005", E, "a plugin outside the tree cannot be used", NULL },
	{ "CF9006", E, "a question that cannot be explained", NULL },
	{ "CF9007", E, "a fault in a project file or a file of variables", NULL },
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
