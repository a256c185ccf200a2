/*
 * value.c - one token of a Corefile into one typed field, as an argument's table row says.
 *
 * Every kind has one function here that parses and one line in the table that says what was expected;
 * defaults go through the same functions, so a default can never be something a user could not
 * have written.
 */
#include "config.h"

#include "compiler/bind/hostport.h"
#include "compiler/bind/value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/num.h"
#include "compiler/fix.h"
#include "compiler/syntax/keys.h"
#include "compiler/suggest.h"
#include "dns/name.h"
#include "dns/types.h"

struct value_ctx {
	struct cfc_bind *b;
	const struct cfc_arg *arg;
	const struct cfc_token *tok;
};

/* Lists all begin like this, whatever they consist of. */
struct any_list {
	void *v;
	unsigned n;
};

void *
cfc_list_add(struct cfc_bind *b, void *list, size_t elem_size)
{
	struct any_list l;
	char *grown;

	memcpy(&l, list, sizeof(l));
	/* Capacities are powers of two, so a list of that length is full. */
	if (l.n == 0 || (l.n & (l.n - 1)) == 0) {
		grown = cfc_array(b->c, l.n == 0 ? 1 : (size_t)l.n * 2, elem_size);
		if (l.n > 0)
			memcpy(grown, l.v, l.n * elem_size);
		l.v = grown;
	}
	l.n++;
	memcpy(list, &l, sizeof(l));
	return (char *)l.v + (l.n - 1) * elem_size;
}

static bool
wrong_kind(struct value_ctx *x, const char *expected)
{
	struct cfc *c = x->b->c;

	if (c->compat && (x->arg->lax & CFC_LAX_KIND) != 0) {
		c->diags.last = NULL; /* notes that follow */
		return true;
	}
	cfc_error(c, x->tok->span, "CF2002", "'%s' is not %s", x->tok->text, expected);
	cfc_note(c, cfc_no_span(), "'%s' wants %s for %s", x->b->plugin->name, expected,
		 x->arg->name);
	return false;
}

/* rc: of the parser, RT_ERANGE when it did not fit into 64 bits. */
static bool
out_of_range(struct value_ctx *x, int rc, bool low, const char *least, const char *most)
{
	unsigned lax = CFC_LAX_KIND | (rc != 0 ? 0 : low ? CFC_LAX_MIN : CFC_LAX_MAX);

	if (x->b->c->compat && (x->arg->lax & lax) != 0)
		return true;
	cfc_error(x->b->c, x->tok->span, "CF2003", "%s '%s' is out of range, expected %s to %s",
		  x->arg->name, x->tok->text, least, most);
	return false;
}

static bool
bind_number(struct value_ctx *x, const char *text, size_t len, const char *expected,
	    uint32_t *field)
{
	int64_t n = 0, min = x->arg->min, max = x->arg->max;
	int rc = num_parse_int(&n, text, len, 10);
	char low[24], high[24];
	uint64_t huge;

	if (max == 0)
		max = x->arg->kind == CFC_PERCENT ? 100 : UINT32_MAX;
	if (x->arg->nosign && text[0] == '+')
		return wrong_kind(x, "a number without a sign");
	if (rc == RT_ESYNTAX)
		return wrong_kind(x, expected);
	if (x->arg->nosign && rc != 0 && num_parse_uint(&huge, text, len, 10) == 0) {
		n = INT64_MAX;
		rc = 0;
	}
	if (rc != 0 || n < min || n > max) {
		snprintf(low, sizeof(low), "%lld", (long long)min);
		snprintf(high, sizeof(high), "%lld", (long long)max);
		return out_of_range(x, rc, n < min, low, high);
	}
	*field = (uint32_t)n;
	return true;
}

static bool
bind_uint(struct value_ctx *x, void *field)
{
	return bind_number(x, x->tok->text, x->tok->len, "a whole number", field);
}

