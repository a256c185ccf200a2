/*
 * local_setup.c - compile time: what `local` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct local_config {
	bool prefix;
};

static const struct cfc_arg localhost_prefix_args[] = {
	{ .name = "WHETHER", .kind = CFC_FLAG, .dflt = "on", CFC_AT(struct local_config, prefix) },
};

static const struct cfc_option local_options[] = {
	{ .name = "localhost_prefix",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(localhost_prefix_args),
	  .help = "whether localhost.DOMAIN is answered too" },
};

const struct cfc_plugin local_plugin = {
	.name = "local",
	.summary = "answers names of the local host",
	CFC_CONFIG(local_config),
	CFC_OPTIONS(local_options),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
};
