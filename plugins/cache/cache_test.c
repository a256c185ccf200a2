/*
 * Tests of the cache between a client and a next plugin, both made up here, with a clock that the
 * test moves.  The runtime's functions are made up as well, as far as the cache uses them: no thread, no
 * socket; background queries run when the test says so.
 */
#include "config.h"

#include "cache/cache.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "base/error.h"
#include "cache/cache_internal.h"
#include "dns/message.h"
#include "tests/support/check_main.h"

#define CACHE_STEP 3 /* of the plugin in its made-up block */

/* ---- the next plugin ---- */

static struct {
	unsigned asked;
	bool fails; /* writes nothing: RT_FAIL */
	unsigned rcode;
	uint32_t ttl;
	uint8_t address; /* last octet; 0: no answer */
	bool soa;
	bool ad;
	uint16_t last_flags; /* RT_QF_* that it saw */
} next;

static const uint8_t soa_rdata[22] = { [21] = 60 };

static enum rt_verdict
next_serve(struct rt_query *q)
{
	uint8_t rdata[4] = { 192, 0, 2, next.address };

	next.asked++;
	next.last_flags = q->flags;
	if (next.fails)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "as it was told");
	rt_reply_begin(q, false);
	dns_msg_set_rcode(q->reply.wire, next.rcode);
	if (next.ad)
		dns_msg_set_flags(q->reply.wire, dns_msg_flags(q->reply.wire) | DNS_FLAG_AD);
	if (next.address != 0)
		dns_writer_rr_at(&q->reply, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_A, q->qclass,
				 next.ttl, rdata, 4);
	if (next.soa)
		dns_writer_rr(&q->reply, DNS_AUTHORITY, (const uint8_t *)"\3org", DNS_TYPE_SOA,
			      q->qclass, next.ttl, soa_rdata, sizeof(soa_rdata));
	return RT_DONE;
}

/* ---- the runtime ---- */

struct rt_worker {
	uint64_t now;
};

static struct rt_worker worker;
static struct event_base *base;
static uint64_t cells[64];
static unsigned ncells;
static bool later; /* sub-queries are not answered at once */
static struct rt_query *resumed;
static enum rt_verdict resumed_with;

/* A query with its buffer. */
struct ask {
	struct rt_query q;
	uint8_t wire[4096];
	bool busy;
};

static struct ask subs[4];
static struct {
	struct rt_query *sub, *parent;
	void (*done)(void *arg, struct rt_query *sub);
	void *arg;
} waiting[4];
static unsigned nwaiting;

static void
begin_query(struct ask *a, const struct dns_qname *qname, uint16_t type, uint16_t flags)
{
	memset(&a->q, 0, sizeof(a->q));
	memset(a->wire, 0, DNS_HEADER_LEN);
	a->q.qname = *qname;
	a->q.qtype = type;
	a->q.qclass = DNS_CLASS_IN;
	a->q.flags = flags;
	a->q.opcode = DNS_OPCODE_QUERY;
	a->q.step = CACHE_STEP;
	a->q.worker = &worker;
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
	sub->verdict = (uint8_t)next_serve(sub);
	if (sub->verdict == RT_FAIL) {
		rt_reply_begin(sub, false);
		dns_msg_set_rcode(sub->reply.wire, sub->rcode);
	}
}

static struct rt_query *
new_sub(const struct rt_query *q)
{
	for (unsigned i = 0; i < ARRAY_SIZE(subs); i++) {
		if (subs[i].busy)
			continue;
		begin_query(&subs[i], &q->qname, q->qtype, q->flags);
		subs[i].busy = true;
		subs[i].q.asker = q->step;
		return &subs[i].q;
	}
	return NULL;
}

static void
free_sub(struct rt_query *sub)
{
	RT_CONTAINER_OF(sub, struct ask, q)->busy = false;
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
	return base;
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
	ck_assert_uint_lt(cell, ncells);
	cells[cell] += n;
}

unsigned
rt_metric_counter(struct rt_instance *in, const char *name, const char *help,
		  const struct rt_label *labels, unsigned nlabels)
{
	unsigned first = ncells;
	unsigned n = 1;

	(void)in;
	(void)name;
	(void)help;
	for (unsigned i = 0; i < nlabels; i++)
		n *= labels[i].n;
	ncells += n;
	return first;
}

static double (*gauge_fn[CACHE_HALVES])(void *);
static void *gauge_arg[CACHE_HALVES];
static unsigned ngauges;

