/*
 * files.h - what rules about files share.  They look at files only with --root, and never for
 * --compat, which has its own way (setup_file.h).
 */
#ifndef COMPILER_CHECKS_FILES_H
#define COMPILER_CHECKS_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/cfc.h"
#include "rt_config.h"

bool cfc_looks_at_files(const struct cfc *c);

/* The path as the linter opens it: below --root. */
const char *cfc_root_path(struct cfc *c, const char *path);

/*
 * Seconds since 1970.  SOURCE_DATE_EPOCH says otherwise where the same input must give the same
 * output (https://reproducible-builds.org/specs/source-date-epoch/).
 */
int64_t cfc_now(const struct cfc *c);

/* The part of CF4013 about the serial of the zone file at path, reported at span: see --base. */
void cfc_check_serial(struct cfc *c, struct cfc_span span, const char *path,
		      const struct rt_name *zone);

#endif
