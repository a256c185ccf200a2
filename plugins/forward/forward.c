/*
 * forward.c - run time: asks upstreams until one answers.
 *
 * A query that is forwarded waits as a struct forward_task, which lives in the query's own memory.
 * Upstreams are tried in the order that the policy says, over and over, until there is an answer,
 * the tries are used up, or the query has waited too long.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/types.h"
#include "forward/forward_policy.h"
#include "forward/forward_state.h"
#include "upstream_match.h"

/* What a query may wait in all, if a single try may not last longer. */
#define PATIENCE_NS (5 * (uint64_t)CLOCK_NS_PER_S)
/* Between tries whose number is not limited, after the first two rounds. */
#define PAUSE_NS (50 * (uint64_t)CLOCK_NS_PER_MS)
/* Times that a connection may be lost under a query without that being a failure. */
#define STALE_MAX      16u
#define QUESTION_FIXED 4u

struct forward_task {
	struct upstream_call call;
	struct deadline patience;
	struct deadline pause;
	struct forward_worker *fw;
	struct rt_query *q;
	uint64_t began;        /* monotonic ns: this try */
	uint32_t attempts;     /* that failed */
	uint32_t max_attempts; /* 0: any number */
	bool failed;           /* last says how the last try failed */
	bool tcp;              /* this try: over TCP because the answer over UDP was truncated */
	uint8_t stale;
	uint8_t current; /* the upstream that is being asked */
	uint8_t at;      /* next place of order */
	uint8_t fails;   /* upstreams of this round that are down */
	uint8_t failovers;
	uint8_t n; /* upstreams */
	struct upstream_result last;
	uint8_t order[];
};

/* ---- which queries ---- */

static bool
is_ours(const struct forward_config *c, const struct rt_query *q)
{
	const struct rt_names from = { .v = &c->from, .n = 1 };

	if (c->from.nlabels > 0 && rt_names_match(&from, &q->qname) == NULL)
		return false;
	/* The zone itself is forwarded even if a parent of it is excepted. */
	return c->except.n == 0 || q->qname.nlabels == c->from.nlabels ||
	       rt_names_match(&c->except, &q->qname) == NULL;
}

/* Counts the query in; false when there are enough. */
static bool
enter(struct forward_state *s)
{
	uint32_t n;

	if (s->config->max_concurrent == 0)
		return true;
	n = atomic_fetch_add_explicit(&s->concurrent, 1, memory_order_relaxed);
	if (n < s->config->max_concurrent)
		return true;
	atomic_fetch_sub_explicit(&s->concurrent, 1, memory_order_relaxed);
	return false;
}

static void
leave(struct forward_state *s)
{
	if (s->config->max_concurrent != 0)
		atomic_fetch_sub_explicit(&s->concurrent, 1, memory_order_relaxed);
}

/* ---- the question ---- */

/* Options for the upstream: all but those that are between the client and us. */
static size_t
copy_options(const struct rt_query *q, uint8_t *out)
{
	struct dns_edns_iter it;
	struct dns_edns_option opt;
	size_t len = 0;

	if (q->options_len == 0)
		return 0;
	dns_edns_iter_init(&it, q->options, q->options_len);
	while (dns_edns_next(&it, &opt)) {
		if (dns_edns_between_neighbours(opt.code))
			continue;
		if (dns_edns_add(out, q->options_len, &len, opt.code, opt.data, opt.len) < 0)
			break;
	}
	return len;
}

static unsigned
header_flags(const struct rt_query *q)
{
	unsigned flags = (unsigned)q->opcode << 11;

	if (q->flags & RT_QF_RD)
		flags |= DNS_FLAG_RD;
	if (q->flags & RT_QF_AD)
		flags |= DNS_FLAG_AD;
	if (q->flags & RT_QF_CD)
		flags |= DNS_FLAG_CD;
	return flags;
}

