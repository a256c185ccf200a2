/*
 * whoami_setup.c - compile time: the directive without arguments or options.
 */
#include "config.h"

#include "whoami/whoami.h"

#include "compiler/plugin.h"

const struct cfc_plugin whoami_plugin = {
	.name = "whoami",
	.summary = "tells the client its address and port",
	CFC_CONFIG(whoami_config),
	.repeat = CFC_REPEAT_SAME,
	.hooks = CFC_SERVE,
	.traits = CFC_ANSWERS | CFC_TERMINAL | CFC_HANDLER,
};
