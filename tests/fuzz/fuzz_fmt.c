/*
 * Formatting must not change a server; see fuzz_fmt.h.
 *
 * The unit test test_fmt_plans feeds it the Corefiles of this tree and generated ones in every run of
 * the test suite.
 */
#include "config.h"

#include "tests/fuzz/fuzz_fmt.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/checks/checks.h"
#include "compiler/command/compare.h"
#include "compiler/syntax/fmt.h"
#include "compiler/plan.h"
#include "compiler/plugins.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/corefile.h"

#define TEXT_MAX     ((size_t)64 << 20)
#define COMPARED_MAX 768u /* of the text: longer ones take long to compare */

/* Everything about a text that formatting must keep. */
struct meaning {
	struct front f;
	struct buf plan;     /* the dump of the plan, without places */
	struct buf reports;  /* ids, severities and texts, without places */
	struct buf layout;   /* those about the layout */
	struct buf comments; /* in order */
	const struct cfc_plan *tree_plan;
};

static void
require_same(const struct buf *a, const struct buf *b, const char *what, const char *text,
	     size_t len)
{
	if (a->len != b->len || memcmp(buf_cstr(a), buf_cstr(b), a->len) != 0)
		fprintf(stderr, "before:\n%s\nafter:\n%s\n", buf_cstr(a), buf_cstr(b));
	fuzz_require(a->len == b->len && memcmp(buf_cstr(a), buf_cstr(b), a->len) == 0, what, text,
		     len);
}

/* A copy of the text without ":LINE" and ":LINE:COLUMN" after the unit's name. */
static void
add_without_places(struct buf *out, const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at; (at = strstr(text, name)) != NULL;) {
		buf_add(out, text, (size_t)(at - text) + len);
		text = at + len;
		while (*text == ':' && text[1] >= '0' && text[1] <= '9')
			text += 1 + strspn(text + 1, "0123456789");
	}
	buf_puts(out, text);
}

static void
add_plan(struct meaning *m, const struct cfc_plan *plan)
{
	struct buf dump;

	buf_init(&dump, TEXT_MAX);
	cfc_plan_dump(&m->f.c, plan, &dump);
	add_without_places(&m->plan, buf_cstr(&dump), m->f.unit->path);
	buf_release(&dump);
}

