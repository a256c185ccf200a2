/*
 * proxyproto_setup.c - compile time: what `proxyproto` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct proxyproto_config {
	uint64_t session_time; /* nanoseconds, 0: off */
	uint32_t sessions;
	struct rt_cidrs allow;
	int policy; /* for senders outside of allow: index into policies */
};

static const struct cfc_arg network_arg = { .name = "CIDR",
					    .kind = CFC_CIDRS,
					    CFC_AT(struct proxyproto_config, allow) };

/* Networks with a mask only: CoreDNS takes no plain address here. */
static bool
parse_allow(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct proxyproto_config *proxy = config;
	bool ok = cfc_bind_count(b, line, 0, SIZE_MAX);

	for (size_t i = 1; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];

		if (strchr(tok->text, '/') == NULL) {
			cfc_error(b->c, tok->span, "CF2002", "'%s' is not a network", tok->text);
			cfc_note(b->c, tok->span, "write '%s/%s' for one address", tok->text,
				 strchr(tok->text, ':') != NULL ? "128" : "32");
			ok = false;
			continue;
		}
		ok = cfc_bind_value(b, &network_arg, tok, &proxy->allow) && ok;
	}
	return ok;
}

static const char *const policies[] = { "use", "ignore", "reject", "skip", NULL };

static const struct cfc_arg policy_arg = { .name = "POLICY", .kind = CFC_ENUM, .values = policies };

static bool
parse_default(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct proxyproto_config *proxy = config;
	struct cfc_token tok;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	tok = line->tokens[1];
	tok.text = cfc_lower(b->c, tok.text);
	return cfc_bind_value(b, &policy_arg, &tok, &proxy->policy);
}

static const struct cfc_arg udp_session_tracking_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .lax = CFC_LAX_MIN,
	  CFC_AT(struct proxyproto_config, session_time) },
	{ .name = "SESSIONS",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .min = 1,
	  .max = 4294967295,
	  .dflt = "10240",
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct proxyproto_config, sessions),
	  .help = "how many are remembered" },
};

static const struct cfc_option proxyproto_options[] = {
	{ .name = "allow",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_allow,
	  .syntax = "CIDR...",
	  .help = "takes headers from these senders only" },
	{ .name = "default",
	  .parse = parse_default,
	  .syntax = "POLICY",
	  .help = "what to do with the headers of others: use, ignore, reject or skip" },
	{ .name = "udp_session_tracking",
	  CFC_ARGS(udp_session_tracking_args),
	  .help = "remembers for how long which client a UDP sender stands for" },
};

static const struct cfc_field proxyproto_fields[] = {
	{ .field = "allow",
	  .kind = CFC_CIDRS,
	  .offset = offsetof(struct proxyproto_config, allow) },
	{ .field = "policy",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct proxyproto_config, policy),
	  .values = policies },
};

const struct cfc_plugin proxyproto_plugin = {
	.name = "proxyproto",
	.summary = "takes client addresses from PROXY protocol headers",
	CFC_CONFIG(proxyproto_config),
	CFC_OPTIONS(proxyproto_options),
	CFC_FIELDS(proxyproto_fields),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_LINT_ONLY,
};
