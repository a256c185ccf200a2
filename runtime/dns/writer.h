/*
 * Writing answers: appending records to a message in wire form.
 *
 * The writer works in the buffer that holds the query.  Header and question stay where they are;
 * records go after the question in the order of the sections:
 *
 *	struct dns_writer w;
 *	dns_writer_init(&w, wire, info.question_end, cap);
 *	dns_writer_rr(&w, DNS_ANSWER, owner, DNS_TYPE_A, DNS_CLASS_IN, 60, ip, 4);
 *	dns_writer_rr(&w, DNS_AUTHORITY, ...);
 *	if (w.error < 0) ...		SERVFAIL
 *	len = w.len;
 *
 * Errors are sticky: after the first one nothing more is written and every function returns the
 * same code, so that a plugin may write a whole answer and look once.  A record that fails leaves
 * no trace in the message.
 *
 * Names are compressed (RFC 1035 §4.1.4) against the question and everything written before,
 * comparing without case.  Within record data only the names of the types of RFC 3597 §4 are
 * compressed.
 *
 * When the buffer is full the grow callback is asked for more; it changes wire and cap (the
 * runtime moves the query to a larger buffer).  Without a callback, or when it refuses, the error
 * is RT_ENOSPC.
 *
 * Nothing is allocated.  A writer belongs to one thread and is plain data: it may be copied with
 * its message (rt_query does so when it suspends), because the table holds offsets, not pointers.
 */
#ifndef DNS_WRITER_H
#define DNS_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"
#include "dns/message.h"

/* Names remembered for compression; further ones are written but not pointed to. */
#define DNS_WRITER_SLOTS 64

struct dns_writer {
	uint8_t *wire; /* the message */
	size_t len;    /* bytes written, header included */
	size_t cap;    /* bytes at wire, at most DNS_MESSAGE_MAX */

	/* Make room for need bytes in all (cap >= need) or return false.  May be NULL. */
	bool (*grow)(struct dns_writer *w, size_t need);
	void *user; /* for grow */

	uint16_t counts[DNS_ADDITIONAL + 1]; /* as in the header, which is kept up to date */
	uint8_t section;                     /* enum dns_section last written to */
	bool primed;                         /* the question's names are in the table */
	uint8_t nslots;                      /* places of slot in use */
	uint8_t open_nslots;                 /* nslots before the open record */
	uint16_t open_rdlen;                 /* offset of the open record's RDLENGTH */
	uint16_t open_at;                    /* offset of the record being built; 0 = none */
	int error;                           /* 0 or the first failure, sticky */

	/* Compression: where a name or the end of one stands, and a check of what it spells. */
	uint16_t slot[DNS_WRITER_SLOTS];
	uint16_t tag[DNS_WRITER_SLOTS];
};

/* A place to return to. */
struct dns_writer_mark {
	size_t len;
	int error;
	uint16_t counts[DNS_ADDITIONAL + 1];
	uint8_t section;
	uint8_t nslots;
};

/*
 * Write after len bytes (header and question, already there) of the buffer at wire with cap
 * bytes. The three record counts in the header become 0; the rest of the header is not touched.
 * grow and user are NULL: set them afterwards.
 */
static inline void dns_writer_init(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap);

/*
 * The same, but go on after the records that stand in the message already (to add an OPT or
 * further records to a finished answer); its names serve for compression too.  0 or the message's
 * fault.
 */
int dns_writer_resume(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap) RT_MUST_CHECK;

/*
 * Remember a place, and return to it: records written since are gone, and so is an error since.
 * Not between open and close.
 */
struct dns_writer_mark dns_writer_mark(const struct dns_writer *w);
void dns_writer_rollback(struct dns_writer *w, const struct dns_writer_mark *mark);

/*
 * Append a record.  owner is an uncompressed trusted name, rdata is wire rdata (uncompressed
 * names). 0; RT_ENOSPC; RT_EORDER: a later section was written to; RT_ERDATA: malformed rdata of
 * a type with names; RT_ELIMIT: 65535 records.
 */
int dns_writer_rr(struct dns_writer *w, enum dns_section section, const uint8_t *owner,
		  uint16_t type, uint16_t class, uint32_t ttl, const uint8_t *rdata, size_t rdlen);

/*
 * The same with an owner that stands at offset owner_pos of the message (12 = the question's
 * name; a caller that uses it needs no copy of the name, and keeps the client's case).
 */
int dns_writer_rr_at(struct dns_writer *w, enum dns_section section, size_t owner_pos,
		     uint16_t type, uint16_t class, uint32_t ttl, const uint8_t *rdata,
		     size_t rdlen);

/*
 * Append count finished records of len bytes as they are.  Their compression pointers, if any,
 * must be right for this message (offset 12 = the question's name).
 */
