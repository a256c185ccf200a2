/*
 * tls_setup.c - compile time: what `tls` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "base/num.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "dns/name.h"

struct tls_config {
	const char *cert;
	const char *key;
	const char *client_ca;
	int client_auth;
	const char *keylog;
	struct rt_strings acme;
	const char *email;
	const char *ca;
	const char *storage;
	const char *ca_root;
	const char *resolver;
};

static const char *const auths[] = {
	"nocert", "request", "require", "verify_if_given", "require_and_verify", NULL
};

static const struct cfc_arg tls_args[] = {
	{ .name = "CERT",
	  .kind = CFC_PATH,
	  .arity = CFC_OPT,
	  CFC_AT(struct tls_config, cert),
	  .help = "the certificate, with those between it and the root" },
	{ .name = "KEY",
	  .kind = CFC_PATH,
	  .arity = CFC_OPT,
	  CFC_AT(struct tls_config, key),
	  .help = "its private key" },
	{ .name = "CA",
	  .kind = CFC_PATH,
	  .arity = CFC_OPT,
	  CFC_AT(struct tls_config, client_ca),
	  .help = "the authority for certificates of clients" },
};

static const struct cfc_arg client_auth_args[] = {
	{ .name = "HOW",
	  .kind = CFC_ENUM,
	  .dflt = "nocert",
	  .values = auths,
	  CFC_AT(struct tls_config, client_auth) },
};

static const struct cfc_arg keylog_args[] = {
	{ .name = "FILE", .kind = CFC_PATH, CFC_AT(struct tls_config, keylog) },
};

static const struct cfc_arg acme_args[] = {
	{ .name = "DOMAIN",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  CFC_AT(struct tls_config, acme) },
};

static const struct cfc_arg email_args[] = {
	{ .name = "ADDRESS", .kind = CFC_STRING, CFC_AT(struct tls_config, email) },
};

static const struct cfc_arg ca_args[] = {
	{ .name = "URL",
	  .kind = CFC_STRING,
	  .dflt = "https://acme-v02.api.letsencrypt.org/directory",
	  CFC_AT(struct tls_config, ca) },
};

static const struct cfc_arg storage_args[] = {
	{ .name = "DIR",
	  .kind = CFC_PATH,
	  .dflt = ".coredns/acme",
	  CFC_AT(struct tls_config, storage) },
};

static const struct cfc_arg ca_root_args[] = {
	{ .name = "FILE", .kind = CFC_PATH, CFC_AT(struct tls_config, ca_root) },
};

static const struct cfc_arg resolver_args[] = {
	{ .name = "ADDRESS", .kind = CFC_STRING, CFC_AT(struct tls_config, resolver) },
};

static const char *const acme_names[] = { "acme",    "email",    "ca", "storage",
					  "ca_root", "resolver", NULL };

static bool
is_acme(const char *name)
{
	for (size_t i = 0; acme_names[i] != NULL; i++) {
		if (strcmp(acme_names[i], name) == 0)
			return true;
	}
	return false;
}

/* Options of the form that was not chosen. */
static bool
check_form(struct cfc_bind *b, bool acme)
{
	const struct cfc_directive *d = b->directive;
	bool ok = true;

	for (size_t i = 0; i < d->nlines; i++) {
		const struct cfc_token *name = &d->lines[i].tokens[0];

		if (is_acme(name->text) == acme)
			continue;
		cfc_error(b->c, name->span, "CF2006", "option '%s' is for 'tls' %s", name->text,
			  acme ? "with CERT and KEY" : "without arguments");
		ok = false;
	}
	return ok;
}

/* Names of hosts, also '*.' before one; no addresses. */
static bool
check_domains(struct cfc_bind *b)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "acme");
	bool ok = true;

	for (size_t i = 1; i < line->ntokens; i++) {
		struct cfc_token tok = line->tokens[i];
		size_t star = strncmp(tok.text, "*.", 2) == 0 ? 2 : 0;
		uint8_t wire[DNS_NAME_BUF];
		struct addr a;

		tok.text += star;
		tok.len -= star;
		if (tok.len > 0 && strchr(tok.text, '*') == NULL && strcmp(tok.text, ".") != 0 &&
		    addr_parse(&a, tok.text, tok.len) != 0) {
			if (dns_name_from_text(wire, tok.text, tok.len) >= 0)
				continue;
		}
		cfc_error(b->c, tok.span, "CF2002",
			  "'%s' is not a name that a certificate can be for", line->tokens[i].text);
		ok = false;
	}
	return ok;
}

