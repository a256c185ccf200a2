/*
 * A query as the server would have it, without a server.
 */
#include "config.h"

#include "tests/support/query_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "dns/edns.h"
#include "dns/message.h"
#include "listener.h"
#include "rt_gen.h"
#include "tests/support/check_main.h"
#include "worker.h"

static struct rt_worker worker;
static struct rt_listen decl;
static const struct rt_listen *const decls[] = { &decl };
static struct rt_listener listener = { .decl = &decl, .decls = decls, .ndecls = 1 };
static uint8_t *slot;

struct rt_listen *
query_fixture_listen(void)
{
	return &decl;
}

size_t
query_fixture_request(uint8_t *out, const char *name, uint16_t type, unsigned flags, int udp_size,
		      const uint8_t *options, size_t options_len)
{
	uint8_t wire[DNS_NAME_BUF];
	int len = dns_name_from_text(wire, name, strlen(name));
	size_t at = DNS_HEADER_LEN;

	ck_assert_int_gt(len, 0);
	memset(out, 0, DNS_HEADER_LEN);
	dns_msg_set_id(out, 4711);
	dns_msg_set_flags(out, flags);
	dns_msg_set_count(out, DNS_QUESTION, 1);
	memcpy(out + at, wire, (size_t)len);
	at += (size_t)len;
	bytes_put16(out + at, type);
	bytes_put16(out + at + 2, DNS_CLASS_IN);
	at += 4;
	if (udp_size >= 0) {
		int n = dns_edns_write(out + at, QUERY_SLOT_LEN - at, (uint16_t)udp_size, 0, 0,
				       options, options_len);

		ck_assert_int_gt(n, 0);
		at += (size_t)n;
		dns_msg_set_count(out, DNS_ADDITIONAL, 1);
	}
	return at;
}

enum query_intake
query_fixture_intake(struct rt_query *q, enum rt_proto proto, const uint8_t *request, size_t len)
{
	query_clean(q);
	free(slot);
	slot = malloc(QUERY_SLOT_STRIDE);
	ck_assert_ptr_nonnull(slot);
	memset(slot, 0xa5, QUERY_SLOT_STRIDE);
	memcpy(slot, request, len);
	query_slot_init(q, &worker, proto);
	query_slot_buffer(q, slot, QUERY_SLOT_LEN);
	q->listener = &listener;
	return query_intake(q, len);
}

void
query_fixture_ask(struct rt_query *q, enum rt_proto proto, const char *name, uint16_t type,
		  int udp_size)
{
	uint8_t request[QUERY_SLOT_LEN];
	size_t len = query_fixture_request(request, name, type, DNS_FLAG_RD, udp_size, NULL, 0);

	ck_assert_int_eq(query_fixture_intake(q, proto, request, len), QUERY_SERVE);
}

void
query_fixture_release(void)
{
	query_worker_release(&worker);
	free(slot);
	slot = NULL;
}