static bool
bind_seconds(struct value_ctx *x, void *field)
{
	return bind_number(x, x->tok->text, x->tok->len, "a number of seconds", field);
}

static bool
bind_percent(struct value_ctx *x, void *field)
{
	size_t len = x->tok->len;

	if (len < 2 || x->tok->text[len - 1] != '%')
		return wrong_kind(x, "a percentage such as 10%");
	return bind_number(x, x->tok->text, len - 1, "a percentage such as 10%", field);
}

/* A number without a unit is meant as seconds nearly always. */
static void
suggest_seconds(struct value_ctx *x)
{
	const char *text = cfc_printf(x->b->c, "%ss", x->tok->text);

	cfc_note(x->b->c, x->tok->span, "write '%s' for seconds", text);
	cfc_fix_word(x->b->c, cfc_printf(x->b->c, "write '%s'", text), x->tok, text);
}

static bool
bind_duration(struct value_ctx *x, void *field)
{
	int64_t ns = 0, min = x->arg->min, max = x->arg->max == 0 ? INT64_MAX : x->arg->max;
	int rc = duration_parse(&ns, x->tok->text, x->tok->len);
	char low[DURATION_TEXT_MAX], high[DURATION_TEXT_MAX];

	if (rc == RT_ESYNTAX) {
		bool go_on = wrong_kind(x, "a duration such as 30s or 1m30s");
		if (num_parse_int(&ns, x->tok->text, x->tok->len, 10) == 0)
			suggest_seconds(x);
		return go_on;
	}
	if (rc != 0 || ns < min || ns > max) {
		duration_format(min, low);
		duration_format(max, high);
		return out_of_range(x, rc, ns < min, low, high);
	}
	*(uint64_t *)field = (uint64_t)ns;
	return true;
}

/* A number without a unit counts seconds. */
static bool
bind_interval(struct value_ctx *x, void *field)
{
	struct cfc_token tok = *x->tok;
	struct value_ctx with_unit = *x;
	int64_t n;

	if (num_parse_int(&n, tok.text, tok.len, 10) != RT_ESYNTAX) {
		tok.text = cfc_printf(x->b->c, "%ss", tok.text);
		tok.len++;
		with_unit.tok = &tok;
	}
	return bind_duration(&with_unit, field);
}

static bool
bind_string(struct value_ctx *x, void *field)
{
	*(const char **)field = x->tok->text;
	return true;
}

const char *
cfc_bind_path(struct cfc_bind *b, const char *path, size_t len)
{
	if (b->root == NULL || b->root[0] == '\0' || (len > 0 && path[0] == '/'))
		return path;
	size_t n = strlen(b->root);
	while (n > 1 && b->root[n - 1] == '/')
		n--;
	return cfc_printf(b->c, "%.*s%s%.*s", (int)n, b->root,
			  n == 1 && b->root[0] == '/' ? "" : "/", (int)len, path);
}

static bool
bind_path(struct value_ctx *x, void *field)
{
	if (x->tok->len == 0 && !x->b->c->compat) /* else found out where it is opened */
		return wrong_kind(x, "a file name");
	*(const char **)field = cfc_bind_path(x->b, x->tok->text, x->tok->len);
	return true;
}

static void
fix_spelling(struct value_ctx *x, const char *near)
{
	cfc_note(x->b->c, x->tok->span, "did you mean '%s'?", near);
	cfc_fix_word(x->b->c, cfc_printf(x->b->c, "write '%s'", near), x->tok, near);
}

