/*
 * Record data of the common types, and the generic form of all.
 */
#include "config.h"

#include "dns/zone_rdata.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"
#include "dns/types.h"
#include "dns/zone_ttl.h"

/*
 * X(type, fields): one letter a field.
 *
 *	n name			1 2 4 number of so many octets
 *	t time to live		a A address, IPv4 and IPv6
 *	s string		S strings up to the end
 *	g CAA tag		v the rest as one value without length
 *	x hex up to the end	b B base64 up to the end, B: perhaps none
 *	m DNSSEC algorithm, a number or a mnemonic
 *	r AMTRELAY's relay	i IPSECKEY's gateway
 *	p SvcParams
 */
#define FIELDS(X)                                                                                  \
	X(A, "a")                                                                                  \
	X(NS, "n")                                                                                 \
	X(CNAME, "n")                                                                              \
	X(SOA, "nn4tttt")                                                                          \
	X(PTR, "n")                                                                                \
	X(MX, "2n")                                                                                \
	X(TXT, "S")                                                                                \
	X(AAAA, "A")                                                                               \
	X(AFSDB, "2n")                                                                             \
	X(RT, "2n")                                                                                \
	X(PX, "2nn")                                                                               \
	X(SRV, "222n")                                                                             \
	X(NAPTR, "22sssn")                                                                         \
	X(KX, "2n")                                                                                \
	X(DNAME, "n")                                                                              \
	X(DS, "2m1x")                                                                              \
	X(SSHFP, "11x")                                                                            \
	X(IPSECKEY, "1iB")                                                                         \
	X(DNSKEY, "21mb")                                                                          \
	X(TLSA, "111x")                                                                            \
	X(SMIMEA, "111x")                                                                          \
	X(NINFO, "S")                                                                              \
	X(RKEY, "211b")                                                                            \
	X(CDS, "2m1x")                                                                             \
	X(CDNSKEY, "21mb")                                                                         \
	X(ZONEMD, "411x")                                                                          \
	X(SVCB, "2np")                                                                             \
	X(HTTPS, "2np")                                                                            \
	X(SPF, "S")                                                                                \
	X(LP, "2n")                                                                                \
	X(URI, "22v")                                                                              \
	X(CAA, "1gv")                                                                              \
	X(AVC, "S")                                                                                \
	X(AMTRELAY, "1r")                                                                          \
	X(RESINFO, "S")                                                                            \
	X(WALLET, "S")                                                                             \
	X(CLA, "S")                                                                                \
	X(TA, "211x")                                                                              \
	X(DLV, "2m1x")

static const char *
fields_of(uint16_t type)
{
	switch (type) {
#define X(symbol, fields)                                                                          \
	case DNS_TYPE_##symbol:                                                                    \
		return (fields);
		FIELDS(X)
#undef X
	}
	return NULL;
}

/* ---- shared with the special types ---- */

int
dns_zone_rdata_fail(struct dns_zone_rdata *r, const struct dns_zone_word *word, const char *fmt,
		    ...)
{
	va_list ap;

	if (word != NULL)
		r->line = word->line;
	va_start(ap, fmt);
	vsnprintf(r->fault, sizeof(r->fault), fmt, ap);
	va_end(ap);
	return RT_ESYNTAX;
}

int
dns_zone_rdata_add(struct dns_zone_rdata *r, const void *data, size_t len)
{
	if (len > DNS_RDATA_MAX - r->len) {
		dns_zone_rdata_fail(r, NULL, "data is longer than 65535 octets");
		return RT_ELIMIT;
	}
	if (len > 0)
		memcpy(r->wire + r->len, data, len);
	r->len += len;
	return 0;
}

int
dns_zone_unescape(const char **at, const char *end)
{
	const uint8_t *p = (const uint8_t *)*at;
	size_t left = (size_t)(end - *at);
	unsigned v;

	(*at)++;
	if (p[0] != '\\')
		return p[0];
	if (left < 2)
		return RT_EESCAPE;
	(*at)++;
	if (p[1] < '0' || p[1] > '9')
		return p[1];
	if (left < 4 || p[2] < '0' || p[2] > '9' || p[3] < '0' || p[3] > '9')
		return RT_EESCAPE;
	v = (p[1] - 48u) * 100 + (p[2] - 48u) * 10 + (p[3] - 48u);
	if (v > 255)
		return RT_EESCAPE;
	*at += 2;
	return (int)v;
}

/* How much of a word goes into a message about it. */
static int
shown(const struct dns_zone_word *w)
{
	return w->len < 60 ? (int)w->len : 60;
}

