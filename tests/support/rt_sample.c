/*
 * A server as generated code would make it, for tests of the runtime that no plugin should be
 * needed for.  Two workers, two listeners on the default port (so start it with -dns.port), one on a
 * free one:
 *
 *	127.0.0.1	example.org, sub.example.org, org, empty.test (no plugins); class IN only;
 *			time-outs of 0.4 s (read), 0.8 s (write), 1.2 s (idle)
 *	127.0.0.2	the root, any class
 *	all addresses	the root
 *
 * The chain is observe -> ahead -> actor.  actor does what the first label of the name says:
 *
 *	big-N		N TXT records of 100 octets
 *	wait-N		suspends for N (at most 3000) milliseconds, then answers
 *	late-N		the same, and then passes on to the next plugin (the end of the chain)
 *	hold-N		suspends until a query for free-N comes to the same worker
 *	chase-N		asks for chase-(N-1) from the top; chase-0 answers 192.0.2.1
 *	wchase-N	the same, but wchase-0 suspends for 1 ms
 *	loop		asks for itself from the top
 *	prefetch	starts a background query and answers at once
 *	say-N		writes N lines of 100 octets to the bulk log
 *	drop, fail, next, panic, empty, badvers (rcode 16), nxdomain
 *	snap		TXT with the number of the snapshot, one published every 5 ms
 *	anything else	A 192.0.2.1, AAAA, DS (as TXT with the zone), TXT with the addresses of client
 *			and server
 *
 * ahead-X: the step before asks for X from its next step, and doubles the records of the answer.
 * observe adds a TXT "observed" to the additional section in its reply half, when the query asks for
 * TXT.
 *
 * Environment: RT_SAMPLE_HTTP=ADDRESS serves /metrics, RT_SAMPLE_LAMEDUCK=1 asks for 300 ms of it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/buf.h"
#include "dns/message.h"
#include "dns/types.h"
#include "rt_gen.h"

/* ---- one plugin ---- */

struct sample_snapshot {
	unsigned number;
	unsigned check; /* ~number: torn or freed snapshots show */
};

struct sample_state {
	struct rt_instance *in;
	void *snapshot;
	unsigned number;
	unsigned queries;    /* metric */
	unsigned dropped;    /* metric */
	unsigned prefetched; /* background queries that ended; atomic */
	struct rt_histogram sizes;
};

static struct sample_state state;

struct sample_wait {
	struct rt_query *q;
	struct event *event;
	enum rt_verdict verdict;
};

static void
add_text(struct rt_query *q, enum dns_section section, const char *text)
{
	uint8_t rdata[256];
	size_t len = strlen(text);

	rdata[0] = (uint8_t)len;
	memcpy(rdata + 1, text, len);
	dns_writer_rr_at(&q->reply, section, DNS_HEADER_LEN, DNS_TYPE_TXT, q->qclass, 5, rdata,
			 len + 1);
}

static void
add_addresses(struct rt_query *q)
{
	char text[2 * ADDR_TEXT_MAX];
	size_t n = addr_format_port(&q->client, text);

	text[n++] = ' ';
	addr_format_port(&q->local, text + n);
	add_text(q, DNS_ANSWER, text);
}

