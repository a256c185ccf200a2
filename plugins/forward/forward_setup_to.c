/*
 * forward_setup_to.c - compile time: FROM and TO... of the directive.
 *
 * CoreDNS tries each TO as an address, then as a file, then as a host name.  Here nothing is opened
 * and nobody is asked: what is no address is a path if it has a slash, and is otherwise left to
 * the server to find out.
 */
#include "config.h"

#include "forward/forward_setup.h"

#include <string.h>

#include "base/error.h"
#include "base/num.h"
#include "compiler/fix.h"
#include "compiler/bind/hostport.h"
#include "compiler/bind/lookup.h"
#include "compiler/bind/setup_file.h"
#include "compiler/bind/value.h"
#include "compiler/syntax/keys.h"
#include "compiler/syntax/names.h"
#include "dns/name.h"

#define DNS_PORT    53
#define USE_ADDRESS "write '10.0.0.1', '10.0.0.1:5353', '[2001:db8::1]:53' or '/etc/resolv.conf'"

/* Transports that CoreDNS knows; of those only the first can be upstreams here. */
static const char *const schemes[] = { "dns", "tls", "https", "https3", "quic", "grpc", "unix" };

/* The scheme that the text begins with, and what follows it; "dns" when there is none. */
static const char *
split_scheme(const char *text, const char **rest)
{
	const char *mark = strstr(text, "://");

	*rest = text;
	for (size_t i = 0; mark != NULL && i < ARRAY_SIZE(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (len == (size_t)(mark - text) && memcmp(text, schemes[i], len) == 0) {
			*rest = mark + 3;
			return schemes[i];
		}
	}
	return "dns";
}

static bool
is_tls_scheme(const char *scheme)
{
	return strcmp(scheme, "tls") == 0 || strcmp(scheme, "https") == 0;
}

const struct cfc_token *
forward_find_tls(const struct cfc_directive *d)
{
	static const char *const options[] = { "tls", "tls_servername", "doh_method" };
	const char *rest;

	for (size_t i = 1; i < d->nargs; i++)
		if (is_tls_scheme(split_scheme(d->args[i].text, &rest)))
			return &d->args[i];
	for (size_t i = 0; i < d->nlines; i++)
		for (size_t k = 0; k < ARRAY_SIZE(options); k++)
			if (strcmp(d->lines[i].tokens[0].text, options[k]) == 0)
				return &d->lines[i].tokens[0];
	return NULL;
}

/* ---- TO ---- */

/* Looks like an address and was none: digits and dots, or more than one colon. */
static bool
looks_numeric(const char *host, size_t len)
{
	const char *colon = memchr(host, ':', len);

	return strspn(host, "0123456789.") >= len || host[0] == '[' ||
	       (colon != NULL && memchr(colon + 1, ':', len - (size_t)(colon + 1 - host)) != NULL);
}

/* What Go's resolver takes for a name; it never asks for any other. */
static const char host_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static void
advise_blanks(struct cfc_bind *b, const struct cfc_token *tok)
{
	char *text = cfc_printf(b->c, "%s", tok->text);

	for (char *s = text; *s != '\0'; s++) {
		if (*s == ',')
			*s = ' ';
	}
	cfc_note(b->c, tok->span, "put blanks between upstreams, not commas");
	if (!tok->env && !tok->quoted)
		cfc_fix_replace(b->c, "write a blank for each comma", tok->span, text);
}

/* HOST or HOST:PORT. */
static bool
parse_name(struct cfc_bind *b, const struct cfc_token *tok, const char *text, struct forward_to *to)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	uint8_t wire[DNS_NAME_BUF];
	uint16_t port = DNS_PORT;
	bool good = len > 0 && !looks_numeric(text, len) && strspn(text, host_letters) >= len;

	if (good && colon != NULL)
		good = num_parse_u16(&port, colon + 1, strlen(colon + 1)) == 0 && port != 0;
	if (!good || dns_name_from_text(wire, text, len) < 0) {
		cfc_error(b->c, tok->span, "CF2002",
			  "'%s' is not an IP address, a file or a host name", tok->text);
		if (strchr(text, ',') != NULL)
			advise_blanks(b, tok);
		else
			cfc_note(b->c, cfc_no_span(), USE_ADDRESS);
		return false;
	}
	to->kind = FORWARD_TO_NAME;
	to->text = cfc_printf(b->c, "%.*s", (int)len, text);
	to->port = port;
	return true;
}