/*
 * Writes the question as the client asked it, in its case, behind two octets for a length.  False:
 * no memory.
 */
static bool
write_question(struct rt_query *q, struct upstream_call *call)
{
	size_t len = DNS_HEADER_LEN + q->qname.len + QUESTION_FIXED;
	size_t cap = len + DNS_EDNS_LEN + q->options_len;
	uint8_t *options = q->options_len != 0 ? rt_query_alloc(q, q->options_len) : NULL;
	uint8_t *msg;
	int rc;

	call->wire = rt_query_alloc(q, 2 + cap);
	if (call->wire == NULL || (options == NULL && q->options_len != 0))
		return false;
	msg = call->wire + 2;
	memset(msg, 0, DNS_HEADER_LEN);
	dns_msg_set_flags(msg, header_flags(q));
	dns_msg_set_count(msg, DNS_QUESTION, 1);
	memcpy(msg + DNS_HEADER_LEN, q->reply.wire + DNS_HEADER_LEN, len - DNS_HEADER_LEN);
	if (q->flags & RT_QF_EDNS) {
		size_t n = copy_options(q, options);

		rc = dns_edns_write(msg + len, cap - len, q->udp_size, 0,
				    q->flags & RT_QF_DO ? DNS_EDNS_DO : 0, options, n);
		if (rc < 0)
			return false;
		len += (size_t)rc;
		dns_msg_set_count(msg, DNS_ADDITIONAL, 1);
	}
	call->len = (uint16_t)len;
	return true;
}

/* ---- tries ---- */

static enum upstream_proto
proto_of(const struct forward_task *t)
{
	const struct forward_config *c = t->fw->state->config;

	if (c->force_tcp || t->tcp)
		return UPSTREAM_TCP;
	if (c->prefer_udp || t->q->proto == RT_PROTO_UDP)
		return UPSTREAM_UDP;
	return UPSTREAM_TCP;
}

static void
ask(struct forward_task *t)
{
	t->began = rt_worker_now(t->fw->worker);
	upstream_ask(t->fw->upstreams, t->current, proto_of(t), &t->call);
}

/* The upstream to ask next: false when there is none. */
static bool
choose(struct forward_task *t)
{
	const struct forward_state *s = t->fw->state;

	while (t->n > 0 && (t->max_attempts == 0 || t->attempts < t->max_attempts)) {
		if (t->at >= t->n) {
			t->at = 0;
			t->fails = 0;
		}
		t->tcp = false;
		t->current = t->order[t->at++];
		if (!upstream_is_down(s->group, t->current))
			return true;
		if (++t->fails < t->n)
			continue;
		rt_metric_add(t->fw->worker, s->broken, 1);
		if (s->config->failfast)
			return false;
		/* All are said to be down: perhaps it is the checking that is broken. */
		t->current = t->order[random_uniform(t->n)];
		return true;
	}
	return false;
}

static enum rt_verdict
fail_query(const struct forward_task *t, struct rt_query *q)
{
	char text[UPSTREAM_TEXT_MAX];

	if (!t->failed)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "no healthy proxies");
	upstream_result_text(&t->last, text);
	return rt_fail(q, DNS_RCODE_SERVFAIL, "%s", text);
}

static void
finish(struct forward_task *t, enum rt_verdict v)
{
	struct forward_worker *fw = t->fw;

	deadlines_remove(&fw->patience, &t->patience);
	deadlines_remove(&fw->pauses, &t->pause);
	leave(fw->state);
	rt_query_resume(t->q, v);
}

static void
try_next(struct forward_task *t)
{
	if (choose(t))
		ask(t);
	else
		finish(t, fail_query(t, t->q));
}

static void
try_failed(struct forward_task *t, const struct upstream_result *r)
{
	t->last = *r;
	t->failed = true;
	t->attempts++;
	upstream_suspect(t->fw->upstreams, t->current);
	if (t->fails >= t->n)
		finish(t, fail_query(t, t->q)); /* it was the last resort */
	else if (t->max_attempts == 0 && t->attempts >= 2u * t->n)
		deadlines_add(&t->fw->pauses, &t->pause, rt_worker_now(t->fw->worker));
	else
		try_next(t);
}

