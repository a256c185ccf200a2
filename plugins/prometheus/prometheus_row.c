/*
 * prometheus_row.c - the families coredns_dns_*.
 */
#include "config.h"

#include "prometheus/prometheus_row.h"

#include "base/clock.h"
#include "dns/types.h"

/* X(type): values of the label type, in the order of cells; what is none of them is "other". */
#define TYPES(X)                                                                                   \
	X(A)                                                                                       \
	X(AAAA)                                                                                    \
	X(ANY)                                                                                     \
	X(AXFR)                                                                                    \
	X(CNAME)                                                                                   \
	X(DNSKEY)                                                                                  \
	X(DS)                                                                                      \
	X(HTTPS)                                                                                   \
	X(IXFR)                                                                                    \
	X(MX)                                                                                      \
	X(NS)                                                                                      \
	X(NSEC)                                                                                    \
	X(NSEC3)                                                                                   \
	X(PTR)                                                                                     \
	X(RRSIG)                                                                                   \
	X(SOA)                                                                                     \
	X(SRV)                                                                                     \
	X(SVCB)                                                                                    \
	X(TXT)

enum type_index {
	TYPE_OTHER,
#define X(type) TYPE_##type,
	TYPES(X)
#undef X
		TYPE_COUNT,
};

static const char *const type_texts[TYPE_COUNT] = { [TYPE_OTHER] = "other",
#define X(type) [TYPE_##type] = #type,
						    TYPES(X)
#undef X
};

static const uint8_t type_indices[256] = {
#define X(type) [DNS_TYPE_##type] = TYPE_##type,
	TYPES(X)
#undef X
};

/* Rcodes with a name; further ones are lumped together. */
#define RCODE_OTHER 24
static const char *const rcode_texts[RCODE_OTHER + 1] = {
	"NOERROR", "FORMERR",  "SERVFAIL",  "NXDOMAIN", "NOTIMP",  "REFUSED", "YXDOMAIN",
	"YXRRSET", "NXRRSET",  "NOTAUTH",   "NOTZONE",  "RCODE11", "RCODE12", "RCODE13",
	"RCODE14", "RCODE15",  "BADSIG",    "BADKEY",   "BADTIME", "BADMODE", "BADNAME",
	"BADALG",  "BADTRUNC", "BADCOOKIE", "other",
};

static const char *const proto_texts[] = { "udp", "tcp" };
static const char *const family_texts[] = { "1", "2" };

/* 0.25 ms * 2^n */
#define DURATION_FIRST    UINT64_C(250000)
#define DURATION_BOUNDS   16
#define DURATION_BOUND(n) (DURATION_FIRST << (n))
static const uint64_t duration_bounds[DURATION_BOUNDS] = {
	DURATION_BOUND(0),  DURATION_BOUND(1),  DURATION_BOUND(2),  DURATION_BOUND(3),
	DURATION_BOUND(4),  DURATION_BOUND(5),  DURATION_BOUND(6),  DURATION_BOUND(7),
	DURATION_BOUND(8),  DURATION_BOUND(9),  DURATION_BOUND(10), DURATION_BOUND(11),
	DURATION_BOUND(12), DURATION_BOUND(13), DURATION_BOUND(14), DURATION_BOUND(15),
};

#define SIZE_BOUNDS 14
static const uint64_t size_bounds[SIZE_BOUNDS] = { 0,    100,  200,  300,   400,   511,   1023,
						   2047, 4095, 8291, 16000, 32000, 48000, 64000 };

/* ---- registering ---- */

