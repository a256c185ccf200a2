/*
 * dnssec_setup.c - compile time: what `dnssec` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "dns/name.h"

struct dnssec_config {
	struct rt_names zones;
	uint32_t capacity;
	struct rt_strings keys;
};

static bool
signs_any(const struct cfc_bind *b, const struct dnssec_config *self, const uint8_t *owner)
{
	const struct rt_names *zones = self->zones.n > 0 ? &self->zones : &b->block->zones;

	for (unsigned i = 0; i < zones->n; i++) {
		if (dns_name_is_subdomain(zones->v[i].wire, owner))
			return true;
	}
	return false;
}

static bool
check_key(struct cfc_bind *b, const struct dnssec_config *self, const struct cfc_token *tok,
	  const char *path)
{
	struct cfc_setup_key key;

	if (!cfc_setup_key(b, tok, path, &key))
		return false;
	if (!key.known || signs_any(b, self, key.owner))
		return true;
	cfc_error(b->c, tok->span, "CF2002", "the key '%s' belongs to none of the zones",
		  tok->text);
	return false;
}

static bool
parse_key(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct dnssec_config *self = config;

	if (!cfc_bind_count(b, line, 1, SIZE_MAX))
		return false;
	const char *kind = line->tokens[1].text;
	bool file = strcmp(kind, "file") == 0;
	if (!file && strcmp(kind, "aws_secretsmanager") != 0) {
		if (b->c->compat && line->ntokens == 2)
			return true; /* no key at all */
		cfc_error(b->c, line->tokens[1].span, "CF2002", "unknown kind of key '%s'", kind);
		cfc_note(b->c, cfc_no_span(), "expected file or aws_secretsmanager");
		return false;
	}
	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	bool ok = true;
	for (size_t i = 2; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		const char *path = file ? cfc_bind_path(b, tok->text, tok->len) : tok->text;

		*(const char **)cfc_list_add(b, &self->keys, sizeof(char *)) = path;
		ok = (!file || check_key(b, self, tok, path)) && ok;
	}
	return ok;
}

static const struct cfc_arg dnssec_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct dnssec_config, zones),
	  .help = "the zones that are signed" },
};

static const struct cfc_arg cache_capacity_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  .dflt = "10000",
	  CFC_AT(struct dnssec_config, capacity) },
};

static const struct cfc_option dnssec_options[] = {
	{ .name = "key",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_key,
	  .syntax = "file|aws_secretsmanager NAME...",
	  .help = "a key to sign with: the names of its files, or of secrets" },
	{ .name = "cache_capacity",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(cache_capacity_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "how many signatures are kept" },
};

static const struct cfc_field dnssec_fields[] = {
	{ .field = "keys", .kind = CFC_STRINGS, .offset = offsetof(struct dnssec_config, keys) },
};

const struct cfc_plugin dnssec_plugin = {
	.name = "dnssec",
	.summary = "signs answers as they are given",
	CFC_CONFIG(dnssec_config),
	.directive = { CFC_ARGS(dnssec_args) },
	CFC_OPTIONS(dnssec_options),
	CFC_FIELDS(dnssec_fields),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
