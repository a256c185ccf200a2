/*
 * echo.c - the limit: a server that only turns each datagram round, in batches, on one thread.
 *
 * It sets QR and gives back the question; what a DNS server costs beyond this is its own doing.
 */
#include "config.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/compiler.h"

#define BATCH 64
#define SIZE  2048

static int
open_socket(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0) {
		perror("echo");
		exit(1);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	static uint8_t data[BATCH][SIZE];
	static struct sockaddr_storage from[BATCH];
	static struct iovec iov[BATCH];
	static struct mmsghdr msgs[BATCH];

	if (argc != 2) {
		fputs("usage: echo PORT\n", stderr);
		return 2;
	}
	int fd = open_socket((uint16_t)strtoul(argv[1], NULL, 10));
	for (unsigned i = 0; i < BATCH; i++) {
		iov[i].iov_base = data[i];
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &from[i];
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		for (unsigned i = 0; i < BATCH; i++) {
			iov[i].iov_len = SIZE;
			msgs[i].msg_hdr.msg_namelen = sizeof(from[i]);
		}
		int n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < n; i++) {
			data[i][2] |= 0x80;
			iov[i].iov_len = msgs[i].msg_len;
		}
		for (int done = 0; done < n;) {
			int sent = sendmmsg(fd, msgs + done, (unsigned)(n - done), 0);

			done += sent > 0 ? sent : 1;
		}
	}
}