static bool
bind_enum(struct value_ctx *x, void *field)
{
	const char *const *values = x->arg->values;
	size_t n = 0;

	for (; values[n] != NULL; n++) {
		if (strcmp(values[n], x->tok->text) == 0) {
			*(int *)field = (int)n;
			return true;
		}
	}
	if (x->b->c->compat && (x->arg->lax & CFC_LAX_KIND) != 0)
		return true;
	cfc_error(x->b->c, x->tok->span, "CF2002", "unknown %s '%s'", x->arg->name, x->tok->text);
	const char *near = cfc_suggest(x->tok->text, values, n);
	if (near != NULL)
		fix_spelling(x, near);
	char *all = cfc_printf(x->b->c, "%s", values[0]);
	for (size_t i = 1; i < n; i++)
		all = cfc_printf(x->b->c, "%s%s%s", all, i + 1 == n ? " or " : ", ", values[i]);
	cfc_note(x->b->c, cfc_no_span(), "expected %s", all);
	return false;
}

static bool
bind_flag(struct value_ctx *x, void *field)
{
	if (strcmp(x->tok->text, "on") != 0 && strcmp(x->tok->text, "off") != 0)
		return wrong_kind(x, "on or off");
	*(bool *)field = x->tok->text[1] == 'n';
	return true;
}

void
cfc_name_of_wire(struct cfc *c, const uint8_t *wire, struct rt_name *name)
{
	char text[DNS_NAME_TEXT_MAX];
	size_t len = dns_name_len(wire);
	uint8_t *copy = cfc_array(c, 1, len);

	memcpy(copy, wire, len);
	dns_lower(copy, len);
	dns_name_to_text(copy, text);
	name->wire = copy;
	name->len = (uint8_t)len;
	name->nlabels = (uint8_t)dns_name_labels(copy);
	name->text = cfc_printf(c, "%s", text);
}

bool
cfc_bind_name(struct cfc_bind *b, const struct cfc_token *tok, struct rt_name *name)
{
	uint8_t wire[DNS_NAME_BUF];
	int rc = dns_name_from_text(wire, tok->text, tok->len);

	if (rc < 0) {
		if (!cfc_stricter(b->c, tok->span, "CF2002", "'%s' is not a domain name: %s",
				  tok->text, rt_strerror(rc)))
			return false;
		wire[0] = 0; /* it matches nothing in CoreDNS */
	}
	cfc_name_of_wire(b->c, wire, name);
	return true;
}

static bool
bind_name(struct value_ctx *x, void *field)
{
	return cfc_bind_name(x->b, x->tok, field);
}

static bool
bind_names(struct value_ctx *x, void *field)
{
	bool lax = x->b->c->compat && (x->arg->lax & CFC_LAX_KIND) != 0;
	bool before = cfc_mute(x->b->c, lax || x->b->c->diags.muted);
	struct rt_name name;
	bool good = cfc_bind_name(x->b, x->tok, &name);

	cfc_mute(x->b->c, before);
	if (!good)
		return lax;
	*(struct rt_name *)cfc_list_add(x->b, field, sizeof(name)) = name;
	return true;
}

static bool
bind_zones(struct value_ctx *x, void *field)
{
	struct cfc_zones zones = { 0 };

	bool before = cfc_mute(x->b->c, x->b->c->compat || x->b->c->diags.muted);
	bool good = cfc_zone_arg(x->b->c, x->tok, &zones);

	cfc_mute(x->b->c, before);
	if (!good)
		return x->b->c->compat; /* CoreDNS leaves out what is no zone */
	for (size_t i = 0; i < zones.count; i++)
		cfc_name_of_wire(x->b->c, zones.list[i].wire,
				 cfc_list_add(x->b, field, sizeof(struct rt_name)));
	return true;
}

static bool
bind_fallthrough(struct value_ctx *x, void *field)
{
	struct rt_fallthrough *f = field;

	f->enabled = true;
	return bind_zones(x, &f->zones);
}

static bool
bind_strings(struct value_ctx *x, void *field)
{
	*(const char **)cfc_list_add(x->b, field, sizeof(char *)) = x->tok->text;
	return true;
}

static bool
bind_addr(struct value_ctx *x, void *field)
{
	const char *zone;
	size_t zone_len;

	if (addr_parse_zone(field, x->tok->text, x->tok->len, &zone, &zone_len) != 0 ||
	    zone_len > 0)
		return wrong_kind(x, "an IP address");
	return true;
}

