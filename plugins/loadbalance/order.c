/*
 * order.c - which record goes where, and how it gets there.  See order.h.
 */
#include "config.h"

#include "loadbalance/order.h"

#include <string.h>

#include "base/bytes.h"
#include "dns/types.h"

#define HEAD_LEN 12u /* of a record with a pointer as its owner: all but its data */

/* ---- the usual answer ---- */

static void
swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t keep[16];

	memcpy(keep, a, len);
	memcpy(a, b, len);
	memcpy(b, keep, len);
}

bool
loadbalance_shuffle_plain(struct dns_writer *w, size_t pos, unsigned n, uint64_t *random)
{
	uint8_t *first = w->wire + pos;
	uint16_t type;
	size_t rdlen, size;

	if (pos + HEAD_LEN > w->len || first[0] < 0xc0)
		return false;
	type = bytes_get16(first + 2);
	if (type != DNS_TYPE_A && type != DNS_TYPE_AAAA)
		return false;
	rdlen = type == DNS_TYPE_A ? 4 : 16;
	size = HEAD_LEN + rdlen;
	if (bytes_get16(first + 10) != rdlen || pos + n * size > w->len)
		return false;
	/* The same owner, type, class, TTL and length: only the addresses change places. */
	for (unsigned i = 1; i < n; i++) {
		if (memcmp(first, first + i * size, HEAD_LEN) != 0)
			return false;
	}
	for (unsigned left = n; left > 1; left--) {
		unsigned i = loadbalance_draw(random, left);

		if (i + 1 != left)
			swap(first + i * size + HEAD_LEN, first + (left - 1) * size + HEAD_LEN,
			     rdlen);
	}
	return true;
}

/* ---- all others ---- */

/* The records of one section: what[order[i]] is to stand at place i. */
struct section {
	struct dns_rr_iter *what;
	uint32_t *order;
	uint32_t *scratch;
	unsigned n;
	unsigned lo, hi; /* first and last place that changes; lo > hi: none does */
};

static bool
is_address(const struct dns_rr_iter *rr)
{
	return rr->type == DNS_TYPE_A || rr->type == DNS_TYPE_AAAA;
}

static bool
is_mx(const struct dns_rr_iter *rr)
{
	return rr->type == DNS_TYPE_MX;
}

/* Resolvers in C libraries want aliases before what they lead to. */
static void
aliases_first(struct section *s)
{
	bool late = false;
	bool balanced = false;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (s->what[i].type == DNS_TYPE_CNAME)
			late = late || balanced;
		else
			balanced = balanced || is_address(&s->what[i]) || is_mx(&s->what[i]);
	}
	if (!late)
		return;
	for (unsigned i = 0; i < s->n; i++)
		if (s->what[i].type == DNS_TYPE_CNAME)
			s->order[n++] = i;
	for (unsigned i = 0; i < s->n; i++)
		if (s->what[i].type != DNS_TYPE_CNAME)
			s->order[n++] = i;
}

/* The places where such records stand, to scratch; how many. */
static unsigned
places_of(struct section *s, bool (*is)(const struct dns_rr_iter *))
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (is(&s->what[s->order[i]]))
			s->scratch[n++] = i;
	return n;
}

static void
exchange(uint32_t *a, uint32_t *b)
{
	uint32_t keep = *a;

	*a = *b;
	*b = keep;
}

static void
shuffle(struct section *s, uint64_t *random, bool (*is)(const struct dns_rr_iter *))
{
	for (unsigned left = places_of(s, is); left > 1; left--)
		exchange(&s->order[s->scratch[loadbalance_draw(random, left)]],
			 &s->order[s->scratch[left - 1]]);
}

static bool
address_of(const struct dns_rr_iter *rr, struct addr *addr)
{
	if (rr->type == DNS_TYPE_A && rr->rdlen == 4)
		addr_from_v4(addr, rr->msg + rr->rdata, 0);
	else if (rr->type == DNS_TYPE_AAAA && rr->rdlen == 16)
		addr_from_v6(addr, rr->msg + rr->rdata, 0);
	else
		return false;
	return true;
}

