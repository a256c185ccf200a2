/*
 * Server block keys and zone arguments.
 */
#include "config.h"

#include "compiler/syntax/keys.h"

#include <inttypes.h>
#include <string.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"
#include "compiler/fix.h"
#include "compiler/syntax/names.h"
#include "compiler/suggest.h"
#include "dns/name.h"

#define ZONES_NOTEWORTHY 16u  /* more zones from one address block are worth a warning */
#define COREDNS_TEXT_MAX 255u /* characters of a zone, the last dot of a key counted */

static const struct {
	const char *name;
	uint16_t port;
} schemes[] = {
	[CFC_SCHEME_DNS] = { "dns", 53 },      [CFC_SCHEME_TLS] = { "tls", 853 },
	[CFC_SCHEME_QUIC] = { "quic", 853 },   [CFC_SCHEME_GRPC] = { "grpc", 443 },
	[CFC_SCHEME_HTTPS] = { "https", 443 }, [CFC_SCHEME_HTTPS3] = { "https3", 443 },
};

/* A key being taken apart: what is left of its text, and what has been found. */
struct key {
	struct cfc *c;
	const struct cfc_token *token;
	const char *text; /* without scheme; not terminated */
	size_t len;
	bool is_arg;          /* of a plugin: CoreDNS does not look at its port */
	struct cfc_zone zone; /* scheme and port; the rest is filled in for each zone */
};

const char *
cfc_scheme_name(enum cfc_scheme scheme)
{
	return schemes[scheme].name;
}

uint16_t
cfc_scheme_port(const struct cfc *c, enum cfc_scheme scheme)
{
	return scheme == CFC_SCHEME_DNS ? c->dns_port : schemes[scheme].port;
}

/* The key with another text, if it is written as it reads. */
static void
fix_key(const struct key *k, const char *title, const char *text)
{
	if (!k->token->quoted)
		cfc_fix_word(k->c, title, k->token, text);
}

static void
fix_commas(const struct key *k)
{
	char *text = arena_strndup(k->c->arena, k->token->text, k->token->len);

	for (char *s = text; *s != '\0'; s++)
		if (*s == ',')
			*s = ' ';
	if (!k->token->quoted && !k->token->env)
		cfc_fix_replace(k->c, "write a blank for each comma", k->token->span, text);
}

/* ---- scheme ---- */

static bool
report_scheme(const struct key *k, size_t len)
{
	const char *names[ARRAY_SIZE(schemes)];
	const char *word = arena_strndup(k->c->arena, k->text, len);

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		names[i] = schemes[i].name;
	bool go_on = cfc_stricter(k->c, k->token->span, "CF2002",
				  "'%s' is no scheme of a server block", word);
	const char *near = cfc_suggest(word, names, ARRAY_SIZE(names));
	if (strcmp(word, "unix") == 0) {
		cfc_note(k->c, k->token->span, "unix:// is for upstreams of grpc only");
	} else if (near != NULL) {
		cfc_note(k->c, k->token->span, "did you mean '%s'?", near);
		fix_key(k, cfc_printf(k->c, "write '%s://'", near),
			cfc_printf(k->c, "%s%s", near, strstr(k->token->text, "://")));
	} else {
		cfc_note(k->c, k->token->span,
			 "schemes are dns, tls, quic, grpc, https and https3");
	}
	return go_on; /* the text is a name, and the scheme is dns */
}

static bool
take_scheme(struct key *k)
{
	const char *mark = memmem(k->text, k->len, "://", 3);

	k->zone.scheme = CFC_SCHEME_DNS;
	if (mark == NULL)
		return true;
	size_t len = (size_t)(mark - k->text);
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (strlen(schemes[i].name) != len || memcmp(schemes[i].name, k->text, len) != 0)
			continue;
		k->zone.scheme = (enum cfc_scheme)i;
		k->text += len + 3;
		k->len -= len + 3;
		return true;
	}
	return report_scheme(k, len);
}

/* ---- port ---- */

static bool
all_of(const char *s, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(set, s[i]) == NULL)
			return false;
	return len > 0;
}

