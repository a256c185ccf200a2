/*
 * What must hold of formatting for every text, however odd, seen from what a server is made of:
 *
 * - the plan is the same, but for places
 * - the reports are the same, but for places, and but for warnings about the layout itself
 *   (CF1004, CF1008), which may go away and never come
 * - every comment is there, in the same order
 * - formatting again changes nothing
 * - `corefilec diff` finds no difference of meaning, and no query that takes another way
 * - a text that is not formatted has an error
 *
 * The language alone is the matter of fuzz_corefile.c.  Violations end the process by abort(), as
 * fuzzers want it.
 */
#ifndef TESTS_FUZZ_FUZZ_FMT_H
#define TESTS_FUZZ_FUZZ_FMT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text was one that can be formatted. */
bool fuzz_fmt_text(const char *text, size_t len);

/* The same for a file, whose imports are followed from where it stands. */
bool fuzz_fmt_file(const char *path);

#endif
