/*
 * needs.c - rules about directives that want something else in their server block: a transport,
 * or another plugin.
 */
#include "config.h"

#include <string.h>

#include "compiler/checks/checks.h"
#include "compiler/fix.h"

static const struct cfc_zone *
find_scheme(const struct cfc_block *block, enum cfc_scheme scheme)
{
	for (size_t i = 0; i < block->keys.count; i++) {
		if (block->keys.list[i].scheme == scheme)
			return &block->keys.list[i];
	}
	return NULL;
}

/* ---- CF3007 ---- */

/* Directives that say something about one transport only. */
static const struct {
	const char *plugin;
	enum cfc_scheme scheme;
} transports[] = {
	{ "quic", CFC_SCHEME_QUIC },
	{ "grpc_server", CFC_SCHEME_GRPC },
	{ "https", CFC_SCHEME_HTTPS },
	{ "https3", CFC_SCHEME_HTTPS3 },
};

static void
check_options(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++) {
		const struct cfc_instance *in = cfc_block_find(block, transports[i].plugin);

		if (in == NULL || block->keys.count == 0 ||
		    find_scheme(block, transports[i].scheme) != NULL)
			continue;
		cfc_rule_report(c, self, in->directive->name.span,
				"'%s' has no effect: no key of this server block is %s://",
				transports[i].plugin, cfc_scheme_name(transports[i].scheme));
		cfc_note(c, block->tree->keys[0].span, "the keys are here");
		cfc_fix_delete_directive(c, "remove what has no effect", in->directive);
	}
}

static bool
is_encrypted(const struct cfc_block *block)
{
	for (size_t i = 0; i < block->keys.count; i++) {
		if (block->keys.list[i].scheme != CFC_SCHEME_DNS)
			return true;
	}
	return false;
}

/*
 * DNS over HTTPS and gRPC without certificates stand behind proxies that have them; the others cannot
 * do without, and tls:// would be served in clear text.
 */
static void
check_certificates(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	static const enum cfc_scheme wanting[] = { CFC_SCHEME_TLS, CFC_SCHEME_QUIC,
						   CFC_SCHEME_HTTPS3 };
	const struct cfc_instance *tls = cfc_block_find(block, "tls");

	if (tls != NULL && block->keys.count > 0 && !is_encrypted(block)) {
		cfc_rule_report(c, self, tls->directive->name.span,
				"'tls' has no effect: this server block is served in clear text");
		cfc_note(c, block->tree->keys[0].span,
			 "begin its keys with 'tls://' or 'https://'");
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanting) && tls == NULL; i++) {
		const struct cfc_zone *zone = find_scheme(block, wanting[i]);

		if (zone == NULL)
			continue;
		if (wanting[i] == CFC_SCHEME_TLS)
			cfc_stricter(c, zone->key->span, self->id,
				     "tls:// needs certificates: there is no 'tls'");
		else
			cfc_error(c, zone->key->span, self->id,
				  "%s:// needs certificates: there is no 'tls'",
				  cfc_scheme_name(wanting[i]));
		cfc_note(c, cfc_no_span(), "add 'tls CERT KEY' to the server block");
	}
}

void
cfc_check_transport_needs(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		check_options(c, self, plan->blocks[i]);
		check_certificates(c, self, plan->blocks[i]);
	}
}

/* ---- CF3008 ---- */

/* The plugin has no use without one of the others. */
static const struct {
	const char *plugin;
	const char *others[8];
	enum cfc_severity severity;
	bool refused; /* by CoreDNS as well */
	const char *why;
} needs[] = {
	{ "k8s_external",
	  { "kubernetes" },
	  CFC_SEVERITY_ERROR,
	  true,
	  "it serves what 'kubernetes' knows" },
	{ "transfer",
	  { "file", "auto", "secondary", "kubernetes", "k8s_external", "dynupdate" },
	  CFC_SEVERITY_ERROR,
	  false,
	  "nothing in this server block has a zone to transfer" },
	{ "geoip",
	  { "metadata" },
	  CFC_SEVERITY_WARNING,
	  false,
	  "nothing collects what it finds out" },
};

static bool
has_any(const struct cfc_block *block, const char *const *plugins)
{
	for (; *plugins != NULL; plugins++) {
		if (cfc_block_find(block, *plugins) != NULL)
			return true;
	}
	return false;
}

/* A template that speaks of metadata, or a variable of rewrite such as {geoip/country/code}. */
static bool
wants_metadata(const struct cfc_directive *d, const struct cfc_token *tok)
{
	const char *open = strchr(tok->text, '{');

	if (strcmp(d->name.text, "template") == 0)
		return strstr(tok->text, ".Meta ") != NULL;
	return strcmp(d->name.text, "rewrite") == 0 && open == tok->text &&
	       tok->text[tok->len - 1] == '}' && strchr(tok->text, '/') != NULL;
}

static const struct cfc_token *
find_metadata(const struct cfc_directive *d)
{
	for (size_t i = 0; i < d->nargs; i++) {
		if (wants_metadata(d, &d->args[i]))
			return &d->args[i];
	}
	for (size_t i = 0; i < d->nlines; i++) {
		for (size_t j = 0; j < d->lines[i].ntokens; j++) {
			if (wants_metadata(d, &d->lines[i].tokens[j]))
				return &d->lines[i].tokens[j];
		}
	}
	return NULL;
}

static void
check_metadata(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	for (size_t i = 0; i < block->tree->ndirectives; i++) {
		const struct cfc_token *tok = find_metadata(&block->tree->directives[i]);

		if (tok == NULL)
			continue;
		cfc_warn(
			c, tok->span, self->id,
			"nothing collects metadata in this server block: the value is always empty");
		cfc_note(c, cfc_no_span(), "add 'metadata'");
		cfc_fix_add_directive(c, "add 'metadata'", block->tree, "metadata");
	}
}

void
cfc_check_plugin_needs(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		if (cfc_block_find(plan->blocks[i], "metadata") == NULL)
			check_metadata(c, self, plan->blocks[i]);
		for (size_t j = 0; j < ARRAY_SIZE(needs); j++) {
			const struct cfc_instance *in =
				cfc_block_find(plan->blocks[i], needs[j].plugin);
			bool error = needs[j].severity == CFC_SEVERITY_ERROR;

			if (in == NULL || has_any(plan->blocks[i], needs[j].others) ||
			    (c->compat && !needs[j].refused))
				continue;
			(error ? cfc_error : cfc_warn)(
				c, in->directive->name.span, self->id, "'%s' needs '%s'%s",
				needs[j].plugin, needs[j].others[0],
				needs[j].others[1] != NULL ? " or another source of zones" : "");
			cfc_note(c, cfc_no_span(), "%s", needs[j].why);
		}
	}
}
