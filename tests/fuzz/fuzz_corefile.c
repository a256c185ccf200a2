/*
 * The language front end under arbitrary text. What must hold for every one, however broken:
 *
 * - parsing, expanding, keys, overlaps and formatting end, with no sanitizer report
 * - every report has a place within its unit
 * - an error is reported exactly if expanding says that it failed
 * - formatting is idempotent
 * - a formatted text means the same: the same effective tree, the same errors
 *
 * The unit test test_mutations feeds it 10,000 seeded texts in every run of the test suite.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/syntax/fmt.h"
#include "compiler/syntax/keys.h"
#include "tests/support/corefile.h"

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
	fuzz_require(f->good == g.good, "the same verdict after formatting", text, len);
	if (f->good)
		fuzz_require(strcmp(front_tree(f), front_tree(&g)) == 0,
			     "the same tree after formatting", text, len);
	fuzz_require(cfc_fmt(&g.c, g.unit, &twice, &m) && n == m && memcmp(once, twice, n) == 0,
		     "formatting twice is formatting once", text, len);
	/* The diff has to end as well, whatever the texts. */
	fuzz_require((cfc_diff(&f->c, "x", text, len, once, n)[0] == '\0') ==
			     cfc_fmt_same(f->unit, once, n),
		     "a diff exactly if the texts differ", text, len);
	front_close(&g);
}

void
fuzz_corefile(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct front f;

	if (len > 1 << 20)
		return;
	front_open(&f);
	front_expand_bytes(&f, text, len);
	fuzz_require(f.good == (f.c.diags.nerrors == 0), "false exactly if an error was reported",
		     text, len);
	take_keys(&f);
	fuzz_require(fuzz_places_are_good(&f.c), "places lie within the text", text, len);
	print_reports(&f);
	check_format(&f, text, len);
	front_close(&f);
}
