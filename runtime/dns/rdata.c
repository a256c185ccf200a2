/*
 * The layout of record data, and everything that follows from it.
 */
#include "config.h"

#include "dns/rdata.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/edns.h"
#include "dns/name.h"
#include "dns/types.h"

/* ---- the table ---- */

#define FIXED(n)                                                                                   \
	{                                                                                          \
		.kind = DNS_FIELD_FIXED, .size = (n)                                               \
	}
#define REST(n)                                                                                    \
	{                                                                                          \
		.kind = DNS_FIELD_REST, .size = (n)                                                \
	}
#define BLOB(n)                                                                                    \
	{                                                                                          \
		.kind = DNS_FIELD_BLOB, .size = (n)                                                \
	}
#define GATEWAY(n)                                                                                 \
	{                                                                                          \
		.kind = DNS_FIELD_GATEWAY, .size = (n)                                             \
	}
#define STRING                                                                                     \
	{                                                                                          \
		.kind = DNS_FIELD_STRING                                                           \
	}
#define STRINGS                                                                                    \
	{                                                                                          \
		.kind = DNS_FIELD_STRINGS                                                          \
	}
#define NAME                                                                                       \
	{                                                                                          \
		.kind = DNS_FIELD_NAME                                                             \
	}
#define NAME_L                                                                                     \
	{                                                                                          \
		.kind = DNS_FIELD_NAME, .flags = DNS_FIELD_LOWER                                   \
	}
#define NAME_CL                                                                                    \
	{                                                                                          \
		.kind = DNS_FIELD_NAME, .flags = DNS_FIELD_COMPRESS | DNS_FIELD_LOWER              \
	}
#define KIND(k)                                                                                    \
	{                                                                                          \
		.kind = DNS_FIELD_##k                                                              \
	}
#define END                                                                                        \
	{                                                                                          \
		.kind = DNS_FIELD_END                                                              \
	}

/*
 * X(type, fields…).  NSEC's next name keeps its case in canonical form and RRSIG's signer does
 * not (RFC 6840 §5.1); HINFO, listed in RFC 4034 §6.2 by mistake, has no name.
 */
