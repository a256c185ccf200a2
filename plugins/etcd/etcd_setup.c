/*
 * etcd_setup.c - compile time: what `etcd` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "base/duration.h"
#include "base/num.h"
#include "compiler/bind/setup_file.h"
#include "compiler/bind/url.h"
#include "compiler/plugin.h"

struct etcd_config {
	struct rt_names zones;
	struct rt_fallthrough fallthrough;
	const char *path;
	struct rt_strings endpoints;
	const char *user;
	const char *password;
	bool tls;
	const char *cert;
	const char *key;
	const char *ca;
	uint64_t min_ttl; /* nanoseconds */
	uint64_t max_ttl; /* nanoseconds */
};

static const struct cfc_arg etcd_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct etcd_config, zones),
	  .help = "the zones that are served" },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct etcd_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_arg path_args[] = {
	{ .name = "PATH", .kind = CFC_STRING, .dflt = "/skydns", CFC_AT(struct etcd_config, path) },
};

static const struct cfc_arg endpoint_args[] = {
	{ .name = "URL",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  .dflt = "http://localhost:2379",
	  CFC_AT(struct etcd_config, endpoints) },
};

static const struct cfc_arg credentials_args[] = {
	{ .name = "USER", .kind = CFC_STRING, CFC_AT(struct etcd_config, user) },
	{ .name = "PASSWORD",
	  .kind = CFC_STRING,
	  CFC_AT(struct etcd_config, password),
	  .secret = true },
};

static const struct cfc_arg tls_args[] = {
	{ .name = "CERT", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct etcd_config, cert) },
	{ .name = "KEY", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct etcd_config, key) },
	{ .name = "CA", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct etcd_config, ca) },
};

static const struct cfc_arg min_lease_ttl_args[] = {
	{ .name = "TTL",
	  .kind = CFC_INTERVAL,
	  .max = INT64_C(4294967295) * DURATION_S,
	  .dflt = "30s",
	  CFC_AT(struct etcd_config, min_ttl) },
};

static const struct cfc_arg max_lease_ttl_args[] = {
	{ .name = "TTL",
	  .kind = CFC_INTERVAL,
	  .max = INT64_C(4294967295) * DURATION_S,
	  .dflt = "24h",
	  CFC_AT(struct etcd_config, max_ttl) },
};

/* CoreDNS makes a URL of the first server, without its scheme. */
static bool
check_endpoint(struct cfc_bind *b, const struct etcd_config *etcd)
{
	const char *first = etcd->endpoints.v[0];
	const char *mark = strstr(first, "://");

	if (mark != NULL)
		first = mark + 3;
	else if (strncmp(first, "unix:", 5) == 0)
		first += 5;
	else if (strncmp(first, "unixs:", 6) == 0)
		first += 6;
	if (cfc_url_parses(cfc_printf(b->c, "etcd:///x/%s", first)))
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2002", "the first endpoint, '%s', is no URL",
		  etcd->endpoints.v[0]);
	cfc_note(b->c, cfc_no_span(), "for example http://localhost:2379");
	return false;
}

static bool
etcd_check(struct cfc_bind *b, void *config)
{
	const struct etcd_config *etcd = config;

	if (etcd->min_ttl > etcd->max_ttl)
		cfc_warn(b->c, b->directive->name.span, "CF2016",
			 "the lowest TTL is above the highest");
	return check_endpoint(b, etcd);
}

/* No text is no bound to CoreDNS; a number of seconds has no sign. */
static bool
parse_ttl(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	bool low = strcmp(line->tokens[0].text, "min-lease-ttl") == 0;
	const struct cfc_arg *arg = low ? min_lease_ttl_args : max_lease_ttl_args;
	const struct cfc_token *tok = &line->tokens[1];
	int64_t n;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	if (tok->text[strspn(tok->text, " \t\n\v\f\r")] == '\0')
		return cfc_stricter(b->c, tok->span, "CF2002",
				    "'%s' is not a duration such as 30s or 1m30s", tok->text);
	if (tok->text[0] == '+' && num_parse_int(&n, tok->text, tok->len, 10) == 0) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not a duration such as 30s or 1m30s",
			  tok->text);
		cfc_note(b->c, tok->span, "a number of seconds has no sign");
		return false;
	}
	return cfc_bind_value(b, arg, tok, (char *)config + arg->offset);
}

static const struct cfc_option files = { .name = "tls", CFC_ARGS(tls_args) };

static bool
parse_tls(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return cfc_bind_args(b, &files, line->tokens + 1, line->ntokens - 1, line->tokens[0].span,
			     config) &&
	       cfc_setup_tls_line(b, line);
}

static const struct cfc_option etcd_options[] = {
	{ .name = "stubzones", .ignored = true, .lax = CFC_LAX_FLAT },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
	{ .name = "path",
	  CFC_ARGS(path_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "where the names begin in the database" },
	{ .name = "endpoint", CFC_ARGS(endpoint_args), .help = "the servers of the database" },
	{ .name = "credentials",
	  CFC_ARGS(credentials_args),
	  .help = "logs in with this name and password" },
	{ .name = "tls",
	  CFC_SETS(struct etcd_config, tls),
	  .parse = parse_tls,
	  .syntax = "[CERT] [KEY] [CA]",
	  .help = "uses TLS, with a certificate of its own and authority if given" },
	{ .name = "min-lease-ttl",
	  CFC_ARGS(min_lease_ttl_args),
	  .parse = parse_ttl,
	  .syntax = "TTL",
	  .lax = CFC_LAX_FLAT,
	  .help = "the lowest TTL that a lease makes" },
	{ .name = "max-lease-ttl",
	  CFC_ARGS(max_lease_ttl_args),
	  .parse = parse_ttl,
	  .syntax = "TTL",
	  .lax = CFC_LAX_FLAT,
	  .help = "the highest one" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
	{ .name = "debug", .ignored = true, .lax = CFC_LAX_FLAT },
};

const struct cfc_plugin etcd_plugin = {
	.name = "etcd",
	.summary = "serves names from an etcd database",
	CFC_CONFIG(etcd_config),
	.directive = { CFC_ARGS(etcd_args) },
	CFC_OPTIONS(etcd_options),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
	.check = etcd_check,
};
