/*
 * A query as the server would have it, without a server: for unit tests of replies, dispatch and memory.
 *
 * One worker and one listener, without sockets and threads; the test defines rt_program.  The query lies
 * in a slot of its own, which the next intake replaces.  query_fixture_release frees everything, after
 * query_clean or query_free of what the test still has.
 */
#ifndef TESTS_SUPPORT_QUERY_FIXTURE_H
#define TESTS_SUPPORT_QUERY_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "query.h"
#include "query_intake.h"
#include "rt_gen.h"

/* The listener's declaration, for the test to fill in. */
struct rt_listen *query_fixture_listen(void);

/* Writes a request to out (QUERY_SLOT_LEN octets) and returns its length.  udp_size -1: no EDNS. */
size_t query_fixture_request(uint8_t *out, const char *name, uint16_t type, unsigned flags,
			     int udp_size, const uint8_t *options, size_t options_len);

/* query_intake of a request; q is zeroed, or one that was used before, which is cleaned. */
enum query_intake query_fixture_intake(struct rt_query *q, enum rt_proto proto,
				       const uint8_t *request, size_t len);

/* Both in one, for a good request with RD. */
void query_fixture_ask(struct rt_query *q, enum rt_proto proto, const char *name, uint16_t type,
		       int udp_size);

void query_fixture_release(void);

#endif
