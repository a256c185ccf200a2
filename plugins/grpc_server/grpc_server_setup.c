/*
 * grpc_server_setup.c - compile time: what `grpc_server` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct grpc_server_config {
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
	  CFC_AT(struct grpc_server_config, max_streams) },
};

static const struct cfc_arg max_connections_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 0,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "200",
	  CFC_AT(struct grpc_server_config, max_connections) },
};

static const struct cfc_option grpc_server_options[] = {
	{ .name = "max_streams",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_streams_args),
	  .help = "streams on a connection, 0 for no limit" },
	{ .name = "max_connections",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_connections_args),
	  .help = "connections at a time, 0 for no limit" },
};

const struct cfc_plugin grpc_server_plugin = {
	.name = "grpc_server",
	.summary = "limits DNS over gRPC",
	CFC_CONFIG(grpc_server_config),
	CFC_OPTIONS(grpc_server_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_LINT_ONLY,
};
