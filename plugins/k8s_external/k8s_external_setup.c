/*
 * k8s_external_setup.c - compile time: what `k8s_external` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct k8s_external_config {
	struct rt_names zones;
	const char *apex;
	uint32_t ttl;
	bool headless;
	struct rt_fallthrough fallthrough;
};

static const struct cfc_arg k8s_external_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct k8s_external_config, zones),
	  .help = "the zones of the public names" },
};

static const struct cfc_arg apex_args[] = {
	{ .name = "LABEL",
	  .kind = CFC_STRING,
	  .dflt = "dns",
	  CFC_AT(struct k8s_external_config, apex) },
};

static const struct cfc_arg ttl_args[] = {
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .max = 3600,
	  .dflt = "5",
	  CFC_AT(struct k8s_external_config, ttl) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct k8s_external_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_option k8s_external_options[] = {
	{ .name = "apex",
	  CFC_ARGS(apex_args),
	  .lax = CFC_LAX_MORE,
	  .help = "the label below the zone for records about the zone itself" },
	{ .name = "ttl", CFC_ARGS(ttl_args), .lax = CFC_LAX_MORE, .help = "the TTL of answers" },
	{ .name = "headless",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct k8s_external_config, headless),
	  .help = "serves headless services as well" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
};

const struct cfc_plugin k8s_external_plugin = {
	.name = "k8s_external",
	.summary = "serves Kubernetes services under a public name",
	CFC_CONFIG(k8s_external_config),
	.directive = { CFC_ARGS(k8s_external_args) },
	CFC_OPTIONS(k8s_external_options),
	.repeat = CFC_REPEAT_LAST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
};
