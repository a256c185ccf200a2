/*
 * UDP: batches of requests in, batches of replies out.  See udp.h.
 */
#include "config.h"

#include "udp.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "listener.h"
#include "metrics.h"
#include "query.h"
#include "query_intake.h"
#include "worker.h"

#define UDP_BATCH 64
/* Batches per wake-up: other sockets and timers get their turn. */
#define UDP_ROUNDS 8

/* Room for either form of packet information. */
union udp_control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

union udp_name {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/*
 * What the kernel reads and writes lies together, apart from the messages.  `out` names the replies
 * to send, in order; each refers to the name and control of its slot.
 */
struct udp_batch {
	struct mmsghdr in[UDP_BATCH];
	struct mmsghdr out[UDP_BATCH];
	struct iovec in_iov[UDP_BATCH];
	struct iovec out_iov[UDP_BATCH];
	union udp_name name[UDP_BATCH];
	union udp_control control[UDP_BATCH];
	uint8_t intake[UDP_BATCH]; /* enum query_intake */
	struct rt_query query[UDP_BATCH];
	uint8_t *wire; /* UDP_BATCH slots of QUERY_SLOT_STRIDE */
};

/* ---- sending ---- */

static void
drop_replies(struct rt_worker *w, unsigned n)
{
	metrics_udp_dropped(w, n);
}

/* The socket's buffer is full: wait for a moment once, then give up.  True if it is worth another
 * try. */
static bool
wait_writable(int fd, bool *waited)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	if (*waited)
		return false;
	*waited = true;
	return poll(&pfd, 1, 1) > 0;
}

/*
 * Sends n messages.  A message that the kernel refuses (a firewall, an address that cannot be
 * reached) is skipped; when the buffer stays full the rest is dropped: clients ask again.
 */
static void
send_all(struct rt_worker *w, int fd, struct mmsghdr *msg, unsigned n)
{
	bool waited = false;

	while (n > 0) {
		int sent = sendmmsg(fd, msg, n, 0);

		if (RT_LIKELY(sent == (int)n))
			return;
		if (sent > 0) {
			msg += sent;
			n -= (unsigned)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
			if (wait_writable(fd, &waited))
				continue;
			drop_replies(w, n);
			return;
		}
		drop_replies(w, 1);
		msg++;
		n--;
	}
}

/* ---- addresses ---- */

/* As addr_from_sockaddr, without its checks: the kernel made the name. */
static inline void
client_address(struct addr *out, const union udp_name *name)
{
	/* Written in place: a copy by way of the stack waits for its own bytes. */
	memset(out, 0, sizeof(*out));
	if (name->sa.sa_family == AF_INET) {
		memcpy(out->bytes, &name->in.sin_addr, 4);
		out->port = ntohs(name->in.sin_port);
		out->family = ADDR_V4;
		return;
	}
	out->port = ntohs(name->in6.sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&name->in6.sin6_addr)) {
		memcpy(out->bytes, &name->in6.sin6_addr.s6_addr[12], 4);
		out->family = ADDR_V4;
	} else {
		memcpy(out->bytes, &name->in6.sin6_addr, 16);
		out->scope = name->in6.sin6_scope_id;
		out->family = ADDR_V6;
	}
}

/*
 * The address a packet was sent to, and its control data made fit for the reply: the interface is
 * left to routing except for link-local addresses, which mean nothing without one.
 */
static RT_NOINLINE void
local_address(struct rt_query *q, struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			q->pktinfo = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
			info.ipi6_ifindex = q->pktinfo;
			memcpy(CMSG_DATA(c), &info, sizeof(info));
			addr_from_v6(&q->local, info.ipi6_addr.s6_addr, q->local.port);
			addr_unmap(&q->local);
			q->local.scope = q->pktinfo;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			uint8_t bytes[4];

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			memcpy(bytes, &info.ipi_spec_dst, sizeof(bytes));
			info.ipi_ifindex = 0;
			info.ipi_addr.s_addr = 0;
			memcpy(CMSG_DATA(c), &info, sizeof(info));
			addr_from_v4(&q->local, bytes, q->local.port);
		}
	}
}

/* ---- the batch ---- */

