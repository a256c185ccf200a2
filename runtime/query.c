/*
 * The life of a query: reading the request, running the chain, waiting, sub-queries, the end.
 *
 * See rt.h for the order in which plugins are called and query.h for the server's side of it.  The
 * memory behind queries (objects, buffers, chunks) is query_memory.c.
 */
#include "config.h"

#include "query.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dispatch.h"
#include "dns/message.h"
#include "dns/types.h"
#include "listener.h"
#include "metrics.h"
#include "query_answer.h"
#include "query_intake.h"
#include "query_memory.h"
#include "reply.h"
#include "rt_gen.h"
#include "server.h"
#include "stacktrace.h"
#include "worker.h"

/* How deep sub-queries may nest before it is called a loop (CoreDNS: 8 as well). */
#define QUERY_DEPTH_MAX 8

/* ---- the request ---- */

/* Tells the observer of what no server block sees. */
static void
tell_dropped(struct rt_query *q)
{
	const struct rt_server *s = q->worker->server;

	if (s != NULL && s->dropped != NULL)
		s->dropped(s->dropped_arg, q);
}

/* A rejected message without a question has no name or type that could be counted. */
static void
tell_questionless(struct rt_query *q)
{
	static const uint8_t root[1];

	dns_qname_set(&q->qname, root);
	q->qtype = 0;
	q->qclass = DNS_CLASS_IN;
	q->flags = 0;
	q->udp_size = DNS_UDP_MIN;
	q->opcode = DNS_OPCODE_QUERY;
	q->rcode = DNS_RCODE_SERVFAIL;
	q->site = NULL;
	q->start_ns = q->worker->now;
	tell_dropped(q);
}

static void
intake_reject(struct rt_query *q, size_t len, struct dns_query_info *info)
{
	q->request_len = (uint16_t)len;
	q->reply.len = dns_reply_reject(q->reply.wire, info);
	if (info->rcode == DNS_RCODE_SERVFAIL)
		tell_questionless(q);
}

/*
 * The class is judged before the version of EDNS: such a request goes on, and is refused with an OPT
 * record as any other of its class (RFC 6891 §6.1.1).
 */
static bool
is_of_refused_class(const struct rt_query *q, const struct dns_query_info *info)
{
	return info->rcode == DNS_RCODE_BADVERS && info->qclass != DNS_CLASS_IN &&
	       !q->listener->any_class;
}

enum query_intake
query_intake_any(struct rt_query *q, size_t len)
{
	uint8_t *wire = q->reply.wire;
	struct dns_query_info info;

	switch (dns_query_parse(wire, len, &info, &q->qname)) {
	case DNS_QUERY_IGNORE:
		q->intake = QUERY_IGNORE;
		return QUERY_IGNORE;
	case DNS_QUERY_REJECT:
		if (is_of_refused_class(q, &info))
			break;
		q->intake = QUERY_READY;
		intake_reject(q, len, &info);
		return QUERY_READY;
	case DNS_QUERY_OK:
		break;
	}
	q->qtype = info.qtype;
	q->qclass = info.qclass;
	q->flags = intake_flags(info.flags, (info.opt_pos != 0 ? DNS_QUERY_EDNS : 0) |
						    (info.edns_do ? DNS_QUERY_DO : 0));
	q->udp_size = info.udp_size;
	q->opcode = info.opcode;
	intake_begin(q, len, info.question_end);
	/* Only replies to QUERY repeat these (rt_reply_begin), as in CoreDNS. */
	if (info.opcode != DNS_OPCODE_QUERY)
		dns_msg_set_flags(wire, info.flags & ~(DNS_FLAG_RD | DNS_FLAG_CD));
	if (info.options_len != 0)
		reply_keep_options(q, wire + info.options_pos, info.options_len,
				   wire + q->reply.cap);
	return QUERY_SERVE;
}

/* ---- the chain ---- */

RT_COLD enum rt_verdict
query_settle(struct rt_query *q, enum rt_verdict v)
{
	if (v == RT_NEXT)
		v = rtg_end_of_chain(q);
	if (v == RT_DONE && q->reply.error == RT_ENOSPC)
		reply_cut(q);
	if (v == RT_DONE && q->reply.error < 0)
		v = rt_fail(q, DNS_RCODE_SERVFAIL, "reply cannot be written: %s",
			    rt_strerror(q->reply.error));
	if (v == RT_FAIL)
		reply_error(q, q->rcode);
	else if (v == RT_DROP)
		q->reply.len = 0;
	return v;
}

