/*
 * files.h - what rules about files share.  They look at files only with --root, and never for
 * --compat, which has its own way (setup_file.h).
 */
#ifndef COMPILER_CHECKS_FILES_H
#define COMPILER_CHECKS_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/cfc.h"

bool cfc_looks_at_files(const struct cfc *c);

/* The path as the linter opens it: below --root. */
const char *cfc_root_path(struct cfc *c, const char *path);

/*
 * Seconds since 1970.  SOURCE_DATE_EPOCH says otherwise where the same input must give the same
 * output (https://reproducible-builds.org/specs/source-date-epoch/).
 */
int64_t cfc_now(const struct cfc *c);

#endif