/* ---- answers ---- */

static bool
has_code(const struct rt_codes *codes, uint16_t code)
{
	for (unsigned i = 0; i < codes->n; i++)
		if (codes->v[i] == code)
			return true;
	return false;
}

/*
 * Makes the message the reply.  One that was cut off on its way over UDP becomes an empty truncated
 * one, so that the client asks again over TCP.  False: it makes no sense.
 */
static bool
take_message(struct rt_query *q, const struct upstream_result *r)
{
	struct dns_msg_layout layout;
	unsigned flags = 0;

	if (upstream_answer_is_bare(r->msg)) {
		flags = dns_msg_flags(r->msg) & DNS_FLAG_RA;
	} else {
		if (rt_reply_from_message(q, r->msg, r->len) == 0)
			return true;
		if (r->proto != UPSTREAM_UDP || dns_msg_check(&layout, r->msg, r->len) != RT_EEOF)
			return false;
		flags = (dns_msg_flags(r->msg) & DNS_FLAG_RA) | DNS_FLAG_TC;
	}
	rt_reply_begin(q, false);
	dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | flags);
	rt_reply_set_rcode(q, (uint16_t)dns_msg_rcode(r->msg));
	return true;
}

/* Whether the answer is one for which the next forward of the server block is asked. */
static bool
goes_on(const struct forward_config *c, const struct rt_query *q, uint16_t rcode)
{
	if (!c->has_next)
		return false;
	if (has_code(&c->next, rcode))
		return true;
	return c->next_on_nodata && rcode == DNS_RCODE_NOERROR &&
	       dns_msg_count(q->reply.wire, DNS_ANSWER) == 0;
}

static void
answered(struct forward_task *t, const struct upstream_result *r)
{
	const struct forward_config *c = t->fw->state->config;
	struct rt_query *q = t->q;
	uint16_t rcode;

	if (!take_message(q, r)) {
		struct upstream_result bad = *r;

		bad.cause = UPSTREAM_ERROR;
		bad.step = UPSTREAM_READ;
		bad.sys_errno = EBADMSG;
		try_failed(t, &bad);
		return;
	}
	rcode = rt_reply_rcode(q);
	upstream_observe(t->fw->upstreams, t->current, rcode,
			 rt_worker_now(t->fw->worker) - t->began);
	if ((dns_msg_flags(q->reply.wire) & DNS_FLAG_TC) != 0 && c->prefer_udp &&
	    r->proto == UPSTREAM_UDP) {
		t->tcp = true;
		ask(t);
	} else if (has_code(&c->failover, rcode) && ++t->failovers < t->n) {
		try_next(t);
	} else if (goes_on(c, q, rcode)) {
		finish(t, RT_NEXT);
	} else {
		finish(t, RT_DONE);
	}
}

static void
done(struct upstream_call *call, const struct upstream_result *r)
{
	struct forward_task *t = RT_CONTAINER_OF(call, struct forward_task, call);

	switch (r->cause) {
	case UPSTREAM_ANSWER:
		answered(t, r);
		return;
	case UPSTREAM_STALE:
		if (t->stale < STALE_MAX) {
			t->stale++;
			ask(t);
			return;
		}
		break;
	case UPSTREAM_TIMEOUT:
	case UPSTREAM_ERROR:
	case UPSTREAM_FULL:
		break;
	}
	try_failed(t, r);
}

/* ---- time ---- */

static void
out_of_patience(void *arg, struct deadline *d)
{
	struct forward_task *t = RT_CONTAINER_OF(d, struct forward_task, patience);
	struct forward_worker *fw = arg;

	(void)rt_worker_now(fw->worker);
	if (!deadline_is_set(&t->pause)) {
		upstream_call_result(&t->call, &t->last);
		t->failed = true;
	}
	upstream_cancel(&t->call);
	finish(t, fail_query(t, t->q));
}