/* ---- fields ---- */

static int
read_name(struct dns_zone_rdata *r, const struct dns_zone_word *w)
{
	uint8_t name[DNS_NAME_BUF];
	int n = dns_name_from_text_origin(name, w->text, w->len, r->origin);

	if (n < 0)
		return dns_zone_rdata_fail(r, w, "bad name '%.*s': %s", shown(w), w->text,
					   rt_strerror(n));
	return dns_zone_rdata_add(r, name, (size_t)n);
}

static int
read_number(struct dns_zone_rdata *r, const struct dns_zone_word *w, unsigned octets)
{
	uint8_t bytes[4];
	uint32_t v;
	int rc = num_parse_u32(&v, w->text, w->len);

	if (rc == RT_ESYNTAX)
		return dns_zone_rdata_fail(r, w, "'%.*s' is not a number", shown(w), w->text);
	if (rc < 0 || (uint64_t)v >> (8 * octets) != 0)
		return dns_zone_rdata_fail(r, w, "%.*s does not fit %u bits", shown(w), w->text,
					   8 * octets);
	bytes_put32(bytes, v);
	return dns_zone_rdata_add(r, bytes + 4 - octets, octets);
}

/* The registry's mnemonics (RFC 4034 appendix A.1 and later), in any case as users write them. */
static const struct {
	const char *name;
	uint8_t number;
} algorithms[] = {
	{ "RSAMD5", 1 },
	{ "DH", 2 },
	{ "DSA", 3 },
	{ "RSASHA1", 5 },
	{ "DSA-NSEC3-SHA1", 6 },
	{ "RSASHA1-NSEC3-SHA1", 7 },
	{ "RSASHA256", 8 },
	{ "RSASHA512", 10 },
	{ "ECC-GOST", 12 },
	{ "ECDSAP256SHA256", 13 },
	{ "ECDSAP384SHA384", 14 },
	{ "ED25519", 15 },
	{ "ED448", 16 },
	{ "INDIRECT", 252 },
	{ "PRIVATEDNS", 253 },
	{ "PRIVATEOID", 254 },
};

static int
read_algorithm(struct dns_zone_rdata *r, const struct dns_zone_word *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		const char *name = algorithms[i].name;

		if (strlen(name) == w->len && strncasecmp(name, w->text, w->len) == 0)
			return dns_zone_rdata_add(r, &algorithms[i].number, 1);
	}
	return read_number(r, w, 1);
}

static int
read_ttl(struct dns_zone_rdata *r, const struct dns_zone_word *w)
{
	uint8_t bytes[4];
	uint32_t v;

	if (dns_zone_ttl_parse(&v, w->text, w->len) < 0)
		return dns_zone_rdata_fail(r, w, "'%.*s' is not a time", shown(w), w->text);
	bytes_put32(bytes, v);
	return dns_zone_rdata_add(r, bytes, sizeof(bytes));
}

static int
read_address(struct dns_zone_rdata *r, const struct dns_zone_word *w, int family)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (w->len < sizeof(text)) {
		memcpy(text, w->text, w->len);
		text[w->len] = '\0';
		if (strlen(text) == w->len && inet_pton(family, text, bytes) == 1)
			return dns_zone_rdata_add(r, bytes, family == AF_INET ? 4 : 16);
	}
	return dns_zone_rdata_fail(r, w, "'%.*s' is not an IPv%d address", shown(w), w->text,
				   family == AF_INET ? 4 : 6);
}

/*
 * A word as strings of at most 255 octets each, or as bare octets (string false).  A longer one
 * is cut into several strings where split is set, as CoreDNS does: long keys are commonly written
 * in one piece.
 */
static int
read_octets(struct dns_zone_rdata *r, const struct dns_zone_word *w, bool string, bool split)
{
	const char *at = w->text;
	const char *end = at + w->len;

	do {
		size_t length_at = r->len;
		uint8_t n = 0;

		if (string && dns_zone_rdata_add(r, &n, 1) < 0)
			return RT_ELIMIT;
		while (at < end && (n < 255 || !string)) {
			int c = dns_zone_unescape(&at, end);
			uint8_t octet = (uint8_t)c;

			if (c < 0)
				return dns_zone_rdata_fail(r, w, "bad escape in '%.*s'", shown(w),
							   w->text);
			if (dns_zone_rdata_add(r, &octet, 1) < 0)
				return RT_ELIMIT;
			n++;
		}
		if (string)
			r->wire[length_at] = n;
	} while (at < end && split);
	if (at < end)
		return dns_zone_rdata_fail(r, w, "string is longer than 255 octets");
	return 0;
}

