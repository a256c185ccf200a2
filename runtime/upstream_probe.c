/*
 * Health checks: "NS of the root, please", again and again until the upstream says anything.
 *
 * A check begins when a question found no answer, on the worker that noticed; a flag of the
 * upstream keeps the others from doing the same.  Any reply will do, whatever its rcode: this is
 * about the host being there.  Each check has a socket of its own, so that its source port says
 * nothing about those of the questions.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "dns/message.h"
#include "dns/types.h"
#include "upstream_impl.h"

/* A check fails when there is no answer after so long. */
#define PROBE_NS ((uint64_t)CLOCK_NS_PER_S)
/* Two checks are never closer than this, whatever the Corefile says. */
#define PROBE_MIN_NS (10 * (uint64_t)CLOCK_NS_PER_MS)

#define MESSAGE_LEN (DNS_HEADER_LEN + DNS_NAME_MAX + 4u)

struct upstream_probe {
	struct upstream_probe *next;
	struct upstream_worker *worker;
	struct upstream *up;
	int fd; /* -1 between two checks */
	bool sent;
	uint16_t id;
	uint64_t until;     /* monotonic ns: when this check has failed */
	struct event event; /* of fd, with the time-out */
	struct event pause; /* until the next check */
	size_t in_len;
	uint8_t in[2 + DNS_HEADER_LEN];
};

static void begin(struct upstream_probe *p);

static void
hang_up(struct upstream_probe *p)
{
	if (p->fd < 0)
		return;
	event_del(&p->event);
	close(p->fd);
	p->fd = -1;
}

static void
free_probe(struct upstream_probe *p)
{
	hang_up(p);
	event_del(&p->pause);
	free(p);
}

static struct timeval
timeval_of(uint64_t ns)
{
	return (struct timeval){
		.tv_sec = (time_t)(ns / (uint64_t)CLOCK_NS_PER_S),
		.tv_usec = (suseconds_t)(ns % (uint64_t)CLOCK_NS_PER_S / 1000),
	};
}

static void
failed(struct upstream_probe *p)
{
	const struct upstream_group *g = p->worker->group;
	uint64_t wait = g->options.probe_interval;
	struct timeval pause;

	hang_up(p);
	rt_metric_add(p->worker->worker, g->failures + p->up->series, 1);
	/* Only the one that checks counts, so nothing is lost between load and store. */
	if (atomic_load_explicit(&p->up->fails, memory_order_relaxed) != UINT32_MAX)
		atomic_fetch_add_explicit(&p->up->fails, 1, memory_order_relaxed);
	pause = timeval_of(wait < PROBE_MIN_NS ? PROBE_MIN_NS : wait);
	event_add(&p->pause, &pause);
}

static void
succeeded(struct upstream_probe *p)
{
	struct upstream_probe **at = &p->worker->probes;

	atomic_store_explicit(&p->up->fails, 0, memory_order_relaxed);
	atomic_store_explicit(&p->up->probing, false, memory_order_relaxed);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free_probe(p);
}

/* The question, with two octets for its length before it; the length of all. */
static size_t
write_question(struct upstream_probe *p, uint8_t out[2 + MESSAGE_LEN])
{
	const struct upstream_options *o = &p->worker->group->options;
	size_t name_len = dns_name_len(o->probe_name);
	uint8_t *msg = out + 2;

	memset(msg, 0, DNS_HEADER_LEN);
	dns_msg_set_id(msg, p->id);
	dns_msg_set_flags(msg, o->probe_rd ? DNS_FLAG_RD : 0);
	dns_msg_set_count(msg, DNS_QUESTION, 1);
	memcpy(msg + DNS_HEADER_LEN, o->probe_name, name_len);
	bytes_put16(msg + DNS_HEADER_LEN + name_len, DNS_TYPE_NS);
	bytes_put16(msg + DNS_HEADER_LEN + name_len + 2, DNS_CLASS_IN);
	bytes_put16(out, (uint16_t)(DNS_HEADER_LEN + name_len + 4));
	return 2 + DNS_HEADER_LEN + name_len + 4;
}

