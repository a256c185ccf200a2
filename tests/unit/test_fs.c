/*
 * Reading whole files: limits, kinds, identities.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "tests/support/check_main.h"

static char dir[32];
static char path[64];

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/test_fs.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
}

static void
teardown(void)
{
	unlink(path);
	rmdir(dir);
}

static void
write_file(size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < len; i++)
		fputc('a' + (int)(i % 26), f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(content_and_limit)
{
	static const size_t sizes[] = { 0, 1, 16381, 16382, 16383, 16384, 16385, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct fs_file f;

		write_file(sizes[i]);
		ck_assert_int_eq(fs_read(&f, path, sizes[i], 0), 0);
		ck_assert_uint_eq(f.len, sizes[i]);
		ck_assert_uint_eq(f.id.size, sizes[i]);
		ck_assert_int_eq(f.data[f.len], '\0');
		ck_assert_uint_eq(strlen(f.data), f.len);
		fs_file_release(&f);
		if (sizes[i] > 0)
			ck_assert_int_eq(fs_read(&f, path, sizes[i] - 1, 0), RT_ETOOBIG);
		fs_file_release(&f);
	}
}
END_TEST

START_TEST(what_is_not_a_file)
{
	struct fs_file f;
	char text[128];

	ck_assert_int_eq(fs_read(&f, path, 10, 0), RT_ENOENT);
	ck_assert_int_eq(f.sys_errno, ENOENT);
	ck_assert_str_eq(fs_strerror(RT_ENOENT, f.sys_errno, text, sizeof(text)),
			 "No such file or directory");
	ck_assert_str_eq(fs_strerror(RT_EKIND, 0, text, sizeof(text)), "not a regular file");
	ck_assert_int_eq(fs_read(&f, dir, 10, 0), RT_EKIND);
	ck_assert_int_eq(fs_read(&f, dir, 10, FS_ALLOW_FIFO), RT_EKIND);
	ck_assert_int_eq(fs_read(&f, "/dev/null", 10, 0), RT_EKIND);
	ck_assert_int_eq(fs_read(&f, "/dev/null", 10, FS_ALLOW_FIFO), 0);
	ck_assert_uint_eq(f.len, 0);
	fs_file_release(&f);
	/* Must not wait for somebody to write. */
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(fs_read(&f, path, 10, 0), RT_EKIND);
}
END_TEST

START_TEST(pipes)
{
	struct fs_file f;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "hello", 5), 5);
	close(fds[1]);
	ck_assert_int_eq(fs_read_fd(&f, fds[0], 5, FS_ALLOW_FIFO), 0);
	ck_assert_str_eq(f.data, "hello");
	fs_file_release(&f);
	close(fds[0]);

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "hello", 5), 5);
	close(fds[1]);
	ck_assert_int_eq(fs_read_fd(&f, fds[0], 4, FS_ALLOW_FIFO), RT_ETOOBIG);
	close(fds[0]);
	ck_assert_int_eq(fs_read_fd(&f, fds[0], 4, FS_ALLOW_FIFO), RT_ESYS);
	ck_assert_int_eq(f.sys_errno, EBADF);
}
END_TEST

START_TEST(identity_changes_with_the_file)
{
	struct fs_file f;
	struct fs_id id;
	char other[80];

	write_file(10);
	ck_assert_int_eq(fs_read(&f, path, 10, 0), 0);
	ck_assert_int_eq(fs_identify(&id, path), 0);
	ck_assert(fs_id_equal(&f.id, &id));

	/* A replacement of the same size and time is another inode. */
	snprintf(other, sizeof(other), "%s.old", path);
	ck_assert_int_eq(rename(path, other), 0);
	write_file(10);
	ck_assert_int_eq(fs_identify(&id, path), 0);
	id.mtime_ns = f.id.mtime_ns;
	ck_assert(!fs_id_equal(&f.id, &id));
	unlink(other);
	fs_file_release(&f);
	unlink(path);
	ck_assert_int_eq(fs_identify(&id, path), RT_ENOENT);
}
END_TEST

static TCase *
all(void)
{
	TCase *tc = tcase_create("fs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, content_and_limit);
	tcase_add_test(tc, what_is_not_a_file);
	tcase_add_test(tc, pipes);
	tcase_add_test(tc, identity_changes_with_the_file);
	return tc;
}

TEST_MAIN_CASES("fs", all)
