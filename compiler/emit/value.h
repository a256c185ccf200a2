/*
 * value.h - prints configs and their values as C initialisers.
 */
#ifndef COMPILER_EMIT_VALUE_H
#define COMPILER_EMIT_VALUE_H

#include "compiler/plan.h"

struct buf;

/* What stands for a value that is marked as secret in the tables. */
#define CFC_SECRET_TEXT "***"

/*
 * Prints the arrays that the instance's config points to and then the config itself, all
 * `static const` and named after prefix ("sb0_cache").
 */
void cfc_emit_config(struct cfc *c, const struct cfc_instance *in, const char *prefix,
		     struct buf *out);

/* "{ (const uint8_t *)"\007example\003org", 13, 2, "example.org." }" */
void cfc_emit_name(struct buf *out, const struct rt_name *name);

/* "static const struct rt_name NAME[] = { ... };": nothing for an empty list. */
void cfc_emit_names(struct buf *out, const struct rt_names *names, const char *name);

/* One value in words, for --dump-plan and explain: "30s", "example.org. 10.in-addr.arpa." */
void cfc_value_text(enum cfc_kind kind, const void *field, const char *const *values,
		    struct buf *out);

#endif
