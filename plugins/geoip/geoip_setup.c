/*
 * geoip_setup.c - compile time: what `geoip` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "compiler/plugin.h"

struct geoip_config {
	const char *path;
	bool edns_subnet;
};

static const struct cfc_arg geoip_args[] = {
	{ .name = "DBFILE",
	  .kind = CFC_STRING,
	  CFC_AT(struct geoip_config, path),
	  .help = "the database, a .mmdb file" },
};

static const struct cfc_option geoip_options[] = {
	{ .name = "edns-subnet",
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct geoip_config, edns_subnet),
	  .help = "takes the address of the query's client subnet option, if it has one" },
};

const struct cfc_plugin geoip_plugin = {
	.name = "geoip",
	.summary = "looks up where a client is",
	CFC_CONFIG(geoip_config),
	.directive = { CFC_ARGS(geoip_args) },
	CFC_OPTIONS(geoip_options),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
