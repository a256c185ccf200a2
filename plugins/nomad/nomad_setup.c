/*
 * nomad_setup.c - compile time: what `nomad` takes.  There is no run-time half yet.
 */
#include "config.h"

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

const struct cfc_plugin nomad_plugin = {
	.name = "nomad",
	.summary = "serves services of a Nomad cluster",
	CFC_CONFIG(nomad_config),
	.directive = { CFC_ARGS(nomad_args), .lax = CFC_LAX_MORE },
	CFC_OPTIONS(nomad_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
};
