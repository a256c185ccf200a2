/*
 * geoip_setup.c - compile time: what `geoip` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

struct geoip_config {
	const char *path;
	bool edns_subnet;
};

static const struct cfc_arg geoip_args[] = {
	{ .name = "DBFILE",
	  .kind = CFC_STRING,
	  CFC_AT(struct geoip_config, path),
	  .help = "the database, a .mmdb file" },
};

static const struct cfc_option geoip_options[] = {
	{ .name = "edns-subnet",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct geoip_config, edns_subnet),
	  .help = "takes the address of the query's client subnet option, if it has one" },
};

/* The types of databases that have cities, countries or networks; ISP and Enterprise have them too. */
static bool
is_known_type(const char *type, size_t len)
{
	static const char *const types[] = {
		"DBIP-ASN-Lite (compat=GeoLite2-ASN)",
		"GeoLite2-ASN",
		"DBIP-City-Lite",
		"DBIP-Country-Lite",
		"DBIP-Country",
		"DBIP-Location (compat=City)",
		"GeoLite2-City",
		"GeoIP-City-Redacted-US",
		"GeoIP2-City",
		"GeoIP2-City-Africa",
		"GeoIP2-City-Asia-Pacific",
		"GeoIP2-City-Europe",
		"GeoIP2-City-North-America",
		"GeoIP2-City-South-America",
		"GeoIP2-Precision-City",
		"GeoLite2-Country",
		"GeoIP2-Country",
		"DBIP-ISP (compat=Enterprise)",
		"DBIP-Location-ISP (compat=Enterprise)",
		"GeoIP-Enterprise-Redacted-US",
		"GeoIP2-Enterprise",
		"GeoIP2-ISP",
		"GeoIP2-Precision-ISP",
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strlen(types[i]) == len && memcmp(types[i], type, len) == 0)
			return true;
	}
	return false;
}

/*
 * The metadata at the end of a database hold "database_type" and a text after it: an octet with 010 in
 * its upper bits and the length in the lower ones, or 29 there and the length less 29 in the next.
 */
static bool
has_known_type(const char *data, size_t size)
{
	static const char mark[] = "\xab\xcd\xefMaxMind.com", key[] = "\x4d"
								      "database_type";
	const char *end = data + size;
	const char *meta = memmem(data, size, mark, sizeof(mark) - 1);
	const char *at =
		meta == NULL ? NULL : memmem(meta, (size_t)(end - meta), key, sizeof(key) - 1);

	if (at == NULL || end - at < (ptrdiff_t)sizeof(key) + 2)
		return false;
	at += sizeof(key) - 1;
	size_t len = (unsigned char)*at & 0x1f;
	if (((unsigned char)*at++ & 0xe0) != 0x40)
		return false;
	if (len == 29)
		len = 29 + (unsigned char)*at++;
	return len <= (size_t)(end - at) && is_known_type(at, len);
}

static bool
geoip_check(struct cfc_bind *b, void *config)
{
	const struct geoip_config *geoip = config;
	struct cfc_span span = b->directive->args[0].span;
	struct cfc_setup_text text;

	if (!cfc_setup_readable(b, span, geoip->path, &text))
		return false;
	if (text.v == NULL || has_known_type(text.v, text.len))
		return true;
	cfc_error(b->c, span, "CF2002", "'%s' is no database of cities, countries or networks",
		  geoip->path);
	return false;
}

const struct cfc_plugin geoip_plugin = {
	.name = "geoip",
	.summary = "looks up where a client is",
	CFC_CONFIG(geoip_config),
	.directive = { CFC_ARGS(geoip_args) },
	CFC_OPTIONS(geoip_options),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.check = geoip_check,
};