void
rt_metric_gauge(struct rt_instance *in, const char *name, const char *help,
		const struct rt_label *labels, unsigned nlabels, double (*fn)(void *), void *arg)
{
	(void)in;
	(void)help;
	ck_assert_str_eq(name, "coredns_cache_entries");
	ck_assert_uint_eq(nlabels, 4);
	ck_assert_str_eq(labels[1].values[0], ngauges == 0 ? "success" : "denial");
	ck_assert_str_eq(labels[2].values[0], "org.,example.net.");
	ck_assert_uint_lt(ngauges, CACHE_HALVES);
	gauge_fn[ngauges] = fn;
	gauge_arg[ngauges++] = arg;
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
	resumed = q;
	resumed_with = v;
}

static void
wait_for(struct rt_query *sub, struct rt_query *parent, void (*done)(void *, struct rt_query *),
	 void *arg)
{
	ck_assert_uint_lt(nwaiting, ARRAY_SIZE(waiting));
	waiting[nwaiting].sub = sub;
	waiting[nwaiting].parent = parent;
	waiting[nwaiting].done = done;
	waiting[nwaiting++].arg = arg;
}

bool
rt_background_query(struct rt_query *q, void (*done)(void *arg, struct rt_query *sub), void *arg)
{
	struct rt_query *sub = new_sub(q);

	if (sub == NULL)
		return false;
	if (later) {
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
	if (later) {
		wait_for(sub, *qp, NULL, NULL);
		return RT_PENDING;
	}
	answer_sub(sub);
	(*qp)->sub = sub;
	return RT_DONE;
}

/* ---- a client ---- */

static const struct rt_name zones[] = {
	{ .wire = (const uint8_t *)"\3org", .len = 5, .nlabels = 1, .text = "org." },
	{ .wire = (const uint8_t *)"\7example\3net",
	  .len = 13,
	  .nlabels = 2,
	  .text = "example.net." },
};
static struct cache_config config;
static struct cache_state *state;
static struct ask client;
static enum rt_verdict verdict;

static void
configure(void)
{
	config = (struct cache_config){
		.zones = { zones, 2 },
		.success = { 1024, 3600, 5 },
		.denial = { 1024, 1800, 5 },
		.prefetch_gap = 60 * (uint64_t)CLOCK_NS_PER_S,
		.prefetch_percent = 10,
		.servfail = 5 * (uint64_t)CLOCK_NS_PER_S,
	};
	memset(&next, 0, sizeof(next));
	memset(subs, 0, sizeof(subs));
	memset(cells, 0, sizeof(cells));
	ncells = ngauges = nwaiting = 0;
	later = false;
	resumed = NULL;
	next.ttl = 100;
	next.address = 1;
	worker.now = 1000 * (uint64_t)CLOCK_NS_PER_S;
}

static void
begin(void)
{
	base = event_base_new();
	state = cache_start(&config, NULL);
	ck_assert_ptr_nonnull(state);
}

static void
end(void)
{
	cache_worker_stop(state, &worker);
	cache_stop(state);
	event_base_free(base);
}

static void
pass(double seconds)
{
	worker.now += (uint64_t)(seconds * (double)CLOCK_NS_PER_S);
}

/* What happens after serve has returned v. */
static void
finish(enum rt_verdict v)
{
	verdict = v;
	if (v == RT_NEXT) {
		client.q.step++;
		verdict = next_serve(&client.q);
		if (verdict == RT_FAIL) {
			rt_reply_begin(&client.q, false);
			dns_msg_set_rcode(client.q.reply.wire, client.q.rcode);
		}
		client.q.verdict = (uint8_t)verdict;
		cache_reply(&config, state, &client.q);
	}
}

static void
ask_with(const char *name, uint16_t type, uint16_t flags)
{
	struct dns_qname qname;
	uint8_t wire[DNS_NAME_BUF];

	ck_assert_int_gt(dns_name_from_text(wire, name, strlen(name)), 0);
	dns_qname_set(&qname, wire);
	begin_query(&client, &qname, type, flags);
	finish(cache_serve(&config, state, &client.q));
}

static void
ask(void)
{
	ask_with("www.org", DNS_TYPE_A, RT_QF_RD);
}

/* Answers the sub-queries that wait. */
static void
run_waiting(void)
{
	unsigned n = nwaiting;

	nwaiting = 0;
	for (unsigned i = 0; i < n; i++) {
		answer_sub(waiting[i].sub);
		if (waiting[i].parent != NULL) {
			waiting[i].parent->sub = waiting[i].sub;
			finish(cache_serve(&config, state, waiting[i].parent));
		} else {
			waiting[i].done(waiting[i].arg, waiting[i].sub);
		}
		free_sub(waiting[i].sub);
	}
}

/* The reply: its TTL, and the last octet of its address, 0 if there is none. */
static void
check(unsigned address, uint32_t ttl)
{
	struct dns_rr_iter it;

	ck_assert_int_eq(verdict, RT_DONE);
	ck_assert_int_eq(dns_rr_iter_init(&it, client.q.reply.wire, client.q.reply.len), 0);
	if (address == 0) {
		ck_assert_uint_eq(dns_msg_count(client.wire, DNS_ANSWER), 0);
		return;
	}
	ck_assert(dns_rr_next(&it));
	ck_assert_uint_eq(it.ttl, ttl);
	ck_assert_uint_eq(it.msg[it.end - 1], address);
}

static bool
flag(unsigned bit)
{
	return (dns_msg_flags(client.wire) & bit) != 0;
}

/* ---- tests ---- */

START_TEST(ttl_counts_down_to_its_end)
{
	configure();
	begin();
	ask();
	check(1, 100);
	pass(0.9);
	ask();
	check(1, 100);
	pass(0.2);
	ask();
	check(1, 99);
	ck_assert(flag(DNS_FLAG_AA));
	ck_assert(flag(DNS_FLAG_RD));
	pass(98.8);
	ask();
	check(1, 1);
	ck_assert_uint_eq(next.asked, 1);
	pass(0.2);
	ask();
	check(1, 100);
	ck_assert_uint_eq(next.asked, 2);
	ck_assert_uint_eq(cells[state->requests], 5);
	ck_assert_uint_eq(cells[state->hits + CACHE_SUCCESS], 3);
	ck_assert_uint_eq(cells[state->misses], 2);
	end();
}
END_TEST

START_TEST(bounds_of_the_ttl)
{
	configure();
	config.success.ttl = 50;
	begin();
	ask();
	check(1, 50);
	end();
	configure();
	next.ttl = 0;
	begin();
	ask();
	check(1, 5);
	ask();
	check(1, 5);
	ck_assert_uint_eq(next.asked, 1);
	end();
	configure();
	next.ttl = 0;
	config.success.min_ttl = 0;
	begin();
	ask();
	ask();
	check(1, 0);
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

START_TEST(keepttl)
{
	configure();
	config.keep_ttl = true;
	begin();
	ask();
	pass(99);
	ask();
	check(1, 100);
	pass(1);
	ask();
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

START_TEST(questions_are_kept_apart)
{
	static const struct {
		const char *name;
		uint16_t type, flags;
	} rows[] = {
		{ "www.org", DNS_TYPE_A, RT_QF_RD },
		{ "ww.org", DNS_TYPE_A, RT_QF_RD },
		{ "www.org", DNS_TYPE_AAAA, RT_QF_RD },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_DO | RT_QF_EDNS },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_CD },
		{ "www.org", DNS_TYPE_A, RT_QF_RD | RT_QF_CD | RT_QF_DO },
	};

	configure();
	next.soa = true; /* an A record is no answer to AAAA: a denial */
	begin();
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		ask_with(rows[i].name, rows[i].type, rows[i].flags);
		ask_with(rows[i].name, rows[i].type, rows[i].flags);
		ck_assert_uint_eq(next.asked, i + 1);
	}
	/* The wish for recursion makes no difference, nor does EDNS by itself. */
	ask_with("www.org", DNS_TYPE_A, RT_QF_EDNS);
	ck_assert(!flag(DNS_FLAG_RD));
	ck_assert_uint_eq(next.asked, ARRAY_SIZE(rows));
	end();
}
END_TEST

