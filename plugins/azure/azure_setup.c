/*
 * azure_setup.c - compile time: what `azure` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct azure_config {
	const char *tenant;
	const char *client;
	const char *secret;
	const char *subscription;
	struct rt_fallthrough fallthrough;
	int access;
	struct rt_strings zones;
	int environment; /* index into environments */
};

static bool
parse_zones(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct azure_config *self = config;

	return cfc_bind_hosted(b, line, &self->zones, 2, "RESOURCE-GROUP:ZONE");
}

static const char *const environments[] = { "azurepubliccloud", "azurechinacloud",
					    "azuregermancloud", "azureusgovernmentcloud",
					    "azurecloud",       "azureusgovernment",
					    "azurestackcloud",  NULL };

static const struct cfc_arg environment_arg = { .name = "ENVIRONMENT",
						.kind = CFC_ENUM,
						.values = environments };

/* Case does not matter. */
static bool
parse_environment(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct azure_config *self = config;
	struct cfc_token tok;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	tok = line->tokens[1];
	tok.text = cfc_lower(b->c, tok.text);
	if (!cfc_bind_value(b, &environment_arg, &tok, &self->environment))
		return false;
	/* The one whose parameters stand in a file. */
	if (strcmp(tok.text, "azurestackcloud") != 0 ||
	    b->c->getenv(b->c->getenv_arg, "AZURE_ENVIRONMENT_FILEPATH") != NULL)
		return true;
	return cfc_laxer(b->c, tok.span, "CF1006",
			 "'%s' needs the environment variable AZURE_ENVIRONMENT_FILEPATH",
			 line->tokens[1].text);
}

static const char *const accesses[] = { "public", "private", NULL };

static const struct cfc_arg tenant_args[] = {
	{ .name = "ID", .kind = CFC_STRING, CFC_AT(struct azure_config, tenant) },
};

static const struct cfc_arg client_args[] = {
	{ .name = "ID", .kind = CFC_STRING, CFC_AT(struct azure_config, client) },
};

static const struct cfc_arg secret_args[] = {
	{ .name = "SECRET",
	  .kind = CFC_STRING,
	  CFC_AT(struct azure_config, secret),
	  .secret = true },
};

static const struct cfc_arg subscription_args[] = {
	{ .name = "ID", .kind = CFC_STRING, CFC_AT(struct azure_config, subscription) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct azure_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_arg access_args[] = {
	{ .name = "WHICH",
	  .kind = CFC_ENUM,
	  .dflt = "public",
	  .values = accesses,
	  CFC_AT(struct azure_config, access) },
};

static const struct cfc_option azure_options[] = {
	{ .name = "tenant",
	  CFC_ARGS(tenant_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the tenant to log in to" },
	{ .name = "client",
	  CFC_ARGS(client_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the client to log in as" },
	{ .name = "secret", CFC_ARGS(secret_args), .lax = CFC_LAX_FLAT, .help = "its secret" },
	{ .name = "subscription",
	  CFC_ARGS(subscription_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the subscription of the zones" },
	{ .name = "environment",
	  .parse = parse_environment,
	  .syntax = "ENVIRONMENT",
	  .help = "which cloud" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
	{ .name = "access",
	  CFC_ARGS(access_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "whether the zones are public or private" },
};

static const struct cfc_field azure_fields[] = {
	{ .field = "zones", .kind = CFC_STRINGS, .offset = offsetof(struct azure_config, zones) },
	{ .field = "environment",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct azure_config, environment),
	  .values = environments },
};

const struct cfc_plugin azure_plugin = {
	.name = "azure",
	.summary = "serves zones of Azure DNS",
	CFC_CONFIG(azure_config),
	.directive = { .parse = parse_zones, .syntax = "[RESOURCE-GROUP:ZONE...]" },
	CFC_OPTIONS(azure_options),
	CFC_FIELDS(azure_fields),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
};
