/*
 * Grouping replies by client and length.  See udp_group.h.
 *
 * It runs for every batch, also where no client has sent two queries, so the steps are made to end
 * early: replies that stand beside one of the same client and length are one run at the cost of a
 * comparison; only runs are hashed, chained by client and sorted; when each client has one run of one reply
 * there is nothing more to do.
 */
#include "config.h"

#include "udp_group.h"

#include <netinet/udp.h>
#include <string.h>

#include "base/bytes.h"

#define NONE 255u
RT_STATIC_ASSERT(UDP_BATCH < NONE, "runs and clients have numbers of one octet");

bool
udp_group_works(int fd)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &value, &len) == 0;
}

/* ---- clients ---- */

/* Family, port and the IPv4 address, or what stands before the IPv6 address. */
static RT_ALWAYS_INLINE uint64_t
client_start(const struct msghdr *m)
{
	return bytes_load64(m->msg_name);
}

/* Whether these octets are all that tells messages of this socket apart. */
static RT_ALWAYS_INLINE bool
is_plain(const struct msghdr *m)
{
	return m->msg_namelen == sizeof(struct sockaddr_in) && m->msg_controllen == 0;
}

/* The rest of an IPv6 address, and the address that the message leaves from. */
static bool
same_rest(const struct msghdr *a, const struct msghdr *b)
{
	const char *x = a->msg_name, *y = b->msg_name;

	if (a->msg_namelen != sizeof(struct sockaddr_in) &&
	    memcmp(x + 8, y + 8, sizeof(struct sockaddr_in6) - 8) != 0)
		return false;
	return a->msg_controllen == 0 ||
	       (a->msg_controllen == b->msg_controllen &&
		memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0);
}

/* Whether two messages go to the same client from the same address. */
static RT_ALWAYS_INLINE bool
same_client(const struct msghdr *a, const struct msghdr *b, bool plain)
{
	return client_start(a) == client_start(b) && (plain || same_rest(a, b));
}

