/*
 * DNS messages in wire form (RFC 1035 §4): the header, reading requests, walking records.
 *
 * A message is a pointer and a length; nothing is ever parsed into a tree.  The header functions
 * need 12 readable bytes.  Everything else checks each byte before it reads it, and can be given
 * anything a network delivers.
 *
 * A request on the way in:
 *
 *	struct dns_query_info info;
 *	struct dns_qname qname;
 *	switch (dns_query_parse(wire, len, &info, &qname)) {
 *	case DNS_QUERY_IGNORE:	drop it
 *	case DNS_QUERY_REJECT:	answer with info.rcode; see dns_reply_reject
 *	case DNS_QUERY_OK:	info and qname are filled
 *	}
 *
 * Walking an answer:
 *
 *	struct dns_rr_iter it;
 *	int rc = dns_rr_iter_init(&it, wire, len);
 *	while (rc == 0 && dns_rr_next(&it))
 *		if (it.section == DNS_ANSWER && it.type == DNS_TYPE_A) ...
 *	if (rc < 0 || it.error < 0)	malformed
 *
 * Offsets count from the start of the message.  A message is at most 65535 bytes long; a longer
 * length is an error.  Thread-safe, nothing allocated.
 */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "dns/name.h"
#include "dns/types.h"

#define DNS_HEADER_LEN  12
#define DNS_MESSAGE_MAX 65535
#define DNS_UDP_MIN     512 /* what every client accepts (RFC 1035 §4.2.1) */

/* ---- header ---- */

/* The second 16-bit word of the header. */
#define DNS_FLAG_QR     0x8000u
#define DNS_FLAG_AA     0x0400u
#define DNS_FLAG_TC     0x0200u
#define DNS_FLAG_RD     0x0100u
#define DNS_FLAG_RA     0x0080u
#define DNS_FLAG_Z      0x0040u
#define DNS_FLAG_AD     0x0020u
#define DNS_FLAG_CD     0x0010u
#define DNS_OPCODE_MASK 0x7800u
#define DNS_RCODE_MASK  0x000fu

enum dns_section {
	DNS_QUESTION,
	DNS_ANSWER,
	DNS_AUTHORITY,
	DNS_ADDITIONAL,
};

static inline uint16_t
dns_msg_id(const uint8_t *msg)
{
	return bytes_get16(msg);
}

static inline void
dns_msg_set_id(uint8_t *msg, uint16_t id)
{
	bytes_put16(msg, id);
}

static inline uint16_t
dns_msg_flags(const uint8_t *msg)
{
	return bytes_get16(msg + 2);
}

static inline void
dns_msg_set_flags(uint8_t *msg, unsigned flags)
{
	bytes_put16(msg + 2, (uint16_t)flags);
}

static inline unsigned
dns_msg_opcode(const uint8_t *msg)
{
	return (msg[2] >> 3) & 0x0f;
}

/* The four bits in the header; EDNS may hold eight more. */
static inline unsigned
dns_msg_rcode(const uint8_t *msg)
{
	return msg[3] & DNS_RCODE_MASK;
}

static inline void
dns_msg_set_rcode(uint8_t *msg, unsigned rcode)
{
	msg[3] = (uint8_t)((msg[3] & 0xf0u) | (rcode & DNS_RCODE_MASK));
}

static inline uint16_t
dns_msg_count(const uint8_t *msg, enum dns_section section)
{
	return bytes_get16(msg + 4 + 2 * (size_t)section);
}

static inline void
dns_msg_set_count(uint8_t *msg, enum dns_section section, uint16_t n)
{
	bytes_put16(msg + 4 + 2 * (size_t)section, n);
}

/* ---- requests ---- */

enum dns_query_verdict {
	DNS_QUERY_OK,     /* go on */
	DNS_QUERY_REJECT, /* answer with info->rcode */
	DNS_QUERY_IGNORE, /* say nothing */
};

/*
 * What a request says beside its name.  For REJECT the fields that could be read are set:
 * question_end is 0 when there is no question to repeat, opt_pos 0 when there is no OPT.
 */
struct dns_query_info {
	uint16_t rcode; /* to send when rejected, 16 = BADVERS; else 0 */
	uint16_t flags; /* as received */
	uint16_t qtype;
	uint16_t qclass;
	uint16_t question_end; /* offset after the question; 0 = none */
	uint16_t end;          /* offset after the last record; bytes beyond are ignored */
	uint16_t opt_pos;      /* offset of the OPT record's owner; 0 = no EDNS */
	uint16_t udp_size;     /* what the client said, at least 512; 512 without EDNS */
	uint16_t options_pos;  /* offset of the EDNS options */
	uint16_t options_len;  /* bytes of EDNS options, well-formed */
	uint16_t tsig_pos;     /* offset of the TSIG record's owner; 0 = none */
	uint8_t opcode;        /* QUERY or NOTIFY once accepted */
	uint8_t edns_version;  /* 0 once accepted */
	bool edns_do;          /* DNSSEC OK */
};

