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

/* Octets of the header that count records: at its end. */
#define DNS_COUNTS_LEN 6

struct dns_writer {
	uint8_t *wire; /* the message */
	size_t len;    /* bytes written, header included */
	size_t cap;    /* bytes at wire, at most DNS_MESSAGE_MAX */

	/* Make room for need bytes in all (cap >= need) or return false.  May be NULL. */
	bool (*grow)(struct dns_writer *w, size_t need);
	void *user; /* for grow */

	/* What begins as zero, and is looked at together: 0 when records may be added at once. */
	union {
		struct {
			int error;           /* 0 or the first failure, sticky */
			uint16_t open_at;    /* offset of the record being built; 0 = none */
			uint16_t open_rdlen; /* offset of its RDLENGTH; 0 = none */
		};
		uint64_t busy;
	};
	union {
		struct {
			uint8_t open_section; /* enum dns_section of the open record */
			uint8_t open_nslots;  /* nslots before it */
			uint8_t nslots;       /* places of slot in use */
			bool primed;          /* the question's names are in the table */
		};
		uint32_t table;
	};

	/* Compression: where a name or the end of one stands, and a check of what it spells. */
	uint16_t slot[DNS_WRITER_SLOTS];
	uint16_t tag[DNS_WRITER_SLOTS];
};

/* A place to return to. */
struct dns_writer_mark {
	size_t len;
	int error;
	uint8_t nslots;
	uint8_t counts[6]; /* of the header: records by section */
};

/*
 * Write after len bytes (header and question, already there) of the buffer at wire with cap
 * bytes. The three record counts in the header become 0; the rest of the header is not touched.
 * grow and user are NULL: set them afterwards.
 */
static inline void dns_writer_init(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap);

/* The same for the next message in the same buffer: wire, cap, grow and user stay. */
static inline void dns_writer_begin(struct dns_writer *w, size_t len);
/* The same where the header's counts of records are 0 already. */
static inline void dns_writer_begin_counted(struct dns_writer *w, size_t len);

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
 * The same for records of all sections that the caller writes itself: takes len bytes at the end of
 * the message, *to, for as many records as counts has for answer, authority and additional section.
 * The caller may write slack bytes more behind them, which do not count.  false: so many bytes cannot
 * be had without growing; nothing is taken then.  Only on a message without records.
 */
static inline bool dns_writer_take_all(struct dns_writer *w, size_t len, size_t slack,
				       const uint16_t counts[3], uint8_t **to) RT_MUST_CHECK;

/*
 * And in two steps: room for len bytes at the end of the message, or NULL (then w->error says why);
 * nothing is taken until dns_writer_take, with what was written there.  Only on a message without
 * records.
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

static RT_ALWAYS_INLINE void
dns_writer_begin_counted(struct dns_writer *w, size_t len)
{
	w->len = len;
	w->busy = 0;
	/* The places stay as they are: nslots says that none of them counts. */
	w->table = 0;
}

static RT_ALWAYS_INLINE void
dns_writer_begin(struct dns_writer *w, size_t len)
{
	dns_writer_begin_counted(w, len);
	memset(w->wire + DNS_HEADER_LEN - DNS_COUNTS_LEN, 0, DNS_COUNTS_LEN);
}

static inline void
dns_writer_init(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap)
{
	w->wire = wire;
	w->cap = cap < DNS_MESSAGE_MAX ? cap : DNS_MESSAGE_MAX;
	w->grow = NULL;
	w->user = NULL;
	dns_writer_begin(w, len);
}

/* Whether len bytes can be written at once: nothing has failed, nothing is open, and there is room. */
static RT_ALWAYS_INLINE bool
dns_writer_ready(const struct dns_writer *w, size_t len)
{
	return w->busy == 0 && w->len + len <= w->cap;
}

/* Whether there are records in a section after this one. */
static RT_ALWAYS_INLINE bool
dns_writer_is_past(const struct dns_writer *w, enum dns_section section)
{
	/* The counts of later sections are the lower bits: 16 of them a section. */
	return (bytes_get64(w->wire + 4) &
		((UINT64_C(1) << 16 * (DNS_ADDITIONAL - (unsigned)section)) - 1)) != 0;
}

static inline int
dns_writer_raw(struct dns_writer *w, enum dns_section section, const uint8_t *records, size_t len,
	       unsigned count)
{
	unsigned n = dns_msg_count(w->wire, section) + count;

	if (RT_UNLIKELY(!dns_writer_ready(w, len) || dns_writer_is_past(w, section) ||
			n > UINT16_MAX))
		return dns_writer_raw_slow(w, section, records, len, count);
	memcpy(w->wire + w->len, records, len);
	w->len += len;
	dns_msg_set_count(w->wire, section, (uint16_t)n);
	return 0;
}

static RT_ALWAYS_INLINE void
dns_writer_set_counts(uint8_t *wire, const uint16_t counts[3])
{
	bytes_put32(wire + 6, (uint32_t)counts[0] << 16 | counts[1]);
	bytes_put16(wire + 10, counts[2]);
}

static RT_ALWAYS_INLINE bool
dns_writer_take_all(struct dns_writer *w, size_t len, size_t slack, const uint16_t counts[3],
		    uint8_t **to)
{
	/* All is read before anything is written, which might be anywhere for all the compiler knows. */
	uint8_t *wire = w->wire;
	size_t at = w->len;

	if (RT_UNLIKELY(w->busy != 0 || at + len + slack > w->cap))
		return false;
	w->len = at + len;
	dns_writer_set_counts(wire, counts);
	*to = wire + at;
	return true;
}

static inline uint8_t *
dns_writer_room(struct dns_writer *w, size_t len)
{
	return RT_LIKELY(dns_writer_ready(w, len)) ? w->wire + w->len
						   : dns_writer_room_slow(w, len);
}

static RT_ALWAYS_INLINE void
dns_writer_take(struct dns_writer *w, size_t len, const uint16_t counts[3])
{
	w->len += len;
	dns_writer_set_counts(w->wire, counts);
}

#endif