START_TEST(only_its_zones)
{
	configure();
	begin();
	for (unsigned i = 0; i < 2; i++) {
		ask_with("www.example.com", DNS_TYPE_A, RT_QF_RD);
		ask_with("a.example.net", DNS_TYPE_A, RT_QF_RD);
	}
	ck_assert_uint_eq(next.asked, 3);
	ck_assert_uint_eq(cells[state->requests], 2);
	/* What does not pass through keeps its TTL. */
	next.ttl = 86400;
	ask_with("www.example.com", DNS_TYPE_A, RT_QF_RD);
	check(1, 86400);
	ask_with("zone.org", DNS_TYPE_AXFR, RT_QF_RD);
	check(1, 86400);
	end();
}
END_TEST

START_TEST(disabled_halves)
{
	configure();
	config.no_success = (struct rt_names){ zones, 1 };
	begin();
	ask();
	ask();
	ck_assert_uint_eq(next.asked, 2);
	next.address = 0;
	next.soa = true;
	next.rcode = DNS_RCODE_NXDOMAIN;
	ask();
	ask();
	ck_assert_uint_eq(next.asked, 3);
	end();
}
END_TEST

START_TEST(denials_and_failures)
{
	configure();
	begin();
	next.address = 0;
	next.soa = true;
	next.rcode = DNS_RCODE_NXDOMAIN;
	ask();
	pass(59);
	ask();
	ck_assert_uint_eq(next.asked, 1);
	ck_assert_uint_eq(rt_reply_rcode(&client.q), DNS_RCODE_NXDOMAIN);
	ck_assert_uint_eq(cells[state->hits + CACHE_DENIAL], 1);
	pass(1); /* the MINIMUM of the SOA is 60 */
	next.soa = false;
	next.rcode = DNS_RCODE_SERVFAIL;
	ask();
	pass(4);
	ask();
	ck_assert_uint_eq(next.asked, 2);
	ck_assert_uint_eq(rt_reply_rcode(&client.q), DNS_RCODE_SERVFAIL);
	pass(1);
	/* A failure of our own is not kept. */
	next.fails = true;
	ask();
	ask();
	ck_assert_uint_eq(next.asked, 4);
	ck_assert_int_eq(verdict, RT_FAIL);
	end();
}
END_TEST

