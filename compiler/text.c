/*
 * UTF-8 decoding and the widths of code points.
 */
#include "config.h"

#include "compiler/text.h"

#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"

struct range {
	uint32_t first, last;
};

/* Marks that are drawn onto the character before them, and joiners. */
static const struct range zero_width[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },   { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x0900, 0x0902 }, { 0x093c, 0x093c },   { 0x0941, 0x0948 },
	{ 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x1ab0, 0x1aff },   { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200d }, { 0x2060, 0x2064 }, { 0x20d0, 0x20ff },   { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};

/* East Asian Wide and Fullwidth, and emoji. */
static const struct range double_width[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },
	{ 0x2705, 0x2705 },   { 0x274c, 0x274c },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool
in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;
		if (cp > r[low + half].last) {
			low += half + 1;
			n -= half + 1;
		} else if (cp < r[low + half].first) {
			n = half;
		} else {
			return true;
		}
	}
	return false;
}

/* Length of the sequence that a byte begins, and the smallest code point it may stand for. */
static size_t
sequence_length(unsigned char b, uint32_t *bits, uint32_t *least)
{
	if (b >= 0xc2 && b <= 0xdf) {
		*bits = b & 0x1fu;
		*least = 0x80;
		return 2;
	}
	if (b >= 0xe0 && b <= 0xef) {
		*bits = b & 0x0fu;
		*least = 0x800;
		return 3;
	}
	if (b >= 0xf0 && b <= 0xf4) {
		*bits = b & 0x07u;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

size_t
text_decode(const char *s, size_t len, uint32_t *cp, bool *valid)
{
	unsigned char b = (unsigned char)s[0];
	uint32_t value;
	uint32_t least;

	*valid = true;
	if (b < 0x80) {
		*cp = b;
		return 1;
	}
	size_t n = sequence_length(b, &value, &least);
	bool good = n > 0 && n <= len;
	for (size_t i = 1; good && i < n; i++) {
		unsigned char more = (unsigned char)s[i];
		good = (more & 0xc0u) == 0x80u;
		value = value << 6 | (more & 0x3fu);
	}
	if (!good || value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
		*valid = false;
		*cp = TEXT_INVALID;
		return 1;
	}
	*cp = value;
	return n;
}

unsigned
text_width(uint32_t cp)
{
	if (cp < 0x300)
		return 1;
	if (in_ranges(cp, zero_width, ARRAY_SIZE(zero_width)))
		return 0;
	return in_ranges(cp, double_width, ARRAY_SIZE(double_width)) ? 2 : 1;
}

bool
text_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || (cp >= 0x200e && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

bool
text_is_blank(uint32_t cp)
{
	return (cp >= '\t' && cp <= '\r') || cp == ' ' || cp == 0x85 || cp == 0xa0 ||
	       cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

size_t
text_valid_prefix(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(s + i, len - i, &cp, &valid);
		if (!valid)
			return i;
		i += n;
	}
	return len;
}

void
text_put_valid(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(s + i, len - i, &cp, &valid);

		if (valid)
			buf_add(out, s + i, n);
		else
			buf_puts(out, "\xef\xbf\xbd");
		i += n;
	}
}
