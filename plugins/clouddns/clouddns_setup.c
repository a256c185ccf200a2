/*
 * clouddns_setup.c - compile time: what `clouddns` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

struct clouddns_config {
	const char *credentials;
	struct rt_fallthrough fallthrough;
	struct rt_strings zones;
};

static bool
parse_zones(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct clouddns_config *self = config;

	return cfc_bind_hosted(b, line, &self->zones, 3, "ZONE:PROJECT:HOSTED-ZONE");
}

static const struct cfc_arg credentials_args[] = {
	{ .name = "FILE", .kind = CFC_STRING, CFC_AT(struct clouddns_config, credentials) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct clouddns_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_option credentials = { .name = "credentials", CFC_ARGS(credentials_args) };

/* CoreDNS wants a JSON object whose "type" it knows. */
static bool
parse_credentials(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	static const char *const types[] = { "service_account", "authorized_user",
					     "impersonated_service_account", "external_account" };
	struct cfc_setup_text text;

	if (!cfc_bind_args(b, &credentials, line->tokens + 1, line->ntokens - 1,
			   line->tokens[0].span, config) ||
	    !cfc_setup_readable(b, line->tokens[1].span, line->tokens[1].text, &text))
		return false;
	const char *at = text.v == NULL ? NULL : strstr(text.v, "\"type\"");
	if (at != NULL)
		at += strlen("\"type\"");
	if (at != NULL)
		at += strspn(at, " \t\r\n:\"");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (at != NULL && strncmp(at, types[i], strlen(types[i])) == 0 &&
		    at[strlen(types[i])] == '"')
			return true;
	}
	if (text.v != NULL)
		cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' is no file of credentials",
			  line->tokens[1].text);
	return text.v == NULL;
}

static const struct cfc_option clouddns_options[] = {
	{ .name = "credentials",
	  .parse = parse_credentials,
	  .syntax = "FILE",
	  .help = "logs in with this service account" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
};

static const struct cfc_field clouddns_fields[] = {
	{ .field = "zones",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct clouddns_config, zones) },
};

const struct cfc_plugin clouddns_plugin = {
	.name = "clouddns",
	.summary = "serves zones of Google Cloud DNS",
	CFC_CONFIG(clouddns_config),
	.directive = { .parse = parse_zones, .syntax = "[ZONE:PROJECT:HOSTED-ZONE...]" },
	CFC_OPTIONS(clouddns_options),
	CFC_FIELDS(clouddns_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
};
