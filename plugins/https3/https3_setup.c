/*
 * https3_setup.c - compile time: what `https3` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct https3_config {
	uint32_t max_streams;
	uint32_t max_connections;
};

static const struct cfc_arg max_streams_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 0,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "256",
	  CFC_AT(struct https3_config, max_streams) },
};

static const struct cfc_arg max_connections_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 0,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "200",
	  CFC_AT(struct https3_config, max_connections) },
};

static const struct cfc_option https3_options[] = {
	{ .name = "max_streams",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_streams_args),
	  .help = "streams on a connection, 0 for the default of the library" },
	{ .name = "max_connections",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_connections_args),
	  .help = "connections at a time, 0 for no limit" },
};

const struct cfc_plugin https3_plugin = {
	.name = "https3",
	.summary = "limits DNS over HTTP/3",
	CFC_CONFIG(https3_config),
	CFC_OPTIONS(https3_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_LINT_ONLY,
};
