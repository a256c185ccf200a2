/*
 * nsid_setup.c - compile time: what `nsid` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct nsid_config {
	struct rt_strings data;
};

static const struct cfc_arg nsid_args[] = {
	{ .name = "DATA",
	  .kind = CFC_STRINGS,
	  .arity = CFC_REST,
	  CFC_AT(struct nsid_config, data),
	  .help = "what to send; words are joined by blanks, none stands for the host name" },
};

const struct cfc_plugin nsid_plugin = {
	.name = "nsid",
	.summary = "tells clients which server answered",
	CFC_CONFIG(nsid_config),
	.directive = { CFC_ARGS(nsid_args) },
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
