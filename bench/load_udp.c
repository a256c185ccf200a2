/*
 * load_udp.c - a window of questions over several UDP sockets, in batches.
 *
 * Each socket has its share of the window as slots; the id of a question is its slot plus a generation, so
 * that a late reply to a slot used again is told apart.
 */
#include "config.h"

#include "bench/load.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH     64
#define SLOTS_MAX 1024

struct slot {
	uint64_t sent_ns; /* 0: free */
	uint32_t question;
	uint16_t id;
};

struct sock {
	int fd;
	unsigned nslots, busy;
	uint16_t generation;
	struct slot slots[SLOTS_MAX];
	uint16_t free_list[SLOTS_MAX];
};

struct udp {
	struct load *l;
	struct sock *socks;
	uint8_t out[BATCH][512];
	uint8_t in[BATCH][LOAD_MESSAGE_MAX];
	double due; /* open loop: when the next one should leave, ns since start */
	uint64_t start;
};

static int
open_sock(struct load *l, struct sock *s, unsigned nslots)
{
	int size = 4 << 20;

	s->fd = socket(l->o.server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -1;
	setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	s->nslots = nslots;
	for (unsigned i = 0; i < nslots; i++)
		s->free_list[i] = (uint16_t)i;
	return connect(s->fd, (const struct sockaddr *)&l->o.server, l->o.server_len);
}

/* How many may leave now: free slots, and in the open loop what is due. */
static unsigned
allowance(struct udp *u, const struct sock *s, uint64_t now)
{
	unsigned n = s->nslots - s->busy;

	if (u->l->o.rate > 0) {
		double behind = ((double)(now - u->start) - u->due) * u->l->o.rate / 1e9;

		if (behind < 1)
			return 0;
		if (behind < n)
			n = (unsigned)behind;
	}
	return n < BATCH ? n : BATCH;
}

static void
fill_slot(struct udp *u, struct sock *s, unsigned i, struct iovec *iov, uint64_t now)
{
	uint16_t at = s->free_list[s->busy + i];
	struct slot *slot = &s->slots[at];
	const struct question *q;

	slot->question = load_next(u->l);
	q = &u->l->questions[slot->question];
	slot->id = (uint16_t)(at | (s->generation << 10));
	slot->sent_ns = now;
	if (u->l->o.rate > 0) {
		slot->sent_ns = u->start + (uint64_t)u->due;
		u->due += 1e9 / u->l->o.rate;
	}
	memcpy(u->out[i], q->wire, q->len);
	u->out[i][0] = (uint8_t)(slot->id >> 8);
	u->out[i][1] = (uint8_t)slot->id;
	iov->iov_base = u->out[i];
	iov->iov_len = q->len;
}

static void
send_some(struct udp *u, struct sock *s, uint64_t now)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned n = allowance(u, s, now);

	if (n == 0)
		return;
	s->generation++;
	memset(msgs, 0, n * sizeof(msgs[0]));
	for (unsigned i = 0; i < n; i++) {
		fill_slot(u, s, i, &iov[i], now);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	int sent = sendmmsg(s->fd, msgs, n, 0);
	/* What the kernel did not take counts as sent and is found lost. */
	(void)sent;
	s->busy += n;
	u->l->r.sent += n;
}

static void
free_slot(struct sock *s, unsigned at)
{
	s->slots[at].sent_ns = 0;
	s->free_list[--s->busy] = (uint16_t)at;
}

static void
receive_some(struct udp *u, struct sock *s)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];

	memset(msgs, 0, sizeof(msgs));
	for (unsigned i = 0; i < BATCH; i++) {
		iov[i].iov_base = u->in[i];
		iov[i].iov_len = LOAD_MESSAGE_MAX;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	int n = recvmmsg(s->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	uint64_t now = now_ns();
	for (int i = 0; i < n; i++) {
		unsigned id = ((unsigned)u->in[i][0] << 8) | u->in[i][1], at = id & (SLOTS_MAX - 1);
		struct slot *slot = &s->slots[at];

		if (at >= s->nslots || slot->sent_ns == 0 || slot->id != id ||
		    !load_judge(u->l, &u->l->questions[slot->question], u->in[i], msgs[i].msg_len,
				now - slot->sent_ns)) {
			u->l->r.wrong += slot->sent_ns != 0 && slot->id == id;
			continue;
		}
		u->l->r.ns = now - u->start;
		free_slot(s, at);
	}
}

static void
expire(struct udp *u, struct sock *s, uint64_t now)
{
	for (unsigned i = 0; i < s->nslots; i++) {
		if (s->slots[i].sent_ns != 0 && now > s->slots[i].sent_ns + LOAD_LOST_NS) {
			load_lost(u->l, 1);
			free_slot(s, i);
		}
	}
}

static bool
all_idle(const struct udp *u)
{
	for (unsigned i = 0; i < u->l->o.sockets; i++) {
		if (u->socks[i].busy > 0)
			return false;
	}
	return true;
}

static void
run(struct udp *u, struct pollfd *fds)
{
	uint64_t checked = u->start;

	for (;;) {
		uint64_t now = now_ns();
		bool sending = load_going_on(u->l, u->start, now);

		if (!sending && all_idle(u))
			return;
		for (unsigned i = 0; sending && i < u->l->o.sockets; i++)
			send_some(u, &u->socks[i], now);
		/* The open loop spins: a sleep would be part of the latency. */
		poll(fds, u->l->o.sockets, u->l->o.rate > 0 && sending ? 0 : 100);
		for (unsigned i = 0; i < u->l->o.sockets; i++) {
			if (fds[i].revents != 0)
				receive_some(u, &u->socks[i]);
		}
		if (now - checked > LOAD_LOST_NS / 10) {
			checked = now;
			for (unsigned i = 0; i < u->l->o.sockets; i++)
				expire(u, &u->socks[i], now);
		}
	}
}

int
load_udp(struct load *l)
{
	struct udp *u = calloc(1, sizeof(*u));
	struct pollfd *fds = calloc(l->o.sockets, sizeof(*fds));
	unsigned share = l->o.window / l->o.sockets;
	int rc = -1;

	if (u == NULL || fds == NULL)
		goto out;
	u->socks = calloc(l->o.sockets, sizeof(*u->socks));
	u->l = l;
	if (u->socks == NULL)
		goto out;
	for (unsigned i = 0; i < l->o.sockets; i++) {
		if (open_sock(l, &u->socks[i], share < SLOTS_MAX ? share : SLOTS_MAX) != 0)
			goto out;
		fds[i] = (struct pollfd){ .fd = u->socks[i].fd, .events = POLLIN };
	}
	u->start = now_ns();
	run(u, fds);
	rc = 0;
out:
	for (unsigned i = 0; u != NULL && u->socks != NULL && i < l->o.sockets; i++) {
		if (u->socks[i].fd > 0)
			close(u->socks[i].fd);
	}
	if (u != NULL)
		free(u->socks);
	free(fds);
	free(u);
	return rc;
}
