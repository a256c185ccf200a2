/*
 * url.c - the faults that Go's url.Parse finds (RFC 3986 with its own exceptions).
 */
#include "config.h"

#include "compiler/bind/url.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/addr.h"

/* A part of the text. */
struct part {
	const char *s;
	size_t len;
};

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_escape(const struct part *p, size_t i)
{
	return i + 2 < p->len && hex(p->s[i + 1]) >= 0 && hex(p->s[i + 2]) >= 0;
}

static bool
escapes_are_right(struct part p)
{
	for (size_t i = 0; i < p.len; i++) {
		if (p.s[i] == '%' && !is_escape(&p, i))
			return false;
	}
	return true;
}

static bool
host_may_have(char c)
{
	return is_alnum(c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr("-_.~!$&'()*+,;=:[]<>\"", c) != NULL);
}

/* In a host only octets beyond ASCII may be escaped; in its zone everything that is printed. */
static bool
host_is_right(struct part p, bool zone)
{
	for (size_t i = 0; i < p.len; i++) {
		if (p.s[i] != '%') {
			if (!host_may_have(p.s[i]))
				return false;
			continue;
		}
		if (!is_escape(&p, i))
			return false;
		char c = (char)(hex(p.s[i + 1]) * 16 + hex(p.s[i + 2]));
		bool percent = c == '%';
		if (!percent && !(zone ? c == ' ' || host_may_have(c) : (unsigned char)c >= 0x80))
			return false;
		i += 2;
	}
	return true;
}

/* "" or ":" and digits. */
static bool
port_is_right(struct part p)
{
	if (p.len > 0 && p.s[0] != ':')
		return false;
	for (size_t i = 1; i < p.len; i++) {
		if (p.s[i] < '0' || p.s[i] > '9')
			return false;
	}
	return true;
}

static bool
bracketed_is_right(struct part host)
{
	const char *close = memrchr(host.s, ']', host.len);
	struct addr address;

	if (close == NULL)
		return false;
	struct part port = { close + 1, (size_t)(host.s + host.len - close) - 1 };
	struct part inside = { host.s + 1, (size_t)(close - host.s) - 1 };
	const char *zone = memmem(inside.s, inside.len, "%25", 3);
	struct part name = { inside.s, zone == NULL ? inside.len : (size_t)(zone - inside.s) };
	struct part rest = { inside.s + name.len, inside.len - name.len };
	return port_is_right(port) && host_is_right(name, false) && host_is_right(rest, true) &&
	       rest.len != 3 && addr_parse(&address, name.s, name.len) == 0 &&
	       address.family == ADDR_V6 && address.port == 0 && name.s[0] != '[';
}

static bool
host_and_port_are_right(struct part host)
{
	const char *open = memrchr(host.s, '[', host.len);

	if (open != NULL && open != host.s)
		return false;
	if (open != NULL)
		return bracketed_is_right(host);
	const char *colon = memrchr(host.s, ':', host.len);
	if (colon != NULL &&
	    !port_is_right((struct part){ colon, (size_t)(host.s + host.len - colon) }))
		return false;
	return host_is_right(host, false);
}

static bool
authority_is_right(struct part p)
{
	const char *at = memrchr(p.s, '@', p.len);

	if (at != NULL) {
		struct part user = { p.s, (size_t)(at - p.s) };

		for (size_t i = 0; i < user.len; i++) {
			if (!is_alnum(user.s[i]) && strchr("-._:~!$&'()*+,;=%@", user.s[i]) == NULL)
				return false;
		}
		if (!escapes_are_right(user))
			return false;
		p.len -= user.len + 1;
		p.s = at + 1;
	}
	return host_and_port_are_right(p);
}

/* The length of the scheme, 0 for none, -1 for a colon with nothing before it. */
static ptrdiff_t
scheme_length(const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] == ':')
			return i == 0 ? -1 : (ptrdiff_t)i;
		if (isalpha((unsigned char)text[i]) && (unsigned char)text[i] < 0x80)
			continue;
		if (i == 0 || !(is_alnum(text[i]) || strchr("+-.", text[i]) != NULL))
			return 0;
	}
	return 0;
}

/* No controls; escapes in the fragment are right. */
static bool
text_is_right(const char *text)
{
	const char *fragment = strchr(text, '#');

	for (const char *s = text; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	}
	return fragment == NULL || escapes_are_right((struct part){ fragment, strlen(fragment) });
}

/* Takes //AUTHORITY away. */
static bool
split_authority(struct cfc_url *out)
{
	struct part all = { out->path + 2, strcspn(out->path + 2, "/?#") };
	const char *at = memrchr(all.s, '@', all.len);

	if (!authority_is_right(all))
		return false;
	out->host = at == NULL ? all.s : at + 1;
	out->host_len = all.len - (size_t)(out->host - all.s);
	out->path += 2 + all.len;
	out->path_len -= 2 + all.len;
	return true;
}

bool
cfc_url_split(const char *text, struct cfc_url *out)
{
	ptrdiff_t scheme = scheme_length(text);
	const char *rest = text + (scheme > 0 ? scheme + 1 : 0);

	*out = (struct cfc_url){ .host = rest, .path = rest, .path_len = strcspn(rest, "?#") };
	if (scheme < 0 || !text_is_right(text))
		return false;
	out->scheme_len = (size_t)scheme;
	if (rest[0] != '/' && scheme > 0)
		return true; /* opaque */
	if (rest[0] != '/' && memchr(rest, ':', strcspn(rest, "/?#")) != NULL)
		return false;
	if (strncmp(rest, "//", 2) == 0 && (scheme > 0 || rest[2] != '/') && !split_authority(out))
		return false;
	return escapes_are_right((struct part){ out->path, out->path_len });
}

bool
cfc_url_parses(const char *text)
{
	struct cfc_url url;

	return cfc_url_split(text, &url);
}
