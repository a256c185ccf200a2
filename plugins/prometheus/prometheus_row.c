/*
 * prometheus_row.c - the families coredns_dns_*.
 */
#include "config.h"

#include "prometheus/prometheus_row.h"

#include <assert.h>

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

RT_STATIC_ASSERT(TYPE_COUNT == PROMETHEUS_TYPES, "the cells of a row are laid out for so many");

const uint8_t prometheus_types[256] = {
#define X(type) [DNS_TYPE_##type] = TYPE_##type,
	TYPES(X)
#undef X
};

static const char *const rcode_texts[PROMETHEUS_RCODE_OTHER + 1] = {
	"NOERROR", "FORMERR",  "SERVFAIL",  "NXDOMAIN", "NOTIMP",    "REFUSED", "YXDOMAIN",
	"YXRRSET", "NXRRSET",  "NOTAUTH",   "NOTZONE",  "DSOTYPENI", "RCODE12", "RCODE13",
	"RCODE14", "RCODE15",  "BADSIG",    "BADKEY",   "BADTIME",   "BADMODE", "BADNAME",
	"BADALG",  "BADTRUNC", "BADCOOKIE", "other",
};

static const char *const proto_texts[] = { "udp", "tcp" };
static const char *const family_texts[] = { "1", "2" };

#define DURATION_BOUND(n) (PROMETHEUS_DURATION_FIRST << (n))
static const uint64_t duration_bounds[PROMETHEUS_DURATION_BOUNDS] = {
	DURATION_BOUND(0),  DURATION_BOUND(1),  DURATION_BOUND(2),  DURATION_BOUND(3),
	DURATION_BOUND(4),  DURATION_BOUND(5),  DURATION_BOUND(6),  DURATION_BOUND(7),
	DURATION_BOUND(8),  DURATION_BOUND(9),  DURATION_BOUND(10), DURATION_BOUND(11),
	DURATION_BOUND(12), DURATION_BOUND(13), DURATION_BOUND(14), DURATION_BOUND(15),
};

static const uint64_t size_bounds[PROMETHEUS_SIZE_BOUNDS] = { 0,     100,   200,   300,  400,
							      511,   1023,  2047,  4095, 8291,
							      16000, 32000, 48000, 64000 };

unsigned
prometheus_size_bucket(uint64_t size)
{
	unsigned i = 0;

	while (i < PROMETHEUS_SIZE_BOUNDS && size > size_bounds[i])
		i++;
	return i;
}

/* ---- registering ---- */

static void
register_sizes(const struct prometheus_row *row, struct rt_instance *in,
	       const struct rt_label labels[4])
{
	unsigned first = rt_metric_histogram(in, "coredns_dns_request_size_bytes",
					     "Size of the request in bytes.", labels, 4,
					     size_bounds, PROMETHEUS_SIZE_BOUNDS, 1)
				 .first;

	assert(first == row->first + PROMETHEUS_REQUEST_SIZE);
	first = rt_metric_histogram(in, "coredns_dns_response_size_bytes",
				    "Size of the returned response in bytes.", labels, 4,
				    size_bounds, PROMETHEUS_SIZE_BOUNDS, 1)
			.first;
	assert(first == row->first + PROMETHEUS_RESPONSE_SIZE);
}

/* In the order of enum prometheus_cell: cells are given out one after the other. */
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
		{ "rcode", rcode_texts, ARRAY_SIZE(rcode_texts) },
		{ "plugin", row->plugins, row->nplugins },
	};
	const struct rt_label answers[] = { labels[0], labels[1], labels[2], labels[6], labels[7] };
	unsigned first;

	row->first = rt_metric_counter(
		in, "coredns_dns_requests_total",
		"Counter of DNS requests made per zone, protocol and family.", labels, 6);
	first = rt_metric_counter(in, "coredns_dns_do_requests_total",
				  "Counter of DNS requests with DO bit set per zone.", labels, 3);
	assert(first == row->first + PROMETHEUS_DNSSEC_OK);
	first = rt_metric_histogram(
			in, "coredns_dns_request_duration_seconds",
			"Histogram of the time (in seconds) each request took per zone.", labels, 3,
			duration_bounds, PROMETHEUS_DURATION_BOUNDS, 1e-9)
			.first;
	assert(first == row->first + PROMETHEUS_DURATION);
	register_sizes(row, in, labels);
	first = rt_metric_counter(in, "coredns_dns_responses_total",
				  "Counter of response status codes.", answers, 5);
	assert(first == row->first + PROMETHEUS_RESPONSES);
}
