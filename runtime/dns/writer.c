/*
 * The message writer.
 *
 * Compression keeps a short list of places where names, or the ends of names, stand in the
 * message, each with a 16-bit tag (length and first characters) that rules out nearly all others
 * before bytes are compared.  A list searched from the front beats a hash table for the handful
 * of names of a usual answer, and needs no clearing: the first record of an answer, owned by the
 * question's name, never touches it.
 */
#include "config.h"

#include "dns/writer.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/edns.h"
#include "dns/name_lower.h"
#include "dns/rdata.h"

#define FIXED_LEN   10u     /* bytes of a record between owner and data */
#define POINTER_MAX 0x4000u /* offsets below this can be pointed to */

/* ---- room and errors ---- */

static int
fail(struct dns_writer *w, int error)
{
	if (w->error == 0)
		w->error = error;
	return w->error;
}

/* Room for n more bytes. */
static bool
reserve(struct dns_writer *w, size_t n)
{
	size_t need = w->len + n;

	if (RT_UNLIKELY(w->error < 0))
		return false;
	if (RT_LIKELY(need <= w->cap))
		return true;
	if (need > DNS_MESSAGE_MAX || w->grow == NULL || !w->grow(w, need)) {
		fail(w, RT_ENOSPC);
		return false;
	}
	return true;
}

/* ---- compression ---- */

/* A digest of the name at name, len bytes long, the same for either case. */
static inline uint16_t
name_tag(const uint8_t *name, size_t len)
{
	return (uint16_t)(len << 8 ^ (unsigned)lower_byte(name[1]) << 3 ^ name[0]);
}

static void
remember(struct dns_writer *w, size_t offset, uint16_t tag)
{
	if (w->nslots == DNS_WRITER_SLOTS || offset >= POINTER_MAX)
		return;
	w->slot[w->nslots] = (uint16_t)offset;
	w->tag[w->nslots] = tag;
	w->nslots++;
}

/* Keep the first n places only.  Priming is undone with the names it added. */
static void
forget(struct dns_writer *w, uint8_t n)
{
	w->nslots = n;
	w->primed = n > 0;
}

/* Remember the uncompressed name at offset pos and all its ends. */
static void
remember_name(struct dns_writer *w, size_t pos)
{
	int n = dns_name_check(w->wire + pos, w->len - pos);
	size_t len = n > 0 ? (size_t)n : 0;

	while (len > 1) {
		const uint8_t *label = w->wire + pos;

		remember(w, pos, name_tag(label, len));
		len -= (size_t)*label + 1;
		pos += (size_t)*label + 1;
	}
}

/* The question's name comes first, when the first name is to be compressed. */
static RT_NOINLINE void
prime(struct dns_writer *w)
{
	w->primed = true;
	if (dns_msg_count(w->wire, DNS_QUESTION) > 0 && w->len > DNS_HEADER_LEN)
		remember_name(w, DNS_HEADER_LEN);
}

/* Where name, len bytes long, stands already; 0 = nowhere. */
static size_t
find(const struct dns_writer *w, const uint8_t *name, size_t len)
{
	uint16_t tag = name_tag(name, len);

	for (unsigned i = 0; i < w->nslots; i++) {
		if (w->tag[i] == tag && dns_name_equal_at(w->wire, w->len, w->slot[i], name))
			return w->slot[i];
	}
	return 0;
}

/* A name, with a pointer instead of its longest end that stands in the message already. */
static int
put_name(struct dns_writer *w, const uint8_t *name, bool compress)
{
	size_t len = dns_name_len(name);

	if (!reserve(w, len))
		return w->error;
	if (!w->primed)
		prime(w);
	while (*name != 0) {
		size_t label = (size_t)*name + 1;
		size_t at = compress ? find(w, name, len) : 0;

		if (at != 0) {
			bytes_put16(w->wire + w->len, (uint16_t)(0xc000 | at));
			w->len += 2;
			return 0;
		}
		/* What stands within an uncompressed name may be pointed to as well. */
		remember(w, w->len, name_tag(name, len));
		memcpy(w->wire + w->len, name, label);
		w->len += label;
		name += label;
		len -= label;
	}
	w->wire[w->len++] = 0;
	return 0;
}

/* ---- records ---- */

static void
put_fixed(uint8_t *p, uint16_t type, uint16_t class, uint32_t ttl, size_t rdlen)
{
	bytes_put16(p, type);
	bytes_put16(p + 2, class);
	bytes_put32(p + 4, ttl);
	bytes_put16(p + 8, (uint16_t)rdlen);
}

/* Whether a record may begin in this section now. */
static bool
may_begin(struct dns_writer *w, enum dns_section section, unsigned count)
{
	if (RT_UNLIKELY(w->error < 0))
		return false;
	if (w->open_at != 0) {
		fail(w, RT_EINVAL);
		return false;
	}
	if (dns_writer_is_past(w, section)) {
		fail(w, RT_EORDER);
		return false;
	}
	if (count > UINT16_MAX - (unsigned)dns_msg_count(w->wire, section)) {
		fail(w, RT_ELIMIT);
		return false;
	}
	return true;
}

