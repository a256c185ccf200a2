/*
 * rt.h - what a plugin may use of the server that it is linked into.
 *
 * A server is a fixed set of worker threads and one service thread.  Every worker has an event
 * base, sockets, free lists and counters of its own and shares nothing with the others but
 * immutable snapshots (and the answer cache).  The service thread loads files, runs timers and
 * the HTTP endpoints.  Generated code (rt_gen.h) ties the plugins of one Corefile together.
 *
 * A plugin NAME is a set of functions that generated code calls directly; it exports only those
 * that its descriptor in NAME_setup.c announces:
 *
 *   enum rt_verdict NAME_serve(const struct NAME_config *, struct NAME_state *, struct rt_query *);
 *   void            NAME_reply(const struct NAME_config *, struct NAME_state *, struct rt_query *);
 *   bool            NAME_prefetch(const struct NAME_config *, struct NAME_state *,
 *                                 const struct rt_query *, unsigned what);
 *   struct NAME_state *NAME_start(const struct NAME_config *, struct rt_instance *);
 *   void            NAME_stop(struct NAME_state *);
 *   int             NAME_worker_start(struct NAME_state *, struct rt_worker *);
 *   void            NAME_worker_stop(struct NAME_state *, struct rt_worker *);
 *   void            NAME_reload(struct NAME_state *);
 *
 * Order of calls.  start: once per instance, on the main thread, before any worker exists, in
 * chain order; it opens and reads what can fail, registers metrics, timers and endpoints; NULL
 * (after rt_instance_error) ends the start of the server and undoes the starts before it.
 * worker_start: once per worker, on that worker's thread, before its first query.  serve and reply:
 * on workers.  reload: on the service thread, when SIGHUP asks for data files to be read again.
 * worker_stop on each worker, then stop on the main thread, in reverse order of the starts.
 *
 * The life of a query.  The server has parsed and checked the message, found the zone, and calls
 * the chain from the top.  serve returns
 *   RT_NEXT     not mine: the next plugin is asked
 *   RT_DONE     the reply stands in q->reply
 *   RT_PENDING  rt_query_suspend was called; rt_query_resume will be, on this worker
 *   RT_DROP     no reply is to be sent
 *   RT_FAIL     nothing was written: the server replies with q->rcode (see rt_fail)
 * Then the reply halves run, last first, of the plugins *before* the one that ended the way down.
 * They may read, change, time, count or store the reply.  In them q->verdict tells how it ended;
 * for RT_FAIL the error reply has been written already, so that observers see its size and rcode;
 * for RT_DROP there is no reply (q->reply.len is 0).
 *
 * Large tables.  UDP queries are answered in batches.  Before the first one of a batch is served,
 * prefetch is called for each, for all plugins of its server block that have it, so that the memory
 * that serve will read is on its way while the others are worked on: see RT_FETCH_INDEX.
 *
 * The reply is built in place: the buffer that holds the request's header and question holds the
 * reply's; its case is kept and records are appended behind it.  Owner names equal to the question
 * can always be the two octets C0 0C.  The server adds OPT, truncates to what the client accepts,
 * and fixes the header.  Plugins never write an OPT record and never look at the transport's limit.
 *
 * Memory.  A query, its reply buffer and what rt_query_alloc returned live until the reply has been
 * sent.  Until rt_query_suspend, *q lies in the batch of its worker, so nobody may keep q; the
 * pointer that rt_query_suspend returns is good until rt_query_resume.  Nothing may hold a pointer
 * into a snapshot across RT_PENDING: look it up again.
 */
#ifndef RT_H
#define RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/writer.h"
#include "rt_config.h"

#define RT_ABI 1

struct event_base;
struct rt_block;
struct rt_conn;
struct rt_instance;
struct rt_listener;
struct rt_site;
struct rt_worker;
struct buf;

enum rt_verdict {
	RT_NEXT,
	RT_DONE,
	RT_PENDING,
	RT_DROP,
	RT_FAIL,
};

enum rt_proto {
	RT_PROTO_UDP,
	RT_PROTO_TCP,
};

/*
 * What NAME_prefetch is asked for: to call RT_PREFETCH on lines that serve will read.
 *   RT_FETCH_INDEX  what the query alone tells: the bucket of its name's hash.  true: ask for the data
 *                   as well; false: there is nothing to gain, as with a table that is small enough to
 *                   be in the CPU's cache anyway
 *   RT_FETCH_DATA   a little later, when the bucket should have come: what it refers to.  The result
 *                   does not matter
 * It is a hint.  It must not change anything and not wait, serve may not rely on it (queries over TCP
 * and sub-queries come without), and a snapshot must be looked up again in serve.
 */