/* An address with a zone: only the machine that serves knows its interfaces. */
static void
keep_zone(struct cfc_bind *b, const char *text, const char *zone, size_t zone_len,
	  struct forward_to *to)
{
	size_t bracket = text[0] == '[';

	to->kind = FORWARD_TO_ZONE;
	to->text = cfc_printf(b->c, "%.*s", (int)((size_t)(zone + zone_len - text) - bracket),
			      text + bracket);
	to->port = to->addr.port;
	to->addr = (struct addr){ 0 };
}

static bool
parse_to(struct cfc_bind *b, const struct cfc_token *tok, struct forward_to *to)
{
	const char *text, *zone;
	const char *scheme = split_scheme(tok->text, &text);
	size_t zone_len;

	if (is_tls_scheme(scheme)) {
		to->kind = FORWARD_TO_TLS;
		to->text = tok->text;
		return true;
	}
	if (strcmp(scheme, "dns") != 0) {
		cfc_error(b->c, tok->span, "CF2002",
			  "'%s' is not supported as a destination protocol in forward: %s", scheme,
			  tok->text);
		return false;
	}
	if (addr_parse_zone(&to->addr, text, strlen(text), &zone, &zone_len) == 0) {
		to->kind = FORWARD_TO_ADDR;
		if (to->addr.port == 0)
			to->addr.port = DNS_PORT;
		if (zone_len > 0)
			keep_zone(b, text, zone, zone_len, to);
		return true;
	}
	if (strchr(text, '/') != NULL) {
		to->kind = FORWARD_TO_FILE;
		to->text = text;
		return true;
	}
	return parse_name(b, tok, text, to);
}

/* ---- CoreDNS's verdict ---- */

/* HOST, HOST:PORT or [HOST]:PORT, with '%' and the name for TLS behind the host; cut in place. */
static const char *
host_of(struct cfc_bind *b, const char *text)
{
	char *host = cfc_printf(b->c, "%s", text);
	char *percent = strrchr(host, '%');
	struct cfc_hostport hp;

	if (percent != NULL) {
		char *colon = strrchr(percent, ':');

		memmove(percent, colon != NULL ? colon : "", colon != NULL ? strlen(colon) + 1 : 1);
	}
	if (cfc_hostport_split(&hp, host, strlen(host)))
		host = cfc_printf(b->c, "%.*s", (int)hp.host_len, hp.host);
	host += strspn(host, "[]");
	for (size_t len = strlen(host); len > 0 && strchr("[]", host[len - 1]) != NULL;)
		host[--len] = '\0';
	return host;
}

/*
 * What is no address and no file is a name, with any port.  Who shall be asked for it by `resolver` is not
 * asked here, and takes more than a name of a host.
 */
static bool
judge_name(struct cfc_bind *b, const struct cfc_token *tok, const char *text)
{
	const char *host = host_of(b, text);

	if (!cfc_is_domain_name(host, strlen(host))) {
		cfc_error(b->c, tok->span, "CF2002",
			  "'%s' is not an IP address, a file or a host name", tok->text);
		cfc_note(b->c, cfc_no_span(), USE_ADDRESS);
		return false;
	}
	return cfc_find_line(b->directive, "resolver") != NULL ||
	       cfc_lookup_host(b, tok->span, host);
}

/*
 * A file is one with 'nameserver' lines, if it exists, whatever its name; without such lines it counts
 * for nothing.
 */
static bool
judge_to(struct cfc_bind *b, const struct cfc_token *tok, unsigned *n)
{
	const char *text;
	const char *scheme = split_scheme(tok->text, &text);
	struct forward_to unused;

	if (text[0] == '\0' || (strcmp(scheme, "https") == 0 && strchr(text, '/') != NULL)) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is no upstream", tok->text);
		return false;
	}
	++*n;
	if (strcmp(scheme, "https3") == 0 && strchr(text, ':') == NULL &&
	    cfc_setup_upstream(b, text) == CFC_SETUP_ADDRESS)
		return true;
	if (strcmp(scheme, "dns") != 0 && !is_tls_scheme(scheme))
		return parse_to(b, tok, &unused);
	switch (cfc_setup_upstream(b, text)) {
	case CFC_SETUP_ADDRESS:
	case CFC_SETUP_SERVERS:
		return true;
	case CFC_SETUP_NOTHING:
		--*n;
		return true;
	case CFC_SETUP_NEITHER:
		break;
	}
	if (strchr(text, '/') == NULL)
		return judge_name(b, tok, text);
	cfc_error(b->c, tok->span, "CF1000", "there is no file '%s'", text);
	return false;
}

