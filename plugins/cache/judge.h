/*
 * judge.h - what kind of reply a message is, and for how long it may be kept.
 *
 *	struct cache_judgement j;
 *	if (!cache_judge(&j, msg, len, &question, now))
 *		... malformed ...
 *	ttl = cache_judge_ttl(&j, max, min, servfail);
 *	if (j.half != CACHE_HALVES && ttl > 0)
 *		... keep it ...
 *	cache_judge_set_ttls(&j, msg, ttl);
 *
 * The rules are CoreDNS's: which replies are kept in which half, and that all records of a reply get
 * one TTL, the lowest of them within the bounds of the configuration.  See README.md.
 *
 * Pure functions of the message; thread-safe, nothing allocated.
 */
#ifndef CACHE_JUDGE_H
#define CACHE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/store.h"
#include "dns/message.h"
#include "dns/name.h"

/* Most records that a message can hold. */
#define CACHE_RECORDS_MAX ((DNS_MESSAGE_MAX - DNS_HEADER_LEN) / 11)

/* The TTL of replies with nothing to take one from, in seconds. */
#define CACHE_DEFAULT_TTL 5u

enum cache_kind {
	CACHE_KIND_NOERROR, /* has records, or nothing that says what it is */
	CACHE_KIND_NODATA,  /* the name exists, the type does not: SOA and no answer */
	CACHE_KIND_NXDOMAIN,
	CACHE_KIND_DELEGATION, /* NS records and no answer */
	CACHE_KIND_FAILURE,    /* SERVFAIL, NOTIMP */
	CACHE_KIND_OTHER,      /* other errors, expired signatures */
};

/* What was asked. */
struct cache_question {
	const struct dns_qname *name;
	uint16_t type;
	uint16_t class;
	bool dnssec; /* DO: signatures must be valid in time */
};

struct cache_judgement {
	enum cache_kind kind;
	enum cache_half half; /* where to keep it; CACHE_HALVES: not at all */
	bool answers;         /* has the type asked for, at the end of the chain of aliases */
	bool truncated;
	bool rewrite;       /* has an OPT, or owners that could be the pointer to the question */
	uint32_t lowest;    /* TTL in seconds; UINT32_MAX: no record */
	uint32_t records;   /* offset of the first record */
	uint32_t end;       /* offset after the last one */
	uint16_t counts[3]; /* records in answer, authority, additional */
	unsigned n;         /* entries of ttl_at */
	uint16_t ttl_at[CACHE_RECORDS_MAX]; /* offsets of the TTL fields from records */
};

/* now: seconds since 1970.  False if the message is malformed. */
bool cache_judge(struct cache_judgement *j, const uint8_t *msg, size_t len,
		 const struct cache_question *question, uint32_t now);

/* The one TTL of the reply: with the bounds of the half that it would belong to. */
uint32_t cache_judge_ttl(const struct cache_judgement *j, uint32_t max, uint32_t min,
			 uint32_t servfail);

/* Which bounds apply, also for replies that are not kept. */
enum cache_half cache_judge_bounds(const struct cache_judgement *j);

void cache_judge_set_ttls(const struct cache_judgement *j, uint8_t *msg, uint32_t ttl);

#endif
