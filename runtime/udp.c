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
#include "query_answer.h"
#include "query_intake.h"
#include "udp_group.h"
#include "worker.h"

/* Batches per wake-up: other sockets and timers get their turn. */
#define UDP_ROUNDS 8
/*
 * After so many full batches in a row the socket is under load: it is taken out of the set that the
 * event loop polls until a batch is not full, and read turn by turn.  While a socket is polled, the
 * kernel wakes the poller for every packet that comes and for every packet that has left, under a
 * lock: a tenth of what serving it costs in all.
 */
#define UDP_BUSY 2
/*
 * Looks at an empty socket before the worker sleeps, at most.  To sleep and be woken costs this much CPU
 * time (some microseconds), and the next query more time than that.  What every batch served adds to the
 * looks that may be in vain keeps them below what serving costs: a worker at half load does not spin.
 */
#define UDP_LOOKS  16
#define UDP_EARNED 6

/*
 * After the kernel has refused a message of several replies that it took one by one (a device or tunnel
 * that cannot have it), so many batches are sent without grouping.
 */
#define UDP_APART 1024

union udp_name {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/*
 * What the kernel reads and writes lies together, apart from the messages.  A reply leaves by the
 * header that its request came with, which knows name and control data already; `out` is for replies
 * that are not the whole batch in order.
 */
struct udp_batch {
	struct mmsghdr msgs[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	union udp_name name[UDP_BATCH];
	union udp_control control[UDP_BATCH];
	struct rt_query query[UDP_BATCH];
	uint8_t *wire; /* UDP_BATCH slots of QUERY_SLOT_STRIDE */

	/* The socket that used it last, and how many slots know of that. */
	const struct rt_udp *owner;
	unsigned nowned;
	uint16_t family; /* of the sockets that msgs are made for */
	bool pktinfo;

	struct mmsghdr out[UDP_BATCH];
	struct iovec out_iov[UDP_BATCH];
	struct udp_group group;
};
/* Or the same lines of all queries would compete for a few sets of the first-level cache. */
RT_STATIC_ASSERT(sizeof(struct rt_query) % 128 == 64, "queries have an odd number of cache lines");

/* ---- sending ---- */

static void
drop_replies(struct rt_worker *w, size_t n)
{
	metrics_udp_dropped(w, (unsigned)n);
}

/* Messages to be sent: more than one reply each where they were grouped. */
static RT_COLD void
drop_messages(struct rt_worker *w, const struct mmsghdr *msg, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		drop_replies(w, msg[i].msg_hdr.msg_iovlen);
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

static void send_apart(struct rt_udp *u, const struct msghdr *group);

/* The kernel refuses a message: a firewall, an address that cannot be reached. */
static RT_COLD void
refused(struct rt_udp *u, const struct msghdr *msg)
{
	if (msg->msg_iovlen > 1)
		send_apart(u, msg);
	else
		drop_replies(u->worker, 1);
}

/*
 * Sends n messages.  One that the kernel refuses is skipped; when the buffer stays full the rest is
 * dropped: clients ask again.  Returns how many messages the kernel has taken.
 */
static unsigned
send_all(struct rt_udp *u, struct mmsghdr *msg, unsigned n)
{
	bool waited = false;
	unsigned taken = 0;

	while (n > 0) {
		int sent = sendmmsg(u->fd, msg, n, 0);

		if (sent > 0) {
			taken += (unsigned)sent;
			msg += sent;
			n -= (unsigned)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
			if (wait_writable(u->fd, &waited))
				continue;
			drop_messages(u->worker, msg, n);
			break;
		}
		refused(u, &msg->msg_hdr);
		msg++;
		n--;
	}
	return taken;
}

/* The replies of a refused message one by one.  If the kernel takes those, grouping was the fault. */
static RT_COLD void
send_apart(struct rt_udp *u, const struct msghdr *group)
{
	struct mmsghdr single[UDP_BATCH];

	udp_group_split(group, single);
	if (send_all(u, single, (unsigned)group->msg_iovlen) > 0)
		u->apart = UDP_APART;
}

/* Whether the next batch may be grouped. */
static bool
groups(struct rt_udp *u)
{
	if (RT_LIKELY(u->apart == 0))
		return u->groups;
	u->apart--;
	return false;
}

/* ---- addresses ---- */

/*
 * Addresses as addr_from_sockaddr makes them, without its checks: they come from the kernel.  Written
 * in place and in order, since a copy by way of the stack waits for its own bytes.  The port is left
 * to the caller.
 */
static RT_ALWAYS_INLINE void
set_ipv4(struct addr *out, const void *bytes)
{
	memcpy(out->bytes, bytes, 4);
	memset(out->bytes + 4, 0, sizeof(out->bytes) - 4);
	out->scope = 0;
	out->family = ADDR_V4;
	out->zero = 0;
}

static RT_ALWAYS_INLINE void
set_ipv6(struct addr *out, const struct in6_addr *a, uint32_t scope)
{
	if (IN6_IS_ADDR_V4MAPPED(a)) {
		set_ipv4(out, &a->s6_addr[12]);
		return;
	}
	memcpy(out->bytes, a, sizeof(out->bytes));
	out->scope = scope;
	out->family = ADDR_V6;
	out->zero = 0;
}

static RT_ALWAYS_INLINE void
client_address(struct addr *out, const union udp_name *name)
{
	if (RT_LIKELY(name->sa.sa_family == AF_INET)) {
		set_ipv4(out, &name->in.sin_addr);
		out->port = ntohs(name->in.sin_port);
	} else {
		set_ipv6(out, &name->in6.sin6_addr, name->in6.sin6_scope_id);
		out->port = ntohs(name->in6.sin6_port);
	}
}

/*
 * The address a packet was sent to, and its control data made fit for the reply: the interface is
 * left to routing except for link-local addresses, which mean nothing without one.
 */
static RT_ALWAYS_INLINE void
local_address(struct rt_query *q, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
				info.ipi6_ifindex = 0;
			memcpy(CMSG_DATA(c), &info, sizeof(info));
			q->pktinfo = info.ipi6_ifindex;
			set_ipv6(&q->local, &info.ipi6_addr, q->pktinfo);
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			info.ipi_ifindex = 0;
			info.ipi_addr.s_addr = 0;
			memcpy(CMSG_DATA(c), &info, sizeof(info));
			set_ipv4(&q->local, &info.ipi_spec_dst);
		}
	}
}

/* ---- the batch ---- */

/* The message buffer of a slot, where the next request is read. */
static void
slot_buffer(struct udp_batch *b, unsigned i)
{
	uint8_t *wire = b->wire + (size_t)i * QUERY_SLOT_STRIDE;

	query_slot_buffer(&b->query[i], wire, QUERY_SLOT_LEN);
	b->iov[i].iov_base = wire;
	b->iov[i].iov_len = QUERY_SLOT_LEN;
}

/* Headers for sockets like this one: sockets of different kinds share the batch. */
static void
batch_headers(struct udp_batch *b, const struct rt_udp *u)
{
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		struct msghdr *msg = &b->msgs[i].msg_hdr;

		msg->msg_namelen = sizeof(b->name[i]);
		msg->msg_control = u->pktinfo ? &b->control[i] : NULL;
		msg->msg_controllen = u->pktinfo ? sizeof(b->control[i]) : 0;
	}
	b->family = u->family;
	b->pktinfo = u->pktinfo;
}

