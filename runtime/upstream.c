/*
 * Asking other name servers: groups, workers, and the life of a call.
 */
#include "config.h"

#include "upstream.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "dns/types.h"
#include "upstream_impl.h"

#define MS ((uint64_t)CLOCK_NS_PER_MS)

/* Rcodes with a series of their own; the rest shares the last one. */
#define RCODES 24u

/* ---- metrics ---- */

/* Those of 0 to 23 that CoreDNS's library has no name for are printed as numbers. */
static const char *const rcode_names[RCODES + 1] = {
	"NOERROR", "FORMERR",  "SERVFAIL",  "NXDOMAIN", "NOTIMP",    "REFUSED", "YXDOMAIN",
	"YXRRSET", "NXRRSET",  "NOTAUTH",   "NOTZONE",  "DSOTYPENI", "12",      "13",
	"14",      "15",       "BADSIG",    "BADKEY",   "BADTIME",   "BADMODE", "BADNAME",
	"BADALG",  "BADTRUNC", "BADCOOKIE", "other",
};

/* 0.25 ms doubled fifteen times, as in all of CoreDNS's histograms of time. */
#define US ((uint64_t)CLOCK_NS_PER_US)
static const uint64_t duration_bounds[] = {
	250 * US,     500 * US,     1000 * US,    2000 * US,    4000 * US,   8000 * US,
	16000 * US,   32000 * US,   64000 * US,   128000 * US,  256000 * US, 512000 * US,
	1024000 * US, 2048000 * US, 4096000 * US, 8192000 * US,
};

static void
register_metrics(struct upstream_group *g, struct rt_instance *in)
{
	static const char *const protos[] = { [UPSTREAM_UDP] = "udp", [UPSTREAM_TCP] = "tcp" };
	struct rt_label labels[] = {
		{ .name = "proxy_name", .values = g->proxy, .n = 1 },
		{ .name = "to", .values = (const char *const *)g->to, .n = g->nto },
		{ .name = "proto", .values = protos, .n = ARRAY_SIZE(protos) },
	};

	g->hits = rt_metric_counter(in, "coredns_proxy_conn_cache_hits_total",
				    "Counter of connection cache hits per upstream and protocol.",
				    labels, 3);
	g->misses = rt_metric_counter(
		in, "coredns_proxy_conn_cache_misses_total",
		"Counter of connection cache misses per upstream and protocol.", labels, 3);
	g->failures = rt_metric_counter(in, "coredns_proxy_healthcheck_failures_total",
					"Counter of the number of failed healthchecks.", labels, 2);
	g->ignored = rt_metric_counter(
		in, "corefilec_proxy_ignored_replies_total",
		"Messages from an upstream that answer no question that was asked.", labels, 2);
	labels[2] = (struct rt_label){ .name = "rcode",
				       .values = rcode_names,
				       .n = ARRAY_SIZE(rcode_names) };
	g->duration = rt_metric_histogram(in, "coredns_proxy_request_duration_seconds",
					  "Histogram of the time each request took.", labels, 3,
					  duration_bounds, ARRAY_SIZE(duration_bounds), 1e-9);
}

void
upstream_count_ignored(const struct upstream_peer *p)
{
	const struct upstream_worker *uw = p->worker;

	rt_metric_add(uw->worker, uw->group->ignored + p->up->series, 1);
}

void
upstream_count_dial(const struct upstream_peer *p, enum upstream_proto proto, bool hit)
{
	const struct upstream_worker *uw = p->worker;
	unsigned first = hit ? uw->group->hits : uw->group->misses;

	rt_metric_add(uw->worker, first + 2 * p->up->series + (unsigned)proto, 1);
}

void
upstream_observe(struct upstream_worker *uw, unsigned index, unsigned rcode, uint64_t ns)
{
	const struct upstream_group *g = uw->group;
	unsigned column = rcode < RCODES ? rcode : RCODES;

	rt_metric_observe(uw->worker, &g->duration, g->v[index].series * (RCODES + 1) + column, ns);
}

/* ---- groups ---- */

static bool
copy_texts(struct upstream_group *g, const char *const *to, unsigned nto)
{
	g->to = calloc(nto + 1u, sizeof(*g->to));
	if (g->to == NULL)
		return false;
	for (; g->nto < nto; g->nto++) {
		g->to[g->nto] = strdup(to[g->nto]);
		if (g->to[g->nto] == NULL)
			return false;
	}
	return true;
}

