/*
 * grpc_setup.c - compile time: what `grpc` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/syntax/keys.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

struct grpc_config {
	struct rt_names from;
	struct rt_strings to;
	struct rt_names except;
	bool tls;
	const char *cert;
	const char *key;
	const char *ca;
	const char *servername;
	int policy;
	struct rt_fallthrough fallthrough;
};

static const char *const policies[] = { "random", "round_robin", "sequential", NULL };

static const struct cfc_arg grpc_args[] = {
	{ .name = "FROM",
	  .kind = CFC_ZONES,
	  CFC_AT(struct grpc_config, from),
	  .help = "the zone that is asked about" },
	{ .name = "TO",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  .nmax = 15,
	  CFC_AT(struct grpc_config, to),
	  .help = "up to 15 servers: IP[:PORT], unix:///PATH, or a file like resolv.conf" },
};

static const struct cfc_arg except_args[] = {
	{ .name = "NAME",
	  .kind = CFC_NAMES,
	  .arity = CFC_MANY,
	  .lax = CFC_LAX_KIND,
	  CFC_AT(struct grpc_config, except) },
};

static const struct cfc_arg tls_args[] = {
	{ .name = "CERT", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct grpc_config, cert) },
	{ .name = "KEY", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct grpc_config, key) },
	{ .name = "CA", .kind = CFC_PATH, .arity = CFC_OPT, CFC_AT(struct grpc_config, ca) },
};

static const struct cfc_arg tls_servername_args[] = {
	{ .name = "NAME", .kind = CFC_STRING, CFC_AT(struct grpc_config, servername) },
};

static const struct cfc_arg policy_args[] = {
	{ .name = "POLICY",
	  .kind = CFC_ENUM,
	  .dflt = "random",
	  .values = policies,
	  CFC_AT(struct grpc_config, policy) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct grpc_config, fallthrough),
	  .help = "only for names in these zones" },
};

/* Addresses and files as CoreDNS takes them; a zone or name behind '%' is no URL to gRPC. */
static bool
judge_to(struct cfc_bind *b, const struct cfc_token *tok, unsigned *n)
{
	static const char *const schemes[] = { "dns", "tls", "quic", "grpc", "https3", "https" };
	const char *text = tok->text;
	enum cfc_setup_upstream what;

	++*n;
	if (strncmp(text, "unix://", 7) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (strncmp(text, schemes[i], len) == 0 && strncmp(text + len, "://", 3) == 0)
			text += len + 3;
	}
	what = cfc_setup_upstream(b, text);
	*n -= what == CFC_SETUP_NOTHING;
	if (what != CFC_SETUP_NEITHER && strchr(text, '%') == NULL)
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is neither an address nor a file of servers",
		  tok->text);
	return false;
}

static bool
judge_tos(struct cfc_bind *b)
{
	unsigned n = 0;
	bool ok = true;

	for (size_t i = 1; i < b->directive->nargs; i++)
		ok = judge_to(b, &b->directive->args[i], &n) && ok;
	if (ok && n == 0)
		cfc_error(b->c, b->directive->args[1].span, "CF2002", "there is no server in '%s'",
			  b->directive->args[1].text);
	return ok && n > 0;
}

/* Files are looked at when the server starts, so that almost every word may be one. */
static bool
grpc_check(struct cfc_bind *b, void *config)
{
	bool ok = true;
	struct cfc_zones zones = { 0 };

	(void)config;
	/* FROM is no list: what is no zone is refused. */
	if (b->c->compat && !cfc_zone_arg(b->c, &b->directive->args[0], &zones))
		return false;
	for (size_t i = 1; i < b->directive->nargs; i++) {
		const struct cfc_token *tok = &b->directive->args[i];
		const char *host = strstr(tok->text, "://");

		if (tok->len > 0 && (host == NULL || host[3] != '\0'))
			continue;
		cfc_error(b->c, tok->span, "CF2002", "'%s' is no address of a server", tok->text);
		ok = false;
	}
	return ok && (!b->c->compat || judge_tos(b));
}

static const struct cfc_option files = { .name = "tls", CFC_ARGS(tls_args) };

static bool
parse_tls(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return cfc_bind_args(b, &files, line->tokens + 1, line->ntokens - 1, line->tokens[0].span,
			     config) &&
	       cfc_setup_tls_line(b, line);
}

static const struct cfc_option grpc_options[] = {
	{ .name = "except",
	  .repeat = CFC_REPEAT_MERGE,
	  CFC_ARGS(except_args),
	  .help = "does not ask about these names and below" },
	{ .name = "tls",
	  CFC_SETS(struct grpc_config, tls),
	  .parse = parse_tls,
	  .syntax = "[CERT] [KEY] [CA]",
	  .help = "uses TLS, with a certificate of its own and authority if given" },
	{ .name = "tls_servername",
	  CFC_ARGS(tls_servername_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the name in the certificates of the servers" },
	{ .name = "policy",
	  CFC_ARGS(policy_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "whom to ask first" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
};

const struct cfc_plugin grpc_plugin = {
	.name = "grpc",
	.summary = "asks other servers over gRPC",
	CFC_CONFIG(grpc_config),
	.directive = { CFC_ARGS(grpc_args) },
	CFC_OPTIONS(grpc_options),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_RECURSIVE | CFC_LINT_ONLY,
	.check = grpc_check,
};
