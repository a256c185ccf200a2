/*
 * DNS messages put together by hand, for tests.
 *
 *	struct wire m;
 *	wire_query(&m, "www.example.org", DNS_TYPE_A);
 *	wire_opt(&m, 1232, DNS_EDNS_DO, NULL, 0);
 *	dns_query_parse(m.data, m.len, ...);
 *
 * Deliberately apart from dns/writer.h: what is tested should not make its own test data.
 * Nothing is compressed.  Counts in the header are raised by each record; tests that want them
 * wrong overwrite them.
 */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "dns/message.h"

struct wire {
	uint8_t data[DNS_MESSAGE_MAX];
	size_t len;
};

/* An empty header with this id and these flags. */
void wire_header(struct wire *m, uint16_t id, unsigned flags);

/* A header with RD set, and a question of class IN. */
void wire_query(struct wire *m, const char *name, uint16_t type);

/* Append a question, record or OPT record. */
void wire_question(struct wire *m, const char *name, uint16_t type, uint16_t class);
void wire_rr(struct wire *m, enum dns_section section, const char *owner, uint16_t type,
	     uint32_t ttl, const void *rdata, size_t rdlen);
void wire_opt(struct wire *m, uint16_t size, uint32_t ttl, const void *options, size_t len);

/* Append bare bytes or a name. */
void wire_bytes(struct wire *m, const void *data, size_t len);
void wire_name(struct wire *m, const char *name);

#endif
