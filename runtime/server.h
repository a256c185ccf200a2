/*
 * server.h - the one server of this process.  For the server's own files.
 *
 * The order of a start (server_start), each step undone in reverse by server_stop:
 * listeners resolved, metrics, service base, instances started in chain order, sockets bound,
 * workers launched, service thread launched.  With -check it ends before the threads.
 *
 * All fields are set before any thread exists and constant afterwards, except those marked.
 */
#ifndef RT_SERVER_H
#define RT_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "listener.h"
#include "options.h"
#include "rt_gen.h"

struct buf;
struct rt_instance;
struct rt_worker;
struct service;

struct rt_server {
	const struct rt_program *program;
	struct options options;
	struct listeners listeners;
	struct rt_instance *instances; /* in order of start */
	unsigned ninstances;
	unsigned nstarted; /* of instances: those that stop must undo */
	struct rt_worker *workers;
	unsigned nworkers;
	struct service *service;
	uint64_t lameduck_ns;
	bool stacktrace;                                /* log the stack of impossible states */
	void (*dropped)(void *arg, struct rt_query *q); /* rt_observe_dropped */
	void *dropped_arg;
	int wake_fd;   /* eventfd: a worker has drained; the main thread looks */
	int signal_fd; /* signalfd: signals_run reads it */

	/* publish.c: what was published last; read by workers. */
	_Atomic uint64_t epoch;
	struct retired *retired; /* service thread */
	bool threads;            /* workers run */
	_Atomic bool stopping;
};

/* The process's server: rt.h's functions have no other way to it. */
extern struct rt_server rt_server;

/*
 * Starts, short of serving with -check.  0, or a code after lines in *problems; everything is
 * undone then.
 */
int server_start(struct rt_server *s, struct buf *problems) RT_MUST_CHECK;

/* No new queries are taken; those that wait have until server_drained or the caller's patience. */
void server_drain(struct rt_server *s);
bool server_drained(const struct rt_server *s);

/* Ends threads, stops instances, frees everything. */
void server_stop(struct rt_server *s);

/* SIGHUP: every instance reads its data files again, on the service thread. */
void server_reload(struct rt_server *s);

/* Makes the main thread look at server_drained again.  From any thread. */
void server_wake(struct rt_server *s);

#endif
