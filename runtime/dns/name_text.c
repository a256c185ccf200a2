/*
 * Names as text, in both directions.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "dns/name.h"

/*
 * One octet after a backslash, at text[*i]: three digits or any other octet.  Moves *i to its
 * last byte.
 */
static int
unescape(const char *text, size_t len, size_t *i)
{
	const unsigned char *p = (const unsigned char *)text + *i;
	size_t left = len - *i;
	unsigned v;

	if (left == 0)
		return RT_EESCAPE;
	if (p[0] < '0' || p[0] > '9')
		return p[0];
	if (left < 3 || p[1] < '0' || p[1] > '9' || p[2] < '0' || p[2] > '9')
		return RT_EESCAPE;
	v = (p[0] - 48u) * 100 + (p[1] - 48u) * 10 + (p[2] - 48u);
	if (v > 255)
		return RT_EESCAPE;
	*i += 2;
	return (int)v;
}

/* The label under construction ends: fill in its length. */
static int
end_label(uint8_t *out, size_t start, size_t used)
{
	size_t n = used - start - 1;

	if (n == 0)
		return RT_ELABELEMPTY;
	if (n > DNS_LABEL_MAX)
		return RT_ELABELLEN;
	out[start] = (uint8_t)n;
	return 0;
}

/*
 * Labels of text to out, without the root.  *absolute tells whether a dot ended the text.
 * Returns the bytes written, at most 254.
 */
static int
parse_labels(uint8_t *out, const char *text, size_t len, bool *absolute)
{
	size_t start = 0; /* length octet of the current label */
	size_t used = 1;  /* bytes of out in use */
	int rc;

	*absolute = false;
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)text[i];

		if (c == '.') {
			rc = end_label(out, start, used);
			if (rc < 0)
				return rc;
			start = used;
			if (i + 1 == len) {
				*absolute = true;
				return (int)used;
			}
			c = 0; /* the next label's length octet, filled in later */
		} else if (c == '\\') {
			i++;
			c = unescape(text, len, &i);
			if (c < 0)
				return c;
		}
		/* One octet is kept for the root. */
		if (used >= DNS_NAME_MAX - 1)
			return used - start > DNS_LABEL_MAX + 1 ? RT_ELABELLEN : RT_ENAMELEN;
		out[used++] = (uint8_t)c;
	}
	rc = end_label(out, start, used);
	return rc < 0 ? rc : (int)used;
}

int
dns_name_from_text_origin(uint8_t out[DNS_NAME_BUF], const char *text, size_t len,
			  const uint8_t *origin)
{
	static const uint8_t root[1] = { 0 };
	const uint8_t *suffix = root;
	bool absolute;
	size_t tail;
	int head;

	if (len == 0)
		return RT_ESYNTAX;
	if (len == 1 && text[0] == '.') {
		out[0] = 0;
		return 1;
	}
	if (len == 1 && text[0] == '@') {
		if (origin == NULL)
			return RT_ESYNTAX;
		tail = dns_name_len(origin);
		memmove(out, origin, tail);
		return (int)tail;
	}
	head = parse_labels(out, text, len, &absolute);
	if (head < 0)
		return head;
	if (!absolute && origin != NULL)
		suffix = origin;
	tail = dns_name_len(suffix);
	if ((size_t)head + tail > DNS_NAME_MAX)
		return RT_ENAMELEN;
	memcpy(out + head, suffix, tail);
	return head + (int)tail;
}

int
dns_name_from_text(uint8_t out[DNS_NAME_BUF], const char *text, size_t len)
{
	return dns_name_from_text_origin(out, text, len, NULL);
}

/* Whether an octet has a meaning of its own in zone files and gets a backslash. */
static bool
is_special(uint8_t c)
{
	switch (c) {
	case '.':
	case ' ':
	case '\'':
	case '@':
	case ';':
	case '(':
	case ')':
	case '"':
	case '\\':
		return true;
	}
	return false;
}

/* One octet of a label; returns the characters written. */
static size_t
put_octet(char *out, uint8_t c)
{
	if (c < ' ' || c > '~') {
		out[0] = '\\';
		out[1] = (char)('0' + c / 100);
		out[2] = (char)('0' + c / 10 % 10);
		out[3] = (char)('0' + c % 10);
		return 4;
	}
	if (is_special(c)) {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	out[0] = (char)c;
	return 1;
}

size_t
dns_name_to_text(const uint8_t *name, char out[DNS_NAME_TEXT_MAX])
{
	size_t n = 0;

	if (*name == 0)
		out[n++] = '.';
	while (*name != 0) {
		for (unsigned i = 1; i <= *name; i++)
			n += put_octet(out + n, name[i]);
		out[n++] = '.';
		name += (size_t)*name + 1;
	}
	out[n] = '\0';
	return n;
}
