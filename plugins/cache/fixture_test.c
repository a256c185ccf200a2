/*
 * A client, a next plugin and a runtime for tests of the cache.  See fixture_test.h.
 */
#include "config.h"

#include "cache/fixture_test.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/message.h"
#include "tests/support/check_main.h"

#define CACHE_STEP 3 /* of the plugin in its made-up block */

struct cache_fixture fx;

/* ---- the next plugin ---- */

static const uint8_t soa_rdata[22] = { [21] = 60 };

enum rt_verdict
fx_next_serve(struct rt_query *q)
{
	uint8_t rdata[4] = { 192, 0, 2, fx.next.address };

	fx.next.asked++;
	fx.next.last_flags = q->flags;
	fx.next.last_proto = q->proto;
	if (fx.next.fails)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "as it was told");
	rt_reply_begin(q, false);
	dns_msg_set_rcode(q->reply.wire, fx.next.rcode);
	if (fx.next.ad)
		dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | DNS_FLAG_AD);
	if (fx.next.address != 0)
		dns_writer_rr_at(&q->reply, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_A, q->qclass,
				 fx.next.ttl, rdata, 4);
	if (fx.next.soa)
		dns_writer_rr(&q->reply, DNS_AUTHORITY, (const uint8_t *)"\3org", DNS_TYPE_SOA,
			      q->qclass, fx.next.ttl, soa_rdata, sizeof(soa_rdata));
	return RT_DONE;
}

/* ---- the runtime ---- */

static void
begin_query(struct fx_ask *a, const struct dns_qname *qname, uint16_t type, uint16_t flags)
{
	memset(&a->q, 0, sizeof(a->q));
	memset(a->wire, 0, DNS_HEADER_LEN);
	a->q.qname = *qname;
	a->q.qtype = type;
	a->q.qclass = DNS_CLASS_IN;
	a->q.flags = flags;
	a->q.opcode = DNS_OPCODE_QUERY;
	a->q.step = CACHE_STEP;
	a->q.worker = &fx.worker;
	dns_msg_set_flags(a->wire, flags & (RT_QF_RD | RT_QF_CD | RT_QF_AD));
	dns_msg_set_count(a->wire, DNS_QUESTION, 1);
	memcpy(a->wire + DNS_HEADER_LEN, qname->wire, qname->len);
	bytes_put16(a->wire + DNS_HEADER_LEN + qname->len, type);
	bytes_put16(a->wire + DNS_HEADER_LEN + qname->len + 2, DNS_CLASS_IN);
	dns_writer_init(&a->q.reply, a->wire, (size_t)DNS_HEADER_LEN + qname->len + 4,
			sizeof(a->wire));
}

static void
answer_sub(struct rt_query *sub)
{
	sub->step = CACHE_STEP + 1;
	sub->verdict = (uint8_t)fx_next_serve(sub);
	if (sub->verdict == RT_FAIL) {
		rt_reply_begin(sub, false);
		dns_msg_set_rcode(sub->reply.wire, sub->rcode);
	}
}

static struct rt_query *
new_sub(const struct rt_query *q)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fx.subs); i++) {
		if (fx.subs[i].busy)
			continue;
		begin_query(&fx.subs[i], &q->qname, q->qtype, q->flags);
		fx.subs[i].q.proto = q->proto;
		fx.subs[i].busy = true;
		fx.subs[i].q.asker = q->step;
		return &fx.subs[i].q;
	}
	return NULL;
}

static void
free_sub(struct rt_query *sub)
{
	RT_CONTAINER_OF(sub, struct fx_ask, q)->busy = false;
}

uint64_t
rt_worker_now(struct rt_worker *w)
{
	return w->now;
}

unsigned
rt_worker_index(const struct rt_worker *w)
{
	(void)w;
	return 0;
}

struct event_base *
rt_worker_base(struct rt_worker *w)
{
	(void)w;
	return fx.base;
}

unsigned
rt_listener_index(const struct rt_listener *l)
{
	(void)l;
	return 0;
}

void
rt_metric_add(struct rt_worker *w, unsigned cell, uint64_t n)
{
	(void)w;
	ck_assert_uint_lt(cell, fx.ncells);
	fx.cells[cell] += n;
}

uint64_t *
rt_metric_cells(struct rt_worker *w)
{
	(void)w;
	return fx.cells;
}

