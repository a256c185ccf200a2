/*
 * prometheus_row.h - the families coredns_dns_*: counting of queries and answers.
 *
 * A row stands for one server (listener), zone and view.  Its cells are laid out one after the other
 * when it is registered, at fixed distances from the first, so that counting is arithmetic on one index.
 *
 *	row.server = ...; row.zone = ...; row.view = ...; row.plugins = ...;
 *	prometheus_row_register(&row, in);	in start; the row must stay where it is
 *	prometheus_count(&row, batch, q, plugin);	prometheus_count.h
 */
#ifndef PROMETHEUS_ROW_H
#define PROMETHEUS_ROW_H

#include <stdint.h>

#include "rt.h"

struct prometheus_row {
	const char *server; /* labels; texts that outlive the server */
	const char *zone;
	const char *view;
	const char *const *plugins; /* values of the label plugin; [0] is "" */
	unsigned nplugins;
	unsigned first; /* cell, set by prometheus_row_register: PROMETHEUS_REQUESTS and so on */
};

/* Values of the label type by number of the type; 0: "other". */
extern const uint8_t prometheus_types[256];
#define PROMETHEUS_TYPES 20u

/* Rcodes with a name; further ones are lumped together. */
#define PROMETHEUS_RCODE_OTHER 24u

/* The bounds of durations: 0.25 ms * 2^n.  Of sizes: see prometheus_row.c. */
#define PROMETHEUS_DURATION_FIRST  UINT64_C(250000)
#define PROMETHEUS_DURATION_BOUNDS 16u
#define PROMETHEUS_SIZE_BOUNDS     14u

/* Cells of a histogram: a bucket for each bound, one for what is above, the sum. */
#define PROMETHEUS_DURATION_CELLS (PROMETHEUS_DURATION_BOUNDS + 2u)
#define PROMETHEUS_SIZE_CELLS     (PROMETHEUS_SIZE_BOUNDS + 2u)

/* Cells of a row, counted from its first. */
enum prometheus_cell {
	PROMETHEUS_REQUESTS = 0, /* by proto, family, type */
	PROMETHEUS_DNSSEC_OK = 2 * 2 * PROMETHEUS_TYPES,
	PROMETHEUS_DURATION,
	PROMETHEUS_REQUEST_SIZE = PROMETHEUS_DURATION + PROMETHEUS_DURATION_CELLS, /* by proto */
	PROMETHEUS_RESPONSE_SIZE = PROMETHEUS_REQUEST_SIZE + 2 * PROMETHEUS_SIZE_CELLS,
	PROMETHEUS_RESPONSES = PROMETHEUS_RESPONSE_SIZE + 2 * PROMETHEUS_SIZE_CELLS,
	/* by rcode, plugin; the last, since the number of plugins differs */
};

void prometheus_row_register(struct prometheus_row *row, struct rt_instance *in);

/* Bucket of a size above 511 octets. */
unsigned prometheus_size_bucket(uint64_t size);

#endif
