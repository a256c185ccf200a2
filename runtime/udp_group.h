/*
 * udp_group.h - several datagrams in one message to the kernel.  For udp.c and upstream_udp.c.
 *
 * A message with UDP_SEGMENT in its control data goes down through the kernel as one packet and is cut
 * into datagrams of that length on the way out, the last of which may be shorter.  What a packet costs on
 * its way (route, filters, queues, the system call's own work) is paid once then, so that replies to one
 * client which are sent at the same time cost about two thirds of what they cost one by one.  Clients see
 * the same datagrams.
 *
 *	udp_group_works(fd)			when the socket is opened
 *	n = udp_group(g, msgs, n, &out)		before sending: out[0..n) are to be sent instead of msgs
 *	udp_group_split(...)			when the kernel refuses such a message
 *
 * Replies may leave in another order than they came in: they are sorted by client, and for each client by
 * length.  Nothing is copied but headers and iovecs; messages with no partner are left as they are.
 *
 * One struct for each worker, which may be filled with zeros to begin with; what udp_group made is good
 * until its next call, as long as msgs, names, control data and iovecs are.
 */
#ifndef RT_UDP_GROUP_H
#define RT_UDP_GROUP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/compiler.h"

/* Messages in a batch: also the most datagrams that Linux has always cut a message into. */
#define UDP_BATCH 64u

/*
 * Longer replies leave alone: a full batch of them would not fit into one message, and more than a
 * packet's room is not cut by UDP_SEGMENT but refused.
 */
#define UDP_GROUP_LEN 1023u
RT_STATIC_ASSERT(UDP_BATCH *UDP_GROUP_LEN <= 65535 - 40 - 8, "a batch fits into a message");

/* What UDP_SEGMENT adds to the control data of a message. */
#define UDP_GROUP_SPACE CMSG_SPACE(sizeof(uint16_t))

/* Room for either form of packet information. */
union udp_control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

union udp_group_control {
	struct cmsghdr align;
	char room[sizeof(union udp_control) + UDP_GROUP_SPACE];
};

/* Replies of one length to one client, from messages that stand side by side. */
struct udp_run {
	uint16_t len;
	uint8_t first; /* message */
	uint8_t n;
	uint8_t next; /* run of the same client, not longer; or none */
};

struct udp_group {
	struct udp_run runs[UDP_BATCH];
	uint8_t clients[UDP_BATCH]; /* longest run */
	uint8_t buckets[256];       /* client, by hash */
	struct mmsghdr out[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	union udp_group_control control[UDP_BATCH];
	unsigned nout;
	unsigned niov;
};

/*
 * Makes m, which has several iovecs, one that is cut into datagrams of len octets: control data are copied to
 * room, and UDP_SEGMENT comes after them.
 */
void udp_group_mark(struct msghdr *m, union udp_group_control *room, uint16_t len);

/* Whether the kernel knows UDP_SEGMENT: one that does not would send all in one datagram. */
bool udp_group_works(int fd);

/*
 * The messages to send for n replies, at most UDP_BATCH: *out and how many.  Each of msgs has a name, one
 * iovec, which stands beside that of the message before it, and control data or none; a message
 * with an empty iovec is left out.  *out is msgs itself if nothing is to be changed.
 */
unsigned udp_group(struct udp_group *g, struct mmsghdr *msgs, unsigned n, struct mmsghdr **out);

/* The replies of a message that udp_group made of several, one by one; there are msg_iovlen of them. */
void udp_group_split(const struct msghdr *group, struct mmsghdr *single);

#endif
