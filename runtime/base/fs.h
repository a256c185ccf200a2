/*
 * Reading whole files, and telling whether a file has changed.
 *
 *	struct fs_file f;
 *	int rc = fs_read(&f, "/etc/hosts", 16 << 20, 0);
 *	if (rc < 0)
 *		report(path, fs_strerror(rc, f.sys_errno, text, sizeof(text)));
 *	... f.data, f.len, f.id ...
 *	fs_file_release(&f);
 *
 * Every read has a limit in bytes.  By default only regular files are read: a FIFO or device
 * in a configured place would block a server; FS_ALLOW_FIFO is for what the user
 * names on a command line (process substitution, /dev/stdin).  A file that grows
 * while it is read is read up to its end or the limit.
 *
 * The identity (time of change, size, inode) is taken from the open file, so that it
 * belongs to the bytes that were read.  A reload check compares it with fs_identify:
 * replacing a file by rename changes the inode even when time and size stay.
 *
 * Blocking: call from start-up code or the service thread, never from a worker.
 */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define FS_ALLOW_FIFO (1u << 0) /* FIFOs, pipes and character devices may be read too */

struct fs_id {
	int64_t mtime_ns; /* since the epoch */
	uint64_t size;    /* bytes */
	uint64_t inode;
	uint64_t device;
};

struct fs_file {
	char *data;      /* content followed by a NUL; owned, NULL on failure */
	size_t len;      /* bytes without the NUL */
	struct fs_id id; /* zero for FIFOs */
	int sys_errno;   /* why, when the result is RT_ESYS or RT_ENOENT; else 0 */
};

/*
 * Read the file at path whole, at most limit bytes.  Returns 0; RT_ENOENT; RT_ESYS
 * (see f->sys_errno); RT_EKIND: a directory, or not allowed by flags; RT_ETOOBIG: over
 * limit; RT_ENOMEM.  On failure f needs no release but may have one.
 */
int fs_read(struct fs_file *f, const char *path, size_t limit, unsigned flags) RT_MUST_CHECK;

/* The same from an open descriptor, which stays open. */
int fs_read_fd(struct fs_file *f, int fd, size_t limit, unsigned flags) RT_MUST_CHECK;

/* Free the content.  A zeroed struct is allowed. */
void fs_file_release(struct fs_file *f);

/* Identity of the file at path, following symbolic links.  0, RT_ENOENT or RT_ESYS. */
int fs_identify(struct fs_id *id, const char *path) RT_MUST_CHECK;

bool fs_id_equal(const struct fs_id *a, const struct fs_id *b);

/*
 * A text for a result of fs_read: that of sys_errno when there is one, else that of rc.
 * Written to out, which is also returned.
 */
const char *fs_strerror(int rc, int sys_errno, char *out, size_t size);

#endif
