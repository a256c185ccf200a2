/*
 * The parameters of SVCB and HTTPS records (RFC 9460 §2.1, appendix A).
 *
 * Each parameter is written to the wire as it comes; at the end they are put in order of their
 * keys.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"
#include "dns/zone_rdata.h"

#define PARAMS_MAX 128u /* parameters of one record */

enum svcb_key {
	KEY_MANDATORY = 0,
	KEY_ALPN = 1,
	KEY_NO_DEFAULT_ALPN = 2,
	KEY_PORT = 3,
	KEY_IPV4HINT = 4,
	KEY_ECH = 5,
	KEY_IPV6HINT = 6,
	KEY_DOHPATH = 7,
	KEY_OHTTP = 8,
};

static const char *const key_names[] = {
	[KEY_MANDATORY] = "mandatory",
	[KEY_ALPN] = "alpn",
	[KEY_NO_DEFAULT_ALPN] = "no-default-alpn",
	[KEY_PORT] = "port",
	[KEY_IPV4HINT] = "ipv4hint",
	[KEY_ECH] = "ech",
	[KEY_IPV6HINT] = "ipv6hint",
	[KEY_DOHPATH] = "dohpath",
	[KEY_OHTTP] = "ohttp",
};

/* A parameter written to the wire: key, length and value from at on. */
struct param {
	uint16_t key;
	size_t at;
	size_t len;
};

/* A parameter being read. */
struct value {
	const struct dns_zone_word *word; /* for messages */
	char *text;                       /* escapes undone */
	size_t len;
};

static int
bad_value(struct dns_zone_rdata *r, const struct value *v, const char *key)
{
	return dns_zone_rdata_fail(r, v->word, "bad value of parameter '%s'", key);
}

/* RFC 9460 §2.1: a name, or keyNNNNN without leading zeros. */
static int
parse_key(uint16_t *key, const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_names); i++) {
		if (strlen(key_names[i]) == len && memcmp(key_names[i], text, len) == 0) {
			*key = (uint16_t)i;
			return 0;
		}
	}
	if (len < 4 || memcmp(text, "key", 3) != 0 || (text[3] == '0' && len > 4))
		return RT_ESYNTAX;
	return num_parse_u16(key, text + 3, len - 3);
}

/* ---- values ---- */

/* The next item of a list without escapes; moves *at beyond the comma. */
static size_t
next_item(const struct value *v, size_t *at, const char **item)
{
	const char *comma = memchr(v->text + *at, ',', v->len - *at);
	size_t len = comma != NULL ? (size_t)(comma - v->text) - *at : v->len - *at;

	*item = v->text + *at;
	*at += len + 1;
	return len;
}

static int
compare_u16(const void *a, const void *b)
{
	return memcmp(a, b, 2);
}

static int
read_mandatory(struct dns_zone_rdata *r, const struct value *v)
{
	size_t begin = r->len;

	for (size_t at = 0; at <= v->len;) {
		const char *item;
		size_t len = next_item(v, &at, &item);
		uint8_t bytes[2];
		uint16_t key;

		if (parse_key(&key, item, len) < 0 || key == KEY_MANDATORY)
			return bad_value(r, v, "mandatory");
		bytes_put16(bytes, key);
		if (dns_zone_rdata_add(r, bytes, 2) < 0)
			return RT_ELIMIT;
	}
	/* RFC 9460 §8: ascending, each once. */
	qsort(r->wire + begin, (r->len - begin) / 2, 2, compare_u16);
	for (size_t at = begin + 2; at < r->len; at += 2) {
		if (memcmp(r->wire + at, r->wire + at - 2, 2) == 0)
			return bad_value(r, v, "mandatory");
	}
	return 0;
}

/* RFC 9460 appendix A.1: within the value a backslash protects a comma or backslash. */
static int
read_alpn(struct dns_zone_rdata *r, const struct value *v)
{
	size_t at = 0;

	do {
		size_t length_at = r->len;
		uint8_t n = 0;

		if (dns_zone_rdata_add(r, &n, 1) < 0)
			return RT_ELIMIT;
		while (at < v->len && v->text[at] != ',') {
			if (v->text[at] == '\\' && ++at == v->len)
				return bad_value(r, v, "alpn");
			if (n == 255 || dns_zone_rdata_add(r, &v->text[at], 1) < 0)
				return bad_value(r, v, "alpn");
			n++;
			at++;
		}
		if (n == 0)
			return bad_value(r, v, "alpn");
		r->wire[length_at] = n;
	} while (at++ < v->len);
	return 0;
}

static int
read_hints(struct dns_zone_rdata *r, const struct value *v, int family)
{
	const char *key = key_names[family == AF_INET ? KEY_IPV4HINT : KEY_IPV6HINT];

	for (size_t at = 0; at <= v->len;) {
		char text[INET6_ADDRSTRLEN];
		uint8_t bytes[16];
		const char *item;
		size_t len = next_item(v, &at, &item);

		if (len >= sizeof(text))
			return bad_value(r, v, key);
		memcpy(text, item, len);
		text[len] = '\0';
		if (strlen(text) != len || inet_pton(family, text, bytes) != 1)
			return bad_value(r, v, key);
		if (dns_zone_rdata_add(r, bytes, family == AF_INET ? 4 : 16) < 0)
			return RT_ELIMIT;
	}
	return 0;
}

static int
read_port(struct dns_zone_rdata *r, const struct value *v)
{
	uint8_t bytes[2];
	uint16_t port;

	if (num_parse_u16(&port, v->text, v->len) < 0)
		return bad_value(r, v, "port");
	bytes_put16(bytes, port);
	return dns_zone_rdata_add(r, bytes, 2);
}