#define RT_FETCH_INDEX 0u
#define RT_FETCH_DATA  1u

/* Bits of rt_query.flags: what the request said.  The first three stand where they do in its header. */
#define RT_QF_RD   DNS_FLAG_RD /* recursion desired */
#define RT_QF_AD   DNS_FLAG_AD /* wants AD understood, RFC 6840 §5.7 */
#define RT_QF_CD   DNS_FLAG_CD /* checking disabled, RFC 4035 §3.1.6 */
#define RT_QF_EDNS (1u << 0)   /* had an OPT record */
#define RT_QF_DO   (1u << 1)   /* DNSSEC OK, RFC 3225 */
/* ... and how it is being answered. */
#define RT_QF_SUSPENDED (1u << 2) /* lives on the heap: rt_query_suspend was called */
#define RT_QF_SUB       (1u << 3) /* a sub-query: no client of its own */
#define RT_QF_AD_ADDED  (1u << 6) /* RT_QF_AD is the wish of a plugin, not of the client */

/*
 * What is looked at for every query stands first: the name's beginning and two cache lines.  The rest
 * is set when a slot is made, or when it is needed.
 */
struct rt_query {
	struct dns_qname qname; /* the name, lower-cased, with label offsets and hash */
	uint16_t qclass;
	uint16_t qtype;
	uint16_t id;
	uint16_t flags;        /* RT_QF_* */
	uint16_t udp_size;     /* octets the client accepts over UDP: 512 without EDNS */
	uint16_t request_len;  /* octets of the request as it came */
	uint16_t question_end; /* octets of header and question in reply.wire; the server's */
	uint8_t opcode;        /* QUERY or NOTIFY */
	uint8_t proto;         /* enum rt_proto */

	/* What begins as zero, together. */
	union {
		struct {
			uint8_t step;         /* of the chain: where it is, or where it ended */
			uint8_t floor;        /* first step whose reply half runs: 0, or where a
					    sub-query came in */
			uint8_t depth;        /* of sub-queries: 0 for a client's query */
			uint8_t verdict;      /* enum rt_verdict, for reply halves */
			uint16_t rcode;       /* for RT_FAIL: what to reply */
			uint16_t options_len; /* octets of options, 0: none */
			uint16_t echo_len;    /* octets of echo; the server's */
			uint8_t asker; /* sub-query: step of the parent that asked; the server's */
			uint8_t buffer; /* enum query_buffer: where reply.wire is from; the server's */
			bool held;      /* something is to be given back at the end; the server's */
			uint8_t intake; /* enum query_intake; the server's */
		};
		uint64_t begin[2];
	};
	const char *error; /* for RT_FAIL: why, or NULL; lives as long as the query */

	const struct rt_site *site; /* zone and server block that serve it */
	uint64_t start_ns;          /* monotonic clock when it was read */
	struct addr client;
	struct dns_writer reply; /* the message under construction */

	const struct rt_listener *listener; /* where it came in */
	struct rt_worker *worker;
	struct addr local; /* the address it was sent to; port of the listener */

	const uint8_t *options; /* EDNS options of the request in wire form, in no certain order */

	struct rt_query *sub; /* last finished sub-query; read it by rt_query_sub */

	/* The rest belongs to the server (runtime/query.c). */
	struct rt_query *parent;                       /* who waits for this sub-query */
	struct rt_query_chunk *chunks;                 /* of rt_query_alloc */
	void **slots;                                  /* of rt_query_slot, or NULL */
	void (*done)(void *arg, struct rt_query *sub); /* background query: who gets it */
	struct rt_conn *conn;                          /* TCP: holds a reference */
	struct rt_udp *udp;                            /* UDP: socket that the reply leaves by */
	void *done_arg;
	const uint8_t *echo;   /* EDNS options that go back to the client, in wire form */
	uint32_t pktinfo;      /* interface index that a UDP reply leaves by; 0: any */
	struct rt_query *next; /* list of all queries on the heap, or free list */
	struct rt_query *prev;
	struct rt_query *send_next;
};

/* ---- ending a query ---- */

/*
 * Fails the query: "nothing written, reply with this rcode".  The text (may be NULL) is for the
 * errors plugin and the log.  Usage: return rt_fail(q, DNS_RCODE_SERVFAIL, "no upstream left").
 */
