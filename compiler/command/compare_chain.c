/*
 * compare_chain.c - the directives of two server blocks: added, removed, changed, reordered.
 */
#include "config.h"

#include "compiler/command/compare.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/emit/value.h"
#include "compiler/fields.h"
#include "compiler/command/explain.h"

#define TEXT_MAX ((size_t)1 << 24)

/* One option of one directive, as text. */
struct setting {
	const char *name;
	const char *text;  /* for people: secrets are masked */
	const char *exact; /* to compare */
	enum cfc_kind kind;
	bool by_default;
};

struct config_text {
	struct cfc *c;
	const struct cfc_instance *in;
	struct setting *list;
	size_t n, room;
	const char *all; /* every setting, to find equal directives */
};

/* ---- configurations as text ---- */

static void put_field(struct buf *out, const struct cfc_field *f, const char *base, bool mask);

/* One of a list: a blank between fields that have a text. */
static void
put_struct(struct buf *out, const struct cfc_struct *s, const char *one, bool mask)
{
	if (s->text != NULL) {
		s->text(one, out);
		return;
	}
	size_t start = out->len;

	for (unsigned i = 0; i < s->nfields; i++) {
		size_t before = out->len;

		buf_puts(out, before > start ? " " : "");
		size_t blank = out->len;
		put_field(out, &s->fields[i], one, mask);
		if (out->len == blank)
			buf_truncate(out, before);
	}
}

static void
put_field(struct buf *out, const struct cfc_field *f, const char *base, bool mask)
{
	struct {
		const char *v;
		unsigned n;
	} list;

	if (f->kind != CFC_STRUCTS) {
		if (f->secret && mask)
			buf_puts(out, CFC_SECRET_TEXT);
		else
			cfc_value_text(f->kind, base + f->offset, f->values, out);
		return;
	}
	memcpy(&list, base + f->offset, sizeof(list));
	for (unsigned i = 0; i < list.n; i++) {
		buf_puts(out, i > 0 ? "; " : "");
		put_struct(out, f->elems, list.v + i * f->elems->size, mask);
	}
}

static const char *
field_text(struct cfc *c, const struct cfc_field *f, const void *config, bool mask)
{
	struct buf b;

	buf_init(&b, TEXT_MAX);
	put_field(&b, f, config, mask);
	const char *text = cfc_printf(c, "%s", buf_cstr(&b));
	buf_release(&b);
	return text;
}

static void
add_setting(void *arg, const struct cfc_field *f, const char *unit)
{
	struct config_text *t = arg;
	bool number = f->kind == CFC_UINT || f->kind == CFC_SECONDS;
	const char *text = field_text(t->c, f, t->in->config, true);
	const struct setting s = {
		.name = f->field,
		.text = number && unit != NULL ? cfc_printf(t->c, "%s %s", text, unit) : text,
		.exact = field_text(t->c, f, t->in->config, false),
		.kind = f->kind,
		.by_default = f->kind != CFC_STRUCTS && t->in->was_set[f->offset] == 0,
	};

	if (f->derived)
		return;
	t->list = cfc_grow(t->c, t->list, t->n, &t->room, sizeof(s));
	t->list[t->n++] = s;
}

static void
read_config(struct cfc *c, const struct cfc_instance *in, struct config_text *t)
{
	struct buf b;

	*t = (struct config_text){ .c = c, .in = in };
	cfc_each_field(in->plugin, add_setting, t);
	buf_init(&b, TEXT_MAX);
	for (size_t i = 0; i < t->n; i++)
		buf_printf(&b, "%s\n", t->list[i].exact);
	t->all = cfc_printf(c, "%s", buf_cstr(&b));
	buf_release(&b);
}

/* ---- directives of one plugin ---- */

struct directives {
	struct config_text *list;
	size_t n, room;
	size_t *partner; /* index in the other list, SIZE_MAX = none */
};

