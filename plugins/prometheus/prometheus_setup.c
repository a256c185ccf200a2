/*
 * prometheus_setup.c - compile time: where metrics are served, and which plugins the block has.
 */
#include "config.h"

#include "prometheus/prometheus.h"

#include <string.h>

#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"

static const struct cfc_arg prometheus_args[] = {
	{ .name = "ADDRESS",
	  .kind = CFC_ENDPOINT,
	  .lax = CFC_LAX_MAX, /* it starts, and serves nothing there */
	  .arity = CFC_OPT,
	  .dflt = "localhost:9153",
	  CFC_AT(struct prometheus_config, addr),
	  .help = "where /metrics is served" },
};

/* Metrics of the Go runtime: there is none. */
static bool
parse_runtime_metrics(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	(void)config;
	if (line->ntokens > 1) {
		cfc_error(b->c, line->tokens[1].span, "CF2001",
			  "'runtime_metrics' takes no argument");
		return false;
	}
	cfc_warn(b->c, line->tokens[0].span, "CF2011",
		 "'runtime_metrics' has no effect: it is about the Go runtime, and there is none");
	cfc_fix_delete_line(b->c, "remove the line", line);
	return true;
}

/* Better no server than metrics in clear text that were meant to be encrypted. */
static bool
parse_tls(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	(void)config;
	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	return cfc_stricter(b->c, line->tokens[0].span, "CF3015",
			    "this build of corefilec does not serve metrics over TLS");
}

static const struct cfc_option prometheus_options[] = {
	{ .name = "runtime_metrics",
	  .repeat = CFC_REPEAT_SAME,
	  .parse = parse_runtime_metrics,
	  .syntax = "",
	  .help = "accepted and without effect" },
	{ .name = "tls",
	  .repeat = CFC_REPEAT_ERROR,
	  .undocumented = true,
	  .parse = parse_tls,
	  .syntax = "WEBCONFIG",
	  .help = "not possible in this build" },
};

static bool
is_used(const struct cfc_server *tree, const char *name)
{
	for (size_t i = 0; i < tree->ndirectives; i++) {
		if (strcmp(tree->directives[i].name.text, name) == 0)
			return true;
	}
	return false;
}

/* From the tree, as plugins later in the chain are not bound yet. */
static bool
prometheus_check(struct cfc_bind *b, void *config)
{
	struct prometheus_config *prometheus = config;

	for (size_t i = 0; i < b->c->nplugins; i++) {
		const struct cfc_plugin *p = b->c->plugins[i];

		if ((p->traits & CFC_HANDLER) == 0 || !is_used(b->block->tree, p->name))
			continue;
		*(const char **)cfc_list_add(b, &prometheus->plugins, sizeof(char *)) = p->name;
	}
	cfc_bind_mark(b, offsetof(struct prometheus_config, plugins));
	return true;
}

static const struct cfc_field prometheus_fields[] = {
	{ .field = "plugins",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct prometheus_config, plugins),
	  .comment = "of this server block" },
};

const struct cfc_plugin prometheus_plugin = {
	.name = "prometheus",
	.summary = "counts queries and answers, and serves all metrics over HTTP",
	CFC_CONFIG(prometheus_config),
	.directive = { CFC_ARGS(prometheus_args) },
	CFC_OPTIONS(prometheus_options),
	CFC_FIELDS(prometheus_fields),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_REPLY | CFC_START,
	.traits = CFC_HANDLER,
	.check = prometheus_check,
};
