/*
 * checks.c - rules about the whole program: chains and transports.
 */
#include "config.h"

#include "compiler/checks.h"

/* ---- CF3004 ---- */

static bool
takes_all(const struct cfc_block *block, const struct cfc_instance *in)
{
	for (unsigned i = 0; i < block->zones.n; i++) {
		if (!cfc_instance_takes_all(in, &block->zones.v[i]))
			return false;
	}
	return block->zones.n > 0;
}

void
cfc_check_unreached(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *terminal = NULL;

		for (const struct cfc_instance *in = plan->blocks[i]->instances; in;
		     in = in->next) {
			if (terminal != NULL && (in->plugin->traits & CFC_ANSWERS)) {
				cfc_rule_report(
					c, self, in->directive->name.span,
					"'%s' never sees a query: '%s' runs before it and answers all",
					in->plugin->name, terminal->plugin->name);
				cfc_note(c, terminal->directive->name.span,
					 "remove '%s', or this one", terminal->plugin->name);
			}
			if (terminal == NULL && takes_all(plan->blocks[i], in))
				terminal = in;
		}
	}
}

/* ---- CF3015 ---- */

void
cfc_check_transport(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		if (l->scheme == CFC_SCHEME_DNS)
			continue;
		for (size_t j = 0; j < l->nsites; j++) {
			cfc_unserved(c, l->sites[j].span, self->id,
				     "this build of corefilec checks '%s://' but cannot serve it",
				     cfc_scheme_name(l->scheme));
			cfc_note(c, cfc_no_span(),
				 "it serves DNS over UDP and TCP: leave the scheme out");
		}
	}
}

/* ---- CF3017 ---- */

void
cfc_check_served(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if ((in->plugin->traits & CFC_LINT_ONLY) == 0)
				continue;
			cfc_unserved(c, in->directive->name.span, self->id,
				     "this build of corefilec checks '%s' but cannot serve it",
				     in->plugin->name);
			cfc_note(c, cfc_no_span(),
				 "'corefilec plugins' lists what can be served, '--plugin DIR' "
				 "adds to it");
		}
	}
}

/* ---- CF3016 ---- */

void
cfc_check_answers(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
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
		cfc_note(c, cfc_no_span(),
			 "add a plugin that does, such as 'forward', 'file' or 'hosts'");
	}
}
