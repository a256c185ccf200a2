/*
 * acl_setup.c - compile time: what `acl` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "dns/name.h"
#include "compiler/trace.h"
#include "dns/types.h"

/* Rules of one stanza that are compared with each other; with more, none is. */
#define POLICIES_MAX 2000u

struct acl_policy {
	int action;               /* index into actions */
	struct rt_codes types;    /* none: all */
	struct rt_cidrs networks; /* none: all */
};

struct acl_policies {
	const struct acl_policy *v;
	unsigned n;
};

struct acl_config {
	struct rt_names zones;
	struct acl_policies policies;
};

static const char *const actions[] = { "allow", "block", "filter", "drop", NULL };

static const struct cfc_arg action_arg = { .name = "ACTION", .kind = CFC_ENUM, .values = actions };
static const struct cfc_arg network_arg = { .name = "NETWORK", .kind = CFC_CIDRS };

static bool
is_section(const struct cfc_token *tok)
{
	return strcasecmp(tok->text, "type") == 0 || strcasecmp(tok->text, "net") == 0;
}

/* Types are written in capitals, as in CoreDNS, which has two more, and no TYPE65. */
static bool
bind_type(struct cfc_bind *b, const struct cfc_token *tok, struct rt_codes *types)
{
	uint16_t type;

	if (b->c->compat && (strcmp(tok->text, "None") == 0 || strcmp(tok->text, "Reserved") == 0))
		return true;
	if (dns_type_parse(&type, tok->text, tok->len) == 0 &&
	    strcspn(tok->text, "abcdefghijklmnopqrstuvwxyz") == tok->len &&
	    strncmp(tok->text, "TYPE", 4) != 0) {
		*(uint16_t *)cfc_list_add(b, types, sizeof(type)) = type;
		return true;
	}
	cfc_error(b->c, tok->span, "CF2002", "'%s' is not a record type such as AAAA", tok->text);
	return false;
}

/* The words of a section, from at on; returns how many there are. */
static size_t
bind_section(struct cfc_bind *b, const struct cfc_line *line, size_t at, struct acl_policy *policy,
	     bool *ok)
{
	bool types = strcasecmp(line->tokens[at - 1].text, "type") == 0, all = false;
	size_t n = 0;

	for (; at + n < line->ntokens && !is_section(&line->tokens[at + n]); n++) {
		const struct cfc_token *tok = &line->tokens[at + n];

		all = all || strcmp(tok->text, "*") == 0;
		if (all)
			continue;
		*ok = (types ? bind_type(b, tok, &policy->types)
			     : cfc_bind_value(b, &network_arg, tok, &policy->networks)) &&
		      *ok;
	}
	if (n == 0) {
		cfc_error(b->c, line->tokens[at - 1].span, "CF2001", "nothing stands after '%s'",
			  line->tokens[at - 1].text);
		*ok = false;
	}
	if (all && types)
		policy->types.n = 0;
	else if (all)
		policy->networks.n = 0;
	return n;
}

/* Whether everything that the later rule is for is decided by the earlier one. */
static bool
covers(const struct acl_policy *earlier, const struct acl_policy *later)
{
	if (earlier->types.n > 0 && later->types.n == 0)
		return false;
	for (unsigned i = 0; earlier->types.n > 0 && i < later->types.n; i++) {
		bool found = false;

		for (unsigned j = 0; j < earlier->types.n; j++)
			found = found || earlier->types.v[j] == later->types.v[i];
		if (!found)
			return false;
	}
	if (earlier->networks.n > 0 && later->networks.n == 0)
		return false;
	for (unsigned i = 0; earlier->networks.n > 0 && i < later->networks.n; i++) {
		bool found = false;

		for (unsigned j = 0; j < earlier->networks.n; j++)
			found = found ||
				cidr_covers(&earlier->networks.v[j], &later->networks.v[i]);
		if (!found)
			return false;
	}
	return true;
}