static bool
report_port(const struct key *k, const char *port, size_t len)
{
	const char *text = arena_strndup(k->c->arena, port, len);
	const char *dash = strchr(text, '-');

	bool go_on = cfc_stricter(k->c, k->token->span, "CF2002",
				  "'%s' after the last colon is no port", text);
	if (dash != NULL && dash > text && all_of(text, len, "0123456789-"))
		cfc_note(k->c, k->token->span,
			 "there are no port ranges; give a key for each port");
	else
		cfc_note(k->c, k->token->span, "write 'ZONE:PORT' with a number from 0 to 65535");
	return go_on; /* it is part of a name */
}

/* An IPv6 address block with no port behind its mask: its colons are none before a port. */
static bool
is_v6_block(const struct key *k, const char *colon)
{
	const char *slash = memrchr(k->text, '/', k->len);
	struct addr address;

	return slash != NULL && slash > colon &&
	       addr_parse(&address, k->text, (size_t)(slash - k->text)) == 0 &&
	       address.family == ADDR_V6;
}

static bool
report_bare_v6(const struct key *k)
{
	const char *text = arena_strndup(k->c->arena, k->text, k->len);

	cfc_error(k->c, k->token->span, "CF2002", "'%s' is an address, not a zone", text);
	cfc_note(k->c, k->token->span,
		 "for its reverse zone write '%s/128'; to listen on it use 'bind'", text);
	return false;
}

static bool
take_port(struct key *k)
{
	const char *colon = memrchr(k->text, ':', k->len);
	struct addr address;
	int64_t port;

	k->zone.port = cfc_scheme_port(k->c, k->zone.scheme);
	if (colon == NULL || is_v6_block(k, colon))
		return true;
	size_t len = k->len - (size_t)(colon - k->text) - 1;
	if (len == 0) {
		cfc_error(k->c, k->token->span, "CF2002", "a port must follow the ':'");
		return false;
	}
	if (!k->c->compat && memchr(k->text, ':', (size_t)(colon - k->text)) != NULL &&
	    addr_parse(&address, k->text, k->len) == 0)
		return report_bare_v6(k);
	if (!all_of(colon + 1, len, "0123456789") &&
	    !(all_of(colon + 1, 1, "+-") && all_of(colon + 2, len - 1, "0123456789")))
		return report_port(k, colon + 1, len);
	int rc = num_parse_int(&port, colon + 1, len, 10);
	if (rc < 0 && k->c->compat) /* more than 64 bits: part of a name */
		return true;
	if (rc == 0 && k->c->compat && k->is_arg) {
		k->len = (size_t)(colon - k->text);
		return true;
	}
	if (rc < 0 || port < 0 || port > 65535) {
		cfc_error(k->c, k->token->span, "CF2003", "port %.*s is not within 0 and 65535",
			  len > 40 ? 40 : (int)len, colon + 1);
		return false;
	}
	k->zone.port = (uint16_t)port;
	k->zone.port_given = true;
	k->len = (size_t)(colon - k->text);
	return true;
}

/* ---- zones ---- */

/* Append the zone with this wire name in any case. */
static void
add_zone(const struct key *k, const uint8_t *wire, struct cfc_zones *out, size_t room)
{
	char text[DNS_NAME_TEXT_MAX];
	uint8_t lower[DNS_NAME_BUF];

	if (out->count >= room)
		return;
	struct cfc_zone *z = &out->list[out->count++];
	*z = k->zone;
	z->wirelen = dns_name_lower(lower, wire);
	z->wire = arena_memdup(k->c->arena, lower, z->wirelen);
	dns_name_to_text(lower, text);
	z->name = arena_strdup(k->c->arena, text);
	z->key = k->token;
}

/* Make the list longer by n places; returns how many it has then. */
static size_t
widen(struct cfc *c, struct cfc_zones *out, size_t n)
{
	if (out->count + n > out->room) {
		out->room = 2 * (out->count + n);
		struct cfc_zone *list = cfc_array(c, out->room, sizeof(list[0]));
		if (out->count > 0)
			memcpy(list, out->list, out->count * sizeof(list[0]));
		out->list = list;
	}
	return out->count + n;
}

