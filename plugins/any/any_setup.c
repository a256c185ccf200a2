/*
 * any_setup.c - compile time: what `any` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct any_config {
	uint8_t none; /* C wants a member */
};

const struct cfc_plugin any_plugin = {
	.name = "any",
	.summary = "answers ANY queries with a short record",
	CFC_CONFIG(any_config),
	.repeat = CFC_REPEAT_SAME,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