void
prometheus_row_register(struct prometheus_row *row, struct rt_instance *in)
{
	const struct rt_label labels[] = {
		{ "server", &row->server, 1 },
		{ "zone", &row->zone, 1 },
		{ "view", &row->view, 1 },
		{ "proto", proto_texts, 2 },
		{ "family", family_texts, 2 },
		{ "type", type_texts, TYPE_COUNT },
		{ "rcode", rcode_texts, RCODE_OTHER + 1 },
		{ "plugin", row->plugins, row->nplugins },
	};
	const struct rt_label answers[] = { labels[0], labels[1], labels[2], labels[6], labels[7] };

	row->requests = rt_metric_counter(
		in, "coredns_dns_requests_total",
		"Counter of DNS requests made per zone, protocol and family.", labels, 6);
	row->responses = rt_metric_counter(in, "coredns_dns_responses_total",
					   "Counter of response status codes.", answers, 5);
	row->dnssec_ok =
		rt_metric_counter(in, "coredns_dns_do_requests_total",
				  "Counter of DNS requests with DO bit set per zone.", labels, 3);
	row->duration = rt_metric_histogram(
				in, "coredns_dns_request_duration_seconds",
				"Histogram of the time (in seconds) each request took per zone.",
				labels, 3, duration_bounds, DURATION_BOUNDS, 1e-9)
				.first;
	row->request_size = rt_metric_histogram(in, "coredns_dns_request_size_bytes",
						"Size of the request in bytes.", labels, 4,
						size_bounds, SIZE_BOUNDS, 1)
				    .first;
	row->response_size = rt_metric_histogram(in, "coredns_dns_response_size_bytes",
						 "Size of the returned response in bytes.", labels,
						 4, size_bounds, SIZE_BOUNDS, 1)
				     .first;
}

/* ---- counting ---- */

/* A worker's cells are written by that worker alone; the scrape reads them meanwhile. */
static inline void
bump(uint64_t *cell, uint64_t n)
{
	__atomic_store_n(cell, __atomic_load_n(cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* The bounds are powers of two apart: the bucket is a number of bits. */
static inline unsigned
duration_bucket(uint64_t ns)
{
	uint64_t steps = ns == 0 ? 0 : (ns - 1) / DURATION_FIRST;
	unsigned n = steps == 0 ? 0 : 64u - (unsigned)__builtin_clzll(steps);

	return n < DURATION_BOUNDS ? n : DURATION_BOUNDS;
}

/* Nearly all messages are in the first few. */
static inline unsigned
size_bucket(uint64_t size)
{
	unsigned i = 0;

	while (i < SIZE_BOUNDS && size > size_bounds[i])
		i++;
	return i;
}

static inline void
bump_size(uint64_t *cells, unsigned first, unsigned proto, uint64_t size)
{
	uint64_t *series = cells + first + proto * (SIZE_BOUNDS + 2);

	bump(series + size_bucket(size), 1);
	bump(series + SIZE_BOUNDS + 1, size);
}

void
prometheus_row_count(const struct prometheus_row *row, const struct rt_query *q, unsigned plugin)
{
	uint64_t *cells = rt_metric_cells(q->worker);
	unsigned proto = q->proto == RT_PROTO_UDP ? 0 : 1;
	unsigned family = q->client.family == ADDR_V6 ? 1 : 0;
	unsigned type = q->qtype < ARRAY_SIZE(type_indices) ? type_indices[q->qtype] : TYPE_OTHER;
	/* A query that is dropped has no answer: CoreDNS counts it as an empty NOERROR. */
	unsigned rcode = q->reply.len > 0 ? rt_reply_rcode(q) : 0;
	uint64_t now = (uint64_t)clock_mono_ns();
	uint64_t ns = now > q->start_ns ? now - q->start_ns : 0;

	if (RT_UNLIKELY(rcode > RCODE_OTHER))
		rcode = RCODE_OTHER;
	bump(cells + row->requests + (proto * 2 + family) * TYPE_COUNT + type, 1);
	bump(cells + row->responses + rcode * row->nplugins + plugin, 1);
	if (q->flags & RT_QF_DO)
		bump(cells + row->dnssec_ok, 1);
	bump(cells + row->duration + duration_bucket(ns), 1);
	bump(cells + row->duration + DURATION_BOUNDS + 1, ns);
	bump_size(cells, row->request_size, proto, q->request_len);
	bump_size(cells, row->response_size, proto, q->reply.len);
}
