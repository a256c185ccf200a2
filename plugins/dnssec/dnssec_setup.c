/*
 * dnssec_setup.c - compile time: what `dnssec` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct dnssec_config {
	struct rt_names zones;
	uint32_t capacity;
	struct rt_strings keys;
};

static bool
parse_key(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct dnssec_config *self = config;

	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	const char *kind = line->tokens[1].text;
	bool file = strcmp(kind, "file") == 0;
	if (!file && strcmp(kind, "aws_secretsmanager") != 0) {
		cfc_error(b->c, line->tokens[1].span, "CF2002", "unknown kind of key '%s'", kind);
		cfc_note(b->c, cfc_no_span(), "expected file or aws_secretsmanager");
		return false;
	}
	for (size_t i = 2; i < line->ntokens; i++)
		*(const char **)cfc_list_add(b, &self->keys, sizeof(char *)) =
			file ? cfc_bind_path(b, line->tokens[i].text, line->tokens[i].len)
			     : line->tokens[i].text;
	return true;
}

static const struct cfc_arg dnssec_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct dnssec_config, zones),
	  .help = "the zones that are signed" },
};

static const struct cfc_arg cache_capacity_args[] = {
	{ .name = "N", .kind = CFC_UINT, .dflt = "10000", CFC_AT(struct dnssec_config, capacity) },
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
