/*
 * Signals and the end of the server.
 */
#include "config.h"

#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "log.h"
#include "rt.h"
#include "server.h"
#include "thread.h"

/* How long queries that wait for an upstream have to end. */
#define DRAIN_NS (5 * CLOCK_NS_PER_S)

enum phase {
	PHASE_SERVING,
	PHASE_LAMEDUCK, /* still serving */
	PHASE_DRAINING,
	PHASE_ENDED,
};

struct waiter {
	struct rt_server *server;
	enum phase phase;
	int64_t deadline; /* of lame-duck and draining; monotonic ns */
	bool interrupted; /* INT was seen */
	bool at_once;
	int status;
};

static void
watched(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
}

int
signals_init(struct rt_server *s)
{
	sigset_t set;

	watched(&set);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return RT_ESYS;
	s->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return s->signal_fd < 0 ? RT_ESYS : 0;
}

static void
start_draining(struct waiter *w)
{
	w->phase = PHASE_DRAINING;
	w->deadline = clock_mono_ns() + DRAIN_NS;
	server_drain(w->server);
}

static void
stop(struct waiter *w, const char *text)
{
	uint64_t lameduck = w->server->lameduck_ns;
	char duration[DURATION_TEXT_MAX];

	if (w->phase != PHASE_SERVING)
		return;
	rt_log(RT_LOG_INFO, "%s", text);
	atomic_store_explicit(&w->server->stopping, true, memory_order_relaxed);
	if (lameduck == 0) {
		start_draining(w);
		return;
	}
	duration_format((int64_t)lameduck, duration);
	rt_plugin_log("health", RT_LOG_INFO, "Going into lameduck mode for %s", duration);
	w->phase = PHASE_LAMEDUCK;
	w->deadline = clock_mono_ns() + (int64_t)lameduck;
}

static void
end_at_once(struct waiter *w, const char *text, int status)
{
	rt_log(RT_LOG_INFO, "%s", text);
	w->phase = PHASE_ENDED;
	w->at_once = true;
	w->status = status;
}

static void
on_signal(struct waiter *w, unsigned number)
{
	switch (number) {
	case SIGINT:
		if (w->interrupted) {
			end_at_once(w, "SIGINT: Force quit", 2);
			break;
		}
		w->interrupted = true;
		stop(w, "SIGINT: Shutting down");
		break;
	case SIGTERM:
		stop(w, "SIGTERM: Shutting down servers then terminating");
		break;
	case SIGQUIT:
		end_at_once(w, "SIGQUIT: Quitting process immediately", 0);
		break;
	case SIGUSR1:
		rt_log(RT_LOG_INFO,
		       "SIGUSR1: The configuration is compiled in; reading data files again");
		server_reload(w->server);
		break;
	case SIGHUP:
		rt_log(RT_LOG_INFO, "SIGHUP: Reading data files again");
		server_reload(w->server);
		break;
	default:
		rt_log(RT_LOG_WARNING, "SIGUSR2: This version cannot upgrade itself in place");
		break;
	}
}

/* The deadline has passed, or the workers have drained. */
static void
advance(struct waiter *w)
{
	int64_t now = clock_mono_ns();

	if (w->phase == PHASE_LAMEDUCK && now >= w->deadline)
		start_draining(w);
	if (w->phase == PHASE_DRAINING && (server_drained(w->server) || now >= w->deadline))
		w->phase = PHASE_ENDED;
}

static int
wait_ms(const struct waiter *w)
{
	int64_t left;

	if (w->phase == PHASE_SERVING)
		return -1;
	left = w->deadline - clock_mono_ns();
	if (left <= 0)
		return 0;
	left = left / CLOCK_NS_PER_MS + 1;
	return left < 60000 ? (int)left : 60000;
}

static void
wait_once(struct waiter *w)
{
	int signal_fd = w->server->signal_fd;
	struct pollfd fds[2] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = w->server->wake_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(fds, 2, wait_ms(w)) < 0 && errno != EINTR) {
		end_at_once(w, "cannot wait for signals", 1);
		return;
	}
	if (fds[1].revents & POLLIN)
		thread_eventfd_clear(w->server->wake_fd);
	if (fds[0].revents & POLLIN)
		while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
			on_signal(w, info.ssi_signo);
}

int
signals_run(struct rt_server *s, bool *at_once)
{
	struct waiter w = { .server = s };

	while (w.phase != PHASE_ENDED) {
		wait_once(&w);
		if (w.phase != PHASE_ENDED)
			advance(&w);
	}
	*at_once = w.at_once;
	return w.status;
}