static bool
parse_policy(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct acl_config *acl = config;
	struct acl_policy policy = { .action = 0 };
	struct cfc_token action = line->tokens[0];
	bool ok = true;

	action.text = cfc_lower(b->c, action.text);
	for (size_t i = 0; actions[i] == NULL || strcmp(actions[i], action.text) != 0; i++) {
		if (actions[i] != NULL)
			continue;
		cfc_error(b->c, action.span, "CF2004", "unknown action '%s'", line->tokens[0].text);
		cfc_note(b->c, cfc_no_span(), "expected allow, block, filter or drop");
		return false;
	}
	ok = cfc_bind_value(b, &action_arg, &action, &policy.action) &&
	     cfc_bind_count(b, line, 0, SIZE_MAX);
	for (size_t at = 1; at < line->ntokens && ok;) {
		if (!is_section(&line->tokens[at])) {
			cfc_error(b->c, line->tokens[at].span, "CF2002",
				  "'%s' is neither 'type' nor 'net'", line->tokens[at].text);
			cfc_note(b->c, cfc_no_span(),
				 "for example 'block type ANY net 10.0.0.0/8'");
			return false;
		}
		at += 1 + bind_section(b, line, at + 1, &policy, &ok);
	}
	if (!ok)
		return false;
	*(struct acl_policy *)cfc_list_add(b, &acl->policies, sizeof(policy)) = policy;
	return true;
}

/* ---- the whole ---- */

static bool
has_zones(const struct rt_names *wide, const struct rt_names *narrow)
{
	for (unsigned i = 0; i < narrow->n; i++) {
		bool found = false;

		for (unsigned j = 0; j < wide->n; j++)
			found = found || dns_name_is_subdomain(narrow->v[i].wire, wide->v[j].wire);
		if (!found)
			return false;
	}
	return true;
}

/* The first of n policies of an acl that decides about all that policy is for; n if there is none. */
static unsigned
find_cover(const struct acl_config *acl, unsigned n, const struct acl_policy *policy)
{
	unsigned i = 0;

	while (i < n && !covers(&acl->policies.v[i], policy))
		i++;
	return i;
}

/* Looks among the policies before it, in earlier stanzas as well; each has a line of its own. */
static void
warn_hidden(struct cfc_bind *b, const struct acl_config *acl, unsigned at)
{
	const struct acl_policy *policy = &acl->policies.v[at];
	const struct cfc_instance *in = b->block->instances;

	for (; in != NULL; in = in->next) {
		const struct acl_config *other = in->config;
		bool self = in == b->instance;

		if (in->plugin != b->plugin || (!self && !has_zones(&other->zones, &acl->zones)))
			continue;
		unsigned n = self ? at : other->policies.n;
		unsigned found = find_cover(other, n, policy);
		if (found < n) {
			cfc_warn(
				b->c, b->directive->lines[at].tokens[0].span, "CF3003",
				"this rule is never reached: an earlier one decides about all that it "
				"is for");
			cfc_note(b->c, in->directive->lines[found].tokens[0].span,
				 "the earlier one");
		}
		if (self || found < n)
			return;
	}
}

static bool
is_allow(const struct cfc_line *line)
{
	return strcasecmp(line->tokens[0].text, "allow") == 0;
}

/* What no rule is for is allowed. */
static bool
allows_only(const struct cfc_bind *b)
{
	const struct cfc_server *server = b->block->tree;

	for (size_t i = 0; i < server->ndirectives; i++) {
		const struct cfc_directive *d = &server->directives[i];

		for (size_t j = 0; strcmp(d->name.text, b->plugin->name) == 0 && j < d->nlines;
		     j++) {
			if (!is_allow(&d->lines[j]))
				return false;
		}
	}
	return true;
}

/* Networks are allowed, and the others are kept from some types only. */
static bool
is_half_closed(const struct acl_config *acl)
{
	bool allows = false, blocks = false;

	for (unsigned i = 0; i < acl->policies.n; i++) {
		const struct acl_policy *p = &acl->policies.v[i];

		allows = allows || (p->action == 0 && p->networks.n > 0 && p->types.n == 0);
		if (p->action != 0 && (p->types.n == 0 || p->networks.n > 0))
			return false;
		blocks = blocks || p->action != 0;
	}
	return allows && blocks;
}

static bool
acl_check(struct cfc_bind *b, void *config)
{
	const struct acl_config *acl = config;

	for (unsigned i = 0; acl->policies.n <= POLICIES_MAX && i < acl->policies.n; i++)
		warn_hidden(b, acl, i);
	if (acl->policies.n == 0 || allows_only(b)) {
		cfc_warn(b->c, b->directive->name.span, "CF3014",
			 "this 'acl' keeps nobody out: what no rule is for is allowed");
		cfc_note(b->c, cfc_no_span(), "end it with 'block'");
		cfc_fix_add_line(b->c, "block all others", b->directive, "block");
	} else if (is_half_closed(acl)) {
		cfc_warn(b->c, b->directive->name.span, "CF3014",
			 "everybody may still ask for other types: what no rule is for is allowed");
		cfc_note(b->c, cfc_no_span(), "end it with 'block' without types");
		cfc_fix_add_line(b->c, "block all others", b->directive, "block");
	}
	return true;
}

