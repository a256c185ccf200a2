/*
 * cancel_setup.c - compile time: what `cancel` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct cancel_config {
	uint64_t timeout; /* nanoseconds */
};

static const struct cfc_arg cancel_args[] = {
	{ .name = "TIMEOUT",
	  .kind = CFC_DURATION,
	  .arity = CFC_OPT,
	  .min = 1,
	  .dflt = "5001ms",
	  CFC_AT(struct cancel_config, timeout),
	  .help = "how long a query may take" },
};

const struct cfc_plugin cancel_plugin = {
	.name = "cancel",
	.summary = "limits how long a query may take",
	CFC_CONFIG(cancel_config),
	.directive = { CFC_ARGS(cancel_args), .lax = CFC_LAX_HEADS },
	.repeat = CFC_REPEAT_LAST,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