START_TEST(a_failure_does_not_hide_an_answer)
{
	struct cache_key key;

	configure();
	begin();
	ask();
	/* Stored beside the answer, as by a renewal. */
	next.rcode = DNS_RCODE_SERVFAIL;
	next.address = 0;
	next_serve(&client.q);
	client.q.verdict = RT_DONE;
	cache_keep(state, &client.q, false, 0);
	key = cache_key_of(&client.q);
	struct cache_hit hits[CACHE_HALVES];
	ck_assert_uint_eq(cache_store_find(state->store, &key, hits), 3);
	ask();
	check(1, 100);
	/* A denial does. */
	next.rcode = DNS_RCODE_NXDOMAIN;
	next.soa = true;
	next_serve(&client.q);
	client.q.verdict = RT_DONE;
	cache_keep(state, &client.q, false, 0);
	ask();
	ck_assert_uint_eq(rt_reply_rcode(&client.q), DNS_RCODE_NXDOMAIN);
	end();
}
END_TEST

START_TEST(authenticated_data)
{
	configure();
	next.ad = true;
	begin();
	ask();
	ck_assert(next.last_flags & RT_QF_AD);
	ck_assert((client.q.flags & (RT_QF_AD | RT_QF_AD_ADDED)) == 0);
	ck_assert(!flag(DNS_FLAG_AD));
	ask();
	ck_assert(!flag(DNS_FLAG_AD));
	ask_with("www.org", DNS_TYPE_A, RT_QF_AD);
	ck_assert(flag(DNS_FLAG_AD));
	ask_with("www.org", DNS_TYPE_A, RT_QF_DO);
	ck_assert(flag(DNS_FLAG_AD));
	ask_with("www.org", DNS_TYPE_A, RT_QF_DO);
	ck_assert(flag(DNS_FLAG_AD));
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

static void
configure_stale(bool verify)
{
	configure();
	config.serve_stale = true;
	config.stale_for = 3600 * (uint64_t)CLOCK_NS_PER_S;
	config.stale_verify = verify;
}

/* Fills the cache, and lets the entry end; from then on next gives another address. */
static void
begin_stale(void)
{
	begin();
	ask();
	pass(100);
	next.address = 2;
}

START_TEST(stale_is_given_at_once_and_renewed)
{
	configure_stale(false);
	begin_stale();
	ask();
	check(1, 0);
	ck_assert_uint_eq(next.asked, 2);
	ck_assert(next.last_flags & RT_QF_AD);
	ck_assert_uint_eq(cells[state->stale], 1);
	ck_assert_uint_eq(cells[state->prefetches], 1);
	ask();
	check(2, 100);
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

START_TEST(stale_has_an_end_and_a_ttl)
{
	configure_stale(false);
	config.stale_ttl = 30 * (uint64_t)CLOCK_NS_PER_S;
	later = true;
	begin_stale();
	pass(3599);
	ask();
	check(1, 30);
	pass(1);
	ask();
	check(2, 100);
	end();
}
END_TEST

START_TEST(one_renewal_at_a_time)
{
	configure_stale(false);
	later = true;
	begin_stale();
	for (unsigned i = 0; i < 3; i++) {
		ask();
		check(1, 0);
	}
	ck_assert_uint_eq(nwaiting, 1);
	ck_assert_uint_eq(cells[state->stale], 3);
	run_waiting();
	ask();
	check(2, 100);
	end();
}
END_TEST

START_TEST(failed_renewals_leave_the_stale_answer)
{
	configure_stale(false);
	config.stale_recheck = 10 * (uint64_t)CLOCK_NS_PER_S;
	begin_stale();
	next.rcode = DNS_RCODE_SERVFAIL;
	ask();
	check(1, 0);
	pass(9);
	ask();
	check(1, 0);
	ck_assert_uint_eq(next.asked, 2);
	pass(1);
	ask();
	check(1, 0);
	ck_assert_uint_eq(next.asked, 3);
	/* A failure of our own counts as one. */
	next.fails = true;
	pass(10);
	ask();
	check(1, 0);
	ck_assert_uint_eq(next.asked, 4);
	end();
}
END_TEST

START_TEST(verify_asks_first)
{
	configure_stale(true);
	later = _i != 0;
	begin_stale();
	ask();
	if (later) {
		ck_assert_int_eq(verdict, RT_PENDING);
		run_waiting();
	}
	check(2, 100);
	ck_assert_uint_eq(cells[state->stale], 0);
	ck_assert_uint_eq(cells[state->prefetches], 0);
	/* It failed: the stale answer is as good as ever. */
	pass(100);
	next.fails = true;
	ask();
	run_waiting();
	check(2, 0);
	ck_assert_uint_eq(cells[state->stale], 1);
	next.fails = false;
	next.rcode = DNS_RCODE_REFUSED;
	ask();
	run_waiting();
	check(2, 0);
	/* The name is gone: that is an answer too. */
	next.rcode = DNS_RCODE_NXDOMAIN;
	next.address = 0;
	next.soa = true;
	ask();
	run_waiting();
	ck_assert_uint_eq(rt_reply_rcode(&client.q), DNS_RCODE_NXDOMAIN);
	end();
}
END_TEST

START_TEST(verify_waits_only_so_long)
{
	configure_stale(true);
	config.verify_timeout = 1000;
	later = true;
	begin_stale();
	ask();
	ck_assert_int_eq(verdict, RT_PENDING);
	ck_assert_ptr_null(resumed);
	/* The timer is first. */
	while (resumed == NULL)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_ptr_eq(resumed, &client.q);
	verdict = resumed_with;
	check(1, 0);
	ck_assert_uint_eq(cells[state->stale], 1);
	resumed = NULL;
	run_waiting();
	ck_assert_ptr_null(resumed);
	ask();
	check(2, 100);
	end();
}
END_TEST

START_TEST(verify_is_answered_in_time)
{
	configure_stale(true);
	config.verify_timeout = 3600 * (uint64_t)CLOCK_NS_PER_S;
	later = true;
	begin_stale();
	ask();
	ck_assert_int_eq(verdict, RT_PENDING);
	run_waiting();
	ck_assert_ptr_eq(resumed, &client.q);
	verdict = resumed_with;
	check(2, 100);
	/* At once. */
	later = false;
	pass(100);
	next.address = 3;
	ask();
	check(3, 100);
	pass(100);
	next.fails = true;
	ask();
	check(3, 0);
	/* The worker ends while somebody waits. */
	later = true;
	ask();
	ck_assert_int_eq(verdict, RT_PENDING);
	end();
}
END_TEST

START_TEST(good_answers_are_preferred)
{
	configure_stale(true);
	config.prefer_positive = true;
	begin_stale();
	next.address = 0;
	next.soa = true;
	next.rcode = DNS_RCODE_NXDOMAIN;
	ask();
	check(1, 0);
	ask();
	check(1, 0);
	ck_assert_uint_eq(cells[state->hits + CACHE_SUCCESS], 2);
	/* An empty answer does not take its place either. */
	next.soa = false;
	next.rcode = DNS_RCODE_NOERROR;
	ask();
	check(1, 0);
	next.address = 4;
	ask();
	check(4, 100);
	ask();
	check(4, 100);
	end();
}
END_TEST

START_TEST(a_found_answer_ends_a_stale_denial)
{
	configure_stale(true);
	next.address = 0;
	next.soa = true;
	next.rcode = DNS_RCODE_NXDOMAIN;
	begin();
	ask();
	pass(60);
	next.rcode = DNS_RCODE_NOERROR;
	next.soa = false;
	next.address = 5;
	ask();
	check(5, 100);
	ask();
	check(5, 100);
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

START_TEST(popular_names_are_renewed)
{
	configure();
	config.prefetch = 3;
	begin();
	ask();
	for (unsigned i = 0; i < 3; i++) {
		pass(20);
		ask();
	}
	ck_assert_uint_eq(next.asked, 1);
	pass(29.5); /* 89.5 of 100: 11 seconds left */
	ask();
	check(1, 11);
	ck_assert_uint_eq(next.asked, 1);
	pass(1);
	next.address = 2;
	ask();
	check(1, 10);
	ck_assert_uint_eq(next.asked, 2);
	ck_assert_uint_eq(cells[state->prefetches], 1);
	/* Its uses came along, so the new one is renewed as well. */
	pass(50);
	ask();
	check(2, 50);
	pass(45);
	ask();
	check(2, 5);
	ck_assert_uint_eq(next.asked, 3);
	end();
}
END_TEST

START_TEST(rare_names_are_not)
{
	configure();
	config.prefetch = 3;
	begin();
	ask();
	pass(95);
	ask();
	ask();
	ck_assert_uint_eq(next.asked, 1);
	ask();
	ck_assert_uint_eq(next.asked, 2);
	end();
}
END_TEST

START_TEST(entries_are_told_of_once_there_are_any)
{
	configure();
	begin();
	ck_assert_uint_eq(ngauges, 2);
	double n = gauge_fn[0](gauge_arg[0]);
	ck_assert(n != n);
	ask();
	ck_assert(gauge_fn[0](gauge_arg[0]) == 1.0);
	ck_assert(gauge_fn[1](gauge_arg[1]) == 0.0);
	end();
}
END_TEST

START_TEST(evictions_are_counted)
{
	char name[32];

	configure();
	begin();
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "n%u.org", i);
		ask_with(name, DNS_TYPE_A, RT_QF_RD);
	}
	ck_assert(gauge_fn[0](gauge_arg[0]) <= 1024);
	ck_assert_uint_eq(cells[state->evictions + CACHE_SUCCESS],
			  3000 - (uint64_t)gauge_fn[0](gauge_arg[0]));
	end();
}
END_TEST

static TCase *
cache_case(void)
{
	TCase *tc = tcase_create("cache");

	tcase_add_test(tc, ttl_counts_down_to_its_end);
	tcase_add_test(tc, bounds_of_the_ttl);
	tcase_add_test(tc, keepttl);
	tcase_add_test(tc, questions_are_kept_apart);
	tcase_add_test(tc, only_its_zones);
	tcase_add_test(tc, disabled_halves);
	tcase_add_test(tc, denials_and_failures);
	tcase_add_test(tc, a_failure_does_not_hide_an_answer);
	tcase_add_test(tc, authenticated_data);
	tcase_add_test(tc, stale_is_given_at_once_and_renewed);
	tcase_add_test(tc, stale_has_an_end_and_a_ttl);
	tcase_add_test(tc, one_renewal_at_a_time);
	tcase_add_test(tc, failed_renewals_leave_the_stale_answer);
	tcase_add_loop_test(tc, verify_asks_first, 0, 2);
	tcase_add_test(tc, verify_waits_only_so_long);
	tcase_add_test(tc, verify_is_answered_in_time);
	tcase_add_test(tc, good_answers_are_preferred);
	tcase_add_test(tc, a_found_answer_ends_a_stale_denial);
	tcase_add_test(tc, popular_names_are_renewed);
	tcase_add_test(tc, rare_names_are_not);
	tcase_add_test(tc, entries_are_told_of_once_there_are_any);
	tcase_add_test(tc, evictions_are_counted);
	return tc;
}

TEST_MAIN_CASES("cache", cache_case)
