/*
 * EDNS(0): walking and making options, writing the OPT record.
 */
#include "config.h"

#include "dns/edns.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/types.h"

#define OPTION_HEADER 4u /* code and length */

void
dns_edns_iter_init(struct dns_edns_iter *it, const uint8_t *options, size_t len)
{
	it->at = options;
	it->end = options + len;
	it->error = 0;
}

bool
dns_edns_next(struct dns_edns_iter *it, struct dns_edns_option *opt)
{
	size_t left = (size_t)(it->end - it->at);

	if (left == 0 || it->error < 0)
		return false;
	if (left < OPTION_HEADER || left - OPTION_HEADER < bytes_get16(it->at + 2)) {
		it->error = RT_EEOF;
		return false;
	}
	opt->code = bytes_get16(it->at);
	opt->len = bytes_get16(it->at + 2);
	opt->data = it->at + OPTION_HEADER;
	it->at += OPTION_HEADER + opt->len;
	return true;
}

/*
 * RFC 7871 §7.1.1: prefixes that an address of the family has.  Family 0 says that there is no
 * address.  What stands behind the prefix is not looked at: CoreDNS takes it, too short or too long.
 */
static bool
is_client_subnet(const uint8_t *data, size_t len)
{
	static const uint8_t prefix_max[] = { 0, 32, 128 };
	unsigned family;

	if (len < 4)
		return false;
	family = bytes_get16(data);
	return family < ARRAY_SIZE(prefix_max) && data[2] <= prefix_max[family] &&
	       data[3] <= prefix_max[family];
}

bool
dns_edns_check(const uint8_t *options, size_t len)
{
	/* For every request with a cookie: dns_edns_next without what only its callers need. */
	while (len > 0) {
		size_t n;

		if (len < OPTION_HEADER)
			return false;
		n = OPTION_HEADER + bytes_get16(options + 2);
		if (n > len)
			return false;
		if (bytes_get16(options) == DNS_EDNS_CLIENT_SUBNET &&
		    !is_client_subnet(options + OPTION_HEADER, n - OPTION_HEADER))
			return false;
		options += n;
		len -= n;
	}
	return true;
}

bool
dns_edns_find(const uint8_t *options, size_t len, uint16_t code, struct dns_edns_option *opt)
{
	struct dns_edns_iter it;

	dns_edns_iter_init(&it, options, len);
	while (dns_edns_next(&it, opt)) {
		if (opt->code == code)
			return true;
	}
	return false;
}

/* Begin an option of data_len bytes; where its data goes, or NULL. */
static uint8_t *
open_option(uint8_t *list, size_t cap, size_t *len, uint16_t code, size_t data_len)
{
	uint8_t *at = list + *len;

	if (data_len > UINT16_MAX || cap - *len < OPTION_HEADER ||
	    cap - *len - OPTION_HEADER < data_len)
		return NULL;
	bytes_put16(at, code);
	bytes_put16(at + 2, (uint16_t)data_len);
	*len += OPTION_HEADER + data_len;
	return at + OPTION_HEADER;
}

int
dns_edns_add(uint8_t *list, size_t cap, size_t *len, uint16_t code, const void *data,
	     size_t data_len)
{
	uint8_t *at = open_option(list, cap, len, code, data_len);

	if (at == NULL)
		return RT_ENOSPC;
	if (data_len > 0)
		memcpy(at, data, data_len);
	return 0;
}

int
dns_edns_add_ede(uint8_t *list, size_t cap, size_t *len, uint16_t ede, const char *text)
{
	size_t text_len = text != NULL ? strlen(text) : 0;
	uint8_t *at;

	if (text_len > UINT16_MAX - 2)
		return RT_ENOSPC;
	at = open_option(list, cap, len, DNS_EDNS_EDE, 2 + text_len);
	if (at == NULL)
		return RT_ENOSPC;
	bytes_put16(at, ede);
	if (text_len > 0)
		memcpy(at + 2, text, text_len);
	return 0;
}

const char *
dns_ede_name(uint16_t ede)
{
	switch (ede) {
#define X(symbol, text, number)                                                                    \
	case (number):                                                                             \
		return (text);
		DNS_EDE_CODES(X)
#undef X
	}
	return NULL;
}

int
dns_edns_write(uint8_t *out, size_t cap, uint16_t udp_size, unsigned rcode, unsigned flags,
	       const uint8_t *options, size_t options_len)
{
	if (options_len > UINT16_MAX || cap < DNS_EDNS_LEN || cap - DNS_EDNS_LEN < options_len)
		return RT_ENOSPC;
	out[0] = 0; /* the root owns it */
	bytes_put16(out + 1, DNS_TYPE_OPT);
	bytes_put16(out + 3, udp_size);
	out[5] = (uint8_t)(rcode >> 4);
	out[6] = 0; /* version */
	bytes_put16(out + 7, (uint16_t)flags);
	bytes_put16(out + 9, (uint16_t)options_len);
	if (options_len > 0)
		memcpy(out + DNS_EDNS_LEN, options, options_len);
	return (int)(DNS_EDNS_LEN + options_len);
}
