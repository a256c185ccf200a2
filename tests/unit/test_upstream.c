/*
 * Tests of what asking other servers is made of: ids, matching, deadlines, files.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "deadlines.h"
#include "dns/message.h"
#include "dns/types.h"
#include "resolvconf.h"
#include "rt_gen.h"
#include "tests/support/check_main.h"
#include "upstream.h"
#include "upstream_ids.h"
#include "upstream_match.h"

const struct rt_program rt_program = { .abi = RT_ABI, .version = "test", .hash = "" };

/* ---- ids ---- */

static struct upstream_call calls[UPSTREAM_IDS_MAX + 1];

START_TEST(ids_are_found_again)
{
	struct upstream_ids t = { 0 };
	uint16_t ids[600];

	ck_assert_ptr_null(upstream_ids_find(&t, 1));
	ck_assert_ptr_null(upstream_ids_any(&t));
	for (unsigned i = 0; i < 600; i++)
		ck_assert_int_eq(upstream_ids_add(&t, &calls[i], &ids[i]), 0);
	for (unsigned i = 0; i < 600; i++)
		ck_assert_ptr_eq(upstream_ids_find(&t, ids[i]), &calls[i]);
	/* Every other one goes; the rest must still be found past the holes. */
	for (unsigned i = 0; i < 600; i += 2)
		upstream_ids_remove(&t, ids[i]);
	for (unsigned i = 0; i < 600; i++)
		ck_assert_ptr_eq(upstream_ids_find(&t, ids[i]), i % 2 == 0 ? NULL : &calls[i]);
	ck_assert_uint_eq(t.n, 300);
	ck_assert_ptr_nonnull(upstream_ids_any(&t));
	upstream_ids_release(&t);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

/* Adding and removing at random, against a plain array. */
START_TEST(ids_agree_with_a_model)
{
	struct upstream_call *model[65536] = { NULL };
	struct upstream_ids t = { 0 };
	uint16_t used[64];
	unsigned n = 0;
	uint32_t seed = 12345;

	for (unsigned step = 0; step < 20000; step++) {
		seed = seed * 1103515245u + 12345u;
		if (n < 64 && (n == 0 || (seed >> 16) % 2 == 0)) {
			ck_assert_int_eq(upstream_ids_add(&t, &calls[step % 1000], &used[n]), 0);
			ck_assert_ptr_null(model[used[n]]);
			model[used[n]] = &calls[step % 1000];
			n++;
		} else {
			unsigned i = (seed >> 16) % n;

			upstream_ids_remove(&t, used[i]);
			model[used[i]] = NULL;
			used[i] = used[--n];
		}
		for (unsigned i = 0; i < n; i++)
			ck_assert_ptr_eq(upstream_ids_find(&t, used[i]), model[used[i]]);
		ck_assert_uint_eq(t.n, n);
	}
	upstream_ids_release(&t);
}
END_TEST

START_TEST(ids_have_a_limit)
{
	struct upstream_ids t = { 0 };
	uint16_t id = 0;

	for (unsigned i = 0; i < UPSTREAM_IDS_MAX; i++)
		ck_assert_int_eq(upstream_ids_add(&t, &calls[i], &id), 0);
	ck_assert_int_eq(upstream_ids_add(&t, &calls[UPSTREAM_IDS_MAX], &id), RT_ELIMIT);
	upstream_ids_remove(&t, id);
	ck_assert_int_eq(upstream_ids_add(&t, &calls[UPSTREAM_IDS_MAX], &id), 0);
	upstream_ids_release(&t);
}
END_TEST

/* ---- matching ---- */

#define QUESTION_LEN (DNS_HEADER_LEN + 13u + 4u)
#define NO_CHANGE    0xffffu

/* "eXample.org. IN A", id 0x1234, RD. */
static void
make_question(uint8_t out[QUESTION_LEN])
{
	memset(out, 0, QUESTION_LEN);
	dns_msg_set_id(out, 0x1234);
	dns_msg_set_flags(out, DNS_FLAG_RD);
	dns_msg_set_count(out, DNS_QUESTION, 1);
	memcpy(out + DNS_HEADER_LEN, "\7eXample\3org", 13);
	bytes_put16(out + DNS_HEADER_LEN + 13, DNS_TYPE_A);
	bytes_put16(out + DNS_HEADER_LEN + 15, DNS_CLASS_IN);
}

/* The answer, with one octet changed, and how long it is said to be. */
static const struct {
	const char *what;
	unsigned at;  /* octet, NO_CHANGE: none */
	uint8_t bits; /* xor */
	unsigned len;
	bool matches;
} matches[] = {
	{ "as asked", NO_CHANGE, 0, QUESTION_LEN, true },
	{ "another case", 14, 0x20, QUESTION_LEN, true },
	{ "high octet of the id", 0, 1, QUESTION_LEN, false },
	{ "low octet of the id", 1, 0x80, QUESTION_LEN, false },
	{ "a question", 2, 0x80, QUESTION_LEN, false },
	{ "opcode", 2, 0x08, QUESTION_LEN, false },
	{ "rcode", 3, 0x03, QUESTION_LEN, true },
	{ "two questions", 5, 0x03, QUESTION_LEN, false },
	{ "no question", 5, 0x01, QUESTION_LEN, false },
	{ "another name", 15, 0x02, QUESTION_LEN, false },
	{ "length of a label", 12, 0x01, QUESTION_LEN, false },
	{ "length of a label, by the bit of the case", 12, 0x20, QUESTION_LEN, false },
	{ "a digit by the bit of the case", 16, 0x40, QUESTION_LEN, false },
	{ "type", 26, 0x01, QUESTION_LEN, false },
	{ "type, by the bit of the case", 26, 0x20, QUESTION_LEN, false },
	{ "class", 28, 0x02, QUESTION_LEN, false },
	{ "cut in the class", NO_CHANGE, 0, QUESTION_LEN - 1, false },
	{ "cut in the name", NO_CHANGE, 0, 20, false },
	{ "header only", NO_CHANGE, 0, DNS_HEADER_LEN, false },
	{ "cut in the header", NO_CHANGE, 0, DNS_HEADER_LEN - 1, false },
	{ "nothing", NO_CHANGE, 0, 0, false },
};

START_TEST(answers_match_their_question)
{
	for (unsigned i = 0; i < ARRAY_SIZE(matches); i++) {
		uint8_t question[QUESTION_LEN], answer[QUESTION_LEN];

		make_question(question);
		make_question(answer);
		dns_msg_set_flags(answer, DNS_FLAG_QR | DNS_FLAG_RD | DNS_FLAG_RA);
		if (matches[i].at != NO_CHANGE)
			answer[matches[i].at] ^= matches[i].bits;
		ck_assert_msg(upstream_match(question, QUESTION_LEN, answer, matches[i].len) ==
				      matches[i].matches,
			      "%s", matches[i].what);
	}
}
END_TEST

/* A server that could not read the question answers with a header. */
START_TEST(bare_errors_match)
{
	uint8_t question[QUESTION_LEN], answer[DNS_HEADER_LEN] = { 0 };

	make_question(question);
	dns_msg_set_id(answer, 0x1234);
	for (unsigned rcode = 0; rcode < 16; rcode++) {
		bool error = rcode != DNS_RCODE_NOERROR && rcode != DNS_RCODE_NXDOMAIN;

		dns_msg_set_flags(answer, DNS_FLAG_QR | rcode);
		ck_assert(upstream_match(question, QUESTION_LEN, answer, sizeof(answer)) == error);
	}
	ck_assert(upstream_answer_is_bare(answer));
	dns_msg_set_flags(answer, DNS_FLAG_QR | DNS_RCODE_FORMERR);
	dns_msg_set_count(answer, DNS_ANSWER, 1);
	ck_assert(!upstream_match(question, QUESTION_LEN, answer, sizeof(answer)));
}
END_TEST

/* ---- deadlines ---- */

struct waiter {
	struct deadline deadline;
	unsigned expired;
};

struct bench {
	struct deadlines queue;
	struct waiter *remove; /* on the next expiry */
};

static void
expire(void *arg, struct deadline *d)
{
	struct bench *b = arg;

	RT_CONTAINER_OF(d, struct waiter, deadline)->expired++;
	if (b->remove != NULL)
		deadlines_remove(&b->queue, &b->remove->deadline);
}

START_TEST(deadlines_expire_in_order)
{
	struct event_base *base = event_base_new();
	struct waiter w[4] = { 0 };
	struct bench b = { 0 };

	deadlines_init(&b.queue, base, 100, expire, &b);
	for (unsigned i = 0; i < 4; i++)
		deadlines_add(&b.queue, &w[i].deadline, 1000 + 10 * i);
	deadlines_run(&b.queue, 1099);
	ck_assert_uint_eq(w[0].expired, 0);
	deadlines_run(&b.queue, 1110);
	ck_assert(w[0].expired == 1 && w[1].expired == 1 && w[2].expired == 0);
	ck_assert(!deadline_is_set(&w[0].deadline) && deadline_is_set(&w[2].deadline));
	deadlines_remove(&b.queue, &w[2].deadline);
	deadlines_remove(&b.queue, &w[2].deadline); /* again: nothing */
	deadlines_run(&b.queue, 9999);
	ck_assert(w[2].expired == 0 && w[3].expired == 1);
	deadlines_add(&b.queue, &w[0].deadline, 10000);
	deadlines_run(&b.queue, 10100);
	ck_assert_uint_eq(w[0].expired, 2);
	deadlines_release(&b.queue);
	event_base_free(base);
}
END_TEST

START_TEST(deadlines_may_be_removed_while_others_expire)
{
	struct event_base *base = event_base_new();
	struct waiter w[3] = { 0 };
	struct bench b = { .remove = &w[1] };

	deadlines_init(&b.queue, base, 100, expire, &b);
	for (unsigned i = 0; i < 3; i++)
		deadlines_add(&b.queue, &w[i].deadline, 1000);
	deadlines_run(&b.queue, 1100);
	ck_assert(w[0].expired == 1 && w[1].expired == 0 && w[2].expired == 1);
	ck_assert_ptr_null(b.queue.first);
	ck_assert_ptr_null(b.queue.last);
	deadlines_release(&b.queue);
	event_base_free(base);
}
END_TEST

/* ---- files ---- */

static void
check_server(const struct resolvconf *conf, unsigned i, const char *text)
{
	char have[ADDR_TEXT_MAX];

	ck_assert_uint_lt(i, conf->nservers);
	addr_format_port(&conf->servers[i], have);
	ck_assert_str_eq(have, text);
}

START_TEST(resolvconf_is_read)
{
	static const char text[] = "# made by something\n"
				   "  nameserver 10.0.0.1 # the first\r\n"
				   "nameserver\t2001:db8::1\n"
				   ";nameserver 10.0.0.2\n"
				   "nameserver none\n"
				   "nameserver\n"
				   "nameserver 10.0.0.3:53\n"
				   "search old.example\n"
				   "search a.example b.example ; c.example\n"
				   "options timeout:1 ndots:3 rotate\n"
				   "sortlist 10.0.0.0\n"
				   "nameserver 10.0.0.4";
	struct resolvconf conf;

	resolvconf_parse(&conf, text, sizeof(text) - 1);
	ck_assert_uint_eq(conf.nservers, 3);
	check_server(&conf, 0, "10.0.0.1:53");
	check_server(&conf, 1, "[2001:db8::1]:53");
	check_server(&conf, 2, "10.0.0.4:53");
	ck_assert_uint_eq(conf.nbad, 3);
	ck_assert_uint_eq(conf.nsearch, 2);
	ck_assert_mem_eq(conf.search[1].text, "b.example", conf.search[1].len);
	ck_assert_uint_eq(conf.ndots, 3);
}
END_TEST

START_TEST(resolvconf_has_limits)
{
	struct resolvconf conf;
	char text[4096];
	size_t len = 0;

	resolvconf_parse(&conf, "", 0);
	ck_assert_uint_eq(conf.nservers, 0);
	ck_assert_uint_eq(conf.ndots, 1);
	for (unsigned i = 0; i < RESOLVCONF_SERVERS_MAX + 3; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "nameserver 10.0.0.%u\n",
					i);
	resolvconf_parse(&conf, text, len);
	ck_assert_uint_eq(conf.nservers, RESOLVCONF_SERVERS_MAX);
	ck_assert_uint_eq(conf.nbad, 3);
}
END_TEST

static const struct {
	const char *conf;
	const char *host;
	const char *names[4];
} searches[] = {
	{ "", "dns.example", { "dns.example." } },
	{ "search a.test b.test",
	  "dns.example",
	  { "dns.example.", "dns.example.a.test.", "dns.example.b.test." } },
	{ "search a.test", "dns", { "dns.a.test.", "dns." } },
	{ "search a.test", "dns.", { "dns." } },
	{ "search a.test\noptions ndots:2",
	  "dns.example",
	  { "dns.example.a.test.", "dns.example." } },
	{ "search a..test ok.test", "dns", { "dns.ok.test.", "dns." } },
	{ "options ndots:0", "dns", { "dns." } },
};

START_TEST(search_lists_are_followed)
{
	for (unsigned i = 0; i < ARRAY_SIZE(searches); i++) {
		uint8_t names[RESOLVCONF_NAMES_MAX][DNS_NAME_BUF];
		char text[DNS_NAME_TEXT_MAX];
		struct resolvconf conf;
		unsigned n, k = 0;

		resolvconf_parse(&conf, searches[i].conf, strlen(searches[i].conf));
		n = resolvconf_names(&conf, searches[i].host, names);
		for (; searches[i].names[k] != NULL; k++) {
			ck_assert_uint_lt(k, n);
			dns_name_to_text(names[k], text);
			ck_assert_str_eq(text, searches[i].names[k]);
		}
		ck_assert_uint_eq(n, k);
	}
}
END_TEST

START_TEST(hosts_are_found)
{
	static const char text[] = "127.0.0.1 localhost\n"
				   "10.0.0.1\tgw Gateway.Example gw2 # dns.example\n"
				   "#10.0.0.9 dns.example\n"
				   "x dns.example\n"
				   "10.0.0.2 dns.example.\n"
				   "2001:db8::2 other dns.example";
	struct addr out[4];
	char have[ADDR_TEXT_MAX];

	ck_assert_uint_eq(hosts_find(text, sizeof(text) - 1, "gateway.example", out, 4), 1);
	ck_assert_uint_eq(hosts_find(text, sizeof(text) - 1, "dns.example", out, 4), 2);
	addr_format(&out[1], have);
	ck_assert_str_eq(have, "2001:db8::2");
	ck_assert_uint_eq(hosts_find(text, sizeof(text) - 1, "dns.example.", out, 1), 1);
	ck_assert_uint_eq(hosts_find(text, sizeof(text) - 1, "example", out, 4), 0);
	ck_assert_uint_eq(hosts_find("", 0, "example", out, 4), 0);
}
END_TEST

/* ---- texts ---- */

START_TEST(failures_have_the_texts_of_coredns)
{
	static const uint8_t remote[4] = { 192, 0, 2, 1 };
	static const uint8_t local[4] = { 127, 0, 0, 1 };
	static const struct {
		enum upstream_cause cause;
		enum upstream_step step;
		enum upstream_proto proto;
		int sys_errno;
		const char *text;
	} rows[] = {
		{ UPSTREAM_TIMEOUT, UPSTREAM_READ, UPSTREAM_UDP, 0,
		  "read udp 127.0.0.1:4000->192.0.2.1:53: i/o timeout" },
		{ UPSTREAM_TIMEOUT, UPSTREAM_DIAL, UPSTREAM_TCP, 0,
		  "dial tcp 192.0.2.1:53: i/o timeout" },
		{ UPSTREAM_ERROR, UPSTREAM_READ, UPSTREAM_UDP, ECONNREFUSED,
		  "read udp 127.0.0.1:4000->192.0.2.1:53: read: connection refused" },
		{ UPSTREAM_ERROR, UPSTREAM_DIAL, UPSTREAM_TCP, ECONNREFUSED,
		  "dial tcp 192.0.2.1:53: connect: connection refused" },
		{ UPSTREAM_ERROR, UPSTREAM_READ, UPSTREAM_TCP, 0, "EOF" },
		{ UPSTREAM_STALE, UPSTREAM_READ, UPSTREAM_TCP, 0, "EOF" },
		{ UPSTREAM_FULL, UPSTREAM_DIAL, UPSTREAM_UDP, 0,
		  "dial udp 192.0.2.1:53: too many queries wait" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct upstream_result r = { .cause = rows[i].cause,
					     .step = rows[i].step,
					     .proto = rows[i].proto,
					     .sys_errno = rows[i].sys_errno };
		char text[UPSTREAM_TEXT_MAX];

		addr_from_v4(&r.remote, remote, 53);
		addr_from_v4(&r.local, local, 4000);
		upstream_result_text(&r, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

TEST_MAIN("upstream", ids_are_found_again, ids_agree_with_a_model, ids_have_a_limit,
	  answers_match_their_question, bare_errors_match, deadlines_expire_in_order,
	  deadlines_may_be_removed_while_others_expire, resolvconf_is_read, resolvconf_has_limits,
	  search_lists_are_followed, hosts_are_found, failures_have_the_texts_of_coredns)
