/*
 * TCP: connections and their messages.  See tcp.h; accepting is tcp_accept.c.
 */
#include "config.h"

#include "tcp.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "dns/message.h"
#include "listener.h"
#include "query.h"
#include "query_intake.h"
#include "tcp_conn.h"
#include "worker.h"

/* Most octets read at a time, with what was left before: a whole message always fits. */
#define TCP_INPUT (128u * 1024)

/* How often time-outs are looked for, which is how late they may be. */
static const struct timeval sweep_interval = { .tv_usec = 250000 };

/* ---- the list of connections, by activity ---- */

static void
conn_unlink(struct rt_conn *c)
{
	struct tcp_worker *t = &c->worker->tcp;

	if (c->older != NULL)
		c->older->newer = c->newer;
	else
		t->oldest = c->newer;
	if (c->newer != NULL)
		c->newer->older = c->older;
	else
		t->newest = c->older;
}

static void
conn_link_newest(struct rt_conn *c)
{
	struct tcp_worker *t = &c->worker->tcp;

	c->older = t->newest;
	c->newer = NULL;
	if (c->older != NULL)
		c->older->newer = c;
	else
		t->oldest = c;
	t->newest = c;
}

static void
conn_touch(struct rt_conn *c)
{
	c->active_ns = c->worker->now;
	if (c->newer == NULL)
		return;
	conn_unlink(c);
	conn_link_newest(c);
}

/* ---- end of a connection ---- */

static void
conn_unref(struct rt_conn *c)
{
	if (--c->refs > 0)
		return;
	free(c->in);
	free(c->out);
	free(c);
}

void
tcp_conn_close(struct rt_conn *c)
{
	if (c->fd < 0)
		return;
	event_del(&c->readable);
	event_del(&c->writable);
	close(c->fd);
	c->fd = -1;
	conn_unlink(c);
	c->worker->tcp.nconns--;
	conn_unref(c);
}

bool
tcp_conn_idle(const struct rt_conn *c)
{
	return c->outstanding == 0 && c->out_len == 0;
}

/* ---- output ---- */

/* To be looked at when the turn ends: output to write, or room to read again. */
static void
mark_dirty(struct rt_conn *c)
{
	struct tcp_worker *t = &c->worker->tcp;

	if (c->dirty || c->fd < 0)
		return;
	c->dirty = true;
	c->refs++;
	c->next_dirty = t->dirty;
	t->dirty = c;
}

/* Appends a message with its length in front. */
static void
out_append(struct rt_conn *c, const uint8_t *msg, size_t len)
{
	size_t need = c->out_len + 2 + len;

	if (c->fd < 0)
		return;
	if (need > c->out_cap) {
		size_t cap = c->out_cap * 2 > need ? c->out_cap * 2 : need;
		uint8_t *p;

		if (cap < 512)
			cap = 512;
		p = realloc(c->out, cap);
		if (p == NULL) {
			tcp_conn_close(c);
			return;
		}
		c->out = p;
		c->out_cap = cap;
	}
	bytes_put16(c->out + c->out_len, (uint16_t)len);
	memcpy(c->out + c->out_len + 2, msg, len);
	c->out_len = need;
	mark_dirty(c);
}

static void
out_clear(struct rt_conn *c)
{
	free(c->out);
	c->out = NULL;
	c->out_len = 0;
	c->out_cap = 0;
	c->out_off = 0;
	c->stalled_ns = 0;
}

/* Writes what the socket takes.  False if the connection was closed. */
static bool
out_write(struct rt_conn *c)
{
	ssize_t n = send(c->fd, c->out + c->out_off, c->out_len - c->out_off,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
		tcp_conn_close(c);
		return false;
	}
	if (n > 0) {
		c->out_off += (size_t)n;
		c->stalled_ns = 0;
		conn_touch(c);
	}
	if (c->out_off == c->out_len) {
		out_clear(c);
		return true;
	}
	if (c->stalled_ns == 0)
		c->stalled_ns = c->worker->now;
	event_add(&c->writable, NULL);
	return true;
}

/* ---- input ---- */

/* Whether the client has to wait before more is read from it. */
static bool
is_full(const struct rt_conn *c)
{
	return c->outstanding >= TCP_OUTSTANDING_MAX || c->out_len - c->out_off >= TCP_BACKLOG_MAX;
}