static unsigned
weight_of(const struct dns_rr_iter *rr, const struct loadbalance_weights *weights)
{
	uint8_t name[DNS_NAME_BUF];
	struct addr addr;

	if (!address_of(rr, &addr) || dns_rr_owner(rr, name) < 0)
		return 1;
	addr_unmap(&addr);
	return loadbalance_weight(weights, name, dns_name_lower(name, name), &addr);
}

/* One address, drawn by weight, changes places with the first. */
static void
put_drawn_first(struct section *s, const struct loadbalance_order *o)
{
	unsigned n = places_of(s, is_address);
	uint32_t sum = 0;
	uint32_t at;

	for (unsigned i = 0; i < n; i++)
		sum += weight_of(&s->what[s->order[s->scratch[i]]], o->weights);
	if (n < 2)
		return;
	at = loadbalance_draw(o->random, sum);
	for (unsigned i = 0; i < n; i++) {
		unsigned weight = weight_of(&s->what[s->order[s->scratch[i]]], o->weights);

		if (at < weight) {
			exchange(&s->order[s->scratch[i]], &s->order[s->scratch[0]]);
			return;
		}
		at -= weight;
	}
}

/* The first of the networks that the address is in; their number if it is in none. */
static unsigned
rank_of(const struct dns_rr_iter *rr, const struct rt_cidrs *prefer)
{
	struct addr addr;
	unsigned i = 0;

	if (!address_of(rr, &addr))
		return prefer->n;
	while (i < prefer->n && !cidr_contains(&prefer->v[i], &addr))
		i++;
	return i;
}

/* A stable insertion sort: addresses are few. */
static void
put_preferred_first(struct section *s, const struct rt_cidrs *prefer)
{
	unsigned n = places_of(s, is_address);

	for (unsigned i = 1; i < n; i++) {
		unsigned rank = rank_of(&s->what[s->order[s->scratch[i]]], prefer);

		for (unsigned j = i; j > 0; j--) {
			uint32_t *before = &s->order[s->scratch[j - 1]];

			if (rank_of(&s->what[*before], prefer) <= rank)
				break;
			exchange(before, &s->order[s->scratch[j]]);
		}
	}
}

static void
arrange_section(struct section *s, enum dns_section which, const struct loadbalance_order *o)
{
	for (unsigned i = 0; i < s->n; i++)
		s->order[i] = i;
	s->lo = 1;
	s->hi = 0;
	if (s->n < 2)
		return;
	if (o->policy == LOADBALANCE_ROUND_ROBIN) {
		aliases_first(s);
		shuffle(s, o->random, is_address);
		shuffle(s, o->random, is_mx);
	} else if (which != DNS_AUTHORITY && (o->qtype == DNS_TYPE_A || o->qtype == DNS_TYPE_AAAA ||
					      o->qtype == DNS_TYPE_SRV)) {
		aliases_first(s);
		put_drawn_first(s, o);
	}
	if (o->prefer->n > 0 && which != DNS_AUTHORITY)
		put_preferred_first(s, o->prefer);
	s->lo = 0;
	s->hi = s->n - 1;
	while (s->lo <= s->hi && s->order[s->lo] == s->lo)
		s->lo++;
	while (s->lo < s->hi && s->order[s->hi] == s->hi)
		s->hi--;
}

/* ---- moving ---- */

/*
 * Whether the records from place lo to hi can change places as they are (if there are any): addresses, owned by
 * pointers to somewhere before them.  Either all are alike, so that a pointer to one of their owners is as
 * good as before, or nothing comes after them that could point there.
 */
static bool
movable(const struct section *s, size_t message_len)
{
	const struct dns_rr_iter *first = &s->what[s->lo];
	bool alike = true;

	if (s->lo > s->hi)
		return true;
	for (unsigned i = s->lo; i <= s->hi; i++) {
		const struct dns_rr_iter *rr = &s->what[i];

		if (!is_address(rr) || rr->fixed - rr->start != 2 || rr->msg[rr->start] < 0xc0 ||
		    (bytes_get16(rr->msg + rr->start) & 0x3fffu) >= first->start)
			return false;
		alike = alike && rr->rdlen == first->rdlen &&
			bytes_get16(rr->msg + rr->start) == bytes_get16(first->msg + first->start);
	}
	return alike || s->what[s->hi].end == message_len;
}

