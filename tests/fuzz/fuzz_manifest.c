/*
 * Corefiles in YAML keep their places; see fuzz_manifest.h.
 *
 * The unit test test_manifest feeds it scalars of all styles in every run of the test suite.
 */
#include "config.h"

#include "tests/fuzz/fuzz_manifest.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/cfc.h"
#include "compiler/command/command.h"
#include "compiler/embed.h"
#include "compiler/fix.h"
#include "compiler/manifest/manifest.h"

#define TEXT_MAX ((size_t)64 << 20)

/* ---- places ---- */

static void
check_pieces(const struct cfc_source *unit)
{
	const struct cfc_embedding *in = unit->inside;
	const struct cfc_source *host = in->host;
	size_t at = 0, from = in->begin;

	fuzz_require(!in->is_vague, "knowing the places", host->text, host->len);
	fuzz_require(in->begin <= in->end && in->end <= host->len, "order", host->text, host->len);
	for (size_t i = 0; i < in->npieces; i++) {
		const struct cfc_piece *p = &in->pieces[i];
		size_t next = i + 1 < in->npieces ? p[1].at : unit->len;

		fuzz_require(p->at == at && next > at, "gapless pieces", host->text, host->len);
		fuzz_require(p->host >= from && p->host + p->host_len <= in->end, "pieces in order",
			     host->text, host->len);
		/* Otherwise it is an escape, a doubled quote or a line end. */
		if (next - at == p->host_len && strchr("\\\r\n\xc2", host->text[p->host]) == NULL)
			fuzz_require(memcmp(unit->text + at, host->text + p->host, p->host_len) ==
					     0,
				     "byte for byte", host->text, host->len);
		at = next;
		from = p->host + p->host_len;
	}
	fuzz_require(at == unit->len, "whole value", host->text, host->len);
}

static bool
is_shown(struct cfc_span span, const struct cfc_source *host)
{
	return span.source == NULL ||
	       (span.source == host && cfc_span_offset(span) + span.length <= host->len);
}

static void
check_reports(struct cfc *c, const struct cfc_source *host)
{
	cfc_diags_sort(c);
	for (size_t i = 0; i < c->diags.count; i++) {
		const struct cfc_diag *d = c->diags.list[i];

		fuzz_require(is_shown(d->span, host), "places in the file", host->text, host->len);
		for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
			fuzz_require(is_shown(n->span, host), "notes in the file", host->text,
				     host->len);
		for (const struct cfc_fix *f = d->fixes; f != NULL; f = f->next)
			for (const struct cfc_edit *e = f->edits; e != NULL; e = e->next)
				fuzz_require(e->source == host &&
						     e->offset + e->length <= host->len,
					     "fixes in the file", host->text, host->len);
	}
}

/* ---- edits ---- */

/* A text with bytes replaced; released by the caller. */
static struct buf
edited(const struct cfc_source *unit, size_t from, size_t to, const char *text)
{
	struct buf b;

	buf_init(&b, TEXT_MAX);
	buf_add(&b, unit->text, from);
	buf_puts(&b, text);
	buf_add(&b, unit->text + to, unit->len - to);
	return b;
}

/* Equal but for line ends at the end: the block says how many it keeps. */
static bool
is_same(const char *a, size_t alen, const char *b, size_t blen)
{
	while (alen > 0 && a[alen - 1] == '\n')
		alen--;
	while (blen > 0 && b[blen - 1] == '\n')
		blen--;
	return alen == blen && memcmp(a, b, alen) == 0;
}

/* The text of a unit's host with the edit made in it; false: it cannot be. */
static bool
edit_host(const char *text, size_t len, size_t which, size_t from, size_t to, const char *new,
	  struct buf *out)
{
	struct cfc_manifest m;
	struct cfc c;

	cfc_init(&c);
	struct cfc_source *host = cfc_source_text(&c, "fuzz.yaml", text, len);
	cfc_manifest_read(&c, host, &m);
	const struct cfc_source *unit = m.parts[which].key->unit;
	cfc_warn(&c, cfc_source_span(unit, from, to - from), "CF9999", "wish");
	cfc_fix_replace(&c, "do it", cfc_source_span(unit, from, to - from), new);
	bool done = cfc_fixes_apply(&c, host, out) == 1;
	cfc_release(&c);
	return done;
}

