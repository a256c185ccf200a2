/*
 * socket.h - making the server's sockets.  For the server's own files.
 *
 * All are non-blocking, closed on exec and share their port (SO_REUSEPORT), one per worker.
 */
#ifndef RT_SOCKET_H
#define RT_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct socket_failure {
	const char *protocol; /* "udp", "tcp" */
	const char *call;     /* "bind" */
	int sys_errno;
};

/* [::] if this machine has IPv6, else 0.0.0.0; port 0. */
void socket_any_address(struct addr *a);

/* 0.0.0.0 stands for all addresses, IPv6 too if this machine has it, as in programs written in Go. */
void socket_widen(struct addr *a);

/*
 * A bound socket, or -1 with *failure filled.  wildcard: tell which address a packet came to; [::]
 * takes IPv4 as well.  TCP sockets do not listen yet.
 */
int socket_udp(const struct addr *a, bool wildcard, struct socket_failure *failure);
int socket_tcp(const struct addr *a, bool wildcard, struct socket_failure *failure);

/* From now on connections are taken.  0 or RT_ESYS (errno). */
int socket_listen(int fd) RT_MUST_CHECK;

/* The port it is bound to. */
uint16_t socket_port(int fd);

#endif
