/*
 * Comparing an answer with its question.
 */
#include "config.h"

#include "upstream_match.h"

#include <string.h>

#include "dns/message.h"
#include "dns/types.h"

/* Octets of type and class behind the name. */
#define QUESTION_FIXED 4u

/*
 * The question behind the header, octet by octet: as it was sent, as a server that copies it
 * answers; or in another case.  Length octets are below 'A', so that folding case keeps labels
 * apart.
 */
static bool
same_question(const uint8_t *a, const uint8_t *b, size_t len)
{
	if (memcmp(a, b, len) == 0)
		return true;
	for (size_t i = 0; i < len - QUESTION_FIXED; i++) {
		uint8_t x = a[i];
		uint8_t y = b[i];

		if (x != y && ((x ^ y) != 0x20 || (x | 0x20) < 'a' || (x | 0x20) > 'z'))
			return false;
	}
	return memcmp(a + len - QUESTION_FIXED, b + len - QUESTION_FIXED, QUESTION_FIXED) == 0;
}

bool
upstream_answer_is_bare(const uint8_t *answer)
{
	return dns_msg_count(answer, DNS_QUESTION) == 0;
}

static bool
is_bare_error(const uint8_t *answer)
{
	unsigned rcode = dns_msg_rcode(answer);

	return rcode != DNS_RCODE_NOERROR && rcode != DNS_RCODE_NXDOMAIN &&
	       dns_msg_count(answer, DNS_ANSWER) == 0 &&
	       dns_msg_count(answer, DNS_AUTHORITY) == 0 &&
	       dns_msg_count(answer, DNS_ADDITIONAL) <= 1;
}

bool
upstream_match(const uint8_t *request, size_t request_len, const uint8_t *answer, size_t answer_len)
{
	int end = dns_msg_question_end(request, request_len);

	if (end < 0 || answer_len < DNS_HEADER_LEN)
		return false;
	if (dns_msg_id(answer) != dns_msg_id(request) ||
	    (dns_msg_flags(answer) & DNS_FLAG_QR) == 0 ||
	    dns_msg_opcode(answer) != dns_msg_opcode(request))
		return false;
	if (upstream_answer_is_bare(answer))
		return is_bare_error(answer);
	/* A name in the question that is compressed has nothing to point to: not the same octets.
	 */
	return dns_msg_count(answer, DNS_QUESTION) == 1 && answer_len >= (size_t)end &&
	       same_question(request + DNS_HEADER_LEN, answer + DNS_HEADER_LEN,
			     (size_t)end - DNS_HEADER_LEN);
}
