/*
 * errors.c - run time: a line for each query that failed with a reason.
 */
#include "config.h"

#include "rt.h"

#include "errors/errors.h"

#include <stdio.h>
#include <stdlib.h>

#include "dns/types.h"

#define LINE_MAX 2048 /* octets: name, type and the text of rt_fail */

struct errors_state {
	const struct errors_consolidation *how;
	void *consolidation; /* NULL without patterns */
};

/*
 * From a worker, so gathered like the query log: a server whose upstreams are down has many of these,
 * and must not wait for whoever reads them.
 */
static void
write_line(const struct rt_query *q, enum errors_level level)
{
	static const char *const prefixes[] = {
		[ERRORS_WARNING] = "WARNING",
		[ERRORS_ERROR] = "ERROR",
		[ERRORS_INFO] = "INFO",
		[ERRORS_DEBUG] = "DEBUG",
	};
	char name[DNS_NAME_TEXT_MAX], type[DNS_TYPES_TEXT_MAX], line[LINE_MAX];

	if (level == ERRORS_DEBUG && !rt_log_debugging())
		return;
	dns_name_to_text(q->qname.wire, name);
	dns_type_format(q->qtype, type);
	int len = snprintf(line, sizeof(line), "[%s] plugin/errors: %u %s %s: %s", prefixes[level],
			   q->rcode, name, type, q->error);
	if (len < 0)
		return;
	rt_log_bulk(q->worker, line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

static RT_NOINLINE void
log_error(struct errors_state *state, const struct rt_query *q)
{
	enum errors_level level = ERRORS_ERROR;

	if (state->consolidation != NULL && state->how->take(state->consolidation, q, &level))
		return;
	write_line(q, level);
}

void
errors_reply(const struct errors_config *config, struct errors_state *state, struct rt_query *q)
{
	(void)config;
	if (RT_UNLIKELY(q->verdict == RT_FAIL && q->error != NULL))
		log_error(state, q);
}

struct errors_state *
errors_start(const struct errors_config *config, struct rt_instance *in)
{
	struct errors_state *state = calloc(1, sizeof(*state));

	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	if (config->stacktrace)
		rt_set_stacktrace(in);
	state->how = config->consolidation;
	if (state->how == NULL)
		return state;
	state->consolidation = state->how->start(config, in);
	if (state->consolidation == NULL) {
		free(state);
		return NULL;
	}
	return state;
}

void
errors_stop(struct errors_state *state)
{
	if (state->consolidation != NULL)
		state->how->stop(state->consolidation);
	free(state);
}
