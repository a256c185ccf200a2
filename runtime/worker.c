/*
 * A worker: thread, loop, mailbox.
 */
#include "config.h"

#include "worker.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "instance.h"
#include "metrics.h"
#include "publish.h"
#include "query.h"
#include "server.h"
#include "socket.h"
#include "thread.h"

unsigned
rt_worker_index(const struct rt_worker *w)
{
	return w->index;
}

struct event_base *
rt_worker_base(struct rt_worker *w)
{
	return w->base;
}

uint64_t
rt_worker_now(struct rt_worker *w)
{
	worker_wake(w);
	return w->now;
}

/* ---- tasks of a batch ---- */

void
rt_batch_defer(struct rt_worker *w, struct rt_batch_task *t)
{
	t->next = w->tasks;
	w->tasks = t;
}

/* What the tasks are about began at w->now, since that moves only here while they wait. */
void
worker_run_tasks(struct rt_worker *w)
{
	uint64_t now = (uint64_t)clock_mono_ns();
	uint64_t took = now - w->now;
	struct rt_batch_task *t = w->tasks;

	w->now = now;
	w->tasks = NULL;
	while (t != NULL) {
		struct rt_batch_task *next = t->next;

		t->fn(t, w, took);
		t = next;
	}
}

/* ---- mailbox ---- */

void
worker_nudge(struct rt_worker *w)
{
	thread_eventfd_raise(w->mail_fd);
}

bool
rt_worker_post(struct rt_worker *w, void (*fn)(struct rt_worker *, void *), void *arg)
{
	struct worker_mail *m = malloc(sizeof(*m));

	if (m == NULL)
		return false;
	*m = (struct worker_mail){ .fn = fn, .arg = arg };
	pthread_mutex_lock(&w->mail_lock);
	if (w->mail_last != NULL)
		w->mail_last->next = m;
	else
		w->mail_first = m;
	w->mail_last = m;
	pthread_mutex_unlock(&w->mail_lock);
	worker_nudge(w);
	return true;
}

static struct worker_mail *
take_mail(struct rt_worker *w)
{
	struct worker_mail *m;

	pthread_mutex_lock(&w->mail_lock);
	m = w->mail_first;
	w->mail_first = NULL;
	w->mail_last = NULL;
	pthread_mutex_unlock(&w->mail_lock);
	return m;
}

/* What came after worker_stop: the plugins it is for are gone. */
static void
drop_mail(struct rt_worker *w)
{
	struct worker_mail *m = take_mail(w);

	while (m != NULL) {
		struct worker_mail *next = m->next;

		free(m);
		m = next;
	}
}

static void
run_mail(struct rt_worker *w)
{
	struct worker_mail *m = take_mail(w);

	while (m != NULL) {
		struct worker_mail *next = m->next;

		m->fn(w, m->arg);
		free(m);
		m = next;
	}
}

static void
on_mail(evutil_socket_t fd, short what, void *arg)
{
	struct rt_worker *w = arg;

	(void)what;
	worker_wake(w);
	thread_eventfd_clear(fd);
	run_mail(w);
}

/* ---- the loop ---- */

/* Nothing waits and nothing is to be written. */
static void
report_drained(struct rt_worker *w)
{
	if (w->nsuspended > 0 || w->tcp.nconns > 0)
		return;
	if (!atomic_exchange_explicit(&w->drained, true, memory_order_acq_rel))
		server_wake(w->server);
}

static void
end_turn(struct rt_worker *w)
{
	worker_end_batch(w);
	if (w->tcp.dirty != NULL)
		tcp_flush(w);
	if (w->send_first != NULL)
		udp_flush(w);
	log_bulk_flush(w);
	if (RT_UNLIKELY(w->draining))
		report_drained(w);
	w->awake = false;
	publish_pass(w);
}

static void
set_state(struct rt_worker *w, int state)
{
	atomic_store_explicit(&w->state, state, memory_order_release);
	server_wake(w->server);
}

static int
start_sockets(struct rt_worker *w)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < w->nudp; i++)
		rc = udp_start(&w->udp[i]);
	for (unsigned i = 0; rc == 0 && i < w->tcp.nlistens; i++)
		rc = tcp_start(&w->tcp.listens[i]);
	return rc;
}

