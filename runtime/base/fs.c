/*
 * Whole files, bounded.
 */
#include "config.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "base/error.h"

#define FIRST_READ 16384u /* bytes, where the size is not known beforehand */

static int
system_error(struct fs_file *f)
{
	f->sys_errno = errno;
	return errno == ENOENT ? RT_ENOENT : RT_ESYS;
}

static void
id_from_stat(struct fs_id *id, const struct stat *st)
{
	id->mtime_ns = (int64_t)st->st_mtim.tv_sec * CLOCK_NS_PER_S + st->st_mtim.tv_nsec;
	id->size = (uint64_t)st->st_size;
	id->inode = (uint64_t)st->st_ino;
	id->device = (uint64_t)st->st_dev;
}

static int
check_kind(struct fs_file *f, int fd, size_t limit, unsigned flags)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return system_error(f);
	if (S_ISREG(st.st_mode)) {
		id_from_stat(&f->id, &st);
		return f->id.size > limit ? RT_ETOOBIG : 0;
	}
	if ((flags & FS_ALLOW_FIFO) && !S_ISDIR(st.st_mode) && !S_ISBLK(st.st_mode))
		return 0;
	return RT_EKIND;
}

/* Room for at least one more byte than is used, and the NUL. */
static bool
grow(struct fs_file *f, size_t *cap, size_t limit)
{
	size_t want = *cap > 0 ? *cap * 2 : FIRST_READ;
	char *p;

	if (*cap == 0 && f->id.size >= FIRST_READ)
		want = (size_t)f->id.size + 2;
	if (want > limit + 2)
		want = limit + 2;
	p = realloc(f->data, want);
	if (p == NULL)
		return false;
	f->data = p;
	*cap = want;
	return true;
}

/* Read to the end, or one byte beyond the limit. */
static int
read_all(struct fs_file *f, int fd, size_t limit)
{
	size_t cap = 0;

	for (;;) {
		ssize_t n;

		if (f->len + 1 >= cap && !grow(f, &cap, limit))
			return RT_ENOMEM;
		n = read(fd, f->data + f->len, cap - 1 - f->len);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return system_error(f);
		}
		if (n == 0)
			break;
		f->len += (size_t)n;
		if (f->len > limit)
			return RT_ETOOBIG;
	}
	f->data[f->len] = '\0';
	return 0;
}

int
fs_read_fd(struct fs_file *f, int fd, size_t limit, unsigned flags)
{
	int rc;

	memset(f, 0, sizeof(*f));
	/* Two bytes more than the limit must be a size: one to see that it is exceeded, one NUL. */
	if (limit > SIZE_MAX - 2)
		limit = SIZE_MAX - 2;
	rc = check_kind(f, fd, limit, flags);
	if (rc == 0)
		rc = read_all(f, fd, limit);
	if (rc < 0) {
		free(f->data);
		f->data = NULL;
		f->len = 0;
	}
	return rc;
}

int
fs_read(struct fs_file *f, const char *path, size_t limit, unsigned flags)
{
	int mode = O_RDONLY | O_CLOEXEC | O_NOCTTY;
	int fd;
	int rc;

	/* Opening a FIFO waits for a writer unless told not to. */
	if (!(flags & FS_ALLOW_FIFO))
		mode |= O_NONBLOCK;
	fd = open(path, mode);
	if (fd < 0) {
		memset(f, 0, sizeof(*f));
		return system_error(f);
	}
	rc = fs_read_fd(f, fd, limit, flags);
	close(fd);
	return rc;
}

void
fs_file_release(struct fs_file *f)
{
	free(f->data);
	memset(f, 0, sizeof(*f));
}

int
fs_identify(struct fs_id *id, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? RT_ENOENT : RT_ESYS;
	id_from_stat(id, &st);
	return 0;
}

bool
fs_id_equal(const struct fs_id *a, const struct fs_id *b)
{
	return a->mtime_ns == b->mtime_ns && a->size == b->size && a->inode == b->inode &&
	       a->device == b->device;
}

const char *
fs_strerror(int rc, int sys_errno, char *out, size_t size)
{
	char text[128];

	if (sys_errno != 0)
		snprintf(out, size, "%s", strerror_r(sys_errno, text, sizeof(text)));
	else
		snprintf(out, size, "%s", rt_strerror(rc));
	return out;
}
