/*
 * moody_setup.c - compile time: a directive with one optional word.
 */
#include "moody/moody.h"

#include "compiler/plugin.h"

static const struct cfc_arg name_args[] = {
	{ .name = "NAME", .kind = CFC_STRING, .arity = CFC_OPT, CFC_AT(struct moody_config, name) },
};

extern const struct cfc_plugin moody_plugin;

const struct cfc_plugin moody_plugin = {
	.name = "moody",
	.summary = "is ready or not, and panics, as tests want it",
	CFC_CONFIG(moody_config),
	.directive = { CFC_ARGS(name_args) },
	.repeat = CFC_REPEAT_EACH,
	.hooks = CFC_SERVE | CFC_START,
	.before = "whoami",
};
