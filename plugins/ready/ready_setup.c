/*
 * ready_setup.c - compile time: where to say that all plugins are ready.
 */
#include "config.h"

#include "ready/ready.h"

#include "compiler/plugin.h"

static const char *const monitors[] = {
	[READY_UNTIL_READY] = "until-ready",
	[READY_CONTINUOUSLY] = "continuously",
	NULL,
};

static const struct cfc_arg ready_args[] = {
	{ .name = "ADDRESS",
	  .kind = CFC_ENDPOINT,
	  .lax = CFC_LAX_MAX, /* it starts, and serves nothing there */
	  .arity = CFC_OPT,
	  .dflt = ":8181",
	  CFC_AT(struct ready_config, addr),
	  .help = "where /ready is served" },
};

static const struct cfc_arg monitor_args[] = {
	{ .name = "MODE",
	  .kind = CFC_ENUM,
	  .values = monitors,
	  .dflt = "until-ready",
	  CFC_AT(struct ready_config, monitor) },
};

static const struct cfc_option ready_options[] = {
	{ .name = "monitor",
	  CFC_ARGS(monitor_args),
	  .help = "asks plugins until each was ready once, or continuously" },
};

const struct cfc_plugin ready_plugin = {
	.name = "ready",
	.summary = "says over HTTP whether all plugins are ready",
	CFC_CONFIG(ready_config),
	.directive = { CFC_ARGS(ready_args) },
	CFC_OPTIONS(ready_options),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_START,
};
