/*
 * timeouts_setup.c - compile time: what `timeouts` takes.  There is no run-time half yet.
 */
#include "config.h"

#include "base/duration.h"
#include "base/error.h"
#include "base/num.h"
#include "compiler/plugin.h"

struct timeouts_config {
	uint64_t read;    /* nanoseconds, 0: not set */
	uint64_t write;   /* nanoseconds, 0: not set */
	uint64_t idle;    /* nanoseconds, 0: not set */
	uint32_t queries; /* on one connection, 0: no limit */
};

/* -1 is written for no limit; a limit of nothing makes no sense. */
static bool
parse_queries(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct timeouts_config *timeouts = config;
	const struct cfc_token *tok = &line->tokens[1];
	int64_t n;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	int rc = num_parse_int(&n, tok->text, tok->len, 10);
	if (rc == RT_ESYNTAX) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not a whole number", tok->text);
		return false;
	}
	if (rc != 0 || n == 0 || n < -1 || (n > INT32_MAX && !b->c->compat)) {
		cfc_error(b->c, tok->span, "CF2003",
			  "'%s' is out of range, expected 1 to %d, or -1 for "
			  "no limit",
			  tok->text, INT32_MAX);
		return false;
	}
	timeouts->queries = n < 0 ? 0 : (uint32_t)n;
	return true;
}

static bool
timeouts_check(struct cfc_bind *b, void *config)
{
	(void)config;
	if (b->directive->nlines > 0)
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2001",
		  "'timeouts' needs a block with at least one limit");
	return false;
}

static const struct cfc_arg read_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_INTERVAL,
	  .min = DURATION_S,
	  .max = 24 * DURATION_H,
	  CFC_AT(struct timeouts_config, read) },
};

static const struct cfc_arg write_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_INTERVAL,
	  .min = DURATION_S,
	  .max = 24 * DURATION_H,
	  CFC_AT(struct timeouts_config, write) },
};

static const struct cfc_arg idle_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_INTERVAL,
	  .min = DURATION_S,
	  .max = 24 * DURATION_H,
	  CFC_AT(struct timeouts_config, idle) },
};

static const struct cfc_option timeouts_options[] = {
	{ .name = "read",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(read_args),
	  .help = "how long to wait for a query on a connection" },
	{ .name = "write",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(write_args),
	  .help = "how long sending an answer may take" },
	{ .name = "idle",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(idle_args),
	  .help = "how long a connection may be silent" },
	{ .name = "maxtcpqueries",
	  .parse = parse_queries,
	  .syntax = "N",
	  .help = "how many queries a connection may bring, -1 for no limit" },
};

static const struct cfc_field timeouts_fields[] = {
	{ .field = "queries",
	  .kind = CFC_UINT,
	  .offset = offsetof(struct timeouts_config, queries) },
};

const struct cfc_plugin timeouts_plugin = {
	.name = "timeouts",
	.summary = "sets time limits of TCP and TLS connections",
	CFC_CONFIG(timeouts_config),
	CFC_OPTIONS(timeouts_options),
	CFC_FIELDS(timeouts_fields),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_LINT_ONLY,
	.check = timeouts_check,
};