struct upstream_group *
upstream_group_new(struct rt_instance *in, const char *proxy_name,
		   const struct upstream_options *options, const char *const *to, unsigned nto,
		   unsigned capacity)
{
	struct upstream_group *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	assert(capacity <= UPSTREAM_MAX);
	g->options = *options;
	g->capacity = capacity;
	g->nworkers = rt_instance_nworkers(in);
	g->proxy[0] = proxy_name;
	g->v = aligned_alloc(_Alignof(struct upstream), (capacity + 1u) * sizeof(*g->v));
	if (g->v == NULL || !copy_texts(g, to, nto)) {
		upstream_group_free(g);
		return NULL;
	}
	memset(g->v, 0, (capacity + 1u) * sizeof(*g->v));
	register_metrics(g, in);
	return g;
}

void
upstream_group_free(struct upstream_group *g)
{
	if (g == NULL)
		return;
	while (g->nto > 0)
		free(g->to[--g->nto]);
	free(g->to);
	free(g->v);
	free(g);
}

int
upstream_group_add(struct upstream_group *g, const struct addr *addr, unsigned series)
{
	if (g->n >= g->capacity)
		return RT_ELIMIT;
	g->v[g->n].addr = *addr;
	g->v[g->n].series = series;
	return (int)g->n++;
}

bool
upstream_is_down(const struct upstream_group *g, unsigned index)
{
	if (g->options.max_fails == 0)
		return false;
	return atomic_load_explicit(&g->v[index].fails, memory_order_relaxed) >
	       g->options.max_fails;
}

unsigned
upstream_count(const struct upstream_group *g)
{
	return g->n;
}

const struct addr *
upstream_addr(const struct upstream_group *g, unsigned index)
{
	return &g->v[index].addr;
}

/* ---- sockets ---- */

static int
bind_source(int fd, const struct addr *source, int type)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(source, &ss);
	int on = 1;

	/* The port of a TCP connection is chosen when it is known where to. */
	if (type == SOCK_STREAM)
		(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&ss, len);
}

int
upstream_socket(const struct upstream_options *o, const struct addr *to, int type)
{
	int family = to->family == ADDR_V6 ? AF_INET6 : AF_INET;
	int fd;

	if (o->source.family != ADDR_NONE && o->source.family != to->family) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && o->source.family != ADDR_NONE && bind_source(fd, &o->source, type) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
upstream_connect(int fd, const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(to, &ss);

	return connect(fd, (struct sockaddr *)&ss, len);
}

struct upstream_result
upstream_failure(const struct upstream_peer *p, int fd, enum upstream_proto proto,
		 enum upstream_step step, int sys_errno)
{
	struct upstream_result r = {
		.cause = UPSTREAM_ERROR,
		.step = step,
		.proto = proto,
		.sys_errno = sys_errno,
		.remote = p->up->addr,
	};
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    addr_from_sockaddr(&r.local, (struct sockaddr *)&ss, len) < 0)
		r.local = (struct addr){ 0 };
	return r;
}

/* ---- calls ---- */

void
upstream_call_sent(struct upstream_call *call, uint64_t now)
{
	deadlines_add(&call->peer->worker->reads, &call->deadline, now);
}

void
upstream_call_end(struct upstream_call *call, const struct upstream_result *r)
{
	deadlines_remove(&call->peer->worker->reads, &call->deadline);
	call->peer = NULL;
	call->udp = NULL;
	call->tcp = NULL;
	call->done(call, r);
}

void
upstream_call_fail(struct upstream_call *call, const struct upstream_result *r)
{
	struct upstream_worker *uw = call->peer->worker;

	call->udp = NULL;
	call->tcp = NULL;
	call->failed = true;
	call->failure = *r;
	call->next = NULL;
	call->prev = uw->failed_last;
	if (uw->failed_last != NULL)
		uw->failed_last->next = call;
	else
		uw->failed_first = call;
	uw->failed_last = call;
	upstream_flush_soon(uw);
}

static void
unlink_failed(struct upstream_worker *uw, struct upstream_call *call)
{
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		uw->failed_first = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	else
		uw->failed_last = call->prev;
	call->failed = false;
	call->next = NULL;
	call->prev = NULL;
}

void
upstream_call_answer(struct upstream_call *call, enum upstream_proto proto, const uint8_t *msg,
		     size_t len)
{
	struct upstream_result r = {
		.cause = UPSTREAM_ANSWER,
		.proto = proto,
		.remote = call->peer->up->addr,
		.msg = msg,
		.len = len,
	};

	upstream_call_end(call, &r);
}

/* Takes the call away from where it waits. */
static void
forget(struct upstream_call *call, bool timed_out)
{
	if (call->failed)
		unlink_failed(call->peer->worker, call);
	else if (call->udp != NULL)
		upstream_udp_forget(call);
	else if (call->tcp != NULL)
		upstream_tcp_forget(call, timed_out);
}

