/*
 * emit.h - prints the C for a plan.  It decides nothing.
 *
 * The output is one translation unit that includes rt_gen.h and the headers of the plugins in use
 * and defines rt_program.  It is deterministic, readable, and independent of where it is made: file
 * names are those that the user gave, without a leading directory when they were absolute.
 */
#ifndef COMPILER_EMIT_H
#define COMPILER_EMIT_H

#include <stdbool.h>

#include "compiler/plan.h"
#include "rt_config.h"

struct buf;

struct cfc_emit_options {
	const char *self;    /* name of the file being written, for #line: "Corefile.gen.c" */
	bool no_line;        /* no #line: a debugger then steps through the generated file */
	const char *version; /* of corefilec */
	const char *hash;    /* of everything that was read, hexadecimal */
	const struct cfc_source *main; /* the Corefile that is embedded */
};

void cfc_emit(struct cfc *c, const struct cfc_plan *plan, const struct cfc_emit_options *options,
	      struct buf *out);

/* The ABI stamp that generated code asks the runtime for: RT_ABI of rt.h, which must be the same. */
#define CFC_ABI 1

/* SHA-256 over the names and texts of all units that were read; 64 hexadecimal digits. */
const char *cfc_sources_hash(struct cfc *c);

#endif