/* Before reading: the batch may have been another socket's. */
static void
batch_prepare(struct udp_batch *b, const struct rt_udp *u)
{
	if (b->owner == u)
		return;
	b->owner = u;
	b->nowned = 0;
	if (b->family != u->family || b->pktinfo != u->pktinfo)
		batch_headers(b, u);
}

/* What queries from this socket have in common, as far as slots have come into use. */
static void
batch_own(struct udp_batch *b, struct rt_udp *u, unsigned n)
{
	for (; b->nowned < n; b->nowned++) {
		struct rt_query *q = &b->query[b->nowned];

		q->listener = u->listener;
		q->udp = u;
		q->local = u->listener->addr;
		q->pktinfo = 0;
	}
}

/* A request that is longer than a slot was cut off, and is not read. */
static RT_NOINLINE void
read_odd(struct rt_query *q, const struct mmsghdr *msg)
{
	if (msg->msg_hdr.msg_flags & MSG_TRUNC)
		q->intake = QUERY_IGNORE;
	else
		query_intake_any(q, msg->msg_len);
}

/* First pass: read and check. */
static void
batch_read(struct udp_batch *b, unsigned n)
{
	struct rt_query *q = b->query;

	for (unsigned i = 0; i < n; i++, q++) {
		client_address(&q->client, &b->name[i]);
		if (RT_UNLIKELY(!query_intake_usual(q, b->msgs[i].msg_len)))
			read_odd(q, &b->msgs[i]);
	}
}

