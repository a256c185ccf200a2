/*
 * LD_PRELOAD for servers under test: watches the messages of several replies (UDP_SEGMENT) that go to the
 * kernel, or plays a kernel or a device that will not have them.
 *
 *	GROUPS=pass	lets everything through
 *	GROUPS=unknown	a kernel that does not know UDP_SEGMENT
 *	GROUPS=refuse	such messages cannot be sent
 *	GROUPS=deny	no message at all can be sent
 *	GROUPS=full	the socket's buffer is full for such messages
 *	GROUPS_LOG=file	the number of replies of each such message is appended: one line
 *
 * The functions stand before those of libc with their names, and call them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int sendmmsg_fn(int, struct mmsghdr *, unsigned, int);
typedef int getsockopt_fn(int, int, int, void *, socklen_t *);

static bool
mode_is(const char *mode)
{
	const char *have = getenv("GROUPS");

	return have != NULL && strcmp(have, mode) == 0;
}

static void
note(const struct msghdr *m)
{
	FILE *log = fopen(getenv("GROUPS_LOG"), "a");

	if (log == NULL)
		abort();
	fprintf(log, "%zu\n", (size_t)m->msg_iovlen);
	fclose(log);
}

/* 0, or the error that this message meets. */
static int
error_of(const struct msghdr *m)
{
	if (mode_is("deny"))
		return EPERM;
	if (m->msg_iovlen > 1 && mode_is("refuse"))
		return EIO;
	if (m->msg_iovlen > 1 && mode_is("full"))
		return EAGAIN;
	return 0;
}

/* Message by message, as the kernel does it: an error is only told if it is the first one's. */
int
sendmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags)
{
	sendmmsg_fn *real = (sendmmsg_fn *)dlsym(RTLD_NEXT, "sendmmsg");

	for (unsigned i = 0; i < n; i++) {
		int e = error_of(&msgs[i].msg_hdr);

		if (e != 0 && i > 0)
			return (int)i;
		if (msgs[i].msg_hdr.msg_iovlen > 1)
			note(&msgs[i].msg_hdr);
		if (e != 0) {
			errno = e;
			return -1;
		}
		if (real(fd, &msgs[i], 1, flags) != 1)
			return i > 0 ? (int)i : -1;
	}
	return (int)n;
}

int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	if (level == IPPROTO_UDP && name == UDP_SEGMENT && mode_is("unknown")) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return ((getsockopt_fn *)dlsym(RTLD_NEXT, "getsockopt"))(fd, level, name, value, len);
}
