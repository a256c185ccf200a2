/*
 * Making the server's sockets.
 */
#include "config.h"

#include "socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

/*
 * What to ask for; the kernel gives as much as net.core.rmem_max allows.  A burst of small queries
 * fills the default in a few milliseconds, because each counts with all its overhead.
 */
#define RECEIVE_BUFFER (4 << 20)
#define SEND_BUFFER    (2 << 20)

#define LISTEN_BACKLOG 1024

static void
set_option(int fd, int level, int name, int value)
{
	/* Best effort: every option set by this function is an improvement, not a need. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

void
socket_any_address(struct addr *a)
{
	static const uint8_t zero[16];
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0)
		addr_from_v6(a, zero, 0);
	else
		addr_from_v4(a, zero, 0);
	if (fd >= 0)
		close(fd);
}

void
socket_widen(struct addr *a)
{
	uint16_t port = a->port;

	if (a->family != ADDR_V4 || !addr_is_unspecified(a))
		return;
	socket_any_address(a);
	a->port = port;
}

static int
fail(int fd, struct socket_failure *failure, const char *call)
{
	failure->call = call;
	failure->sys_errno = errno;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A socket of this type that is ready to be bound. */
static int
open_socket(const struct addr *a, bool wildcard, int type, struct socket_failure *failure)
{
	int family = a->family == ADDR_V6 ? AF_INET6 : AF_INET;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;
	int v6only = !wildcard;

	if (fd < 0)
		return fail(fd, failure, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return fail(fd, failure, "SO_REUSEPORT");
	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)) < 0)
		return fail(fd, failure, "IPV6_V6ONLY");
	return fd;
}

static int
bind_socket(int fd, const struct addr *a, struct socket_failure *failure)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(a, &ss);

	if (bind(fd, (struct sockaddr *)&ss, len) < 0)
		return fail(fd, failure, "bind");
	return fd;
}

/* Replies must not be steered by forged "fragmentation needed" messages: ignore path MTU. */
static void
ignore_path_mtu(int fd, const struct addr *a)
{
	set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
	if (a->family == ADDR_V6)
		set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
}

int
socket_udp(const struct addr *a, bool wildcard, struct socket_failure *failure)
{
	int fd;
	int on = 1;

	failure->protocol = "udp";
	fd = open_socket(a, wildcard, SOCK_DGRAM, failure);
	if (fd < 0)
		return -1;
	if (wildcard && a->family == ADDR_V6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) < 0)
		return fail(fd, failure, "IPV6_RECVPKTINFO");
	if (wildcard && a->family == ADDR_V4 &&
	    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0)
		return fail(fd, failure, "IP_PKTINFO");
	set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	set_option(fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER);
	ignore_path_mtu(fd, a);
	return bind_socket(fd, a, failure);
}

int
socket_tcp(const struct addr *a, bool wildcard, struct socket_failure *failure)
{
	int fd;

	failure->protocol = "tcp";
	fd = open_socket(a, wildcard, SOCK_STREAM, failure);
	if (fd < 0)
		return -1;
	/* Connections of a server that has just ended do not keep a new one from starting. */
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* Inherited by connections: replies are written whole, so nothing is worth waiting for. */
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return bind_socket(fd, a, failure);
}

int
socket_listen(int fd)
{
	return listen(fd, LISTEN_BACKLOG) < 0 ? RT_ESYS : 0;
}

uint16_t
socket_port(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct addr a;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    addr_from_sockaddr(&a, (struct sockaddr *)&ss, len) < 0)
		return 0;
	return a.port;
}