/* For sockets that are bound to all addresses. */
static void
batch_local(struct udp_batch *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		local_address(&b->query[i], &b->msgs[i].msg_hdr);
}

/*
 * Second pass: find the server blocks, and let the memory come that their plugins will read.  True if
 * they want to be asked once more, when the first lines have come.
 */
static bool
batch_find(struct udp_batch *b, unsigned n)
{
	struct rt_query *q = b->query;
	bool more = false;

	for (unsigned i = 0; i < n; i++, q++) {
		if (RT_UNLIKELY(q->intake != QUERY_SERVE))
			continue;
		query_find(q);
		more |= query_prefetch(q, RT_FETCH_INDEX);
	}
	return more;
}

static void
batch_fetch(const struct udp_batch *b, unsigned n)
{
	const struct rt_query *q = b->query;

	for (unsigned i = 0; i < n; i++, q++) {
		if (RT_LIKELY(q->intake == QUERY_SERVE))
			query_prefetch(q, RT_FETCH_DATA);
	}
}

/*
 * Third pass: answer.  Returns how many replies there are; a slot without one has an empty message.
 * *held: queries have taken what is to be given back.
 */
static unsigned
batch_answer(struct udp_batch *b, unsigned n, bool *held)
{
	struct rt_query *q = b->query;
	unsigned nout = 0;

	for (unsigned i = 0; i < n; i++, q++) {
		struct iovec *iov = &b->iov[i];
		bool replied = q->intake == QUERY_READY;

		if (RT_LIKELY(q->intake == QUERY_SERVE))
			replied = query_answer(q);
		iov->iov_len = 0;
		if (RT_LIKELY(replied)) {
			iov->iov_len = q->reply.len;
			nout++;
		}
		if (RT_UNLIKELY(q->held)) {
			iov->iov_base = q->reply.wire;
			*held = true;
		}
	}
	return nout;
}

/* Sends the replies among n slots, as they are. */
static RT_NOINLINE void
batch_send_some(struct rt_udp *u, struct udp_batch *b, unsigned n)
{
	unsigned nout = 0;

	for (unsigned i = 0; i < n; i++) {
		if (b->iov[i].iov_len != 0)
			b->out[nout++].msg_hdr = b->msgs[i].msg_hdr;
	}
	send_all(u, b->out, nout);
}

/* Sends nout replies among n slots. */
static void
batch_send(struct rt_udp *u, struct udp_batch *b, unsigned n, unsigned nout)
{
	struct mmsghdr *out = b->msgs;

	if (RT_LIKELY(groups(u) && nout > 1)) {
		n = udp_group(&b->group, b->msgs, n, &out);
		send_all(u, out, n);
	} else if (nout == n) {
		send_all(u, out, n);
	} else if (nout > 0) {
		batch_send_some(u, b, n);
	}
}

/* Makes the first n slots ready for the next batch. */
static void
batch_reset(struct udp_batch *b, unsigned n, bool held)
{
	for (unsigned i = 0; i < n; i++)
		b->iov[i].iov_len = QUERY_SLOT_LEN;
	for (unsigned i = 0; b->pktinfo && i < n; i++)
		b->msgs[i].msg_hdr.msg_controllen = sizeof(b->control[i]);
	for (unsigned i = 0; held && i < n; i++) {
		if (b->query[i].held) {
			query_clean(&b->query[i]);
			slot_buffer(b, i);
		}
	}
}

/* One batch.  Returns how many packets there were; fewer than UDP_BATCH means no more for now. */
static unsigned
serve_batch(struct rt_udp *u, struct udp_batch *b)
{
	int got = recvmmsg(u->fd, b->msgs, UDP_BATCH, MSG_DONTWAIT, NULL);
	unsigned n = (unsigned)got;
	bool held = false;
	unsigned nout;

	/* Other errors than "nothing there" are of single packets (ICMP) and are over once told. */
	if (got <= 0)
		return 0;
	batch_own(b, u, n);
	if (u->pktinfo)
		batch_local(b, n);
	batch_read(b, n);
	if (batch_find(b, n))
		batch_fetch(b, n);
	nout = batch_answer(b, n, &held);
	worker_end_batch(u->worker);
	batch_send(u, b, n, nout);
	batch_reset(b, n, held);
	return n;
}

/* There may be more: goes on in the next turn of the loop. */
static void
go_on(struct rt_udp *u)
{
	static const struct timeval now = { 0, 0 };

	event_add(u->again, &now);
}