static enum rt_verdict
answer(struct rt_query *q)
{
	static const uint8_t v4[4] = { 192, 0, 2, 1 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	rt_reply_begin(q, true);
	if (q->qtype == DNS_TYPE_A)
		dns_writer_rr_at(&q->reply, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_A, q->qclass, 5,
				 v4, 4);
	else if (q->qtype == DNS_TYPE_AAAA)
		dns_writer_rr_at(&q->reply, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_AAAA, q->qclass, 5,
				 v6, 16);
	else if (q->qtype == DNS_TYPE_TXT)
		add_addresses(q);
	else if (q->qtype == DNS_TYPE_DS)
		add_text(q, DNS_ANSWER, q->site->zone.text);
	return RT_DONE;
}

static void
on_wait(evutil_socket_t fd, short what, void *arg)
{
	struct sample_wait *wait = arg;
	struct rt_query *q = wait->q;

	(void)fd;
	(void)what;
	event_free(wait->event);
	if (wait->verdict == RT_DONE)
		answer(q);
	rt_query_resume(q, wait->verdict);
}

static enum rt_verdict
suspend_for(struct rt_query *q, unsigned ms, enum rt_verdict verdict)
{
	struct timeval tv;
	struct rt_query *heap = rt_query_suspend(q);
	struct sample_wait *wait;

	ms = ms < 3000 ? ms : 3000; /* mutated names may say anything */
	tv = (struct timeval){ .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	if (heap == NULL)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "too many");
	wait = rt_query_alloc(heap, sizeof(*wait));
	if (wait == NULL)
		abort();
	wait->q = heap;
	wait->verdict = verdict;
	wait->event = event_new(rt_worker_base(heap->worker), -1, 0, on_wait, wait);
	event_add(wait->event, &tv);
	return RT_PENDING;
}

/* The first label with another one in its place. */
static void
rename_first(struct dns_qname *out, const struct dns_qname *name, const char *label)
{
	uint8_t wire[DNS_NAME_BUF];
	size_t len = strlen(label);

	wire[0] = (uint8_t)len;
	memcpy(wire + 1, label, len);
	memcpy(wire + 1 + len, name->wire + name->label[1], (size_t)(name->len - name->label[1]));
	dns_qname_set(out, wire);
}

/* Asks for another first label and takes its answer over. */
static enum rt_verdict
ask(struct rt_query *q, const char *label, enum rt_sub_entry entry)
{
	struct rt_query *sub = rt_query_sub(q);
	struct dns_qname name;

	if (sub == NULL) {
		enum rt_verdict v;

		rename_first(&name, &q->qname, label);
		v = rt_subquery(&q, &name, q->qtype, entry);
		if (v == RT_FAIL)
			return rt_fail(q, DNS_RCODE_SERVFAIL, "too deep");
		if (v == RT_PENDING)
			return v;
		sub = rt_query_sub(q);
	}
	RT_CHECK(q, sub != NULL);
	rt_reply_begin(q, true);
	rt_reply_set_rcode(q, rt_reply_rcode(sub));
	for (int i = 0; i < (entry == RT_SUB_NEXT ? 2 : 1); i++) {
		struct dns_rr_iter it;
		int rc = dns_rr_iter_init(&it, sub->reply.wire, sub->reply.len);

		while (rc == 0 && dns_rr_next(&it))
			if (it.section == DNS_ANSWER)
				rc = dns_writer_copy(&q->reply, DNS_ANSWER, &it);
	}
	return RT_DONE;
}

static bool
first_label(const struct rt_query *q, char *out, size_t size)
{
	size_t len = q->qname.wire[0];

	if (q->qname.nlabels == 0 || len >= size)
		return false;
	memcpy(out, q->qname.wire + 1, len);
	out[len] = '\0';
	return true;
}

static enum rt_verdict
big(struct rt_query *q, unsigned n)
{
	char text[101];

	rt_reply_begin(q, true);
	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%-100u", i);
		add_text(q, DNS_ANSWER, text);
	}
	return RT_DONE;
}

static enum rt_verdict
snap(struct rt_query *q)
{
	const struct sample_snapshot *s = rt_snapshot(&state.snapshot);
	char text[32];

	RT_CHECK(q, s->check == ~s->number);
	rt_reply_begin(q, true);
	snprintf(text, sizeof(text), "%u", s->number);
	add_text(q, DNS_ANSWER, text);
	return RT_DONE;
}

/* Queries that wait for a free-N; by worker and number, one each. */
static struct rt_query *held[2][64];

static enum rt_verdict
hold(struct rt_query *q, unsigned n)
{
	unsigned w = rt_worker_index(q->worker);

	if (n >= ARRAY_SIZE(held[0]) || held[w][n] != NULL)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "held already");
	held[w][n] = rt_query_suspend(q);
	if (held[w][n] == NULL)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "too many");
	return RT_PENDING;
}

static void
free_held(struct rt_worker *w, void *arg)
{
	struct rt_query *q = arg;

	(void)w;
	answer(q);
	rt_query_resume(q, RT_DONE);
}

/* Resuming is not for serve functions, so it is posted. */
static enum rt_verdict
let_go(struct rt_query *q, unsigned n)
{
	unsigned w = rt_worker_index(q->worker);

	if (n < ARRAY_SIZE(held[0]) && held[w][n] != NULL) {
		rt_worker_post(q->worker, free_held, held[w][n]);
		held[w][n] = NULL;
	}
	return answer(q);
}

