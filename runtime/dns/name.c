/*
 * Names in wire form: measuring, comparing, reading from messages.  Text is in name_text.c, the
 * hot path of a query in qname.c.
 */
#include "config.h"

#include "dns/name.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/name_lower.h"

/* ---- measure and validate ---- */

size_t
dns_name_len(const uint8_t *name)
{
	size_t at = 0;

	while (name[at] != 0)
		at += (size_t)name[at] + 1;
	return at + 1;
}

unsigned
dns_name_labels(const uint8_t *name)
{
	unsigned n = 0;

	for (; *name != 0; name += (size_t)*name + 1)
		n++;
	return n;
}

int
dns_name_check(const uint8_t *data, size_t max)
{
	size_t limit = max < DNS_NAME_MAX ? max : DNS_NAME_MAX;
	size_t at = 0;

	while (at < limit) {
		uint8_t c = data[at];

		if (c == 0)
			return (int)at + 1;
		if (c > DNS_LABEL_MAX)
			return c >= 0xc0 ? RT_EPOINTER : RT_EFORMAT;
		at += (size_t)c + 1;
	}
	return limit < DNS_NAME_MAX ? RT_EEOF : RT_ENAMELEN;
}

unsigned
dns_name_offsets(const uint8_t *name, uint8_t label[DNS_LABELS_MAX + 1])
{
	unsigned n = 0;
	size_t at = 0;

	while (name[at] != 0) {
		label[n++] = (uint8_t)at;
		at += (size_t)name[at] + 1;
	}
	label[n] = (uint8_t)at;
	return n;
}

/* ---- transform ---- */

void
dns_lower(uint8_t *data, size_t len)
{
	size_t i = 0;

	for (; i + 16 <= len; i += 16) {
		lower_block block = lower_load(data + i);

		block = lower_convert(block);
		memcpy(data + i, &block, sizeof(block));
	}
	for (; i < len; i++)
		data[i] = lower_byte(data[i]);
}

size_t
dns_name_lower(uint8_t out[DNS_NAME_BUF], const uint8_t *name)
{
	size_t len = dns_name_len(name);

	/* Length octets are below 'A', so the whole name can be treated alike. */
	memmove(out, name, len);
	dns_lower(out, len);
	return len;
}

const uint8_t *
dns_name_parent(const uint8_t *name, unsigned n)
{
	for (; n > 0 && *name != 0; n--)
		name += (size_t)*name + 1;
	return name;
}

int
dns_name_join(uint8_t out[DNS_NAME_BUF], const uint8_t *prefix, unsigned nlabels,
	      const uint8_t *suffix)
{
	size_t head = (size_t)(dns_name_parent(prefix, nlabels) - prefix);
	size_t tail = dns_name_len(suffix);

	if (head + tail > DNS_NAME_MAX)
		return RT_ENAMELEN;
	memcpy(out, prefix, head);
	memcpy(out + head, suffix, tail);
	return (int)(head + tail);
}

/* ---- compare ---- */

/* n bytes, case ignored. */
static bool
equal_bytes(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (; n >= 8; n -= 8, a += 8, b += 8) {
		uint64_t x = bytes_load64(a);
		uint64_t y = bytes_load64(b);

		if (x != y && lower_word(x) != lower_word(y))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (lower_byte(a[i]) != lower_byte(b[i]))
			return false;
	}
	return true;
}

bool
dns_name_equal(const uint8_t *a, const uint8_t *b)
{
	for (;;) {
		size_t n = *a;

		if (*b != n)
			return false;
		if (n == 0)
			return true;
		if (!equal_bytes(a + 1, b + 1, n))
			return false;
		a += n + 1;
		b += n + 1;
	}
}

bool
dns_name_is_subdomain(const uint8_t *name, const uint8_t *zone)
{
	size_t name_len = dns_name_len(name);
	size_t zone_len = dns_name_len(zone);

	while (name_len > zone_len) {
		name_len -= (size_t)*name + 1;
		name += (size_t)*name + 1;
	}
	return name_len == zone_len && equal_bytes(name, zone, zone_len);
}