/* Eight bits of the client's name. */
static RT_ALWAYS_INLINE uint8_t
client_hash(const struct msghdr *m)
{
	const char *name = m->msg_name;
	uint64_t h = client_start(m);

	if (m->msg_namelen != sizeof(struct sockaddr_in))
		h ^= bytes_load64(name + 8) ^ bytes_load64(name + 16);
	return (uint8_t)(h * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

/* ---- runs ---- */

/* The message after the run that begins with message i. */
static RT_ALWAYS_INLINE unsigned
run_end(const struct mmsghdr *msgs, unsigned i, unsigned n, bool plain)
{
	const struct msghdr *first = &msgs[i].msg_hdr;
	const struct iovec *iov = first->msg_iov;
	const size_t len = iov->iov_len;
	const uint64_t start = client_start(first);

	if (RT_UNLIKELY(len > UDP_GROUP_LEN))
		return i + 1;
	do {
		i++;
		iov++;
	} while (i < n && iov->iov_len == len && client_start(&msgs[i].msg_hdr) == start &&
		 (plain || same_rest(&msgs[i].msg_hdr, first)));
	return i;
}

static RT_ALWAYS_INLINE unsigned
find_runs(struct udp_group *g, const struct mmsghdr *msgs, unsigned n, bool plain)
{
	struct udp_run *run = g->runs;

	for (unsigned i = 0, end; i < n; i = end) {
		size_t len = msgs[i].msg_hdr.msg_iov->iov_len;

		end = i + 1;
		if (RT_UNLIKELY(len == 0))
			continue;
		end = run_end(msgs, i, n, plain);
		run->len = (uint16_t)len;
		run->first = (uint8_t)i;
		run->n = (uint8_t)(end - i);
		run++;
	}
	return (unsigned)(run - g->runs);
}

/* Puts a run before those of its client that are not longer. */
static RT_ALWAYS_INLINE void
chain(struct udp_group *g, uint8_t *at, unsigned r)
{
	while (*at != NONE && g->runs[*at].len > g->runs[r].len)
		at = &g->runs[*at].next;
	g->runs[r].next = *at;
	*at = (uint8_t)r;
}

/*
 * The place of a run's client in the table of hashes: its own, or a free one.  At most 64 of 256 places
 * are taken.
 */
static RT_ALWAYS_INLINE uint8_t *
find_bucket(struct udp_group *g, const struct mmsghdr *msgs, const struct msghdr *m, bool plain)
{
	uint8_t hash = client_hash(m);

	for (;; hash++) {
		uint8_t c = g->buckets[hash];

		if (c == NONE || same_client(m, &msgs[g->runs[g->clients[c]].first].msg_hdr, plain))
			return &g->buckets[hash];
	}
}

/* Chains the runs of each client.  Returns how many clients there are. */
static RT_ALWAYS_INLINE unsigned
find_clients(struct udp_group *g, const struct mmsghdr *msgs, unsigned nruns, bool plain)
{
	unsigned nclients = 0;

	if (nruns == 1) {
		g->clients[0] = 0;
		g->runs[0].next = NONE;
		return 1;
	}
	memset(g->buckets, NONE, sizeof(g->buckets));
	for (unsigned r = 0; r < nruns; r++) {
		const struct msghdr *m = &msgs[g->runs[r].first].msg_hdr;
		uint8_t *bucket = find_bucket(g, msgs, m, plain);

		if (*bucket == NONE) {
			*bucket = (uint8_t)nclients;
			g->clients[nclients++] = NONE;
		}
		chain(g, &g->clients[*bucket], r);
	}
	return nclients;
}

/* ---- messages ---- */

void
udp_group_mark(struct msghdr *m, union udp_group_control *room, uint16_t len)
{
	struct cmsghdr c = { .cmsg_len = CMSG_LEN(sizeof(len)),
			     .cmsg_level = IPPROTO_UDP,
			     .cmsg_type = UDP_SEGMENT };
	size_t used = m->msg_controllen;

	if (used > 0)
		memcpy(room->room, m->msg_control, used);
	memcpy(room->room + used, &c, sizeof(c));
	memcpy(room->room + used + CMSG_LEN(0), &len, sizeof(len));
	m->msg_control = room;
	m->msg_controllen = used + UDP_GROUP_SPACE;
}

static void
add_run(struct udp_group *g, const struct mmsghdr *msgs, const struct udp_run *run)
{
	const struct iovec *iov = msgs[run->first].msg_hdr.msg_iov;

	memcpy(&g->iov[g->niov], iov, run->n * sizeof(*iov));
	g->niov += run->n;
}

/* Whether run r may follow runs of this length: it is as long, or the one shorter reply at the end. */
static bool
follows(const struct udp_group *g, unsigned r, uint16_t len)
{
	return r != NONE && len <= UDP_GROUP_LEN && (g->runs[r].len == len || g->runs[r].n == 1);
}

/* One message of the longest run of a client, and more that fits.  Returns the first run that is left. */
static unsigned
add_message(struct udp_group *g, const struct mmsghdr *msgs, unsigned r)
{
	const struct udp_run *run = &g->runs[r];
	struct msghdr *out = &g->out[g->nout].msg_hdr;
	uint16_t len = run->len;

	*out = msgs[run->first].msg_hdr;
	out->msg_iovlen = run->n;
	r = run->next;
	if (follows(g, r, len)) {
		out->msg_iov = &g->iov[g->niov];
		add_run(g, msgs, run);
		do {
			run = &g->runs[r];
			add_run(g, msgs, run);
			out->msg_iovlen += run->n;
			r = run->next;
		} while (run->len == len && follows(g, r, len));
	}
	if (out->msg_iovlen > 1)
		udp_group_mark(out, &g->control[g->nout], len);
	g->nout++;
	return r;
}

unsigned
udp_group(struct udp_group *g, struct mmsghdr *msgs, unsigned n, struct mmsghdr **out)
{
	bool plain = is_plain(&msgs[0].msg_hdr);
	/* Two loops, or the one would ask for every message. */
	unsigned nruns = plain ? find_runs(g, msgs, n, true) : find_runs(g, msgs, n, false);
	unsigned nclients = find_clients(g, msgs, nruns, plain);

	*out = msgs;
	if (nclients == n)
		return n;
	g->nout = 0;
	g->niov = 0;
	for (unsigned c = 0; c < nclients; c++) {
		unsigned r = g->clients[c];

		do
			r = add_message(g, msgs, r);
		while (r != NONE);
	}
	*out = g->out;
	return g->nout;
}

void
udp_group_split(const struct msghdr *group, struct mmsghdr *single)
{
	size_t control = group->msg_controllen - UDP_GROUP_SPACE;

	for (size_t i = 0; i < group->msg_iovlen; i++) {
		struct msghdr *m = &single[i].msg_hdr;

		*m = *group;
		m->msg_iov = &group->msg_iov[i];
		m->msg_iovlen = 1;
		m->msg_controllen = control;
		if (control == 0)
			m->msg_control = NULL;
	}
}
