/*
 * The service thread.
 */
#include "config.h"

#include "service.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "http.h"
#include "instance.h"
#include "publish.h"
#include "server.h"
#include "thread.h"

struct post {
	struct post *next;
	void (*fn)(void *arg);
	void *arg;
};

struct rt_timer {
	struct rt_timer *next;
	struct rt_timer *prev;
	struct service *service;
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

struct service {
	struct rt_server *server;
	struct event_base *base;
	struct event *event; /* of fd */
	int fd;              /* eventfd: posts, or snapshots to collect */
	pthread_t thread;
	bool launched;
	bool quit; /* service thread */
	struct rt_timer *timers;
	struct http_endpoints *endpoints;

	pthread_mutex_t lock;
	struct post *first;
	struct post *last;
};

struct event_base *
service_base(struct service *sv)
{
	return sv->base;
}

struct http_endpoints **
service_endpoints(struct service *sv)
{
	return &sv->endpoints;
}

struct event_base *
rt_service_base(struct rt_instance *in)
{
	return in->server->service->base;
}

/* ---- posts ---- */

void
service_nudge(struct service *sv)
{
	thread_eventfd_raise(sv->fd);
}

bool
service_post(struct service *sv, void (*fn)(void *), void *arg)
{
	struct post *p = malloc(sizeof(*p));

	if (p == NULL)
		return false;
	p->next = NULL;
	p->fn = fn;
	p->arg = arg;
	pthread_mutex_lock(&sv->lock);
	if (sv->last != NULL)
		sv->last->next = p;
	else
		sv->first = p;
	sv->last = p;
	pthread_mutex_unlock(&sv->lock);
	service_nudge(sv);
	return true;
}

static void
run_posts(struct service *sv)
{
	struct post *p;

	pthread_mutex_lock(&sv->lock);
	p = sv->first;
	sv->first = NULL;
	sv->last = NULL;
	pthread_mutex_unlock(&sv->lock);
	while (p != NULL) {
		struct post *next = p->next;

		p->fn(p->arg);
		free(p);
		p = next;
	}
}

bool
rt_service_post(struct rt_instance *in, void (*fn)(void *), void *arg)
{
	return service_post(in->server->service, fn, arg);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct service *sv = arg;

	(void)what;
	thread_eventfd_clear(fd);
	run_posts(sv);
	publish_collect(sv->server);
}

/* ---- timers ---- */

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rt_timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg);
}

struct rt_timer *
rt_service_timer(struct rt_instance *in, uint64_t interval_ns, void (*fn)(void *), void *arg)
{
	struct service *sv = in->server->service;
	struct rt_timer *t = calloc(1, sizeof(*t));
	struct timeval tv = {
		.tv_sec = (time_t)(interval_ns / 1000000000u),
		.tv_usec = (suseconds_t)(interval_ns % 1000000000u / 1000u),
	};

	if (t == NULL)
		return NULL;
	t->service = sv;
	t->fn = fn;
	t->arg = arg;
	t->event = event_new(sv->base, -1, EV_PERSIST, on_timer, t);
	if (t->event == NULL || event_add(t->event, &tv) < 0) {
		if (t->event != NULL)
			event_free(t->event);
		free(t);
		return NULL;
	}
	t->next = sv->timers;
	if (t->next != NULL)
		t->next->prev = t;
	sv->timers = t;
	return t;
}

void
rt_timer_free(struct rt_timer *t)
{
	if (t == NULL)
		return;
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		t->service->timers = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	event_free(t->event);
	free(t);
}

/* ---- the thread ---- */

static void *
run(void *arg)
{
	struct service *sv = arg;

	thread_name("service");
	while (!sv->quit)
		if (event_base_loop(sv->base, EVLOOP_ONCE) < 0)
			break;
	return NULL;
}

static void
quit(void *arg)
{
	struct service *sv = arg;

	sv->quit = true;
}

int
service_init(struct rt_server *s)
{
	struct service *sv = calloc(1, sizeof(*sv));

	if (sv == NULL)
		return RT_ENOMEM;
	s->service = sv;
	sv->server = s;
	pthread_mutex_init(&sv->lock, NULL);
	sv->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (sv->fd < 0)
		return RT_ESYS;
	sv->base = thread_event_base();
	if (sv->base == NULL)
		return RT_ENOMEM;
	sv->event = event_new(sv->base, sv->fd, EV_READ | EV_PERSIST, on_event, sv);
	if (sv->event == NULL || event_add(sv->event, NULL) < 0)
		return RT_ENOMEM;
	return 0;
}

int
service_launch(struct rt_server *s)
{
	struct service *sv = s->service;

	if (thread_create(&sv->thread, run, sv) < 0)
		return RT_ESYS;
	sv->launched = true;
	return 0;
}

void
service_quit(struct rt_server *s)
{
	struct service *sv = s->service;

	if (sv == NULL || !sv->launched)
		return;
	while (!service_post(sv, quit, sv))
		usleep(1000);
	pthread_join(sv->thread, NULL);
	sv->launched = false;
	run_posts(sv);
}

void
service_release(struct rt_server *s)
{
	struct service *sv = s->service;

	if (sv == NULL)
		return;
	run_posts(sv);
	http_release(sv->endpoints);
	while (sv->timers != NULL)
		rt_timer_free(sv->timers);
	if (sv->event != NULL)
		event_free(sv->event);
	if (sv->base != NULL)
		event_base_free(sv->base);
	if (sv->fd >= 0)
		close(sv->fd);
	pthread_mutex_destroy(&sv->lock);
	free(sv);
	s->service = NULL;
}
