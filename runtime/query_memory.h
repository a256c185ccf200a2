/*
 * query_memory.h - where queries, their buffers and their allocations live.  For query.c and its
 * kin.
 *
 * Every worker keeps free lists of its own, so nothing here locks.  The lists are bounded; what
 * comes back beyond the bound is freed.
 */
#ifndef RT_QUERY_MEMORY_H
#define RT_QUERY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "rt.h"

/* A blank query on the heap with an empty reply buffer; NULL: no memory or too many. */
struct rt_query *query_new(struct rt_worker *w) RT_MUST_CHECK;

/* Moves a query out of its slot, with reply and memory; the slot is clean then.  NULL as above. */
struct rt_query *query_move(struct rt_query *q) RT_MUST_CHECK;

/* dns_writer.grow of queries; w->user is the query. */
bool query_grow(struct dns_writer *w, size_t need);

#endif
