/*
 * multisocket_setup.c - compile time: how many sockets (and workers) serve the block's listeners.
 */
#include "config.h"

#include "multisocket/multisocket.h"

#include "compiler/plan.h"
#include "compiler/plugin.h"

static const struct cfc_arg multisocket_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .min = 1,
	  .max = 1024,
	  CFC_AT(struct multisocket_config, sockets),
	  .help = "sockets per listener; by default as many as the server has CPUs" },
};

static bool
multisocket_plan(struct cfc_bind *b, const void *config, struct cfc_block *block)
{
	(void)b;
	block->has_multisocket = true;
	block->nsockets = ((const struct multisocket_config *)config)->sockets;
	return true;
}

const struct cfc_plugin multisocket_plugin = {
	.name = "multisocket",
	.summary = "opens several sockets for each listener",
	CFC_CONFIG(multisocket_config),
	.directive = { CFC_ARGS(multisocket_args) },
	.repeat = CFC_REPEAT_ERROR,
	.plan = multisocket_plan,
};