static bool
check_edit(const char *text, size_t len, const struct cfc_manifest *m, size_t which, size_t from,
	   size_t to, const char *new)
{
	const struct cfc_source *unit = m->parts[which].key->unit;
	struct cfc_manifest after;
	struct buf host;
	struct cfc c;

	buf_init(&host, TEXT_MAX);
	bool done = edit_host(text, len, which, from, to, new, &host);
	if (!done) {
		buf_release(&host);
		return false;
	}
	struct buf want = edited(unit, from, to, new);
	cfc_init(&c);
	bool good = cfc_manifest_read(
		&c, cfc_source_text(&c, "after.yaml", buf_cstr(&host), host.len), &after);
	good = good && after.nparts == m->nparts;
	for (size_t i = 0; good && i < m->nparts; i++) {
		const struct cfc_source *was = m->parts[i].key->unit;
		const struct cfc_source *now = after.parts[i].key->unit;

		/* What an anchor stands for changes with it. */
		if (i != which && was->inside->begin == unit->inside->begin)
			continue;
		good = i == which ? is_same(now->text, now->len, buf_cstr(&want), want.len)
				  : now->len == was->len &&
					    memcmp(now->text, was->text, now->len) == 0;
	}
	if (!good)
		fprintf(stderr, "unit %zu, bytes %zu to %zu become '%s', giving:\n%s\n----\n",
			which, from, to, new, buf_cstr(&host));
	fuzz_require(good, "editing", text, len);
	cfc_release(&c);
	buf_release(&want);
	buf_release(&host);
	return true;
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Of a line end or the beginning of one, rather often. */
static size_t
pick_place(const struct cfc_source *unit, uint32_t *state)
{
	size_t at = next_random(state) % (unit->len + 1);

	if (next_random(state) % 2 == 0)
		while (at > 0 && unit->text[at - 1] != '\n')
			at--;
	/* Not within a character. */
	while (at < unit->len && ((unsigned char)unit->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t
check_edits(const char *text, size_t len, const struct cfc_manifest *m)
{
	static const char *const news[] = {
		"",  "x",  "errors\n",   "a\n\tb",   "\tlog \"\\\\ \"\n",
		" ", "\n", "x\n\n  y\n", "\xc3\xa9", "# b: c"
	};
	uint32_t state = 1;
	size_t done = 0;

	for (size_t i = 0; i < len; i++)
		state = (state ^ (unsigned char)text[i]) * 16777619u;
	for (size_t i = 0; i < 4 && m->nparts > 0; i++) {
		size_t which = next_random(&state) % m->nparts;
		const struct cfc_source *unit = m->parts[which].key->unit;
		size_t a = pick_place(unit, &state);
		size_t b = next_random(&state) % 3 == 0 ? a : pick_place(unit, &state);
		const char *new = news[next_random(&state) % (sizeof(news) / sizeof(news[0]))];

		done += check_edit(text, len, m, which, a < b ? a : b, a < b ? b : a, new);
	}
	return done;
}

static void
check_programs(const char *text, size_t len)
{
	struct cfc_programs all;
	struct cfc c;

	cfc_init(&c);
	const struct cfc_source *host = cfc_source_text(&c, "fuzz.yaml", text, len);
	cfc_manifest_load_all(&c, host, &all);
	check_reports(&c, host);
	cfc_release(&c);
}

size_t
fuzz_manifest_text(const char *text, size_t len, size_t *edits)
{
	struct cfc_manifest m;
	struct cfc c;
	size_t done = 0;

	cfc_init(&c);
	const struct cfc_source *host = cfc_source_text(&c, "fuzz.yaml", text, len);
	bool good = cfc_manifest_read(&c, host, &m);
	size_t found = m.nparts;
	for (size_t i = 0; i < m.nparts; i++)
		check_pieces(m.parts[i].key->unit);
	check_programs(text, len);
	if (good && len < 4096)
		done = check_edits(text, len, &m);
	if (edits != NULL)
		*edits += done;
	cfc_release(&c);
	return found;
}

void
fuzz_manifest(const uint8_t *data, size_t size)
{
	if (size <= 1 << 16)
		fuzz_manifest_text((const char *)data, size, NULL);
}
