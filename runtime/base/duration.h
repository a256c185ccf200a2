/*
 * Durations as Go writes them, because that is what Corefiles contain.
 *
 * duration_parse accepts exactly what Go's time.ParseDuration accepts: an optional
 * sign, then "0" alone or one or more decimal numbers with an optional fraction, each
 * followed by a unit: ns, us (also with the micro sign U+00B5 or the Greek letter U+03BC), ms,
 * s, m, h.  "1h15m30.918s", "-1.5h", ".5s" and "1.s" are valid; "3", "", "." and "1d" are
 * not.  duration_format prints the shortest form of Go's Duration.String.
 *
 * The unit is the nanosecond, the range that of int64_t (about 292 years).
 * Thread-safe, nothing allocated.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define DURATION_NS INT64_C(1)
#define DURATION_US (1000 * DURATION_NS)
#define DURATION_MS (1000 * DURATION_US)
#define DURATION_S  (1000 * DURATION_MS)
#define DURATION_M  (60 * DURATION_S)
#define DURATION_H  (60 * DURATION_M)

/* Room for every formatted duration and its NUL. */
#define DURATION_TEXT_MAX 32

/*
 * Parse len bytes of text into *ns.  RT_ESYNTAX: not a duration (a missing or unknown unit
 * included); RT_ERANGE: does not fit.  *ns is unchanged on failure.
 */
int duration_parse(int64_t *ns, const char *text, size_t len) RT_MUST_CHECK;

/* Print as Go does ("0s", "1.5s", "2h0m0s"); returns the length without NUL. */
size_t duration_format(int64_t ns, char out[DURATION_TEXT_MAX]);

#endif
