/*
 * TCP to upstreams: persistent connections, several questions on each, answers in any order
 * (RFC 7766 §6.2.1.1).
 *
 * Servers that answer one question after another make those behind a slow one wait, so a connection
 * is given a few questions before another is opened, and more only when there are many connections.
 * Servers that close while questions are outstanding get one question per connection for a while.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "dns/message.h"
#include "upstream_impl.h"
#include "upstream_match.h"

/* Octets that may wait to be written on a connection. */
#define OUT_MAX  (1u << 20)
#define IN_FIRST 4096u
#define IN_MAX   (2u + DNS_MESSAGE_MAX)
/* Reads before other sockets get their turn. */
#define READ_ROUNDS 4u

static uint64_t
now_of(const struct upstream_tcp *c)
{
	return rt_worker_now(c->peer->worker->worker);
}

/* ---- closing ---- */

static void
remove_dirty(struct upstream_tcp *c)
{
	struct upstream_tcp **at = &c->peer->worker->dirty_tcp;

	while (c->dirty && *at != NULL) {
		if (*at == c) {
			*at = c->next_dirty;
			c->dirty = false;
			return;
		}
		at = &(*at)->next_dirty;
	}
}

/* Nobody waits on it any more, or they are told by the caller. */
static void
close_conn(struct upstream_tcp *c)
{
	struct upstream_worker *uw = c->peer->worker;
	struct upstream_tcp **at = &c->peer->tcp;

	if (c->dead)
		return;
	c->dead = true;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->peer->ntcp--;
	remove_dirty(c);
	event_del(&c->read);
	event_del(&c->write);
	close(c->fd);
	c->fd = -1;
	c->next = uw->dead_tcp;
	uw->dead_tcp = c;
	upstream_flush_soon(uw);
}

void
upstream_tcp_free(struct upstream_tcp *c)
{
	upstream_ids_release(&c->ids);
	buf_release(&c->out);
	free(c->in);
	free(c);
}

/* The other side has closed the connection, one way or another. */
static bool
is_hang_up(int sys_errno)
{
	return sys_errno == 0 || sys_errno == ECONNRESET || sys_errno == EPIPE;
}

/*
 * Whether the questions on a connection may be asked again as if nothing had been: it had been idle for
 * too long, or one of several questions is what the other side cannot stand, and nobody knows which.
 */
static bool
is_innocent(const struct upstream_tcp *c, enum upstream_step step, int sys_errno)
{
	if (step == UPSTREAM_DIAL)
		return false;
	return c->ids.n > 1 || (c->answered > 0 && is_hang_up(sys_errno));
}

/* The connection has failed, or has been closed by the other side (sys_errno 0). */
static void
break_conn(struct upstream_tcp *c, enum upstream_step step, int sys_errno, bool timeout)
{
	struct upstream_peer *p = c->peer;
	struct upstream_result r = upstream_failure(p, step == UPSTREAM_DIAL ? -1 : c->fd,
						    UPSTREAM_TCP, step, sys_errno);
	struct upstream_ids ids = c->ids;

	if (timeout)
		r.cause = UPSTREAM_TIMEOUT;
	else if (is_innocent(c, step, sys_errno))
		r.cause = UPSTREAM_STALE;
	if (r.cause == UPSTREAM_STALE && ids.n > 1)
		p->single_until = now_of(c) + UPSTREAM_SINGLE_NS;
	c->ids = (struct upstream_ids){ 0 };
	close_conn(c);
	for (unsigned i = 0; i < ids.size; i++)
		if (ids.slots[i].call != NULL)
			upstream_call_end(ids.slots[i].call, &r);
	upstream_ids_release(&ids);
}

/* A question has left the connection. */
static void
release(struct upstream_tcp *c)
{
	unsigned idle = 0;

	if (c->dead || c->ids.n > 0)
		return;
	if (c->leaving) {
		close_conn(c);
		return;
	}
	for (struct upstream_tcp *o = c->peer->tcp; o != NULL; o = o->next)
		idle += o->ids.n == 0 && !o->leaving;
	if (idle > c->peer->worker->max_idle)
		close_conn(c);
}

void
upstream_tcp_forget(struct upstream_call *call, bool timed_out)
{
	struct upstream_tcp *c = call->tcp;

	upstream_ids_remove(&c->ids, call->id);
	/*
	 * No answer at all since the question was sent: the other side may be gone without a
	 * word, or what it sends makes no sense, and will not for those that come after.
	 */
	if (timed_out && c->heard < call->asked)
		c->leaving = true;
	release(c);
}

/* ---- receiving ---- */

