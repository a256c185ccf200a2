/*
 * Go's strconv, as far as configuration needs it.
 */
#include "config.h"

#include "base/num.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

#define DOUBLE_TEXT_MAX 400u /* longer numbers are refused: nobody writes them */

/* Value of a digit in bases up to 36, or 255. */
static unsigned
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

/*
 * Go's literals: take the prefix off and give its base.  An underscore may follow the prefix, so
 * the caller is told whether there was one.
 */
static unsigned
take_prefix(const char **text, size_t *len, bool *prefixed)
{
	unsigned base = 10;
	size_t skip = 0;

	if (*len > 1 && (*text)[0] == '0') {
		switch ((*text)[1] | 0x20) {
		case 'x':
			base = 16;
			skip = 2;
			break;
		case 'o':
			base = 8;
			skip = 2;
			break;
		case 'b':
			base = 2;
			skip = 2;
			break;
		default:
			base = 8;
			skip = 1;
			break;
		}
	}
	*text += skip;
	*len -= skip;
	*prefixed = skip > 0;
	return base;
}

int
num_parse_uint(uint64_t *out, const char *text, size_t len, unsigned base)
{
	bool literal = base == 0;
	bool digit_before = false; /* an underscore may follow */
	bool too_large = false;
	uint64_t v = 0;

	if (literal)
		base = take_prefix(&text, &len, &digit_before);
	if (len == 0 || base < 2 || base > 36)
		return RT_ESYNTAX;
	for (size_t i = 0; i < len; i++) {
		unsigned d = digit_value(text[i]);

		if (literal && text[i] == '_') {
			if (!digit_before || i + 1 == len)
				return RT_ESYNTAX;
			digit_before = false;
			continue;
		}
		if (d >= base)
			return RT_ESYNTAX;
		digit_before = true;
		if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			too_large = true;
	}
	if (too_large)
		return RT_ERANGE;
	*out = v;
	return 0;
}

int
num_parse_int(int64_t *out, const char *text, size_t len, unsigned base)
{
	bool negative = false;
	uint64_t v;
	int rc;

	if (len > 0 && (text[0] == '-' || text[0] == '+')) {
		negative = text[0] == '-';
		text++;
		len--;
	}
	rc = num_parse_uint(&v, text, len, base);
	if (rc < 0)
		return rc;
	if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return RT_ERANGE;
	*out = (int64_t)(negative ? 0 - v : v);
	return 0;
}

int
num_parse_range(int64_t *out, const char *text, size_t len, int64_t min, int64_t max)
{
	int64_t v;
	int rc = num_parse_int(&v, text, len, 10);

	if (rc < 0)
		return rc;
	if (v < min || v > max)
		return RT_ERANGE;
	*out = v;
	return 0;
}

int
num_parse_u32(uint32_t *out, const char *text, size_t len)
{
	uint64_t v;
	int rc = num_parse_uint(&v, text, len, 10);

	if (rc < 0)
		return rc;
	if (v > UINT32_MAX)
		return RT_ERANGE;
	*out = (uint32_t)v;
	return 0;
}

int
num_parse_u16(uint16_t *out, const char *text, size_t len)
{
	uint32_t v;
	int rc = num_parse_u32(&v, text, len);

	if (rc < 0)
		return rc;
	if (v > UINT16_MAX)
		return RT_ERANGE;
	*out = (uint16_t)v;
	return 0;
}

int
num_parse_bool(bool *out, const char *text, size_t len)
{
	static const char *const words[] = {
		"0", "f", "F", "false", "FALSE", "False", /* the first half is false */
		"1", "t", "T", "true",  "TRUE",  "True",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0) {
			*out = i >= ARRAY_SIZE(words) / 2;
			return 0;
		}
	}
	return RT_ESYNTAX;
}

static size_t
count_digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

/* [sign] digits [. digits] [e [sign] digits], with a digit before the exponent. */
static bool
is_decimal(const char *text, size_t len)
{
	size_t i = 0;
	size_t mantissa;

	if (i < len && (text[i] == '-' || text[i] == '+'))
		i++;
	mantissa = count_digits(text + i, len - i);
	i += mantissa;
	if (i < len && text[i] == '.') {
		size_t n = count_digits(text + i + 1, len - i - 1);

		i += 1 + n;
		mantissa += n;
	}
	if (mantissa == 0)
		return false;
	if (i < len && (text[i] | 0x20) == 'e') {
		size_t n;

		i++;
		if (i < len && (text[i] == '-' || text[i] == '+'))
			i++;
		n = count_digits(text + i, len - i);
		if (n == 0)
			return false;
		i += n;
	}
	return i == len;
}

int
num_parse_double(double *out, const char *text, size_t len)
{
	char copy[DOUBLE_TEXT_MAX + 1];
	locale_t c_locale;
	double v;

	if (len > DOUBLE_TEXT_MAX || !is_decimal(text, len))
		return RT_ESYNTAX;
	memcpy(copy, text, len);
	copy[len] = '\0';
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c_locale == (locale_t)0)
		return RT_ENOMEM;
	v = strtod_l(copy, NULL, c_locale);
	freelocale(c_locale);
	if (isinf(v))
		return RT_ERANGE;
	*out = v;
	return 0;
}

size_t
num_format_u64(uint64_t v, char out[20])
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	memcpy(out, text + at, sizeof(text) - at);
	return sizeof(text) - at;
}