void
upstream_call_result(const struct upstream_call *call, struct upstream_result *r)
{
	if (call->udp != NULL) {
		*r = upstream_failure(call->peer, call->udp->fd, UPSTREAM_UDP, UPSTREAM_READ, 0);
	} else if (call->tcp != NULL) {
		bool dialing = call->tcp->connecting;

		*r = upstream_failure(call->peer, dialing ? -1 : call->tcp->fd, UPSTREAM_TCP,
				      dialing ? UPSTREAM_DIAL : UPSTREAM_READ, 0);
	} else {
		*r = call->failure;
		return;
	}
	r->cause = UPSTREAM_TIMEOUT;
}

static void
on_read_timeout(void *arg, struct deadline *d)
{
	struct upstream_call *call = RT_CONTAINER_OF(d, struct upstream_call, deadline);
	struct upstream_worker *uw = arg;
	struct upstream_result r;

	(void)rt_worker_now(uw->worker);
	upstream_call_result(call, &r);
	forget(call, true);
	upstream_call_end(call, &r);
}

void
upstream_ask(struct upstream_worker *uw, unsigned index, enum upstream_proto proto,
	     struct upstream_call *call)
{
	assert(call->peer == NULL);
	call->peer = &uw->peers[index];
	call->peer->up = &uw->group->v[index];
	call->queued = false;
	call->failed = false;
	call->next = NULL;
	call->prev = NULL;
	call->asked = rt_worker_now(uw->worker);
	if (proto == UPSTREAM_UDP)
		upstream_udp_ask(call->peer, call);
	else
		upstream_tcp_ask(call->peer, call);
}

void
upstream_cancel(struct upstream_call *call)
{
	if (call->peer == NULL)
		return;
	deadlines_remove(&call->peer->worker->reads, &call->deadline);
	forget(call, false);
	call->peer = NULL;
	call->udp = NULL;
	call->tcp = NULL;
}

void
upstream_suspect(struct upstream_worker *uw, unsigned index)
{
	struct upstream *up = &uw->group->v[index];

	if (uw->group->options.max_fails == 0 ||
	    atomic_exchange_explicit(&up->probing, true, memory_order_relaxed))
		return;
	upstream_probe_start(uw, up);
}

/* ---- the end of a turn ---- */

void
upstream_flush_soon(struct upstream_worker *uw)
{
	if (uw->flushing)
		return;
	uw->flushing = true;
	event_active(&uw->flush, EV_TIMEOUT, 0);
}

static void
free_dead(struct upstream_worker *uw)
{
	while (uw->dead_udp != NULL) {
		struct upstream_udp *s = uw->dead_udp;

		uw->dead_udp = s->next;
		upstream_udp_free(s);
	}
	while (uw->dead_tcp != NULL) {
		struct upstream_tcp *c = uw->dead_tcp;

		uw->dead_tcp = c->next;
		upstream_tcp_free(c);
	}
}

/* Those that failed before now; what fails meanwhile waits for the next flush. */
static void
tell_failed(struct upstream_worker *uw)
{
	struct upstream_call *last = uw->failed_last;
	bool more = last != NULL;

	while (more && uw->failed_first != NULL) {
		struct upstream_call *call = uw->failed_first;
		struct upstream_result r = call->failure;

		more = call != last;
		unlink_failed(uw, call);
		upstream_call_end(call, &r);
	}
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_worker *uw = arg;

	(void)fd;
	(void)what;
	(void)rt_worker_now(uw->worker);
	uw->flushing = false;
	while (uw->dirty_udp != NULL) {
		struct upstream_udp *s = uw->dirty_udp;

		uw->dirty_udp = s->next;
		s->dirty = false;
		upstream_udp_flush(s);
	}
	while (uw->dirty_tcp != NULL) {
		struct upstream_tcp *c = uw->dirty_tcp;

		uw->dirty_tcp = c->next_dirty;
		c->dirty = false;
		upstream_tcp_flush(c);
	}
	tell_failed(uw);
	free_dead(uw);
}

/* ---- age ---- */

void
upstream_sweep_soon(struct upstream_worker *uw)
{
	uint64_t wait = uw->group->options.expire / 2;
	struct timeval tv;

	if (uw->sweeping)
		return;
	if (wait < 100 * MS)
		wait = 100 * MS;
	if (wait > 10000 * MS)
		wait = 10000 * MS;
	tv.tv_sec = (time_t)(wait / (1000 * MS));
	tv.tv_usec = (suseconds_t)(wait % (1000 * MS) / 1000);
	uw->sweeping = event_add(&uw->sweep, &tv) == 0;
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_worker *uw = arg;
	uint64_t now = rt_worker_now(uw->worker);
	bool any = false;

	(void)fd;
	(void)what;
	uw->sweeping = false;
	for (unsigned i = 0; i < uw->group->capacity; i++) {
		struct upstream_peer *p = &uw->peers[i];

		any = upstream_udp_sweep(p, now) || any;
		any = upstream_tcp_sweep(p, now) || any;
	}
	if (any)
		upstream_sweep_soon(uw);
}

