/*
 * lookup.h - answering a question from one zone (RFC 1034 §4.3.2, RFC 4592, RFC 6672, RFC 4035
 *§3.1, RFC 5155 §7.2), the way CoreDNS's file plugin does where that leaves a choice.
 *
 *	set = file_find_prepared(zone, &qname, qtype);		see prepared.h
 *	if (set != NULL && file_prepare(&p, zone, set, dnssec, end_of_question) && ...)
 *		file_put_prepared(&p, ...): done
 *	struct file_answer a;
 *	file_answer_init(&a, zone, &writer, &qname, qtype, dnssec);
 *	switch (file_lookup(&a)) ...
 *
 * The writer stands behind the question, whose name is at offset 12 of the message; a question with
 *a name out of the zone must not get here.  Everything is written but the header: result tells what
 *the rcode is to be, and FILE_REFERRAL without an answer that AA is to be cleared.
 *
 * FILE_CHASE asks for help: the answer so far ends with a CNAME record whose target (a.target) is
 *not a name that the zone alone can answer for.  The caller finds the answer to target and qtype,
 *appends its records and ends with one of file_finish_answer and file_finish_negative.
 *
 * FILE_MISS is only given when may_fall is set: the name does not exist (or is an empty
 *non-terminal, or an apex without other records than SOA and NS) and nothing was written, so that the question can go elsewhere.  Without may_fall,
 *the same call gives the negative answer.
 *
 * What is written last, the authority and additional sections of an answer, is left out when there
 *is no room for it.  An answer that cannot be written leaves an error in the writer.
 *
 * Nothing is kept between calls and nothing is allocated (but OpenSSL's digest context for an NSEC3
 * hash); any thread may use a zone.
 */
#ifndef FILE_LOOKUP_H
#define FILE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/name.h"
#include "dns/writer.h"
#include "file/zone.h"

#define FILE_LINKS_MAX  8u   /* CNAME records followed after the first one, as in CoreDNS */
#define FILE_HOSTS_MAX  256u /* hosts whose addresses are added */
#define FILE_PROOFS_MAX 8u

enum file_result {
	FILE_ANSWER,   /* NOERROR */
	FILE_NODATA,   /* NOERROR, the name has no such records */
	FILE_NXDOMAIN, /* NXDOMAIN */
	FILE_REFERRAL, /* NOERROR, delegated to others */
	FILE_YXDOMAIN, /* YXDOMAIN: a DNAME makes the name too long */
	FILE_FAILURE,  /* SERVFAIL: a DNAME leads to itself; nothing was written */
	FILE_CHASE,    /* the answer goes on at a.target, see above */
	FILE_MISS,     /* see above */
	FILE_LINK,     /* within the lookup only: go on at a.target */
};

struct file_answer {
	const struct file_zone *zone;
	struct dns_writer *w;
	const struct dns_qname *qname; /* the question's */
	uint16_t qtype;
	bool dnssec;   /* signatures and proofs are wanted */
	bool may_fall; /* see FILE_MISS */

	const struct dns_qname *name; /* looked up now: qname, or target */
	struct dns_qname target;      /* of the last CNAME written */
	uint8_t links;                /* CNAME records written */
	uint8_t wildcard;             /* labels that a wildcard stood for in qname; 0: none */
	bool apex_ns;                 /* the answer has the zone's NS records */
	bool additional;              /* the answer names hosts */
	uint8_t nproofs;
	uint16_t nhosts;
	uint32_t seen[FILE_LINKS_MAX + 2]; /* nodes with the CNAME records written */
	uint32_t proofs[FILE_PROOFS_MAX];  /* NSEC and NSEC3 records written */
	uint32_t hosts[FILE_HOSTS_MAX];    /* nodes of hosts added */
};

static inline void
file_answer_init(struct file_answer *a, const struct file_zone *zone, struct dns_writer *w,
		 const struct dns_qname *qname, uint16_t qtype, bool dnssec)
{
	a->zone = zone;
	a->w = w;
	a->qname = qname;
	a->qtype = qtype;
	a->dnssec = dnssec;
	a->may_fall = false;
	a->name = qname;
	a->links = 0;
	a->wildcard = 0;
	a->apex_ns = false;
	a->additional = false;
	a->nproofs = 0;
	a->nhosts = 0;
}

enum file_result file_lookup(struct file_answer *a);

/*
 * The end of a positive answer: NS records and the proof of a wildcard in authority, addresses of
 * the hosts it names in additional.
 */
void file_finish_answer(struct file_answer *a);

/* The zone's SOA in authority, and that proof. */
void file_finish_negative(struct file_answer *a);

/* Only that proof: the rest of the authority section came from elsewhere. */
void file_finish_alias(struct file_answer *a);

/* ---- answer.c: writing ---- */

/*
 * Writes a set and, with DNSSEC wanted, its signatures.  owner: wire name; NULL: the question's.
 */
void file_put_set(struct file_answer *a, enum dns_section section, const struct file_rrset *set,
		  const uint8_t *owner);
/* Only the signatures. */
void file_put_sigs(struct file_answer *a, const struct file_rrset *set, const uint8_t *owner);
/* The delegation at a node (not the apex): NS and DS records or the proof that there are none, and
 * glue. */
void file_put_referral(struct file_answer *a, uint32_t cut);

/* ---- proof.c: why there is nothing (only called when DNSSEC is wanted) ---- */

/* below: how many labels the closest encloser has less than the name. */
void file_prove_nxdomain(struct file_answer *a, unsigned below);
/* Another name than this one or a closer wildcard does not exist: beside a wildcard's answer. */
void file_prove_wildcard(struct file_answer *a, unsigned below);
/* The wildcard exists, the name does not; wildcard: its node. */
void file_prove_wildcard_nodata(struct file_answer *a, unsigned below, uint32_t wildcard);
/* The node exists without records of the type. */
void file_prove_nodata(struct file_answer *a, uint32_t node);
/* The delegation at a node has no DS record. */
void file_prove_insecure(struct file_answer *a, uint32_t cut);

#endif