static void
serve_message(struct rt_conn *c, const uint8_t *msg, size_t len)
{
	struct rt_worker *w = c->worker;
	struct rt_query *q = w->tcp.query;
	bool large = len > QUERY_SLOT_LEN;
	uint8_t *wire = w->tcp.slot;
	enum query_intake intake;

	if (large) {
		wire = query_large_get(w);
		if (wire == NULL)
			return;
	}
	memcpy(wire, msg, len);
	q->listener = c->listener;
	q->conn = c;
	q->client = c->client;
	q->local = c->local;
	query_slot_buffer(q, wire, large ? DNS_MESSAGE_MAX : QUERY_SLOT_LEN);
	intake = query_intake(q, len);
	if (large)
		query_slot_give_large(q);
	if (intake == QUERY_READY || (intake == QUERY_SERVE && query_run(q)))
		out_append(c, q->reply.wire, q->reply.len);
	query_clean(q);
}

/* No more is read; the connection closes when everything has been answered and written. */
static void
stop_reading(struct rt_conn *c)
{
	c->ended = true;
	c->partial_ns = 0;
	c->in_len = 0;
	event_del(&c->readable);
	mark_dirty(c);
}

/* Keeps what is not a whole message yet, or may not be answered yet. */
static void
keep_input(struct rt_conn *c, const uint8_t *data, size_t len)
{
	if (len > c->in_cap) {
		size_t cap = len < 512 ? 512 : len;
		uint8_t *p = malloc(cap);

		if (p == NULL) {
			tcp_conn_close(c);
			return;
		}
		memcpy(p, data, len);
		free(c->in);
		c->in = p;
		c->in_cap = cap;
	} else if (len > 0) {
		memmove(c->in, data, len);
	} else {
		free(c->in);
		c->in = NULL;
		c->in_cap = 0;
	}
	c->in_len = len;
}

/* Answers the whole messages among len octets, as long as the connection is not full. */
static void
serve_input(struct rt_conn *c, const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (len - at >= 2 && !is_full(c)) {
		size_t size = bytes_get16(data + at);

		if (size < DNS_HEADER_LEN) {
			stop_reading(c);
			return;
		}
		if (len - at - 2 < size)
			break;
		c->asked = true;
		serve_message(c, data + at + 2, size);
		if (c->fd < 0)
			return;
		at += 2 + size;
	}
	keep_input(c, data + at, len - at);
	if (c->fd < 0)
		return;
	if (is_full(c)) {
		c->paused = true;
		c->partial_ns = 0;
		event_del(&c->readable);
	} else if (len == at) {
		c->partial_ns = 0;
	} else if (at > 0 || c->partial_ns == 0) {
		c->partial_ns = c->worker->now;
	}
}

static void
read_input(struct rt_conn *c)
{
	uint8_t *input = c->worker->tcp.input;
	size_t have = c->in_len;
	ssize_t n;

	n = recv(c->fd, input + have, TCP_INPUT - have, MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			tcp_conn_close(c);
		return;
	}
	if (n == 0) {
		stop_reading(c);
		return;
	}
	if (have > 0)
		memcpy(input, c->in, have);
	conn_touch(c);
	serve_input(c, input, have + (size_t)n);
}

