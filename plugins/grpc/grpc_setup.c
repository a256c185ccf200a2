/*
 * grpc_setup.c - compile time: what `grpc` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

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

/* Files are looked at when the server starts, so that almost every word may be one. */
static bool
grpc_check(struct cfc_bind *b, void *config)
{
	bool ok = true;

	(void)config;
	for (size_t i = 1; i < b->directive->nargs; i++) {
		const struct cfc_token *tok = &b->directive->args[i];
		const char *host = strstr(tok->text, "://");

		if (tok->len > 0 && (host == NULL || host[3] != '\0'))
			continue;
		cfc_error(b->c, tok->span, "CF2002", "'%s' is no address of a server", tok->text);
		ok = false;
	}
	return ok;
}

static const struct cfc_option grpc_options[] = {
	{ .name = "except",
	  .repeat = CFC_REPEAT_MERGE,
	  CFC_ARGS(except_args),
	  .help = "does not ask about these names and below" },
	{ .name = "tls",
	  CFC_SETS(struct grpc_config, tls),
	  CFC_ARGS(tls_args),
	  .help = "uses TLS, with a certificate of its own and authority if given" },
	{ .name = "tls_servername",
	  CFC_ARGS(tls_servername_args),
	  .help = "the name in the certificates of the servers" },
	{ .name = "policy", CFC_ARGS(policy_args), .help = "whom to ask first" },
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
