/*
 * fixture_test.h - the cache between a client and a next plugin, both made up, with a clock that the
 * test moves.  For cache_test.c and cache_refresh_test.c.
 *
 * The runtime's functions are made up as well, as far as the cache uses them: no thread, no socket;
 * background queries run when the test says so.
 *
 *	fx_configure();		and change fx.config, fx.next
 *	fx_begin();
 *	fx_ask();		asks for www.org A
 *	fx_check(1, 100);	was given 192.0.2.1 with this TTL
 *	fx_end();
 */
#ifndef CACHE_FIXTURE_TEST_H
#define CACHE_FIXTURE_TEST_H

#include "cache/cache_internal.h"

struct event_base;

struct rt_worker {
	uint64_t now;
};

/* A query with its buffer. */
struct fx_ask {
	struct rt_query q;
	uint8_t wire[4096];
	bool busy;
};

struct cache_fixture {
	/* What the next plugin does. */
	struct {
		unsigned asked;
		bool fails; /* writes nothing: RT_FAIL */
		unsigned rcode;
		uint32_t ttl;
		uint8_t address; /* last octet; 0: no answer */
		bool soa;
		bool ad;
		uint16_t last_flags; /* RT_QF_* that it saw */
		uint8_t last_proto;
	} next;
	bool later; /* sub-queries are not answered at once */

	/* The runtime's. */
	struct rt_worker worker;
	struct event_base *base;
	uint64_t cells[64];
	unsigned ncells;
	struct rt_query *resumed;
	enum rt_verdict resumed_with;
	struct fx_ask subs[4];
	struct {
		struct rt_query *sub, *parent;
		void (*done)(void *arg, struct rt_query *sub);
		void *arg;
	} waiting[4];
	unsigned nwaiting;
	double (*gauge_fn[CACHE_HALVES])(void *);
	void *gauge_arg[CACHE_HALVES];
	unsigned ngauges;

	/* The cache, and its client. */
	struct cache_config config;
	struct cache_state *state;
	struct fx_ask client;
	enum rt_verdict verdict;
};

extern struct cache_fixture fx;

/* What fx_configure sets: org. and example.net. */
extern const struct rt_name fx_zones[2];

/* Everything as it begins; then the cache starts, and ends. */
void fx_configure(void);
void fx_begin(void);
void fx_end(void);

/* Moves the clock. */
void fx_pass(double seconds);

void fx_ask_with(const char *name, uint16_t type, uint16_t flags);
void fx_ask(void);

/* The next plugin's serve function. */
enum rt_verdict fx_next_serve(struct rt_query *q);
/* Answers the sub-queries that wait. */
void fx_run_waiting(void);

/* The reply: its TTL, and the last octet of its address, 0 if there is none. */
void fx_check(unsigned address, uint32_t ttl);
/* Whether the reply has this flag. */
bool fx_flag(unsigned bit);

#endif
