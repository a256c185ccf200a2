/*
 * The language front end under arbitrary text; see fuzz_corefile.h.
 *
 * For libFuzzer this file alone is the target. The unit test test_mutations feeds it 10,000
 * seeded texts in every run of the test suite.
 */
#include "config.h"

#include "tests/fuzz/fuzz_corefile.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/syntax/fmt.h"
#include "compiler/syntax/keys.h"
#include "tests/support/corefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds, const char *what, const char *text, size_t len)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_corefile: %s does not hold for this text of %zu bytes:\n", what, len);
	fwrite(text, 1, len, stderr);
	fputs("\n----\n", stderr);
	abort();
}

static bool
is_within(struct cfc_span span)
{
	if (span.source == NULL)
		return true;
	if (span.line < 1 || span.line > span.source->nlines || span.column < 1)
		return false;
	return cfc_span_offset(span) + span.length <= span.source->len;
}

static bool
places_are_good(const struct cfc *c)
{
	for (size_t i = 0; i < c->diags.count; i++) {
		const struct cfc_diag *d = c->diags.list[i];
		if (!is_within(d->span))
			return false;
		for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
			if (!is_within(n->span))
				return false;
	}
	return true;
}

static void
take_keys(struct front *f)
{
	struct cfc_overlap *o = cfc_overlap_new(&f->c);

	for (size_t i = 0; i < f->tree.nservers; i++) {
		struct cfc_zones zones = { .list = NULL };
		cfc_server_zones(&f->c, &f->tree.servers[i], &zones);
		for (size_t j = 0; j < zones.count; j++)
			cfc_overlap_add(&f->c, o, &zones.list[j], i % 3 == 0 ? "::1" : "",
					i % 5 == 0);
	}
}

/* Print to nowhere: what matters is that it ends. */
static void
print_reports(struct front *f)
{
	FILE *out = fopen("/dev/null", "w");

	if (out == NULL)
		return;
	cfc_diags_print(&f->c, out);
	cfc_source_dump(f->unit, out);
	cfc_tree_dump(&f->tree, out);
	fclose(out);
}

static void
check_format(struct front *f, const char *text, size_t len)
{
	struct front g;
	char *once;
	char *twice;
	size_t n;
	size_t m;

	if (!cfc_fmt(&f->c, f->unit, &once, &n))
		return;
	front_open(&g);
	front_expand_bytes(&g, once, n);
	require(f->good == g.good, "the same verdict after formatting", text, len);
	if (f->good)
		require(strcmp(front_tree(f), front_tree(&g)) == 0,
			"the same tree after formatting", text, len);
	require(cfc_fmt(&g.c, g.unit, &twice, &m) && n == m && memcmp(once, twice, n) == 0,
		"formatting twice is formatting once", text, len);
	/* The diff has to end as well, whatever the texts. */
	require((cfc_diff(&f->c, "x", text, len, once, n)[0] == '\0') ==
			cfc_fmt_same(f->unit, once, n),
		"a diff exactly if the texts differ", text, len);
	front_close(&g);
}

void
fuzz_corefile(const char *text, size_t len)
{
	struct front f;

	if (len > 1 << 20)
		return;
	front_open(&f);
	front_expand_bytes(&f, text, len);
	require(f.good == (f.c.diags.nerrors == 0), "false exactly if an error was reported", text,
		len);
	take_keys(&f);
	require(places_are_good(&f.c), "places lie within the text", text, len);
	print_reports(&f);
	check_format(&f, text, len);
	front_close(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_corefile((const char *)data, size);
	return 0;
}