/* First pass: read and check. */
static void
batch_parse(struct rt_udp *u, struct udp_batch *b, unsigned n)
{
	const struct rt_listener *listener = u->listener;
	uint8_t *wire = b->wire;
	bool pktinfo = u->pktinfo;

	for (unsigned i = 0; i < n; i++, wire += QUERY_SLOT_STRIDE) {
		struct rt_query *q = &b->query[i];
		struct mmsghdr *in = &b->in[i];

		q->listener = listener;
		q->udp = u;
		q->local = listener->addr;
		client_address(&q->client, &b->name[i]);
		if (pktinfo)
			local_address(q, &in->msg_hdr);
		b->intake[i] = (uint8_t)query_intake(q, wire, in->msg_len, QUERY_SLOT_LEN);
		if (RT_UNLIKELY(in->msg_hdr.msg_flags & MSG_TRUNC))
			b->intake[i] = QUERY_IGNORE;
	}
}

/* Second pass: answer.  Returns how many replies b->out holds. */
static unsigned
batch_answer(struct udp_batch *b, unsigned n)
{
	unsigned nout = 0;

	for (unsigned i = 0; i < n; i++) {
		struct rt_query *q = &b->query[i];
		struct mmsghdr *out = &b->out[nout];

		if (RT_UNLIKELY(b->intake[i] == QUERY_IGNORE))
			continue;
		if (RT_LIKELY(b->intake[i] == QUERY_SERVE) && !query_run(q))
			continue;
		out->msg_hdr.msg_name = &b->name[i];
		out->msg_hdr.msg_namelen = b->in[i].msg_hdr.msg_namelen;
		out->msg_hdr.msg_control = b->in[i].msg_hdr.msg_control;
		out->msg_hdr.msg_controllen = b->in[i].msg_hdr.msg_controllen;
		b->out_iov[nout].iov_base = q->reply.wire;
		b->out_iov[nout].iov_len = q->reply.len;
		nout++;
	}
	return nout;
}

/* Makes the first n slots ready for the next batch. */
static void
batch_reset(struct rt_udp *u, struct udp_batch *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct msghdr *in = &b->in[i].msg_hdr;

		query_clean(&b->query[i]);
		in->msg_namelen = sizeof(b->name[i]);
		in->msg_controllen = u->pktinfo ? sizeof(b->control[i]) : 0;
	}
}

/* Control data is asked for on wildcard sockets only; sockets of both kinds share the batch. */
static void
batch_prepare(struct rt_udp *u, struct udp_batch *b)
{
	size_t want = u->pktinfo ? sizeof(b->control[0]) : 0;

	if (b->in[0].msg_hdr.msg_controllen == want)
		return;
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		b->in[i].msg_hdr.msg_control = want != 0 ? &b->control[i] : NULL;
		b->in[i].msg_hdr.msg_controllen = want;
	}
}

/* One batch.  Returns how many packets there were; fewer than UDP_BATCH means no more for now. */
static unsigned
serve_batch(struct rt_udp *u)
{
	struct rt_worker *w = u->worker;
	struct udp_batch *b = w->batch;
	unsigned nout;
	int n = recvmmsg(u->fd, b->in, UDP_BATCH, MSG_DONTWAIT, NULL);

	/* Other errors than "nothing there" are of single packets (ICMP) and are over once told. */
	if (n <= 0)
		return 0;
	batch_parse(u, b, (unsigned)n);
	nout = batch_answer(b, (unsigned)n);
	worker_end_batch(w);
	if (nout > 0)
		send_all(w, u->fd, b->out, nout);
	batch_reset(u, b, (unsigned)n);
	return (unsigned)n;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct rt_udp *u = arg;

	(void)fd;
	(void)what;
	worker_wake(u->worker);
	batch_prepare(u, u->worker->batch);
	for (int round = 0; round < UDP_ROUNDS; round++)
		if (serve_batch(u) < UDP_BATCH)
			break;
}

/* ---- replies of resumed queries ---- */

void
udp_queue(struct rt_query *q)
{
	struct rt_worker *w = q->worker;

	q->send_next = NULL;
	if (w->send_last != NULL)
		w->send_last->send_next = q;
	else
		w->send_first = q;
	w->send_last = q;
}

/* The client's address as this socket wants it: IPv4 is mapped on a dual-stack socket. */
static socklen_t
peer_name(union udp_name *name, const struct rt_udp *u, const struct addr *client)
{
	memset(name, 0, sizeof(*name));
	if (u->family == AF_INET) {
		name->in.sin_family = AF_INET;
		name->in.sin_port = htons(client->port);
		memcpy(&name->in.sin_addr, client->bytes, 4);
		return sizeof(name->in);
	}
	name->in6.sin6_family = AF_INET6;
	name->in6.sin6_port = htons(client->port);
	name->in6.sin6_scope_id = client->scope;
	if (client->family == ADDR_V4) {
		name->in6.sin6_addr.s6_addr[10] = 0xff;
		name->in6.sin6_addr.s6_addr[11] = 0xff;
		memcpy(&name->in6.sin6_addr.s6_addr[12], client->bytes, 4);
	} else {
		memcpy(&name->in6.sin6_addr, client->bytes, 16);
	}
	return sizeof(name->in6);
}