static void
warn_name(const struct key *k, const char *text)
{
	struct cfc_span span = k->token->span;
	struct cidr block;

	if (strchr(text, ',') != NULL) {
		cfc_warn(k->c, span, "CF2019", "',' within a zone name");
		cfc_note(k->c, span, "put a blank after the comma to separate two zones");
		fix_commas(k);
	} else if (strchr(text, '*') != NULL) {
		cfc_warn(k->c, span, "CF2019", "'*' in a zone name is an ordinary character");
		cfc_note(k->c, span, "a zone covers all names below it: leave out '*.'");
		if (strncmp(k->text, "*.", 2) == 0)
			fix_key(k, "leave out '*.'",
				cfc_printf(k->c, "%.*s%s", (int)(k->text - k->token->text),
					   k->token->text, k->text + 2));
	} else if (cidr_parse(&block, text, strlen(text), NULL) == 0) {
		cfc_warn(k->c, span, "CF2019", "'%s' is taken as a name, not as an address", text);
		cfc_note(k->c, span,
			 "for its reverse zone write '%s/%u'; to listen on it use 'bind'", text,
			 (unsigned)block.bits);
	} else {
		for (const char *s = text; *s != '\0'; s++) {
			if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
				   "_./",
				   *s) != NULL)
				continue;
			cfc_warn(k->c, span, "CF2019",
				 "zone '%s' has characters that names of hosts "
				 "do not have",
				 text);
			if ((unsigned char)*s >= 0x80)
				cfc_note(k->c, span,
					 "write names in other scripts in their xn-- form");
			return;
		}
	}
}

/*
 * Whether CoreDNS takes the text for a name.  Some of these are none here, and it serves them without
 * ever meeting a query for them.
 */
static bool
coredns_takes(const struct key *k)
{
	size_t dot = k->is_arg || k->text[k->len - 1] == '.' ? 0 : 1;

	return k->c->compat && k->len + dot <= COREDNS_TEXT_MAX &&
	       cfc_is_domain_name(k->text, k->len);
}

static bool
name_zone(const struct key *k, struct cfc_zones *out)
{
	uint8_t wire[DNS_NAME_BUF];
	const char *text = arena_strndup(k->c->arena, k->text, k->len);
	int len = dns_name_from_text(wire, text, k->len);

	if (k->len == 0) {
		cfc_error(k->c, k->token->span, "CF2002", "'%s' names no zone", k->token->text);
		cfc_note(k->c, k->token->span, "for all names write '.'");
		return false;
	}
	if (len < 0 && coredns_takes(k)) {
		add_zone(k, (const uint8_t *)"\7invalid", out, widen(k->c, out, 1));
		return true;
	}
	if (len < 0) {
		cfc_error(k->c, k->token->span, "CF2002", "'%s' is no zone: %s", text,
			  rt_strerror(len));
		return false;
	}
	warn_name(k, text);
	add_zone(k, wire, out, widen(k->c, out, 1));
	return true;
}

/* "5.168.192.in-addr.arpa" for the first `bits` bits of an address; a multiple of the label's. */
static size_t
reverse_name(const struct addr *a, unsigned bits, char *out, size_t size)
{
	size_t n = 0;
	bool v4 = a->family == ADDR_V4;

	for (unsigned i = bits / (v4 ? 8 : 4); i > 0; i--) {
		unsigned digit =
			v4 ? a->bytes[i - 1]
			   : (unsigned)(a->bytes[(i - 1) / 2] >> (i % 2 == 1 ? 4 : 0)) & 0xfu;
		n += (size_t)snprintf(out + n, size - n, v4 ? "%u." : "%x.", digit);
	}
	n += (size_t)snprintf(out + n, size - n, v4 ? "in-addr.arpa" : "ip6.arpa");
	return n;
}

/* Add i to the bits that end at bit `bits` of the address; they are zero. */
static void
set_subnet(struct addr *a, unsigned bits, unsigned i)
{
	unsigned last = (bits - 1) / 8;

	a->bytes[last] = (uint8_t)(a->bytes[last] | (uint8_t)(i << (7 - (bits - 1) % 8)));
}

static bool
report_block(const struct key *k, const char *text, const char *what)
{
	cfc_error(k->c, k->token->span, "CF2002", "'%s' is no address block: %s", text, what);
	return false;
}

