/*
 * forward.h - the contract between the halves of the forward plugin.
 *
 * The compiler knows what is written; addresses are binary already.  Files in the form of
 * resolv.conf are read, and names are looked up, when the server starts.
 */
#ifndef FORWARD_H
#define FORWARD_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

struct rt_instance;
struct rt_query;
struct rt_worker;
struct forward_state;

/* What one TO is. */
enum forward_to_kind {
	FORWARD_TO_ADDR, /* addr, with its port */
	FORWARD_TO_ZONE, /* text is a link-local address with the name of an interface; port */
	FORWARD_TO_FILE, /* text is the path of a file in the form of resolv.conf */
	FORWARD_TO_NAME, /* text is a host name, or such a path if there is a file of that name;
			    port */
	FORWARD_TO_TLS, /* text is as written: tls://... or https://...; not served, so never built */
};

struct forward_to {
	int kind; /* enum forward_to_kind */
	const char *text;
	struct addr addr;
	uint32_t port;
};

struct forward_tos {
	const struct forward_to *v;
	unsigned n; /* 1 … 15 */
};

enum forward_policy {
	FORWARD_RANDOM,
	FORWARD_ROUND_ROBIN,
	FORWARD_SEQUENTIAL,
};

struct forward_config {
	struct rt_name from; /* names in and below it are forwarded ... */
	struct forward_tos to;
	struct rt_names except; /* ... but not those in and below these */
	bool force_tcp;
	bool prefer_udp;
	uint64_t expire;               /* ns: idle sockets are closed */
	uint64_t max_age;              /* ns: old sockets are closed; 0: at no age */
	uint32_t max_idle_conns;       /* per upstream and protocol; 0: any number */
	uint64_t read_timeout;         /* ns for each try */
	uint32_t max_fails;            /* health checks; 0: upstreams are never down */
	uint32_t max_connect_attempts; /* tries per query; 0: as many as time allows */
	bool attempts_set;             /* it was written; else: twice the number of upstreams */
	int policy;                    /* enum forward_policy */
	uint64_t health_check;         /* ns between two checks */
	bool health_no_rec;            /* ... which are sent without RD */
	struct rt_name health_domain;  /* ... and ask for the NS records of this */
	uint32_t max_concurrent;       /* queries; 0: any number */
	struct rt_codes next;          /* rcodes for which the next forward is asked */
	bool next_on_nodata;           /* the same for NOERROR without an answer */
	bool has_next;                 /* there is a next forward in the server block */
	bool failfast;                 /* SERVFAIL at once when all upstreams are down */
	struct rt_codes failover;      /* rcodes for which the next upstream is asked */
	struct addr source_address;    /* ADDR_NONE: any */
	struct rt_addrs resolver;      /* who knows the names among TO; none: the system's */
	/* Of TLS and HTTPS upstreams, which are not served: always empty in a server. */
	struct rt_strings tls; /* [CERT] [KEY] [CA] */
	const char *tls_servername;
	const char *doh_method;
};

enum rt_verdict forward_serve(const struct forward_config *, struct forward_state *,
			      struct rt_query *);
struct forward_state *forward_start(const struct forward_config *, struct rt_instance *);
void forward_stop(struct forward_state *);
void forward_reload(struct forward_state *);
int forward_worker_start(struct forward_state *, struct rt_worker *);
void forward_worker_stop(struct forward_state *, struct rt_worker *);

#endif