/* ---- workers ---- */

/* The share of one worker in what is said of the whole server. */
static unsigned
share(const struct upstream_group *g, unsigned most)
{
	unsigned n = g->options.max_idle / g->nworkers + (g->options.max_idle % g->nworkers != 0);

	return g->options.max_idle == 0 || n > most ? most : n;
}

struct upstream_worker *
upstream_worker_start(struct upstream_group *g, struct rt_worker *w)
{
	struct upstream_worker *uw = calloc(1, sizeof(*uw));

	if (uw == NULL)
		return NULL;
	uw->group = g;
	uw->worker = w;
	uw->udp_slots = share(g, UPSTREAM_UDP_SOCKETS);
	uw->max_idle = share(g, UINT_MAX);
	uw->peers = calloc(g->capacity + 1u, sizeof(*uw->peers));
	if (uw->peers == NULL) {
		free(uw);
		return NULL;
	}
	for (unsigned i = 0; i < g->capacity; i++)
		uw->peers[i].worker = uw;
	evtimer_assign(&uw->flush, rt_worker_base(w), on_flush, uw);
	evtimer_assign(&uw->sweep, rt_worker_base(w), on_sweep, uw);
	deadlines_init(&uw->reads, rt_worker_base(w), g->options.read_timeout, on_read_timeout, uw);
	return uw;
}

void
upstream_worker_stop(struct upstream_worker *uw)
{
	if (uw == NULL)
		return;
	uw->flushing = true; /* no further turn of it */
	event_del(&uw->flush);
	event_del(&uw->sweep);
	deadlines_release(&uw->reads);
	upstream_probes_free(uw);
	for (unsigned i = 0; i < uw->group->capacity; i++) {
		upstream_udp_close_all(&uw->peers[i]);
		upstream_tcp_close_all(&uw->peers[i]);
	}
	free_dead(uw);
	upstream_inbox_free(uw->inbox);
	free(uw->peers);
	free(uw);
}

/* ---- texts ---- */

/* The system's text without its capital, as Go has it. */
static void
errno_text(int sys_errno, char out[128])
{
	char text[128];

	snprintf(out, 128, "%s", strerror_r(sys_errno, text, sizeof(text)));
	if (out[0] >= 'A' && out[0] <= 'Z' && !(out[1] >= 'A' && out[1] <= 'Z'))
		out[0] = (char)(out[0] | 0x20);
}

void
upstream_result_text(const struct upstream_result *r, char out[UPSTREAM_TEXT_MAX])
{
	static const char *const steps[] = {
		[UPSTREAM_DIAL] = "dial",
		[UPSTREAM_WRITE] = "write",
		[UPSTREAM_READ] = "read",
	};
	static const char *const calls[] = {
		[UPSTREAM_DIAL] = "connect",
		[UPSTREAM_WRITE] = "write",
		[UPSTREAM_READ] = "read",
	};
	char local[ADDR_TEXT_MAX], remote[ADDR_TEXT_MAX], why[128];
	const char *proto = r->proto == UPSTREAM_UDP ? "udp" : "tcp";

	if (r->cause == UPSTREAM_STALE || (r->cause == UPSTREAM_ERROR && r->sys_errno == 0)) {
		snprintf(out, UPSTREAM_TEXT_MAX, "EOF");
		return;
	}
	addr_format_port(&r->remote, remote);
	addr_format_port(&r->local, local);
	if (r->cause == UPSTREAM_FULL) {
		snprintf(out, UPSTREAM_TEXT_MAX, "dial %s %s: too many queries wait", proto,
			 remote);
		return;
	}
	if (r->cause == UPSTREAM_TIMEOUT)
		snprintf(why, sizeof(why), "i/o timeout");
	else
		errno_text(r->sys_errno, why);
	snprintf(out, UPSTREAM_TEXT_MAX, "%s %s %s%s%s: %s%s%s", steps[r->step], proto,
		 r->step == UPSTREAM_DIAL ? "" : local, r->step == UPSTREAM_DIAL ? "" : "->",
		 remote, r->cause == UPSTREAM_TIMEOUT ? "" : calls[r->step],
		 r->cause == UPSTREAM_TIMEOUT ? "" : ": ", why);
}