unsigned
rt_metric_counter(struct rt_instance *in, const char *name, const char *help,
		  const struct rt_label *labels, unsigned nlabels)
{
	unsigned first = fx.ncells;
	unsigned n = 1;

	(void)in;
	(void)name;
	(void)help;
	for (unsigned i = 0; i < nlabels; i++)
		n *= labels[i].n;
	fx.ncells += n;
	return first;
}

void
rt_metric_gauge(struct rt_instance *in, const char *name, const char *help,
		const struct rt_label *labels, unsigned nlabels, double (*fn)(void *), void *arg)
{
	(void)in;
	(void)help;
	ck_assert_str_eq(name, "coredns_cache_entries");
	ck_assert_uint_eq(nlabels, 4);
	ck_assert_str_eq(labels[1].values[0], fx.ngauges == 0 ? "success" : "denial");
	ck_assert_str_eq(labels[2].values[0], "org.,example.net.");
	ck_assert_uint_lt(fx.ngauges, CACHE_HALVES);
	fx.gauge_fn[fx.ngauges] = fn;
	fx.gauge_arg[fx.ngauges++] = arg;
}

struct rt_label
rt_server_label(void)
{
	static const char *const values[] = { "dns://:53" };

	return (struct rt_label){ .name = "server", .values = values, .n = 1 };
}

unsigned
rt_instance_nworkers(const struct rt_instance *in)
{
	(void)in;
	return 1;
}

const char *
rt_instance_view(const struct rt_instance *in)
{
	(void)in;
	return "";
}

void
rt_instance_error(struct rt_instance *in, const char *fmt, ...)
{
	(void)in;
	ck_abort_msg("%s", fmt);
}

const struct rt_name *
rt_names_match(const struct rt_names *names, const struct dns_qname *qname)
{
	for (unsigned i = 0; i < names->n; i++)
		if (dns_name_is_subdomain(qname->wire, names->v[i].wire))
			return &names->v[i];
	return NULL;
}

void
rt_reply_rewind(struct rt_query *q)
{
	dns_writer_init(&q->reply, q->reply.wire, (size_t)DNS_HEADER_LEN + q->qname.len + 4,
			q->reply.cap);
}

uint16_t
rt_reply_rcode(const struct rt_query *q)
{
	return (uint16_t)dns_msg_rcode(q->reply.wire);
}

int
rt_reply_from_message(struct rt_query *q, const uint8_t *msg, size_t len)
{
	rt_reply_begin(q, false);
	memcpy(q->reply.wire + 2, msg + 2, len - 2);
	return dns_writer_resume(&q->reply, q->reply.wire, len, q->reply.cap);
}

enum rt_verdict
rt_fail(struct rt_query *q, uint16_t rcode, const char *fmt, ...)
{
	(void)fmt;
	q->rcode = rcode;
	return RT_FAIL;
}

void *
rt_query_alloc(struct rt_query *q, size_t size)
{
	static uint8_t memory[65536];

	(void)q;
	return size <= sizeof(memory) ? memory : NULL;
}

struct rt_query *
rt_query_suspend(struct rt_query *q)
{
	return q;
}

void
rt_query_resume(struct rt_query *q, enum rt_verdict v)
{
	fx.resumed = q;
	fx.resumed_with = v;
}

static void
wait_for(struct rt_query *sub, struct rt_query *parent, void (*done)(void *, struct rt_query *),
	 void *arg)
{
	ck_assert_uint_lt(fx.nwaiting, ARRAY_SIZE(fx.waiting));
	fx.waiting[fx.nwaiting].sub = sub;
	fx.waiting[fx.nwaiting].parent = parent;
	fx.waiting[fx.nwaiting].done = done;
	fx.waiting[fx.nwaiting++].arg = arg;
}

bool
rt_background_query(struct rt_query *q, void (*done)(void *arg, struct rt_query *sub), void *arg)
{
	struct rt_query *sub = new_sub(q);

	if (sub == NULL)
		return false;
	if (fx.later) {
		wait_for(sub, NULL, done, arg);
		return true;
	}
	answer_sub(sub);
	done(arg, sub);
	free_sub(sub);
	return true;
}

enum rt_verdict
rt_subquery(struct rt_query **qp, const struct dns_qname *name, uint16_t qtype,
	    enum rt_sub_entry entry)
{
	struct rt_query *sub = new_sub(*qp);

	ck_assert_ptr_eq(name, &(*qp)->qname);
	ck_assert_uint_eq(qtype, (*qp)->qtype);
	ck_assert_int_eq(entry, RT_SUB_NEXT);
	if (sub == NULL)
		return RT_FAIL;
	if (fx.later) {
		wait_for(sub, *qp, NULL, NULL);
		return RT_PENDING;
	}
	answer_sub(sub);
	(*qp)->sub = sub;
	return RT_DONE;
}

