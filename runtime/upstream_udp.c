/*
 * UDP to upstreams: connected sockets on random ports, sendmmsg and recvmmsg.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "dns/message.h"
#include "udp_group.h"
#include "upstream_impl.h"
#include "upstream_match.h"

#define RECV_BATCH 16u
/* Rounds of recvmmsg before other sockets get their turn. */
#define RECV_ROUNDS 4u
/* Distance of two messages: not a multiple of the page, or all would meet in the same cache lines.
 */
#define RECV_STRIDE (DNS_MESSAGE_MAX + 1u + 192u)

/* Where answers are received: pages are taken only as they are filled. */
struct upstream_inbox {
	struct mmsghdr msg[RECV_BATCH];
	struct iovec iov[RECV_BATCH];
	uint8_t data[];
};

static struct upstream_inbox *
inbox_of(struct upstream_worker *uw)
{
	struct upstream_inbox *in = uw->inbox;

	if (in != NULL)
		return in;
	in = malloc(sizeof(*in) + RECV_BATCH * RECV_STRIDE);
	if (in == NULL)
		return NULL;
	memset(in, 0, sizeof(*in));
	for (unsigned i = 0; i < RECV_BATCH; i++) {
		in->iov[i].iov_base = in->data + i * RECV_STRIDE;
		in->iov[i].iov_len = DNS_MESSAGE_MAX;
		in->msg[i].msg_hdr.msg_iov = &in->iov[i];
		in->msg[i].msg_hdr.msg_iovlen = 1;
	}
	uw->inbox = in;
	return in;
}

void
upstream_inbox_free(struct upstream_inbox *in)
{
	free(in);
}

/* ---- closing ---- */

static void
close_socket(struct upstream_udp *s)
{
	struct upstream_worker *uw = s->peer->worker;

	if (s->dead)
		return;
	s->dead = true;
	event_del(&s->read);
	if (s->blocked)
		event_del(&s->write);
	close(s->fd);
	s->fd = -1;
	if (s->dirty) {
		/* It is in the list of those to be flushed, where it may not stay. */
		for (struct upstream_udp **at = &uw->dirty_udp; *at != NULL; at = &(*at)->next) {
			if (*at == s) {
				*at = s->next;
				break;
			}
		}
		s->dirty = false;
	}
	s->next = uw->dead_udp;
	uw->dead_udp = s;
	upstream_flush_soon(uw);
}

void
upstream_udp_free(struct upstream_udp *s)
{
	upstream_ids_release(&s->ids);
	free(s);
}

static void
unlink_leaving(struct upstream_udp *s)
{
	for (struct upstream_udp **at = &s->peer->leaving; *at != NULL; at = &(*at)->next_leaving) {
		if (*at == s) {
			*at = s->next_leaving;
			return;
		}
	}
}

/* Takes the socket out of the pool; it is closed when nobody waits on it any more. */
static void
retire(struct upstream_udp *s)
{
	struct upstream_peer *p = s->peer;

	if (s->leaving)
		return;
	s->leaving = true;
	for (unsigned i = 0; i < UPSTREAM_UDP_SOCKETS; i++)
		if (p->udp[i] == s)
			p->udp[i] = NULL;
	if (p->turn == s)
		p->turn = NULL;
	if (s->ids.n == 0) {
		close_socket(s);
		return;
	}
	s->next_leaving = p->leaving;
	p->leaving = s;
}

/* A call has left the socket. */
static void
release(struct upstream_udp *s)
{
	if (s->leaving && s->ids.n == 0 && !s->dead) {
		unlink_leaving(s);
		close_socket(s);
	}
}

static void
unqueue(struct upstream_udp *s, struct upstream_call *call)
{
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		s->first = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	else
		s->last = call->prev;
	call->next = NULL;
	call->prev = NULL;
	call->queued = false;
}

void
upstream_udp_forget(struct upstream_call *call)
{
	struct upstream_udp *s = call->udp;

	if (call->queued)
		unqueue(s, call);
	upstream_ids_remove(&s->ids, call->id);
	release(s);
}

