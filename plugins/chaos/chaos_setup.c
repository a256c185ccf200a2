/*
 * chaos_setup.c - compile time: what `chaos` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct chaos_config {
	const char *version;
	struct rt_strings authors;
};

static const struct cfc_arg chaos_args[] = {
	{ .name = "VERSION",
	  .kind = CFC_STRING,
	  .arity = CFC_OPT,
	  CFC_AT(struct chaos_config, version),
	  .help = "the answer to version.bind and version.server" },
	{ .name = "AUTHOR",
	  .kind = CFC_STRINGS,
	  .arity = CFC_REST,
	  CFC_AT(struct chaos_config, authors),
	  .help = "the answer to authors.bind" },
};

static bool
chaos_check(struct cfc_bind *b, void *config)
{
	const struct cfc_directive *d = b->directive;

	(void)config;
	for (size_t i = 0; i < d->nargs; i++) {
		if (d->args[i].len > 255)
			cfc_warn(b->c, d->args[i].span, "CF2016",
				 "a text of %zu octets is cut to 255", d->args[i].len);
	}
	return true;
}

const struct cfc_plugin chaos_plugin = {
	.name = "chaos",
	.summary = "tells version and authors",
	CFC_CONFIG(chaos_config),
	.directive = { CFC_ARGS(chaos_args), .lax = CFC_LAX_EMPTY },
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_ANY_CLASS | CFC_LINT_ONLY,
	.check = chaos_check,
};