static bool
send_question(struct upstream_probe *p)
{
	bool tcp = p->worker->group->options.probe_tcp;
	uint8_t out[2 + MESSAGE_LEN];
	size_t len = write_question(p, out);
	size_t skip = tcp ? 0 : 2;

	/* A fresh socket takes so little at once. */
	return send(p->fd, out + skip, len - skip, MSG_NOSIGNAL) == (ssize_t)(len - skip);
}

enum heard { HEARD_NOTHING, HEARD_REPLY, HEARD_ERROR };

/* Reads what there is: the header of a reply is all that is wanted. */
static enum heard
listen_in(struct upstream_probe *p)
{
	bool tcp = p->worker->group->options.probe_tcp;
	size_t want = tcp ? sizeof(p->in) : DNS_HEADER_LEN;
	ssize_t n = recv(p->fd, p->in + p->in_len, want - p->in_len, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? HEARD_NOTHING : HEARD_ERROR;
	if (tcp && n == 0)
		return HEARD_ERROR;
	if (tcp)
		p->in_len += (size_t)n;
	if ((tcp ? p->in_len : (size_t)n) < want)
		return HEARD_NOTHING;
	if (dns_msg_id(p->in + want - DNS_HEADER_LEN) != p->id)
		return tcp ? HEARD_ERROR : HEARD_NOTHING;
	return HEARD_REPLY;
}

static void on_event(evutil_socket_t fd, short what, void *arg);

/* Waits for the socket, as long as the check may still take. */
static void
await(struct upstream_probe *p, short what)
{
	uint64_t now = rt_worker_now(p->worker->worker);
	uint64_t ns = p->until > now ? p->until - now : 0;
	struct timeval left = timeval_of(ns);

	if (event_initialized(&p->event))
		event_del(&p->event);
	event_assign(&p->event, rt_worker_base(p->worker->worker), p->fd, what, on_event, p);
	event_add(&p->event, &left);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_probe *p = arg;

	(void)fd;
	(void)rt_worker_now(p->worker->worker);
	if (what & EV_TIMEOUT) {
		failed(p);
		return;
	}
	if (!p->sent) { /* the connection stands, or does not: sending tells */
		p->sent = send_question(p);
		if (p->sent)
			await(p, EV_READ);
		else
			failed(p);
		return;
	}
	switch (listen_in(p)) {
	case HEARD_REPLY:
		succeeded(p);
		break;
	case HEARD_NOTHING:
		await(p, EV_READ);
		break;
	case HEARD_ERROR:
		failed(p);
		break;
	}
}

static void
begin(struct upstream_probe *p)
{
	const struct upstream_options *o = &p->worker->group->options;
	const struct addr *to = &p->up->addr;

	p->sent = false;
	p->in_len = 0;
	p->until = rt_worker_now(p->worker->worker) + PROBE_NS;
	p->id = random_u16();
	p->fd = upstream_socket(o, to, o->probe_tcp ? SOCK_STREAM : SOCK_DGRAM);
	if (p->fd < 0 || (upstream_connect(p->fd, to) < 0 && errno != EINPROGRESS)) {
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
		failed(p);
		return;
	}
	await(p, EV_WRITE);
}

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_probe *p = arg;

	(void)fd;
	(void)what;
	(void)rt_worker_now(p->worker->worker);
	begin(p);
}

void
upstream_probe_start(struct upstream_worker *uw, struct upstream *up)
{
	struct upstream_probe *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		atomic_store_explicit(&up->probing, false, memory_order_relaxed);
		return;
	}
	p->worker = uw;
	p->up = up;
	p->fd = -1;
	evtimer_assign(&p->pause, rt_worker_base(uw->worker), on_pause, p);
	p->next = uw->probes;
	uw->probes = p;
	begin(p);
}

void
upstream_probes_free(struct upstream_worker *uw)
{
	while (uw->probes != NULL) {
		struct upstream_probe *p = uw->probes;

		uw->probes = p->next;
		free_probe(p);
	}
}