static void
take_directives(struct cfc *c, const struct cfc_block *block, const struct cfc_plugin *plugin,
		struct directives *d)
{
	memset(d, 0, sizeof(*d));
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin != plugin)
			continue;
		d->list = cfc_grow(c, d->list, d->n, &d->room, sizeof(d->list[0]));
		read_config(c, in, &d->list[d->n++]);
	}
	d->partner = cfc_array(c, d->n + 1, sizeof(d->partner[0]));
	for (size_t i = 0; i < d->n; i++)
		d->partner[i] = SIZE_MAX;
}

static bool
same_config(const struct config_text *a, const struct config_text *b)
{
	return strcmp(a->all, b->all) == 0;
}

/* The words on the line of the directive itself, as far as both have them. */
static bool
same_args(const struct config_text *a, const struct config_text *b)
{
	const struct cfc_directive *x = a->in->directive, *y = b->in->directive;

	return x->nargs > 0 && y->nargs > 0 && strcmp(x->args[0].text, y->args[0].text) == 0;
}

static bool
any(const struct config_text *a, const struct config_text *b)
{
	(void)a;
	(void)b;
	return true;
}

static void
pair(struct directives *a, struct directives *b,
     bool (*fits)(const struct config_text *, const struct config_text *))
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n && a->partner[i] == SIZE_MAX; j++) {
			if (b->partner[j] != SIZE_MAX || !fits(&a->list[i], &b->list[j]))
				continue;
			a->partner[i] = j;
			b->partner[j] = i;
		}
	}
}

/* ---- what is told ---- */

static const char *
with_default(struct cfc *c, const struct setting *s)
{
	const char *text = s->text[0] != '\0' ? s->text : "nothing";

	return s->by_default ? cfc_printf(c, "%s (default)", text) : text;
}

static const char *
short_text(struct cfc *c, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;
	const char *text = in->plugin->name;

	for (size_t i = 0; i < d->nargs && i < 1; i++)
		text = cfc_printf(c, "%s %s", text, d->args[i].text);
	return text;
}

static void
compare_settings(struct cfc *c, const char *where, const struct config_text *a,
		 const struct config_text *b, struct cfc_comparison *d)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		const struct setting *x = &a->list[i], *y = &b->list[i];
		bool same_text = strcmp(x->text, y->text) == 0;
		const struct cfc_difference change = {
			.kind = CFC_OPTION_CHANGED,
			.where = where,
			.subject = cfc_printf(c, "%s: %s", short_text(c, b->in), x->name),
			.old_text = with_default(c, x),
			.new_text = same_text ? cfc_printf(c, "%s (another secret)", y->text)
					      : with_default(c, y),
			.old_place = &a->in->directive->name.span,
			.new_place = &b->in->directive->name.span,
		};
		/* The zones of the server block, whose change is told already. */
		bool of_block = x->kind == CFC_ZONES && x->by_default && y->by_default;
		if (strcmp(x->exact, y->exact) != 0 && !of_block)
			cfc_compare_add(c, d, &change);
	}
}

/*
 * Lines that a plugin parses itself, as they are written: of a plugin that is only checked, the
 * tables need not hold all that they say.
 */
static const char *
own_lines(struct cfc *c, const struct cfc_instance *in, bool *any_line)
{
	const struct cfc_directive *d = in->directive;
	struct cfc_text text = { 0 };

	for (size_t i = 0; i < d->nlines; i++) {
		const struct cfc_line *line = &d->lines[i];
		bool own = false;
		for (unsigned j = 0; j < in->plugin->noptions; j++)
			own = own ||
			      (in->plugin->options[j].parse != NULL &&
			       strcmp(in->plugin->options[j].name, line->tokens[0].text) == 0);
		for (size_t j = 0; own && j < line->ntokens; j++)
			cfc_text_add(c, &text, j > 0 ? " " : "; ", line->tokens[j].text);
		*any_line = *any_line || own;
	}
	return cfc_text(&text);
}