/* ---- a client ---- */

const struct rt_name fx_zones[2] = {
	{ .wire = (const uint8_t *)"\3org", .len = 5, .nlabels = 1, .text = "org." },
	{ .wire = (const uint8_t *)"\7example\3net",
	  .len = 13,
	  .nlabels = 2,
	  .text = "example.net." },
};

void
fx_configure(void)
{
	fx.config = (struct cache_config){
		.zones = { fx_zones, 2 },
		.success = { 1024, 3600, 5 },
		.denial = { 1024, 1800, 5 },
		.prefetch_gap = 60 * (uint64_t)CLOCK_NS_PER_S,
		.prefetch_percent = 10,
		.servfail = 5 * (uint64_t)CLOCK_NS_PER_S,
	};
	memset(&fx.next, 0, sizeof(fx.next));
	memset(fx.subs, 0, sizeof(fx.subs));
	memset(fx.cells, 0, sizeof(fx.cells));
	fx.ncells = fx.ngauges = fx.nwaiting = 0;
	fx.later = false;
	fx.resumed = NULL;
	fx.next.ttl = 100;
	fx.next.address = 1;
	fx.worker.now = 1000 * (uint64_t)CLOCK_NS_PER_S;
}

void
fx_begin(void)
{
	fx.base = event_base_new();
	fx.state = cache_start(&fx.config, NULL);
	ck_assert_ptr_nonnull(fx.state);
}

void
fx_end(void)
{
	cache_worker_stop(fx.state, &fx.worker);
	cache_stop(fx.state);
	event_base_free(fx.base);
}

void
fx_pass(double seconds)
{
	fx.worker.now += (uint64_t)(seconds * (double)CLOCK_NS_PER_S);
}

/* What happens after serve has returned v. */
static void
finish(enum rt_verdict v)
{
	fx.verdict = v;
	if (v == RT_NEXT) {
		fx.client.q.step++;
		fx.verdict = fx_next_serve(&fx.client.q);
		if (fx.verdict == RT_FAIL) {
			rt_reply_begin(&fx.client.q, false);
			dns_msg_set_rcode(fx.client.q.reply.wire, fx.client.q.rcode);
		}
		fx.client.q.verdict = (uint8_t)fx.verdict;
		cache_reply(&fx.config, fx.state, &fx.client.q);
	}
}

void
fx_ask_with(const char *name, uint16_t type, uint16_t flags)
{
	struct dns_qname qname;
	uint8_t wire[DNS_NAME_BUF];

	ck_assert_int_gt(dns_name_from_text(wire, name, strlen(name)), 0);
	dns_qname_set(&qname, wire);
	begin_query(&fx.client, &qname, type, flags);
	finish(cache_serve(&fx.config, fx.state, &fx.client.q));
}

void
fx_ask(void)
{
	fx_ask_with("www.org", DNS_TYPE_A, RT_QF_RD);
}

/* Answers the sub-queries that wait. */
void
fx_run_waiting(void)
{
	unsigned n = fx.nwaiting;

	fx.nwaiting = 0;
	for (unsigned i = 0; i < n; i++) {
		answer_sub(fx.waiting[i].sub);
		if (fx.waiting[i].parent != NULL) {
			fx.waiting[i].parent->sub = fx.waiting[i].sub;
			finish(cache_serve(&fx.config, fx.state, fx.waiting[i].parent));
		} else {
			fx.waiting[i].done(fx.waiting[i].arg, fx.waiting[i].sub);
		}
		free_sub(fx.waiting[i].sub);
	}
}

/* The reply: its TTL, and the last octet of its address, 0 if there is none. */
void
fx_check(unsigned address, uint32_t ttl)
{
	struct dns_rr_iter it;

	ck_assert_int_eq(fx.verdict, RT_DONE);
	ck_assert_int_eq(dns_rr_iter_init(&it, fx.client.q.reply.wire, fx.client.q.reply.len), 0);
	if (address == 0) {
		ck_assert_uint_eq(dns_msg_count(fx.client.wire, DNS_ANSWER), 0);
		return;
	}
	ck_assert(dns_rr_next(&it));
	ck_assert_uint_eq(it.ttl, ttl);
	ck_assert_uint_eq(it.msg[it.end - 1], address);
}

bool
fx_flag(unsigned bit)
{
	return (dns_msg_flags(fx.client.wire) & bit) != 0;
}