#define LAYOUTS(X)                                                                                 \
	X(A, FIXED(4))                                                                             \
	X(NS, NAME_CL)                                                                             \
	X(MD, NAME_CL)                                                                             \
	X(MF, NAME_CL)                                                                             \
	X(CNAME, NAME_CL)                                                                          \
	X(SOA, NAME_CL, NAME_CL, FIXED(20))                                                        \
	X(MB, NAME_CL)                                                                             \
	X(MG, NAME_CL)                                                                             \
	X(MR, NAME_CL)                                                                             \
	X(WKS, FIXED(5), REST(0))                                                                  \
	X(PTR, NAME_CL)                                                                            \
	X(HINFO, STRING, STRING)                                                                   \
	X(MINFO, NAME_CL, NAME_CL)                                                                 \
	X(MX, FIXED(2), NAME_CL)                                                                   \
	X(TXT, STRINGS)                                                                            \
	X(RP, NAME_L, NAME_L)                                                                      \
	X(AFSDB, FIXED(2), NAME_L)                                                                 \
	X(X25, STRING)                                                                             \
	X(ISDN, STRINGS)                                                                           \
	X(RT, FIXED(2), NAME_L)                                                                    \
	X(NSAP_PTR, NAME)                                                                          \
	X(SIG, FIXED(18), NAME_L, REST(0))                                                         \
	X(KEY, FIXED(4), REST(0))                                                                  \
	X(PX, FIXED(2), NAME_L, NAME_L)                                                            \
	X(GPOS, STRING, STRING, STRING)                                                            \
	X(AAAA, FIXED(16))                                                                         \
	X(LOC, FIXED(16))                                                                          \
	X(NXT, NAME_L, REST(0))                                                                    \
	X(SRV, FIXED(6), NAME_L)                                                                   \
	X(NAPTR, FIXED(4), STRING, STRING, STRING, NAME_L)                                         \
	X(KX, FIXED(2), NAME_L)                                                                    \
	X(CERT, FIXED(5), REST(0))                                                                 \
	X(A6, KIND(A6))                                                                            \
	X(DNAME, NAME_L)                                                                           \
	X(OPT, KIND(OPTIONS))                                                                      \
	X(APL, KIND(PREFIXES))                                                                     \
	X(DS, FIXED(4), REST(0))                                                                   \
	X(SSHFP, FIXED(2), REST(0))                                                                \
	X(IPSECKEY, FIXED(3), GATEWAY(1), REST(0))                                                 \
	X(RRSIG, FIXED(18), NAME_L, REST(0))                                                       \
	X(NSEC, NAME, KIND(BITMAP))                                                                \
	X(DNSKEY, FIXED(4), REST(0))                                                               \
	X(NSEC3, FIXED(4), BLOB(1), BLOB(1), KIND(BITMAP))                                         \
	X(NSEC3PARAM, FIXED(4), BLOB(1))                                                           \
	X(TLSA, FIXED(3), REST(0))                                                                 \
	X(SMIMEA, FIXED(3), REST(0))                                                               \
	X(HIP, KIND(HIP), KIND(NAMES))                                                             \
	X(NINFO, STRINGS)                                                                          \
	X(RKEY, FIXED(4), REST(0))                                                                 \
	X(TALINK, NAME, NAME)                                                                      \
	X(CDS, FIXED(4), REST(0))                                                                  \
	X(CDNSKEY, FIXED(4), REST(0))                                                              \
	X(CSYNC, FIXED(6), KIND(BITMAP))                                                           \
	X(ZONEMD, FIXED(6), REST(0))                                                               \
	X(SVCB, FIXED(2), NAME, KIND(PARAMS))                                                      \
	X(HTTPS, FIXED(2), NAME, KIND(PARAMS))                                                     \
	X(DSYNC, FIXED(5), NAME)                                                                   \
	X(SPF, STRINGS)                                                                            \
	X(NID, FIXED(10))                                                                          \
	X(L32, FIXED(6))                                                                           \
	X(L64, FIXED(10))                                                                          \
	X(LP, FIXED(2), NAME)                                                                      \
	X(EUI48, FIXED(6))                                                                         \
	X(EUI64, FIXED(8))                                                                         \
	X(TKEY, NAME, FIXED(12), BLOB(2), BLOB(2))                                                 \
	X(TSIG, NAME, FIXED(8), BLOB(2), FIXED(4), BLOB(2))                                        \
	X(URI, FIXED(4), REST(0))                                                                  \
	X(CAA, FIXED(1), STRING, REST(0))                                                          \
	X(AVC, STRINGS)                                                                            \
	X(AMTRELAY, FIXED(2), GATEWAY(1))                                                          \
	X(RESINFO, STRINGS)                                                                        \
	X(WALLET, STRINGS)                                                                         \
	X(CLA, STRINGS)                                                                            \
	X(TA, FIXED(4), REST(0))                                                                   \
	X(DLV, FIXED(4), REST(0))

#define X(type, ...) static const struct dns_field layout_##type[] = { __VA_ARGS__, END };
LAYOUTS(X)
#undef X

const struct dns_field *
dns_rdata_layout(uint16_t type)
{
	switch (type) {
#define X(symbol, ...)                                                                             \
	case DNS_TYPE_##symbol:                                                                    \
		return layout_##symbol;
		LAYOUTS(X)
#undef X
	}
	return NULL;
}

bool
dns_rdata_has_names(uint16_t type)
{
	const struct dns_field *field = dns_rdata_layout(type);

	for (; field != NULL && field->kind != DNS_FIELD_END; field++) {
		switch (field->kind) {
		case DNS_FIELD_NAME:
		case DNS_FIELD_NAMES:
		case DNS_FIELD_GATEWAY:
		case DNS_FIELD_A6:
			return true;
		}
	}
	return false;
}

/* ---- fields that are lists ---- */

/* Each of these looks at the n bytes at p and says whether they are a list of its kind. */

static bool
strings_ok(const uint8_t *p, size_t n)
{
	size_t i = 0;

	if (n == 0)
		return false;
	while (i < n)
		i += (size_t)p[i] + 1;
	return i == n;
}

/* RFC 4034 §4.1.2: window blocks ascending, 1 to 32 octets each. */
static bool
bitmap_ok(const uint8_t *p, size_t n)
{
	int last = -1;

	while (n > 0) {
		if (n < 2 || p[0] <= last || p[1] == 0 || p[1] > 32 || n - 2 < p[1])
			return false;
		last = p[0];
		n -= 2 + (size_t)p[1];
		p += 2 + (size_t)p[1];
	}
	return true;
}

/* RFC 9460 §2.2: keys strictly ascending. */
static bool
params_ok(const uint8_t *p, size_t n)
{
	long last = -1;

	while (n > 0) {
		size_t value;

		if (n < 4 || bytes_get16(p) <= last)
			return false;
		last = bytes_get16(p);
		value = bytes_get16(p + 2);
		if (n - 4 < value)
			return false;
		n -= 4 + value;
		p += 4 + value;
	}
	return true;
}

