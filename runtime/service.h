/*
 * service.h - the service thread: timers, posts, HTTP endpoints, freeing of old snapshots.  For the
 * server's own files.
 *
 *	service_init	main thread, before plugins start
 *	service_launch	makes the thread
 *	service_quit	ends and joins it; what was posted until then has run
 *	service_release	frees timers, endpoints, base
 *
 * The event base is the main thread's until service_launch and after service_quit.
 */
#ifndef RT_SERVICE_H
#define RT_SERVICE_H

#include <stdbool.h>

#include "base/compiler.h"

struct event_base;
struct http_endpoints;
struct rt_server;
struct service;

int service_init(struct rt_server *s) RT_MUST_CHECK;
int service_launch(struct rt_server *s) RT_MUST_CHECK;
void service_quit(struct rt_server *s);
void service_release(struct rt_server *s);

struct event_base *service_base(struct service *sv);
struct http_endpoints **service_endpoints(struct service *sv);

/* Runs fn(arg) on the service thread.  From any thread.  false: no memory. */
bool service_post(struct service *sv, void (*fn)(void *), void *arg);

/* Makes the service thread collect snapshots, from any thread. */
void service_nudge(struct service *sv);

#endif