static void
compare_lines(struct cfc *c, const char *where, const struct config_text *a,
	      const struct config_text *b, struct cfc_comparison *d)
{
	bool own = false;

	if ((a->in->plugin->traits & CFC_LINT_ONLY) == 0 || !same_config(a, b))
		return;
	if (strcmp(own_lines(c, a->in, &own), own_lines(c, b->in, &own)) == 0 || !own)
		return;
	cfc_compare_add(c, d,
			&(struct cfc_difference){
				.kind = CFC_OPTION_CHANGED,
				.where = where,
				.subject = short_text(c, b->in),
				.old_text = cfc_directive_text(c, a->in),
				.new_text = cfc_directive_text(c, b->in),
				.old_place = &a->in->directive->name.span,
				.new_place = &b->in->directive->name.span,
			});
}

static void
tell_lone(struct cfc *c, const char *where, const struct directives *list, bool old,
	  struct cfc_comparison *d)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct cfc_instance *in = list->list[i].in;
		const struct cfc_span *place = &in->directive->name.span;
		const struct cfc_difference change = {
			.kind = old ? CFC_DIRECTIVE_REMOVED : CFC_DIRECTIVE_ADDED,
			.where = where,
			.subject = cfc_directive_text(c, in),
			.old_place = old ? place : NULL,
			.new_place = old ? NULL : place,
		};
		if (list->partner[i] == SIZE_MAX)
			cfc_compare_add(c, d, &change);
	}
}

/* The partners do not stand in the same order: it is the order in which queries meet them. */
static void
tell_order(struct cfc *c, const char *where, const struct directives *a, const struct directives *b,
	   struct cfc_comparison *d)
{
	struct cfc_text was = { 0 }, is = { 0 };
	bool moved = false;
	size_t last = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (a->partner[i] == SIZE_MAX)
			continue;
		moved = moved || a->partner[i] < last;
		last = a->partner[i];
		cfc_text_add(c, &was, ", ", short_text(c, a->list[i].in));
	}
	if (!moved)
		return;
	for (size_t j = 0; j < b->n; j++)
		if (b->partner[j] != SIZE_MAX)
			cfc_text_add(c, &is, ", ", short_text(c, b->list[j].in));
	cfc_compare_add(c, d,
			&(struct cfc_difference){
				.kind = CFC_ORDER_CHANGED,
				.where = where,
				.subject = a->list[0].in->plugin->name,
				.old_text = cfc_text(&was),
				.new_text = cfc_text(&is),
				.old_place = &a->list[0].in->directive->name.span,
				.new_place = &b->list[0].in->directive->name.span,
			});
}

static void
compare_plugin(struct cfc *c, const char *where, const struct cfc_plugin *plugin,
	       const struct cfc_block *old, const struct cfc_block *new, struct cfc_comparison *d)
{
	struct directives a, b;

	take_directives(c, old, plugin, &a);
	take_directives(c, new, plugin, &b);
	pair(&a, &b, same_config);
	pair(&a, &b, same_args);
	pair(&a, &b, any);
	tell_lone(c, where, &a, true, d);
	tell_lone(c, where, &b, false, d);
	for (size_t i = 0; i < a.n; i++) {
		if (a.partner[i] == SIZE_MAX)
			continue;
		compare_settings(c, where, &a.list[i], &b.list[a.partner[i]], d);
		compare_lines(c, where, &a.list[i], &b.list[a.partner[i]], d);
	}
	tell_order(c, where, &a, &b, d);
}

static bool
has_plugin(const struct cfc_block *block, const struct cfc_plugin *plugin)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next)
		if (in->plugin == plugin)
			return true;
	return false;
}

void
cfc_compare_chains(struct cfc *c, const struct cfc_block *old, const struct cfc_block *new,
		   struct cfc_comparison *d)
{
	const char *where =
		cfc_printf(c, "server block %s%s%s%s", cfc_block_zone(new),
			   new->view != NULL ? ", view '" : "", new->view != NULL ? new->view : "",
			   new->view != NULL ? "'" : "");

	for (size_t i = 0; i < c->nplugins; i++)
		if (has_plugin(old, c->plugins[i]) || has_plugin(new, c->plugins[i]))
			compare_plugin(c, where, c->plugins[i], old, new, d);
}