static void
leave_poll(struct rt_udp *u)
{
	if (!u->away)
		event_del(u->event);
	u->away = true;
}

static void
join_poll(struct rt_udp *u)
{
	if (!u->away)
		return;
	/* What came meanwhile makes it readable at once. */
	if (event_add(u->event, NULL) == 0)
		u->away = false;
	else
		go_on(u);
}

/* Looks in vain are paid for. */
static void
pay_looks(struct rt_udp *u, unsigned vain)
{
	u->credit = vain < u->credit ? (uint8_t)(u->credit - vain) : 0;
}

static void
earn_looks(struct rt_udp *u)
{
	u->credit = u->credit < UDP_LOOKS - UDP_EARNED ? u->credit + UDP_EARNED : UDP_LOOKS;
}

/*
 * Serves the next batch of *n queries; false if there is none, after as many looks as were worth it lately:
 * twice as many after each that found something, half as many after all were in vain.  A single look if
 * so many have not been earned.
 */
static bool
await_batch(struct rt_udp *u, struct udp_batch *b, unsigned *n)
{
	unsigned looks = u->credit < u->looks ? 1 : u->looks;

	for (unsigned vain = 0; vain < looks; vain++) {
		*n = serve_batch(u, b);
		if (*n == 0)
			continue;
		u->looks = u->looks < UDP_LOOKS / 2 ? u->looks * 2 : UDP_LOOKS;
		pay_looks(u, vain);
		earn_looks(u);
		return true;
	}
	pay_looks(u, looks);
	if (looks == u->looks && looks > 1)
		u->looks /= 2;
	return false;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct rt_udp *u = arg;
	struct udp_batch *b = u->worker->batch;
	unsigned full = 0, n;

	(void)fd;
	(void)what;
	worker_wake(u->worker);
	batch_prepare(b, u);
	for (unsigned rounds = 0; rounds < UDP_ROUNDS && await_batch(u, b, &n); rounds++) {
		full += n == UDP_BATCH;
		if (full == UDP_BUSY)
			leave_poll(u);
	}
	if (full == UDP_ROUNDS)
		go_on(u);
	else
		join_poll(u);
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

	out->msg_iov = &b->out_iov[n];
	out->msg_name = &b->name[n];
	out->msg_namelen = peer_name(&b->name[n], q->udp, &q->client);
	out->msg_control = NULL;
	out->msg_controllen = 0;
	if (q->udp->pktinfo)
		source_control(out, &b->control[n], q);
	b->out_iov[n].iov_base = q->reply.wire;
	b->out_iov[n].iov_len = q->reply.len;
}

/* Frees the queries from `from` up to `to`. */
static void
free_queued(struct rt_query *from, const struct rt_query *to)
{
	while (from != to) {
		struct rt_query *next = from->send_next;

		query_free(from);
		from = next;
	}
}

/* The batch's names and control data are free between two batches, so they serve here as well. */
void
udp_flush(struct rt_worker *w)
{
	struct udp_batch *b = w->batch;

	while (w->send_first != NULL) {
		struct rt_query *done = w->send_first;
		struct rt_query *q = done;
		struct mmsghdr *out = b->out;
		struct rt_udp *u = q->udp;
		unsigned n = 0;

		for (; q != NULL && n < UDP_BATCH && q->udp == u; q = q->send_next)
			queue_slot(b, n++, q);
		if (groups(u) && n > 1)
			n = udp_group(&b->group, b->out, n, &out);
		send_all(u, out, n);
		w->send_first = q;
		free_queued(done, q);
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
		query_slot_init(&b->query[i], w, RT_PROTO_UDP);
		slot_buffer(b, i);
		b->msgs[i].msg_hdr.msg_iov = &b->iov[i];
		b->msgs[i].msg_hdr.msg_iovlen = 1;
		b->msgs[i].msg_hdr.msg_name = &b->name[i];
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
	u->groups = udp_group_works(u->fd);
	u->looks = 1;
	u->event = event_new(u->worker->base, u->fd, EV_READ | EV_PERSIST, on_readable, u);
	u->again = event_new(u->worker->base, -1, 0, on_readable, u);
	if (u->event == NULL || u->again == NULL || event_add(u->event, NULL) < 0)
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
	event_del(u->again);
	event_del(u->event);
}

void
udp_close(struct rt_udp *u)
{
	if (u->event != NULL)
		event_free(u->event);
	if (u->again != NULL)
		event_free(u->again);
	u->event = NULL;
	u->again = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}