/* Packet information that makes the reply leave from the address that was asked. */
static void
source_control(struct msghdr *msg, union udp_control *control, const struct rt_query *q)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control;
	msg->msg_controllen = sizeof(*control);
	c = CMSG_FIRSTHDR(msg);
	if (q->udp->family == AF_INET) {
		struct in_pktinfo info = { 0 };

		memcpy(&info.ipi_spec_dst, q->local.bytes, 4);
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		msg->msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		struct in6_pktinfo info = { .ipi6_ifindex = q->pktinfo };
		union udp_name local;

		peer_name(&local, q->udp, &q->local);
		info.ipi6_addr = local.in6.sin6_addr;
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	}
}

/* Fills slot n of b->out from a query on the heap. */
static void
queue_slot(struct udp_batch *b, unsigned n, struct rt_query *q)
{
	struct msghdr *out = &b->out[n].msg_hdr;

	out->msg_name = &b->name[n];
	out->msg_namelen = peer_name(&b->name[n], q->udp, &q->client);
	out->msg_control = NULL;
	out->msg_controllen = 0;
	if (q->udp->pktinfo)
		source_control(out, &b->control[n], q);
	b->out_iov[n].iov_base = q->reply.wire;
	b->out_iov[n].iov_len = q->reply.len;
}

/* The batch's names and control data are free between two batches, so they serve here as well. */
void
udp_flush(struct rt_worker *w)
{
	struct udp_batch *b = w->batch;

	while (w->send_first != NULL) {
		struct rt_query *done = w->send_first;
		struct rt_query *q = done;
		int fd = q->udp->fd;
		unsigned n = 0;

		for (; q != NULL && n < UDP_BATCH && q->udp->fd == fd; q = q->send_next)
			queue_slot(b, n++, q);
		send_all(w, fd, b->out, n);
		w->send_first = q;
		while (done != q) {
			struct rt_query *next = done->send_next;

			query_free(done);
			done = next;
		}
	}
	w->send_last = NULL;
}

/* ---- start and stop ---- */

int
udp_worker_init(struct rt_worker *w)
{
	struct udp_batch *b = aligned_alloc(64, (sizeof(*b) + 63) & ~(size_t)63);

	if (b == NULL)
		return RT_ENOMEM;
	memset(b, 0, sizeof(*b));
	b->wire = aligned_alloc(64, (size_t)UDP_BATCH * QUERY_SLOT_STRIDE);
	if (b->wire == NULL) {
		free(b);
		return RT_ENOMEM;
	}
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		b->query[i].worker = w;
		b->query[i].proto = RT_PROTO_UDP;
		b->in_iov[i].iov_base = b->wire + (size_t)i * QUERY_SLOT_STRIDE;
		b->in_iov[i].iov_len = QUERY_SLOT_LEN;
		b->in[i].msg_hdr.msg_iov = &b->in_iov[i];
		b->in[i].msg_hdr.msg_iovlen = 1;
		b->in[i].msg_hdr.msg_name = &b->name[i];
		b->in[i].msg_hdr.msg_namelen = sizeof(b->name[i]);
		b->out[i].msg_hdr.msg_iov = &b->out_iov[i];
		b->out[i].msg_hdr.msg_iovlen = 1;
	}
	w->batch = b;
	return 0;
}

void
udp_worker_release(struct rt_worker *w)
{
	if (w->batch == NULL)
		return;
	free(w->batch->wire);
	free(w->batch);
	w->batch = NULL;
}

int
udp_start(struct rt_udp *u)
{
	u->event = event_new(u->worker->base, u->fd, EV_READ | EV_PERSIST, on_readable, u);
	if (u->event == NULL || event_add(u->event, NULL) < 0)
		return RT_ENOMEM;
	return 0;
}

void
udp_drain(struct rt_udp *u)
{
	if (u->event == NULL)
		return;
	/* What the kernel holds already would be lost when the socket is closed. */
	on_readable(u->fd, EV_READ, u);
	event_del(u->event);
}

void
udp_close(struct rt_udp *u)
{
	if (u->event != NULL)
		event_free(u->event);
	u->event = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}
