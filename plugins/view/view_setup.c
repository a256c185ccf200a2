/*
 * view_setup.c - compile time: what `view` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/bind/expression.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/trace.h"

struct view_config {
	const char *name;
	struct rt_strings expressions;
};

static bool
has_directive(const struct cfc_block *block, const char *name)
{
	for (size_t i = 0; i < block->tree->ndirectives; i++) {
		if (strcmp(block->tree->directives[i].name.text, name) == 0)
			return true;
	}
	return false;
}

static bool
parse_expr(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct view_config *view = config;
	const struct cfc_token *tok = &line->tokens[line->ntokens > 1];
	struct cfc_expression e;
	const char *text = "";

	if (line->ntokens == 1) {
		cfc_error(b->c, tok->span, "CF2030", "the expression is empty");
		return false;
	}
	if (!cfc_bind_count(b, line, 1, SIZE_MAX) || !cfc_expression(b->c, line, 1, NULL, &e))
		return false;
	if (e.type != CFC_EXPR_BOOL && e.type != CFC_EXPR_ANY) {
		cfc_warn(b->c, tok->span, "CF2030",
			 "the expression is neither true nor false: no query passes");
		cfc_note(b->c, cfc_no_span(), "compare it with something");
	}
	if (e.metadata && !has_directive(b->block, "metadata")) {
		cfc_warn(b->c, tok->span, "CF3008",
			 "nothing collects metadata in this server block");
		cfc_note(b->c, cfc_no_span(), "add 'metadata'");
	}
	for (size_t i = 1; i < line->ntokens; i++)
		text = cfc_printf(b->c, "%s%s%s", text, i > 1 ? " " : "", line->tokens[i].text);
	*(const char **)cfc_list_add(b, &view->expressions, sizeof(char *)) = text;
	return true;
}

static bool
view_plan(struct cfc_bind *b, const void *config, struct cfc_block *block)
{
	(void)b;
	block->view = ((const struct view_config *)config)->name;
	return true;
}

/* The expressions stand in the lines of the directive, in order. */
static enum cfc_tri
view_takes(struct cfc_trace *t, const void *config)
{
	const struct view_config *view = config;
	const struct cfc_directive *d = t->in->directive;
	enum cfc_tri all = CFC_YES;
	unsigned n = 0;

	for (size_t i = 0; i < d->nlines && n < view->expressions.n && all != CFC_NO; i++) {
		struct cfc_expression e;
		if (strcmp(d->lines[i].tokens[0].text, "expr") != 0)
			continue;
		if (!cfc_expression_value(t->c, &d->lines[i], 1, NULL, &t->query, &e))
			e.truth = CFC_MAYBE;
		if (e.truth == CFC_YES) {
			cfc_trace_say(t, "%s is true", view->expressions.v[n]);
		} else {
			cfc_trace_say(t,
				      e.truth == CFC_NO ? "%s is false"
							: "%s is known only when serving",
				      view->expressions.v[n]);
			all = e.truth;
		}
		n++;
	}
	return all;
}

static const struct cfc_arg view_args[] = {
	{ .name = "NAME",
	  .kind = CFC_STRING,
	  CFC_AT(struct view_config, name),
	  .help = "what it is called in metadata and metrics" },
};

static const struct cfc_option view_options[] = {
	{ .name = "expr",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_expr,
	  .syntax = "EXPRESSION",
	  .help = "must be true" },
};

static const struct cfc_field view_fields[] = {
	{ .field = "expressions",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct view_config, expressions),
	  .comment = "all must be true" },
};

const struct cfc_plugin view_plugin = {
	.name = "view",
	.summary = "takes queries only if an expression is true",
	CFC_CONFIG(view_config),
	.directive = { CFC_ARGS(view_args) },
	CFC_OPTIONS(view_options),
	CFC_FIELDS(view_fields),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.plan = view_plan,
	.takes = view_takes,
};