RT_COLD void
query_settle_again(struct rt_query *q)
{
	if (q->reply.error == RT_ENOSPC)
		reply_cut(q);
	if (q->reply.error < 0)
		reply_error(q, DNS_RCODE_SERVFAIL);
}

/* No server block takes it. */
static RT_NOINLINE void
refuse(struct rt_query *q)
{
	q->verdict = RT_FAIL;
	reply_error(q, DNS_RCODE_REFUSED);
	tell_dropped(q);
}

/* By all the rules: also for classes other than IN, DS, views. */
RT_NOINLINE bool
query_answer_any(struct rt_query *q)
{
	if (q->qclass == DNS_CLASS_IN || q->listener->any_class)
		q->site = dispatch(q);
	if (q->site == NULL) {
		refuse(q);
		return reply_finish(q);
	}
	return query_finish(q, q->site->block, q->site->block->serve(q)) && reply_finish(q);
}

bool
query_run(struct rt_query *q)
{
	query_find(q);
	return query_answer(q);
}

enum rt_verdict
rtg_end_of_chain(struct rt_query *q)
{
	const struct rt_block *block = q->site->block;

	if (block->nsteps == 0)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "no next plugin found");
	return rt_fail(q, DNS_RCODE_SERVFAIL, "plugin/%s: no next plugin found",
		       block->src[block->nsteps - 1].plugin);
}

/* ---- queries on the heap ---- */

static void proceed(struct rt_query *q, enum rt_verdict v);

/* A sub-query has ended: it always has a reply. */
static void
conclude_sub(struct rt_query *q, bool replied)
{
	if (!replied)
		reply_error(q, DNS_RCODE_SERVFAIL);
}

/* The query on the heap has ended: hand the reply to whom it is for. */
static void
deliver(struct rt_query *q, bool replied)
{
	struct rt_query *parent = q->parent;

	if (q->flags & RT_QF_SUB) {
		conclude_sub(q, replied);
		if (parent != NULL) {
			parent->sub = q;
			parent->held = true;
			proceed(parent, parent->site->block->serve(parent));
			return;
		}
		if (q->done != NULL)
			q->done(q->done_arg, q);
		query_free(q);
		return;
	}
	if (!replied || !reply_finish(q)) {
		if (q->conn != NULL)
			tcp_forget(q);
		query_free(q);
	} else if (q->conn != NULL) {
		tcp_reply(q);
		query_free(q);
	} else {
		udp_queue(q);
	}
}

/* Goes on after the serve function of its step returned v. */
static void
proceed(struct rt_query *q, enum rt_verdict v)
{
	if (v == RT_PENDING)
		return;
	deliver(q, query_finish(q, q->site->block, v));
}

struct rt_query *
rt_query_suspend(struct rt_query *q)
{
	struct rt_query *heap;

	if (q->flags & RT_QF_SUSPENDED)
		return q;
	heap = query_move(q);
	if (heap == NULL)
		return NULL;
	heap->flags |= RT_QF_SUSPENDED;
	if (heap->conn != NULL)
		tcp_hold(heap);
	return heap;
}

void
rt_query_resume(struct rt_query *q, enum rt_verdict v)
{
	worker_wake(q->worker);
	if (v == RT_NEXT) {
		q->step++;
		v = q->site->block->serve(q);
	}
	proceed(q, v);
}

/* ---- sub-queries ---- */

