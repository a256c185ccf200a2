/*
 * hover.c - what the word under the pointer is.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/lsp/context.h"
#include "compiler/lsp/words.h"
#include "compiler/bind/options.h"
#include "compiler/command/reference.h"

/* ---- texts from the tables ---- */

void
lsp_describe_plugin(const struct cfc_plugin *p, struct buf *out)
{
	buf_printf(out, "**%s** %s.%s\n\n```corefile\n", p->name, p->summary,
		   cfc_plugin_is_served(p) ? "" : " Checked, but not served by this build.");
	cfc_reference_syntax(p, out);
	buf_puts(out, "\n```\n");
	size_t before = out->len;
	buf_putc(out, '\n');
	cfc_reference_args(&p->directive, out);
	if (out->len == before + 1)
		buf_truncate(out, before);
	buf_printf(out, "\nTwice in one server block: %s.\n", cfc_repeat_text(p->repeat));
}

void
lsp_describe_option(const struct cfc_plugin *p, const struct cfc_option *opt, struct buf *out)
{
	const char *help = cfc_reference_help(opt);

	buf_puts(out, "```corefile\n");
	cfc_option_syntax(opt, opt->name, out);
	buf_printf(out, "\n```\n\n%s%s(option of `%s`)\n", help, help[0] != '\0' ? " " : "",
		   p->name);
	size_t before = out->len;
	buf_putc(out, '\n');
	cfc_reference_args(opt, out);
	if (out->len == before + 1)
		buf_truncate(out, before);
	if (opt->needs != NULL)
		buf_printf(out, "\nNeeds `%s` as well.\n", opt->needs);
	if (opt->excludes != NULL)
		buf_printf(out, "\nExcludes `%s`.\n", opt->excludes);
	buf_printf(out, "\nTwice: %s.\n", cfc_repeat_text(opt->repeat));
}

static void
describe_arg(const struct cfc_arg *arg, const struct cfc_option *opt, struct buf *out)
{
	buf_printf(out, "**%s**", arg->name);
	cfc_reference_arg(arg, out);
	buf_putc(out, '\n');
	if (opt->help != NULL)
		buf_printf(out, "\n`%s`: %s\n", opt->name != NULL ? opt->name : "", opt->help);
}

/* ---- words that are in no table ---- */

/* Zones and ports that a key stands for: of what the plan made of it. */
static void
describe_key(const struct lsp_context *x, struct buf *out)
{
	const struct cfc_plan *plan = x->program->p.plan;

	for (size_t i = 0; plan != NULL && i < plan->nblocks; i++) {
		const struct cfc_zones *keys = &plan->blocks[i]->keys;

		for (size_t k = 0; k < keys->count; k++) {
			const struct cfc_zone *z = &keys->list[k];

			if (z->key->span.source == x->word->span.source &&
			    cfc_span_offset(z->key->span) == cfc_span_offset(x->word->span))
				buf_printf(out, "- zone `%s`, `%s`, port %u\n", z->name,
					   cfc_scheme_name(z->scheme), (unsigned)z->port);
		}
	}
}

static void
describe_import(const struct lsp_context *x, struct buf *out)
{
	const struct cfc_source *where;
	const struct cfc_node *snippet = lsp_find_snippet(x->program, x->word->text, &where);

	if (snippet == NULL) {
		buf_printf(out, "file `%s`\n", x->word->text);
		return;
	}
	size_t from = cfc_span_offset(snippet->tokens[0].span);
	size_t to =
		snippet->has_block ? cfc_span_offset(snippet->close) + snippet->close.length : from;
	buf_puts(out, "```corefile\n");
	buf_add(out, where->text + from, to > from ? to - from : 0);
	buf_puts(out, "\n```\n");
}

static void
describe_variable(const struct cfc *c, const char *name, size_t len, struct buf *out)
{
	char copy[256];

	if (len >= sizeof(copy))
		return;
	memcpy(copy, name, len);
	copy[len] = '\0';
	const char *value = c->getenv(c->getenv_arg, copy);
	if (value != NULL)
		buf_printf(out, "`%s` is `%s` here\n\n", copy, value);
	else
		buf_printf(out, "`%s` is not set here\n\n", copy);
}

/* The variables in a word, {$NAME} and {%NAME%}. */
static void
describe_variables(const struct lsp_context *x, struct buf *out)
{
	const char *s = x->word->raw;
	const char *end = s + x->word->rawlen;

	for (; end - s > 3; s++) {
		if (s[0] != '{' || (s[1] != '$' && s[1] != '%'))
			continue;
		const char *close = memchr(s, '}', (size_t)(end - s));
		if (close == NULL)
			return;
		size_t len = (size_t)(close - s) - 2;
		len -= len > 0 && s[1] == '%' && close[-1] == '%';
		describe_variable(&x->program->c, s + 2, len, out);
	}
}

/* ---- the request ---- */

static void
describe(const struct lsp_context *x, struct buf *out)
{
	const struct cfc_arg *arg = NULL;

	describe_variables(x, out);
	if (x->option != NULL && x->index > 0)
		arg = cfc_option_arg(x->option, x->line->tokens + 1, x->line->ntokens - 1,
				     x->index - 1);
	if (lsp_is_import(x))
		describe_import(x, out);
	else if (x->index == 0 && strcmp(x->word->text, "import") == 0)
		buf_puts(out,
			 "```corefile\nimport NAME\n```\n\nPuts in the lines of a snippet, or of "
			 "files: a path or a pattern, relative to this file.\n");
	else if (x->level == LSP_LEVEL_KEYS)
		describe_key(x, out);
	else if (arg != NULL)
		describe_arg(arg, x->option, out);
	else if (x->level == LSP_LEVEL_DIRECTIVE && x->plugin != NULL)
		lsp_describe_plugin(x->plugin, out);
	else if (x->level == LSP_LEVEL_OPTION && x->option != NULL)
		lsp_describe_option(x->plugin, x->option, out);
}

json_t *
lsp_hover(struct lsp *l, json_t *params)
{
	struct lsp_context x;
	struct buf out;

	if (!lsp_context_of(l, params, &x))
		return NULL;
	if (x.word == NULL || x.in_comment)
		return json_null();
	buf_init(&out, 1 << 20);
	describe(&x, &out);
	size_t from = cfc_span_offset(x.word->span);
	json_t *result =
		out.len == 0
			? json_null()
			: cfc_json("{s:{s:s, s:o}, s:o}", "contents", "kind", "markdown", "value",
				   cfc_json_text(buf_cstr(&out), out.len), "range",
				   lsp_range(l, &x.doc->text, from, from + x.word->span.length));
	buf_release(&out);
	return result;
}
