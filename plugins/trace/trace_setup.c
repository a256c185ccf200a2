/*
 * trace_setup.c - compile time: what `trace` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "base/error.h"
#include "base/num.h"
#include "compiler/plugin.h"

struct trace_config {
	uint32_t every;
	const char *service;
	uint32_t backlog;
	uint32_t batch;
	uint64_t batch_time;  /* nanoseconds */
	const char *endpoint; /* "": the type's own */
	int type;             /* index into types */
	bool client_server;
	const char *rate; /* of Datadog's analytics, 0 ... 1 */
};

static const char *const types[] = { "zipkin", "datadog", NULL };

static const struct cfc_arg type_arg = { .name = "TYPE", .kind = CFC_ENUM, .values = types };

/* One word is the endpoint of the default type. */
static bool
parse_endpoint(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct trace_config *trace = config;

	if (!cfc_bind_count(b, line, 0, 2))
		return false;
	trace->endpoint = "";
	if (line->ntokens > 1)
		trace->endpoint = line->tokens[line->ntokens - 1].text;
	if (line->ntokens < 3)
		return true;
	struct cfc_token tok = line->tokens[1];
	tok.text = cfc_lower(b->c, tok.text);
	return cfc_bind_value(b, &type_arg, &tok, &trace->type);
}

static bool
parse_client_server(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct trace_config *trace = config;
	const struct cfc_token *tok = &line->tokens[1];

	if (!cfc_bind_count(b, line, 0, 1))
		return false;
	trace->client_server = true;
	if (line->ntokens == 1 || num_parse_bool(&trace->client_server, tok->text, tok->len) == 0)
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is neither true nor false", tok->text);
	return false;
}

static bool
parse_rate(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct trace_config *trace = config;
	const struct cfc_token *tok = &line->tokens[1];
	double rate;

	if (!cfc_bind_count(b, line, 0, 1))
		return false;
	trace->rate = "0";
	if (line->ntokens == 1)
		return true;
	if (num_parse_double(&rate, tok->text, tok->len) != 0) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not a number", tok->text);
		return false;
	}
	if (rate < 0 || rate > 1) {
		cfc_error(b->c, tok->span, "CF2003", "'%s' is out of range, expected 0 to 1",
			  tok->text);
		return false;
	}
	trace->rate = tok->text;
	return true;
}

static const struct cfc_arg every_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .dflt = "1",
	  .nosign = true,
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct trace_config, every) },
};

static const struct cfc_arg service_args[] = {
	{ .name = "NAME",
	  .kind = CFC_STRING,
	  .dflt = "coredns",
	  CFC_AT(struct trace_config, service) },
};

static const struct cfc_arg zipkin_max_backlog_size_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .dflt = "1000",
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  CFC_AT(struct trace_config, backlog) },
};

static const struct cfc_arg zipkin_max_batch_size_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .dflt = "100",
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  CFC_AT(struct trace_config, batch) },
};

static const struct cfc_arg zipkin_max_batch_interval_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .dflt = "1s",
	  .lax = CFC_LAX_MIN,
	  CFC_AT(struct trace_config, batch_time) },
};

static const struct cfc_option trace_options[] = {
	{ .name = "every", CFC_ARGS(every_args), .help = "traces one query in so many" },
	{ .name = "service",
	  CFC_ARGS(service_args),
	  .help = "the name of this server in the traces" },
	{ .name = "client_server",
	  .parse = parse_client_server,
	  .syntax = "[BOOL]",
	  .help = "puts client and server into one span" },
	{ .name = "datadog_analytics_rate",
	  .parse = parse_rate,
	  .syntax = "[RATE]",
	  .help = "the part of traces that Datadog analyses" },
	{ .name = "zipkin_max_backlog_size",
	  CFC_ARGS(zipkin_max_backlog_size_args),
	  .help = "spans that may wait" },
	{ .name = "zipkin_max_batch_size",
	  CFC_ARGS(zipkin_max_batch_size_args),
	  .help = "spans that are sent together" },
	{ .name = "zipkin_max_batch_interval",
	  CFC_ARGS(zipkin_max_batch_interval_args),
	  .help = "after which time spans are sent" },
};

static const struct cfc_field trace_fields[] = {
	{ .field = "endpoint",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct trace_config, endpoint) },
	{ .field = "type",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct trace_config, type),
	  .values = types },
	{ .field = "client_server",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct trace_config, client_server) },
	{ .field = "rate", .kind = CFC_STRING, .offset = offsetof(struct trace_config, rate) },
};

const struct cfc_plugin trace_plugin = {
	.name = "trace",
	.summary = "reports how queries are handled to a tracing system",
	CFC_CONFIG(trace_config),
	.directive = { .parse = parse_endpoint, .syntax = "[TYPE] [ENDPOINT]" },
	CFC_OPTIONS(trace_options),
	CFC_FIELDS(trace_fields),
	.repeat = CFC_REPEAT_LAST,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
