/*
 * query.h - one query, as far as a person can describe it before it comes.
 *
 * For explain and diff, which follow it through the plan (trace.h), and for plugins and
 * expressions that tell what they would do with it.
 */
#ifndef COMPILER_QUERY_H
#define COMPILER_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

/* What is known of a condition. */
enum cfc_tri {
	CFC_NO,
	CFC_YES,
	CFC_MAYBE, /* known only when serving */
};

/* What a plugin does with a query. */
enum cfc_outcome {
	CFC_OUTCOME_PASSES,  /* the next plugin sees it */
	CFC_OUTCOME_MAY_END, /* ends it in some cases, else the next plugin sees it */
	CFC_OUTCOME_ANSWERS, /* ends it with an answer of its own */
	CFC_OUTCOME_ASKS,    /* ends it with the answer of another server */
	CFC_OUTCOME_ENDS,    /* ends it with an error */
	CFC_OUTCOME_DROPS,   /* ends it without an answer */
};

struct cfc_query {
	struct rt_name name; /* in lower case */
	uint16_t type;
	uint16_t qclass;
	bool tcp; /* by a connection; schemes other than dns always are */
	bool transport_known;
	struct addr client; /* ADDR_NONE: not said */
};

#endif