static void
take(struct upstream_tcp *c, const uint8_t *msg, size_t len)
{
	struct upstream_call *call = upstream_ids_find(&c->ids, dns_msg_id(msg));

	if (call == NULL || !upstream_match(call->wire + 2, call->len, msg, len)) {
		upstream_count_ignored(c->peer);
		return;
	}
	c->answered++;
	c->used = now_of(c);
	c->heard = c->used;
	upstream_ids_remove(&c->ids, call->id);
	release(c);
	upstream_call_answer(call, UPSTREAM_TCP, msg, len);
}

/* Room for at least one octet, and for the whole message if its length is known.  false: no memory.
 */
static bool
make_room(struct upstream_tcp *c)
{
	size_t need = c->in_len >= 2 ? 2u + bytes_get16(c->in) : 2;
	size_t cap = need > IN_FIRST ? IN_MAX : IN_FIRST;
	uint8_t *in;

	if (c->in_cap >= need && c->in_cap > c->in_len)
		return true;
	in = realloc(c->in, cap);
	if (in == NULL)
		return false;
	c->in = in;
	c->in_cap = cap;
	return true;
}

/* Takes the whole messages out of the input.  false: the connection is no more. */
static bool
take_all(struct upstream_tcp *c)
{
	size_t at = 0;

	while (c->in_len - at >= 2) {
		size_t len = bytes_get16(c->in + at);

		if (len < DNS_HEADER_LEN) {
			break_conn(c, UPSTREAM_READ, EBADMSG, false);
			return false;
		}
		if (c->in_len - at < 2 + len)
			break;
		take(c, c->in + at + 2, len);
		if (c->dead)
			return false;
		at += 2 + len;
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
	return true;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_tcp *c = arg;

	(void)what;
	(void)now_of(c);
	for (unsigned round = 0; round < READ_ROUNDS; round++) {
		ssize_t n;

		if (!make_room(c)) {
			break_conn(c, UPSTREAM_READ, ENOMEM, false);
			return;
		}
		n = recv(fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			break_conn(c, UPSTREAM_READ, errno, false);
		else if (n == 0)
			break_conn(c, UPSTREAM_READ, 0, false);
		if (n <= 0)
			return;
		c->in_len += (size_t)n;
		if (!take_all(c))
			return;
	}
}

/* ---- sending ---- */

void
upstream_tcp_flush(struct upstream_tcp *c)
{
	while (!c->dead && !c->connecting && c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

		if (n >= 0) {
			c->sent += (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			event_add(&c->write, NULL);
			return;
		} else if (errno != EINTR) {
			break_conn(c, UPSTREAM_WRITE, errno, false);
			return;
		}
	}
	if (!c->dead && c->sent == c->out.len) {
		buf_reset(&c->out);
		c->sent = 0;
	}
}

static void
flush_later(struct upstream_tcp *c)
{
	struct upstream_worker *uw = c->peer->worker;

	if (c->dirty || c->connecting)
		return;
	c->dirty = true;
	c->next_dirty = uw->dirty_tcp;
	uw->dirty_tcp = c;
	upstream_flush_soon(uw);
}

/* The connection stands: time runs for those that waited for it. */
static void
connected(struct upstream_tcp *c)
{
	uint64_t now = now_of(c);

	c->connecting = false;
	if (event_add(&c->read, NULL) < 0) {
		break_conn(c, UPSTREAM_DIAL, ENOMEM, false);
		return;
	}
	for (unsigned i = 0; i < c->ids.size; i++)
		if (c->ids.slots[i].call != NULL)
			upstream_call_sent(c->ids.slots[i].call, now);
	upstream_tcp_flush(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_tcp *c = arg;
	socklen_t len = sizeof(int);
	int e = 0;

	(void)now_of(c);
	if (!c->connecting) {
		upstream_tcp_flush(c);
		return;
	}
	if (what & EV_TIMEOUT) {
		break_conn(c, UPSTREAM_DIAL, 0, true);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0)
		e = errno;
	if (e != 0)
		break_conn(c, UPSTREAM_DIAL, e, false);
	else
		connected(c);
}

/* ---- the pool ---- */

static bool
is_usable(const struct upstream_tcp *c, uint64_t now)
{
	const struct upstream_options *o = &c->peer->worker->group->options;

	if (c->leaving)
		return false;
	if (o->max_age != 0 && now - c->created > o->max_age)
		return false;
	return c->ids.n > 0 || now - c->used <= o->expire;
}

/* Sets the events up and begins to connect.  0 or errno. */
static int
begin_connect(struct upstream_tcp *c, const struct upstream_options *o, const struct addr *to)
{
	static const struct timeval patience = {
		.tv_sec = (time_t)(UPSTREAM_DIAL_NS / (uint64_t)CLOCK_NS_PER_S),
	};
	struct event_base *base = rt_worker_base(c->peer->worker->worker);
	int on = 1;

	c->fd = upstream_socket(o, to, SOCK_STREAM);
	if (c->fd < 0)
		return errno;
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (upstream_connect(c->fd, to) < 0 && errno != EINPROGRESS)
		return errno;
	c->connecting = true;
	if (event_assign(&c->read, base, c->fd, EV_READ | EV_PERSIST, on_readable, c) < 0 ||
	    event_assign(&c->write, base, c->fd, EV_WRITE, on_writable, c) < 0 ||
	    event_add(&c->write, &patience) < 0)
		return ENOMEM;
	return 0;
}

static struct upstream_tcp *
open_conn(struct upstream_peer *p, uint64_t now, struct upstream_result *r)
{
	struct upstream_tcp *c = calloc(1, sizeof(*c));
	int e;

	if (c == NULL) {
		*r = upstream_failure(p, -1, UPSTREAM_TCP, UPSTREAM_DIAL, ENOMEM);
		return NULL;
	}
	c->peer = p;
	c->created = now;
	c->used = now;
	buf_init(&c->out, OUT_MAX);
	e = begin_connect(c, &p->worker->group->options, &p->up->addr);
	if (e != 0) {
		*r = upstream_failure(p, -1, UPSTREAM_TCP, UPSTREAM_DIAL, e);
		if (c->fd >= 0)
			close(c->fd);
		upstream_tcp_free(c);
		return NULL;
	}
	c->next = p->tcp;
	p->tcp = c;
	p->ntcp++;
	upstream_sweep_soon(p->worker);
	return c;
}

/* Closes what is too old, and returns the connection with the fewest questions, or NULL. */
static struct upstream_tcp *
least_busy(struct upstream_peer *p, uint64_t now)
{
	struct upstream_tcp *best = NULL;
	struct upstream_tcp *next;

	for (struct upstream_tcp *c = p->tcp; c != NULL; c = next) {
		next = c->next;
		if (!is_usable(c, now)) {
			c->leaving = true;
			release(c);
		} else if (best == NULL || c->ids.n < best->ids.n) {
			best = c;
		}
	}
	return best;
}

static struct upstream_tcp *
pick(struct upstream_peer *p, uint64_t now, struct upstream_result *r)
{
	unsigned depth = now < p->single_until ? 1 : UPSTREAM_TCP_DEPTH;
	struct upstream_tcp *c = least_busy(p, now);
	struct upstream_tcp *fresh;

	if (c != NULL && (c->ids.n < depth || p->ntcp >= UPSTREAM_TCP_CONNS)) {
		upstream_count_dial(p, UPSTREAM_TCP, true);
		return c;
	}
	upstream_count_dial(p, UPSTREAM_TCP, false);
	fresh = open_conn(p, now, r);
	/* Without descriptors the connections that there are must do. */
	return fresh != NULL ? fresh : c;
}

void
upstream_tcp_ask(struct upstream_peer *p, struct upstream_call *call)
{
	uint64_t now = rt_worker_now(p->worker->worker);
	struct upstream_result r;
	struct upstream_tcp *c = pick(p, now, &r);
	int rc;

	if (c == NULL) {
		upstream_call_fail(call, &r);
		return;
	}
	rc = upstream_ids_add(&c->ids, call, &call->id);
	if (rc == 0) {
		dns_msg_set_id(call->wire + 2, call->id);
		bytes_put16(call->wire, call->len);
		if (!buf_add(&c->out, call->wire, 2u + call->len)) {
			upstream_ids_remove(&c->ids, call->id);
			rc = RT_ENOSPC;
		}
	}
	if (rc < 0) {
		r = upstream_failure(p, -1, UPSTREAM_TCP, UPSTREAM_DIAL, 0);
		r.cause = UPSTREAM_FULL;
		upstream_call_fail(call, &r);
		return;
	}
	call->tcp = c;
	c->used = now;
	if (c->connecting)
		return;
	upstream_call_sent(call, now);
	flush_later(c);
}

bool
upstream_tcp_sweep(struct upstream_peer *p, uint64_t now)
{
	(void)least_busy(p, now);
	return p->tcp != NULL;
}

void
upstream_tcp_close_all(struct upstream_peer *p)
{
	while (p->tcp != NULL)
		close_conn(p->tcp);
}
