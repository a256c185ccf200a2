/*
 * suppress.c - `# corefile-lint disable=...`.
 */
#include "config.h"

#include "compiler/report/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/checks/checks.h"
#include "compiler/fix.h"
#include "compiler/tree.h"

#define MARK "corefile-lint"

/* One id of one comment. */
struct suppression {
	const char *id;
	struct cfc_span span; /* of the id in the comment */
	const struct cfc_comment *comment;
	uint32_t first, last;     /* lines that it is about */
	struct suppression *same; /* the first about the same, which has the following of all */
	bool used;
	const struct cfc_diag
		*refused;          /* what it was meant for and cannot take away; NULL = none */
	struct suppression *outer; /* one before it in order that reaches into it; NULL = none */
};

struct list {
	struct cfc *c;
	struct suppression *all;
	size_t count;
	size_t room;
	struct suppression **order; /* by id, unit and lines; of those about the same the first */
	size_t norder;
	bool plan_wanted;
};

/* ---- reading comments ---- */

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static struct cfc_span
span_in(const struct cfc_comment *comment, const char *start, const char *end)
{
	struct cfc_span span = comment->span;

	span.column += (uint32_t)(start - comment->text);
	span.length = (uint32_t)(end - start);
	return span;
}

static const struct cfc_rule *
find_rule(const char *id, size_t len)
{
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);

	for (size_t i = 0; i < n; i++)
		if (strlen(rules[i].id) == len && memcmp(rules[i].id, id, len) == 0)
			return &rules[i];
	return NULL;
}

static void
add_id(struct list *l, const struct cfc_comment *comment, const char *start, const char *end,
       uint32_t first, uint32_t last)
{
	struct cfc_span span = span_in(comment, start, end);

	if (find_rule(start, (size_t)(end - start)) == NULL) {
		cfc_warn(l->c, span, "CF1013", "there is no rule '%.*s'", (int)(end - start),
			 start);
		return;
	}
	l->all = cfc_grow(l->c, l->all, l->count, &l->room, sizeof(l->all[0]));
	l->all[l->count++] = (struct suppression){
		.id = cfc_printf(l->c, "%.*s", (int)(end - start), start),
		.span = span,
		.comment = comment,
		.first = first,
		.last = last,
	};
}

/* The ids behind '='; what follows the first blank must be a reason behind "--". */
static void
take_ids(struct list *l, const struct cfc_comment *comment, const char *p, uint32_t first,
	 uint32_t last)
{
	const char *end = comment->text + comment->len;

	for (;;) {
		const char *start = p;

		while (p < end && *p != ',' && *p != ' ' && *p != '\t')
			p++;
		add_id(l, comment, start, p, first, last);
		if (p == end || *p != ',')
			break;
		p = skip_blanks(p + 1, end);
	}
	p = skip_blanks(p, end);
	if (p < end && (end - p < 2 || p[0] != '-' || p[1] != '-'))
		cfc_warn(l->c, span_in(comment, p, end), "CF1013",
			 "a reason begins with '--', ids are parted by commas");
}

/* A comment about the lines first to last of its unit. */
static void
take_comment(struct list *l, const struct cfc_comment *comment, uint32_t first, uint32_t last)
{
	static const char line_word[] = "disable=";
	static const char file_word[] = "disable-file=";
	const char *end = comment->text + comment->len;
	const char *p = comment->text;

	while (p < end && *p == '#')
		p++;
	p = skip_blanks(p, end);
	if ((size_t)(end - p) < strlen(MARK) || memcmp(p, MARK, strlen(MARK)) != 0)
		return;
	const char *word = skip_blanks(p + strlen(MARK), end);
	if (word == p + strlen(MARK))
		return; /* a longer word, or nothing */
	if (strncmp(word, line_word, strlen(line_word)) == 0)
		take_ids(l, comment, word + strlen(line_word), first, last);
	else if (strncmp(word, file_word, strlen(file_word)) == 0)
		take_ids(l, comment, word + strlen(file_word), 1, UINT32_MAX);
	else {
		cfc_warn(l->c, span_in(comment, p, end), "CF1013",
			 "this comment suppresses nothing");
		cfc_note(l->c, cfc_no_span(),
			 "write '# " MARK " disable=ID,ID -- reason', or 'disable-file='");
	}
}

/* The line after a comment of its own, which it is about. */
static const struct cfc_node *
next_line(const struct cfc_node *node)
{
	while (node != NULL && node->ntokens == 0 && !node->has_block)
		node = node->next;
	return node;
}

static void
take_comments(struct list *l, const struct cfc_node *node)
{
	const struct cfc_node *about = next_line(node);

	for (; node != NULL; node = node->next) {
		uint32_t first = about != NULL ? about->line : 1;
		uint32_t last = about != NULL ? about->end_line : 0;

		for (const struct cfc_comment *k = node->comment; k != NULL; k = k->next)
			take_comment(l, k, first, last);
		for (const struct cfc_comment *k = node->close_comment; k != NULL; k = k->next)
			take_comment(l, k, first, last);
		take_comments(l, node->children);
		if (node == about)
			about = next_line(node->next);
	}
}

/* ---- finding those about a place ---- */

