/*
 * quic_setup.c - compile time: what `quic` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct quic_config {
	uint32_t max_streams;
	uint32_t worker_pool_size;
};

static const struct cfc_arg max_streams_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 1,
	  .max = 2147483647,
	  .dflt = "256",
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct quic_config, max_streams) },
};

static const struct cfc_arg worker_pool_size_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 1,
	  .max = 2147483647,
	  .dflt = "1024",
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct quic_config, worker_pool_size) },
};

static const struct cfc_option quic_options[] = {
	{ .name = "max_streams",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_streams_args),
	  .help = "streams on a connection" },
	{ .name = "worker_pool_size",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(worker_pool_size_args),
	  .help = "workers for streams" },
};

const struct cfc_plugin quic_plugin = {
	.name = "quic",
	.summary = "limits DNS over QUIC",
	CFC_CONFIG(quic_config),
	CFC_OPTIONS(quic_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_LINT_ONLY,
};
