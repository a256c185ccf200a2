/*
 * nomad_setup.c - compile time: what `nomad` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/bind/url.h"
#include "compiler/plugin.h"

struct nomad_config {
	struct rt_name zone;
	struct rt_strings addresses;
	const char *filter;
	const char *token;
	uint32_t ttl;
};

static const struct cfc_arg nomad_args[] = {
	{ .name = "ZONE",
	  .kind = CFC_NAME,
	  .arity = CFC_OPT,
	  .dflt = "service.nomad",
	  CFC_AT(struct nomad_config, zone) },
};

static const struct cfc_arg address_args[] = {
	{ .name = "URL",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  .dflt = "http://127.0.0.1:4646",
	  CFC_AT(struct nomad_config, addresses) },
};

static const struct cfc_arg filter_args[] = {
	{ .name = "EXPRESSION", .kind = CFC_STRING, CFC_AT(struct nomad_config, filter) },
};

static const struct cfc_arg token_args[] = {
	{ .name = "TOKEN", .kind = CFC_STRING, CFC_AT(struct nomad_config, token), .secret = true },
};

static const struct cfc_arg ttl_args[] = {
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .max = 3600,
	  .dflt = "30",
	  CFC_AT(struct nomad_config, ttl) },
};

static const struct cfc_option nomad_options[] = {
	{ .name = "address",
	  .repeat = CFC_REPEAT_MERGE,
	  CFC_ARGS(address_args),
	  .help = "the agents, asked in turn" },
	{ .name = "filter",
	  CFC_ARGS(filter_args),
	  .help = "only services for which this expression of Nomad is true" },
	{ .name = "token", CFC_ARGS(token_args), .help = "logs in with this token" },
	{ .name = "ttl", CFC_ARGS(ttl_args), .help = "the TTL of answers" },
};

/* CoreDNS takes the names of options in any case. */
static bool
nomad_line(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	const char *name = cfc_lower(b->c, line->tokens[0].text);

	for (size_t i = 0; b->c->compat && i < ARRAY_SIZE(nomad_options); i++) {
		if (strcmp(nomad_options[i].name, name) == 0)
			return cfc_bind_args(b, &nomad_options[i], line->tokens + 1,
					     line->ntokens - 1, line->tokens[0].span, config);
	}
	return cfc_bind_unknown(b, line);
}

static bool
nomad_check(struct cfc_bind *b, void *config)
{
	const struct nomad_config *nomad = config;
	bool ok = true;

	for (unsigned i = 0; i < nomad->addresses.n; i++) {
		if (cfc_url_parses(nomad->addresses.v[i]))
			continue;
		cfc_error(b->c, b->directive->name.span, "CF2002", "'%s' is no URL of an agent",
			  nomad->addresses.v[i]);
		cfc_note(b->c, cfc_no_span(), "write it as in http://127.0.0.1:4646");
		ok = false;
	}
	return ok;
}

const struct cfc_plugin nomad_plugin = {
	.name = "nomad",
	.summary = "serves services of a Nomad cluster",
	CFC_CONFIG(nomad_config),
	.directive = { CFC_ARGS(nomad_args), .lax = CFC_LAX_MORE },
	CFC_OPTIONS(nomad_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
	.line = nomad_line,
	.check = nomad_check,
};