static bool
check_url(struct cfc_bind *b, const struct tls_config *tls)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "ca");
	const char *host = strstr(tls->ca, "://");
	bool web = strncmp(tls->ca, "https://", 8) == 0 || strncmp(tls->ca, "http://", 7) == 0;

	if (line == NULL || (web && host[3] != '\0' && host[3] != '/'))
		return true;
	cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' is not the address of a web server",
		  tls->ca);
	cfc_note(b->c, cfc_no_span(), "for example https://acme-v02.api.letsencrypt.org/directory");
	return false;
}

static bool
check_resolver(struct cfc_bind *b, const struct tls_config *tls)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "resolver");
	const char *colon = line == NULL ? NULL : strrchr(tls->resolver, ':');
	uint16_t port;

	if (line == NULL || (colon != NULL && colon > tls->resolver &&
			     num_parse_u16(&port, colon + 1, strlen(colon + 1)) == 0 && port > 0))
		return true;
	cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' is not HOST:PORT", tls->resolver);
	return false;
}

/* Whether the log of keys can be made where it is to be. */
static bool
check_keylog(struct cfc_bind *b, const struct tls_config *tls)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "keylog");

	if (line == NULL || tls->keylog[0] == '\0')
		return true;
	const char *slash = strrchr(tls->keylog, '/');
	const char *folder =
		slash == NULL
			? "."
			: cfc_printf(b->c, "%.*s", (int)(slash - tls->keylog) + 1, tls->keylog);
	enum cfc_setup_kind kind = cfc_setup_stat(b->c, folder);
	if ((kind == CFC_SETUP_UNKNOWN || kind == CFC_SETUP_DIR) &&
	    cfc_setup_stat(b->c, tls->keylog) != CFC_SETUP_DIR &&
	    cfc_setup_stat(b->c, tls->keylog) != CFC_SETUP_DENIED)
		return true;
	cfc_error(b->c, line->tokens[1].span, "CF1000", "'%s' cannot be written", tls->keylog);
	return false;
}

static bool
check_files(struct cfc_bind *b, const struct tls_config *tls)
{
	const char *const paths[] = { tls->cert, tls->key, tls->client_ca };

	return cfc_setup_tls(b, b->directive->args[0].span, paths, b->directive->nargs) &&
	       check_keylog(b, tls);
}

/* With an authority alone, the file must hold certificates. */
static bool
check_ca_root(struct cfc_bind *b, const struct tls_config *tls)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "ca_root");

	return line == NULL || cfc_setup_tls(b, line->tokens[1].span, &tls->ca_root, 1);
}

static bool
tls_check(struct cfc_bind *b, void *config)
{
	const struct tls_config *tls = config;
	const struct cfc_directive *d = b->directive;
	bool acme = d->nargs == 0;

	if (d->nargs == 1) {
		cfc_error(b->c, d->name.span, "CF2001", "'tls' needs a certificate and a key");
		return false;
	}
	if (!check_form(b, acme))
		return false;
	if (acme && tls->acme.n == 0) {
		cfc_error(b->c, d->name.span, "CF2001",
			  "'tls' needs CERT and KEY, or a block with 'acme'");
		return false;
	}
	if (!acme)
		return check_files(b, tls);
	return check_domains(b) && check_url(b, tls) && check_resolver(b, tls) &&
	       check_ca_root(b, tls);
}

static const struct cfc_option tls_options[] = {
	{ .name = "client_auth",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(client_auth_args),
	  .help = "whether clients show certificates" },
	{ .name = "keylog",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(keylog_args),
	  .help = "writes the keys of connections to a file, for debugging" },
	{ .name = "acme",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(acme_args),
	  .help = "gets the certificate for these names" },
	{ .name = "email",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(email_args),
	  .help = "the address of the account" },
	{ .name = "ca",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(ca_args),
	  .help = "the directory of the authority" },
	{ .name = "storage",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(storage_args),
	  .help = "where certificates are kept" },
	{ .name = "ca_root",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(ca_root_args),
	  .help = "trusts the authority by these certificates" },
	{ .name = "resolver",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(resolver_args),
	  .help = "asks this server whether a challenge is visible" },
};

const struct cfc_plugin tls_plugin = {
	.name = "tls",
	.summary = "sets certificates of encrypted transports",
	CFC_CONFIG(tls_config),
	.directive = { CFC_ARGS(tls_args) },
	CFC_OPTIONS(tls_options),
	.repeat = CFC_REPEAT_LAST,
	.traits = CFC_LINT_ONLY,
	.check = tls_check,
};
