/*
 * udp.h - answering over UDP.  For the server's own files.
 *
 * A worker owns one batch: 64 slots with a message buffer and a struct rt_query each.  When a
 * socket is readable, recvmmsg fills the slots.  A first pass reads and checks all messages and
 * hashes their names, a second one finds their server blocks and lets plugins prefetch what they
 * will look up (NAME_prefetch, once more in a pass of its own where tables are large), a last one
 * answers in place, and one sendmmsg sends what was answered.  Nothing is allocated, locked or
 * copied on that way.  Replies to the same client are one message to the kernel (udp_group.h).
 *
 * A query that suspends leaves its slot; its reply is queued by udp_queue and sent by udp_flush at
 * the end of the loop turn.
 */
#ifndef RT_UDP_H
#define RT_UDP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct event;
struct rt_listener;
struct rt_query;
struct rt_worker;
struct udp_batch;

/* A UDP socket of a worker. */
struct rt_udp {
	int fd;
	uint16_t family; /* AF_INET, AF_INET6 */
	bool pktinfo;    /* bound to all addresses: replies must name the one that was asked */
	const struct rt_listener *listener;
	struct rt_worker *worker;
	struct event *event; /* readable */
	struct event *again; /* the next turn, whatever the kernel says */
	bool away;           /* under load: the kernel is not asked (udp.c, UDP_BUSY) */
	bool groups;         /* the kernel sends several replies as one message (udp_group.h) */
	uint8_t looks;       /* at the socket, before sleeping (udp.c, UDP_LOOKS) */
	uint8_t credit;      /* looks in vain that have been earned (udp.c, UDP_EARNED) */
	uint16_t apart;      /* batches still to be sent without that (udp.c, UDP_APART) */
};

/* The worker's batch.  RT_ENOMEM. */
int udp_worker_init(struct rt_worker *w) RT_MUST_CHECK;
void udp_worker_release(struct rt_worker *w);

/* Starts reading the socket. */
int udp_start(struct rt_udp *u) RT_MUST_CHECK;

/* Answers what has arrived, then stops reading; replies can still be sent. */
void udp_drain(struct rt_udp *u);
void udp_close(struct rt_udp *u);

/* Takes over a suspended query with a finished reply; it is freed once sent. */
void udp_queue(struct rt_query *q);
/* Sends what udp_queue took. */
void udp_flush(struct rt_worker *w);

#endif
