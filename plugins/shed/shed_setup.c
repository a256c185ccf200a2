/*
 * shed_setup.c - compile time: what `shed` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plan.h"
#include "compiler/plugin.h"

struct shed_config {
	uint8_t none; /* C wants a member */
};

static bool
shed_check(struct cfc_bind *b, void *config)
{
	const struct cfc_zones *keys = &b->block->keys;
	bool ok = true;

	(void)config;
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->list[i].scheme == CFC_SCHEME_DNS)
			continue;
		cfc_error(b->c, b->directive->name.span, "CF3007", "'shed' is for plain DNS only");
		cfc_note(b->c, keys->list[i].key->span, "this is %s://",
			 cfc_scheme_name(keys->list[i].scheme));
		ok = false;
	}
	return ok;
}

const struct cfc_plugin shed_plugin = {
	.name = "shed",
	.summary = "drops queries when there are too many",
	CFC_CONFIG(shed_config),
	.directive = { .lax = CFC_LAX_EMPTY },
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.check = shed_check,
};
