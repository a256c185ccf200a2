/*
 * route53_setup.c - compile time: what `route53` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct route53_config {
	const char *aws_endpoint;
	const char *profile;
	const char *credentials_file;
	struct rt_fallthrough fallthrough;
	uint64_t refresh; /* nanoseconds */
	struct rt_strings zones;
};

static bool
parse_zones(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct route53_config *self = config;

	return cfc_bind_hosted(b, line, &self->zones, 2, "ZONE:HOSTED-ZONE-ID");
}

static bool
parse_access_key(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	(void)config;
	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	cfc_warn(b->c, line->tokens[0].span, "CF2011", "keys in a Corefile are deprecated");
	cfc_note(b->c, cfc_no_span(), "use the environment, or 'credentials' with a file");
	return true;
}

static const struct cfc_arg aws_endpoint_args[] = {
	{ .name = "URL", .kind = CFC_STRING, CFC_AT(struct route53_config, aws_endpoint) },
};

static const struct cfc_arg credentials_args[] = {
	{ .name = "PROFILE", .kind = CFC_STRING, CFC_AT(struct route53_config, profile) },
	{ .name = "FILE",
	  .kind = CFC_STRING,
	  .arity = CFC_OPT,
	  CFC_AT(struct route53_config, credentials_file) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct route53_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_arg refresh_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_INTERVAL,
	  .min = 1,
	  .max = INT64_MAX,
	  .dflt = "1m",
	  CFC_AT(struct route53_config, refresh) },
};

static const struct cfc_option route53_options[] = {
	{ .name = "aws_access_key",
	  .parse = parse_access_key,
	  .syntax = "ID SECRET",
	  .secret = true,
	  .help = "logs in with this key; deprecated" },
	{ .name = "aws_endpoint",
	  CFC_ARGS(aws_endpoint_args),
	  .help = "the address of the interface" },
	{ .name = "credentials", CFC_ARGS(credentials_args), .help = "logs in with this profile" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
	{ .name = "refresh", CFC_ARGS(refresh_args), .help = "how often to read the zones" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
};

static const struct cfc_field route53_fields[] = {
	{ .field = "zones", .kind = CFC_STRINGS, .offset = offsetof(struct route53_config, zones) },
};

const struct cfc_plugin route53_plugin = {
	.name = "route53",
	.summary = "serves zones of Amazon Route 53",
	CFC_CONFIG(route53_config),
	.directive = { .parse = parse_zones, .syntax = "[ZONE:HOSTED-ZONE-ID...]" },
	CFC_OPTIONS(route53_options),
	CFC_FIELDS(route53_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
};
