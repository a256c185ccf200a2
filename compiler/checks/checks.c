/*
 * checks.c - rules about server blocks: what is in them and what this build can serve.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

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

/* A rule of `acl` that is about all types from all addresses, and lets nobody pass. */
static bool
stops_all(const struct cfc_line *line)
{
	static const char *const actions[] = { "block", "filter", "drop" };
	bool stops = false;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		stops = stops || strcmp(line->tokens[0].text, actions[i]) == 0;
	return stops && line->ntokens == 1;
}

static bool
is_answered(const struct cfc_block *block)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		const struct cfc_directive *d = in->directive;

		if (in->plugin->traits & CFC_ANSWERS)
			return true;
		for (size_t i = 0; strcmp(in->plugin->name, "acl") == 0 && i < d->nlines; i++) {
			if (d->nargs == 0 && stops_all(&d->lines[i]))
				return true;
		}
	}
	return false;
}

/* Whether CoreDNS has a chain for the block: without one it refuses, with one it looks for an answer. */
static bool
has_chain(const struct cfc_block *block)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->traits & CFC_HANDLER)
			return true;
	}
	return false;
}

/*
 * Where nothing in the Corefile answers it is a piece of one, an example perhaps: so it is a warning only
 * for who makes a server of it, or says what the server is for.  Where others answer, a block without a
 * chain may be there to refuse a zone, or for what it sets up (`health`, `prometheus`).
 */
void
cfc_check_answers(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	bool real = c->building || c->profile != CFC_PROFILE_NONE, some = false;

	for (size_t i = 0; i < plan->nblocks; i++)
		some = some || is_answered(plan->blocks[i]);
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		bool chain = has_chain(block);

		if (block->tree->nkeys == 0 || is_answered(block))
			continue;
		((some ? chain : real) ? cfc_warn : cfc_info)(
			c, block->tree->keys[0].span, self->id,
			"nothing in this server block answers queries: clients get %s",
			chain ? "SERVFAIL" : "REFUSED");
		cfc_note(c, cfc_no_span(),
			 "add a plugin that does, such as 'forward', 'file' or 'hosts'");
	}
}
