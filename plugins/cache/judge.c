/*
 * judge.c - sorts replies by what they say.  See judge.h.
 */
#include "config.h"

#include "cache/judge.h"

#include <string.h>

#include "base/bytes.h"
#include "dns/types.h"

/* What one walk over the records finds. */
struct survey {
	bool soa;
	bool ns;
	bool expired; /* a signature is not valid now */
	unsigned ncnames;
	unsigned opts; /* OPT records, which are nobody's TTL */
};

/* RFC 4034 §3.1.5: times of signatures are serial numbers (RFC 1982). */
static bool
signature_expired(const struct dns_rr_iter *it, uint32_t now)
{
	const uint8_t *rdata = it->msg + it->rdata;

	if (it->rdlen < 18)
		return true;
	return (int32_t)(bytes_get32(rdata + 8) - now) < 0 ||
	       (int32_t)(now - bytes_get32(rdata + 12)) < 0;
}

/* RFC 2308 §5: a denial lives as long as the SOA's TTL and its MINIMUM field allow. */
static uint32_t
soa_ttl(const struct dns_rr_iter *it)
{
	uint32_t minimum = it->rdlen >= 22 ? bytes_get32(it->msg + it->end - 4) : 0;

	return minimum < it->ttl ? minimum : it->ttl;
}

static void
survey_record(struct survey *v, struct cache_judgement *j, const struct dns_rr_iter *it,
	      const struct cache_question *question, uint32_t now)
{
	if (it->type == DNS_TYPE_OPT) {
		v->opts++;
		j->rewrite = true;
		return;
	}
	j->counts[it->section - DNS_ANSWER]++;
	j->ttl_at[j->n++] = (uint16_t)(it->fixed + 4 - j->records);
	if (it->ttl < j->lowest)
		j->lowest = it->ttl;
	if (it->section == DNS_AUTHORITY && it->type == DNS_TYPE_SOA)
		v->soa = true;
	if (it->section == DNS_AUTHORITY && it->type == DNS_TYPE_NS)
		v->ns = true;
	if (it->section == DNS_ANSWER && it->type == DNS_TYPE_CNAME)
		v->ncnames++;
	if (it->type == DNS_TYPE_RRSIG && question->dnssec && signature_expired(it, now))
		v->expired = true;
	/* Whoever asks next finds the name in the case that he wrote. */
	if (it->msg[it->start] < 0xc0 && it->msg[it->start] != 0 &&
	    dns_name_equal_at(it->msg, it->len, it->start, question->name->wire))
		j->rewrite = true;
}

/* ---- does it answer? ---- */

static bool
class_matches(uint16_t class, uint16_t qclass)
{
	return qclass == DNS_CLASS_ANY || class == qclass;
}

/* Whether the answer section has a record of the type (ANY: any) at name. */
static bool
has_record(const uint8_t *msg, size_t len, const uint8_t *name, uint16_t type, uint16_t class)
{
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, msg, len) < 0)
		return false;
	while (dns_rr_next(&it) && it.section == DNS_ANSWER) {
		if ((it.type == type || type == DNS_TYPE_ANY) && class_matches(it.class, class) &&
		    dns_name_equal_at(msg, len, it.start, name))
			return true;
	}
	return false;
}

/*
 * The target that name is an alias of, to target; 1, or 0 if it is none.  -1 if there are several: RFC 2181
 * §10.1 allows one.
 */
static int
alias_of(const uint8_t *msg, size_t len, const uint8_t *name, uint16_t class,
	 uint8_t target[DNS_NAME_BUF])
{
	struct dns_rr_iter it;
	int found = 0;

	if (dns_rr_iter_init(&it, msg, len) < 0)
		return -1;
	while (dns_rr_next(&it) && it.section == DNS_ANSWER) {
		if (it.type != DNS_TYPE_CNAME || !class_matches(it.class, class) ||
		    !dns_name_equal_at(msg, len, it.start, name))
			continue;
		if (found == 0 && dns_name_unpack(target, msg, len, it.rdata, NULL) < 0)
			return -1;
		if (found != 0 && !dns_name_equal_at(msg, len, it.rdata, target))
			return -1;
		found = 1;
	}
	return found;
}

/*
 * Follows the aliases from the question's name (RFC 1034 §3.6.2) and looks for the type at their end.  A chain
 * longer than there are CNAMEs is a loop.
 */
static bool
answers(const uint8_t *msg, size_t len, const struct cache_question *question, unsigned ncnames)
{
	uint8_t names[2][DNS_NAME_BUF];
	const uint8_t *name = question->name->wire;

	if (question->type == DNS_TYPE_ANY || (ncnames == 0 && question->type != DNS_TYPE_CNAME))
		return has_record(msg, len, name, question->type, question->class);
	if (question->type == DNS_TYPE_CNAME)
		return alias_of(msg, len, name, question->class, names[0]) == 1;
	for (unsigned i = 0; i <= ncnames; i++) {
		uint8_t *target = names[i % 2];
		int found = alias_of(msg, len, name, question->class, target);

		if (found < 0)
			return false;
		if (found == 0)
			return has_record(msg, len, name, question->type, question->class);
		name = target;
	}
	return false;
}

