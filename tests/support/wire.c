/*
 * Hand-made messages; see wire.h.
 */
#include "config.h"

#include "tests/support/wire.h"

#include <check.h>
#include <string.h>

#include "base/bytes.h"

void
wire_header(struct wire *m, uint16_t id, unsigned flags)
{
	memset(m->data, 0, DNS_HEADER_LEN);
	dns_msg_set_id(m->data, id);
	dns_msg_set_flags(m->data, flags);
	m->len = DNS_HEADER_LEN;
}

void
wire_bytes(struct wire *m, const void *data, size_t len)
{
	ck_assert_uint_le(m->len + len, sizeof(m->data));
	if (len > 0)
		memcpy(m->data + m->len, data, len);
	m->len += len;
}

void
wire_name(struct wire *m, const char *name)
{
	uint8_t wire[DNS_NAME_BUF];
	int len = dns_name_from_text(wire, name, strlen(name));

	ck_assert_int_gt(len, 0);
	wire_bytes(m, wire, (size_t)len);
}

static void
count(struct wire *m, enum dns_section section)
{
	dns_msg_set_count(m->data, section, (uint16_t)(dns_msg_count(m->data, section) + 1));
}

void
wire_question(struct wire *m, const char *name, uint16_t type, uint16_t class)
{
	uint8_t rest[4];

	bytes_put16(rest, type);
	bytes_put16(rest + 2, class);
	wire_name(m, name);
	wire_bytes(m, rest, sizeof(rest));
	count(m, DNS_QUESTION);
}

void
wire_query(struct wire *m, const char *name, uint16_t type)
{
	wire_header(m, 0x1234, DNS_FLAG_RD);
	wire_question(m, name, type, DNS_CLASS_IN);
}

static void
fixed(struct wire *m, uint16_t type, uint16_t class, uint32_t ttl, size_t rdlen)
{
	uint8_t f[10];

	bytes_put16(f, type);
	bytes_put16(f + 2, class);
	bytes_put32(f + 4, ttl);
	bytes_put16(f + 8, (uint16_t)rdlen);
	wire_bytes(m, f, sizeof(f));
}

void
wire_rr(struct wire *m, enum dns_section section, const char *owner, uint16_t type, uint32_t ttl,
	const void *rdata, size_t rdlen)
{
	wire_name(m, owner);
	fixed(m, type, DNS_CLASS_IN, ttl, rdlen);
	wire_bytes(m, rdata, rdlen);
	count(m, section);
}

void
wire_opt(struct wire *m, uint16_t size, uint32_t ttl, const void *options, size_t len)
{
	wire_name(m, ".");
	fixed(m, DNS_TYPE_OPT, size, ttl, len);
	wire_bytes(m, options, len);
	count(m, DNS_ADDITIONAL);
}
