/*
 * IP addresses: text in both directions, order, properties.
 */
#include "config.h"

#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/num.h"

/* ---- from text ---- */

/* The parts of an address as text. */
struct parts {
	const char *host;
	size_t host_len;
	const char *zone; /* NULL = none */
	size_t zone_len;
	const char *port; /* NULL = none */
	size_t port_len;
	bool bracketed;
};

static size_t
count_byte(const char *text, size_t len, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == c;
	return n;
}

/* "[host]" or "[host]:port" */
static bool
split_brackets(struct parts *p, const char *text, size_t len)
{
	const char *close = memchr(text, ']', len);
	size_t after;

	if (close == NULL)
		return false;
	p->bracketed = true;
	p->host = text + 1;
	p->host_len = (size_t)(close - p->host);
	after = len - (size_t)(close + 1 - text);
	if (after == 0)
		return true;
	if (close[1] != ':')
		return false;
	p->port = close + 2;
	p->port_len = after - 1;
	return true;
}

/* Cut text into host, zone and port; nothing is checked but the outer form. */
static bool
split(struct parts *p, const char *text, size_t len)
{
	const char *percent;

	memset(p, 0, sizeof(*p));
	if (len == 0)
		return false;
	if (text[0] == '[') {
		if (!split_brackets(p, text, len))
			return false;
	} else {
		const char *colon = memchr(text, ':', len);

		p->host = text;
		p->host_len = len;
		if (colon != NULL && count_byte(text, len, ':') == 1) {
			p->host_len = (size_t)(colon - text);
			p->port = colon + 1;
			p->port_len = len - p->host_len - 1;
		}
	}
	percent = memchr(p->host, '%', p->host_len);
	if (percent != NULL) {
		p->zone = percent + 1;
		p->zone_len = p->host_len - (size_t)(p->zone - p->host);
		p->host_len = (size_t)(percent - p->host);
		if (p->zone_len == 0)
			return false;
	}
	return true;
}

/* The bytes of the address; the C library's readers want a terminated string. */
static int
parse_host(struct addr *a, const struct parts *p)
{
	char host[INET6_ADDRSTRLEN];

	if (p->host_len == 0 || p->host_len >= sizeof(host))
		return RT_ESYNTAX;
	if (memchr(p->host, '\0', p->host_len) != NULL)
		return RT_ESYNTAX;
	memcpy(host, p->host, p->host_len);
	host[p->host_len] = '\0';
	if (memchr(host, ':', p->host_len) != NULL) {
		a->family = ADDR_V6;
		return inet_pton(AF_INET6, host, a->bytes) == 1 ? 0 : RT_ESYNTAX;
	}
	/* Brackets and zones belong to IPv6. */
	if (p->bracketed || p->zone != NULL)
		return RT_ESYNTAX;
	a->family = ADDR_V4;
	return inet_pton(AF_INET, host, a->bytes) == 1 ? 0 : RT_ESYNTAX;
}

/* Everything but the zone. */
static int
parse_parts(struct addr *a, struct parts *p, const char *text, size_t len, uint16_t default_port)
{
	int rc;

	memset(a, 0, sizeof(*a));
	if (!split(p, text, len))
		return RT_ESYNTAX;
	rc = parse_host(a, p);
	if (rc < 0)
		return rc;
	a->port = default_port;
	return p->port != NULL ? num_parse_u16(&a->port, p->port, p->port_len) : 0;
}

int
addr_parse_zone(struct addr *out, const char *text, size_t len, const char **zone, size_t *zone_len)
{
	struct parts p;
	struct addr a;
	int rc = parse_parts(&a, &p, text, len, 0);

	if (rc < 0)
		return rc;
	*out = a;
	*zone = p.zone;
	*zone_len = p.zone_len;
	return 0;
}

/* A zone is an index or the name of an interface of this machine. */
static int
find_scope(uint32_t *scope, const char *zone, size_t len)
{
	char name[IF_NAMESIZE];
	int rc = num_parse_u32(scope, zone, len);

	if (rc != RT_ESYNTAX)
		return rc;
	if (len >= sizeof(name) || memchr(zone, '\0', len) != NULL)
		return RT_ENODEV;
	memcpy(name, zone, len);
	name[len] = '\0';
	*scope = if_nametoindex(name);
	return *scope != 0 ? 0 : RT_ENODEV;
}

int
addr_parse_port(struct addr *out, const char *text, size_t len, uint16_t default_port)
{
	struct parts p;
	struct addr a;
	int rc = parse_parts(&a, &p, text, len, default_port);

	if (rc == 0 && p.zone != NULL)
		rc = find_scope(&a.scope, p.zone, p.zone_len);
	if (rc < 0)
		return rc;
	*out = a;
	return 0;
}

int
addr_parse(struct addr *out, const char *text, size_t len)
{
	return addr_parse_port(out, text, len, 0);
}

/* ---- from and to binary ---- */

void
addr_from_v4(struct addr *out, const uint8_t bytes[4], uint16_t port)
{
	memset(out, 0, sizeof(*out));
	out->family = ADDR_V4;
	memcpy(out->bytes, bytes, 4);
	out->port = port;
}

void
addr_from_v6(struct addr *out, const uint8_t bytes[16], uint16_t port)
{
	memset(out, 0, sizeof(*out));
	out->family = ADDR_V6;
	memcpy(out->bytes, bytes, 16);
	out->port = port;
}