static void *
run(void *arg)
{
	struct rt_worker *w = arg;
	char name[16];

	snprintf(name, sizeof(name), "worker-%u", w->index);
	thread_name(name);
	if (instances_worker_start(w) < 0) {
		set_state(w, -1);
		return NULL;
	}
	if (start_sockets(w) < 0) {
		instances_worker_stop(w);
		set_state(w, -1);
		return NULL;
	}
	set_state(w, 1);
	while (!w->quit) {
		if (event_base_loop(w->base, EVLOOP_ONCE) < 0)
			break;
		end_turn(w);
	}
	worker_wake(w);
	run_mail(w);
	instances_worker_stop(w);
	end_turn(w);
	return NULL;
}

/* ---- commands of the main thread ---- */

static void
drain(struct rt_worker *w, void *arg)
{
	(void)arg;
	if (w->draining)
		return;
	w->draining = true;
	for (unsigned i = 0; i < w->nudp; i++)
		udp_drain(&w->udp[i]);
	tcp_drain(w);
}

static void
quit(struct rt_worker *w, void *arg)
{
	(void)arg;
	w->quit = true;
}

void
worker_drain(struct rt_worker *w)
{
	/* Without memory for the post there is no drain: the caller's patience ends it. */
	if (w->launched)
		(void)rt_worker_post(w, drain, NULL);
}

void
worker_quit(struct rt_worker *w)
{
	if (!w->launched)
		return;
	while (!rt_worker_post(w, quit, NULL))
		usleep(1000);
	pthread_join(w->thread, NULL);
	w->launched = false;
}

/* ---- init and release ---- */

/* Takes the sockets of its set from every listener. */
static int
take_sockets(struct rt_worker *w)
{
	struct listeners *ls = &w->server->listeners;

	w->udp = calloc(ls->n + 1u, sizeof(*w->udp));
	w->tcp.listens = calloc(ls->n + 1u, sizeof(*w->tcp.listens));
	if (w->udp == NULL || w->tcp.listens == NULL)
		return RT_ENOMEM;
	for (unsigned i = 0; i < ls->n; i++) {
		struct rt_listener *l = &ls->v[i];
		struct rt_udp *u = &w->udp[w->nudp];
		struct tcp_listen *t = &w->tcp.listens[w->tcp.nlistens];

		if (w->index >= l->nsets)
			continue;
		u->fd = l->sets[w->index].udp;
		u->family = l->addr.family == ADDR_V6 ? AF_INET6 : AF_INET;
		u->pktinfo = l->wildcard;
		u->listener = l;
		u->worker = w;
		w->nudp++;
		t->fd = l->sets[w->index].tcp;
		t->listener = l;
		t->worker = w;
		w->tcp.nlistens++;
		l->sets[w->index] = (struct listener_set){ .udp = -1, .tcp = -1 };
		if (socket_listen(t->fd) < 0)
			return RT_ESYS;
	}
	return 0;
}

int
worker_init(struct rt_worker *w, struct rt_server *server, unsigned index)
{
	int rc;

	w->server = server;
	w->index = index;
	w->cells = metrics_row(index);
	pthread_mutex_init(&w->mail_lock, NULL);
	w->tcp.spare_fd = -1;
	w->mail_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->mail_fd < 0)
		return RT_ESYS;
	w->base = thread_event_base();
	if (w->base == NULL)
		return RT_ENOMEM;
	w->mail_event = event_new(w->base, w->mail_fd, EV_READ | EV_PERSIST, on_mail, w);
	if (w->mail_event == NULL || event_add(w->mail_event, NULL) < 0)
		return RT_ENOMEM;
	rc = log_worker_init(w);
	if (rc == 0)
		rc = udp_worker_init(w);
	if (rc == 0)
		rc = tcp_worker_init(w);
	if (rc == 0)
		rc = take_sockets(w);
	return rc;
}

int
worker_launch(struct rt_worker *w)
{
	int rc = thread_create(&w->thread, run, w);

	if (rc == 0)
		w->launched = true;
	return rc;
}

void
worker_release(struct rt_worker *w)
{
	if (w->server == NULL)
		return;
	drop_mail(w);
	query_worker_release(w);
	if (w->base != NULL) {
		tcp_worker_release(w);
		for (unsigned i = 0; i < w->nudp; i++)
			udp_close(&w->udp[i]);
		udp_worker_release(w);
		log_worker_release(w);
		if (w->mail_event != NULL)
			event_free(w->mail_event);
		event_base_free(w->base);
	}
	free(w->udp);
	free(w->tcp.listens);
	if (w->mail_fd >= 0)
		close(w->mail_fd);
	pthread_mutex_destroy(&w->mail_lock);
	w->server = NULL;
}
