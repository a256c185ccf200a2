/*
 * load_tcp.c - a window of questions over TCP connections, pipelined; replies in any order.
 */
#include "config.h"

#include "bench/load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOTS_MAX 1024
#define OUT_MAX   (256u * 1024)
#define IN_MAX    (256u * 1024)
#define LOST_NS   5000000000u

struct slot {
	uint64_t sent_ns; /* 0: free */
	uint32_t question;
};

struct conn {
	int fd;
	unsigned nslots, busy;
	struct slot slots[SLOTS_MAX];
	uint16_t free_list[SLOTS_MAX];
	uint8_t *out, *in;
	size_t out_len, in_len;
};

struct tcp {
	struct load *l;
	struct conn *conns;
	uint64_t start;
	uint64_t last; /* reply */
};

static int
open_conn(struct load *l, struct conn *c, unsigned nslots)
{
	int one = 1;

	c->fd = socket(l->o.server.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->out = malloc(OUT_MAX);
	c->in = malloc(IN_MAX);
	if (c->fd < 0 || c->out == NULL || c->in == NULL)
		return -1;
	c->nslots = nslots;
	for (unsigned i = 0; i < nslots; i++)
		c->free_list[i] = (uint16_t)i;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return connect(c->fd, (const struct sockaddr *)&l->o.server, l->o.server_len);
}

static void
queue_questions(struct tcp *t, struct conn *c, uint64_t now)
{
	while (c->busy < c->nslots && c->out_len + 2 + 512 < OUT_MAX &&
	       load_going_on(t->l, t->start, now)) {
		uint16_t at = c->free_list[c->busy++];
		struct slot *slot = &c->slots[at];
		uint8_t *p = c->out + c->out_len;

		slot->question = load_next(t->l);
		slot->sent_ns = now;
		const struct question *q = &t->l->questions[slot->question];
		p[0] = (uint8_t)(q->len >> 8);
		p[1] = (uint8_t)q->len;
		memcpy(p + 2, q->wire, q->len);
		p[2] = (uint8_t)(at >> 8);
		p[3] = (uint8_t)at;
		c->out_len += 2u + q->len;
		t->l->r.sent++;
	}
}

static bool
flush(struct conn *c)
{
	ssize_t n = send(c->fd, c->out, c->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	memmove(c->out, c->out + n, c->out_len - (size_t)n);
	c->out_len -= (size_t)n;
	return true;
}

static void
take_reply(struct tcp *t, struct conn *c, const uint8_t *p, size_t len, uint64_t now)
{
	unsigned at = len < 12 ? SLOTS_MAX : ((unsigned)p[0] << 8) | p[1];

	if (at >= c->nslots || c->slots[at].sent_ns == 0 ||
	    !load_judge(t->l, &t->l->questions[c->slots[at].question], p, len,
			now - c->slots[at].sent_ns)) {
		t->l->r.wrong++;
		return;
	}
	c->slots[at].sent_ns = 0;
	c->free_list[--c->busy] = (uint16_t)at;
	t->last = now;
}

static bool
receive(struct tcp *t, struct conn *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, IN_MAX - c->in_len, MSG_DONTWAIT);
	uint64_t now = now_ns();
	size_t at = 0;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->in_len += (size_t)n;
	while (c->in_len - at >= 2) {
		size_t len = ((size_t)c->in[at] << 8) | c->in[at + 1];

		if (c->in_len - at < 2 + len)
			break;
		take_reply(t, c, c->in + at + 2, len, now);
		at += 2 + len;
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
	return true;
}

static void
lose(struct tcp *t, struct conn *c)
{
	load_lost(t->l, c->busy);
	c->busy = 0;
	c->nslots = 0;
	c->out_len = 0;
	close(c->fd);
	c->fd = -1;
}

static bool
step(struct tcp *t, struct pollfd *fds)
{
	uint64_t now = now_ns();
	bool any = false;

	for (unsigned i = 0; i < t->l->o.sockets; i++) {
		struct conn *c = &t->conns[i];

		if (c->fd >= 0) {
			queue_questions(t, c, now);
			if (c->out_len > 0 && !flush(c))
				lose(t, c);
		}
		any = any || c->busy > 0;
		fds[i].fd = c->fd;
		fds[i].events = (short)(POLLIN | (c->out_len > 0 ? POLLOUT : 0));
	}
	if (!any || now > t->last + LOST_NS)
		return false;
	poll(fds, t->l->o.sockets, 100);
	for (unsigned i = 0; i < t->l->o.sockets; i++) {
		if (fds[i].fd >= 0 && (fds[i].revents & ~POLLOUT) != 0 && !receive(t, &t->conns[i]))
			lose(t, &t->conns[i]);
	}
	return true;
}

int
load_tcp(struct load *l)
{
	struct tcp t = { .l = l };
	struct pollfd *fds = calloc(l->o.sockets, sizeof(*fds));
	unsigned share = l->o.window / l->o.sockets;
	int rc = -1;

	t.conns = calloc(l->o.sockets, sizeof(*t.conns));
	if (t.conns == NULL || fds == NULL)
		goto out;
	for (unsigned i = 0; i < l->o.sockets; i++) {
		if (open_conn(l, &t.conns[i], share < SLOTS_MAX ? share : SLOTS_MAX) != 0)
			goto out;
	}
	t.start = t.last = now_ns();
	while (step(&t, fds))
		;
	l->r.ns = t.last - t.start;
	for (unsigned i = 0; i < l->o.sockets; i++)
		load_lost(l, t.conns[i].busy);
	rc = 0;
out:
	for (unsigned i = 0; t.conns != NULL && i < l->o.sockets; i++) {
		if (t.conns[i].fd > 0)
			close(t.conns[i].fd);
		free(t.conns[i].out);
		free(t.conns[i].in);
	}
	free(t.conns);
	free(fds);
	return rc;
}
