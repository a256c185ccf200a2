/*
 * setup_key.c - looking up the pairs of key files that CoreDNS signs with.
 */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "compiler/bind/setup_file.h"
#include "dns/types.h"
#include "dns/zonefile.h"

static bool
scan_rr(void *user, const struct dns_zonefile_rr *rr)
{
	struct cfc_setup_key *key = user;

	key->known = rr->type == DNS_TYPE_DNSKEY && rr->rdlen > 2;
	if (key->known) {
		key->flags = (uint16_t)(rr->rdata[0] << 8 | rr->rdata[1]);
		dns_name_lower(key->owner, rr->owner);
	}
	return false; /* the first record is the key */
}

static bool
has_key(const struct cfc_setup_text *public, const char *path, struct cfc_setup_key *key)
{
	struct dns_zonefile_options opt = {
		.default_ttl = 3600, .has_default_ttl = true, .rr = scan_rr, .user = key
	};
	struct dns_zonefile_error err;
	int rc = dns_zonefile_parse(public->v, public->len, path, &opt, &err);

	return (rc == 0 || rc == RT_ECANCELED) && key->known;
}

static size_t
without_ending(const char *path)
{
	static const char *const endings[] = { ".key", ".private" };
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t n = strlen(endings[i]);

		if (len >= n && strcmp(path + len - n, endings[i]) == 0)
			return len - n;
	}
	return len;
}

bool
cfc_setup_key(struct cfc_bind *b, const struct cfc_token *tok, const char *path,
	      struct cfc_setup_key *key)
{
	int len = (int)without_ending(path);
	struct cfc_setup_text public, private;

	key->known = false;
	if (!cfc_setup_readable(b, tok->span, cfc_printf(b->c, "%.*s.key", len, path), &public) ||
	    !cfc_setup_readable(b, tok->span, cfc_printf(b->c, "%.*s.private", len, path),
				&private))
		return false;
	if (public.v == NULL || private.v == NULL ||
	    (has_key(&public, path, key) && strstr(private.v, "Private-key-format:") != NULL))
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is no key", tok->text);
	return false;
}