/* RFC 3123 §4: family, prefix length, negation and length of the address part, address part. */
static bool
prefixes_ok(const uint8_t *p, size_t n)
{
	while (n > 0) {
		size_t part;

		if (n < 4)
			return false;
		part = p[3] & 0x7f;
		if (n - 4 < part)
			return false;
		n -= 4 + part;
		p += 4 + part;
	}
	return true;
}

/* ---- walking ---- */

void
dns_rdata_walk_init(struct dns_rdata_walk *walk, uint16_t type, const uint8_t *msg, size_t len,
		    size_t pos, size_t rdlen)
{
	static const struct dns_field opaque[] = { REST(0), END };

	memset(walk, 0, sizeof(*walk));
	walk->field = dns_rdata_layout(type);
	if (walk->field == NULL || rdlen == 0)
		walk->field = opaque;
	walk->msg = msg;
	walk->len = len;
	walk->begin = pos;
	walk->at = pos;
	walk->end = pos + rdlen;
	if (pos > len || rdlen > len - pos)
		walk->error = RT_EEOF;
}

/* Bytes of a list field if it is well-formed, else a negative code.  Lists go up to the end. */
static int
list_len(const struct dns_rdata_walk *w, uint8_t kind)
{
	const uint8_t *p = w->msg + w->at;
	size_t n = w->end - w->at;
	bool ok = false;

	switch (kind) {
	case DNS_FIELD_STRINGS:
		ok = strings_ok(p, n);
		break;
	case DNS_FIELD_BITMAP:
		ok = bitmap_ok(p, n);
		break;
	case DNS_FIELD_PARAMS:
		ok = params_ok(p, n);
		break;
	case DNS_FIELD_PREFIXES:
		ok = prefixes_ok(p, n);
		break;
	case DNS_FIELD_OPTIONS:
		ok = dns_edns_check(p, n);
		break;
	}
	return ok ? (int)n : RT_ERDATA;
}

/* Bytes of a field whose length stands at its beginning, without looking beyond left bytes. */
static int
counted_len(const struct dns_rdata_walk *w, const struct dns_field *field, size_t left)
{
	const uint8_t *p = w->msg + w->at;

	if (field->kind == DNS_FIELD_HIP)
		return left < 4 ? RT_ERDATA : 4 + p[0] + bytes_get16(p + 2);
	if (field->kind == DNS_FIELD_BLOB && field->size == 2)
		return left < 2 ? RT_ERDATA : 2 + bytes_get16(p);
	return left < 1 ? RT_ERDATA : 1 + p[0];
}

/* Bytes of a field that is not a name. */
static int
plain_len(const struct dns_rdata_walk *w, const struct dns_field *field)
{
	size_t left = w->end - w->at;
	int n = 0;

	switch ((enum dns_field_kind)field->kind) {
	case DNS_FIELD_FIXED:
		n = field->size;
		break;
	case DNS_FIELD_REST:
		n = left < field->size ? RT_ERDATA : (int)left;
		break;
	case DNS_FIELD_STRING:
	case DNS_FIELD_BLOB:
	case DNS_FIELD_HIP:
		n = counted_len(w, field, left);
		break;
	case DNS_FIELD_STRINGS:
	case DNS_FIELD_BITMAP:
	case DNS_FIELD_PARAMS:
	case DNS_FIELD_PREFIXES:
	case DNS_FIELD_OPTIONS:
		n = list_len(w, field->kind);
		break;
	case DNS_FIELD_END:
	case DNS_FIELD_NAME:
	case DNS_FIELD_NAMES:
	case DNS_FIELD_GATEWAY:
	case DNS_FIELD_A6:
		break;
	}
	return n > (int)left ? RT_ERDATA : n;
}

static bool
fail(struct dns_rdata_walk *w, int error)
{
	w->error = error;
	return false;
}

static bool
give_plain(struct dns_rdata_walk *w, struct dns_rdata_piece *piece, int n)
{
	if (n < 0 || (size_t)n > w->end - w->at)
		return fail(w, RT_ERDATA);
	*piece = (struct dns_rdata_piece){ .pos = w->at, .len = (size_t)n };
	w->at += (size_t)n;
	return true;
}

static bool
give_name(struct dns_rdata_walk *w, struct dns_rdata_piece *piece, uint8_t flags)
{
	int next = dns_name_skip(w->msg, w->end, w->at);

	if (next < 0)
		return fail(w, next == RT_EEOF ? RT_ERDATA : next);
	*piece = (struct dns_rdata_piece){
		.pos = w->at,
		.len = (size_t)next - w->at,
		.is_name = true,
		.flags = flags,
	};
	w->at = (size_t)next;
	return true;
}