static int
counted(struct dns_writer *w, enum dns_section section, unsigned count)
{
	dns_msg_set_count(w->wire, section, (uint16_t)(dns_msg_count(w->wire, section) + count));
	return 0;
}

int
dns_writer_raw_slow(struct dns_writer *w, enum dns_section section, const uint8_t *records,
		    size_t len, unsigned count)
{
	if (!may_begin(w, section, count) || !reserve(w, len))
		return w->error;
	memcpy(w->wire + w->len, records, len);
	w->len += len;
	return counted(w, section, count);
}

uint8_t *
dns_writer_room_slow(struct dns_writer *w, size_t len)
{
	if (!may_begin(w, DNS_ANSWER, 0) || !reserve(w, len))
		return NULL;
	return w->wire + w->len;
}

/* No record is open. */
static void
closed(struct dns_writer *w)
{
	w->open_at = 0;
	w->open_rdlen = 0;
}

/* Undo the open record and keep its error. */
static int
abandon(struct dns_writer *w)
{
	w->len = w->open_at;
	forget(w, w->open_nslots);
	closed(w);
	return w->error;
}

/* The owner is written: the rest of the record's head. */
static int
begin_data(struct dns_writer *w, enum dns_section section, uint16_t type, uint16_t class,
	   uint32_t ttl)
{
	if (!reserve(w, FIXED_LEN))
		return abandon(w);
	put_fixed(w->wire + w->len, type, class, ttl, 0);
	w->open_rdlen = (uint16_t)(w->len + 8);
	w->len += FIXED_LEN;
	w->open_section = (uint8_t)section;
	return 0;
}

int
dns_writer_open(struct dns_writer *w, enum dns_section section, const uint8_t *owner, uint16_t type,
		uint16_t class, uint32_t ttl)
{
	if (!may_begin(w, section, 1))
		return w->error;
	if (!w->primed)
		prime(w);
	w->open_at = (uint16_t)w->len;
	w->open_nslots = w->nslots;
	if (put_name(w, owner, true) < 0)
		return abandon(w);
	return begin_data(w, section, type, class, ttl);
}

int
dns_writer_open_at(struct dns_writer *w, enum dns_section section, size_t owner_pos, uint16_t type,
		   uint16_t class, uint32_t ttl)
{
	if (!may_begin(w, section, 1))
		return w->error;
	if (owner_pos >= POINTER_MAX)
		return fail(w, RT_EINVAL);
	w->open_at = (uint16_t)w->len;
	w->open_nslots = w->nslots;
	if (!reserve(w, 2))
		return abandon(w);
	bytes_put16(w->wire + w->len, (uint16_t)(0xc000 | owner_pos));
	w->len += 2;
	return begin_data(w, section, type, class, ttl);
}

int
dns_writer_bytes(struct dns_writer *w, const void *data, size_t len)
{
	if (!reserve(w, len))
		return w->error;
	if (len > 0)
		memcpy(w->wire + w->len, data, len);
	w->len += len;
	return 0;
}

int
dns_writer_u8(struct dns_writer *w, uint8_t v)
{
	return dns_writer_bytes(w, &v, 1);
}

int
dns_writer_u16(struct dns_writer *w, uint16_t v)
{
	uint8_t bytes[2];

	bytes_put16(bytes, v);
	return dns_writer_bytes(w, bytes, sizeof(bytes));
}

int
dns_writer_u32(struct dns_writer *w, uint32_t v)
{
	uint8_t bytes[4];

	bytes_put32(bytes, v);
	return dns_writer_bytes(w, bytes, sizeof(bytes));
}

int
dns_writer_name(struct dns_writer *w, const uint8_t *name, bool compress)
{
	return put_name(w, name, compress);
}

int
dns_writer_close(struct dns_writer *w)
{
	if (w->open_at == 0)
		return fail(w, RT_EINVAL);
	if (w->error < 0)
		return abandon(w);
	bytes_put16(w->wire + w->open_rdlen, (uint16_t)(w->len - w->open_rdlen - 2));
	closed(w);
	return counted(w, (enum dns_section)w->open_section, 1);
}

/* ---- records in one go ---- */

/*
 * The data of a record with names, into the open record, from msg (a message, or wire rdata with
 * pos 0).
 */
static void
put_data(struct dns_writer *w, uint16_t type, const uint8_t *msg, size_t len, size_t pos,
	 size_t rdlen)
{
	uint8_t name[DNS_NAME_BUF];
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;

	dns_rdata_walk_init(&walk, type, msg, len, pos, rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		if (piece.is_name) {
			int rc = dns_name_unpack(name, msg, walk.end, piece.pos, NULL);

			if (rc < 0) {
				fail(w, rc);
				return;
			}
			put_name(w, name, piece.flags & DNS_FIELD_COMPRESS);
		} else {
			dns_writer_bytes(w, msg + piece.pos, piece.len);
		}
	}
	if (walk.error < 0)
		fail(w, walk.error);
}

