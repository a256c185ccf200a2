/*
 * $GENERATE.
 */
#include "config.h"

#include "dns/zone_generate.h"

#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"
#include "dns/zonefile.h"

#define NUMBER_MAX INT32_MAX /* as in BIND */
#define WIDTH_MAX  255

int
dns_zone_range_parse(struct dns_zone_range *range, const struct dns_zone_word *word)
{
	const char *end = word->text + word->len;
	const char *slash = memchr(word->text, '/', word->len);
	const char *range_end = slash != NULL ? slash : end;
	const char *dash = memchr(word->text, '-', (size_t)(range_end - word->text));

	if (dash == NULL)
		return RT_ESYNTAX;
	range->step = 1;
	if (num_parse_range(&range->start, word->text, (size_t)(dash - word->text), 0, NUMBER_MAX) <
		    0 ||
	    num_parse_range(&range->stop, dash + 1, (size_t)(range_end - dash - 1), range->start,
			    NUMBER_MAX) < 0)
		return RT_ESYNTAX;
	if (slash != NULL &&
	    num_parse_range(&range->step, slash + 1, (size_t)(end - slash - 1), 1, NUMBER_MAX) < 0)
		return RT_ESYNTAX;
	if ((range->stop - range->start) / range->step >= DNS_ZONEFILE_GENERATE_MAX)
		return RT_ELIMIT;
	return 0;
}

/* What stands between the braces. */
struct modifier {
	int64_t offset;
	int64_t width; /* least number of characters */
	char base;
};

/* Cut the part up to the next comma off *text. */
static size_t
cut(const char **text, size_t *len, const char **part)
{
	const char *comma = memchr(*text, ',', *len);
	size_t n = comma != NULL ? (size_t)(comma - *text) : *len;
	size_t used = comma != NULL ? n + 1 : n;

	*part = *text;
	*text += used;
	*len -= used;
	return n;
}

static int
parse_modifier(struct modifier *m, const char *text, size_t len)
{
	const char *part;
	size_t n = cut(&text, &len, &part);

	if (num_parse_range(&m->offset, part, n, -NUMBER_MAX, NUMBER_MAX) < 0)
		return RT_ESYNTAX;
	if (len == 0)
		return 0;
	n = cut(&text, &len, &part);
	if (num_parse_range(&m->width, part, n, 0, WIDTH_MAX) < 0)
		return RT_ESYNTAX;
	if (len == 0)
		return 0;
	if (len != 1 || memchr("doxXnN", text[0], 6) == NULL)
		return RT_ESYNTAX;
	m->base = text[0];
	return 0;
}

/* Hex digits from the last to the first with dots between them, at least width characters. */
static void
put_nibbles(struct buf *line, uint64_t v, int64_t width, const char *digits)
{
	size_t begin = line->len;

	for (;;) {
		buf_putc(line, digits[v & 15]);
		v >>= 4;
		if (v == 0 && (int64_t)(line->len - begin) >= width)
			return;
		if (line->overflow)
			return;
		buf_putc(line, '.');
		/* A last place for a dot only is not filled. */
		if (v == 0 && (int64_t)(line->len - begin) >= width)
			return;
	}
}

static int
put_number(struct buf *line, const struct modifier *m, int64_t number)
{
	int64_t v = number + m->offset;
	int width = (int)m->width;

	if (v < 0 || v > NUMBER_MAX)
		return RT_ESYNTAX;
	switch (m->base) {
	case 'd':
		buf_printf(line, "%0*lld", width, (long long)v);
		break;
	case 'o':
		buf_printf(line, "%0*llo", width, (unsigned long long)v);
		break;
	case 'x':
		buf_printf(line, "%0*llx", width, (unsigned long long)v);
		break;
	case 'X':
		buf_printf(line, "%0*llX", width, (unsigned long long)v);
		break;
	case 'n':
		put_nibbles(line, (uint64_t)v, m->width, "0123456789abcdef");
		break;
	case 'N':
		put_nibbles(line, (uint64_t)v, m->width, "0123456789ABCDEF");
		break;
	}
	return 0;
}

/* What a dollar sign at *at stands for; moves *at beyond it. */
static int
put_dollar(struct buf *line, const char **at, const char *end, int64_t number)
{
	struct modifier m = { .base = 'd' };
	const char *close;

	(*at)++;
	if (*at < end && **at == '$') {
		(*at)++;
		buf_putc(line, '$');
		return 0;
	}
	if (*at < end && **at == '{') {
		close = memchr(*at, '}', (size_t)(end - *at));
		if (close == NULL || parse_modifier(&m, *at + 1, (size_t)(close - *at - 1)) < 0)
			return RT_ESYNTAX;
		*at = close + 1;
	}
	return put_number(line, &m, number);
}

static int
put_word(struct buf *line, const struct dns_zone_word *w, int64_t number)
{
	const char *at = w->text;
	const char *end = at + w->len;

	while (at < end) {
		if (*at == '$') {
			int rc = put_dollar(line, &at, end, number);

			if (rc < 0)
				return rc;
		} else if (*at == '\\' && end - at > 1) {
			/* Other escapes are for whoever reads the line. */
			if (at[1] != '$')
				buf_putc(line, '\\');
			buf_putc(line, at[1]);
			at += 2;
		} else {
			buf_putc(line, *at++);
		}
	}
	return 0;
}

int
dns_zone_generate(struct buf *line, const struct dns_zone_word *words, size_t n, int64_t v)
{
	for (size_t i = 0; i < n; i++) {
		const char *quote = words[i].quoted ? "\"" : "";
		int rc;

		buf_printf(line, "%s%s", i > 0 ? " " : "", quote);
		rc = put_word(line, &words[i], v);
		if (rc < 0)
			return rc;
		buf_puts(line, quote);
	}
	return line->overflow ? RT_ELIMIT : 0;
}