enum rt_verdict rt_fail(struct rt_query *q, uint16_t rcode, const char *fmt, ...) RT_PRINTF(3, 4);

/*
 * Begins (or begins again) the reply: header with QR set, opcode, RD and CD as in the request,
 * rcode NOERROR, no records.  aa sets the AA bit.
 */
static RT_ALWAYS_INLINE void rt_reply_begin(struct rt_query *q, bool aa);
/*
 * That and dns_writer_take_all in one, for an answer that is copied.  false: it does not fit, or something
 * was written before; nothing has changed then.
 */
static RT_ALWAYS_INLINE bool rt_reply_take_all(struct rt_query *q, bool aa, size_t len,
					       size_t slack, const uint16_t counts[3],
					       uint8_t **to) RT_MUST_CHECK;
/* Takes away what was written; the flags of the header are left alone.  For rt_reply_begin. */
void rt_reply_rewind(struct rt_query *q);

/* Sets the reply's rcode (low four bits in the header; the rest goes into OPT when it is sent). */
void rt_reply_set_rcode(struct rt_query *q, uint16_t rcode);
uint16_t rt_reply_rcode(const struct rt_query *q);

/*
 * Makes a whole message of someone else's (an upstream) the reply: its flags AA, TC, RA, AD, rcode
 * (with the extended bits), all records but OPT, and OPT's options but those between neighbours
 * (dns_edns_between_neighbours).  The question of msg must have the same name and type as q (the caller
 * has checked).  -RT_EINVAL if msg is malformed; q->reply is then as after rt_reply_begin.
 */
int rt_reply_from_message(struct rt_query *q, const uint8_t *msg, size_t len) RT_MUST_CHECK;

static RT_ALWAYS_INLINE void
rt_reply_set_flags(uint8_t *wire, bool aa)
{
	/* Opcode, RD and CD are still there, whatever was written before. */
	const uint16_t kept = bytes_wire16(DNS_OPCODE_MASK | DNS_FLAG_RD | DNS_FLAG_CD);
	const uint16_t set = bytes_wire16((uint16_t)(DNS_FLAG_QR | (aa ? DNS_FLAG_AA : 0)));

	bytes_store16(wire + 2, (uint16_t)((bytes_load16(wire + 2) & kept) | set));
}

static RT_ALWAYS_INLINE void
rt_reply_begin(struct rt_query *q, bool aa)
{
	/* Nothing was written yet: that is how it came from the server. */
	if (RT_UNLIKELY(q->reply.len != q->question_end || q->reply.busy != 0))
		rt_reply_rewind(q);
	rt_reply_set_flags(q->reply.wire, aa);
	q->rcode = 0;
}

static RT_ALWAYS_INLINE bool
rt_reply_take_all(struct rt_query *q, bool aa, size_t len, size_t slack, const uint16_t counts[3],
		  uint8_t **to)
{
	uint8_t *wire = q->reply.wire;

	if (RT_UNLIKELY(q->reply.len != q->question_end ||
			!dns_writer_take_all(&q->reply, len, slack, counts, to)))
		return false;
	q->rcode = 0;
	rt_reply_set_flags(wire, aa);
	return true;
}

/* ---- waiting ---- */

/*
 * Moves the query to the heap and returns its lasting address; the caller then returns RT_PENDING.
 * NULL when there is no memory or the worker has too many suspended queries: rt_fail then.
 * On a query that is suspended already it returns q.
 */
struct rt_query *rt_query_suspend(struct rt_query *q) RT_MUST_CHECK;

/*
 * Goes on with a suspended query as if the serve function of its step had returned v (not
 * RT_PENDING).  Called on the query's worker only, never from inside serve.  q is gone afterwards.
 */
void rt_query_resume(struct rt_query *q, enum rt_verdict v);

/*
 * The finished sub-query that the step q is at asked for, or NULL: it has asked nothing yet (or another
 * plugin of the chain has).
 */
static inline struct rt_query *
rt_query_sub(const struct rt_query *q)
{
	return q->sub != NULL && q->sub->asker == q->step ? q->sub : NULL;
}

enum rt_sub_entry {
	RT_SUB_TOP, /* from zone dispatch of the same listener: for CNAME targets */
	RT_SUB_NEXT, /* from the step after the asking plugin's, same block: for prefetch, autopath */
};

