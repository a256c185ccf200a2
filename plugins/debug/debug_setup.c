/*
 * debug_setup.c - compile time: marks the program as one that prints debug messages and dumps core.
 */
#include "config.h"

#include "debug/debug.h"

#include "compiler/plan.h"
#include "compiler/plugin.h"

static bool
debug_plan(struct cfc_bind *b, const void *config, struct cfc_block *block)
{
	(void)b;
	(void)config;
	block->debug = true;
	return true;
}

const struct cfc_plugin debug_plugin = {
	.name = "debug",
	.summary =
		"prints debug messages and ends in a core dump when something impossible happens",
	CFC_CONFIG(debug_config),
	.repeat = CFC_REPEAT_MERGE,
	.plan = debug_plan,
};