static inline int dns_writer_raw(struct dns_writer *w, enum dns_section section,
				 const uint8_t *records, size_t len, unsigned count);
int dns_writer_raw_slow(struct dns_writer *w, enum dns_section section, const uint8_t *records,
			size_t len, unsigned count);

/*
 * The same for records of all sections that the caller writes where they are to be: room for len
 * bytes at the end of the message, or NULL (then w->error says why).  Nothing is taken until
 * dns_writer_take, with what was written there and the number of records in answer, authority and
 * additional section.  Only on a message without records.
 */
static inline uint8_t *dns_writer_room(struct dns_writer *w, size_t len);
uint8_t *dns_writer_room_slow(struct dns_writer *w, size_t len);
static inline void dns_writer_take(struct dns_writer *w, size_t len, const uint16_t counts[3]);

/*
 * Copy the record an iterator stands on, from another message, expanding and compressing anew.
 * Also the codes of dns_rdata_check.
 */
int dns_writer_copy(struct dns_writer *w, enum dns_section section, const struct dns_rr_iter *it);

/*
 * Build a record piece by piece: open it, add data, close it.  Between open and close no other
 * record can be written.  dns_writer_name compresses when compress is set (and the type's rules
 * allow it: the caller knows).
 */
int dns_writer_open(struct dns_writer *w, enum dns_section section, const uint8_t *owner,
		    uint16_t type, uint16_t class, uint32_t ttl);
int dns_writer_open_at(struct dns_writer *w, enum dns_section section, size_t owner_pos,
		       uint16_t type, uint16_t class, uint32_t ttl);
int dns_writer_bytes(struct dns_writer *w, const void *data, size_t len);
int dns_writer_u8(struct dns_writer *w, uint8_t v);
int dns_writer_u16(struct dns_writer *w, uint16_t v);
int dns_writer_u32(struct dns_writer *w, uint32_t v);
int dns_writer_name(struct dns_writer *w, const uint8_t *name, bool compress);
int dns_writer_close(struct dns_writer *w);

/*
 * Append an OPT record to the additional section and put the lower bits of rcode in the header.
 * flags: DNS_EDNS_DO.  options is a list as made by dns_edns_add, or NULL.
 */
int dns_writer_opt(struct dns_writer *w, uint16_t udp_size, unsigned rcode, unsigned flags,
		   const uint8_t *options, size_t options_len);

/* ---- inline: what nearly every answer needs ---- */

static inline void
dns_writer_init(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap)
{
	w->wire = wire;
	w->len = len;
	w->cap = cap < DNS_MESSAGE_MAX ? cap : DNS_MESSAGE_MAX;
	w->grow = NULL;
	w->user = NULL;
	/* In the order of the struct, so that neighbours are set together.  The table stays as it is:
	 * nslots says that nothing in it counts. */
	w->counts[DNS_QUESTION] = dns_msg_count(wire, DNS_QUESTION);
	w->counts[DNS_ANSWER] = 0;
	w->counts[DNS_AUTHORITY] = 0;
	w->counts[DNS_ADDITIONAL] = 0;
	w->section = DNS_ANSWER;
	w->primed = false;
	w->nslots = 0;
	w->open_nslots = 0;
	w->open_rdlen = 0;
	w->open_at = 0;
	w->error = 0;
	memset(wire + 6, 0, 6);
}

/* Whether len bytes can be written at once: nothing has failed, nothing is open, and there is room. */
static RT_ALWAYS_INLINE bool
dns_writer_ready(const struct dns_writer *w, size_t len)
{
	return w->error == 0 && w->open_at == 0 && w->len + len <= w->cap;
}

static inline int
dns_writer_raw(struct dns_writer *w, enum dns_section section, const uint8_t *records, size_t len,
	       unsigned count)
{
	unsigned n = w->counts[section] + count;

	if (RT_UNLIKELY(!dns_writer_ready(w, len) || section < w->section || n > UINT16_MAX))
		return dns_writer_raw_slow(w, section, records, len, count);
	memcpy(w->wire + w->len, records, len);
	w->len += len;
	w->section = (uint8_t)section;
	w->counts[section] = (uint16_t)n;
	dns_msg_set_count(w->wire, section, (uint16_t)n);
	return 0;
}

static inline uint8_t *
dns_writer_room(struct dns_writer *w, size_t len)
{
	return dns_writer_ready(w, len) ? w->wire + w->len : dns_writer_room_slow(w, len);
}

static inline void
dns_writer_take(struct dns_writer *w, size_t len, const uint16_t counts[3])
{
	w->len += len;
	for (unsigned i = 0; i < 3; i++) {
		enum dns_section section = (enum dns_section)(DNS_ANSWER + i);

		w->counts[section] = counts[i];
		dns_msg_set_count(w->wire, section, counts[i]);
		if (counts[i] > 0)
			w->section = (uint8_t)section;
	}
}

#endif
