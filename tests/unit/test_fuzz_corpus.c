/*
 * The stored inputs of the fuzz targets, among them all that once failed.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/fs.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/check_main.h"

static const struct {
	const char *name;
	fuzz_fn *run;
	const char *inputs; /* NULL = the Corefiles */
} targets[] = {
	{ "lexer", fuzz_lexer, NULL },
	{ "parser", fuzz_parser, NULL },
	{ "corefile", fuzz_corefile, NULL },
	{ "plan", fuzz_plan, NULL },
	{ "fmt", fuzz_fmt, NULL },
	{ "manifest", fuzz_manifest, "../corpus/manifest" },
	{ "message", fuzz_message, "../corpus/message" },
	{ "lsp", fuzz_lsp, "../corpus/lsp" },
};

/* The texts are for all targets that read Corefiles. */
static unsigned
feed(const char *folder, fuzz_fn *run)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		char path[4096];
		struct fs_file f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		ck_assert_int_eq(fs_read(&f, path, 1 << 20, 0), 0);
		run((const uint8_t *)f.data, f.len);
		fs_file_release(&f);
		n++;
	}
	closedir(d);
	return n;
}

START_TEST(stored)
{
	const char *srcdir = getenv("srcdir");
	static const char *const texts[] = { "../corpus/corefile", "../corpus/fmt" };
	unsigned n = 0;

	/* Files of the same name are imported from here. */
	ck_assert_int_eq(chdir(srcdir == NULL ? "." : srcdir), 0);
	ck_assert_int_eq(chdir("tests/fuzz/files"), 0);
	if (targets[_i].inputs != NULL)
		n = feed(targets[_i].inputs, targets[_i].run);
	for (size_t i = 0; i < ARRAY_SIZE(texts) && targets[_i].inputs == NULL; i++)
		n += feed(texts[i], targets[_i].run);
	ck_assert_uint_ge(n, targets[_i].run == fuzz_lsp ? 2 : 8);
}
END_TEST

static TCase *
corpus_case(void)
{
	TCase *t = tcase_create("corpus");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, stored, 0, ARRAY_SIZE(targets));
	return t;
}

TEST_MAIN_CASES("fuzz corpus", corpus_case)