/* A report with its notes, without places; those about the layout without notes. */
static void
add_report(struct buf *out, const struct cfc_diag *d, bool notes, const char *name)
{
	buf_printf(out, "%s %d ", d->id, (int)d->severity);
	add_without_places(out, d->text, name);
	buf_putc(out, '\n');
	for (const struct cfc_diag_note *n = d->notes; n != NULL && notes; n = n->next) {
		buf_putc(out, '\t');
		add_without_places(out, n->text, name);
		buf_putc(out, '\n');
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * In the order of their texts: two reports about one word change places where formatting makes it possible
 * to point at its parts (a carriage return in the word is gone).
 */
static void
add_reports(struct meaning *m)
{
	struct cfc_strings texts = { NULL, 0, 0 };

	for (size_t i = 0; i < m->f.c.diags.count; i++) {
		const struct cfc_diag *d = m->f.c.diags.list[i];
		bool layout = strcmp(d->id, "CF1004") == 0 || strcmp(d->id, "CF1008") == 0;
		struct buf one;

		buf_init(&one, TEXT_MAX);
		add_report(layout ? &m->layout : &one, d, !layout, m->f.unit->path);
		cfc_strings_add(&m->f.c, &texts, cfc_printf(&m->f.c, "%s", buf_cstr(&one)));
		buf_release(&one);
	}
	if (texts.count > 0)
		qsort(texts.list, texts.count, sizeof(texts.list[0]), by_text);
	for (size_t i = 0; i < texts.count; i++)
		buf_puts(&m->reports, texts.list[i]);
}

/* A comment that cuts a word ends before the next one on its line; formatted, it does not. */
static void
add_comments(struct buf *out, const struct cfc_node *nodes)
{
	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		for (const struct cfc_comment *x = n->comment; x != NULL; x = x->next)
			buf_printf(out, "%.*s ", (int)x->len, x->text);
		add_comments(out, n->children);
		for (const struct cfc_comment *x = n->close_comment; x != NULL; x = x->next)
			buf_printf(out, "%.*s ", (int)x->len, x->text);
	}
}

static void
understand(struct meaning *m)
{
	struct cfc *c = &m->f.c;

	buf_init(&m->plan, TEXT_MAX);
	buf_init(&m->reports, TEXT_MAX);
	buf_init(&m->layout, TEXT_MAX);
	buf_init(&m->comments, TEXT_MAX);
	cfc_plugins_init(c);
	m->f.good = cfc_expand(c, m->f.unit, &m->f.tree);
	struct cfc_plan *plan = cfc_plan_build(c, &m->f.tree);
	if (!cfc_has_errors(c))
		cfc_check(c, plan);
	m->tree_plan = plan;
	add_plan(m, plan);
	add_reports(m);
	add_comments(&m->comments, m->f.unit->nodes);
}

static void
forget(struct meaning *m)
{
	buf_release(&m->plan);
	buf_release(&m->reports);
	buf_release(&m->layout);
	buf_release(&m->comments);
	front_close(&m->f);
}

/* `diff` must agree, and this leads every query that it tries through both plans. */
static void
compare(struct meaning *before, struct meaning *after)
{
	const struct cfc_source *unit = before->f.unit;
	struct cfc_comparison d = { .tries_max = 0 };

	if (cfc_has_errors(&before->f.c) || unit->len > COMPARED_MAX)
		return;
	cfc_compare(&after->f.c, before->tree_plan, after->tree_plan, &d);
	fuzz_require(d.nchanges == 0, "no change of meaning", unit->text, unit->len);
	fuzz_require(d.nwitnesses == 0, "no query on another way", unit->text, unit->len);
}

/* Formats what was understood and looks at what came out, under the same name. */
static bool
check(struct meaning *m)
{
	struct meaning after;
	const struct cfc_source *unit = m->f.unit;
	char *once, *twice;
	size_t n, k;

	if (!cfc_fmt(&m->f.c, m->f.unit, &once, &n)) {
		fuzz_require(cfc_has_errors(&m->f.c), "an error where formatting fails", unit->text,
			     unit->len);
		return false;
	}
	front_open(&after.f);
	after.f.unit = cfc_source_text(&after.f.c, unit->path, once, n);
	understand(&after);
	require_same(&m->plan, &after.plan, "the same plan", unit->text, unit->len);
	require_same(&m->reports, &after.reports, "the same reports", unit->text, unit->len);
	fuzz_require(after.layout.len <= m->layout.len, "no new warning about layout", unit->text,
		     unit->len);
	require_same(&m->comments, &after.comments, "the same comments", unit->text, unit->len);
	fuzz_require(cfc_fmt(&after.f.c, after.f.unit, &twice, &k) && n == k &&
			     memcmp(once, twice, n) == 0,
		     "formatting twice is formatting once", unit->text, unit->len);
	compare(m, &after);
	forget(&after);
	return true;
}

bool
fuzz_fmt_text(const char *text, size_t len)
{
	struct meaning m;

	front_open(&m.f);
	m.f.unit = cfc_source_text(&m.f.c, "Corefile", text, len);
	understand(&m);
	bool formatted = check(&m);
	forget(&m);
	return formatted;
}

bool
fuzz_fmt_file(const char *path)
{
	struct meaning m;

	front_open(&m.f);
	m.f.unit = cfc_source_file(&m.f.c, path, cfc_no_span());
	fuzz_require(m.f.unit != NULL, "a readable file", path, strlen(path));
	understand(&m);
	bool formatted = check(&m);
	forget(&m);
	return formatted;
}

void
fuzz_fmt(const uint8_t *data, size_t size)
{
	if (size <= 1 << 16)
		fuzz_fmt_text((const char *)data, size);
}
