/*
 * tcp.h - answering over TCP (RFC 7766).  For the server's own files.
 *
 * Messages of a connection are answered as they end, out of order when some must wait.  What one
 * wake-up has to say on a connection leaves in one write at the end of the loop turn (tcp_flush).
 *
 * Limits per connection: TCP_OUTSTANDING_MAX queries that wait and TCP_BACKLOG_MAX octets that the
 * client has not taken; beyond either nothing more is read until there is room.  A client that
 * takes nothing for the write time-out, is silent for the idle time-out, or leaves a message half
 * sent for the read time-out loses its connection.  Limit per worker: tcp.max connections; the one
 * that has been idle for longest gives way to a new one.
 *
 * A connection is freed when it is closed and no query refers to it any more (rt_conn.refs).
 */
#ifndef RT_TCP_H
#define RT_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct event;
struct rt_conn;
struct rt_listener;
struct rt_query;
struct rt_worker;

#define TCP_OUTSTANDING_MAX 128u
#define TCP_BACKLOG_MAX     (128u * 1024)

/* A listening socket of a worker. */
struct tcp_listen {
	int fd;
	const struct rt_listener *listener;
	struct rt_worker *worker;
	struct event *event;
};

/* A worker's share of TCP. */
struct tcp_worker {
	struct tcp_listen *listens;
	unsigned nlistens;
	struct rt_conn *oldest; /* all open connections, by time of last activity */
	struct rt_conn *newest;
	unsigned nconns;
	unsigned max;           /* connections */
	struct rt_conn *dirty;  /* with output to write at the end of the turn */
	struct rt_query *query; /* scratch */
	uint8_t *slot;          /* its message */
	uint8_t *input;         /* what was read last, TCP_INPUT octets */
	struct event *sweep;    /* time-outs; pending while there are connections */
	struct event *retry;    /* accept again after the process ran out of descriptors */
	int spare_fd; /* closed to accept and refuse when descriptors ran out; -1 if lost */
};

int tcp_worker_init(struct rt_worker *w) RT_MUST_CHECK;
void tcp_worker_release(struct rt_worker *w);

int tcp_start(struct tcp_listen *l) RT_MUST_CHECK;
/* Accepts no more, closes connections that are idle and the others as soon as they are. */
void tcp_drain(struct rt_worker *w);
void tcp_close(struct tcp_listen *l);

/* Sends the finished reply of a suspended query; q stays the caller's. */
void tcp_reply(struct rt_query *q);
/* The query was suspended: its connection is needed until tcp_reply or tcp_forget. */
void tcp_hold(struct rt_query *q);
void tcp_forget(struct rt_query *q);

/* Writes what there is to write. */
void tcp_flush(struct rt_worker *w);

#endif