/* By id and unit, then by where they begin, the longer ones first. */
static int
compare_subjects(const struct suppression *a, const struct suppression *b)
{
	int by_id = strcmp(a->id, b->id);

	if (by_id != 0)
		return by_id;
	if (a->span.source != b->span.source)
		return a->span.source->index < b->span.source->index ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->last < b->last) - (a->last > b->last);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct suppression *const *x = a, *const *y = b;
	int by_subject = compare_subjects(*x, *y);

	return by_subject != 0 ? by_subject : (*x > *y) - (*x < *y);
}

static bool
reaches_into(const struct suppression *s, const struct suppression *later)
{
	return strcmp(s->id, later->id) == 0 && s->span.source == later->span.source &&
	       s->last >= later->first;
}

/* Comments are about lines and blocks, so that `outer` leads through as many as blocks are nested. */
static void
put_in_order(struct list *l)
{
	struct suppression **order = cfc_array(l->c, l->count + 1, sizeof(*order));

	for (size_t i = 0; i < l->count; i++)
		order[i] = &l->all[i];
	qsort(order, l->count, sizeof(*order), compare_entries);
	for (size_t i = 0; i < l->count; i++) {
		struct suppression *s = order[i];
		struct suppression *before = l->norder > 0 ? order[l->norder - 1] : NULL;

		if (before != NULL && compare_subjects(before, s) == 0) {
			s->same = before;
			continue;
		}
		while (before != NULL && !reaches_into(before, s))
			before = before->outer;
		s->outer = before;
		s->same = s;
		order[l->norder++] = s;
	}
	l->order = order;
}

/* The last in order that begins at the place or before it; NULL = none of that id and unit does. */
static struct suppression *
last_before(const struct list *l, const char *id, struct cfc_span span)
{
	const struct suppression place = { .id = id, .span = span, .first = span.line, .last = 0 };
	size_t from = 0, to = l->norder;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_subjects(l->order[middle], &place) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	struct suppression *s = from > 0 ? l->order[from - 1] : NULL;
	return s != NULL && strcmp(s->id, id) == 0 && s->span.source == span.source ? s : NULL;
}

/* ---- applying ---- */

/* Whether it stays whatever comments say. */
static bool
is_needed(const struct list *l, const struct cfc_diag *d)
{
	return d->severity == CFC_SEVERITY_ERROR && (!d->ours || (l->plan_wanted && d->stops));
}

/* Those about a place of the report are used, or refused; whether there is one. */
static bool
use(const struct list *l, const struct cfc_diag *d, struct cfc_span span, bool refused)
{
	bool any = false;

	if (span.source == NULL)
		return false;
	for (struct suppression *s = last_before(l, d->id, span); s != NULL; s = s->outer) {
		if (span.line > s->last)
			continue;
		any = s->used = true;
		if (refused)
			s->refused = d;
	}
	return any;
}

static int
judge(void *arg, const struct cfc_diag *d)
{
	const struct list *l = arg;
	bool refused = is_needed(l, d);
	bool any = use(l, d, d->span, refused);

	/* Other uses of the same text are not spoken for. */
	for (const struct cfc_origin *o = d->span.origin; d->reports <= 1 && o != NULL;
	     o = o->at.origin)
		any = use(l, d, o->at, refused) || any;
	return any && !refused ? CFC_DIAG_DROP : (int)d->severity;
}

/* Whether all that the rule is about was looked for in this run. */
static bool
was_judged(const struct cfc *c, const struct cfc_rule *rule)
{
	return (!rule->files || c->root_dir != NULL) &&
	       (rule->profiles == 0 || c->profile != CFC_PROFILE_NONE);
}

/* The id is taken away with its comma, the last one with the whole comment. */
static void
fix_idle(struct cfc *c, const struct suppression *s)
{
	static const char title[] = "take it out of the comment";
	const char *text = s->comment->text, *end = text + s->comment->len;
	const char *from = text + (s->span.column - s->comment->span.column);
	const char *to = from + s->span.length, *before = from;

	while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	if (before > text && before[-1] == ',')
		from = before - 1;
	else if (to < end && *to == ',')
		to = skip_blanks(to + 1, end);
	else
		from = NULL;
	if (from == NULL)
		cfc_fix_delete_span(c, "remove the comment", s->comment->span);
	else
		cfc_fix_replace(c, title, span_in(s->comment, from, to), "");
}

static void
report_one(struct cfc *c, const struct suppression *s, bool complete)
{
	const struct cfc_diag *refused = s->same->refused;

	if (refused != NULL) {
		cfc_warn(c, s->span, "CF1013", "'%s' is an error here, which cannot be suppressed",
			 s->id);
		cfc_note(c, refused->span, "%s",
			 refused->ours ? "no server can be made before this is mended"
				       : "the server would not start with this");
	} else if (complete && !s->same->used && was_judged(c, find_rule(s->id, strlen(s->id)))) {
		cfc_warn(c, s->span, "CF1012", "'%s' suppresses nothing here", s->id);
		fix_idle(c, s);
	}
}

void
cfc_suppress(struct cfc *c, bool complete, bool plan_wanted)
{
	struct list l = { .c = c, .plan_wanted = plan_wanted };

	/* CoreDNS does not read such comments. */
	if (c->compat)
		return;
	for (size_t i = 0; i < c->nsources; i++)
		take_comments(&l, c->sources[i]->nodes);
	if (l.count == 0)
		return;
	put_in_order(&l);
	cfc_diags_judge(c, judge, &l);
	for (size_t i = 0; i < l.count; i++)
		report_one(c, &l.all[i], complete);
}
