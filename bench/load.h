/*
 * load.h - the load generator: what its parts share.
 *
 * One thread, pinned by whoever starts it.  Questions are prepared in wire form once; a transport keeps a
 * window of them in flight over several sockets (closed loop), or sends them at a fixed rate (open loop,
 * latency counted from the time a question should have left, so that a stalled server is not flattered).
 * Every reply is matched by id and question; its rcode is counted, and where the input names an address,
 * the reply must contain it.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define LOAD_MESSAGE_MAX 4096
#define LOAD_BUCKETS     4096        /* of the latency histogram, see latency_bucket */
#define LOAD_LOST_NS     1000000000u /* without a reply for so long a question is lost */

struct question {
	uint8_t *wire;      /* header with id 0, question, perhaps OPT */
	uint16_t len;       /* octets */
	uint16_t qlen;      /* octets of the question section */
	uint8_t expect[16]; /* address that must be in the reply */
	uint8_t expect_len; /* 0: any reply will do */
};

struct load_options {
	struct sockaddr_storage server;
	socklen_t server_len;
	unsigned sockets; /* or connections */
	unsigned window;  /* questions in flight over all sockets */
	double seconds;   /* how long to send */
	uint64_t queries; /* or how many; 0: by time */
	double rate;      /* per second; 0: as fast as answers come */
	bool tcp;
	bool random; /* order of questions */
};

struct load_result {
	uint64_t sent, answered, lost, wrong;
	uint64_t rcodes[16];
	uint64_t ns; /* from the first question to the last answer */
	uint64_t latency[LOAD_BUCKETS];
};

struct load {
	struct load_options o;
	struct question *questions;
	uint32_t nquestions;
	uint32_t next; /* index of the next question */
	uint64_t seed; /* of the order */
	struct load_result r;
};

uint64_t now_ns(void);

/* The next question to ask. */
uint32_t load_next(struct load *l);

/* Whether to go on sending, by time or by count. */
bool load_going_on(const struct load *l, uint64_t start, uint64_t now);

/* Judges a reply to question q; counts it.  false: it is not the reply to q. */
bool load_judge(struct load *l, const struct question *q, const uint8_t *reply, size_t len,
		uint64_t took_ns);

/* Counts n questions without a reply; in the percentiles they took LOAD_LOST_NS. */
void load_lost(struct load *l, uint64_t n);

int load_udp(struct load *l);
int load_tcp(struct load *l);

#endif
