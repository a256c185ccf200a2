/*
 * Go's durations.  Arithmetic is in uint64_t up to 2^63, so that the most negative value, whose
 * magnitude does not fit int64_t, can be read and printed as Go does.
 */
#include "config.h"

#include "base/duration.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

#define LIMIT (UINT64_C(1) << 63) /* largest magnitude */

static const struct unit {
	const char *text;
	uint64_t ns;
} units[] = {
	{ "ns", (uint64_t)DURATION_NS },        { "us", (uint64_t)DURATION_US },
	{ "\xc2\xb5s", (uint64_t)DURATION_US }, /* U+00B5 micro sign */
	{ "\xce\xbcs", (uint64_t)DURATION_US }, /* U+03BC Greek letter mu */
	{ "ms", (uint64_t)DURATION_MS },        { "s", (uint64_t)DURATION_S },
	{ "m", (uint64_t)DURATION_M },          { "h", (uint64_t)DURATION_H },
};

struct reader {
	const char *at;
	const char *end;
};

static bool
is_digit(const struct reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* The digits before the dot; false when they exceed the limit. */
static bool
read_whole(struct reader *r, uint64_t *value)
{
	uint64_t v = 0;

	for (; is_digit(r); r->at++) {
		if (v > LIMIT / 10)
			return false;
		v = v * 10 + (uint64_t)(*r->at - '0');
		if (v > LIMIT)
			return false;
	}
	*value = v;
	return true;
}

/* The digits after the dot as fraction / scale; digits beyond 63 bits are dropped. */
static uint64_t
read_fraction(struct reader *r, double *scale)
{
	uint64_t v = 0;
	bool full = false;

	*scale = 1;
	for (; is_digit(r); r->at++) {
		if (full || v > (LIMIT - 1) / 10) {
			full = true;
			continue;
		}
		v = v * 10 + (uint64_t)(*r->at - '0');
		*scale *= 10;
	}
	return v;
}

/* The unit up to the next number; 0 when there is none or it is unknown. */
static uint64_t
read_unit(struct reader *r)
{
	const char *begin = r->at;
	size_t len;

	while (r->at < r->end && *r->at != '.' && !is_digit(r))
		r->at++;
	len = (size_t)(r->at - begin);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strlen(units[i].text) == len && memcmp(units[i].text, begin, len) == 0)
			return units[i].ns;
	}
	return 0;
}

/* One "12.5ms", added to *total. */
static int
read_term(struct reader *r, uint64_t *total)
{
	const char *begin = r->at;
	uint64_t whole;
	uint64_t fraction = 0;
	double scale = 1;
	size_t digits;
	uint64_t unit;

	if (!read_whole(r, &whole))
		return RT_ERANGE;
	digits = (size_t)(r->at - begin);
	if (r->at < r->end && *r->at == '.') {
		r->at++;
		begin = r->at;
		fraction = read_fraction(r, &scale);
		digits += (size_t)(r->at - begin);
	}
	if (digits == 0)
		return RT_ESYNTAX;
	unit = read_unit(r);
	if (unit == 0)
		return RT_ESYNTAX;
	if (whole > LIMIT / unit)
		return RT_ERANGE;
	whole *= unit;
	if (fraction > 0)
		whole += (uint64_t)((double)fraction * ((double)unit / scale));
	if (whole > LIMIT || whole > LIMIT - *total)
		return RT_ERANGE;
	*total += whole;
	return 0;
}

int
duration_parse(int64_t *ns, const char *text, size_t len)
{
	struct reader r = { text, text + len };
	bool negative = false;
	uint64_t total = 0;

	if (len > 0 && (*r.at == '-' || *r.at == '+')) {
		negative = *r.at == '-';
		r.at++;
	}
	if (r.end - r.at == 1 && *r.at == '0') {
		*ns = 0;
		return 0;
	}
	if (r.at == r.end)
		return RT_ESYNTAX;
	while (r.at < r.end) {
		int rc = read_term(&r, &total);

		if (rc < 0)
			return rc;
	}
	if (negative) {
		/* 2^63 itself negates to the most negative value. */
		*ns = (int64_t)(0 - total);
		return 0;
	}
	if (total >= LIMIT)
		return RT_ERANGE;
	*ns = (int64_t)total;
	return 0;
}

/* Text is made from its end. */
struct printer {
	char text[DURATION_TEXT_MAX];
	size_t at; /* first byte written */
};

static void
put(struct printer *p, const char *s, size_t len)
{
	p->at -= len;
	memcpy(p->text + p->at, s, len);
}

static void
put_number(struct printer *p, uint64_t v)
{
	do {
		p->text[--p->at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
}

/* The last `digits` digits of v as a fraction without trailing zeros; returns v without them. */
static uint64_t
put_fraction(struct printer *p, uint64_t v, unsigned digits)
{
	bool begun = false;

	for (; digits > 0; digits--) {
		if (begun || v % 10 != 0) {
			begun = true;
			p->text[--p->at] = (char)('0' + v % 10);
		}
		v /= 10;
	}
	if (begun)
		p->text[--p->at] = '.';
	return v;
}

/* Below one second: the largest unit that leaves a whole part. */
static void
put_small(struct printer *p, uint64_t v)
{
	if (v < (uint64_t)DURATION_US) {
		put(p, "ns", 2);
	} else if (v < (uint64_t)DURATION_MS) {
		put(p, "\xc2\xb5s", 3);
		v = put_fraction(p, v, 3);
	} else {
		put(p, "ms", 2);
		v = put_fraction(p, v, 6);
	}
	put_number(p, v);
}

static void
put_large(struct printer *p, uint64_t v)
{
	put(p, "s", 1);
	v = put_fraction(p, v, 9);
	put_number(p, v % 60);
	v /= 60;
	if (v == 0)
		return;
	put(p, "m", 1);
	put_number(p, v % 60);
	v /= 60;
	if (v == 0)
		return;
	put(p, "h", 1);
	put_number(p, v);
}

size_t
duration_format(int64_t ns, char out[DURATION_TEXT_MAX])
{
	struct printer p = { .at = DURATION_TEXT_MAX - 1 };
	uint64_t v = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	size_t len;

	if (v == 0)
		put(&p, "0s", 2);
	else if (v < (uint64_t)DURATION_S)
		put_small(&p, v);
	else
		put_large(&p, v);
	if (ns < 0)
		put(&p, "-", 1);
	len = DURATION_TEXT_MAX - 1 - p.at;
	memcpy(out, p.text + p.at, len);
	out[len] = '\0';
	return len;
}
