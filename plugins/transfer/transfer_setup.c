/*
 * transfer_setup.c - compile time: what `transfer` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"

struct transfer_config {
	struct rt_names zones;
	struct addr source;
	struct rt_addrs to;
	bool to_all;
};

static bool
parse_to(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct transfer_config *transfer = config;
	bool ok = cfc_bind_count(b, line, 1, SIZE_MAX);

	for (size_t i = 1; i < line->ntokens; i++) {
		struct addr a;

		if (strcmp(line->tokens[i].text, "*") == 0) {
			transfer->to_all = true;
			continue;
		}
		ok = cfc_bind_host(b, &line->tokens[i], &a) && ok;
		if (ok)
			*(struct addr *)cfc_list_add(b, &transfer->to, sizeof(a)) = a;
	}
	return ok;
}

static bool
parse_source(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct transfer_config *transfer = config;

	return cfc_bind_count(b, line, 1, 1) && cfc_bind_ip(b, &line->tokens[1], &transfer->source);
}

static const struct cfc_arg transfer_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct transfer_config, zones),
	  .help = "the zones that may be copied" },
};

static const struct cfc_arg source_args[] = {
	{ .name = "ADDRESS", .kind = CFC_ADDR, CFC_AT(struct transfer_config, source) },
};

static bool
transfer_check(struct cfc_bind *b, void *config)
{
	const struct transfer_config *transfer = config;

	if (transfer->to_all || transfer->to.n > 0)
		return true;
	cfc_error(b->c, b->directive->name.span, "CF2001", "'transfer' needs at least one 'to'");
	cfc_note(b->c, cfc_no_span(),
		 "it names the servers that may copy the zones; '*' is anybody");
	return false;
}

static const struct cfc_option transfer_options[] = {
	{ .name = "to",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_to,
	  .syntax = "ADDRESS...",
	  .help = "who may copy: addresses, which are notified as well, or * for anybody" },
	{ .name = "source",
	  .repeat = CFC_REPEAT_ERROR,
	  .needs = "to",
	  CFC_ARGS(source_args),
	  .parse = parse_source,
	  .syntax = "ADDRESS",
	  .help = "sends notifications from this address" },
};

static const struct cfc_field transfer_fields[] = {
	{ .field = "to", .kind = CFC_ADDRS, .offset = offsetof(struct transfer_config, to) },
	{ .field = "to_all",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct transfer_config, to_all),
	  .comment = "anybody may" },
};

const struct cfc_plugin transfer_plugin = {
	.name = "transfer",
	.summary = "lets other servers copy zones",
	CFC_CONFIG(transfer_config),
	.directive = { CFC_ARGS(transfer_args) },
	CFC_OPTIONS(transfer_options),
	CFC_FIELDS(transfer_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.check = transfer_check,
};