/* tls://ADDRESS%NAME says whose certificate is expected; tls_servername does too. */
static bool
judge_servername(struct cfc_bind *b, const struct cfc_token *tok)
{
	const char *text;

	if (strcmp(split_scheme(tok->text, &text), "tls") != 0 || strchr(text, '%') == NULL)
		return true;
	if (cfc_find_line(b->directive, "tls_servername") == NULL)
		return true;
	cfc_error(b->c, tok->span, "CF2006",
		  "'%s' has a name for TLS, and 'tls_servername' has another", tok->text);
	return false;
}

static bool
judge_tos(struct cfc_bind *b, const struct cfc_line *line)
{
	unsigned n = 0;
	bool ok = true;

	for (size_t i = 2; i < line->ntokens; i++) {
		ok = judge_to(b, &line->tokens[i], &n) && ok;
		ok = judge_servername(b, &line->tokens[i]) && ok;
	}
	if (ok && n == 0)
		cfc_error(b->c, line->tokens[2].span, "CF2002", "there is no upstream in '%s'",
			  line->tokens[2].text);
	return ok && n > 0;
}

static bool
same_to(const struct forward_to *a, const struct forward_to *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FORWARD_TO_ADDR)
		return addr_equal(&a->addr, &b->addr);
	return a->port == b->port && a->text != NULL && b->text != NULL &&
	       strcmp(a->text, b->text) == 0;
}

static bool
is_known(const struct forward_tos *tos, const struct forward_to *to)
{
	for (unsigned i = 0; i < tos->n; i++)
		if (same_to(&tos->v[i], to))
			return true;
	return false;
}

static void
warn_known(struct cfc_bind *b, const struct cfc_token *tok)
{
	cfc_warn(b->c, tok->span, "CF2010", "upstream '%s' is given twice, this one has no effect",
		 tok->text);
	cfc_fix_delete_word(b->c, "remove the second one", tok);
}

static bool
parse_tos(struct cfc_bind *b, const struct cfc_line *line, struct forward_tos *tos)
{
	bool ok = true;

	if (b->c->compat)
		return judge_tos(b, line);
	for (size_t i = 2; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		struct forward_to to = { 0 };

		ok = judge_servername(b, tok) && ok;

		if (!parse_to(b, tok, &to))
			ok = false;
		else if (is_known(tos, &to))
			warn_known(b, tok);
		else
			*(struct forward_to *)cfc_list_add(b, tos, sizeof(to)) = to;
	}
	return ok;
}

/* ---- FROM ---- */

static bool
parse_from(struct cfc_bind *b, const struct cfc_token *tok, struct rt_name *from)
{
	struct cfc_zones zones = { 0 };

	if (!cfc_zone_arg(b->c, tok, &zones))
		return false;
	cfc_name_of_wire(b->c, zones.list[0].wire, from);
	if (zones.count > 1) {
		cfc_warn(b->c, tok->span, "CF2018",
			 "'%s' is %zu zones and 'forward' uses only the first, '%s'", tok->text,
			 zones.count, from->text);
		cfc_note(b->c, cfc_no_span(),
			 "write a 'forward' for each, or put the network into the server block's "
			 "key");
	}
	return true;
}

bool
forward_parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;
	bool ok;

	if (line->ntokens < 3) {
		cfc_error(b->c, line->tokens[0].span, "CF2001",
			  "'forward' needs a zone and at least one upstream");
		cfc_note(b->c, cfc_no_span(), "usage: forward FROM TO...");
		return false;
	}
	if (line->ntokens - 2 > FORWARD_TO_MAX) {
		cfc_error(b->c, line->tokens[2 + FORWARD_TO_MAX].span, "CF2001",
			  "more than %u TOs configured: %zu", FORWARD_TO_MAX, line->ntokens - 2);
		return false;
	}
	cfc_bind_mark(b, offsetof(struct forward_config, from));
	cfc_bind_mark(b, offsetof(struct forward_config, to));
	ok = parse_from(b, &line->tokens[1], &f->from);
	return parse_tos(b, line, &f->to) && ok;
}
