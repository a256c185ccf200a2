/*
 * metadata_setup.c - compile time: what `metadata` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct metadata_config {
	struct rt_names zones;
};

static const struct cfc_arg metadata_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct metadata_config, zones),
	  .help = "collects for these zones" },
};

const struct cfc_plugin metadata_plugin = {
	.name = "metadata",
	.summary = "collects what other plugins know about a query",
	CFC_CONFIG(metadata_config),
	.directive = { CFC_ARGS(metadata_args), .lax = CFC_LAX_EMPTY },
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