static void
on_prefetched(void *arg, struct rt_query *sub)
{
	struct sample_state *s = arg;

	RT_STATIC_ASSERT(sizeof(s->prefetched) == 4, "what the atomic below adds to");
	if (rt_reply_rcode(sub) == DNS_RCODE_NOERROR)
		__atomic_fetch_add(&s->prefetched, 1, __ATOMIC_RELAXED);
}

static double
prefetched(void *arg)
{
	const struct sample_state *s = arg;

	return (double)__atomic_load_n(&s->prefetched, __ATOMIC_RELAXED);
}

static enum rt_verdict
say(struct rt_query *q, unsigned n)
{
	char line[100];

	for (unsigned i = 0; i < n; i++) {
		memset(line, 'x', sizeof(line));
		rt_log_bulk(q->worker, line, sizeof(line));
	}
	return answer(q);
}

static void
on_dropped(void *arg, struct rt_query *q)
{
	struct sample_state *s = arg;

	if (q->site == NULL && q->reply.len >= DNS_HEADER_LEN)
		rt_metric_add(q->worker, s->dropped, 1);
}

static enum rt_verdict
act_by_number(struct rt_query *q, const char *label)
{
	char next[64];
	char verb[64];
	unsigned n;

	if (sscanf(label, "%31[a-z]-%u", verb, &n) != 2)
		return answer(q);
	if (strcmp(verb, "big") == 0)
		return big(q, n);
	if (strcmp(verb, "wait") == 0)
		return suspend_for(q, n, RT_DONE);
	if (strcmp(verb, "say") == 0)
		return say(q, n);
	if (strcmp(verb, "hold") == 0)
		return hold(q, n);
	if (strcmp(verb, "free") == 0)
		return let_go(q, n);
	if (strcmp(verb, "late") == 0)
		return suspend_for(q, n, RT_NEXT);
	if (strcmp(verb, "chase") == 0 && n > 0) {
		snprintf(next, sizeof(next), "chase-%u", n - 1);
		return ask(q, next, RT_SUB_TOP);
	}
	if (strcmp(verb, "wchase") == 0 && n > 0) {
		snprintf(next, sizeof(next), "wchase-%u", n - 1);
		return ask(q, next, RT_SUB_TOP);
	}
	if (strcmp(verb, "wchase") == 0)
		return suspend_for(q, 1, RT_DONE);
	return answer(q);
}

static enum rt_verdict
actor_serve(struct rt_query *q)
{
	char label[64];

	if (!first_label(q, label, sizeof(label)))
		return answer(q);
	if (strcmp(label, "loop") == 0)
		return ask(q, "loop", RT_SUB_TOP);
	if (strcmp(label, "drop") == 0)
		return RT_DROP;
	if (strcmp(label, "next") == 0)
		return RT_NEXT;
	if (strcmp(label, "fail") == 0)
		return rt_fail(q, DNS_RCODE_NOTIMP, "asked to fail %d", 1);
	if (strcmp(label, "empty") == 0)
		return RT_DONE;
	if (strcmp(label, "snap") == 0)
		return snap(q);
	RT_CHECK(q, strcmp(label, "panic") != 0);
	if (strcmp(label, "badvers") == 0 || strcmp(label, "nxdomain") == 0) {
		rt_reply_begin(q, true);
		rt_reply_set_rcode(q, label[0] == 'b' ? 16 : DNS_RCODE_NXDOMAIN);
		return RT_DONE;
	}
	return act_by_number(q, label);
}

static enum rt_verdict
ahead_serve(struct rt_query *q)
{
	char label[64];

	if (!first_label(q, label, sizeof(label)))
		return RT_NEXT;
	if (strcmp(label, "prefetch") == 0 && q->depth == 0 &&
	    !rt_background_query(q, on_prefetched, &state))
		return rt_fail(q, DNS_RCODE_SERVFAIL, "no memory");
	if (strncmp(label, "ahead-", 6) != 0)
		return RT_NEXT;
	return ask(q, label + 6, RT_SUB_NEXT);
}

static enum rt_verdict
observe_serve(struct rt_query *q)
{
	void **slot = rt_query_slot(q, 0);

	if (slot == NULL)
		return rt_fail(q, DNS_RCODE_SERVFAIL, NULL);
	*slot = q->worker;
	rt_metric_add(q->worker, state.queries, 1);
	return RT_NEXT;
}

