/*
 * loadbalance_setup.c - compile time: the policy, and what goes with which.
 */
#include "config.h"

#include "loadbalance/loadbalance.h"

#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "compiler/diag.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "loadbalance/weights.h"

static const char *const policies[] = { "round_robin", "weighted", NULL };

static const struct cfc_arg policy_arg = {
	.name = "POLICY",
	.kind = CFC_ENUM,
	.values = policies,
};
static const struct cfc_arg file_arg = {
	.name = "WEIGHTFILE",
	.kind = CFC_PATH,
};

static const struct cfc_arg reload_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .dflt = "30s",
	  .lax = CFC_LAX_MIN,
	  CFC_AT(struct loadbalance_config, reload),
	  .help = "0s: never" },
};

static const struct cfc_arg prefer_args[] = {
	{ .name = "CIDR",
	  .kind = CFC_CIDRS,
	  .arity = CFC_MANY,
	  CFC_AT(struct loadbalance_config, prefer),
	  .help = "most wanted first" },
};

static const struct cfc_option loadbalance_options[] = {
	{ .name = "reload",
	  CFC_ARGS(reload_args),
	  .help = "how often the weight file is looked at" },
	{ .name = "prefer",
	  CFC_ARGS(prefer_args),
	  .lax = CFC_LAX_FEWER,
	  .repeat = CFC_REPEAT_MERGE,
	  .help = "puts addresses in these networks first" },
};

static const struct cfc_field loadbalance_fields[] = {
	{ .kind = CFC_ENUM, CFC_AT(struct loadbalance_config, policy), .values = policies },
	{ .kind = CFC_STRING, CFC_AT(struct loadbalance_config, file) },
};

static bool
too_many(struct cfc_bind *b, const struct cfc_token *tok, const char *policy)
{
	cfc_error(b->c, tok->span, "CF2001", "unexpected argument '%s' of policy %s", tok->text,
		  policy);
	return false;
}

static bool
parse_policy(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct loadbalance_config *c = config;
	size_t n = line->ntokens - 1;
	int policy = LOADBALANCE_ROUND_ROBIN;

	if (n > 0 && !cfc_bind_value(b, &policy_arg, &line->tokens[1], &policy))
		return false;
	if (policy == LOADBALANCE_ROUND_ROBIN && n > 1)
		return too_many(b, &line->tokens[2], "round_robin");
	if (policy == LOADBALANCE_WEIGHTED && n > 2)
		return too_many(b, &line->tokens[3], "weighted");
	if (policy == LOADBALANCE_WEIGHTED && n < 2) {
		cfc_error(b->c, line->tokens[1].span, "CF2001",
			  "policy weighted needs a weight file");
		cfc_note(b->c, cfc_no_span(), "usage: loadbalance weighted WEIGHTFILE");
		return false;
	}
	/* CoreDNS takes the last one and says nothing. */
	if (cfc_bind_was_set(b, offsetof(struct loadbalance_config, policy)))
		cfc_warn(b->c, line->tokens[0].span, "CF2010",
			 "'loadbalance' is given twice, the policy of this one replaces the first");
	c->policy = policy;
	c->file = NULL;
	cfc_bind_mark(b, offsetof(struct loadbalance_config, policy));
	return policy == LOADBALANCE_ROUND_ROBIN ||
	       cfc_bind_value(b, &file_arg, &line->tokens[2], &c->file);
}

/* CoreDNS wants a mask everywhere, and knows `prefer` with round_robin only. */
static bool
check_prefer(struct cfc_bind *b, bool weighted)
{
	const struct cfc_directive *d = b->directive;
	bool ok = true;

	for (size_t i = 0; i < d->nlines; i++) {
		const struct cfc_line *line = &d->lines[i];

		if (strcmp(line->tokens[0].text, "prefer") != 0)
			continue;
		if (weighted)
			ok = cfc_laxer(b->c, line->tokens[0].span, "CF2006",
				       "option 'prefer' does not go with policy weighted") &&
			     ok;
		for (size_t j = 1; j < line->ntokens; j++) {
			if (strchr(line->tokens[j].text, '/') == NULL)
				ok = cfc_laxer(b->c, line->tokens[j].span, "CF2002",
					       "'%s' has no mask", line->tokens[j].text) &&
				     ok;
		}
	}
	return ok;
}

static bool
judge_weights(struct cfc_bind *b, const char *path, const struct cfc_setup_text *text)
{
	struct loadbalance_weights *weights = NULL;
	char error[LOADBALANCE_ERROR_MAX];
	int rc = loadbalance_weights_parse(&weights, text->v, text->len, path, error);

	if (rc == 0)
		loadbalance_weights_free(weights);
	else
		cfc_error(b->c, b->directive->args[1].span, "CF2002", "%s",
			  rc == RT_ESYNTAX ? error : rt_strerror(rc));
	return rc == 0;
}

/* CoreDNS starts without the file if it may look for it again. */
static bool
check_weights(struct cfc_bind *b, const struct loadbalance_config *c)
{
	enum cfc_setup_kind kind;
	struct cfc_setup_text text;

	if (c->policy != LOADBALANCE_WEIGHTED)
		return true;
	kind = cfc_setup_stat(b->c, c->file[0] == '\0' ? "." : c->file);
	bool absent = kind == CFC_SETUP_ABSENT || kind == CFC_SETUP_DENIED;
	if (kind == CFC_SETUP_UNKNOWN || (absent && c->reload != 0))
		return true;
	return cfc_setup_readable(b, b->directive->args[1].span, c->file, &text) &&
	       judge_weights(b, c->file, &text);
}

static bool
loadbalance_check(struct cfc_bind *b, void *config)
{
	const struct loadbalance_config *c = config;

	if (!check_prefer(b, c->policy == LOADBALANCE_WEIGHTED) || !check_weights(b, c))
		return false;

	if (c->policy == LOADBALANCE_WEIGHTED ||
	    !cfc_bind_was_set(b, offsetof(struct loadbalance_config, reload)))
		return true;
	const struct cfc_line *line = cfc_find_line(b->directive, "reload");
	cfc_error(b->c, line != NULL ? line->tokens[0].span : b->directive->name.span, "CF2005",
		  "option 'reload' needs policy weighted");
	cfc_note(b->c, cfc_no_span(), "round_robin has no file to read again");
	return false;
}

const struct cfc_plugin loadbalance_plugin = {
	.name = "loadbalance",
	.summary = "changes the order of addresses in replies",
	CFC_CONFIG(loadbalance_config),
	.directive = { .parse = parse_policy, .syntax = "[round_robin | weighted WEIGHTFILE]" },
	CFC_OPTIONS(loadbalance_options),
	CFC_FIELDS(loadbalance_fields),
	.repeat = CFC_REPEAT_MERGE,
	.hooks = CFC_REPLY | CFC_START | CFC_RELOAD,
	.traits = CFC_HANDLER,
	.check = loadbalance_check,
};