/* ---- the judgement ---- */

static enum cache_kind
kind_of(const struct cache_judgement *j, const struct survey *v, unsigned rcode)
{
	if (v->expired)
		return CACHE_KIND_OTHER;
	if (rcode == DNS_RCODE_NOERROR) {
		if (j->counts[0] > 0)
			return v->soa && !j->answers ? CACHE_KIND_NODATA : CACHE_KIND_NOERROR;
		if (v->soa)
			return CACHE_KIND_NODATA;
		return v->ns ? CACHE_KIND_DELEGATION : CACHE_KIND_NOERROR;
	}
	/* An answer and NXDOMAIN at once: an alias into nowhere, which is not kept. */
	if (rcode == DNS_RCODE_NXDOMAIN)
		return j->counts[0] > 0 ? CACHE_KIND_OTHER : CACHE_KIND_NXDOMAIN;
	if (rcode == DNS_RCODE_SERVFAIL || rcode == DNS_RCODE_NOTIMP)
		return CACHE_KIND_FAILURE;
	return CACHE_KIND_OTHER;
}

static enum cache_half
half_of(const struct cache_judgement *j, const struct survey *v)
{
	if (j->truncated)
		return CACHE_HALVES;
	switch (j->kind) {
	case CACHE_KIND_NOERROR:
		/* Aliases that end without the type and without an SOA: RFC 2308 §5, not kept. */
		return j->counts[0] > 0 && !j->answers ? CACHE_HALVES : CACHE_SUCCESS;
	case CACHE_KIND_DELEGATION:
		return CACHE_SUCCESS;
	case CACHE_KIND_NXDOMAIN:
		return v->soa ? CACHE_DENIAL : CACHE_HALVES;
	case CACHE_KIND_NODATA:
	case CACHE_KIND_FAILURE:
		return CACHE_DENIAL;
	case CACHE_KIND_OTHER:
		return CACHE_HALVES;
	}
	return CACHE_HALVES;
}

/* The SOA of a denial counts by its MINIMUM field as well. */
static void
bound_by_soa(struct cache_judgement *j, const uint8_t *msg, size_t len)
{
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, msg, len) < 0)
		return;
	while (dns_rr_next(&it)) {
		if (it.section == DNS_AUTHORITY && it.type == DNS_TYPE_SOA &&
		    soa_ttl(&it) < j->lowest)
			j->lowest = soa_ttl(&it);
	}
}

bool
cache_judge(struct cache_judgement *j, const uint8_t *msg, size_t len,
	    const struct cache_question *question, uint32_t now)
{
	struct survey v = { 0 };
	struct dns_rr_iter it;

	memset(j, 0, offsetof(struct cache_judgement, ttl_at));
	j->half = CACHE_HALVES;
	j->lowest = UINT32_MAX;
	if (dns_rr_iter_init(&it, msg, len) < 0)
		return false;
	j->records = (uint32_t)(DNS_HEADER_LEN + question->name->len + 4);
	j->end = j->records;
	while (dns_rr_next(&it)) {
		if (it.start < j->records || j->n == CACHE_RECORDS_MAX)
			return false;
		survey_record(&v, j, &it, question, now);
		j->end = it.end;
	}
	if (it.error < 0)
		return false;
	j->truncated = (dns_msg_flags(msg) & DNS_FLAG_TC) != 0;
	if (dns_msg_rcode(msg) == DNS_RCODE_NOERROR && j->counts[0] > 0)
		j->answers = answers(msg, len, question, v.ncnames);
	j->kind = kind_of(j, &v, dns_msg_rcode(msg));
	j->half = half_of(j, &v);
	if (j->kind == CACHE_KIND_NXDOMAIN || j->kind == CACHE_KIND_NODATA)
		bound_by_soa(j, msg, len);
	return true;
}

enum cache_half
cache_judge_bounds(const struct cache_judgement *j)
{
	return j->kind == CACHE_KIND_NXDOMAIN || j->kind == CACHE_KIND_NODATA ? CACHE_DENIAL
									      : CACHE_SUCCESS;
}

uint32_t
cache_judge_ttl(const struct cache_judgement *j, uint32_t max, uint32_t min, uint32_t servfail)
{
	uint32_t ttl = j->lowest;

	if (j->kind == CACHE_KIND_FAILURE)
		return servfail;
	if (j->n == 0 || j->kind == CACHE_KIND_DELEGATION || j->kind == CACHE_KIND_OTHER)
		ttl = CACHE_DEFAULT_TTL;
	if (ttl < min)
		ttl = min;
	return ttl > max ? max : ttl;
}

void
cache_judge_set_ttls(const struct cache_judgement *j, uint8_t *msg, uint32_t ttl)
{
	for (unsigned i = 0; i < j->n; i++)
		bytes_put32(msg + j->records + j->ttl_at[i], ttl);
}