/*
 * Asks for another name first, on behalf of the client of q (its address, DO, CD, protocol).
 * Returns
 *   RT_DONE     answered at once: q->sub is the finished sub-query, its reply in q->sub->reply, rcode
 *               by rt_reply_rcode; good until the next rt_subquery on q or the end of q
 *   RT_PENDING  return RT_PENDING: serve will be called again at the same step with q->sub set.
 *               (*qp has been suspended: its new address is stored there)
 *   RT_FAIL     refused: nesting deeper than 8 (a CNAME loop through the server), or no memory
 * Serve functions that use it therefore look at rt_query_sub(q) first.  A sub-query's reply halves run
 * from its last step up to where it came in (RT_SUB_NEXT: never the asking plugin's own).
 */
enum rt_verdict rt_subquery(struct rt_query **qp, const struct dns_qname *name, uint16_t qtype,
			    enum rt_sub_entry entry) RT_MUST_CHECK;

/*
 * The same without a client and without waiting: the reply only passes through the reply halves of
 * the chain after the asking plugin's step (a prefetch).  The asking plugin gets it in done(arg, sub);
 * sub is gone after done returns.  false: no memory, done is not called.
 */
bool rt_background_query(struct rt_query *q, void (*done)(void *arg, struct rt_query *sub),
			 void *arg);

/* Memory that lives as long as the query, wherever it moves; NULL when there is none. */
void *rt_query_alloc(struct rt_query *q, size_t size) RT_MUST_CHECK;

/*
 * What plugin step `step` wants to remember of this query between serve and reply, or across a
 * suspension: one pointer per step, NULL at first.  *rt_query_slot(q, step) may be assigned; NULL is
 * returned when there is no memory.  Plugins know their own step from q->step in serve.
 */
void **rt_query_slot(struct rt_query *q, unsigned step) RT_MUST_CHECK;

/*
 * An impossible state met while answering: counts coredns_panics_total, logs where, and fails the
 * query with SERVFAIL.  With `debug` in the Corefile the server aborts instead, to leave a core.
 * Usage in serve: RT_CHECK(q, len <= cap);
 */
