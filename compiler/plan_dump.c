/*
 * plan_dump.c - the plan as text: `--dump-plan`, the basis of golden tests.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/embed.h"
#include "compiler/emit/value.h"
#include "compiler/fields.h"
#include "compiler/plan.h"

struct dump {
	struct buf *out;
	const struct cfc_instance *in;
	const char *base;
	const char *indent;
};

static void
dump_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct dump *d = arg;

	buf_printf(d->out, "%s%s = ", d->indent, f->field);
	if (f->secret)
		buf_puts(d->out, CFC_SECRET_TEXT);
	else
		cfc_value_text(f->kind, d->base + f->offset, f->values, d->out);
	if (unit != NULL)
		buf_printf(d->out, " %s", unit);
	if (d->in != NULL && d->in->was_set[f->offset] == 0)
		buf_puts(d->out, " (default)");
	buf_putc(d->out, '\n');
	if (f->kind != CFC_STRUCTS)
		return;
	struct {
		const char *v;
		unsigned n;
	} list;
	memcpy(&list, d->base + f->offset, sizeof(list));
	for (unsigned i = 0; i < list.n; i++) {
		struct dump sub = { d->out, NULL, list.v + i * f->elems->size, "\t\t\t\t" };

		buf_printf(d->out, "\t\t\t[%u]\n", i);
		for (unsigned j = 0; j < f->elems->nfields; j++)
			dump_field(&sub, &f->elems->fields[j], f->elems->fields[j].comment);
	}
}

static void
dump_block(const struct cfc_block *block, struct buf *out)
{
	struct cfc_span span = cfc_span_shown(block->tree->keys[0].span);

	buf_printf(out, "block %u: %s (%s:%u)\n\tzones:", block->index, block->name,
		   span.source->path, span.line);
	for (unsigned i = 0; i < block->zones.n; i++)
		buf_printf(out, " %s", block->zones.v[i].text);
	buf_putc(out, '\n');
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		struct dump d = { out, in, in->config, "\t\t" };

		if (in->has_step)
			buf_printf(out, "\tstep %u: ", in->step);
		else
			buf_puts(out, "\t");
		span = cfc_span_shown(in->directive->name.span);
		buf_printf(out, "%s (%s:%u:%u)\n", in->plugin->name, span.source->path, span.line,
			   span.column);
		cfc_each_field(in->plugin, dump_field, &d);
	}
}

void
cfc_plan_dump(struct cfc *c, const struct cfc_plan *plan, struct buf *out)
{
	(void)c;
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		buf_printf(out, "listener %u: %s port %u%s\n", l->index, cfc_scheme_name(l->scheme),
			   l->port, l->default_port ? " (default)" : "");
		for (size_t j = 0; j < l->nbinds; j++)
			buf_printf(out, "\tbind%s %s\n", l->binds[j].except ? " except" : "",
				   l->binds[j].text);
		if (l->nsockets > 0)
			buf_printf(out, "\tsockets %u\n", l->nsockets);
		for (size_t j = 0; j < l->nsites; j++)
			buf_printf(out, "\tsite %u: %s -> block %u\n", l->sites[j].index,
				   l->sites[j].zone.text, l->sites[j].block->index);
	}
	for (size_t i = 0; i < plan->nblocks; i++)
		dump_block(plan->blocks[i], out);
}
