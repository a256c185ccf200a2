/*
 * minimal_setup.c - compile time: what `minimal` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct minimal_config {
	uint8_t none; /* C wants a member */
};

const struct cfc_plugin minimal_plugin = {
	.name = "minimal",
	.summary = "leaves out what clients do not need of an answer",
	CFC_CONFIG(minimal_config),
	.repeat = CFC_REPEAT_SAME,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
