/*
 * https_setup.c - compile time: what `https` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct https_config {
	uint32_t max_connections;
};

static const struct cfc_arg max_connections_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 0,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "200",
	  CFC_AT(struct https_config, max_connections) },
};

static const struct cfc_option https_options[] = {
	{ .name = "max_connections",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_connections_args),
	  .help = "connections at a time, 0 for no limit" },
};

const struct cfc_plugin https_plugin = {
	.name = "https",
	.summary = "limits DNS over HTTPS",
	CFC_CONFIG(https_config),
	CFC_OPTIONS(https_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_LINT_ONLY,
};