/* Two labels as left-justified octet strings in lower case. */
static int
compare_labels(const uint8_t *a, const uint8_t *b)
{
	size_t n = *a < *b ? *a : *b;

	for (size_t i = 1; i <= n; i++) {
		uint8_t x = lower_byte(a[i]);
		uint8_t y = lower_byte(b[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (int)*a - (int)*b;
}

int
dns_name_compare(const uint8_t *a, const uint8_t *b)
{
	uint8_t a_label[DNS_LABELS_MAX + 1];
	uint8_t b_label[DNS_LABELS_MAX + 1];
	unsigned i = dns_name_offsets(a, a_label);
	unsigned j = dns_name_offsets(b, b_label);

	/* RFC 4034 §6.1: from the rightmost label; a missing label sorts first. */
	while (i > 0 && j > 0) {
		int c = compare_labels(a + a_label[--i], b + b_label[--j]);

		if (c != 0)
			return c;
	}
	return (int)i - (int)j;
}

/* ---- messages ---- */

/* Where a name within a message is being read. */
struct cursor {
	const uint8_t *msg;
	size_t len;
	size_t at;    /* the next length octet */
	size_t piece; /* where the current piece of the name begins */
	size_t next;  /* after the first piece; 0 until it is known */
};

/*
 * The next label: its length octet is at *label afterwards.  Its length, 0 at the root, or a
 * negative code. A pointer must lead before the piece of name it ends: offsets fall with every
 * jump, so there is no loop.
 */
static int
next_label(struct cursor *c, size_t *label)
{
	for (;;) {
		uint8_t n;
		size_t target;

		if (c->at >= c->len)
			return RT_EEOF;
		n = c->msg[c->at];
		if (n <= DNS_LABEL_MAX) {
			*label = c->at;
			c->at += (size_t)n + 1;
			if (n == 0 && c->next == 0)
				c->next = c->at;
			return c->at <= c->len ? n : RT_EEOF;
		}
		if (n < 0xc0)
			return RT_EFORMAT;
		if (c->at + 2 > c->len)
			return RT_EEOF;
		target = (size_t)(n & 0x3f) << 8 | c->msg[c->at + 1];
		if (c->next == 0)
			c->next = c->at + 2;
		if (target >= c->piece)
			return RT_EPOINTER;
		c->piece = target;
		c->at = target;
	}
}

int
dns_name_unpack(uint8_t *out, const uint8_t *msg, size_t len, size_t pos, size_t *next)
{
	struct cursor c = { .msg = msg, .len = len, .at = pos, .piece = pos };
	size_t used = 0;

	for (;;) {
		size_t label;
		int n = next_label(&c, &label);

		if (n < 0)
			return n;
		/* The root octet must find room after every other label. */
		if (used + (size_t)n + 1 > DNS_NAME_MAX - (n > 0))
			return RT_ENAMELEN;
		if (out != NULL)
			memcpy(out + used, msg + label, (size_t)n + 1);
		used += (size_t)n + 1;
		if (n == 0)
			break;
	}
	if (next != NULL)
		*next = c.next;
	return (int)used;
}

int
dns_name_skip(const uint8_t *msg, size_t len, size_t pos)
{
	size_t at = pos;

	while (at < len) {
		uint8_t n = msg[at];

		if (n >= 0xc0)
			return at + 2 <= len ? (int)at + 2 : RT_EEOF;
		if (n > DNS_LABEL_MAX)
			return RT_EFORMAT;
		at += (size_t)n + 1;
		if (at - pos > DNS_NAME_MAX)
			return RT_ENAMELEN;
		if (n == 0)
			return (int)at;
	}
	return RT_EEOF;
}

bool
dns_name_equal_at(const uint8_t *msg, size_t len, size_t pos, const uint8_t *name)
{
	struct cursor c = { .msg = msg, .len = len, .at = pos, .piece = pos };

	for (;;) {
		size_t label;
		int n = next_label(&c, &label);

		if (n < 0 || *name != (uint8_t)n)
			return false;
		if (n == 0)
			return true;
		if (!equal_bytes(msg + label + 1, name + 1, (size_t)n))
			return false;
		name += (size_t)n + 1;
	}
}