static void
observe_reply(struct rt_query *q)
{
	void **slot = rt_query_slot(q, 0);

	rt_metric_observe(q->worker, &state.sizes, 0, q->reply.len);
	if (slot == NULL || *slot != q->worker)
		abort();
	if (q->verdict == RT_DONE && q->qtype == DNS_TYPE_TXT)
		add_text(q, DNS_ADDITIONAL, "observed");
}

/* ---- its life ---- */

static void
publish(void *arg)
{
	struct sample_snapshot *s = malloc(sizeof(*s));

	(void)arg;
	if (s == NULL)
		return;
	s->number = ++state.number;
	s->check = ~s->number;
	rt_publish(state.in, &state.snapshot, s, free);
}

static void
metrics(void *arg, struct rt_http_reply *reply)
{
	(void)arg;
	rt_metrics_print(reply->body);
}

static bool
sample_start(struct rt_instance *in, unsigned step)
{
	static const uint64_t bounds[] = { 0, 100, 200, 511, 1023, 4095, 64000 };
	const char *http = getenv("RT_SAMPLE_HTTP");

	if (step != 0 || state.in != NULL)
		return true;
	state.in = in;
	state.queries = rt_metric_counter(in, "sample_queries_total", "Queries.", NULL, 0);
	state.dropped = rt_metric_counter(in, "sample_dropped_total", "Refused.", NULL, 0);
	rt_observe_dropped(in, on_dropped, &state);
	state.sizes = rt_metric_histogram(in, "sample_size_bytes", "Size of \"replies\".", NULL, 0,
					  bounds, ARRAY_SIZE(bounds), 1);
	rt_metric_counter_fn(in, "sample_prefetched_total", "Background queries.", NULL, 0,
			     prefetched, &state);
	publish(NULL);
	if (rt_service_timer(in, 5000000, publish, NULL) == NULL)
		return false;
	if (http != NULL && rt_http_serve(in, http, "/metrics", false, metrics, NULL) < 0)
		return false;
	if (getenv("RT_SAMPLE_LAMEDUCK") != NULL)
		rt_set_lameduck(in, 300000000);
	return true;
}

static void
sample_stop(unsigned step)
{
	if (step != 0 || state.snapshot == NULL)
		return;
	free(state.snapshot);
	state.snapshot = NULL;
}

static int
sample_worker_start(struct rt_worker *w, unsigned step)
{
	(void)w;
	(void)step;
	return 0;
}

static void
sample_worker_stop(struct rt_worker *w, unsigned step)
{
	(void)w;
	(void)step;
}

static void
sample_reload(unsigned step)
{
	if (step == 0)
		rt_plugin_log("sample", RT_LOG_INFO, "reloaded");
}

/* ---- as generated ---- */

static const struct rt_srcref sb0_src[] = {
	{ .file = "Corefile", .line = 2, .column = 5, .plugin = "observe", .text = "observe" },
	{ .file = "Corefile", .line = 3, .column = 5, .plugin = "ahead", .text = "ahead" },
	{ .file = "Corefile", .line = 4, .column = 5, .plugin = "actor", .text = "actor" },
};

static enum rt_verdict
sb0_serve(struct rt_query *q)
{
	enum rt_verdict v;

	switch (q->step) {
	case 0:
		v = observe_serve(q);
		if (v != RT_NEXT)
			return v;
		q->step = 1;
		RT_FALLTHROUGH;
	case 1:
		v = ahead_serve(q);
		if (v != RT_NEXT)
			return v;
		q->step = 2;
		RT_FALLTHROUGH;
	case 2:
		v = actor_serve(q);
		if (v != RT_NEXT)
			return v;
		q->step = 3;
		break;
	}
	return rtg_end_of_chain(q);
}

static void
sb0_reply(struct rt_query *q)
{
	switch (q->step) {
	case 3:
	case 2:
	case 1:
		if (q->floor > 0)
			return;
		observe_reply(q);
		break;
	}
}

/* clang takes no other object's value for a constant, so names are spelled out where they are used. */
#define NAME_EXAMPLE                                                                               \
	{                                                                                          \
		(const uint8_t *)"\7example\3org", 13, 2, "example.org."                           \
	}
#define NAME_SUB                                                                                   \
	{                                                                                          \
		(const uint8_t *)"\3sub\7example\3org", 17, 3, "sub.example.org."                  \
	}