/* RFC 8659 §4.1: letters and digits, at least one. */
static int
read_tag(struct dns_zone_rdata *r, const struct dns_zone_word *w)
{
	bool ok = w->len > 0;

	for (size_t i = 0; i < w->len; i++) {
		char c = w->text[i];

		ok &= (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	}
	if (!ok)
		return dns_zone_rdata_fail(r, w, "'%.*s' is not a CAA tag", shown(w), w->text);
	return read_octets(r, w, true, false);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hex digits of all remaining words. */
static int
read_hex(struct dns_zone_rdata *r)
{
	unsigned digits = 0;
	uint8_t octet = 0;

	for (const struct dns_zone_word *w = r->word; w < r->end; w++) {
		for (size_t i = 0; i < w->len; i++) {
			int v = hex_digit(w->text[i]);

			if (v < 0)
				return dns_zone_rdata_fail(r, w, "'%.*s' is not hexadecimal",
							   shown(w), w->text);
			octet = (uint8_t)(octet << 4 | v);
			if (++digits % 2 == 0 && dns_zone_rdata_add(r, &octet, 1) < 0)
				return RT_ELIMIT;
		}
	}
	r->word = r->end;
	if (digits % 2 != 0)
		return dns_zone_rdata_fail(r, NULL, "odd number of hexadecimal digits");
	return 0;
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Digits so far, across words. */
struct base64 {
	uint32_t bits;
	unsigned digits; /* 0 … 3 within a group */
	unsigned padding;
};

static int
base64_take(struct dns_zone_rdata *r, struct base64 *b, char c)
{
	uint8_t octet;
	int v = base64_digit(c);

	if (c == '=') {
		b->padding++;
		return b->digits + b->padding <= 4 && b->digits >= 2 ? 0 : RT_ESYNTAX;
	}
	if (v < 0 || b->padding > 0)
		return RT_ESYNTAX;
	b->bits = b->bits << 6 | (unsigned)v;
	b->digits = (b->digits + 1) % 4;
	if (b->digits == 1)
		return 0;
	/* Digits 2, 3 and 4 of a group complete an octet each, leaving 4, 2 and 0 bits. */
	octet = (uint8_t)(b->bits >> (b->digits == 0 ? 0 : 8 - 2 * b->digits));
	return dns_zone_rdata_add(r, &octet, 1);
}

static bool
base64_complete(const struct base64 *b)
{
	return (b->digits + b->padding) % 4 == 0;
}

int
dns_zone_base64(struct dns_zone_rdata *r, const char *text, size_t len)
{
	struct base64 b = { 0 };

	for (size_t i = 0; i < len; i++) {
		int rc = base64_take(r, &b, text[i]);

		if (rc < 0)
			return rc;
	}
	return base64_complete(&b) ? 0 : RT_ESYNTAX;
}

/* Base64 of all remaining words. */
static int
read_base64(struct dns_zone_rdata *r)
{
	struct base64 b = { 0 };

	for (const struct dns_zone_word *w = r->word; w < r->end; w++) {
		for (size_t i = 0; i < w->len; i++) {
			if (base64_take(r, &b, w->text[i]) < 0)
				return dns_zone_rdata_fail(r, w, "'%.*s' is not base64", shown(w),
							   w->text);
		}
	}
	r->word = r->end;
	return base64_complete(&b) ? 0 : dns_zone_rdata_fail(r, NULL, "base64 is incomplete");
}

/* A gateway or relay of some kind: nothing, written as a dot, an address or a name. */
static int
read_gateway(struct dns_zone_rdata *r, uint32_t kind, const struct dns_zone_word *w)
{
	switch (kind) {
	case 1:
		return read_address(r, w, AF_INET);
	case 2:
		return read_address(r, w, AF_INET6);
	case 3:
		return read_name(r, w);
	}
	if (w->len != 1 || w->text[0] != '.')
		return dns_zone_rdata_fail(r, w, "no gateway is written '.'");
	return 0;
}

/* RFC 8777 §4.3: discovery-optional bit, kind, relay. */
static int
read_relay(struct dns_zone_rdata *r)
{
	const struct dns_zone_word *w = r->word;
	uint32_t optional;
	uint32_t kind;
	uint8_t octet;

	if (r->end - w < 3)
		return dns_zone_rdata_fail(r, NULL, "data ends too early");
	if (num_parse_u32(&optional, w[0].text, w[0].len) < 0 || optional > 1 ||
	    num_parse_u32(&kind, w[1].text, w[1].len) < 0 || kind > 3)
		return dns_zone_rdata_fail(r, w, "bad kind of relay");
	octet = (uint8_t)(optional << 7 | kind);
	r->word = w + 3;
	if (dns_zone_rdata_add(r, &octet, 1) < 0)
		return RT_ELIMIT;
	return read_gateway(r, kind, &w[2]);
}

/* RFC 4025 §3.1: kind of gateway, algorithm, gateway. */
static int
read_ipsec_gateway(struct dns_zone_rdata *r)
{
	const struct dns_zone_word *w = r->word;
	uint32_t kind;

	if (r->end - w < 3)
		return dns_zone_rdata_fail(r, NULL, "data ends too early");
	if (num_parse_u32(&kind, w[0].text, w[0].len) < 0 || kind > 3)
		return dns_zone_rdata_fail(r, w, "bad kind of gateway");
	r->word = w + 3;
	if (read_number(r, &w[0], 1) < 0 || read_number(r, &w[1], 1) < 0)
		return RT_ESYNTAX;
	return read_gateway(r, kind, &w[2]);
}

static int
read_strings(struct dns_zone_rdata *r)
{
	do {
		int rc = read_octets(r, r->word, true, true);

		if (rc < 0)
			return rc;
	} while (++r->word < r->end);
	return 0;
}

/* A field made of one word. */
static int
read_word(struct dns_zone_rdata *r, char kind, const struct dns_zone_word *w)
{
	switch (kind) {
	case 'n':
		return read_name(r, w);
	case '1':
	case '2':
	case '4':
		return read_number(r, w, (unsigned)(kind - '0'));
	case 'm':
		return read_algorithm(r, w);
	case 't':
		return read_ttl(r, w);
	case 'a':
		return read_address(r, w, AF_INET);
	case 'A':
		return read_address(r, w, AF_INET6);
	case 's':
		return read_octets(r, w, true, false);
	case 'g':
		return read_tag(r, w);
	}
	return read_octets(r, w, false, false); /* v */
}

static int
read_field(struct dns_zone_rdata *r, char kind)
{
	/* These may be missing. */
	if (kind == 'p')
		return dns_zone_svcb_params(r);
	if (kind == 'B')
		return read_base64(r);
	if (r->word == r->end)
		return dns_zone_rdata_fail(r, NULL, "data ends too early");
	switch (kind) {
	case 'S':
		return read_strings(r);
	case 'x':
		return read_hex(r);
	case 'b':
		return read_base64(r);
	case 'r':
		return read_relay(r);
	case 'i':
		return read_ipsec_gateway(r);
	}
	return read_word(r, kind, r->word++);
}

/* ---- whole data ---- */

/* RFC 3597 §5: \# length hex */
static int
read_generic(struct dns_zone_rdata *r)
{
	const struct dns_zone_word *length = r->word + 1;
	uint16_t n;
	int rc;

	if (length == r->end)
		return dns_zone_rdata_fail(r, NULL, "length expected after \\#");
	if (num_parse_u16(&n, length->text, length->len) < 0)
		return dns_zone_rdata_fail(r, length, "'%.*s' is not a length", shown(length),
					   length->text);
	r->word = length + 1;
	rc = read_hex(r);
	if (rc < 0)
		return rc;
	if (r->len != n)
		return dns_zone_rdata_fail(r, length, "%u octets announced and %zu given", n,
					   r->len);
	return 0;
}

static int
read_fields(struct dns_zone_rdata *r, const char *fields)
{
	for (; *fields != '\0'; fields++) {
		int rc = read_field(r, *fields);

		if (rc < 0)
			return rc;
	}
	if (r->word < r->end)
		return dns_zone_rdata_fail(r, r->word, "unexpected '%.*s' after the data",
					   shown(r->word), r->word->text);
	return 0;
}

static bool
is_generic(const struct dns_zone_word *w)
{
	return !w->quoted && w->len == 2 && w->text[0] == '\\' && w->text[1] == '#';
}

int
dns_zone_rdata_read(struct dns_zone_rdata *r)
{
	const char *fields = fields_of(r->type);
	bool generic = r->word < r->end && is_generic(r->word);
	int rc;

	r->len = 0;
	if (generic)
		rc = read_generic(r);
	else if (fields != NULL)
		return read_fields(r, fields);
	else
		rc = dns_zone_ldns_rdata(r);
	if (rc < 0)
		return rc;
	/* What was not put together field by field may be of the wrong form. */
	if (dns_rdata_check_wire(r->type, r->wire, r->len) < 0)
		return dns_zone_rdata_fail(r, NULL, "data does not have the form of its type");
	return 0;
}