static const struct cfc_arg acl_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct acl_config, zones),
	  .help = "the zones that it is for" },
};

static const struct cfc_field policy_fields[] = {
	{ .field = "action",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct acl_policy, action),
	  .values = actions },
	{ .field = "types",
	  .kind = CFC_TYPES,
	  .offset = offsetof(struct acl_policy, types),
	  .comment = "none: all" },
	{ .field = "networks",
	  .kind = CFC_CIDRS,
	  .offset = offsetof(struct acl_policy, networks),
	  .comment = "none: all" },
};

static const struct cfc_struct policy_struct = {
	.type = "struct acl_policy",
	.size = sizeof(struct acl_policy),
	.fields = policy_fields,
	.nfields = ARRAY_SIZE(policy_fields),
};

static const struct cfc_field acl_fields[] = {
	{ .field = "policies",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct acl_config, policies),
	  .comment = "the first that matches decides",
	  .elems = &policy_struct },
};

/* ---- explain ---- */

static enum cfc_tri
policy_matches(const struct acl_policy *p, const struct cfc_query *q)
{
	bool type = p->types.n == 0;

	for (unsigned i = 0; i < p->types.n; i++)
		type = type || p->types.v[i] == q->type;
	if (!type)
		return CFC_NO;
	if (p->networks.n == 0)
		return CFC_YES;
	if (q->client.family == ADDR_NONE)
		return CFC_MAYBE;
	for (unsigned i = 0; i < p->networks.n; i++)
		if (cidr_contains(&p->networks.v[i], &q->client))
			return CFC_YES;
	return CFC_NO;
}

/* "block for clients of 10.0.0.0/8, 192.0.2.1/32": the client is not known. */
static void
say_networks(struct cfc_trace *t, const struct acl_policy *p)
{
	struct cfc_text text = { 0 };
	char net[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < p->networks.n; i++) {
		cidr_format(&p->networks.v[i], net);
		cfc_text_add(t->c, &text, ", ", net);
	}
	cfc_trace_say(t, "%ss clients of %s", actions[p->action], cfc_text(&text));
}

static enum cfc_outcome
acl_trace(struct cfc_trace *t, const void *config)
{
	static const char *const words[] = { "allows it", "blocks it: REFUSED",
					     "filters it: an empty answer", "drops it: no answer" };
	static const enum cfc_outcome outcomes[] = { CFC_OUTCOME_PASSES, CFC_OUTCOME_ENDS,
						     CFC_OUTCOME_ANSWERS, CFC_OUTCOME_DROPS };
	const struct acl_config *acl = config;
	bool depends = false;

	if (!cfc_query_below(&t->query, &acl->zones)) {
		cfc_trace_say(t, "passes it on: not one of its zones");
		return CFC_OUTCOME_PASSES;
	}
	for (unsigned i = 0; i < acl->policies.n; i++) {
		const struct acl_policy *p = &acl->policies.v[i];
		enum cfc_tri matches = policy_matches(p, &t->query);
		if (matches == CFC_MAYBE) {
			depends = true;
			say_networks(t, p);
		} else if (matches == CFC_YES) {
			cfc_trace_say(t, "%s%s", depends ? "otherwise " : "", words[p->action]);
			return depends ? CFC_OUTCOME_MAY_END : outcomes[p->action];
		}
	}
	cfc_trace_say(t, depends ? "allows all others" : "allows it: no rule is for it");
	return depends ? CFC_OUTCOME_MAY_END : CFC_OUTCOME_PASSES;
}

const struct cfc_plugin acl_plugin = {
	.name = "acl",
	.summary = "allows, blocks, filters or drops queries by source",
	CFC_CONFIG(acl_config),
	.directive = { CFC_ARGS(acl_args) },
	CFC_FIELDS(acl_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.line = parse_policy,
	.check = acl_check,
	.trace = acl_trace,
};
