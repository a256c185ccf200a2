/*
 * Replies grouped into messages: which go together, that none is lost, changed or sent to somebody
 * else, and what is left as it was.
 */
#include "config.h"

#include "udp_group.h"

#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "rt_gen.h"
#include "tests/support/check_main.h"

const struct rt_program rt_program = { .abi = RT_ABI, .version = "test", .hash = "" };

/* A reply as a test says it: client 0 and up, octets (0: no reply), address that was asked. */
struct reply {
	unsigned client;
	size_t len;
	unsigned source;
};

static struct udp_group group;
static struct mmsghdr msgs[UDP_BATCH];
static struct iovec iov[UDP_BATCH];
static struct sockaddr_in6 names[UDP_BATCH];
static union udp_control control[UDP_BATCH];
static char wire[UDP_BATCH]; /* one octet stands for a message: iovecs differ by it */

static struct mmsghdr *out;
static unsigned nout;

/* What sockets of this kind give with each message. */
static bool is_ipv6;
static bool has_control;

static void
set_name(struct sockaddr_in6 *name, struct msghdr *m, unsigned client)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)name;

	memset(name, 0, sizeof(*name));
	if (!is_ipv6) {
		v4->sin_family = AF_INET;
		v4->sin_addr.s_addr = htonl(0x0a000000u + client / 8);
		v4->sin_port = htons((uint16_t)(1024 + client % 8));
		m->msg_namelen = sizeof(*v4);
		return;
	}
	/* Clients differ in one part of the name each. */
	name->sin6_family = AF_INET6;
	name->sin6_port = htons((uint16_t)(1024 + client % 2));
	name->sin6_addr.s6_addr[0] = 0xfe;
	name->sin6_addr.s6_addr[7] = (uint8_t)(client / 2 % 2);
	name->sin6_addr.s6_addr[15] = (uint8_t)(client / 4 % 2);
	name->sin6_scope_id = client / 8;
	m->msg_namelen = sizeof(*name);
}

static void
set_source(union udp_control *c, struct msghdr *m, unsigned source)
{
	struct in6_pktinfo info = { .ipi6_addr.s6_addr = { 0xfd, [15] = (uint8_t)source } };

	memset(c, 0, sizeof(*c));
	c->align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(info)),
				     .cmsg_level = IPPROTO_IPV6,
				     .cmsg_type = IPV6_PKTINFO };
	memcpy(c->room + CMSG_LEN(0), &info, sizeof(info));
	m->msg_control = c;
	m->msg_controllen = sizeof(*c);
}

static void
put(unsigned i, struct reply r)
{
	struct msghdr *m = &msgs[i].msg_hdr;

	memset(m, 0, sizeof(*m));
	iov[i] = (struct iovec){ .iov_base = &wire[i], .iov_len = r.len };
	m->msg_iov = &iov[i];
	m->msg_iovlen = 1;
	m->msg_name = &names[i];
	set_name(&names[i], m, r.client);
	if (has_control)
		set_source(&control[i], m, r.source);
}

/* The length of segments that a message asks for; 0: none.  Its other control data must be those of m. */
static uint16_t
segment_of(const struct msghdr *message, const struct msghdr *m)
{
	struct cmsghdr c;
	uint16_t len;
	const char *at = (const char *)message->msg_control + m->msg_controllen;

	if (m->msg_controllen > 0)
		ck_assert_mem_eq(message->msg_control, m->msg_control, m->msg_controllen);
	if (message->msg_controllen == m->msg_controllen)
		return 0;
	ck_assert_uint_eq(message->msg_controllen, m->msg_controllen + UDP_GROUP_SPACE);
	memcpy(&c, at, sizeof(c));
	ck_assert_int_eq(c.cmsg_level, IPPROTO_UDP);
	ck_assert_int_eq(c.cmsg_type, UDP_SEGMENT);
	ck_assert_uint_eq(c.cmsg_len, CMSG_LEN(sizeof(len)));
	memcpy(&len, at + CMSG_LEN(0), sizeof(len));
	return len;
}