/* The reverse zones that make up a block: one for each value of the bits up to a label's end. */
static bool
block_zones(struct key *k, const struct cidr *block, bool had_host_bits, struct cfc_zones *out)
{
	unsigned step = block->addr.family == ADDR_V4 ? 8 : 4;
	unsigned bits = (block->bits + step - 1) / step * step;
	unsigned count = 1u << (bits - block->bits);
	size_t room = widen(k->c, out, count);
	char text[DNS_NAME_TEXT_MAX];
	uint8_t wire[DNS_NAME_BUF];

	if (had_host_bits) {
		cidr_format(block, text);
		cfc_info(k->c, k->token->span, "CF2019",
			 "'%.*s' is taken as '%s': bits after the mask "
			 "count as zero",
			 (int)k->len, k->text, text);
	}
	k->zone.cidr = true;
	for (unsigned i = 0; i < count; i++) {
		struct addr net = block->addr;
		if (bits > 0)
			set_subnet(&net, bits, i);
		size_t len = reverse_name(&net, bits, text, sizeof(text));
		if (dns_name_from_text(wire, text, len) > 0)
			add_zone(k, wire, out, room);
	}
	if (count > ZONES_NOTEWORTHY) {
		cfc_warn(k->c, k->token->span, "CF2018", "'%.*s' becomes %u zones", (int)k->len,
			 k->text, count);
		cfc_note(k->c, k->token->span,
			 "masks of /8, /16 and /24 (IPv6: multiples of 4) make one");
	}
	return true;
}

/* ADDRESS/MASK as a zone. *is_block is set if the text looks like one, right or wrong. */
static bool
take_block(struct key *k, struct cfc_zones *out, bool *is_block)
{
	const char *slash = memchr(k->text, '/', k->len);
	size_t len = slash == NULL ? 0 : (size_t)(slash - k->text);
	struct addr address;
	struct cidr block;
	bool host_bits;

	*is_block = false;
	if (slash == NULL || (k->c->compat && cidr_parse(&block, k->text, k->len, &host_bits) != 0))
		return true; /* a name */
	const char *text = arena_strndup(k->c->arena, k->text, k->len);
	bool digits = all_of(slash + 1, k->len - len - 1, "0123456789");
	bool v6 = memchr(k->text, ':', len) != NULL;
	*is_block = digits && (v6 || all_of(k->text, len, "0123456789."));
	if (!*is_block)
		return true;
	if (v6 && (text[0] == ':' || text[0] == '0'))
		return report_block(k, text, "it must not begin with '0' or ':'");
	if (cidr_parse(&block, k->text, k->len, &host_bits) == 0)
		return block_zones(k, &block, host_bits, out);
	if (addr_parse(&address, k->text, len) == 0) {
		cfc_error(k->c, k->token->span, "CF2003", "mask /%s is not within 0 and %u",
			  text + len + 1, address.family == ADDR_V4 ? 32u : 128u);
		return false;
	}
	return report_block(k, text, "write all of the address, as in 10.1.0.0/16");
}

static bool
take_zones(struct key *k, struct cfc_zones *out)
{
	bool is_block;
	bool good = take_block(k, out, &is_block);

	return is_block ? good : name_zone(k, out);
}

static bool
zones_of(struct key *k, struct cfc_zones *out)
{
	k->text = k->token->text;
	k->len = k->token->len;
	return take_scheme(k) && take_port(k) && take_zones(k, out);
}

static bool
key_zones(struct cfc *c, const struct cfc_token *key, struct cfc_zones *out)
{
	struct key k = { .c = c, .token = key };

	return zones_of(&k, out);
}

bool
cfc_server_zones(struct cfc *c, const struct cfc_server *server, struct cfc_zones *out)
{
	bool good = true;

	for (size_t i = 0; i < server->nkeys; i++)
		good = key_zones(c, &server->keys[i], out) && good;
	return good;
}

bool
cfc_zone_arg(struct cfc *c, const struct cfc_token *arg, struct cfc_zones *out)
{
	struct key k = { .c = c, .token = arg, .is_arg = true };

	return zones_of(&k, out);
}
