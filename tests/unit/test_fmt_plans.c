/*
 * Formatting keeps the plan: on every Corefile in this tree, and on ten thousand generated ones.
 *
 * The generator is seeded: FMT_SEED=N runs the one text that failed, and prints it.
 */
#include "config.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/cfc.h"
#include "compiler/plugins.h"
#include "tests/fuzz/fuzz_fmt.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile_gen.h"

#define ROUNDS 10000
#define SLICES 8

START_TEST(generated)
{
	const char *only = getenv("FMT_SEED");
	unsigned first = (unsigned)_i * (ROUNDS / SLICES), formatted = 0;
	struct cfc c;

	cfc_init(&c);
	cfc_plugins_init(&c);
	for (unsigned seed = first; seed < first + ROUNDS / SLICES; seed++) {
		struct buf text;
		if (only != NULL && strtoul(only, NULL, 10) != seed)
			continue;
		buf_init(&text, 1 << 20);
		corefile_gen(&c, seed, &text);
		ck_assert(!text.overflow);
		if (only != NULL)
			fprintf(stderr, "%s\n----\n", buf_cstr(&text));
		formatted += fuzz_fmt_text(buf_cstr(&text), text.len);
		buf_release(&text);
	}
	/* Most of them must get that far, or the test says nothing. */
	ck_assert_uint_ge(formatted, only != NULL ? 0 : ROUNDS / SLICES * 3 / 4);
	cfc_release(&c);
}
END_TEST

static unsigned nfiles, nformatted;

static int
look_at(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	const char *name = path + at->base;
	if (kind != FTW_F || strncmp(name, "Corefile", 8) != 0 || strchr(name, '.') != NULL)
		return 0;
	nfiles++;
	nformatted += fuzz_fmt_file(path);
	return 0;
}

START_TEST(all_of_the_tree)
{
	const char *srcdir = getenv("srcdir");
	static const char *const folders[] = { "examples", "tests/golden", "tests/unit/front" };

	ck_assert_int_eq(chdir(srcdir == NULL ? "." : srcdir), 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		ck_assert_int_eq(nftw(folders[i], look_at, 16, FTW_PHYS), 0);
	ck_assert_uint_gt(nfiles, 60);
	ck_assert_uint_gt(nformatted, nfiles / 2);
}
END_TEST

static TCase *
plans_case(void)
{
	TCase *t = tcase_create("plans");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, generated, 0, SLICES);
	tcase_add_test(t, all_of_the_tree);
	return t;
}

TEST_MAIN_CASES("fmt_plans", plans_case)
