/*
 * prometheus_row.h - the families coredns_dns_*: counting of queries and answers.
 *
 * A row stands for one server (listener), zone and view.  Its cells are laid out one after the other
 * when it is registered, so that counting is arithmetic on indices and one histogram bucket each:
 *
 *	row.server = ...; row.zone = ...; row.view = ...; row.plugins = ...;
 *	prometheus_row_register(&row, in);		in start; the row must stay where it is
 *	prometheus_row_count(&row, q, plugin);	on the query's worker, when its reply is there
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

	/* Cells, set by prometheus_row_register. */
	unsigned requests; /* by proto, family, type */
	unsigned dnssec_ok;
	unsigned responses;    /* by rcode, plugin */
	unsigned duration;     /* buckets and sum */
	unsigned request_size; /* by proto, each buckets and sum */
	unsigned response_size;
};

void prometheus_row_register(struct prometheus_row *row, struct rt_instance *in);

/* plugin: index into row->plugins of the one that wrote the answer; 0: the server did. */
void prometheus_row_count(const struct prometheus_row *row, const struct rt_query *q,
			  unsigned plugin);

#endif