/* There is room again: go on with what was read before, then read. */
static void
resume_reading(struct rt_conn *c)
{
	uint8_t *input = c->worker->tcp.input;
	size_t len = c->in_len;

	c->paused = false;
	if (len > 0) {
		memcpy(input, c->in, len);
		serve_input(c, input, len);
	}
	if (c->fd >= 0 && !c->paused && !c->ended)
		event_add(&c->readable, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct rt_conn *c = arg;

	(void)fd;
	(void)what;
	worker_wake(c->worker);
	c->refs++; /* reading may close it */
	read_input(c);
	conn_unref(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct rt_conn *c = arg;

	(void)fd;
	(void)what;
	worker_wake(c->worker);
	mark_dirty(c);
}

/* ---- suspended queries ---- */

void
tcp_hold(struct rt_query *q)
{
	q->conn->refs++;
	q->conn->outstanding++;
}

void
tcp_forget(struct rt_query *q)
{
	struct rt_conn *c = q->conn;

	q->conn = NULL;
	c->outstanding--;
	mark_dirty(c);
	conn_unref(c);
}

void
tcp_reply(struct rt_query *q)
{
	out_append(q->conn, q->reply.wire, q->reply.len);
	tcp_forget(q);
}

/* ---- end of the turn ---- */

static void
settle(struct rt_conn *c)
{
	if (c->fd < 0)
		return;
	if (c->out_len > 0 && !out_write(c))
		return;
	if (c->paused && !is_full(c))
		resume_reading(c);
	if (c->fd >= 0 && (c->ended || c->worker->draining) && tcp_conn_idle(c))
		tcp_conn_close(c);
}

void
tcp_flush(struct rt_worker *w)
{
	struct tcp_worker *t = &w->tcp;

	while (t->dirty != NULL) {
		struct rt_conn *c = t->dirty;

		t->dirty = c->next_dirty;
		c->dirty = false;
		settle(c);
		conn_unref(c);
	}
}

/* ---- time-outs ---- */

static uint64_t
or_default(uint64_t ns, uint64_t seconds)
{
	return ns != 0 ? ns : seconds * (uint64_t)CLOCK_NS_PER_S;
}

static bool
is_overdue(const struct rt_conn *c, uint64_t now)
{
	const struct rt_listen *l = c->listener->decl;
	uint64_t read_timeout = or_default(l->read_timeout, 3);

	if (c->stalled_ns != 0)
		return now - c->stalled_ns > or_default(l->write_timeout, 5);
	if (c->partial_ns != 0 && now - c->partial_ns > read_timeout)
		return true;
	if (!tcp_conn_idle(c))
		return false;
	/* The first message must come sooner than the next ones. */
	return now - c->active_ns > (c->asked ? or_default(l->idle_timeout, 10) : read_timeout);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct rt_worker *w = arg;
	struct rt_conn *c = w->tcp.oldest;

	(void)fd;
	(void)what;
	worker_wake(w);
	while (c != NULL) {
		struct rt_conn *next = c->newer;

		if (is_overdue(c, w->now))
			tcp_conn_close(c);
		c = next;
	}
	if (w->tcp.nconns > 0)
		event_add(w->tcp.sweep, &sweep_interval);
}

/* ---- connections come ---- */

void
tcp_conn_open(const struct tcp_listen *l, int fd, const struct addr *client)
{
	struct rt_worker *w = l->worker;
	struct rt_conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		return;
	}
	c->worker = w;
	c->listener = l->listener;
	c->fd = fd;
	c->refs = 1;
	c->client = *client;
	c->local = l->listener->addr;
	c->active_ns = w->now;
	if (event_assign(&c->readable, w->base, fd, EV_READ | EV_PERSIST, on_readable, c) < 0 ||
	    event_assign(&c->writable, w->base, fd, EV_WRITE, on_writable, c) < 0 ||
	    event_add(&c->readable, NULL) < 0) {
		close(fd);
		free(c);
		return;
	}
	if (l->listener->wildcard) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);

		if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0 &&
		    addr_from_sockaddr(&c->local, (struct sockaddr *)&ss, len) == 0)
			addr_unmap(&c->local);
	}
	conn_link_newest(c);
	if (w->tcp.nconns++ == 0)
		event_add(w->tcp.sweep, &sweep_interval);
}

/* ---- start and stop ---- */

int
tcp_worker_init(struct rt_worker *w)
{
	struct tcp_worker *t = &w->tcp;

	t->spare_fd = -1;
	t->query = aligned_alloc(_Alignof(struct rt_query), sizeof(*t->query));
	t->slot = malloc(QUERY_SLOT_STRIDE);
	t->input = malloc(TCP_INPUT);
	t->sweep = event_new(w->base, -1, 0, on_sweep, w);
	if (t->query == NULL || t->slot == NULL || t->input == NULL || t->sweep == NULL)
		return RT_ENOMEM;
	query_slot_init(t->query, w, RT_PROTO_TCP);
	return tcp_accept_init(w);
}

void
tcp_worker_release(struct rt_worker *w)
{
	struct tcp_worker *t = &w->tcp;

	while (t->oldest != NULL)
		tcp_conn_close(t->oldest);
	tcp_flush(w);
	tcp_accept_release(w);
	if (t->sweep != NULL)
		event_free(t->sweep);
	free(t->query);
	free(t->slot);
	free(t->input);
}

void
tcp_drain(struct rt_worker *w)
{
	struct rt_conn *c = w->tcp.oldest;

	for (unsigned i = 0; i < w->tcp.nlistens; i++)
		tcp_close(&w->tcp.listens[i]);
	while (c != NULL) {
		struct rt_conn *next = c->newer;

		/* Queries that have arrived are answered still. */
		c->refs++;
		if (!c->paused && !c->ended)
			read_input(c);
		if (c->fd >= 0)
			stop_reading(c);
		conn_unref(c);
		c = next;
	}
}
