/*
 * TCP: accepting connections, within the limits of the process.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "listener.h"
#include "tcp.h"
#include "tcp_conn.h"
#include "worker.h"

/* Connections accepted per wake-up and socket. */
#define ACCEPT_BURST 64

/* How long nothing is accepted after descriptors ran out altogether. */
static const struct timeval accept_pause = { .tv_usec = 100000 };

/* Closes the connection that has been idle for longest.  False if none is idle. */
static bool
make_room(struct rt_worker *w)
{
	for (struct rt_conn *c = w->tcp.oldest; c != NULL; c = c->newer) {
		if (tcp_conn_idle(c)) {
			tcp_conn_close(c);
			return true;
		}
	}
	return false;
}

static void
accept_enable(struct rt_worker *w, bool enable)
{
	for (unsigned i = 0; i < w->tcp.nlistens; i++) {
		struct event *ev = w->tcp.listens[i].event;

		if (ev == NULL)
			continue;
		if (enable)
			event_add(ev, NULL);
		else
			event_del(ev);
	}
}

/*
 * No descriptor is left.  The waiting connection would make the loop spin, so it is accepted
 * into the spare descriptor and closed; where even that fails, accepting pauses.  False: stop for
 * now.
 */
static bool
out_of_descriptors(const struct tcp_listen *l)
{
	struct rt_worker *w = l->worker;
	int fd;

	if (make_room(w))
		return true;
	if (w->tcp.spare_fd >= 0) {
		close(w->tcp.spare_fd);
		fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			close(fd);
		w->tcp.spare_fd = eventfd(0, EFD_CLOEXEC);
		if (fd >= 0 && w->tcp.spare_fd >= 0)
			return true;
	}
	accept_enable(w, false);
	event_add(w->tcp.retry, &accept_pause);
	return false;
}

/* Accepts one connection.  False when there is no more, or no more now. */
static bool
accept_one(const struct tcp_listen *l)
{
	struct rt_worker *w = l->worker;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct addr client;
	int fd = accept4(l->fd, (struct sockaddr *)&ss, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			return out_of_descriptors(l);
		/* Others are of the connection that failed while it waited (accept(2)). */
		return errno != EAGAIN;
	}
	if (addr_from_sockaddr(&client, (struct sockaddr *)&ss, len) < 0 ||
	    (w->tcp.nconns >= w->tcp.max && !make_room(w))) {
		close(fd);
		return true;
	}
	addr_unmap(&client);
	tcp_conn_open(l, fd, &client);
	return true;
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_listen *l = arg;

	(void)fd;
	(void)what;
	worker_wake(l->worker);
	for (int i = 0; i < ACCEPT_BURST; i++)
		if (!accept_one(l))
			break;
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct rt_worker *w = arg;

	(void)fd;
	(void)what;
	if (w->tcp.spare_fd < 0)
		w->tcp.spare_fd = eventfd(0, EFD_CLOEXEC);
	accept_enable(w, true);
}

int
tcp_start(struct tcp_listen *l)
{
	l->event = event_new(l->worker->base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l);
	if (l->event == NULL || event_add(l->event, NULL) < 0)
		return RT_ENOMEM;
	return 0;
}

void
tcp_close(struct tcp_listen *l)
{
	if (l->event != NULL)
		event_free(l->event);
	l->event = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

int
tcp_accept_init(struct rt_worker *w)
{
	w->tcp.spare_fd = eventfd(0, EFD_CLOEXEC);
	w->tcp.retry = event_new(w->base, -1, 0, on_retry, w);
	return w->tcp.retry != NULL ? 0 : RT_ENOMEM;
}

void
tcp_accept_release(struct rt_worker *w)
{
	for (unsigned i = 0; i < w->tcp.nlistens; i++)
		tcp_close(&w->tcp.listens[i]);
	if (w->tcp.retry != NULL)
		event_free(w->tcp.retry);
	if (w->tcp.spare_fd >= 0)
		close(w->tcp.spare_fd);
	w->tcp.spare_fd = -1;
}