enum rt_verdict rt_query_panic(struct rt_query *q, const char *what, const char *file, int line);
#define RT_CHECK(q, cond)                                                                          \
	do {                                                                                       \
		if (RT_UNLIKELY(!(cond)))                                                          \
			return rt_query_panic((q), #cond, __FILE__, __LINE__);                     \
	} while (0)

/* ---- zones ---- */

/* The longest of the names that is the qname or above it, or NULL. */
const struct rt_name *rt_names_match(const struct rt_names *names, const struct dns_qname *qname);

/* Whether a query for qname, which the plugin has no answer for, goes to the next plugin. */
bool rt_falls_through(const struct rt_fallthrough *f, const struct dns_qname *qname);

/* A zone of the Corefile on one listener.  Generated; compare by address. */
struct rt_site {
	struct rt_name zone;
	const struct rt_block *block;
	const struct rt_site *next; /* same zone and listener, a later block: for views; or NULL */
	uint16_t index;             /* among all sites of the program, from 0 */
};

/* Where in the Corefile a plugin instance comes from. */
struct rt_srcref {
	const char *file;
	unsigned line, column;
	const char *plugin; /* name */
	const char *text;   /* the directive as written, one line */
};

const char *rt_listener_label(const struct rt_listener *l); /* "dns://127.0.0.1:53" */
unsigned rt_listener_index(const struct rt_listener *l);    /* dense, from 0 */

/* ---- threads ---- */

unsigned rt_worker_index(const struct rt_worker *w);
struct event_base *rt_worker_base(struct rt_worker *w);
uint64_t rt_worker_now(struct rt_worker *w); /* monotonic ns, read once per wake-up */

/* Runs fn(arg) on the worker's thread, soon.  From any thread.  false: no memory. */
bool rt_worker_post(struct rt_worker *w, void (*fn)(struct rt_worker *, void *), void *arg);

/*
 * Queries that are answered at once come in batches: they are read together (start_ns), and their replies
 * leave together.  What a plugin would do for each of them when its reply is there, such as reading
 * the clock, it does once for all: it asks to be called before the replies leave.
 */
struct rt_batch_task {
	/* took_ns: how long the batch took.  On the worker. */
	void (*fn)(struct rt_batch_task *t, struct rt_worker *w, uint64_t took_ns);
	struct rt_batch_task *next; /* the worker's */
};

/*
 * Runs t->fn once, when the batch (over TCP: the wake-up) is answered.  Not twice before it has run; t
 * stays where it is until then.  For queries that are not RT_QF_SUSPENDED, on their worker.
 */
void rt_batch_defer(struct rt_worker *w, struct rt_batch_task *t);

/* ---- an instance: one plugin in one server block ---- */

const struct rt_srcref *rt_instance_src(const struct rt_instance *in);
/* The steps of the instance's server block: how many, and where each comes from. */
unsigned rt_instance_nsteps(const struct rt_instance *in);
const struct rt_srcref *rt_instance_step_src(const struct rt_instance *in, unsigned step);
unsigned rt_instance_nworkers(const struct rt_instance *in);
bool rt_instance_checking(const struct rt_instance *in); /* -check: bind, but do not serve */

/* The name of the server block's view, or "". */
const char *rt_instance_view(const struct rt_instance *in);

/*
 * Where the instance's server block is asked: calls each(arg, listener, site) for every listener (by
 * rt_listener_index) that has zones of the block, and each of these.  For metrics per server and zone.
 */
void rt_instance_sites(const struct rt_instance *in,
		       void (*each)(void *arg, unsigned listener, const struct rt_site *site),
		       void *arg);

/* Reports why start failed: printed as "Corefile:3: plugin/hosts: <text>". */
void rt_instance_error(struct rt_instance *in, const char *fmt, ...) RT_PRINTF(2, 3);

/* The state of another plugin's first instance in the same block, or NULL: for autopath @x. */
void *rt_instance_peer(struct rt_instance *in, const char *plugin);

/* ---- service thread ---- */

struct rt_timer;

/*
 * Runs fn(arg) on the service thread every interval_ns, first after one interval.  Timers registered
 * in start begin when the server serves.  NULL when out of memory.  Freed by rt_timer_free or at stop.
 */
struct rt_timer *rt_service_timer(struct rt_instance *in, uint64_t interval_ns, void (*fn)(void *),
				  void *arg);
void rt_timer_free(struct rt_timer *t);

/* The service thread's event base, for what only that thread does. */
struct event_base *rt_service_base(struct rt_instance *in);

/* Runs fn(arg) on the service thread, soon.  From any thread. */
bool rt_service_post(struct rt_instance *in, void (*fn)(void *), void *arg);

/*
 * Snapshots.  *slot is what workers read with rt_snapshot(); rt_publish stores the new one there and
 * calls release(old) once every worker has finished the event-loop turn it was in, so no reader has it
 * any more.  Called on the service thread or in start.
 */
void rt_publish(struct rt_instance *in, void **slot, void *new_value, void (*release)(void *));
#define rt_snapshot(slot) __atomic_load_n((slot), __ATOMIC_ACQUIRE)

/* `errors { stacktrace }`: rt_query_panic logs the stack, for the whole server. */
void rt_set_stacktrace(struct rt_instance *in);

/* `lameduck`: how long the server goes on serving after it was told to stop; the longest counts. */
void rt_set_lameduck(struct rt_instance *in, uint64_t ns);

/* Readiness for the ready plugin: NAME is ready when fn(arg) says so (called on the service thread). */
void rt_ready_register(struct rt_instance *in, bool (*fn)(void *), void *arg);
/* Calls each(arg, name) for every registered plugin that is not ready; returns how many there are. */
unsigned rt_ready_missing(void (*each)(void *arg, const char *name), void *arg);
bool rt_stopping(void); /* the server was told to stop: lame-duck or later */

/* ---- HTTP endpoints (health, ready, metrics), served on the service thread ---- */

struct rt_http_reply {
	int status;               /* 200, 503, ... */
	const char *content_type; /* a literal; NULL: text/plain; charset=utf-8 */
	struct buf *body;
};

/*
 * Serves path on addr ("host:port", ":port", "[::1]:port").  Endpoints with the same address share
 * one listener.  The same address and path a second time is an error unless share is true, when the
 * first handler stays.  Failures name address and cause; -1 after rt_instance_error.
 */
int rt_http_serve(struct rt_instance *in, const char *addr, const char *path, bool share,
		  void (*handler)(void *arg, struct rt_http_reply *), void *arg) RT_MUST_CHECK;

/* ---- metrics: Prometheus names and labels; one cell per worker, summed when scraped ---- */

/* One label with the values that it can take; a series is a combination of one value of each. */
struct rt_label {
	const char *name;
	const char *const *values; /* texts; they must outlive the server */
	unsigned n;
};

/*
 * Counters.  Registers a family of n1*n2*... series (labels in order, the last one varies fastest)
 * and returns the number of its first cell; the cell of a series is first + index.  The same name
 * registered again (another instance) adds series to the family: its label names must be equal.
 * Only series that were ever counted are printed, as the Prometheus client does for label vectors;
 * a family without labels is always printed.  Only in start.  Fails never: the server ends with a
 * message when memory runs out during start.
 */
unsigned rt_metric_counter(struct rt_instance *in, const char *name, const char *help,
			   const struct rt_label *labels, unsigned nlabels);

/*
 * Histograms: per series nbounds+1 bucket cells and one cell for the sum, so a series i starts at
 * first + i * (nbounds + 2).  Values are integers; bounds are in the same unit; scale turns them into
 * the printed unit (1e-9 for ns as seconds).  rt_metric_observe finds the bucket.
 */
struct rt_histogram {
	unsigned first;
	unsigned nbounds;
	const uint64_t *bounds; /* upper bounds, ascending; the caller's, static */
};
struct rt_histogram rt_metric_histogram(struct rt_instance *in, const char *name, const char *help,
					const struct rt_label *labels, unsigned nlabels,
					const uint64_t *bounds, unsigned nbounds, double scale);

/*
 * A gauge that is asked for when scraped: fn(arg) on the service thread.  A NaN means that there is
 * nothing to tell: the series is left out.
 */
void rt_metric_gauge(struct rt_instance *in, const char *name, const char *help,
		     const struct rt_label *labels, unsigned nlabels, double (*fn)(void *),
		     void *arg);
/* The same for times: of equal series the greatest is printed, not the sum. */
void rt_metric_gauge_latest(struct rt_instance *in, const char *name, const char *help,
			    const struct rt_label *labels, unsigned nlabels, double (*fn)(void *),
			    void *arg);
/* The same for a counter that is kept elsewhere (in shared state). */
void rt_metric_counter_fn(struct rt_instance *in, const char *name, const char *help,
			  const struct rt_label *labels, unsigned nlabels, double (*fn)(void *),
			  void *arg);

/* Adds to a cell of this worker: no lock, no atomic read-modify-write. */
void rt_metric_add(struct rt_worker *w, unsigned cell, uint64_t n);
void rt_metric_observe(struct rt_worker *w, const struct rt_histogram *h, unsigned series,
		       uint64_t value);
/*
 * This worker's cells by number, for a plugin that counts in several of them at once.  Only this worker
 * writes there, and with relaxed atomic stores, since they are read meanwhile.
 */
uint64_t *rt_metric_cells(struct rt_worker *w);
/* From the service thread, which has a row of cells of its own. */
void rt_metric_add_service(unsigned cell, uint64_t n);

/* Prints everything in the text exposition format 0.0.4. */
void rt_metrics_print(struct buf *out);

/*
 * Queries that no server block sees, because no zone or class matches, or that have no question: CoreDNS
 * counts them under zone="dropped".  fn(arg, q) is called on the worker when the error reply has been
 * written (rt_reply_rcode, q->reply.len); q->site is NULL.  The first one registered stays: true if it is
 * this one.  Only in start.
 */
bool rt_observe_dropped(struct rt_instance *in, void (*fn)(void *arg, struct rt_query *q),
			void *arg);

/* The label every server-wide family starts with: values by rt_listener_index. */
struct rt_label rt_server_label(void);

/* ---- log ---- */

enum rt_log_level {
	RT_LOG_DEBUG,
	RT_LOG_INFO,
	RT_LOG_WARNING,
	RT_LOG_ERROR,
	RT_LOG_FATAL,
};

/* Prints "[INFO] <text>" as one line on standard output.  Debug lines only with `debug`. */
void rt_log(enum rt_log_level level, const char *fmt, ...) RT_PRINTF(2, 3);
/* The same from a plugin: "[INFO] plugin/NAME: <text>". */
void rt_plugin_log(const char *plugin, enum rt_log_level level, const char *fmt, ...)
	RT_PRINTF(3, 4);
bool rt_log_debugging(void);
/*
 * A line of bulk output (query log) from a worker: gathered and written once per wake-up; when
 * standard output is full or slow, lines are dropped and counted rather than queries delayed.
 * The text has no newline.
 */
void rt_log_bulk(struct rt_worker *w, const char *text, size_t len);

#endif
