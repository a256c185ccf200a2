/*
 * tcp_conn.h - a TCP connection, between tcp.c and tcp_accept.c.
 */
#ifndef RT_TCP_CONN_H
#define RT_TCP_CONN_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "tcp.h"

struct rt_conn {
	struct rt_worker *worker;
	const struct rt_listener *listener;
	int fd;               /* -1: closed, waiting for its queries to end */
	unsigned refs;        /* 1 while open, 1 in the dirty list, 1 per waiting query */
	unsigned outstanding; /* waiting queries */
	bool asked;           /* has sent a message */
	bool paused;          /* full: nothing is read */
	bool ended;           /* nothing will be read any more: close when done */
	bool dirty;           /* in the dirty list */
	struct addr client;
	struct addr local;

	uint8_t *in; /* octets read and not answered yet */
	size_t in_len;
	size_t in_cap;

	uint8_t *out;   /* octets to write */
	size_t out_len; /* in out, those written included */
	size_t out_off; /* written */
	size_t out_cap;

	/* Monotonic ns; 0: not so. */
	uint64_t active_ns;  /* last read or written */
	uint64_t partial_ns; /* since when a message is incomplete */
	uint64_t stalled_ns; /* since when the client takes nothing */

	struct rt_conn *older;
	struct rt_conn *newer;
	struct rt_conn *next_dirty;
	struct event readable;
	struct event writable;
};

/* Takes over a new socket. */
void tcp_conn_open(const struct tcp_listen *l, int fd, const struct addr *client);
void tcp_conn_close(struct rt_conn *c);
/* No query waits and nothing is to be written. */
bool tcp_conn_idle(const struct rt_conn *c);

int tcp_accept_init(struct rt_worker *w) RT_MUST_CHECK;
void tcp_accept_release(struct rt_worker *w);

#endif
