/*
 * Threads of the server.
 */
#include "config.h"

#include "thread.h"

#include <event2/event.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>

#include "base/error.h"

/*
 * Deep enough for the deepest chain of sub-queries; only what is used is ever mapped.
 */
#define THREAD_STACK (1u << 20)

int
thread_create(pthread_t *thread, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all;
	sigset_t old;
	int rc;

	sigfillset(&all);
	if (pthread_attr_init(&attr) != 0)
		return RT_ENOMEM;
	(void)pthread_attr_setstacksize(&attr, THREAD_STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(thread, &attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return rc == 0 ? 0 : RT_ESYS;
}

void
thread_name(const char *name)
{
	(void)pthread_setname_np(pthread_self(), name);
}

struct event_base *
thread_event_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

void
thread_eventfd_raise(int fd)
{
	(void)eventfd_write(fd, 1);
}

void
thread_eventfd_clear(int fd)
{
	eventfd_t n;

	(void)eventfd_read(fd, &n);
}
