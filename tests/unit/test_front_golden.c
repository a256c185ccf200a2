/*
 * Stored results of the language front end: tests/unit/front/CASE/Corefile and what comes of it,
 *
 *	Corefile.err	every report, as printed
 *	Corefile.ast	syntax tree, effective tree, zones
 *	Corefile.fmt	the formatted text; absent where the formatter refuses
 *
 * A case named CFnnnn-… must report that id; one named ok-… must report nothing. With
 * GOLDEN_UPDATE=1 the expected files are written instead of compared; look at the difference before
 * committing it.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "compiler/syntax/fmt.h"
#include "compiler/syntax/keys.h"
#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

#define CASES_MAX 200

static char *folders[CASES_MAX];
static int nfolders;
static char root[4096];

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
find_cases(void)
{
	const char *srcdir = getenv("srcdir");
	char relative[2048];

	snprintf(relative, sizeof(relative), "%s/tests/unit/front", srcdir == NULL ? "." : srcdir);
	if (realpath(relative, root) == NULL)
		return;
	DIR *d = opendir(root);
	if (d == NULL)
		return;
	for (const struct dirent *e; (e = readdir(d)) != NULL && nfolders < CASES_MAX;)
		if (e->d_name[0] != '.')
			folders[nfolders++] = strdup(e->d_name);
	closedir(d);
	qsort(folders, (size_t)nfolders, sizeof(folders[0]), compare_names);
}

/* Compare with, or write, one expected file; text NULL = there must be none. */
static void
check_file(const char *name, const char *file, const char *text)
{
	struct fs_file f;

	if (getenv("GOLDEN_UPDATE") != NULL) {
		unlink(file);
		FILE *out = text == NULL ? NULL : fopen(file, "w");
		if (out != NULL) {
			fputs(text, out);
			fclose(out);
		}
		return;
	}
	if (text == NULL) {
		ck_assert_msg(access(file, F_OK) != 0, "%s/%s is not expected", name, file);
		return;
	}
	ck_assert_msg(fs_read(&f, file, 1 << 24, 0) == 0, "%s/%s is missing; got\n%s", name, file,
		      text);
	ck_assert_msg(strcmp(f.data, text) == 0, "%s/%s: got\n%s\nexpected\n%s", name, file, text,
		      f.data);
	fs_file_release(&f);
}

/* Zones of all blocks, checked as if none had 'bind' or 'view'. */
static void
put_zones(struct front *f, FILE *out)
{
	struct cfc_overlap *o = cfc_overlap_new(&f->c);

	for (size_t i = 0; i < f->tree.nservers; i++) {
		struct cfc_zones zones = { .list = NULL };
		cfc_server_zones(&f->c, &f->tree.servers[i], &zones);
		for (size_t j = 0; j < zones.count; j++) {
			const struct cfc_zone *z = &zones.list[j];
			fprintf(out, "zone %zu %s://%s:%u\n", i, cfc_scheme_name(z->scheme),
				z->name, (unsigned)z->port);
			cfc_overlap_add(&f->c, o, z, "", false);
		}
	}
}

START_TEST(golden)
{
	const char *name = folders[_i];
	char path[4608];
	struct front f;
	char *ast;
	char *text = NULL;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	ck_assert_int_eq(chdir(path), 0);
	front_open(&f);
	front_expand_file(&f, "Corefile");
	FILE *out = open_memstream(&ast, &len);
	ck_assert_ptr_nonnull(out);
	cfc_source_dump(f.unit, out);
	cfc_tree_dump(&f.tree, out);
	put_zones(&f, out);
	fclose(out);
	const char *diags = front_diags(&f);
	const char *ids = front_ids(&f);
	if (strncmp(name, "ok-", 3) == 0)
		ck_assert_msg(ids[0] == '\0', "%s reports\n%s", name, diags);
	else
		ck_assert_msg(strncmp(name, "CF", 2) == 0 && strstr(ids, "CF") != NULL &&
				      strstr(diags, cfc_printf(&f.c, "[%.6s]", name)) != NULL,
			      "%s does not report it but\n%s", name, diags);
	check_file(name, "Corefile.err", diags);
	check_file(name, "Corefile.ast", ast);
	bool formatted = cfc_fmt(&f.c, f.unit, &text, &len);
	check_file(name, "Corefile.fmt", formatted ? text : NULL);
	free(ast);
	front_close(&f);
}
END_TEST

START_TEST(there_are_cases)
{
	ck_assert_int_gt(nfolders, 20);
	ck_assert_int_lt(nfolders, CASES_MAX);
}
END_TEST

static TCase *
golden_case(void)
{
	TCase *t = tcase_create("golden");

	find_cases();
	tcase_set_timeout(t, 30);
	tcase_add_test(t, there_are_cases);
	tcase_add_loop_test(t, golden, 0, nfolders);
	return t;
}

TEST_MAIN_CASES("front_golden", golden_case)