#define NAME_ORG                                                                                   \
	{                                                                                          \
		(const uint8_t *)"\3org", 5, 1, "org."                                             \
	}
#define NAME_EMPTY                                                                                 \
	{                                                                                          \
		(const uint8_t *)"\5empty\4test", 12, 2, "empty.test."                             \
	}
#define NAME_ROOT                                                                                  \
	{                                                                                          \
		(const uint8_t *)"", 1, 0, "."                                                     \
	}

static const struct rt_name names[] = { NAME_EXAMPLE, NAME_SUB, NAME_ORG, NAME_EMPTY };

static const struct rt_names zones = { .v = names, .n = 3 };
static const struct rt_names no_zones = { .v = names + 3, .n = 1 };
static void *states[3];

static const struct rt_block block = {
	.name = "example.org",
	.line = 1,
	.file = "Corefile",
	.src = sb0_src,
	.nsteps = 3,
	.zones = &zones,
	.view = "",
	.chaos = true,
	.state = states,
	.serve = sb0_serve,
	.reply = sb0_reply,
	.start = sample_start,
	.stop = sample_stop,
	.worker_start = sample_worker_start,
	.worker_stop = sample_worker_stop,
	.reload = sample_reload,
};

static const struct rt_block empty_block = {
	.name = "empty.test",
	.line = 6,
	.file = "Corefile",
	.zones = &no_zones,
	.view = "",
	.empty = true,
};

static const struct rt_site sites[] = {
	{ .zone = NAME_EXAMPLE, .block = &block, .index = 0 },
	{ .zone = NAME_SUB, .block = &block, .index = 1 },
	{ .zone = NAME_ORG, .block = &block, .index = 2 },
	{ .zone = NAME_EMPTY, .block = &empty_block, .index = 3 },
	{ .zone = NAME_ROOT, .block = &block, .index = 4 },
};

static const struct rt_site *
match_zones(const struct dns_qname *name, unsigned labels)
{
	unsigned n = labels < name->nlabels ? labels : name->nlabels;

	if (n >= 3 && rtg_suffix_is(name, 3, names[1].wire, 17))
		return &sites[1];
	if (n >= 2 && rtg_suffix_is(name, 2, names[0].wire, 13))
		return &sites[0];
	if (n >= 2 && rtg_suffix_is(name, 2, names[3].wire, 12))
		return &sites[3];
	if (n >= 1 && rtg_suffix_is(name, 1, names[2].wire, 5))
		return &sites[2];
	return NULL;
}

static const struct rt_site *
match_root(const struct dns_qname *name, unsigned labels)
{
	(void)name;
	(void)labels;
	return &sites[4];
}

static const struct rt_bind bind_zones[] = { { .text = "127.0.0.1" } };
static const struct rt_bind bind_root[] = { { .text = "127.0.0.2" } };

static const struct rt_listen listens[] = {
	{
		.scheme = "dns",
		.default_port = true,
		.port = 53,
		.binds = bind_zones,
		.nbinds = 1,
		.match = match_zones,
		.sites = sites,
		.nsites = 4,
		.read_timeout = 400000000,
		.write_timeout = 800000000,
		.idle_timeout = 1200000000,
	},
	{
		.scheme = "dns",
		.default_port = true,
		.port = 53,
		.binds = bind_root,
		.nbinds = 1,
		.match = match_root,
		.sites = sites + 4,
		.nsites = 1,
		.any_class = true,
	},
	{
		.scheme = "dns",
		.default_port = false,
		.port = 0,
		.match = match_root,
		.sites = sites + 4,
		.nsites = 1,
	},
};

static const struct rt_block *const blocks[] = { &block, &empty_block };
static const char *const plugins[] = { "observe", "ahead", "actor", NULL };
static const char corefile[] =
	"example.org sub.example.org org {\n    observe\n    ahead\n    actor\n}\n";

const struct rt_program rt_program = {
	.abi = RT_ABI,
	.version = "0.0-test",
	.corefile = corefile,
	.corefile_len = sizeof(corefile) - 1,
	.corefile_name = "Corefile",
	.hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	.plugins = plugins,
	.listens = listens,
	.nlistens = ARRAY_SIZE(listens),
	.blocks = blocks,
	.nblocks = ARRAY_SIZE(blocks),
	.nsites = ARRAY_SIZE(sites),
	.workers = 2,
};
