/*
 * reload_setup.c - compile time: what `reload` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "base/duration.h"
#include "compiler/fix.h"
#include "compiler/plugin.h"

struct reload_config {
	uint64_t interval; /* nanoseconds */
	uint64_t jitter;   /* nanoseconds */
};

static const struct cfc_arg reload_args[] = {
	{ .name = "INTERVAL",
	  .kind = CFC_DURATION,
	  .arity = CFC_OPT,
	  .min = 2 * DURATION_S,
	  .dflt = "30s",
	  CFC_AT(struct reload_config, interval),
	  .help = "time between looks" },
	{ .name = "JITTER",
	  .kind = CFC_DURATION,
	  .arity = CFC_OPT,
	  .dflt = "15s",
	  CFC_AT(struct reload_config, jitter),
	  .help = "how much it varies, at most half of INTERVAL, 0 for not at all" },
};

static bool
reload_check(struct cfc_bind *b, void *config)
{
	struct reload_config *reload = config;
	bool written = cfc_bind_was_set(b, offsetof(struct reload_config, jitter));

	if (reload->jitter != 0 && reload->jitter < DURATION_S) {
		cfc_error(b->c, b->directive->args[1].span, "CF2003",
			  "a jitter of '%s' is out of range, "
			  "expected 0, or at least 1s",
			  b->directive->args[1].text);
		return false;
	}
	if (reload->jitter <= reload->interval / 2)
		return true;
	if (written)
		cfc_warn(b->c, b->directive->args[1].span, "CF2016",
			 "a jitter of more than half of the interval is cut to that");
	if (written) {
		char text[DURATION_TEXT_MAX];

		duration_format((int64_t)(reload->interval / 2), text);
		cfc_fix_word(b->c, cfc_printf(b->c, "write %s", text), &b->directive->args[1],
			     text);
	}
	reload->jitter = reload->interval / 2;
	return true;
}

const struct cfc_plugin reload_plugin = {
	.name = "reload",
	.summary = "takes over changes of the Corefile while running",
	CFC_CONFIG(reload_config),
	.directive = { CFC_ARGS(reload_args), .lax = CFC_LAX_BLOCK | CFC_LAX_EMPTY },
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_LINT_ONLY,
	.check = reload_check,
};