/*
 * The socket has failed, which for UDP means that the host or port answered with ICMP.  Who waits
 * for an answer is told; who has not been sent yet goes by another socket.
 */
static void
break_socket(struct upstream_udp *s, int sys_errno)
{
	struct upstream_peer *p = s->peer;
	struct upstream_result r =
		upstream_failure(p, s->fd, UPSTREAM_UDP, UPSTREAM_READ, sys_errno);
	struct upstream_ids ids = s->ids;
	struct upstream_call *unsent = s->first;

	s->ids = (struct upstream_ids){ 0 };
	s->first = NULL;
	s->last = NULL;
	if (s->leaving)
		release(s);
	else
		retire(s);
	while (unsent != NULL) {
		struct upstream_call *call = unsent;

		unsent = call->next;
		upstream_ids_remove(&ids, call->id);
		deadlines_remove(&p->worker->reads, &call->deadline);
		call->next = NULL;
		call->prev = NULL;
		call->queued = false;
		upstream_udp_ask(p, call);
	}
	for (unsigned i = 0; i < ids.size; i++)
		if (ids.slots[i].call != NULL)
			upstream_call_end(ids.slots[i].call, &r);
	upstream_ids_release(&ids);
}

/* ---- receiving ---- */

static void
take(struct upstream_udp *s, const uint8_t *msg, size_t len)
{
	struct upstream_call *call;

	call = len < DNS_HEADER_LEN ? NULL : upstream_ids_find(&s->ids, dns_msg_id(msg));
	if (call == NULL || call->queued || !upstream_match(call->wire + 2, call->len, msg, len)) {
		upstream_count_ignored(s->peer);
		return;
	}
	upstream_ids_remove(&s->ids, call->id);
	release(s);
	upstream_call_answer(call, UPSTREAM_UDP, msg, len);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_udp *s = arg;
	struct upstream_worker *uw = s->peer->worker;
	struct upstream_inbox *in = inbox_of(uw);

	(void)fd;
	(void)what;
	s->used = rt_worker_now(uw->worker);
	if (in == NULL) {
		break_socket(s, ENOMEM);
		return;
	}
	for (unsigned round = 0; round < RECV_ROUNDS && !s->dead; round++) {
		int n = recvmmsg(s->fd, in->msg, RECV_BATCH, MSG_DONTWAIT, NULL);

		if (n < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
				break_socket(s, errno);
			return;
		}
		for (int i = 0; i < n; i++)
			take(s, in->iov[i].iov_base, in->msg[i].msg_len);
		if ((unsigned)n < RECV_BATCH)
			return;
	}
}

/* ---- sending ---- */

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct upstream_udp *s = arg;

	(void)fd;
	(void)what;
	(void)rt_worker_now(s->peer->worker->worker);
	s->blocked = false;
	upstream_udp_flush(s);
}