/*
 * Whether data must be looked into to be written well: to compress the names of some types (RFC
 * 3597 §4), and to remember those of all, since the addresses of a target usually follow.
 */
static inline bool
has_names(uint16_t type)
{
	return type != DNS_TYPE_A && type != DNS_TYPE_AAAA && dns_rdata_has_names(type);
}

int
dns_writer_rr(struct dns_writer *w, enum dns_section section, const uint8_t *owner, uint16_t type,
	      uint16_t class, uint32_t ttl, const uint8_t *rdata, size_t rdlen)
{
	if (dns_writer_open(w, section, owner, type, class, ttl) < 0)
		return w->error;
	if (rdlen > DNS_RDATA_MAX)
		fail(w, RT_ENOSPC);
	else if (has_names(type))
		put_data(w, type, rdata, rdlen, 0, rdlen);
	else
		dns_writer_bytes(w, rdata, rdlen);
	return dns_writer_close(w);
}

int
dns_writer_rr_at(struct dns_writer *w, enum dns_section section, size_t owner_pos, uint16_t type,
		 uint16_t class, uint32_t ttl, const uint8_t *rdata, size_t rdlen)
{
	uint8_t *p;

	if (has_names(type)) {
		if (dns_writer_open_at(w, section, owner_pos, type, class, ttl) < 0)
			return w->error;
		put_data(w, type, rdata, rdlen, 0, rdlen);
		return dns_writer_close(w);
	}
	/* The commonest record of all (A, AAAA, TXT owned by the question): one piece. */
	if (!may_begin(w, section, 1))
		return w->error;
	if (owner_pos >= POINTER_MAX)
		return fail(w, RT_EINVAL);
	if (rdlen > DNS_RDATA_MAX)
		return fail(w, RT_ENOSPC);
	if (!reserve(w, 2 + FIXED_LEN + rdlen))
		return w->error;
	p = w->wire + w->len;
	bytes_put16(p, (uint16_t)(0xc000 | owner_pos));
	put_fixed(p + 2, type, class, ttl, rdlen);
	if (rdlen > 0)
		memcpy(p + 2 + FIXED_LEN, rdata, rdlen);
	w->len += 2 + FIXED_LEN + rdlen;
	return counted(w, section, 1);
}

int
dns_writer_copy(struct dns_writer *w, enum dns_section section, const struct dns_rr_iter *it)
{
	uint8_t owner[DNS_NAME_BUF];
	int rc = dns_name_unpack(owner, it->msg, it->len, it->start, NULL);

	if (rc < 0)
		return fail(w, rc);
	if (dns_writer_open(w, section, owner, it->type, it->class, it->ttl) < 0)
		return w->error;
	if (has_names(it->type))
		put_data(w, it->type, it->msg, it->len, it->rdata, it->rdlen);
	else
		dns_writer_bytes(w, it->msg + it->rdata, it->rdlen);
	return dns_writer_close(w);
}

int
dns_writer_opt(struct dns_writer *w, uint16_t udp_size, unsigned rcode, unsigned flags,
	       const uint8_t *options, size_t options_len)
{
	int n;

	if (!may_begin(w, DNS_ADDITIONAL, 1) || !reserve(w, DNS_EDNS_LEN + options_len))
		return w->error;
	n = dns_edns_write(w->wire + w->len, DNS_EDNS_LEN + options_len, udp_size, rcode, flags,
			   options, options_len);
	if (n < 0)
		return fail(w, n);
	w->len += (size_t)n;
	dns_msg_set_rcode(w->wire, rcode);
	return counted(w, DNS_ADDITIONAL, 1);
}

/* ---- going back and going on ---- */

struct dns_writer_mark
dns_writer_mark(const struct dns_writer *w)
{
	struct dns_writer_mark mark = {
		.len = w->len,
		.error = w->error,
		.nslots = w->nslots,
	};

	memcpy(mark.counts, w->wire + DNS_HEADER_LEN - DNS_COUNTS_LEN, sizeof(mark.counts));
	return mark;
}

void
dns_writer_rollback(struct dns_writer *w, const struct dns_writer_mark *mark)
{
	w->len = mark->len;
	w->error = mark->error;
	forget(w, mark->nslots);
	closed(w);
	memcpy(w->wire + DNS_HEADER_LEN - DNS_COUNTS_LEN, mark->counts, sizeof(mark->counts));
}

int
dns_writer_resume(struct dns_writer *w, uint8_t *wire, size_t len, size_t cap)
{
	struct dns_rr_iter it;
	int rc = dns_rr_iter_init(&it, wire, len);

	memset(w, 0, offsetof(struct dns_writer, slot));
	w->wire = wire;
	w->cap = cap < DNS_MESSAGE_MAX ? cap : DNS_MESSAGE_MAX;
	if (rc < 0)
		return fail(w, rc);
	w->len = it.end;
	prime(w);
	while (dns_rr_next(&it)) {
		w->len = it.end;
		remember_name(w, it.start);
	}
	return it.error < 0 ? fail(w, it.error) : 0;
}