static void
move(struct dns_writer *w, const struct section *s, const struct loadbalance_order *o)
{
	uint8_t *copy, *to;
	size_t from, len;

	if (s->lo > s->hi)
		return;
	from = s->what[s->lo].start;
	len = s->what[s->hi].end - from;
	copy = o->alloc(o->alloc_arg, len);
	if (copy == NULL)
		return; /* it stays as it is */
	memcpy(copy, w->wire + from, len);
	to = w->wire + from;
	for (unsigned i = s->lo; i <= s->hi; i++) {
		const struct dns_rr_iter *rr = &s->what[s->order[i]];

		memcpy(to, copy + (rr->start - from), rr->end - rr->start);
		to += rr->end - rr->start;
	}
}

/* Writes the whole message anew, in the new order. */
static void
rewrite(struct dns_writer *w, const struct section sections[3], const struct loadbalance_order *o)
{
	struct dns_writer before = *w;
	uint8_t *copy = o->alloc(o->alloc_arg, w->len);
	int end = dns_msg_question_end(w->wire, w->len);
	int rc = 0;

	if (copy == NULL || end < 0)
		return;
	memcpy(copy, w->wire, w->len);
	dns_writer_init(w, before.wire, (size_t)end, before.cap);
	w->grow = before.grow;
	w->user = before.user;
	for (unsigned n = 0; n < 3; n++) {
		const struct section *s = &sections[n];

		for (unsigned i = 0; rc == 0 && i < s->n; i++) {
			struct dns_rr_iter rr = s->what[s->order[i]];

			rr.msg = copy;
			rc = dns_writer_copy(w, (enum dns_section)(DNS_ANSWER + n), &rr);
		}
	}
	if (rc == 0)
		return;
	before.wire = w->wire;
	before.cap = w->cap;
	*w = before;
	memcpy(w->wire, copy, w->len);
}

/* Finds all records.  False: malformed, or no memory. */
static bool
collect(struct dns_writer *w, struct section sections[3], const struct loadbalance_order *o)
{
	unsigned total = 0;
	struct dns_rr_iter it;
	struct dns_rr_iter *all;
	uint32_t *numbers;

	for (unsigned i = 0; i < 3; i++)
		total += dns_msg_count(w->wire, (enum dns_section)(DNS_ANSWER + i));
	if (total > DNS_MESSAGE_MAX / 11)
		return false;
	all = o->alloc(o->alloc_arg, total * sizeof(*all));
	numbers = o->alloc(o->alloc_arg, total * 2 * sizeof(*numbers));
	if (all == NULL || numbers == NULL || dns_rr_iter_init(&it, w->wire, w->len) < 0)
		return false;
	for (unsigned i = 0; i < 3; i++) {
		struct section *s = &sections[i];

		s->n = dns_msg_count(w->wire, (enum dns_section)(DNS_ANSWER + i));
		s->what = all;
		s->order = numbers;
		s->scratch = numbers + total;
		all += s->n;
		numbers += s->n;
		for (unsigned j = 0; j < s->n; j++) {
			if (!dns_rr_next(&it))
				return false;
			s->what[j] = it;
		}
	}
	return true;
}

void
loadbalance_arrange(struct dns_writer *w, const struct loadbalance_order *o)
{
	struct section sections[3];
	bool anew = false;

	if (!collect(w, sections, o))
		return;
	/* Look at all of them before the first is touched. */
	for (unsigned i = 0; i < 3; i++) {
		arrange_section(&sections[i], (enum dns_section)(DNS_ANSWER + i), o);
		anew = anew || !movable(&sections[i], w->len);
	}
	if (anew) {
		rewrite(w, sections, o);
		return;
	}
	for (unsigned i = 0; i < 3; i++)
		move(w, &sections[i], o);
}
