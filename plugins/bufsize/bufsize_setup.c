/*
 * bufsize_setup.c - compile time: what `bufsize` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct bufsize_config {
	uint32_t size;
};

static const struct cfc_arg bufsize_args[] = {
	{ .name = "SIZE",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .min = 512,
	  .max = 4096,
	  .dflt = "1232",
	  .unit = "octets",
	  CFC_AT(struct bufsize_config, size) },
};

const struct cfc_plugin bufsize_plugin = {
	.name = "bufsize",
	.summary = "limits the size of UDP answers",
	CFC_CONFIG(bufsize_config),
	.directive = { CFC_ARGS(bufsize_args), .lax = CFC_LAX_BLOCK | CFC_LAX_EMPTY },
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
