/*
 * secondary_setup.c - compile time: what `secondary` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/syntax/keys.h"
#include "compiler/plugin.h"

struct secondary_config {
	struct rt_names zones;
	bool catalog;
	struct rt_names members;
	struct rt_fallthrough fallthrough;
	struct rt_addrs from;
};

static bool
parse_transfer(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct secondary_config *secondary = config;

	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	if (strcmp(line->tokens[1].text, "from") != 0) {
		cfc_error(b->c, line->tokens[1].span, "CF2002", "expected 'from', not '%s'",
			  line->tokens[1].text);
		if (strcmp(line->tokens[1].text, "to") == 0)
			cfc_note(b->c, cfc_no_span(),
				 "who may copy from here is said by 'transfer' outside");
		return false;
	}
	for (size_t i = 2; i < line->ntokens; i++) {
		struct addr a;

		if (!cfc_bind_host(b, &line->tokens[i], &a))
			return false;
		*(struct addr *)cfc_list_add(b, &secondary->from, sizeof(a)) = a;
	}
	return true;
}

static const struct cfc_arg secondary_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct secondary_config, zones),
	  .help = "the zones to copy" },
};

static const struct cfc_arg catalog_args[] = {
	{ .name = "MEMBER-ZONES",
	  .kind = CFC_NAMES,
	  .arity = CFC_REST,
	  CFC_AT(struct secondary_config, members),
	  .help = "only members in these zones" },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct secondary_config, fallthrough),
	  .help = "only for names in these zones" },
};

/* What CoreDNS takes for no zone at all is left out elsewhere, and refused here. */
static bool
check_members(struct cfc_bind *b)
{
	const struct cfc_directive *d = b->directive;
	bool ok = true;

	for (size_t i = 0; b->c->compat && i < d->nlines; i++) {
		const struct cfc_line *line = &d->lines[i];

		if (strcmp(line->tokens[0].text, "catalog") != 0)
			continue;
		for (size_t j = 1; j < line->ntokens; j++) {
			struct cfc_zones zones = { .count = 0 };

			ok = cfc_zone_arg(b->c, &line->tokens[j], &zones) && ok;
		}
	}
	return ok;
}

static bool
secondary_check(struct cfc_bind *b, void *config)
{
	const struct secondary_config *secondary = config;

	if (!check_members(b))
		return false;
	if (secondary->from.n > 0)
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2005", "'secondary' needs 'transfer from'");
	return false;
}

static const struct cfc_option secondary_options[] = {
	{ .name = "transfer",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_transfer,
	  .syntax = "from ADDRESS...",
	  .help = "where to copy from" },
	{ .name = "catalog",
	  .repeat = CFC_REPEAT_MERGE,
	  CFC_SETS(struct secondary_config, catalog),
	  CFC_ARGS(catalog_args),
	  .help = "takes the zones as catalogs of zones to copy" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
};

static const struct cfc_field secondary_fields[] = {
	{ .field = "from", .kind = CFC_ADDRS, .offset = offsetof(struct secondary_config, from) },
};

const struct cfc_plugin secondary_plugin = {
	.name = "secondary",
	.summary = "serves zones that are copied from other servers",
	CFC_CONFIG(secondary_config),
	.directive = { CFC_ARGS(secondary_args) },
	CFC_OPTIONS(secondary_options),
	CFC_FIELDS(secondary_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
	.check = secondary_check,
};
