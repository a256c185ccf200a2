/*
 * Reading source units.
 */
#include "config.h"

#include "compiler/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check_main.h"
#include "tests/support/corefile.h"

static char folder[] = "/tmp/corefile-source-XXXXXX";

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void
remove_folder(void)
{
	char command[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

START_TEST(lines_and_places)
{
	struct front f;
	size_t len;

	front_open(&f);
	const struct cfc_source *s = cfc_source_text(&f.c, "x", "ab\r\n\ncd", 7);
	ck_assert_uint_eq(s->nlines, 3);
	ck_assert_int_eq(strncmp(cfc_source_line(s, 1, &len), "ab", 2), 0);
	ck_assert_uint_eq(len, 2);
	cfc_source_line(s, 2, &len);
	ck_assert_uint_eq(len, 0);
	ck_assert_str_eq(cfc_source_line(s, 3, &len), "cd");
	cfc_source_line(s, 0, &len);
	ck_assert_uint_eq(len, 0);
	cfc_source_line(s, 4, &len);
	ck_assert_uint_eq(len, 0);
	for (size_t i = 0; i <= 7; i++) {
		struct cfc_span span = cfc_source_span(s, i, 1);
		ck_assert_uint_eq(cfc_span_offset(span), i);
		ck_assert_uint_eq(span.line, i < 4 ? 1 : i < 5 ? 2 : 3);
	}
	s = cfc_source_text(&f.c, "x", "", 0);
	ck_assert_uint_eq(s->nlines, 1);
	front_close(&f);
}
END_TEST

START_TEST(files_are_read_once)
{
	struct front f;

	write_file("a", "text\n");
	write_file("b", "text\n");
	front_open(&f);
	struct cfc_source *a = cfc_source_file(&f.c, "a", cfc_no_span());
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->text, "text\n");
	ck_assert_str_eq(a->path, "a");
	ck_assert_int_eq(a->kind, CFC_SOURCE_FILE);
	ck_assert_ptr_eq(cfc_source_file(&f.c, "a", cfc_no_span()), a);
	ck_assert_ptr_ne(cfc_source_file(&f.c, "b", cfc_no_span()), a);
	/* Another file under the same name is another unit. */
	ck_assert_int_eq(rename("b", "a"), 0);
	ck_assert_ptr_ne(cfc_source_file(&f.c, "a", cfc_no_span()), a);
	ck_assert_uint_eq(f.c.nsources, 3);
	front_close(&f);
}
END_TEST

START_TEST(descriptors_are_read_to_their_end)
{
	struct front f;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "a b", 3), 3);
	close(fds[1]);
	front_open(&f);
	struct cfc_source *s = cfc_source_fd(&f.c, fds[0], "<stdin>");
	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->text, "a b");
	ck_assert_int_eq(s->kind, CFC_SOURCE_STDIN);
	close(fds[0]);
	ck_assert_ptr_null(cfc_source_fd(&f.c, fds[0], "<stdin>"));
	ck_assert_str_eq(front_ids(&f), "CF1000");
	front_close(&f);
}
END_TEST

static void
check_refused(const char *path, const char *message)
{
	struct front f;

	front_open(&f);
	ck_assert_ptr_null(cfc_source_file(&f.c, path, cfc_no_span()));
	ck_assert_str_eq(front_ids(&f), "CF1000");
	ck_assert_msg(strstr(front_diags(&f), message) != NULL, "%s", front_diags(&f));
	front_close(&f);
}

START_TEST(what_cannot_be_read)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	write_file("file", "x");
	write_file("big", "x");
	ck_assert_int_eq(truncate("big", (off_t)CFC_SOURCE_MAX + 1), 0);
	check_refused("absent", "cannot read 'absent': ");
	check_refused("d", "'d' is a directory, a file was expected");
	check_refused("d", "name the file in it: 'd/Corefile'");
	check_refused("loop", "cannot read 'loop': ");
	check_refused("file/x", "cannot read 'file/x': ");
	check_refused("big", "'big' is larger than 64 MiB");
	check_refused("", "cannot read ''");
}
END_TEST

/* Nobody writes into it, so that reading would wait without end. */
START_TEST(a_pipe_is_not_imported)
{
	struct front f;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	front_open(&f);
	struct cfc_source *unit = cfc_source_text(&f.c, "Corefile", "import pipe", 11);
	ck_assert_ptr_null(cfc_source_file(&f.c, "pipe", cfc_source_span(unit, 7, 4)));
	ck_assert_str_eq(front_ids(&f), "CF1007");
	ck_assert_ptr_nonnull(strstr(front_diags(&f), "'pipe' is no file that can be read"));
	front_close(&f);
}
END_TEST

START_TEST(texts_have_the_same_limit)
{
	struct front f;
	char *text = calloc(1, CFC_SOURCE_MAX + 1);

	ck_assert_ptr_nonnull(text);
	front_open(&f);
	ck_assert_ptr_null(cfc_source_text(&f.c, "x", text, CFC_SOURCE_MAX + 1));
	ck_assert_str_eq(front_ids(&f), "CF1000");
	ck_assert_ptr_nonnull(cfc_source_text(&f.c, "x", text, CFC_SOURCE_MAX));
	front_close(&f);
	free(text);
}
END_TEST

static TCase *
source_case(void)
{
	TCase *t = tcase_create("source");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, lines_and_places);
	tcase_add_test(t, files_are_read_once);
	tcase_add_test(t, descriptors_are_read_to_their_end);
	tcase_add_test(t, what_cannot_be_read);
	tcase_add_test(t, a_pipe_is_not_imported);
	tcase_add_test(t, texts_have_the_same_limit);
	return t;
}

TEST_MAIN_CASES("source", source_case)
