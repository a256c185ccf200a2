/*
 * explain.h - the plan, and the way of a query through it, in words and as JSON.
 *
 * Secrets (options marked so in the tables) come out as CFC_SECRET_TEXT.
 */
#ifndef COMPILER_EXPLAIN_H
#define COMPILER_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "compiler/plan.h"
#include "compiler/trace.h"

/* The directive as it is written, blocks on one line, secrets masked. */
const char *cfc_directive_text(struct cfc *c, const struct cfc_instance *in);

/* "Corefile:3"; { file, line, column }, null for no place. */
const char *cfc_place_text(struct cfc *c, const struct cfc_span *span);
json_t *cfc_place_json(const struct cfc_span *span);

/* Listeners, zones, server blocks, chains. */
void cfc_explain_plan(struct cfc *c, const struct cfc_plan *plan, FILE *out);
json_t *cfc_explain_plan_json(struct cfc *c, const struct cfc_plan *plan);

/* One query; asked is how it came in, before anything changed it. */
void cfc_explain_query(const struct cfc_query *asked, const struct cfc_trace *t, FILE *out);
json_t *cfc_explain_query_json(const struct cfc_trace *t);

#endif
