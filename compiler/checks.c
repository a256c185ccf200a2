/*
 * checks.c - the rule table, and the rules about chains.
 */
#include "config.h"

#include "compiler/checks.h"

#include <stdarg.h>
#include <string.h>

void
cfc_rule_report(struct cfc *c, const struct cfc_rule *rule, struct cfc_span span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfc_report(c, rule->severity, span, rule->id, fmt, ap);
	va_end(ap);
}

/* ---- CF3004 ---- */

static void
check_unreached(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *terminal = NULL;

		for (const struct cfc_instance *in = plan->blocks[i]->instances; in; in = in->next) {
			if (terminal != NULL && (in->plugin->traits & CFC_ANSWERS)) {
				cfc_rule_report(c, self, in->directive->name.span,
					"'%s' never sees a query: '%s' runs before it and answers all",
					in->plugin->name, terminal->plugin->name);
				cfc_note(c, terminal->directive->name.span,
					"remove '%s', or this one", terminal->plugin->name);
			}
			if (terminal == NULL && (in->plugin->traits & CFC_TERMINAL))
				terminal = in;
		}
	}
}

/* ---- CF3015 ---- */

static void
check_transport(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		if (l->scheme == CFC_SCHEME_DNS)
			continue;
		for (size_t j = 0; j < l->nsites; j++) {
			cfc_rule_report(c, self, l->sites[j].span,
				"this build of corefilec does not serve '%s://'",
				cfc_scheme_name(l->scheme));
			cfc_note(c, cfc_no_span(), "it serves DNS over UDP and TCP: leave the scheme out");
		}
	}
}

/* ---- CF3016 ---- */

static void
check_answers(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		bool answers = false;

		for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next)
			answers = answers || (in->plugin->traits & CFC_ANSWERS) != 0;
		if (answers || block->tree->nkeys == 0)
			continue;
		cfc_rule_report(c, self, block->tree->keys[0].span,
			"nothing in this server block answers queries: clients get %s",
			block->ninstances == 0 ? "REFUSED" : "SERVFAIL");
		cfc_note(c, cfc_no_span(), "add a plugin that does, such as 'forward', 'file' or 'hosts'");
	}
}

static const struct cfc_rule rules[] = {
	{
		.id = "CF3004",
		.severity = CFC_SEVERITY_WARNING,
		.summary = "a plugin stands behind one that answers every query",
		.explain = "Plugins run in a fixed order. After one that always answers (whoami), later "
			   "ones never see a query. Remove the one that is not meant.",
		.check = check_unreached,
	},
	{
		.id = "CF3015",
		.severity = CFC_SEVERITY_ERROR,
		.summary = "a transport that this build does not serve",
		.explain = "Server block keys may begin with tls://, https://, quic:// and others. This "
			   "build serves plain DNS over UDP and TCP only, and would rather not start than "
			   "serve in clear text what was meant to be encrypted.",
		.check = check_transport,
	},
	{
		.id = "CF3016",
		.severity = CFC_SEVERITY_WARNING,
		.summary = "a server block in which nothing answers",
		.explain = "A block needs at least one plugin that can answer. Without, every query for its "
			   "zones fails: REFUSED when the block is empty, SERVFAIL otherwise.",
		.check = check_answers,
	},
};

const struct cfc_rule *
cfc_rules(size_t *n)
{
	*n = ARRAY_SIZE(rules);
	return rules;
}

void
cfc_check(struct cfc *c, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		rules[i].check(c, &rules[i], plan);
}