/* Message o is what the kernel cuts into the replies that were put: marks them as seen. */
static void
check_message(const struct msghdr *o, bool *seen)
{
	uint16_t segment = 0;
	size_t before = 0;
	size_t total = 0;

	ck_assert_uint_ge(o->msg_iovlen, 1);
	for (size_t k = 0; k < o->msg_iovlen; k++) {
		size_t i = (size_t)((const char *)o->msg_iov[k].iov_base - wire);
		const struct msghdr *m = &msgs[i].msg_hdr;
		size_t len = o->msg_iov[k].iov_len;

		ck_assert(!seen[i]);
		seen[i] = true;
		ck_assert_uint_eq(len, iov[i].iov_len);
		ck_assert_uint_gt(len, 0);
		ck_assert_uint_eq(o->msg_namelen, m->msg_namelen);
		ck_assert_mem_eq(o->msg_name, m->msg_name, m->msg_namelen);
		if (k == 0)
			segment = segment_of(o, m);
		else
			ck_assert_uint_eq(before, segment);
		ck_assert_uint_eq(segment_of(o, m), segment);
		ck_assert(segment == 0 || len <= segment);
		before = len;
		total += len;
	}
	ck_assert((segment == 0) == (o->msg_iovlen == 1));
	ck_assert(segment == 0 || (segment <= UDP_GROUP_LEN && total <= 65507));
}

/* Groups n replies, checks that they are all there and as they were; n messages come of it. */
static unsigned
grouped(const struct reply *replies, unsigned n)
{
	bool seen[UDP_BATCH] = { false };

	for (unsigned i = 0; i < n; i++)
		put(i, replies[i]);
	nout = udp_group(&group, msgs, n, &out);
	for (unsigned i = 0; i < nout; i++)
		check_message(&out[i].msg_hdr, seen);
	for (unsigned i = 0; i < n; i++)
		ck_assert(seen[i] == (replies[i].len != 0));
	return nout;
}

#define GROUPED(...)                                                                               \
	grouped((const struct reply[]){ __VA_ARGS__ },                                             \
		sizeof((const struct reply[]){ __VA_ARGS__ }) / sizeof(struct reply))

/* Loops over the kinds of sockets. */
static void
set_kind(int kind)
{
	is_ipv6 = (kind & 1) != 0;
	has_control = (kind & 2) != 0;
}

START_TEST(equal_lengths_are_one_message)
{
	set_kind(_i);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 1, 50, 0 }, { 1, 50, 0 }), 1);
	/* Others stand between them. */
	ck_assert_uint_eq(
		GROUPED({ 1, 50, 0 }, { 2, 50, 0 }, { 1, 50, 0 }, { 2, 50, 0 }, { 1, 50, 0 }), 2);
}
END_TEST

START_TEST(the_last_may_be_shorter)
{
	set_kind(_i);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 1, 50, 0 }, { 1, 49, 0 }), 1);
	ck_assert_uint_eq(GROUPED({ 1, 49, 0 }, { 1, 50, 0 }), 1);
	ck_assert_uint_eq(GROUPED({ 1, 1, 0 }, { 1, 2, 0 }, { 1, 3, 0 }, { 1, 4, 0 }, { 1, 5, 0 }),
			  3);
	/* Two shorter ones are a message of their own. */
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 1, 50, 0 }, { 1, 40, 0 }, { 1, 40, 0 }), 2);
}
END_TEST

START_TEST(nothing_to_group)
{
	set_kind(_i);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 2, 50, 0 }, { 3, 40, 0 }, { 8, 50, 0 }), 4);
	ck_assert_ptr_eq(out, msgs);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }), 1);
	ck_assert_ptr_eq(out, msgs);
}
END_TEST

START_TEST(silence_is_left_out)
{
	set_kind(_i);
	ck_assert_uint_eq(GROUPED({ 1, 0, 0 }, { 1, 50, 0 }, { 1, 0, 0 }, { 1, 50, 0 }), 1);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 2, 0, 0 }, { 3, 50, 0 }), 2);
	ck_assert_uint_eq(GROUPED({ 1, 0, 0 }, { 2, 0, 0 }), 0);
}
END_TEST

START_TEST(long_ones_leave_alone)
{
	set_kind(_i);
	ck_assert_uint_eq(
		GROUPED({ 1, UDP_GROUP_LEN + 1, 0 }, { 1, UDP_GROUP_LEN + 1, 0 }, { 1, 9, 0 }), 3);
	ck_assert_uint_eq(GROUPED({ 1, 65535, 0 }, { 1, 9, 0 }, { 1, 9, 0 }), 2);
	ck_assert_uint_eq(GROUPED({ 1, UDP_GROUP_LEN, 0 }, { 1, UDP_GROUP_LEN, 0 }), 1);
}
END_TEST