/*
 * RFC 4025 §2.5, RFC 8777 §4.2.3: nothing, an address or a name, by the kind in an earlier octet.
 */
static bool
give_gateway(struct dns_rdata_walk *w, struct dns_rdata_piece *piece, size_t kind_at)
{
	static const int sizes[] = { 0, 4, 16 };
	unsigned kind = w->msg[w->begin + kind_at] & 0x7f;

	if (kind == 3)
		return give_name(w, piece, 0);
	if (kind >= ARRAY_SIZE(sizes))
		return fail(w, RT_ERDATA);
	return give_plain(w, piece, sizes[kind]);
}

/*
 * RFC 2874 §3.1: a prefix length, the rest of the address, and the name of the prefix unless its
 * length is 0. Comes as two pieces; the second call is the one that stands after the first piece.
 */
static bool
give_a6(struct dns_rdata_walk *w, struct dns_rdata_piece *piece)
{
	unsigned prefix;

	if (w->at == w->end)
		return fail(w, RT_ERDATA);
	prefix = w->msg[w->begin];
	if (prefix > 128)
		return fail(w, RT_ERDATA);
	if (w->at != w->begin) {
		w->field++;
		return give_name(w, piece, DNS_FIELD_LOWER);
	}
	if (prefix == 0)
		w->field++;
	return give_plain(w, piece, 1 + (int)(128 - prefix + 7) / 8);
}

bool
dns_rdata_next(struct dns_rdata_walk *w, struct dns_rdata_piece *piece)
{
	const struct dns_field *field = w->field;

	if (w->error < 0)
		return false;
	switch (field->kind) {
	case DNS_FIELD_END:
		return w->at == w->end ? false : fail(w, RT_ERDATA);
	case DNS_FIELD_NAME:
		w->field++;
		return give_name(w, piece, field->flags);
	case DNS_FIELD_NAMES:
		return w->at == w->end ? false : give_name(w, piece, field->flags);
	case DNS_FIELD_GATEWAY:
		w->field++;
		return give_gateway(w, piece, field->size);
	case DNS_FIELD_A6:
		return give_a6(w, piece);
	}
	w->field++;
	return give_plain(w, piece, plain_len(w, field));
}

/* ---- what follows from it ---- */

int
dns_rdata_check(uint16_t type, const uint8_t *msg, size_t len, size_t pos, size_t rdlen)
{
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;

	dns_rdata_walk_init(&walk, type, msg, len, pos, rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		int rc;

		if (!piece.is_name)
			continue;
		rc = dns_name_unpack(NULL, msg, walk.end, piece.pos, NULL);
		if (rc < 0)
			return rc;
	}
	return walk.error;
}

int
dns_rdata_check_wire(uint16_t type, const uint8_t *rdata, size_t rdlen)
{
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;

	dns_rdata_walk_init(&walk, type, rdata, rdlen, 0, rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		int rc;

		if (!piece.is_name)
			continue;
		rc = dns_name_check(rdata + piece.pos, piece.len);
		if (rc < 0)
			return rc;
	}
	return walk.error;
}

int
dns_rdata_decompress(uint8_t *out, size_t cap, uint16_t type, const uint8_t *msg, size_t len,
		     size_t pos, size_t rdlen)
{
	uint8_t name[DNS_NAME_BUF];
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;
	size_t used = 0;

	dns_rdata_walk_init(&walk, type, msg, len, pos, rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		const uint8_t *from = msg + piece.pos;
		size_t n = piece.len;

		if (piece.is_name) {
			int rc = dns_name_unpack(name, msg, walk.end, piece.pos, NULL);

			if (rc < 0)
				return rc;
			from = name;
			n = (size_t)rc;
		}
		if (n > cap - used || used + n > DNS_RDATA_MAX)
			return RT_ENOSPC;
		memcpy(out + used, from, n);
		used += n;
	}
	return walk.error < 0 ? walk.error : (int)used;
}

int
dns_rdata_canonical(uint16_t type, uint8_t *rdata, size_t rdlen)
{
	struct dns_rdata_walk walk;
	struct dns_rdata_piece piece;

	dns_rdata_walk_init(&walk, type, rdata, rdlen, 0, rdlen);
	while (dns_rdata_next(&walk, &piece)) {
		if (piece.is_name && (piece.flags & DNS_FIELD_LOWER))
			dns_lower(rdata + piece.pos, piece.len);
	}
	return walk.error;
}
