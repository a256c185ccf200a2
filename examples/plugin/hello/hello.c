/*
 * hello.c - run time: the record data are made once at start, and every greeting is counted.
 */
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#include "hello/hello.h"

#include "dns/types.h"

struct hello_state {
	unsigned greetings; /* cell of hello_greetings_total */
	uint8_t rdata[256]; /* one TXT string with its length octet */
	size_t len;
};

struct hello_state *
hello_start(const struct hello_config *config, struct rt_instance *in)
{
	struct hello_state *state = calloc(1, sizeof(*state));

	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	state->greetings = rt_metric_counter(in, "hello_greetings_total", "Greetings sent.", NULL, 0);
	state->len = strlen(config->text) + 1;
	state->rdata[0] = (uint8_t)(state->len - 1);
	memcpy(state->rdata + 1, config->text, state->len - 1);
	return state;
}

void
hello_stop(struct hello_state *state)
{
	free(state);
}

enum rt_verdict
hello_serve(const struct hello_config *config, struct hello_state *state, struct rt_query *q)
{
	if (q->qtype != DNS_TYPE_TXT)
		return RT_NEXT;
	rt_reply_begin(q, true);
	dns_writer_rr_at(&q->reply, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_TXT, q->qclass, config->ttl,
		state->rdata, state->len);
	rt_metric_add(q->worker, state->greetings, 1);
	return RT_DONE;
}
