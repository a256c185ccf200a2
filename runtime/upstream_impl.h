/*
 * upstream_impl.h - what the files behind upstream.h share.  For those only.
 *
 * upstream.c: groups, workers, calls.  upstream_udp.c, upstream_tcp.c: sockets.  upstream_probe.c:
 * health checks.  Sockets are never freed where callers may still be at work on them: they go to
 * the worker's list of the dead and are freed at the end of the turn (upstream_flush_soon).
 */
#ifndef RT_UPSTREAM_IMPL_H
#define RT_UPSTREAM_IMPL_H

#include <event2/event_struct.h>

#include "base/buf.h"
#include "upstream.h"
#include "upstream_ids.h"

/* UDP sockets per worker and upstream, and TCP connections. */
#define UPSTREAM_UDP_SOCKETS 16u
#define UPSTREAM_TCP_CONNS   32u
/* Questions on a connection before another one is opened. */
#define UPSTREAM_TCP_DEPTH 4u
/* A UDP socket is given up after so many questions, and up to as many more. */
#define UPSTREAM_UDP_USES 2048u
/* For a TCP connection to come about. */
#define UPSTREAM_DIAL_NS (2 * (uint64_t)CLOCK_NS_PER_S)
/* A server that closes connections with questions on them gets one question per connection for so
 * long. */
#define UPSTREAM_SINGLE_NS (60 * (uint64_t)CLOCK_NS_PER_S)

/* An upstream as all workers see it. */
struct upstream {
	struct addr addr; /* constant once its index is known */
	unsigned series;
	RT_ALIGNED(64) _Atomic uint32_t fails; /* failed health checks in a row */
	_Atomic bool probing;                  /* some worker checks it */
};

struct upstream_group {
	struct upstream_options options;
	struct upstream *v;
	unsigned n; /* start, service thread */
	unsigned capacity;
	unsigned nworkers;
	char **to;
	unsigned nto;
	const char *proxy[1]; /* the one value of proxy_name */
	unsigned hits;        /* metric cells: 2 * series + proto */
	unsigned misses;
	unsigned ignored;  /* by series */
	unsigned failures; /* by series: health checks */
	struct rt_histogram duration;
};

struct upstream_udp {
	struct upstream_peer *peer;
	int fd;
	struct event read;
	struct event write; /* while the kernel takes no more */
	uint64_t created;
	uint64_t used;
	unsigned uses; /* left */
	bool leaving;  /* takes no more questions */
	bool dirty;    /* in the worker's list */
	bool dead;     /* in the list of the dead */
	bool blocked;  /* write is pending */
	bool groups;   /* several questions may be one message (udp_group.h) */
	struct upstream_ids ids;
	struct upstream_call *first; /* to be sent */
	struct upstream_call *last;
	struct upstream_udp *next; /* dirty or dead */
	struct upstream_udp *next_leaving;
};

struct upstream_tcp {
	struct upstream_peer *peer;
	int fd;
	struct event read;
	struct event write;
	bool connecting;
	bool leaving;
	bool dirty;
	bool dead;
	uint64_t created;
	uint64_t used;
	uint64_t heard;    /* when an answer came last; 0: never */
	unsigned answered; /* questions */
	struct upstream_ids ids;
	struct buf out;
	size_t sent; /* of out */
	uint8_t *in;
	size_t in_len;
	size_t in_cap;
	struct upstream_tcp *next; /* of the same peer, or dead */
	struct upstream_tcp *next_dirty;
};

/* One worker's view of one upstream. */
struct upstream_peer {
	struct upstream_worker *worker;
	struct upstream *up;
	struct upstream_udp *udp[UPSTREAM_UDP_SOCKETS];
	struct upstream_udp *turn;    /* the socket of this turn */
	struct upstream_udp *leaving; /* sockets that wait for their last answers */
	struct upstream_tcp *tcp;
	unsigned ntcp;
	uint64_t single_until; /* one question per connection until then */
};

struct upstream_worker {
	struct upstream_group *group;
	struct rt_worker *worker;
	struct upstream_peer *peers; /* capacity of the group */
	unsigned udp_slots;          /* sockets per peer */
	unsigned max_idle;           /* TCP connections per peer; UINT_MAX: any number */
	struct event flush;
	bool flushing;
	struct event sweep;
	bool sweeping;
	struct upstream_udp *dirty_udp;
	struct upstream_tcp *dirty_tcp;
	struct upstream_udp *dead_udp;
	struct upstream_tcp *dead_tcp;
	struct upstream_call *failed_first; /* calls that failed at once */
	struct upstream_call *failed_last;
	struct deadlines reads;
	struct upstream_inbox *inbox; /* for recvmmsg; made when first needed */
	struct upstream_probe *probes;
};

/* ---- upstream.c ---- */

/* The end of the turn: send, tell those that failed, free the dead. */
void upstream_flush_soon(struct upstream_worker *uw);

/* Sockets exist: look at their age now and then. */
void upstream_sweep_soon(struct upstream_worker *uw);

/* Time is running for the call. */
void upstream_call_sent(struct upstream_call *call, uint64_t now);

/* The call, taken from its socket, has ended. */
void upstream_call_end(struct upstream_call *call, const struct upstream_result *r);

/* The call cannot be sent; told at the end of the turn. */
void upstream_call_fail(struct upstream_call *call, const struct upstream_result *r);

/* The answer to a call of this socket or connection. */
void upstream_call_answer(struct upstream_call *call, enum upstream_proto proto, const uint8_t *msg,
			  size_t len);

/* How a socket failed: addresses filled in from fd (may be -1). */
struct upstream_result upstream_failure(const struct upstream_peer *p, int fd,
					enum upstream_proto proto, enum upstream_step step,
					int sys_errno);

/* Something came that was not asked for. */
void upstream_count_ignored(const struct upstream_peer *p);
void upstream_count_dial(const struct upstream_peer *p, enum upstream_proto proto, bool hit);

/* A socket, bound to the source address if there is one, not yet connected.  -1: errno. */
int upstream_socket(const struct upstream_options *o, const struct addr *to, int type);
int upstream_connect(int fd, const struct addr *to);

/* ---- upstream_udp.c ---- */

void upstream_udp_ask(struct upstream_peer *p, struct upstream_call *call);
void upstream_udp_forget(struct upstream_call *call);
void upstream_udp_flush(struct upstream_udp *s);
/* Closes what is too old; false if no socket is left. */
bool upstream_udp_sweep(struct upstream_peer *p, uint64_t now);
void upstream_udp_close_all(struct upstream_peer *p);
void upstream_udp_free(struct upstream_udp *s);
void upstream_inbox_free(struct upstream_inbox *in);

/* ---- upstream_tcp.c ---- */

void upstream_tcp_ask(struct upstream_peer *p, struct upstream_call *call);
/* timed_out: it waited in vain, which says something about the connection. */
void upstream_tcp_forget(struct upstream_call *call, bool timed_out);
void upstream_tcp_flush(struct upstream_tcp *c);
bool upstream_tcp_sweep(struct upstream_peer *p, uint64_t now);
void upstream_tcp_close_all(struct upstream_peer *p);
void upstream_tcp_free(struct upstream_tcp *c);

/* ---- upstream_probe.c ---- */

/* Begins to check the upstream; its probing flag is set. */
void upstream_probe_start(struct upstream_worker *uw, struct upstream *up);
void upstream_probes_free(struct upstream_worker *uw);

#endif
