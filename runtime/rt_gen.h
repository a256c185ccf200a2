/*
 * rt_gen.h - what generated code, and only generated code, shares with the runtime.
 *
 * Generated code defines one object with external linkage, rt_program: a constant description of
 * the listeners, zones and server blocks of one Corefile, with the chains as functions.  The
 * runtime's main() serves it.  Nothing here is for plugins: they see rt.h.
 */
#ifndef RT_GEN_H
#define RT_GEN_H

#include "rt.h"

/*
 * One server block.  Steps number the plugin instances of the block in chain order, with those
 * that take no part in queries (health, ready, ...).
 *
 * serve enters at q->step and keeps it up to date; a step that takes no part falls through to the next.
 * reply runs the reply halves of the steps q->step-1 down to q->floor, and leaves q->step alone (it tells
 * observers who ended the query):
 *
 *	case 2:
 *		if (q->floor > 1)
 *			return;
 *		cache_reply(&sb0_cache, sb0_state[1], q);
 *		RT_FALLTHROUGH;
 *	case 1: ...
 *
 * q->step may be nsteps: the query came to the end of the chain.
 *
 * prefetch calls those of the steps, in their order; true if any wants to be asked for RT_FETCH_DATA.
 */
struct rt_block {
	enum rt_verdict (*serve)(struct rt_query *q);
	void (*reply)(struct rt_query *q); /* NULL: no step has a reply half */
	bool (*prefetch)(const struct rt_query *q, unsigned what); /* NULL: no step has one */
	bool (*admits)(struct rt_query *q); /* view: whether it takes the query; NULL: all */
	bool chaos;                         /* answers other classes than IN */
	bool empty;                         /* no plugin can answer: REFUSED */
	const char *name;                   /* the block's first key, for messages */
	unsigned line;                      /* of its opening, in file */
	const char *file;
	const struct rt_srcref *src; /* by step */
	unsigned nsteps;
	const struct rt_names *zones; /* all zones of the block */
	const char *view;             /* name of its view, or "" */
	void **state;                 /* by step */
	/* Whole-life hooks of the step's plugin; NULL when no step of the block has one. */
	bool (*start)(struct rt_instance *in, unsigned step);
	void (*stop)(unsigned step);
	int (*worker_start)(struct rt_worker *w, unsigned step);
	void (*worker_stop)(struct rt_worker *w, unsigned step);
	void (*reload)(unsigned step);
};

enum rt_transport {
	RT_TRANSPORT_DNS,
	RT_TRANSPORT_TLS,
	RT_TRANSPORT_QUIC,
	RT_TRANSPORT_GRPC,
	RT_TRANSPORT_HTTPS,
	RT_TRANSPORT_HTTPS3,
};

/* One `bind` argument: an address, or the name of an interface to look up when starting. */
struct rt_bind {
	const char *text;
	bool except; /* takes addresses away from those of the same group */
	uint8_t group;
};

/*
 * What to listen on.  Without binds: the port on all addresses, one dual-stack socket set per
 * worker.  With binds: every address that they resolve to gets a listener.
 */
struct rt_listen {
	const char *scheme; /* "dns" */
	uint8_t transport;  /* enum rt_transport */
	bool default_port;  /* the port was not written: -dns.port applies */
	uint16_t port;
	const struct rt_bind *binds;
	unsigned nbinds;
	unsigned nsockets; /* multisocket: socket sets; 0: one per worker */
	/*
	 * The site of the deepest zone with at most `labels` labels that the name is in or below, or
	 * NULL.  Generated switches over label count and label octets.
	 */
	const struct rt_site *(*match)(const struct dns_qname *name, unsigned labels);
	const struct rt_site *sites; /* all of them, contiguous */
	unsigned nsites;
	bool any_class; /* some block here answers other classes than IN */
	/* TCP time-outs in ns; 0: 3 s for a whole message, 5 s to take a reply, 10 s idle. */
	uint64_t read_timeout;
	uint64_t write_timeout;
	uint64_t idle_timeout;
};

struct rt_program {
	unsigned abi;         /* RT_ABI */
	const char *version;  /* of corefilec */
	const char *corefile; /* the Corefile's bytes as compiled */
	size_t corefile_len;
	const char *corefile_name; /* as given */
	const char *hash;          /* SHA-256 of everything that went in: Corefile and imports */
	const char *const
		*plugins; /* names of all plugins linked in, chain order, NULL at the end */
	const struct rt_listen *listens;
	unsigned nlistens;
	const struct rt_block *const *blocks;
	unsigned nblocks;
	unsigned nsites;
	bool debug;       /* `debug` somewhere */
	unsigned workers; /* multisocket: at least so many socket sets; 0: as many as CPUs */
};

extern const struct rt_program rt_program;

/* A query came to the end of the chain: SERVFAIL, "no next plugin found". */
enum rt_verdict rtg_end_of_chain(struct rt_query *q);

/*
 * Whether the last n labels of the name are the n labels in suffix (wire form with the root label,
 * lower-cased, suffix_len octets).  The name has at least n labels.
 */
static inline bool
rtg_suffix_is(const struct dns_qname *name, unsigned n, const void *suffix, size_t suffix_len)
{
	size_t at = name->label[name->nlabels - n];

	return name->len - at == suffix_len &&
	       __builtin_memcmp(name->wire + at, suffix, suffix_len) == 0;
}

/* Many zones with the same number of labels: a sorted table instead of comparisons. */
struct rtg_zone_row {
	const char *suffix; /* wire form with the root label, sorted by length, then octets */
	uint8_t len;
	uint16_t site;
};
/* The row's site, or -1. */
int rtg_zone_find(const struct rtg_zone_row *rows, unsigned n, const struct dns_qname *name,
		  unsigned labels);

/*
 * Breakpoint hook: called before every step when the runtime is built with RT_TRACE_STEPS.
 *     (gdb) break rt_trace_step if step == 1
 */
#ifdef RT_TRACE_STEPS
void rt_trace_step(struct rt_query *q, unsigned step);
#else
static inline void
rt_trace_step(struct rt_query *q, unsigned step)
{
	(void)q;
	(void)step;
}
#endif

#endif
