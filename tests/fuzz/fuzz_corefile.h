/*
 * What must hold for every text that is fed to the language front end, however broken:
 *
 * - parsing, expanding, keys, overlaps and formatting end, with no sanitizer report
 * - every report has a place within its unit
 * - an error is reported exactly if expanding says that it failed
 * - formatting is idempotent
 * - a formatted text means the same: the same effective tree, the same errors
 *
 * The environment is the fixed one of tests/support/corefile.h; imports are looked up in the
 * current folder. Violations end the process by abort(), as fuzzers want it.
 */
#ifndef TESTS_FUZZ_FUZZ_COREFILE_H
#define TESTS_FUZZ_FUZZ_COREFILE_H

#include <stddef.h>

void fuzz_corefile(const char *text, size_t len);

#endif