START_TEST(addresses_that_were_asked_are_kept_apart)
{
	set_kind(2 + _i);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 1, 50, 1 }), 2);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 1, 50, 1 }, { 1, 50, 1 }, { 1, 50, 1 }), 2);
}
END_TEST

START_TEST(every_part_of_a_name_counts)
{
	set_kind(_i);
	for (unsigned a = 0; a < 16; a++)
		for (unsigned b = 0; b < 16; b++)
			ck_assert_uint_eq(GROUPED({ a, 50, 0 }, { b, 50, 0 }), a == b ? 1 : 2);
}
END_TEST

START_TEST(full_batches)
{
	struct reply r[UDP_BATCH];

	set_kind(_i);
	for (unsigned i = 0; i < UDP_BATCH; i++)
		r[i] = (struct reply){ .client = 3, .len = UDP_GROUP_LEN };
	ck_assert_uint_eq(grouped(r, UDP_BATCH), 1);
	for (unsigned i = 0; i < UDP_BATCH; i++)
		r[i].len = i + 1;
	ck_assert_uint_eq(grouped(r, UDP_BATCH), UDP_BATCH / 2);
	for (unsigned i = 0; i < UDP_BATCH; i++)
		r[i].client = i;
	ck_assert_uint_eq(grouped(r, UDP_BATCH), UDP_BATCH);
}
END_TEST

/* Any mixture; more clients than have room in the table of hashes at the same time. */
START_TEST(mixtures)
{
	struct reply r[UDP_BATCH];

	srand(20261125);
	for (unsigned turn = 0; turn < 400; turn++) {
		unsigned clients = 1 + (unsigned)rand() % 64;
		unsigned lengths = 1 + (unsigned)rand() % 8;
		unsigned n = 1 + (unsigned)rand() % UDP_BATCH;
		unsigned base = (unsigned)rand() % 1000;

		set_kind((int)turn);
		for (unsigned i = 0; i < n; i++)
			r[i] = (struct reply){ .client = base + (unsigned)rand() % clients,
					       .len = (unsigned)rand() % lengths * 300,
					       .source = (unsigned)rand() % 2 };
		ck_assert_uint_le(grouped(r, n), n);
	}
}
END_TEST

START_TEST(a_message_is_split_into_what_it_was_made_of)
{
	struct mmsghdr single[UDP_BATCH];

	set_kind(_i);
	ck_assert_uint_eq(GROUPED({ 1, 50, 0 }, { 2, 7, 0 }, { 1, 50, 0 }, { 1, 30, 0 }), 2);
	ck_assert_uint_eq(out[0].msg_hdr.msg_iovlen, 3);
	udp_group_split(&out[0].msg_hdr, single);
	for (unsigned i = 0; i < 3; i++) {
		const struct msghdr *s = &single[i].msg_hdr;
		bool seen[UDP_BATCH] = { false };

		ck_assert_uint_eq(s->msg_iovlen, 1);
		ck_assert_ptr_eq(s->msg_iov, &out[0].msg_hdr.msg_iov[i]);
		ck_assert_uint_eq(s->msg_controllen, msgs[0].msg_hdr.msg_controllen);
		ck_assert((s->msg_control == NULL) == !has_control);
		check_message(s, seen);
	}
}
END_TEST

START_TEST(what_is_no_udp_socket_has_no_groups)
{
	ck_assert(!udp_group_works(-1));
}
END_TEST

static TCase *
grouping_case(void)
{
	TCase *tc = tcase_create("grouping");

	tcase_add_loop_test(tc, equal_lengths_are_one_message, 0, 4);
	tcase_add_loop_test(tc, the_last_may_be_shorter, 0, 4);
	tcase_add_loop_test(tc, nothing_to_group, 0, 4);
	tcase_add_loop_test(tc, silence_is_left_out, 0, 4);
	tcase_add_loop_test(tc, long_ones_leave_alone, 0, 4);
	tcase_add_loop_test(tc, addresses_that_were_asked_are_kept_apart, 0, 2);
	tcase_add_loop_test(tc, every_part_of_a_name_counts, 0, 4);
	tcase_add_loop_test(tc, full_batches, 0, 4);
	tcase_add_test(tc, mixtures);
	tcase_add_loop_test(tc, a_message_is_split_into_what_it_was_made_of, 0, 4);
	tcase_add_test(tc, what_is_no_udp_socket_has_no_groups);
	return tc;
}

TEST_MAIN_CASES("rt_udp_group", grouping_case)
