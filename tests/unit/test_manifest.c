/*
 * Corefiles in Kubernetes manifests: which are found, and where their bytes stand in the file.
 *
 * The scalars are generated with a seed: MANIFEST_SEED=N runs the one that failed, and prints it.
 */
#include "config.h"

#include "compiler/manifest/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/cfc.h"
#include "compiler/embed.h"
#include "tests/fuzz/fuzz_manifest.h"
#include "tests/support/check_main.h"

/* ---- generated scalars ---- */

#define ROUNDS 40000u
#define SLICES 8

static uint32_t state;

static unsigned
below(unsigned n)
{
	state = state * 1664525u + 1013904223u;
	return (unsigned)(state >> 10) % n;
}

/* What YAML treats in some way of its own, and words. */
static const char *const pieces[] = {
	" ",
	"  ",
	"\t",
	"\n",
	"\n\n",
	"\r\n",
	"\r",
	"a",
	"b c",
	"#",
	" # x",
	":",
	": ",
	"-",
	"- ",
	"'",
	"''",
	"\"",
	"\\n",
	"\\t",
	"\\\"",
	"\\\\",
	"\\\n",
	"\\x41",
	"\\N",
	"\\_",
	"\\u00e9",
	"\\U0001F600",
	"\\L",
	"\\/",
	"\\ ",
	"{",
	"}",
	"[",
	",",
	"&a",
	"*a",
	"!",
	"|",
	">",
	"%",
	"@",
	"\xc3\xa9",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xef\xbb\xbf",
	". {\n",
	"  errors\n",
	"}\n",
	"    ",
	"\n    ",
	"\xf0\x9f\x8c\x8d",
	"---\n",
	"...\n",
};

static void
put_random(struct buf *out, unsigned n)
{
	for (unsigned i = below(n + 1); i > 0; i--)
		buf_puts(out, pieces[below(ARRAY_SIZE(pieces))]);
}

/* A block scalar whose lines are indented as they should be, but for a few. */
static void
put_block(struct buf *out, unsigned indent)
{
	static const char *const headers[] = { "|",  ">",  "|-",  ">-",  "|+",
					       ">+", "|2", ">1-", "|+3", "|4" };

	buf_puts(out, headers[below(ARRAY_SIZE(headers))]);
	buf_puts(out, below(6) == 0 ? " # comment\n" : below(9) == 0 ? "\r\n" : "\n");
	for (unsigned i = below(8); i > 0; i--) {
		unsigned odd = below(12);
		unsigned blanks = odd == 0   ? indent + below(4)
				  : odd == 1 ? below(indent + 1)
					     : indent;

		if (below(5) > 0) {
			buf_printf(out, "%*s", (int)blanks, "");
			put_random(out, 4);
		}
		buf_puts(out, below(10) == 0 ? "\r\n" : "\n");
	}
}

static void
put_flow(struct buf *out, char quote)
{
	if (quote != '\0')
		buf_putc(out, quote);
	else
		buf_puts(out, "x");
	for (unsigned i = below(6); i > 0; i--) {
		put_random(out, 4);
		if (below(2) == 0)
			buf_printf(out, "\n%*s", (int)below(8), "");
	}
	if (quote != '\0')
		buf_putc(out, quote);
	buf_puts(out, "\n");
}

static void
put_scalar(struct buf *out, unsigned indent)
{
	static const char *const before[] = { "&a ", "!!str ", "&a !!str ", "!x\n      ",
					      "&a # c\n    " };

	if (below(6) == 0)
		buf_puts(out, before[below(ARRAY_SIZE(before))]);
	switch (below(5)) {
	case 0:
		put_flow(out, '\0');
		break;
	case 1:
		put_flow(out, '\'');
		break;
	case 2:
		put_flow(out, '"');
		break;
	default:
		put_block(out, indent);
		break;
	}
}

static void
generate(struct buf *out)
{
	if (below(20) == 0)
		buf_puts(out, "\xef\xbb\xbf");
	if (below(4) == 0)
		buf_puts(out, "# \xc3\xa9\n---\n");
	buf_puts(out, "kind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile: ");
	put_scalar(out, 4);
	if (below(2) == 0) {
		buf_puts(out, below(3) == 0 ? "  a.b:\n    " : "  Corefile.2: ");
		put_scalar(out, 4);
	}
	if (below(6) == 0)
		buf_puts(out, "  x.corefile: *a\n");
}

START_TEST(scalars)
{
	const char *only = getenv("MANIFEST_SEED");
	unsigned first = (unsigned)_i * (ROUNDS / SLICES);
	size_t found = 0, edits = 0;

	for (unsigned seed = first; seed < first + ROUNDS / SLICES; seed++) {
		struct buf text;

		if (only != NULL && strtoul(only, NULL, 10) != seed)
			continue;
		state = seed * 2654435761u;
		buf_init(&text, 1 << 20);
		generate(&text);
		if (only != NULL)
			fprintf(stderr, "%s\n----\n", buf_cstr(&text));
		found += fuzz_manifest_text(buf_cstr(&text), text.len, &edits);
		buf_release(&text);
	}
	/* Most are YAML, and many of them can be edited, or the test says nothing. */
	if (only == NULL) {
		ck_assert_uint_ge(found, ROUNDS / SLICES / 2);
		ck_assert_uint_ge(edits, ROUNDS / SLICES / 8);
	}
}
END_TEST

static TCase *
scalars_case(void)
{
	TCase *t = tcase_create("scalars");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, scalars, 0, SLICES);
	return t;
}

TEST_MAIN_CASES("manifest", scalars_case)