/* A query for another name on behalf of q's client. */
static struct rt_query *
sub_new(const struct rt_query *q, const struct dns_qname *name, uint16_t qtype)
{
	struct rt_query *sub = query_new(q->worker);
	unsigned flags = 0;
	uint8_t *wire;

	if (sub == NULL)
		return NULL;
	sub->qname = *name;
	sub->qtype = qtype;
	sub->qclass = q->qclass;
	sub->id = q->id;
	sub->flags =
		(uint16_t)((q->flags & (RT_QF_RD | RT_QF_CD | RT_QF_AD | RT_QF_EDNS | RT_QF_DO)) |
			   RT_QF_SUB | RT_QF_SUSPENDED);
	sub->udp_size = q->udp_size;
	sub->opcode = DNS_OPCODE_QUERY;
	sub->proto = q->proto;
	sub->depth = (uint8_t)(q->depth + 1);
	sub->asker = q->step;
	sub->listener = q->listener;
	sub->start_ns = q->worker->now;
	sub->client = q->client;
	sub->local = q->local;

	wire = sub->reply.wire;
	memset(wire, 0, DNS_HEADER_LEN);
	if (q->flags & RT_QF_RD)
		flags |= DNS_FLAG_RD;
	if (q->flags & RT_QF_CD)
		flags |= DNS_FLAG_CD;
	dns_msg_set_id(wire, q->id);
	dns_msg_set_flags(wire, flags);
	dns_msg_set_count(wire, DNS_QUESTION, 1);
	memcpy(wire + DNS_HEADER_LEN, name->wire, name->len);
	bytes_put16(wire + DNS_HEADER_LEN + name->len, qtype);
	bytes_put16(wire + DNS_HEADER_LEN + name->len + 2, sub->qclass);
	sub->request_len = (uint16_t)(DNS_HEADER_LEN + name->len + 4u);
	sub->question_end = sub->request_len;
	dns_writer_begin(&sub->reply, sub->request_len);
	return sub;
}

/* Runs a new sub-query.  RT_PENDING, or RT_DONE with its reply in place. */
static enum rt_verdict
sub_run(struct rt_query *sub, const struct rt_query *q, enum rt_sub_entry entry)
{
	enum rt_verdict v;

	if (entry == RT_SUB_NEXT) {
		sub->site = q->site;
		sub->step = (uint8_t)(q->step + 1);
		sub->floor = sub->step;
	} else {
		sub->site = dispatch(sub);
		if (sub->site == NULL) {
			refuse(sub);
			return RT_DONE;
		}
	}
	v = sub->site->block->serve(sub);
	if (v != RT_PENDING) {
		conclude_sub(sub, query_finish(sub, sub->site->block, v));
		v = RT_DONE;
	}
	return v;
}

enum rt_verdict
rt_subquery(struct rt_query **qp, const struct dns_qname *name, uint16_t qtype,
	    enum rt_sub_entry entry)
{
	struct rt_query *q = *qp;
	struct rt_query *sub;
	struct rt_query *heap;

	if (q->depth >= QUERY_DEPTH_MAX)
		return RT_FAIL;
	/* name may point into the previous sub-query, which is freed only after it was copied. */
	sub = sub_new(q, name, qtype);
	if (q->sub != NULL) {
		query_free(q->sub);
		q->sub = NULL;
	}
	if (sub == NULL)
		return RT_FAIL;
	if (sub_run(sub, q, entry) == RT_DONE) {
		q->sub = sub;
		q->held = true;
		return RT_DONE;
	}
	heap = rt_query_suspend(q);
	if (heap == NULL)
		return RT_FAIL; /* it goes on without anybody waiting, and is freed when it ends */
	sub->parent = heap;
	*qp = heap;
	return RT_PENDING;
}

bool
rt_background_query(struct rt_query *q, void (*done)(void *arg, struct rt_query *sub), void *arg)
{
	struct rt_query *sub = sub_new(q, &q->qname, q->qtype);

	if (sub == NULL)
		return false;
	sub->done = done;
	sub->done_arg = arg;
	if (sub_run(sub, q, RT_SUB_NEXT) == RT_DONE) {
		done(arg, sub);
		query_free(sub);
	}
	return true;
}

/* ---- failing ---- */

enum rt_verdict
rt_fail(struct rt_query *q, uint16_t rcode, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	char *copy;
	int n;

	q->rcode = rcode;
	q->error = NULL;
	if (fmt == NULL)
		return RT_FAIL;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return RT_FAIL;
	if ((size_t)n >= sizeof(text))
		n = (int)sizeof(text) - 1;
	copy = rt_query_alloc(q, (size_t)n + 1);
	if (copy != NULL)
		memcpy(copy, text, (size_t)n + 1);
	q->error = copy;
	return RT_FAIL;
}

enum rt_verdict
rt_query_panic(struct rt_query *q, const char *what, const char *file, int line)
{
	metrics_panic(q->worker);
	rt_log(RT_LOG_ERROR, "Recovered from panic in server: \"%s\" %s:%d: %s",
	       rt_listener_label(q->listener), file, line, what);
	if (rt_server.stacktrace)
		stacktrace_log();
	if (rt_program.debug)
		abort();
	return rt_fail(q, DNS_RCODE_SERVFAIL, "%s:%d: %s", file, line, what);
}
