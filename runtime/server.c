/*
 * The server: from the generated program to running threads, and back.
 */
#include "config.h"

#include "server.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "cpus.h"
#include "instance.h"
#include "log.h"
#include "metrics.h"
#include "publish.h"
#include "ready.h"
#include "service.h"
#include "signals.h"
#include "thread.h"
#include "worker.h"

/* More threads than this help nobody, whatever multisocket says. */
#define WORKERS_MAX 1024u

/* Descriptors that are not for TCP clients: sockets, files, upstreams, HTTP. */
#define RESERVED_FDS         256u
#define CONNS_PER_WORKER_MAX 10000u
#define CONNS_PER_WORKER_MIN 8u

struct rt_server rt_server = { .wake_fd = -1, .signal_fd = -1 };

bool
rt_stopping(void)
{
	return atomic_load_explicit(&rt_server.stopping, memory_order_relaxed);
}

void
rt_set_lameduck(struct rt_instance *in, uint64_t ns)
{
	if (ns > in->server->lameduck_ns)
		in->server->lameduck_ns = ns;
}

void
rt_set_stacktrace(struct rt_instance *in)
{
	in->server->stacktrace = true;
}

bool
rt_observe_dropped(struct rt_instance *in, void (*fn)(void *arg, struct rt_query *q), void *arg)
{
	struct rt_server *s = in->server;

	if (s->dropped != NULL)
		return false;
	s->dropped = fn;
	s->dropped_arg = arg;
	return true;
}

void
server_wake(struct rt_server *s)
{
	thread_eventfd_raise(s->wake_fd);
}

/* ---- start ---- */

/* As many descriptors as allowed; returns how many TCP connections a worker may have. */
static unsigned
raise_descriptors(unsigned nworkers)
{
	struct rlimit limit;
	rlim_t per_worker;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return CONNS_PER_WORKER_MIN;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	/* With few descriptors in all, half of them are for clients. */
	if (limit.rlim_cur < 2 * RESERVED_FDS)
		per_worker = limit.rlim_cur / 2 / nworkers;
	else
		per_worker = (limit.rlim_cur - RESERVED_FDS) / nworkers;
	if (per_worker < CONNS_PER_WORKER_MIN)
		per_worker = CONNS_PER_WORKER_MIN;
	return per_worker < CONNS_PER_WORKER_MAX ? (unsigned)per_worker : CONNS_PER_WORKER_MAX;
}

static int
resolve(struct rt_server *s, struct buf *problems)
{
	struct listeners_options options = {
		.port = s->options.port,
		.has_port = s->options.has_port,
		.ncpus = cpus_available(),
	};
	int rc = listeners_resolve(&s->listeners, s->program, &options, problems);

	s->nworkers = listeners_sets(&s->listeners);
	if (s->program->workers > s->nworkers)
		s->nworkers = s->program->workers;
	if (s->nworkers > WORKERS_MAX)
		s->nworkers = WORKERS_MAX;
	for (unsigned i = 0; i < s->listeners.n; i++)
		if (s->listeners.v[i].nsets > s->nworkers)
			s->listeners.v[i].nsets = s->nworkers;
	return rc;
}

static int
make_workers(struct rt_server *s)
{
	unsigned max = raise_descriptors(s->nworkers);
	int rc = metrics_freeze(s->nworkers);

	if (rc < 0)
		return rc;
	s->workers = aligned_alloc(_Alignof(struct rt_worker), s->nworkers * sizeof(*s->workers));
	if (s->workers == NULL)
		return RT_ENOMEM;
	memset(s->workers, 0, s->nworkers * sizeof(*s->workers));
	for (unsigned i = 0; i < s->nworkers; i++) {
		s->workers[i].tcp.max = max;
		rc = worker_init(&s->workers[i], s, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Waits until all workers have started.  -1 if one could not. */
static int
await_workers(struct rt_server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++) {
		struct rt_worker *w = &s->workers[i];

		while (atomic_load_explicit(&w->state, memory_order_acquire) == 0) {
			struct pollfd pfd = { .fd = s->wake_fd, .events = POLLIN };

			(void)poll(&pfd, 1, -1);
			thread_eventfd_clear(s->wake_fd);
		}
		if (atomic_load_explicit(&w->state, memory_order_relaxed) < 0)
			return RT_ESYS;
	}
	return 0;
}

static int
launch(struct rt_server *s)
{
	int rc;

	/* Until here a signal ends the process: there is nothing that needs more care. */
	rc = signals_init(s);
	if (rc < 0)
		return rc;
	s->threads = true;
	for (unsigned i = 0; i < s->nworkers; i++) {
		rc = worker_launch(&s->workers[i]);
		if (rc < 0)
			return rc;
	}
	rc = await_workers(s);
	return rc < 0 ? rc : service_launch(s);
}

/* A line for what has no line of its own. */
static int
explain(struct buf *problems, size_t before, int rc)
{
	if (rc < 0 && problems->len == before)
		buf_printf(problems, "cannot start: %s\n", rt_strerror(rc));
	return rc;
}

/*
 * All steps short of threads.  When checking, those that do not need the one that failed are
 * done all the same, to show every problem at once.
 */
static int
prepare(struct rt_server *s, struct buf *problems)
{
	bool check = s->options.check;
	int rc = resolve(s, problems);
	int one;

	if (rc < 0 && !check)
		return rc;
	metrics_init(s->program, &s->listeners);
	one = service_init(s);
	if (one < 0)
		return one;
	one = instances_start(s, problems);
	rc = one < 0 ? one : rc;
	if (rc < 0 && !check)
		return rc;
	one = listeners_bind(&s->listeners, problems);
	rc = one < 0 ? one : rc;
	if (rc < 0 || check)
		return rc;
	return make_workers(s);
}

int
server_start(struct rt_server *s, struct buf *problems)
{
	size_t before = problems->len;
	int rc;

	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake_fd < 0)
		return explain(problems, before, RT_ESYS);
	rc = prepare(s, problems);
	if (rc == 0 && !s->options.check)
		rc = launch(s);
	if (rc < 0)
		server_stop(s);
	return explain(problems, before, rc);
}

/* ---- stop ---- */

void
server_drain(struct rt_server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++)
		worker_drain(&s->workers[i]);
}

bool
server_drained(const struct rt_server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++)
		if (!atomic_load_explicit(&s->workers[i].drained, memory_order_acquire))
			return false;
	return true;
}

void
server_stop(struct rt_server *s)
{
	for (unsigned i = 0; s->workers != NULL && i < s->nworkers; i++)
		worker_quit(&s->workers[i]);
	service_quit(s);
	s->threads = false;
	publish_release(s);
	for (unsigned i = 0; s->workers != NULL && i < s->nworkers; i++)
		worker_release(&s->workers[i]);
	instances_stop(s);
	publish_release(s);
	service_release(s);
	ready_release();
	free(s->workers);
	s->workers = NULL;
	metrics_release();
	listeners_release(&s->listeners);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	s->wake_fd = -1;
	if (s->signal_fd >= 0)
		close(s->signal_fd);
	s->signal_fd = -1;
}

/* ---- reload ---- */

static void
reload(void *arg)
{
	instances_reload(arg);
}

void
server_reload(struct rt_server *s)
{
	if (!service_post(s->service, reload, s))
		rt_log(RT_LOG_ERROR, "cannot reload: out of memory");
}