bool
cfc_bind_mnemonic(const struct cfc_bind *b, const struct cfc_token *tok)
{
	static const char *const prefixes[] = { "TYPE", "CLASS" };

	if (!b->c->compat)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (strncmp(tok->text, prefixes[i], n) == 0 && tok->text[n] >= '0' &&
		    tok->text[n] <= '9')
			return false;
	}
	return strpbrk(tok->text, "abcdefghijklmnopqrstuvwxyz") == NULL;
}

bool
cfc_bind_rcode_known(struct cfc_bind *b, const struct cfc_token *tok)
{
	if (strcasecmp(tok->text, "BADVERS") != 0)
		return true;
	bool go_on = cfc_laxer(b->c, tok->span, "CF2002", "CoreDNS knows no rcode '%s'", tok->text);
	cfc_note(b->c, cfc_no_span(), "number 16 has two names, and it knows it as BADSIG");
	return go_on;
}

bool
cfc_bind_host(struct cfc_bind *b, const struct cfc_token *tok, struct addr *a)
{
	const char *zone;
	size_t zone_len;

	bool good = addr_parse_zone(a, tok->text, tok->len, &zone, &zone_len) == 0;
	if (b->c->compat && good != cfc_hostport_has_ip(tok->text, tok->len)) {
		good = !good; /* CoreDNS: no brackets without a port; the port is not looked at */
		memset(a, 0, sizeof(*a));
	}
	if (!good)
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not an IP address", tok->text);
	return good;
}

bool
cfc_bind_ip(struct cfc_bind *b, const struct cfc_token *tok, struct addr *a)
{
	if (strpbrk(tok->text, "[%") == NULL && addr_parse(a, tok->text, tok->len) == 0 &&
	    cfc_hostport_is_ip(tok->text, tok->len))
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is not an IP address", tok->text);
	cfc_note(b->c, cfc_no_span(), "'%s' wants an address without port, brackets and zone",
		 b->plugin->name);
	return false;
}

static bool
has_parts(const char *text, unsigned parts)
{
	for (; parts > 1; parts--) {
		size_t len = strcspn(text, ":");

		if (len == 0 || text[len] == '\0')
			return false;
		text += len + 1;
	}
	return text[0] != '\0';
}

bool
cfc_bind_hosted(struct cfc_bind *b, const struct cfc_line *line, struct rt_strings *zones,
		unsigned parts, const char *form)
{
	bool ok = cfc_bind_count(b, line, 0, SIZE_MAX);

	for (size_t i = 1; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];

		if (!has_parts(tok->text, parts)) {
			cfc_error(b->c, tok->span, "CF2002", "'%s' is not %s", tok->text, form);
			ok = false;
		}
		for (unsigned j = 0; j < zones->n; j++) {
			if (strcmp(zones->v[j], tok->text) != 0)
				continue;
			cfc_error(b->c, tok->span, "CF2010", "'%s' is given twice", tok->text);
			ok = false;
		}
		*(const char **)cfc_list_add(b, zones, sizeof(char *)) = tok->text;
	}
	return ok;
}

static bool
bind_addrs(struct value_ctx *x, void *field)
{
	struct addr a;

	if (!bind_addr(x, &a))
		return false;
	*(struct addr *)cfc_list_add(x->b, field, sizeof(a)) = a;
	return true;
}

static bool
bind_cidrs(struct value_ctx *x, void *field)
{
	struct cidr net;
	bool host_bits;

	if (cidr_parse(&net, x->tok->text, x->tok->len, &host_bits) != 0)
		return wrong_kind(x, "a network such as 10.0.0.0/8 or an IP address");
	*(struct cidr *)cfc_list_add(x->b, field, sizeof(net)) = net;
	return true;
}

