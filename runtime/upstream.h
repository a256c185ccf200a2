/*
 * upstream.h - asking other name servers, without waiting for them.
 *
 * A group is the upstreams of one plugin instance: addresses, how to talk to them, and how they
 *are. Each worker has its own sockets to them, so that workers share nothing on the way of a query
 * but a counter of failed health checks per upstream.
 *
 *	start:		g = upstream_group_new(in, "forward", &options, to, nto, capacity);
 *			upstream_group_add(g, &addr, i)			an index, from 0
 *	worker_start:	uw = upstream_worker_start(g, w);
 *	serve:		call->wire = ..., call->len = ..., call->done = got;
 *			upstream_ask(uw, index, UPSTREAM_UDP, call);	never calls done itself
 *	later:		got(call, result)				exactly once for each ask
 *	worker_stop:	upstream_worker_stop(uw);			calls are forgotten
 *	stop:		upstream_group_free(g);
 *
 * UDP: up to 16 connected sockets per worker and upstream, on source ports that the kernel draws.
 *All questions of one turn of the loop leave by one socket, drawn at random, in one sendmmsg; a
 * socket is given up, and its port with it, after `expire` without use, after `max_age`, after some
 * thousand questions, and after any error.  TCP: persistent connections with several questions on
 * each, answered in any order.
 *
 * An answer is accepted only if it comes from the address and port that were asked, to the port
 * that asked, with the id, opcode and question that were sent (upstream_match.h).  Anything else is
 * counted and ignored, and the question goes on waiting: a forged answer can neither be passed on
 *nor make a query fail.
 *
 * Health: upstream_suspect starts checking an upstream, every probe_interval, until it answers.
 *Each failed check counts; one that succeeds sets the count to 0.  upstream_is_down compares it
 *with max_fails.
 *
 * Threads: a group may be read from all threads; upstream_group_add belongs to start and to the
 *service thread; everything with a struct upstream_worker belongs to that worker. Memory: a call is
 *its caller's and must live until done, upstream_cancel or upstream_worker_stop.
 */
#ifndef RT_UPSTREAM_H
#define RT_UPSTREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "deadlines.h"
#include "rt.h"

#define UPSTREAM_MAX 255u /* upstreams of a group */

struct upstream_group;
struct upstream_worker;

enum upstream_proto {
	UPSTREAM_UDP,
	UPSTREAM_TCP,
};

struct upstream_options {
	uint64_t expire;           /* ns: sockets that were not used for so long are closed */
	uint64_t max_age;          /* ns: so old ones are closed; 0: any age */
	uint64_t read_timeout;     /* ns that an upstream has to answer */
	unsigned max_idle;         /* idle sockets kept per upstream and protocol; 0: any number */
	unsigned max_fails;        /* down when more health checks failed; 0: never down */
	struct addr source;        /* ask from this address; ADDR_NONE: any */
	uint64_t probe_interval;   /* ns between two health checks */
	const uint8_t *probe_name; /* the name whose NS records a health check asks for */
	bool probe_rd;             /* ... with RD set */
	bool probe_tcp;            /* ... over TCP */
};

/* How a question ended. */
enum upstream_cause {
	UPSTREAM_ANSWER,  /* msg answers it */
	UPSTREAM_TIMEOUT, /* no answer in time */
	UPSTREAM_ERROR,   /* sys_errno, or the end of the stream if that is 0 */
	UPSTREAM_STALE,   /* a connection that had worked before was closed: worth asking again */
	UPSTREAM_FULL,    /* too many wait for this upstream, or no memory */
};

/* What was being done when it failed. */
enum upstream_step {
	UPSTREAM_DIAL,
	UPSTREAM_WRITE,
	UPSTREAM_READ,
};

struct upstream_result {
	enum upstream_cause cause;
	enum upstream_step step;
	enum upstream_proto proto;
	int sys_errno;
	struct addr local; /* of the socket; ADDR_NONE: there was none */
	struct addr remote;
	const uint8_t *msg; /* ANSWER: the message, until done returns */
	size_t len;
};

/* One question to one upstream.  May be asked again from within done. */
struct upstream_call {
	void (*done)(struct upstream_call *call, const struct upstream_result *result);
	uint8_t *wire; /* two octets for the length over TCP, then the message; the id is filled in
			*/
	uint16_t len;  /* octets of the message */

	/* The rest is upstream's own. */
	uint16_t id;
	bool queued;                /* not yet sent (UDP) */
	struct upstream_peer *peer; /* NULL: not asked */
	struct upstream_udp *udp;
	struct upstream_tcp *tcp;
	struct upstream_call *next; /* of those to be sent by a socket, or that failed at once */
	struct upstream_call *prev;
	bool failed; /* at once: failure says how */
	struct upstream_result failure;
	struct deadline deadline;
	uint64_t asked; /* monotonic ns */
};

/* ---- groups ---- */

/*
 * to: the texts of the metrics' label of that name, nto of them (copied).  capacity: upstreams that
 * can be added.  NULL: no memory.
 */
struct upstream_group *upstream_group_new(struct rt_instance *in, const char *proxy_name,
					  const struct upstream_options *options,
					  const char *const *to, unsigned nto, unsigned capacity);
void upstream_group_free(struct upstream_group *g);

/* Adds an upstream, counted under to[series]; its index, or RT_ELIMIT. */
int upstream_group_add(struct upstream_group *g, const struct addr *addr, unsigned series);

/* Whether more health checks than max_fails have failed since it last answered one. */
bool upstream_is_down(const struct upstream_group *g, unsigned index);

/* Upstreams that have been added; start and service thread. */
unsigned upstream_count(const struct upstream_group *g);

const struct addr *upstream_addr(const struct upstream_group *g, unsigned index);

/* ---- workers ---- */

struct upstream_worker *upstream_worker_start(struct upstream_group *g, struct rt_worker *w);
void upstream_worker_stop(struct upstream_worker *uw);

/* Sends the question.  Whatever happens, done is called later, not from here. */
void upstream_ask(struct upstream_worker *uw, unsigned index, enum upstream_proto proto,
		  struct upstream_call *call);

/* Forget the call: done will not be called.  Nothing happens when it is not being asked. */
void upstream_cancel(struct upstream_call *call);

/* Where a call that is being asked stands: for the text of an error that ends it from outside. */
void upstream_call_result(const struct upstream_call *call, struct upstream_result *r);

/* The upstream failed to answer: check it until it is well again. */
void upstream_suspect(struct upstream_worker *uw, unsigned index);

/* Counts an accepted answer with this rcode that took ns. */
void upstream_observe(struct upstream_worker *uw, unsigned index, unsigned rcode, uint64_t ns);

/* ---- texts ---- */

#define UPSTREAM_TEXT_MAX 320

/* "read udp 127.0.0.1:40000->192.0.2.1:53: i/o timeout", as CoreDNS says it. */
void upstream_result_text(const struct upstream_result *r, char out[UPSTREAM_TEXT_MAX]);

#endif