/* What one system call sends of a socket's queue, in its order. */
struct outbox {
	struct mmsghdr msg[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	union udp_group_control control[UDP_BATCH];
	unsigned nmsg;
	unsigned niov;
};

/* Whether another question may go with those of the message: as long as they are, or shorter and the last. */
static bool
joins(const struct msghdr *m, size_t len)
{
	size_t first = m->msg_iov[0].iov_len;

	return first <= UDP_GROUP_LEN && len <= first &&
	       m->msg_iov[m->msg_iovlen - 1].iov_len == first;
}

static void
outbox_add(struct outbox *o, const struct upstream_call *call, bool groups)
{
	struct iovec *iov = &o->iov[o->niov++];

	*iov = (struct iovec){ .iov_base = call->wire + 2, .iov_len = call->len };
	if (groups && o->nmsg > 0 && joins(&o->msg[o->nmsg - 1].msg_hdr, call->len)) {
		o->msg[o->nmsg - 1].msg_hdr.msg_iovlen++;
		return;
	}
	o->msg[o->nmsg++].msg_hdr = (struct msghdr){ .msg_iov = iov, .msg_iovlen = 1 };
}

/* Messages of several questions are to be cut apart again. */
static void
outbox_mark(struct outbox *o)
{
	for (unsigned i = 0; i < o->nmsg; i++) {
		struct msghdr *m = &o->msg[i].msg_hdr;

		if (m->msg_iovlen > 1)
			udp_group_mark(m, &o->control[i], (uint16_t)m->msg_iov[0].iov_len);
	}
}

/* The first n messages have been sent. */
static void
sent(struct upstream_udp *s, const struct outbox *o, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (size_t k = 0; k < o->msg[i].msg_hdr.msg_iovlen; k++)
			unqueue(s, s->first);
}

/* A device or tunnel does not take what would have to be cut apart. */
static bool
is_about_groups(int sys_errno)
{
	return sys_errno == EIO || sys_errno == EINVAL || sys_errno == EMSGSIZE;
}

/* Sends as many as one system call takes.  0 or why the first one was not taken. */
static int
send_some(struct upstream_udp *s)
{
	struct outbox o;
	int rc;

	o.nmsg = 0;
	o.niov = 0;
	for (struct upstream_call *c = s->first; c != NULL && o.niov < UDP_BATCH; c = c->next)
		outbox_add(&o, c, s->groups);
	outbox_mark(&o);
	do
		rc = sendmmsg(s->fd, o.msg, o.nmsg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (rc < 0 && errno == EINTR);
	if (rc >= 0) {
		sent(s, &o, (unsigned)rc);
		return 0;
	}
	if (o.msg[0].msg_hdr.msg_iovlen == 1 || !is_about_groups(errno))
		return errno;
	s->groups = false;
	return 0;
}

static void
fail_first(struct upstream_udp *s, int sys_errno)
{
	struct upstream_call *call = s->first;
	struct upstream_result r =
		upstream_failure(s->peer, s->fd, UPSTREAM_UDP, UPSTREAM_WRITE, sys_errno);

	deadlines_remove(&s->peer->worker->reads, &call->deadline);
	upstream_udp_forget(call);
	upstream_call_fail(call, &r);
}

void
upstream_udp_flush(struct upstream_udp *s)
{
	bool again = true;

	if (s->peer->turn == s)
		s->peer->turn = NULL;
	while (s->first != NULL && !s->dead) {
		int e = send_some(s);

		if (e == 0)
			continue;
		if (e == EAGAIN || e == EWOULDBLOCK) {
			s->blocked = event_add(&s->write, NULL) == 0;
			return;
		}
		/* An error of an earlier datagram is told to the next one that is sent. */
		if (e == ECONNREFUSED && again)
			again = false;
		else
			fail_first(s, e);
	}
}

/* ---- the pool ---- */

static bool
is_usable(const struct upstream_udp *s, uint64_t now)
{
	const struct upstream_options *o = &s->peer->worker->group->options;

	return s->uses > 0 && now - s->used <= o->expire &&
	       (o->max_age == 0 || now - s->created <= o->max_age);
}

static struct upstream_udp *
open_socket(struct upstream_peer *p, uint64_t now, struct upstream_result *r)
{
	struct event_base *base = rt_worker_base(p->worker->worker);
	struct upstream_udp *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		*r = upstream_failure(p, -1, UPSTREAM_UDP, UPSTREAM_DIAL, ENOMEM);
		return NULL;
	}
	s->peer = p;
	s->created = now;
	s->used = now;
	s->uses = UPSTREAM_UDP_USES + random_uniform(UPSTREAM_UDP_USES);
	s->fd = upstream_socket(&p->worker->group->options, &p->up->addr, SOCK_DGRAM);
	if (s->fd >= 0 && upstream_connect(s->fd, &p->up->addr) == 0 &&
	    event_assign(&s->read, base, s->fd, EV_READ | EV_PERSIST, on_readable, s) == 0 &&
	    event_assign(&s->write, base, s->fd, EV_WRITE, on_writable, s) == 0 &&
	    event_add(&s->read, NULL) == 0) {
		s->groups = udp_group_works(s->fd);
		upstream_sweep_soon(p->worker);
		return s;
	}
	*r = upstream_failure(p, -1, UPSTREAM_UDP, UPSTREAM_DIAL, errno);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
	return NULL;
}

/* Any socket that is open already, when the process may have no more of them. */
static struct upstream_udp *
any_socket(const struct upstream_peer *p, uint64_t now)
{
	for (unsigned i = 0; i < p->worker->udp_slots; i++)
		if (p->udp[i] != NULL && is_usable(p->udp[i], now))
			return p->udp[i];
	return NULL;
}

/* The socket for this turn: one of the pool at random, which may have to be opened. */
static struct upstream_udp *
pick(struct upstream_peer *p, uint64_t now, struct upstream_result *r)
{
	struct upstream_udp **slot = &p->udp[random_uniform(p->worker->udp_slots)];
	struct upstream_udp *s;

	if (*slot != NULL && !is_usable(*slot, now))
		retire(*slot);
	if (*slot != NULL) {
		upstream_count_dial(p, UPSTREAM_UDP, true);
		return *slot;
	}
	*slot = open_socket(p, now, r);
	s = *slot != NULL ? *slot : any_socket(p, now);
	upstream_count_dial(p, UPSTREAM_UDP, s != NULL && s != *slot);
	return s;
}

static void
enqueue(struct upstream_udp *s, struct upstream_call *call)
{
	struct upstream_worker *uw = s->peer->worker;

	call->queued = true;
	call->next = NULL;
	call->prev = s->last;
	if (s->last != NULL)
		s->last->next = call;
	else
		s->first = call;
	s->last = call;
	if (!s->dirty && !s->blocked) {
		s->dirty = true;
		s->next = uw->dirty_udp;
		uw->dirty_udp = s;
		upstream_flush_soon(uw);
	}
}

void
upstream_udp_ask(struct upstream_peer *p, struct upstream_call *call)
{
	uint64_t now = rt_worker_now(p->worker->worker);
	struct upstream_udp *s = p->turn;
	struct upstream_result r;
	int rc;

	if (s != NULL && s->uses > 0 && s->ids.n < UPSTREAM_IDS_MAX)
		upstream_count_dial(p, UPSTREAM_UDP, true);
	else
		s = pick(p, now, &r);
	if (s == NULL) {
		upstream_call_fail(call, &r);
		return;
	}
	p->turn = s;
	rc = upstream_ids_add(&s->ids, call, &call->id);
	if (rc < 0) {
		r = upstream_failure(p, -1, UPSTREAM_UDP, UPSTREAM_DIAL, 0);
		r.cause = UPSTREAM_FULL;
		upstream_call_fail(call, &r);
		return;
	}
	dns_msg_set_id(call->wire + 2, call->id);
	call->udp = s;
	s->used = now;
	s->uses--;
	enqueue(s, call);
	upstream_call_sent(call, now);
}

bool
upstream_udp_sweep(struct upstream_peer *p, uint64_t now)
{
	bool any = p->leaving != NULL;

	for (unsigned i = 0; i < UPSTREAM_UDP_SOCKETS; i++) {
		struct upstream_udp *s = p->udp[i];

		if (s == NULL)
			continue;
		if (is_usable(s, now))
			any = true;
		else
			retire(s);
	}
	return any || p->leaving != NULL;
}

void
upstream_udp_close_all(struct upstream_peer *p)
{
	for (unsigned i = 0; i < UPSTREAM_UDP_SOCKETS; i++) {
		if (p->udp[i] != NULL)
			close_socket(p->udp[i]);
		p->udp[i] = NULL;
	}
	while (p->leaving != NULL) {
		struct upstream_udp *s = p->leaving;

		p->leaving = s->next_leaving;
		close_socket(s);
	}
}