static void
pause_over(void *arg, struct deadline *d)
{
	struct forward_worker *fw = arg;

	(void)rt_worker_now(fw->worker);
	try_next(RT_CONTAINER_OF(d, struct forward_task, pause));
}

/* ---- serving ---- */

static struct forward_task *
new_task(struct forward_worker *fw, struct rt_query *q)
{
	struct forward_state *s = fw->state;
	const struct forward_config *c = s->config;
	const struct forward_list *list = rt_snapshot(&s->list);
	struct forward_task *t = rt_query_alloc(q, sizeof(*t) + list->n);
	uint32_t turn = 0;

	if (t == NULL)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->fw = fw;
	t->n = (uint8_t)list->n;
	t->max_attempts = c->attempts_set ? c->max_connect_attempts : 2u * list->n;
	if (c->policy == FORWARD_ROUND_ROBIN)
		turn = atomic_fetch_add_explicit(&s->turn, 1, memory_order_relaxed) + 1;
	forward_order((enum forward_policy)c->policy, turn, list->v, list->n, t->order);
	t->call.done = done;
	return write_question(q, &t->call) ? t : NULL;
}

static enum rt_verdict
refuse(struct forward_state *s, struct rt_query *q)
{
	rt_metric_add(q->worker, s->rejects, 1);
	return rt_fail(q, DNS_RCODE_REFUSED, "concurrent queries exceeded maximum %u",
		       s->config->max_concurrent);
}

enum rt_verdict
forward_serve(const struct forward_config *c, struct forward_state *s, struct rt_query *q)
{
	struct forward_worker *fw = s->workers[rt_worker_index(q->worker)];
	struct forward_task *t;
	struct rt_query *heap;

	if (!is_ours(c, q))
		return RT_NEXT;
	if (!enter(s))
		return refuse(s, q);
	t = new_task(fw, q);
	if (t == NULL || !choose(t)) {
		leave(s);
		return t == NULL ? rt_fail(q, DNS_RCODE_SERVFAIL, "out of memory")
				 : fail_query(t, q);
	}
	heap = rt_query_suspend(q);
	if (heap == NULL) {
		leave(s);
		return rt_fail(q, DNS_RCODE_SERVFAIL, "too many queries wait");
	}
	t->q = heap;
	deadlines_add(&fw->patience, &t->patience, rt_worker_now(fw->worker));
	ask(t);
	return RT_PENDING;
}

/* ---- workers ---- */

int
forward_worker_start(struct forward_state *s, struct rt_worker *w)
{
	struct forward_worker *fw = calloc(1, sizeof(*fw));
	uint64_t patience = s->config->read_timeout;

	if (fw == NULL)
		return RT_ENOMEM;
	fw->state = s;
	fw->worker = w;
	fw->upstreams = upstream_worker_start(s->group, w);
	if (fw->upstreams == NULL) {
		free(fw);
		return RT_ENOMEM;
	}
	if (patience < PATIENCE_NS)
		patience = PATIENCE_NS;
	deadlines_init(&fw->patience, rt_worker_base(w), patience, out_of_patience, fw);
	deadlines_init(&fw->pauses, rt_worker_base(w), PAUSE_NS, pause_over, fw);
	s->workers[rt_worker_index(w)] = fw;
	return 0;
}

/* Queries that still wait are the server's to free: nobody is asked, or told, any more. */
void
forward_worker_stop(struct forward_state *s, struct rt_worker *w)
{
	struct forward_worker *fw = s->workers[rt_worker_index(w)];

	deadlines_release(&fw->patience);
	deadlines_release(&fw->pauses);
	upstream_worker_stop(fw->upstreams);
	free(fw);
	s->workers[rt_worker_index(w)] = NULL;
}
