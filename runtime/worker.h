/*
 * worker.h - a worker thread: its loop, its memory and its sockets.  For the server's own files.
 *
 * A worker is a thread with an event base that nobody else touches.  One turn of its loop is: wait,
 * run the callbacks of what is ready, then end_turn(), which writes what
 * the callbacks left to be sent (UDP replies of resumed queries, TCP output, bulk log) and lastly
 * tells the service thread that no pointer into an old snapshot is held any more (see publish.h).
 *
 *	worker_init(w, ...)	main thread: base, mailbox, memory
 *	worker_launch(w)	main thread: makes the thread; worker_start hooks run there
 *	worker_drain(w)		main thread: no new queries; says server_wake() when none is left
 *	worker_quit(w)		main thread: end the loop, run worker_stop hooks, join
 *	worker_release(w)	main thread: free everything
 *
 * Every callback on a worker's base that may run a plugin begins with worker_wake(), which reads
 * the clock once per turn.  When a plugin wants to know how long a batch took, it is read again after each
 * batch (worker_end_batch), and the next one begins at that time.
 *
 * All fields are the worker thread's alone while it runs, except those marked shared.
 */
#ifndef RT_WORKER_H
#define RT_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "log.h"
#include "rt.h"
#include "tcp.h"
#include "udp.h"

struct event;
struct event_base;
struct rt_server;

/* Most queries that may wait at the same time on one worker, sub-queries included. */
#define WORKER_SUSPENDED_MAX 65536u

/* A function to run on the worker's thread. */
struct worker_mail {
	struct worker_mail *next;
	void (*fn)(struct rt_worker *w, void *arg);
	void *arg;
};

/* A chunk of query memory or a reply buffer waiting for use. */
struct worker_spare {
	struct worker_spare *next;
};

struct rt_worker {
	struct event_base *base RT_ALIGNED(128); /* workers share no cache line */
	struct rt_server *server;
	uint64_t now;  /* monotonic ns of this turn, if awake */
	bool awake;    /* now has been read */
	bool draining; /* takes no new queries */
	bool quit;     /* the loop is to end */
	unsigned index;
	uint64_t *cells; /* metrics row: written by the worker, read when scraped (relaxed) */
	struct rt_batch_task *tasks; /* of rt_batch_defer, waiting */

	/* udp.c */
	struct udp_batch *batch;
	struct rt_udp *udp; /* its UDP sockets */
	unsigned nudp;
	struct rt_query
		*send_first; /* replies of resumed queries, to be sent at the end of the turn */
	struct rt_query *send_last;

	/* tcp.c */
	struct tcp_worker tcp;

	/* query.c */
	struct rt_query *suspended; /* all queries on the heap that are in use */
	unsigned nsuspended;
	struct rt_query *free_queries;
	unsigned nfree_queries;
	struct worker_spare *free_chunks;
	unsigned nfree_chunks;
	struct worker_spare *free_small; /* 4 KiB reply buffers */
	unsigned nfree_small;
	struct worker_spare *free_large; /* 64 KiB reply buffers */
	unsigned nfree_large;

	struct log_bulk log;

	/* Shared: the mailbox. */
	pthread_mutex_t mail_lock;
	struct worker_mail *mail_first;
	struct worker_mail *mail_last;
	int mail_fd; /* eventfd */
	struct event *mail_event;

	/* Shared: the last epoch of publish.c that it has passed through. */
	_Atomic uint64_t epoch;

	/* Shared: started (1), failed to start (-1). */
	_Atomic int state;
	_Atomic bool drained;

	pthread_t thread;
	bool launched;
};

int worker_init(struct rt_worker *w, struct rt_server *server, unsigned index) RT_MUST_CHECK;
int worker_launch(struct rt_worker *w) RT_MUST_CHECK;
void worker_drain(struct rt_worker *w);
void worker_quit(struct rt_worker *w);
void worker_release(struct rt_worker *w);

/* Makes the worker's loop turn once, from any thread. */
void worker_nudge(struct rt_worker *w);

/* A batch is answered, and its replies have not left: runs what rt_batch_defer was told. */
static inline void worker_end_batch(struct rt_worker *w);
void worker_run_tasks(struct rt_worker *w);

static inline void
worker_end_batch(struct rt_worker *w)
{
	if (w->tasks != NULL)
		worker_run_tasks(w);
}

static inline void
worker_wake(struct rt_worker *w)
{
	if (!w->awake) {
		w->awake = true;
		w->now = (uint64_t)clock_mono_ns();
	}
}

#endif
