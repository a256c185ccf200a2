/*
 * Lines and words of an expansion.
 */
#include "config.h"

#include "compiler/syntax/expander.h"

#include "base/arena.h"

void
expander_push(struct expander *x, const struct cfc_node *first, const struct cfc_origin *origin,
	      const struct cfc_source *unit, const struct snippet *snippet)
{
	struct frame *f = arena_zalloc(x->c->arena, sizeof(*f));

	f->below = x->top;
	f->next = first;
	f->origin = origin;
	f->unit = unit;
	f->snippet = snippet;
	x->top = f;
}

/*
 * The next line above floor, NULL = none left. A frame read to its end stays until the following
 * call, so that an import in its last line still sees it (cycles).
 */
const struct cfc_node *
expander_next(struct expander *x, const struct frame *floor)
{
	for (; x->top != floor; x->top = x->top->below) {
		const struct cfc_node *node = x->stopped ? NULL : x->top->next;
		while (node != NULL && node->ntokens == 0 && !node->has_block)
			node = node->next;
		if (node == NULL)
			continue;
		x->top->next = node->next;
		x->origin = x->top->origin;
		return node;
	}
	return NULL;
}

/* The line that next_line would give, without taking it. */
const struct cfc_node *
expander_peek(const struct expander *x)
{
	for (const struct frame *f = x->top; f != NULL && !x->stopped; f = f->below) {
		for (const struct cfc_node *n = f->next; n != NULL; n = n->next)
			if (n->ntokens > 0 || n->has_block)
				return n;
	}
	return NULL;
}

/* ---- tokens ---- */

struct cfc_token
expander_token(struct expander *x, const struct cfc_token *from, const struct cfc_origin *origin)
{
	struct cfc_token t = *from;

	t.span.origin = origin;
	cfc_env_expand(x->c, &t, &x->unset);
	if (++x->tokens == CFC_TOKENS_MAX) {
		cfc_error(x->c, t.span, "CF1007",
			  "imports make more than %u words of this Corefile", CFC_TOKENS_MAX);
		x->stopped = true;
	}
	return t;
}

struct cfc_token *
expander_tokens(struct expander *x, const struct cfc_node *node, const struct cfc_origin *origin)
{
	struct cfc_token *tokens = cfc_array(x->c, node->ntokens, sizeof(tokens[0]));

	for (size_t i = 0; i < node->ntokens; i++)
		tokens[i] = expander_token(x, &node->tokens[i], origin);
	return tokens;
}

static void
note_default_value(struct cfc *c, const struct cfc_unset *u)
{
	if (strchr(u->name, ':') != NULL)
		cfc_note(c, u->span, "a Corefile has no default values: all of '%s' is the name",
			 u->name);
	else
		cfc_note(c, u->span,
			 "set %s where corefilec runs: its value becomes part of the "
			 "build",
			 u->name);
}

/*
 * Report the unset variables of a line, whose values are the words after its first, or for keys
 * all. Fatal where no value is left.
 */
void
expander_report_unset(struct expander *x, const struct cfc_token *values, size_t nvalues,
		      const char *subject)
{
	bool empty = true;

	for (size_t i = 0; i < nvalues && empty; i++)
		empty = values[i].len == 0;
	for (size_t i = 0; i < x->unset.count; i++) {
		const struct cfc_unset *u = &x->unset.list[i];
		if (empty && i == 0)
			cfc_stricter(x->c, u->span, "CF1006",
				     "'%s' is not set, which leaves %s empty", u->name, subject);
		else
			cfc_warn(x->c, u->span, "CF1006",
				 "environment variable '%s' is not set: it counts as empty",
				 u->name);
		note_default_value(x->c, u);
	}
	x->unset.count = 0;
}

/* The same for a directive or option with its arguments. */
void
expander_report_unset_line(struct expander *x, const struct cfc_token *tokens, size_t ntokens)
{
	if (x->unset.count == 0)
		return;
	if (ntokens < 2 || tokens[0].len == 0)
		expander_report_unset(x, tokens, 1, "this line");
	else
		expander_report_unset(x, tokens + 1, ntokens - 1,
				      cfc_printf(x->c, "the arguments of '%s'", tokens[0].text));
}