/* The value of a parameter in wire form.  named: the key was written by name, not as keyNNNNN. */
static int
read_value(struct dns_zone_rdata *r, uint16_t key, bool named, const struct value *v)
{
	if (!named)
		return dns_zone_rdata_add(r, v->text, v->len);
	switch ((enum svcb_key)key) {
	case KEY_MANDATORY:
		return read_mandatory(r, v);
	case KEY_ALPN:
		return read_alpn(r, v);
	case KEY_NO_DEFAULT_ALPN:
	case KEY_OHTTP:
		return v->len == 0 ? 0 : bad_value(r, v, key_names[key]);
	case KEY_PORT:
		return read_port(r, v);
	case KEY_IPV4HINT:
		return read_hints(r, v, AF_INET);
	case KEY_ECH:
		if (v->len == 0 || dns_zone_base64(r, v->text, v->len) < 0)
			return bad_value(r, v, "ech");
		return 0;
	case KEY_IPV6HINT:
		return read_hints(r, v, AF_INET6);
	case KEY_DOHPATH:
		if (v->len == 0)
			return bad_value(r, v, "dohpath");
		return dns_zone_rdata_add(r, v->text, v->len);
	}
	return RT_EINVAL;
}

/* ---- parameters ---- */

/*
 * The value of the parameter whose key ends at key_end within its word: the rest of the word
 * after "=", or a quoted word that follows without a blank.  v->text is the caller's to free.
 */
static int
take_value(struct dns_zone_rdata *r, const char *key_end, struct value *v)
{
	const struct dns_zone_word *w = r->word++;
	const char *at = key_end;
	const char *end = w->text + w->len;

	v->word = w;
	if (at < end)
		at++; /* = */
	if (at == end && key_end < end && r->word < r->end && r->word->quoted &&
	    r->word->text == end + 1) {
		at = r->word->text;
		end = at + r->word->len;
		r->word++;
	}
	v->text = malloc((size_t)(end - at) + 1);
	if (v->text == NULL)
		return dns_zone_rdata_fail(r, w, "out of memory");
	while (at < end) {
		int c = dns_zone_unescape(&at, end);

		if (c < 0)
			return dns_zone_rdata_fail(r, w, "bad escape in a parameter");
		v->text[v->len++] = (char)c;
	}
	return 0;
}

static int
read_param(struct dns_zone_rdata *r, struct param *p)
{
	const struct dns_zone_word *w = r->word;
	const char *equals = memchr(w->text, '=', w->len);
	const char *key_end = equals != NULL ? equals : w->text + w->len;
	size_t key_len = (size_t)(key_end - w->text);
	struct value v = { 0 };
	uint8_t head[4];
	int rc;

	if (w->quoted || parse_key(&p->key, w->text, key_len) < 0)
		return dns_zone_rdata_fail(r, w, "'%.*s' is not a service parameter",
					   key_len < 60 ? (int)key_len : 60, w->text);
	p->at = r->len;
	bytes_put16(head, p->key);
	bytes_put16(head + 2, 0);
	rc = dns_zone_rdata_add(r, head, sizeof(head));
	if (rc == 0)
		rc = take_value(r, key_end, &v);
	if (rc == 0)
		rc = read_value(r, p->key, memcmp(w->text, "key", 3) != 0, &v);
	free(v.text);
	p->len = r->len - p->at;
	if (rc == 0)
		bytes_put16(r->wire + p->at + 2, (uint16_t)(p->len - sizeof(head)));
	return rc;
}

static int
compare_params(const void *a, const void *b)
{
	const struct param *x = a;
	const struct param *y = b;

	return (int)x->key - (int)y->key;
}

static bool
has_key(const struct param *p, size_t n, uint16_t key)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].key == key)
			return true;
	}
	return false;
}

/* RFC 9460 §2.2, §8: no key twice; what is mandatory is there. */
static int
check_params(struct dns_zone_rdata *r, const struct param *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (p[i].key == p[i - 1].key)
			return dns_zone_rdata_fail(r, NULL, "parameter given twice");
	}
	if (n == 0 || p[0].key != KEY_MANDATORY)
		return 0;
	for (size_t i = 4; i < p[0].len; i += 2) {
		if (!has_key(p, n, bytes_get16(r->wire + p[0].at + i)))
			return dns_zone_rdata_fail(r, NULL, "mandatory parameter is missing");
	}
	return 0;
}

static int
order_params(struct dns_zone_rdata *r, struct param *p, size_t n, size_t begin)
{
	size_t len = r->len - begin;
	size_t to = begin;
	uint8_t *copy;
	int rc;

	if (n > 1)
		qsort(p, n, sizeof(*p), compare_params);
	rc = check_params(r, p, n);
	if (rc < 0 || n < 2)
		return rc;
	copy = malloc(len);
	if (copy == NULL)
		return dns_zone_rdata_fail(r, NULL, "out of memory");
	memcpy(copy, r->wire + begin, len);
	for (size_t i = 0; i < n; i++) {
		memcpy(r->wire + to, copy + (p[i].at - begin), p[i].len);
		to += p[i].len;
	}
	free(copy);
	return 0;
}

int
dns_zone_svcb_params(struct dns_zone_rdata *r)
{
	struct param params[PARAMS_MAX];
	size_t begin = r->len;
	size_t n = 0;

	while (r->word < r->end) {
		int rc;

		if (n == PARAMS_MAX)
			return dns_zone_rdata_fail(r, r->word, "too many parameters");
		rc = read_param(r, &params[n]);
		if (rc < 0)
			return rc;
		n++;
	}
	return order_params(r, params, n, begin);
}
