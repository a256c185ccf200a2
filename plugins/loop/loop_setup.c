/*
 * loop_setup.c - compile time: what `loop` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct loop_config {
	uint8_t none; /* C wants a member */
};

const struct cfc_plugin loop_plugin = {
	.name = "loop",
	.summary = "stops a server that forwards to itself",
	CFC_CONFIG(loop_config),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