static bool
bind_code(struct value_ctx *x, void *field, int (*lookup)(uint16_t *, const char *, size_t),
	  const char *expected)
{
	uint16_t code;

	if (lookup(&code, x->tok->text, x->tok->len) != 0)
		return wrong_kind(x, expected);
	*(uint16_t *)cfc_list_add(x->b, field, sizeof(uint16_t)) = code;
	return true;
}

static bool
bind_rcodes(struct value_ctx *x, void *field)
{
	if (!cfc_bind_rcode_known(x->b, x->tok))
		return false;
	return bind_code(x, field, dns_rcode_parse, "an rcode such as NXDOMAIN");
}

static bool
bind_types(struct value_ctx *x, void *field)
{
	return bind_code(x, field, dns_type_parse, "a record type such as AAAA");
}

static bool
bind_endpoint(struct value_ctx *x, void *field)
{
	struct cfc_hostport hp;
	uint16_t port;

	bool lax = x->b->c->compat && (x->arg->lax & CFC_LAX_MAX) != 0;

	/* CoreDNS takes an empty port, and any is given. */
	if (!cfc_hostport_split(&hp, x->tok->text, x->tok->len) ||
	    (!lax && num_parse_u16(&port, hp.port, hp.port_len) != 0 &&
	     (hp.port_len > 0 || !x->b->c->compat)))
		return wrong_kind(x, "an address to listen on such as :8080 or 127.0.0.1:8080");
	*(const char **)field = x->tok->text;
	return true;
}

static const struct {
	bool (*bind)(struct value_ctx *x, void *field);
	size_t size; /* of the field */
	bool list;
} kinds[] = {
	[CFC_NONE] = { NULL, 0, false },
	[CFC_FLAG] = { bind_flag, sizeof(bool), false },
	[CFC_UINT] = { bind_uint, sizeof(uint32_t), false },
	[CFC_DURATION] = { bind_duration, sizeof(uint64_t), false },
	[CFC_INTERVAL] = { bind_interval, sizeof(uint64_t), false },
	[CFC_SECONDS] = { bind_seconds, sizeof(uint32_t), false },
	[CFC_PERCENT] = { bind_percent, sizeof(uint32_t), false },
	[CFC_STRING] = { bind_string, sizeof(char *), false },
	[CFC_PATH] = { bind_path, sizeof(char *), false },
	[CFC_ENUM] = { bind_enum, sizeof(int), false },
	[CFC_NAME] = { bind_name, sizeof(struct rt_name), false },
	[CFC_NAMES] = { bind_names, sizeof(struct rt_names), true },
	[CFC_ZONES] = { bind_zones, sizeof(struct rt_names), true },
	[CFC_FALLTHROUGH] = { bind_fallthrough, sizeof(struct rt_fallthrough), true },
	[CFC_STRINGS] = { bind_strings, sizeof(struct rt_strings), true },
	[CFC_ADDR] = { bind_addr, sizeof(struct addr), false },
	[CFC_ADDRS] = { bind_addrs, sizeof(struct rt_addrs), true },
	[CFC_CIDRS] = { bind_cidrs, sizeof(struct rt_cidrs), true },
	[CFC_RCODES] = { bind_rcodes, sizeof(struct rt_codes), true },
	[CFC_TYPES] = { bind_types, sizeof(struct rt_codes), true },
	[CFC_ENDPOINT] = { bind_endpoint, sizeof(char *), false },
	[CFC_SYMBOL] = { NULL, sizeof(void *), false },
	[CFC_STRUCTS] = { NULL, sizeof(struct any_list), true },
};

bool
cfc_bind_value(struct cfc_bind *b, const struct cfc_arg *arg, const struct cfc_token *tok,
	       void *field)
{
	struct value_ctx x = { b, arg, tok };

	return kinds[arg->kind].bind == NULL || kinds[arg->kind].bind(&x, field);
}

bool
cfc_kind_is_list(enum cfc_kind kind)
{
	return kinds[kind].list;
}

size_t
cfc_kind_size(enum cfc_kind kind)
{
	return kinds[kind].size;
}
