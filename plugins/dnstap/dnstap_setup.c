/*
 * dnstap_setup.c - compile time: what `dnstap` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"
#include "compiler/bind/url.h"

struct dnstap_config {
	const char *identity;
	const char *version;
	const char *extra;
	bool skipverify;
	const char *socket; /* a path, or unix:// tcp:// tls:// */
	bool listen;
	bool full;       /* with the whole messages */
	uint32_t buffer; /* MiB */
	uint32_t queue;  /* times 10000 messages */
	const char *cert;
	const char *key;
	const char *ca;
};

static const struct cfc_arg buffer_arg = {
	.name = "WRITE-BUFFER", .kind = CFC_UINT, .min = 1, .max = 1024
};
static const struct cfc_arg queue_arg = {
	.name = "QUEUE", .kind = CFC_UINT, .min = 1, .max = 4096
};

static bool
check_socket(struct cfc_bind *b, const struct cfc_token *tok)
{
	const char *rest = tok->text;
	bool net = strncmp(rest, "tcp://", 6) == 0 || strncmp(rest, "tls://", 6) == 0;

	if (net && !cfc_url_parses(rest)) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is no URL", tok->text);
		return false;
	}
	if (net)
		rest += 6;
	else if (strncmp(rest, "unix://", 7) == 0)
		rest += 7;
	if (rest[0] != '\0' && rest[0] != '/')
		return true;
	if (rest[0] == '/' && (rest == tok->text || tok->text[0] == 'u'))
		return true;
	bool go_on = cfc_stricter(b->c, tok->span, "CF2002", "'%s' is no socket", tok->text);
	cfc_note(b->c, cfc_no_span(),
		 "expected a path, unix://PATH, tcp://HOST:PORT or tls://HOST:PORT");
	return go_on;
}

static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct dnstap_config *tap = config;
	const struct cfc_token *tok = line->tokens + 1;
	size_t n = line->ntokens - 1;
	bool ok;

	tap->buffer = 1;
	tap->queue = 1;
	tap->listen = n > 0 && strcmp(tok[0].text, "listen") == 0;
	if (!cfc_bind_count(b, line, 1u + tap->listen, 4u + tap->listen))
		return false;
	tok += tap->listen;
	n -= tap->listen;
	tap->socket = tok[0].text;
	tap->full = n > 1 && strcmp(tok[1].text, "full") == 0;
	ok = check_socket(b, &tok[0]);
	if (n > 1 && !tap->full) {
		cfc_warn(b->c, tok[1].span, "CF2014", "'%s' has no effect, whatever it is",
			 tok[1].text);
		cfc_note(b->c, tok[1].span, "the word 'full' stands here, or nothing");
	}
	if (n > 2)
		ok = cfc_bind_value(b, &buffer_arg, &tok[2], &tap->buffer) && ok;
	if (n > 3)
		ok = cfc_bind_value(b, &queue_arg, &tok[3], &tap->queue) && ok;
	return ok;
}

static const struct cfc_arg file_args[] = {
	{ .name = "CERT", .kind = CFC_STRING, CFC_AT(struct dnstap_config, cert) },
	{ .name = "KEY", .kind = CFC_STRING, CFC_AT(struct dnstap_config, key) },
	{ .name = "CA", .kind = CFC_STRING, .arity = CFC_OPT, CFC_AT(struct dnstap_config, ca) },
};

static const struct cfc_option files = { .name = "tls", .lax = CFC_LAX_MORE, CFC_ARGS(file_args) };

static bool
parse_tls(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	const struct dnstap_config *tap = config;

	if (!tap->listen) {
		cfc_error(b->c, line->tokens[0].span, "CF2006",
			  "option 'tls' is for 'dnstap listen' only");
		return false;
	}
	return cfc_bind_args(b, &files, line->tokens + 1, line->ntokens - 1, line->tokens[0].span,
			     config);
}

static const struct cfc_arg identity_args[] = {
	{ .name = "NAME", .kind = CFC_STRING, CFC_AT(struct dnstap_config, identity) },
};

static const struct cfc_arg version_args[] = {
	{ .name = "VERSION", .kind = CFC_STRING, CFC_AT(struct dnstap_config, version) },
};

static const struct cfc_arg extra_args[] = {
	{ .name = "FORMAT", .kind = CFC_STRING, CFC_AT(struct dnstap_config, extra) },
};

static const struct cfc_option dnstap_options[] = {
	{ .name = "identity",
	  CFC_ARGS(identity_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the name of the server in the messages, the host name when left out" },
	{ .name = "version",
	  CFC_ARGS(version_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "the version in the messages" },
	{ .name = "extra",
	  CFC_ARGS(extra_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "a text with placeholders in the messages" },
	{ .name = "tls",
	  .parse = parse_tls,
	  .syntax = "CERT KEY [CA]",
	  .help = "the certificate to show to collectors" },
	{ .name = "skipverify",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct dnstap_config, skipverify),
	  .help = "does not check the certificate of the other side" },
};

static const struct cfc_field dnstap_fields[] = {
	{ .field = "socket", .kind = CFC_STRING, .offset = offsetof(struct dnstap_config, socket) },
	{ .field = "listen", .kind = CFC_FLAG, .offset = offsetof(struct dnstap_config, listen) },
	{ .field = "full", .kind = CFC_FLAG, .offset = offsetof(struct dnstap_config, full) },
	{ .field = "buffer",
	  .kind = CFC_UINT,
	  .offset = offsetof(struct dnstap_config, buffer),
	  .comment = "MiB" },
	{ .field = "queue",
	  .kind = CFC_UINT,
	  .offset = offsetof(struct dnstap_config, queue),
	  .comment = "times 10000" },
};

const struct cfc_plugin dnstap_plugin = {
	.name = "dnstap",
	.summary = "sends copies of messages to a collector",
	CFC_CONFIG(dnstap_config),
	.directive = { .parse = parse_directive,
		       .lax = CFC_LAX_MORE,
		       .syntax = "[listen] SOCKET [full] [WRITE-BUFFER] [QUEUE]" },
	CFC_OPTIONS(dnstap_options),
	CFC_FIELDS(dnstap_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
