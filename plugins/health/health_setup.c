/*
 * health_setup.c - compile time: where to say that the server is alive.
 */
#include "config.h"

#include "health/health.h"

#include "compiler/plugin.h"

static const struct cfc_arg health_args[] = {
	{ .name = "ADDRESS",
	  .kind = CFC_ENDPOINT,
	  .arity = CFC_OPT,
	  .dflt = ":8080",
	  CFC_AT(struct health_config, addr),
	  .help = "where /health is served" },
};

static const struct cfc_arg lameduck_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .lax = CFC_LAX_MIN,
	  .dflt = "0s",
	  CFC_AT(struct health_config, lameduck) },
};

static const struct cfc_option health_options[] = {
	{ .name = "lameduck",
	  CFC_ARGS(lameduck_args),
	  .help = "goes on serving for DURATION after the server was told to stop" },
};

const struct cfc_plugin health_plugin = {
	.name = "health",
	.summary = "says over HTTP that the server is alive",
	CFC_CONFIG(health_config),
	.directive = { CFC_ARGS(health_args) },
	CFC_OPTIONS(health_options),
	.repeat = CFC_REPEAT_LAST,
	.hooks = CFC_START,
};
