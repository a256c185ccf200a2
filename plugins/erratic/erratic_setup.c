/*
 * erratic_setup.c - compile time: what `erratic` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct erratic_config {
	uint32_t drop;
	bool truncates;
	uint32_t truncate;
	bool delays;
	uint32_t delay;
	uint64_t duration;
	bool large;
};

static const struct cfc_arg drop_args[] = {
	{ .name = "AMOUNT",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .max = 2147483647,
	  CFC_AT(struct erratic_config, drop),
	  .help = "one query in so many, 2 when left out" },
};

static const struct cfc_arg truncate_args[] = {
	{ .name = "AMOUNT",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .max = 2147483647,
	  CFC_AT(struct erratic_config, truncate),
	  .help = "one query in so many, 2 when left out" },
};

static const struct cfc_arg delay_args[] = {
	{ .name = "AMOUNT",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .max = 2147483647,
	  CFC_AT(struct erratic_config, delay),
	  .help = "one query in so many, 2 when left out" },
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .arity = CFC_OPT,
	  .lax = CFC_LAX_MIN,
	  .dflt = "100ms",
	  CFC_AT(struct erratic_config, duration),
	  .help = "by how much" },
};

static const struct cfc_option erratic_options[] = {
	{ .name = "drop", .repeat = CFC_REPEAT_LAST, CFC_ARGS(drop_args), .help = "drops queries" },
	{ .name = "truncate",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_SETS(struct erratic_config, truncates),
	  CFC_ARGS(truncate_args),
	  .help = "sets the flag of answers that were cut" },
	{ .name = "delay",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_SETS(struct erratic_config, delays),
	  CFC_ARGS(delay_args),
	  .help = "answers late" },
	{ .name = "large",
	  .repeat = CFC_REPEAT_SAME,
	  .undocumented = true,
	  .lax = CFC_LAX_FLAT,
	  CFC_SETS(struct erratic_config, large),
	  .help = "answers zone transfers with many records" },
};

const struct cfc_plugin erratic_plugin = {
	.name = "erratic",
	.summary = "behaves badly, for tests of clients",
	CFC_CONFIG(erratic_config),
	.directive = { .lax = CFC_LAX_ARGS },
	CFC_OPTIONS(erratic_options),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_TERMINAL | CFC_LINT_ONLY,
};
