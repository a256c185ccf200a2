/*
 * pprof_setup.c - compile time: what `pprof` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct pprof_config {
	const char *address;
	bool block;
	uint32_t rate;
};

static const struct cfc_arg pprof_args[] = {
	{ .name = "ADDRESS",
	  .kind = CFC_ENDPOINT,
	  .arity = CFC_OPT,
	  .dflt = "localhost:6053",
	  CFC_AT(struct pprof_config, address),
	  .help = "where to listen" },
};

static const struct cfc_arg block_args[] = {
	{ .name = "RATE",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  CFC_AT(struct pprof_config, rate),
	  .help = "an event in so many nanoseconds, 1 when left out" },
};

static const struct cfc_option pprof_options[] = {
	{ .name = "block",
	  CFC_SETS(struct pprof_config, block),
	  CFC_ARGS(block_args),
	  .help = "profiles blocking as well" },
};

const struct cfc_plugin pprof_plugin = {
	.name = "pprof",
	.summary = "serves profiles of the running program",
	CFC_CONFIG(pprof_config),
	.directive = { CFC_ARGS(pprof_args) },
	CFC_OPTIONS(pprof_options),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_LINT_ONLY,
};
