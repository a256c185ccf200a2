/*
 * Numbers from text, with the rules of Go's strconv.
 *
 * The whole text must be the number: no blanks, nothing after it.  RT_ESYNTAX means that it
 * is not a number, RT_ERANGE that it does not fit; the result is unchanged on failure.
 *
 * Base 10 and other explicit bases take digits only.  Base 0 is Go's: a prefix
 * 0x, 0o, 0b or a leading 0 chooses the base and single underscores may separate digits.
 *
 * Thread-safe, nothing allocated.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* strconv.ParseInt(text, base, 64): optional + or -.  base 0, 2 … 36. */
int num_parse_int(int64_t *out, const char *text, size_t len, unsigned base) RT_MUST_CHECK;

/* strconv.ParseUint(text, base, 64): no sign at all. */
int num_parse_uint(uint64_t *out, const char *text, size_t len, unsigned base) RT_MUST_CHECK;

/* strconv.Atoi, and min <= value <= max or RT_ERANGE. */
int num_parse_range(int64_t *out, const char *text, size_t len, int64_t min,
		    int64_t max) RT_MUST_CHECK;

/* Decimal without sign into a smaller type. */
int num_parse_u16(uint16_t *out, const char *text, size_t len) RT_MUST_CHECK;
int num_parse_u32(uint32_t *out, const char *text, size_t len) RT_MUST_CHECK;

/* strconv.ParseBool: 1 t T true TRUE True, 0 f F false FALSE False. */
int num_parse_bool(bool *out, const char *text, size_t len) RT_MUST_CHECK;

/*
 * strconv.ParseFloat in decimal notation ("0.25", "1e-3", "+.5"), finite only; not hexadecimal,
 * inf, nan or underscores.  Independent of the locale.
 */
int num_parse_double(double *out, const char *text, size_t len) RT_MUST_CHECK;

/* Decimal digits of v into out (not terminated); returns how many (1 … 20). */
size_t num_format_u64(uint64_t v, char out[20]);

#endif