/*
 * Read and judge a request as CoreDNS does:
 *
 *	shorter than a header, or QR set			IGNORE
 *	opcode other than QUERY and NOTIFY			REJECT NOTIMP
 *	QDCOUNT != 1, ANCOUNT > 1, NSCOUNT > 1, ARCOUNT > 2	REJECT FORMERR
 *	a header with QDCOUNT 1 and nothing after it		REJECT SERVFAIL
 *	anything malformed					REJECT FORMERR
 *	more than one OPT, OPT not in the root, TSIG not last	REJECT FORMERR
 *	a client subnet (ECS) with a prefix that cannot be	REJECT FORMERR
 *	EDNS version other than 0				REJECT BADVERS
 *
 * A message that ends after the question although the header counts further records is taken as
 * one without records (CoreDNS's library does so), and bytes after the last record are ignored.
 * The class is not judged here.  Differences from CoreDNS: a compression pointer in the question,
 * two OPTs, an OPT whose owner is not the root, and an OPT or TSIG outside the additional section
 * are FORMERR.
 *
 * info is always filled; qname only for OK.
 */
enum dns_query_verdict dns_query_parse(const uint8_t *wire, size_t len, struct dns_query_info *info,
				       struct dns_qname *qname);

/*
 * Turn a rejected request into its answer in place: QR set, id, RD and CD kept, the opcode kept
 * except with FORMERR (then QUERY, as in CoreDNS), rcode and counts set.  The question is kept
 * when it could be read.  An rcode above 15 goes into an OPT record, which is appended.  wire
 * must have room for question_end (12 if that is 0) + 11 bytes.  Returns the length of the
 * answer.
 */
size_t dns_reply_reject(uint8_t *wire, const struct dns_query_info *info);

/* ---- records ---- */

/* One record, valid after dns_rr_next returned true.  All offsets are in bounds. */
struct dns_rr_iter {
	const uint8_t *msg;
	size_t len;     /* bytes of the message */
	uint32_t start; /* offset of the owner */
	uint32_t fixed; /* offset of the type, after the owner; class +2, TTL +4, RDLENGTH +8 */
	uint32_t rdata; /* offset of the data */
	uint32_t end;   /* offset after the record = rdata + rdlen */
	uint32_t ttl;   /* seconds */
	uint16_t type;
	uint16_t class;
	uint16_t rdlen;                    /* bytes of data */
	uint16_t left[DNS_ADDITIONAL + 1]; /* records still to come, per section */
	enum dns_section section;          /* ANSWER, AUTHORITY or ADDITIONAL */
	int error;                         /* 0, or why dns_rr_next returned false early */
};

/*
 * Stand before the first record after the questions.  RT_EEOF, RT_EFORMAT when there is no
 * well-formed header and question section; it->error is set too, and dns_rr_next is then false.
 */
int dns_rr_iter_init(struct dns_rr_iter *it, const uint8_t *msg, size_t len) RT_MUST_CHECK;

/*
 * Step to the next record.  False after the last one the header counts, or when the record is
 * malformed or cut off (it->error < 0).  The owner is bounded but its pointers are not followed,
 * and the data is bounded but not looked into: dns_name_unpack and dns_rdata_check do that.
 */
bool dns_rr_next(struct dns_rr_iter *it);

/* Change the TTL of the record the iterator stands on; wire is it->msg, writable. */
static inline void
dns_rr_set_ttl(struct dns_rr_iter *it, uint8_t *wire, uint32_t ttl)
{
	bytes_put32(wire + it->fixed + 4, ttl);
	it->ttl = ttl;
}

/* The owner of the current record, uncompressed, to out; its length or a negative code. */
static inline int
dns_rr_owner(const struct dns_rr_iter *it, uint8_t out[DNS_NAME_BUF])
{
	return dns_name_unpack(out, it->msg, it->len, it->start, NULL);
}

/* ---- whole messages ---- */

/* Where things are in a message that dns_msg_check found well-formed. */
struct dns_msg_layout {
	uint32_t question_end;                /* offset after the question section */
	uint32_t section[DNS_ADDITIONAL + 1]; /* offset of each section's first byte */
	uint32_t end;                         /* offset after the last record */
	uint32_t opt_pos;                     /* offset of the OPT's owner; 0 = none */
	uint32_t tsig_pos;                    /* offset of the TSIG's owner; 0 = none */
	uint16_t rcode;                       /* all twelve bits */
};

/*
 * Check every name and all record data of a message of any kind (an upstream's answer, a
 * transfer) and tell where its parts are.  Bytes after the last record are allowed.
 * 0, or RT_EEOF, RT_EFORMAT, RT_EPOINTER, RT_ENAMELEN, RT_ERDATA.
 */
int dns_msg_check(struct dns_msg_layout *layout, const uint8_t *msg, size_t len) RT_MUST_CHECK;

/* Offset after the question section; RT_EEOF, RT_EFORMAT. */
int dns_msg_question_end(const uint8_t *msg, size_t len) RT_MUST_CHECK;

/*
 * Whether b answers a: same id, opcode, and the same single question (name without regard to
 * case, type and class), and QR set in b only.
 */
bool dns_msg_answers(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);

/*
 * Shorten a complete message to limit bytes by leaving out whole records: the additional section
 * first (from its end, the OPT kept), then authority, then answer; TC is set when anything was
 * left out.  A message with a TSIG, or within the limit, is left alone.  limit below 512 counts
 * as 512. Once a record does not fit, none after it is kept, as in CoreDNS.  Returns the new
 * length; len when the message is malformed (it was made by us, so this does not happen).
 */
size_t dns_msg_truncate(uint8_t *msg, size_t len, size_t limit);

#endif
