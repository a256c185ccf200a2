/*
 * checks.h - rules about the whole program.
 *
 * A rule is one function here, one row in the table in rules.c (id, severity, summary) and one page,
 * doc/rules/ID.md: cause, a Corefile that it is about with what is said about it, what CoreDNS does, and
 * the cure.  tests/rules.sh holds them together.
 * Rules see only the plan, report through the diagnostics, and never stop each other.
 */
#ifndef COMPILER_CHECKS_H
#define COMPILER_CHECKS_H

#include "compiler/plan.h"

struct cfc_rule {
	const char *id; /* "CF3004"; never changes its meaning */
	enum cfc_severity severity;
	const char *summary; /* one line */
	/* NULL: reported by the pass that meets it. */
	void (*check)(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan);
	unsigned
		profiles; /* CFC_FOR_...: says some of it only for these; 0 = for all, and without */
	bool files;       /* says some of it only with --root */
};

/* Runs all of them. */
void cfc_check(struct cfc *c, const struct cfc_plan *plan);

/* The rules in order of their ids; NULL and *n = 0 is never returned. */
const struct cfc_rule *cfc_rules(size_t *n);

/* The page about a rule, in Markdown; NULL for an id that is none. */
const char *cfc_rule_page(const char *id);

/*
 * Reports with the rule's id and severity.  Nothing with --compat: CoreDNS has no rules about the
 * whole program but those that call cfc_error (diag.h).
 */
void cfc_rule_report(struct cfc *c, const struct cfc_rule *rule, struct cfc_span span,
		     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

typedef void cfc_check_fn(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan);
cfc_check_fn cfc_check_ports, cfc_check_monitors;
cfc_check_fn cfc_check_hidden, cfc_check_order, cfc_check_fallthrough, cfc_check_outside;
cfc_check_fn cfc_check_split, cfc_check_loops, cfc_check_stubs;
cfc_check_fn cfc_check_unreached, cfc_check_transport, cfc_check_answers, cfc_check_served;
cfc_check_fn cfc_check_transport_needs, cfc_check_plugin_needs;

cfc_check_fn cfc_check_open_resolver, cfc_check_revealing, cfc_check_transfers;
cfc_check_fn cfc_check_amplification, cfc_check_endpoints;
cfc_check_fn cfc_check_no_cache, cfc_check_short_cache, cfc_check_upstreams, cfc_check_telemetry;
cfc_check_fn cfc_check_full_log, cfc_check_kubernetes, cfc_check_cluster;

cfc_check_fn cfc_check_idle_options, cfc_check_mixed_upstreams, cfc_check_acl_everywhere;
cfc_check_fn cfc_check_rest, cfc_check_kept_failures, cfc_check_costs;
cfc_check_fn cfc_check_probes, cfc_check_grace, cfc_check_node_cache;

cfc_check_fn cfc_check_zone_files, cfc_check_certificates, cfc_check_keys;

/* The parts of CF3003 that are not in the plugins: stanzas of one plugin, blocks with views. */
cfc_check_fn cfc_check_stanzas, cfc_check_views;

#endif