int
addr_from_sockaddr(struct addr *out, const struct sockaddr *sa, socklen_t len)
{
	/* Copied, because the caller's bytes need not be aligned. */
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	sa_family_t family;

	if (len < offsetof(struct sockaddr, sa_family) + sizeof(family))
		return RT_EINVAL;
	memcpy(&family, (const char *)sa + offsetof(struct sockaddr, sa_family), sizeof(family));
	if (family == AF_INET && len >= sizeof(in)) {
		memcpy(&in, sa, sizeof(in));
		addr_from_v4(out, (const uint8_t *)&in.sin_addr, ntohs(in.sin_port));
		return 0;
	}
	if (family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, sa, sizeof(in6));
		addr_from_v6(out, in6.sin6_addr.s6_addr, ntohs(in6.sin6_port));
		out->scope = in6.sin6_scope_id;
		return 0;
	}
	return RT_EINVAL;
}

socklen_t
addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(ss, 0, sizeof(*ss));
	if (a->family == ADDR_V4) {
		memcpy(&in.sin_addr, a->bytes, 4);
		in.sin_port = htons(a->port);
		memcpy(ss, &in, sizeof(in));
		return sizeof(in);
	}
	if (a->family == ADDR_V6) {
		memcpy(&in6.sin6_addr, a->bytes, 16);
		in6.sin6_port = htons(a->port);
		in6.sin6_scope_id = a->scope;
		memcpy(ss, &in6, sizeof(in6));
		return sizeof(in6);
	}
	return 0;
}

/* ---- to text ---- */

static size_t
format_v4(const uint8_t *b, char *out)
{
	char *p = out;

	/* By hand: a query log has one or two of these in each line. */
	for (unsigned i = 0; i < 4; i++) {
		if (b[i] >= 100)
			*p++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*p++ = (char)('0' + b[i] / 10 % 10);
		*p++ = (char)('0' + b[i] % 10);
		*p++ = '.';
	}
	*--p = '\0';
	return (size_t)(p - out);
}

/* The longest run of at least two zero groups, the first of equals (RFC 5952 §4.2). */
static unsigned
zero_run(const uint8_t *b, unsigned *start)
{
	unsigned best = 1;
	unsigned run = 0;

	*start = 8;
	for (unsigned i = 0; i < 8; i++) {
		run = bytes_get16(b + 2 * i) == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*start = i + 1 - run;
		}
	}
	return best;
}

/* A number without leading zeros, NUL-terminated; how many digits. */
static size_t
format_hex(unsigned v, char out[5])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (int shift = 12; shift >= 0; shift -= 4) {
		if (n > 0 || shift == 0 || v >> shift != 0)
			out[n++] = digits[v >> shift & 15];
	}
	out[n] = '\0';
	return n;
}

static size_t
format_v6(const uint8_t *b, char *out)
{
	unsigned start;
	unsigned run = zero_run(b, &start);
	size_t n = 0;

	for (unsigned i = 0; i < 8; i++) {
		if (i == start) {
			memcpy(out + n, "::", 2);
			n += 2;
			i += run - 1;
			continue;
		}
		if (i > 0 && out[n - 1] != ':')
			out[n++] = ':';
		n += format_hex(bytes_get16(b + 2 * i), out + n);
	}
	out[n] = '\0';
	return n;
}

size_t
addr_format(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	size_t n;

	if (a->family == ADDR_V4)
		return format_v4(a->bytes, out);
	if (a->family != ADDR_V6) {
		out[0] = '\0';
		return 0;
	}
	if (addr_is_v4_mapped(a)) {
		memcpy(out, "::ffff:", 7);
		n = 7 + format_v4(a->bytes + 12, out + 7);
	} else {
		n = format_v6(a->bytes, out);
	}
	if (a->scope != 0)
		n += (size_t)snprintf(out + n, ADDR_TEXT_MAX - n, "%%%u", a->scope);
	return n;
}

size_t
addr_format_port(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	char host[ADDR_TEXT_MAX];
	int n;

	addr_format(a, host);
	if (a->family == ADDR_NONE || a->port == 0)
		n = snprintf(out, ADDR_TEXT_MAX, "%s", host);
	else if (a->family == ADDR_V6)
		n = snprintf(out, ADDR_TEXT_MAX, "[%s]:%u", host, a->port);
	else
		n = snprintf(out, ADDR_TEXT_MAX, "%s:%u", host, a->port);
	return (size_t)n;
}

/* ---- order and properties ---- */

size_t
addr_len(const struct addr *a)
{
	if (a->family == ADDR_V4)
		return 4;
	return a->family == ADDR_V6 ? 16 : 0;
}

static int
order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	int c = order(a->family, b->family);

	if (c == 0)
		c = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
	if (c == 0)
		c = order(a->scope, b->scope);
	return c != 0 ? c : order(a->port, b->port);
}

bool
addr_same_host(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_same_host(a, b) && a->port == b->port;
}

static bool
all_zero(const uint8_t *b, size_t len)
{
	uint8_t seen = 0;

	for (size_t i = 0; i < len; i++)
		seen |= b[i];
	return seen == 0;
}

bool
addr_is_unspecified(const struct addr *a)
{
	return a->family != ADDR_NONE && all_zero(a->bytes, sizeof(a->bytes));
}

bool
addr_is_loopback(const struct addr *a)
{
	if (a->family == ADDR_V4)
		return a->bytes[0] == 127;
	return a->family == ADDR_V6 && all_zero(a->bytes, 15) && a->bytes[15] == 1;
}

bool
addr_is_link_local(const struct addr *a)
{
	if (a->family == ADDR_V4)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->family == ADDR_V6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool
addr_is_v4_mapped(const struct addr *a)
{
	return a->family == ADDR_V6 && all_zero(a->bytes, 10) && a->bytes[10] == 0xff &&
	       a->bytes[11] == 0xff;
}

void
addr_unmap(struct addr *a)
{
	if (addr_is_v4_mapped(a)) {
		uint8_t v4[4];

		memcpy(v4, a->bytes + 12, sizeof(v4));
		addr_from_v4(a, v4, a->port);
	}
}
