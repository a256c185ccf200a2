/*
 * explain_plan.c - listeners, server blocks and chains, in words and as JSON.
 */
#include "config.h"

#include "compiler/command/explain.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/embed.h"
#include "compiler/emit/value.h"
#include "compiler/report/findings.h"
#include "compiler/report/json.h"
#include "compiler/bind/options.h"
#include "compiler/text.h"

#define TEXT_MAX ((size_t)1 << 24)

/* ---- directives as they are written ---- */

static const struct cfc_option *
find_option(const struct cfc_plugin *p, const struct cfc_token *name)
{
	for (unsigned i = 0; i < p->noptions; i++)
		if (strcmp(p->options[i].name, name->text) == 0)
			return &p->options[i];
	return NULL;
}

/* Whether the nth word after an option's name is a secret. */
static bool
is_secret(const struct cfc_option *opt, size_t nth, size_t nwords)
{
	if (opt == NULL)
		return false;
	if (opt->secret)
		return nth + 1 == nwords;
	return nth < opt->nargs && opt->args[nth].secret;
}

static void
put_words(struct buf *b, const struct cfc_token *tokens, size_t n, const struct cfc_option *opt)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_putc(b, ' ');
		if (i > 0 && is_secret(opt, i - 1, n - 1))
			buf_puts(b, CFC_SECRET_TEXT);
		else
			buf_add(b, tokens[i].raw, tokens[i].rawlen);
	}
}

static void
put_lines(struct buf *b, const struct cfc_plugin *p, const struct cfc_line *lines, size_t n)
{
	buf_puts(b, " {");
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i > 0 ? "; " : " ");
		put_words(b, lines[i].tokens, lines[i].ntokens,
			  find_option(p, &lines[i].tokens[0]));
		if (lines[i].has_block)
			put_lines(b, p, lines[i].lines, lines[i].nlines);
	}
	buf_puts(b, " }");
}

const char *
cfc_directive_text(struct cfc *c, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	put_words(&b, &d->name, 1, NULL);
	if (d->nargs > 0)
		buf_putc(&b, ' ');
	put_words(&b, d->args, d->nargs, NULL);
	if (d->nlines > 0)
		put_lines(&b, in->plugin, d->lines, d->nlines);
	const char *text = cfc_utf8(c, buf_cstr(&b), b.len);
	buf_release(&b);
	return text;
}

/* ---- places ---- */

const char *
cfc_place_text(struct cfc *c, const struct cfc_span *span)
{
	struct cfc_span shown = cfc_span_shown(*span);

	return cfc_printf(c, "%s:%u", shown.source->path, (unsigned)shown.line);
}

json_t *
cfc_place_json(const struct cfc_span *span)
{
	if (span == NULL)
		return json_null();
	struct cfc_span shown = cfc_span_shown(*span);
	const char *path = shown.source->path;
	return cfc_json("{s:o, s:i, s:i}", "file", cfc_json_text(path, strlen(path)), "line",
			(int)shown.line, "column", (int)shown.column);
}

/* ---- in words ---- */

static void
print_instance(struct cfc *c, const struct cfc_instance *in, unsigned number, FILE *out)
{
	if (cfc_instance_is_step(in))
		fprintf(out, "  %2u. ", number);
	else
		fputs("      ", out);
	fprintf(out, "%s  (%s)\n        %s%s\n", cfc_directive_text(c, in),
		cfc_place_text(c, &in->directive->name.span), in->plugin->summary,
		in->plugin->traits & CFC_LINT_ONLY ? " (this build cannot serve it)" : "");
}

void
cfc_explain_plan(struct cfc *c, const struct cfc_plan *plan, FILE *out)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		fprintf(out, "%s\n", cfc_listen_text(c, l));
		for (size_t j = 0; j < l->nsites; j++)
			fprintf(out, "  %s and below: block %u (%s)\n", l->sites[j].zone.text,
				l->sites[j].block->index + 1, cfc_place_text(c, &l->sites[j].span));
	}
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		unsigned number = 0;

		fprintf(out, "\nblock %u, %s:\n", block->index + 1,
			cfc_place_text(c, &block->tree->keys[0].span));
		for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
			number += cfc_instance_is_step(in);
			print_instance(c, in, number, out);
		}
	}
}

/* ---- as JSON ---- */

static json_t *
listen_json(struct cfc *c, const struct cfc_listen *l)
{
	json_t *binds = cfc_json("[]"), *zones = cfc_json("[]");

	for (size_t i = 0; i < l->nbinds; i++)
		json_array_append_new(binds, cfc_json("{s:s, s:b}", "address", l->binds[i].text,
						      "except", (int)l->binds[i].except));
	for (size_t i = 0; i < l->nsites; i++)
		json_array_append_new(zones,
				      cfc_json("{s:s, s:i, s:o}", "zone", l->sites[i].zone.text,
					       "block", (int)l->sites[i].block->index + 1, "place",
					       cfc_place_json(&l->sites[i].span)));
	return cfc_json("{s:s, s:s, s:i, s:o, s:o}", "text", cfc_listen_text(c, l), "scheme",
			cfc_scheme_name(l->scheme), "port", (int)l->port, "bind", binds, "zones",
			zones);
}

static json_t *
block_json(struct cfc *c, const struct cfc_block *block)
{
	json_t *chain = cfc_json("[]");
	int number = 0;

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		json_t *one =
			cfc_json("{s:s, s:s, s:s, s:b, s:o}", "plugin", in->plugin->name, "text",
				 cfc_directive_text(c, in), "summary", in->plugin->summary,
				 "served", (in->plugin->traits & CFC_LINT_ONLY) == 0, "place",
				 cfc_place_json(&in->directive->name.span));
		if (cfc_instance_is_step(in))
			json_object_set_new(one, "step", json_integer(++number));
		json_array_append_new(chain, one);
	}
	return cfc_json("{s:i, s:s?, s:o, s:o}", "block", (int)block->index + 1, "view",
			block->view, "place", cfc_place_json(&block->tree->keys[0].span), "chain",
			chain);
}

json_t *
cfc_explain_plan_json(struct cfc *c, const struct cfc_plan *plan)
{
	json_t *listeners = cfc_json("[]"), *blocks = cfc_json("[]");

	for (size_t i = 0; i < plan->nlistens; i++)
		json_array_append_new(listeners, listen_json(c, &plan->listens[i]));
	for (size_t i = 0; i < plan->nblocks; i++)
		json_array_append_new(blocks, block_json(c, plan->blocks[i]));
	return cfc_json("{s:o, s:o}", "listeners", listeners, "blocks", blocks);
}
