/*
 * Replacing references to environment variables in the text of a token.
 */
#include "config.h"

#include "compiler/syntax/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/fix.h"

struct syntax {
	const char *begin, *end;
};

/* In the order in which CoreDNS looks for them. */
static const struct syntax syntaxes[] = {
	{ "{%", "%}" },
	{ "{$", "}" },
};

/*
 * How many bytes of raw, from its beginning, are ref: carriage returns in words are none of the value.
 * 0 = it is something else.
 */
static size_t
match_raw(const char *raw, size_t rawlen, const char *ref)
{
	size_t n = 0;

	if (rawlen == 0 || raw[0] != ref[0])
		return 0;
	for (; *ref != '\0'; ref++) {
		while (n < rawlen && raw[n] == '\r' && *ref != '\r')
			n++;
		if (n == rawlen || raw[n++] != *ref)
			return 0;
	}
	return n;
}

/* Where the reference is written; the whole token if it came out of another value. */
static struct cfc_span
span_of(const struct cfc_token *t, const char *ref)
{
	size_t at = 0, len = 0;

	while (at < t->rawlen && (len = match_raw(t->raw + at, t->rawlen - at, ref)) == 0)
		at++;
	if (len == 0)
		return t->span;
	at += (size_t)(t->raw - t->span.source->text);
	struct cfc_span span = cfc_source_span(t->span.source, at, len);
	span.origin = t->span.origin;
	return span;
}

static void
add_unset(struct cfc *c, struct cfc_unset_list *unset, const char *name, struct cfc_span span)
{
	unset->list = cfc_grow(c, unset->list, unset->count, &unset->room, sizeof(unset->list[0]));
	unset->list[unset->count++] = (struct cfc_unset){ .name = name, .span = span };
}

static void
add_word(struct cfc *c, struct cfc_span span)
{
	c->unset_words = cfc_grow(c, c->unset_words, c->nunset_words, &c->unset_room,
				  sizeof(c->unset_words[0]));
	c->unset_words[c->nunset_words++] = span;
}

/* The value of one reference; reports what is odd about it. */
static const char *
value_of(struct cfc *c, struct cfc_token *t, const char *ref, const char *name, bool in_template,
	 struct cfc_unset_list *unset)
{
	const char *value = c->getenv(c->getenv_arg, name);
	struct cfc_span span = span_of(t, ref);

	t->env = true;
	if (in_template) {
		cfc_warn(c, span, "CF1009", "'{%s}' is taken for the environment variable '%s'",
			 ref, name);
		cfc_note(c, span, "in a template, put blanks around it: '{{ %.*s }}'",
			 (int)strlen(ref) - 2, ref + 1);
		cfc_fix_replace(c, "put blanks around it", span,
				cfc_printf(c, "{ %.*s }", (int)strlen(ref) - 2, ref + 1));
	}
	if (value != NULL)
		return value;
	t->env_unset = true;
	if (!in_template)
		add_unset(c, unset, name, span);
	return "";
}

/* All occurrences of ref in text, replaced. NULL = too long. */
static const char *
replace_all(struct cfc *c, const char *text, const char *ref, const char *value)
{
	struct buf b;
	size_t reflen = strlen(ref);
	const char *at;

	buf_init(&b, CFC_ENV_MAX);
	while ((at = strstr(text, ref)) != NULL) {
		buf_add(&b, text, (size_t)(at - text));
		buf_puts(&b, value);
		text = at + reflen;
	}
	buf_puts(&b, text);
	const char *out = b.overflow ? NULL : arena_strdup(c->arena, buf_cstr(&b));
	buf_release(&b);
	return out;
}

/* The first reference in text, {$} and {%%} not being any; copies of it and of its name. */
static const char *
find_reference(struct cfc *c, const char *text, const struct syntax *s, const char **ref,
	       const char **name)
{
	const char *at = strstr(text, s->begin);
	size_t mark = strlen(s->begin);

	if (at == NULL)
		return NULL;
	const char *end = strstr(at, s->end);
	if (end == NULL || end <= at + mark)
		return NULL;
	*name = arena_strndup(c->arena, at + mark, (size_t)(end - at) - mark);
	*ref = arena_strndup(c->arena, at, (size_t)(end - at) + strlen(s->end));
	return at;
}

void
cfc_env_expand(struct cfc *c, struct cfc_token *t, struct cfc_unset_list *unset)
{
	const char *text = t->text;
	unsigned rounds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(syntaxes); i++) {
		const char *ref = NULL;
		const char *name = NULL;
		const char *at;
		while ((at = find_reference(c, text, &syntaxes[i], &ref, &name)) != NULL) {
			bool in_template = at > text && at[-1] == '{';
			const char *value = value_of(c, t, ref, name, in_template, unset);
			text = replace_all(c, text, ref, value);
			if (text == NULL || ++rounds > CFC_ENV_ROUNDS) {
				cfc_error(c, t->span, "CF1006",
					  "environment variable '%s' never ends: its value refers "
					  "to itself or is too long",
					  name);
				t->text = "";
				t->len = 0;
				return;
			}
		}
	}
	t->text = text;
	t->len = strlen(text);
	/* The manifest of NodeLocal DNSCache has such words in places of addresses. */
	if (t->env_unset || strstr(text, "__PILLAR__") != NULL)
		add_word(c, t->span);
}

/* ---- what follows from it ---- */

static int
compare_words(const void *a, const void *b)
{
	const struct cfc_span *x = a, *y = b;

	if (x->source != y->source)
		return (uintptr_t)x->source < (uintptr_t)y->source ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static int
judge(void *arg, const struct cfc_diag *d)
{
	const struct cfc *c = arg;

	if (strncmp(d->id, "CF2", 3) == 0 && bsearch(&d->span, c->unset_words, c->nunset_words,
						     sizeof(d->span), compare_words) != NULL)
		return CFC_DIAG_DROP;
	return (int)d->severity;
}

void
cfc_env_excuse(struct cfc *c)
{
	if (c->building || c->compat || c->nunset_words == 0)
		return;
	qsort(c->unset_words, c->nunset_words, sizeof(c->unset_words[0]), compare_words);
	cfc_diags_judge(c, judge, c);
}
