/*
 * checks.c - rules about server blocks: what is in them and what this build can serve.
 */
#include "config.h"

#include "compiler/checks/checks.h"

/* ---- CF3003 ---- */

void
cfc_check_hidden(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	cfc_check_stanzas(c, self, plan);
	cfc_check_views(c, self, plan);
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
