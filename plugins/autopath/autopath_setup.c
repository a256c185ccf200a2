/*
 * autopath_setup.c - compile time: what `autopath` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

struct autopath_config {
	const char *source;    /* a file, or @PLUGIN */
	struct rt_names zones; /* none: those of the server block */
};

static const struct cfc_arg zone_arg = { .name = "ZONES",
					 .kind = CFC_ZONES,
					 CFC_AT(struct autopath_config, zones) };

static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct autopath_config *autopath = config;
	bool ok = true;

	if (!cfc_bind_count(b, line, 1, SIZE_MAX))
		return false;
	const struct cfc_token *source = &line->tokens[line->ntokens - 1];
	autopath->source = source->text;
	if (source->text[0] != '@')
		ok = cfc_setup_readable(b, source->span, source->text, NULL);
	for (size_t i = 1; i + 1 < line->ntokens; i++)
		ok = cfc_bind_value(b, &zone_arg, &line->tokens[i], &autopath->zones) && ok;
	return ok;
}

static const struct cfc_directive *
find_directive(const struct cfc_block *block, const char *name)
{
	for (size_t i = 0; i < block->tree->ndirectives; i++) {
		if (strcmp(block->tree->directives[i].name.text, name) == 0)
			return &block->tree->directives[i];
	}
	return NULL;
}

static bool
verifies_pods(const struct cfc_directive *kubernetes)
{
	for (size_t i = 0; i < kubernetes->nlines; i++) {
		const struct cfc_line *line = &kubernetes->lines[i];

		if (line->ntokens == 2 && strcmp(line->tokens[0].text, "pods") == 0 &&
		    strcmp(line->tokens[1].text, "verified") == 0)
			return true;
	}
	return false;
}

static void
fix_pods(const struct cfc_bind *b, const struct cfc_directive *kubernetes)
{
	static const char title[] = "add 'pods verified'";

	for (size_t i = 0; i < kubernetes->nlines; i++) {
		const struct cfc_line *line = &kubernetes->lines[i];

		if (strcmp(line->tokens[0].text, "pods") != 0)
			continue;
		if (line->ntokens == 2)
			cfc_fix_word(b->c, title, &line->tokens[1], "verified");
		return;
	}
	cfc_fix_add_line(b->c, title, kubernetes, "pods verified");
}

/* Whether CoreDNS finds it in the chain, and misses what autopath wants. */
static bool
is_handler(const struct cfc *c, const struct cfc_directive *d)
{
	const struct cfc_plugin *p =
		d == NULL ? NULL : cfc_plugin_find(c, d->name.text, d->name.len);

	return p != NULL && (p->traits & CFC_HANDLER) != 0;
}

/* CoreDNS says nothing when the plugin is absent, and does nothing then. */
static bool
autopath_check(struct cfc_bind *b, void *config)
{
	const struct autopath_config *autopath = config;
	const struct cfc_token *tok = &b->directive->args[b->directive->nargs - 1];
	const char *name = autopath->source + 1;

	if (autopath->source[0] != '@')
		return true;
	const struct cfc_directive *other = find_directive(b->block, name);
	if (strcmp(name, "kubernetes") != 0 && strcmp(name, "erratic") != 0) {
		if (b->c->compat && !is_handler(b->c, other))
			return true;
		cfc_error(b->c, tok->span, "CF3008", "'%s' knows no search path", name);
		cfc_note(b->c, cfc_no_span(), "'kubernetes' does");
		return false;
	}
	if (other == NULL)
		return cfc_stricter(b->c, tok->span, "CF3008",
				    "'autopath' needs '%s' in the same server block", name);
	if (strcmp(name, "kubernetes") == 0 && !verifies_pods(other)) {
		cfc_warn(b->c, tok->span, "CF3009", "'kubernetes' does not know the pods that ask");
		cfc_note(b->c, other->name.span, "add 'pods verified' here");
		fix_pods(b, other);
	}
	return true;
}

static const struct cfc_field autopath_fields[] = {
	{ .field = "source",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct autopath_config, source) },
	{ .field = "zones", .kind = CFC_NAMES, .offset = offsetof(struct autopath_config, zones) },
};

const struct cfc_plugin autopath_plugin = {
	.name = "autopath",
	.summary = "walks the search path on the server",
	CFC_CONFIG(autopath_config),
	.directive = { .parse = parse_directive, .syntax = "[ZONES...] RESOLV-CONF|@PLUGIN" },
	CFC_FIELDS(autopath_fields),
	.repeat = CFC_REPEAT_LAST,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.check = autopath_check,
};
