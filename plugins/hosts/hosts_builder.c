/*
 * hosts_builder.c - gathers pairs of names and addresses and makes a table of them.
 *
 * Names are numbered in the order of their first appearance and pairs are kept in the order in
 * which they came.  At the end the pairs are sorted by name (counting sort, which keeps their
 * order), so that each name's records can be written in one go; reverse records are then made from
 * the pairs that were not repeated.  All scratch memory is in large blocks, which go back to the
 * system.
 */
#include "config.h"

#include "hosts/hosts_table.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "dns/types.h"

#define NUMBERS_MAX (UINT32_C(1) << 30)

/* Bits of pair.name. */
#define PAIR_V6       (UINT32_C(1) << 31)
#define PAIR_COREFILE (UINT32_C(1) << 30)
#define PAIR_NAME     (PAIR_COREFILE - 1)

/* In hosts_rev4.ref and hosts_rev6.ref while there is one name and it is not known yet. */
#define REF_ONE (HOSTS_REF_LIST - 1)

#define NO_NAME UINT32_MAX

struct pair {
	uint32_t name;  /* number of the name, and PAIR_ bits */
	uint32_t value; /* IPv4: the four octets; IPv6: index into v6 */
};

struct name_slot {
	uint32_t tag;
	uint32_t number; /* of the name, plus 1; 0: empty */
};

/* An array that grows. */
struct vector {
	void *v;
	size_t n;
	size_t room;
};

struct hosts_builder {
	struct vector names;   /* octets: names one after the other */
	struct vector name_at; /* uint32_t: offset of each name in names */
	struct vector pairs;   /* struct pair */
	struct vector v6;      /* 16 octets each */
	struct name_slot *slots;
	size_t nslots;
	bool wildcards;
};

/* Room for n more elements; their address, or NULL. */
static void *
vector_grow(struct vector *v, size_t n, size_t size)
{
	if (v->n + n > v->room) {
		size_t room = v->room == 0 ? 64 : v->room * 2;

		while (room < v->n + n)
			room *= 2;
		void *grown = realloc(v->v, room * size);
		if (grown == NULL)
			return NULL;
		v->v = grown;
		v->room = room;
	}
	void *at = (char *)v->v + v->n * size;
	v->n += n;
	return at;
}

static const uint8_t *
name_of(const struct hosts_builder *b, uint32_t number)
{
	return (const uint8_t *)b->names.v + ((const uint32_t *)b->name_at.v)[number];
}

struct hosts_builder *
hosts_builder_new(void)
{
	return calloc(1, sizeof(struct hosts_builder));
}

void
hosts_builder_free(struct hosts_builder *b)
{
	if (b == NULL)
		return;
	free(b->names.v);
	free(b->name_at.v);
	free(b->pairs.v);
	free(b->v6.v);
	free(b->slots);
	free(b);
}

/* ---- names ---- */

static struct name_slot *
slot_of(struct hosts_builder *b, uint64_t hash, const uint8_t *name, size_t len)
{
	uint64_t mask = b->nslots - 1;

	for (uint64_t i = hash & mask;; i = (i + 1) & mask) {
		struct name_slot *s = &b->slots[i];

		if (s->number == 0)
			return s;
		if (s->tag != (uint32_t)(hash >> 32))
			continue;
		const uint8_t *known = name_of(b, s->number - 1);
		if (dns_name_len(known) == len && memcmp(known, name, len) == 0)
			return s;
	}
}

static int
grow_slots(struct hosts_builder *b)
{
	size_t n = b->nslots == 0 ? 64 : b->nslots * 2;
	struct name_slot *old = b->slots;

	b->slots = calloc(n, sizeof(*b->slots));
	if (b->slots == NULL) {
		b->slots = old;
		return RT_ENOMEM;
	}
	b->nslots = n;
	free(old);
	for (uint32_t i = 0; i < b->name_at.n; i++) {
		const uint8_t *name = name_of(b, i);
		size_t len = dns_name_len(name);
		uint64_t hash = dns_name_hash(name, len);
		struct name_slot *s = slot_of(b, hash, name, len);

		s->tag = (uint32_t)(hash >> 32);
		s->number = i + 1;
	}
	return 0;
}

static uint32_t
find_name(struct hosts_builder *b, const uint8_t *name, size_t len)
{
	if (b->nslots == 0)
		return NO_NAME;
	return slot_of(b, dns_name_hash(name, len), name, len)->number - 1;
}

/* The number of a name, new or known. */
static int
number_of(struct hosts_builder *b, const uint8_t *name, uint32_t *number)
{
	size_t len = dns_name_len(name);

	if (b->name_at.n * 2 >= b->nslots && grow_slots(b) != 0)
		return RT_ENOMEM;
	uint64_t hash = dns_name_hash(name, len);
	struct name_slot *s = slot_of(b, hash, name, len);
	if (s->number != 0) {
		*number = s->number - 1;
		return 0;
	}
	if (b->name_at.n >= NUMBERS_MAX || b->names.n > UINT32_MAX - DNS_NAME_BUF)
		return RT_ELIMIT;
	uint32_t offset = (uint32_t)b->names.n;
	uint8_t *copy = vector_grow(&b->names, len, 1);
	uint32_t *at = copy == NULL ? NULL : vector_grow(&b->name_at, 1, sizeof(*at));
	if (at == NULL)
		return RT_ENOMEM;
	memcpy(copy, name, len);
	*at = offset;
	s->tag = (uint32_t)(hash >> 32);
	s->number = (uint32_t)b->name_at.n;
	*number = s->number - 1;
	b->wildcards = b->wildcards || dns_name_is_wildcard(name);
	return 0;
}

int
hosts_builder_add(struct hosts_builder *b, enum hosts_source source, const uint8_t *name,
		  const struct addr *a)
{
	uint32_t number;
	int rc = number_of(b, name, &number);

	if (rc != 0)
		return rc;
	if (b->pairs.n >= NUMBERS_MAX)
		return RT_ELIMIT;
	struct pair *pair = vector_grow(&b->pairs, 1, sizeof(*pair));
	if (pair == NULL)
		return RT_ENOMEM;
	pair->name = number | (source == HOSTS_COREFILE ? PAIR_COREFILE : 0);
	if (a->family == ADDR_V4) {
		memcpy(&pair->value, a->bytes, 4);
		return 0;
	}
	uint8_t *octets = vector_grow(&b->v6, 1, 16);
	if (octets == NULL) {
		b->pairs.n--;
		return RT_ENOMEM;
	}
	memcpy(octets, a->bytes, 16);
	pair->name |= PAIR_V6;
	pair->value = (uint32_t)b->v6.n - 1;
	return 0;
}

/* ---- finishing ---- */

struct finish {
	struct hosts_builder *b;
	struct hosts_table *t;
	uint32_t *start;       /* by name: its first place in order; one more at the end */
	uint32_t *order;       /* pairs sorted by name */
	struct vector entries; /* octets */
	uint32_t *entry_at;    /* by name: place of its entry, as in a slot */
};

static bool
same_value(const struct hosts_builder *b, const struct pair *x, const struct pair *y)
{
	if ((x->name & PAIR_V6) != (y->name & PAIR_V6))
		return false;
	if ((x->name & PAIR_V6) == 0)
		return x->value == y->value;
	const uint8_t *v6 = b->v6.v;
	return memcmp(v6 + (size_t)x->value * 16, v6 + (size_t)y->value * 16, 16) == 0;
}

static int
sort_pairs(struct finish *f)
{
	struct hosts_builder *b = f->b;
	const struct pair *pairs = b->pairs.v;
	size_t nnames = b->name_at.n;

	f->start = calloc(nnames + 2, sizeof(*f->start));
	f->order = malloc((b->pairs.n + 1) * sizeof(*f->order));
	if (f->start == NULL || f->order == NULL)
		return RT_ENOMEM;
	/* start[n + 1] counts, then points to where the next pair of n goes, and ends as its end.
	 */
	uint32_t *next = f->start + 1;
	for (size_t i = 0; i < b->pairs.n; i++)
		next[(pairs[i].name & PAIR_NAME) + 1]++;
	for (size_t n = 1; n <= nnames; n++)
		next[n] += next[n - 1];
	for (size_t i = 0; i < b->pairs.n; i++)
		f->order[next[pairs[i].name & PAIR_NAME]++] = (uint32_t)i;
	return 0;
}

/* One name's records of a family, gathered from up to two sources. */
struct gather {
	struct finish *f;
	uint32_t family; /* 0 or PAIR_V6 */
	unsigned n;
	unsigned max;
	size_t from; /* offset in entries of the first record */
	size_t size; /* of a record */
	bool failed;
};

static void
put_record(struct gather *g, const struct pair *pair)
{
	static const uint8_t owner[2] = { 0xc0, 0x0c }; /* the question's name */
	struct finish *f = g->f;
	size_t len = g->size - 12;
	const uint8_t *data = (const uint8_t *)&pair->value;

	if (g->family == PAIR_V6)
		data = (const uint8_t *)f->b->v6.v + (size_t)pair->value * 16;
	if (g->n == g->max) {
		f->t->cut++;
		return;
	}
	/* Given before, by a repeated line or by both sources? */
	for (unsigned i = 0; i < g->n; i++) {
		const uint8_t *rr = (const uint8_t *)f->entries.v + g->from + i * g->size;

		if (memcmp(rr + 12, data, len) == 0)
			return;
	}
	uint8_t *rr = vector_grow(&f->entries, g->size, 1);
	if (rr == NULL) {
		g->failed = true;
		return;
	}
	memcpy(rr, owner, 2);
	bytes_put16(rr + 2, g->family == PAIR_V6 ? DNS_TYPE_AAAA : DNS_TYPE_A);
	bytes_put16(rr + 4, DNS_CLASS_IN);
	memcpy(rr + 6, f->t->ttl, 4);
	bytes_put16(rr + 10, (uint16_t)len);
	memcpy(rr + 12, data, len);
	g->n++;
}

/* The name's pairs of one source; how many there were. */
static unsigned
put_source(struct gather *g, uint32_t name, uint32_t source)
{
	const struct finish *f = g->f;
	const struct pair *pairs = f->b->pairs.v;
	unsigned n = 0;

	if (name == NO_NAME)
		return 0;
	for (uint32_t i = f->start[name]; i < f->start[name + 1]; i++) {
		const struct pair *pair = &pairs[f->order[i]];

		if ((pair->name & ~PAIR_NAME) == (source | g->family)) {
			put_record(g, pair);
			n++;
		}
	}
	return n;
}

static unsigned
put_family(struct finish *f, uint32_t family, uint32_t name, uint32_t wild, bool *failed)
{
	struct gather g = { .f = f, .family = family, .from = f->entries.n };

	g.size = family == PAIR_V6 ? HOSTS_AAAA_LEN : HOSTS_A_LEN;
	g.max = family == PAIR_V6 ? HOSTS_AAAA_MAX : HOSTS_A_MAX;
	if (put_source(&g, name, 0) == 0)
		put_source(&g, wild, 0);
	if (put_source(&g, name, PAIR_COREFILE) == 0)
		put_source(&g, wild, PAIR_COREFILE);
	*failed = *failed || g.failed;
	return g.n;
}

/* The number of "*." and the parent of the name, NO_NAME if that has no address. */
static uint32_t
wildcard_of(struct hosts_builder *b, const uint8_t *name, size_t len)
{
	uint8_t wild[DNS_NAME_BUF];
	size_t label = (size_t)name[0] + 1;

	if (!b->wildcards || dns_name_is_wildcard(name) || label + 1 >= len)
		return NO_NAME;
	wild[0] = 1;
	wild[1] = '*';
	memcpy(wild + 2, name + label, len - label);
	return find_name(b, wild, len - label + 2);
}

static int
put_entry(struct finish *f, uint32_t number)
{
	const uint8_t *name = name_of(f->b, number);
	size_t len = dns_name_len(name), at = f->entries.n;
	uint8_t *head = vector_grow(&f->entries, HOSTS_ENTRY_NAME + len, 1);
	bool failed = false;

	if (head == NULL || at / 8 + 1 >= REF_ONE)
		return RT_ENOMEM;
	memcpy(head + HOSTS_ENTRY_NAME, name, len);
	uint32_t wild = wildcard_of(f->b, name, len);
	uint16_t na = (uint16_t)put_family(f, 0, number, wild, &failed);
	uint16_t naaaa = (uint16_t)put_family(f, PAIR_V6, number, wild, &failed);
	size_t pad = -f->entries.n & 7;
	uint8_t *padding = vector_grow(&f->entries, pad, 1);
	if (failed || padding == NULL)
		return RT_ENOMEM;
	memset(padding, 0, pad);
	head = (uint8_t *)f->entries.v + at; /* which has moved */
	memcpy(head, &na, 2);
	memcpy(head + 2, &naaaa, 2);
	head[4] = (uint8_t)len;
	f->entry_at[number] = (uint32_t)(at / 8 + 1);
	return 0;
}

static int
put_entries(struct finish *f)
{
	size_t n = f->b->name_at.n;

	f->entry_at = malloc((n + 1) * sizeof(*f->entry_at));
	if (f->entry_at == NULL)
		return RT_ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		int rc = put_entry(f, i);

		if (rc != 0)
			return rc;
	}
	/* Give back what the doubling took too much; names are read in whole blocks. */
	void *fitted = realloc(f->entries.v, f->entries.n + DNS_NAME_BLOCK);
	if (fitted == NULL)
		return RT_ENOMEM;
	f->t->memory[0] = fitted;
	f->t->entries = fitted;
	f->entries.v = NULL;
	return 0;
}

/* The least power of two with room for n entries and as many holes as a third of them. */
static size_t
slots_for(size_t n)
{
	size_t slots = 8;

	while (slots < n + n / 3 + 1)
		slots *= 2;
	return slots;
}

static int
put_slots(struct finish *f)
{
	size_t n = f->b->name_at.n, nslots = slots_for(n);
	struct hosts_slot *slots = calloc(nslots, sizeof(*slots));

	if (slots == NULL)
		return RT_ENOMEM;
	f->t->memory[1] = slots;
	f->t->slots = slots;
	f->t->mask = nslots - 1;
	f->t->wildcards = f->b->wildcards;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *name = name_of(f->b, i);
		uint64_t hash = dns_name_hash(name, dns_name_len(name));
		uint64_t at = hash & f->t->mask;

		while (slots[at].at != 0)
			at = (at + 1) & f->t->mask;
		slots[at].tag = (uint32_t)(hash >> 32);
		slots[at].at = f->entry_at[i];
	}
	return 0;
}

/* ---- reverse records ---- */

/* The place of an address's reference; it is made if it was not there. */
static uint32_t *
ref_of(struct finish *f, const struct pair *pair)
{
	struct hosts_table *t = f->t;

	if ((pair->name & PAIR_V6) == 0) {
		uint64_t i = hash_bytes(&pair->value, 4) & t->mask4;

		while (t->rev4[i].ref != 0 && memcmp(t->rev4[i].addr, &pair->value, 4) != 0)
			i = (i + 1) & t->mask4;
		memcpy(t->rev4[i].addr, &pair->value, 4);
		return &t->rev4[i].ref;
	}
	const uint8_t *octets = (const uint8_t *)f->b->v6.v + (size_t)pair->value * 16;
	uint64_t i = hash_bytes(octets, 16) & t->mask6;

	while (t->rev6[i].ref != 0 && memcmp(t->rev6[i].addr, octets, 16) != 0)
		i = (i + 1) & t->mask6;
	memcpy(t->rev6[i].addr, octets, 16);
	return &t->rev6[i].ref;
}

static int
alloc_reverse(struct finish *f)
{
	struct hosts_table *t = f->t;
	size_t n6 = f->b->v6.n, n4 = f->b->pairs.n - n6;

	if (n4 > 0) {
		t->mask4 = slots_for(n4) - 1;
		t->rev4 = calloc(t->mask4 + 1, sizeof(*t->rev4));
		t->memory[2] = t->rev4;
	}
	if (n6 > 0) {
		t->mask6 = slots_for(n6) - 1;
		t->rev6 = calloc(t->mask6 + 1, sizeof(*t->rev6));
		t->memory[3] = t->rev6;
	}
	return (n4 > 0 && t->rev4 == NULL) || (n6 > 0 && t->rev6 == NULL) ? RT_ENOMEM : 0;
}

/* A reference that counted its names becomes a list with room for them. */
static void
reserve_list(uint32_t *ref, uint32_t *room)
{
	if (*ref == 0)
		return;
	if (*ref == 1) {
		*ref = REF_ONE;
		return;
	}
	uint32_t count = *ref;
	*ref = HOSTS_REF_LIST | *room;
	*room += count + 1;
}

static int
reserve_lists(struct finish *f)
{
	struct hosts_table *t = f->t;
	uint32_t room = 0;

	for (uint64_t i = 0; t->rev4 != NULL && i <= t->mask4; i++)
		reserve_list(&t->rev4[i].ref, &room);
	for (uint64_t i = 0; t->rev6 != NULL && i <= t->mask6; i++)
		reserve_list(&t->rev6[i].ref, &room);
	t->lists = calloc((size_t)room + 1, sizeof(*t->lists));
	t->memory[4] = t->lists;
	return t->lists == NULL ? RT_ENOMEM : 0;
}

/* Whether an address was given to the name before the i-th of its pairs: a repeated line. */
static bool
is_repeated(const struct finish *f, uint32_t name, uint32_t i)
{
	const struct pair *pairs = f->b->pairs.v;

	/* Beyond that many the search would cost more than the repetition does harm. */
	uint32_t from = i - f->start[name] > 64 ? i - 64 : f->start[name];
	for (uint32_t j = from; j < i; j++) {
		if (same_value(f->b, &pairs[f->order[j]], &pairs[f->order[i]]))
			return true;
	}
	return false;
}

/* Marks in repeated[] (by pair) what has no reverse record. */
static void
mark_repeated(const struct finish *f, uint8_t *repeated)
{
	for (uint32_t name = 0; name < f->b->name_at.n; name++) {
		bool wild = dns_name_is_wildcard(name_of(f->b, name));

		for (uint32_t i = f->start[name]; i < f->start[name + 1]; i++) {
			if (wild || is_repeated(f, name, i))
				repeated[f->order[i] / 8] |= (uint8_t)(1u << f->order[i] % 8);
		}
	}
}

static int
put_reverse(struct finish *f)
{
	const struct pair *pairs = f->b->pairs.v;
	size_t n = f->b->pairs.n;
	uint8_t *repeated = calloc(n / 8 + 1, 1);
	int rc = repeated == NULL ? RT_ENOMEM : alloc_reverse(f);

	if (rc != 0)
		goto out;
	mark_repeated(f, repeated);
	for (size_t i = 0; i < n; i++) {
		if ((repeated[i / 8] >> i % 8 & 1) == 0)
			++*ref_of(f, &pairs[i]);
	}
	rc = reserve_lists(f);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (repeated[i / 8] >> i % 8 & 1)
			continue;
		uint32_t *ref = ref_of(f, &pairs[i]), at = f->entry_at[pairs[i].name & PAIR_NAME];
		if (*ref & HOSTS_REF_LIST) {
			uint32_t *list = &f->t->lists[*ref & ~HOSTS_REF_LIST];

			list[++list[0]] = at;
		} else {
			*ref = at;
		}
	}
out:
	free(repeated);
	return rc;
}

static void
count_pairs(struct finish *f, bool reverse)
{
	const struct pair *pairs = f->b->pairs.v;

	for (size_t i = 0; i < f->b->pairs.n; i++) {
		f->t->count++;
		if (reverse && !dns_name_is_wildcard(name_of(f->b, pairs[i].name & PAIR_NAME)))
			f->t->count++;
	}
}

struct hosts_table *
hosts_builder_finish(struct hosts_builder *b, uint32_t ttl, bool reverse)
{
	struct finish f = { .b = b, .t = calloc(1, sizeof(struct hosts_table)) };

	if (f.t == NULL)
		return NULL;
	bytes_put32(f.t->ttl, ttl);
	int rc = sort_pairs(&f);
	if (rc == 0)
		rc = put_entries(&f);
	if (rc == 0)
		rc = put_slots(&f);
	if (rc == 0 && reverse)
		rc = put_reverse(&f);
	if (rc == 0)
		count_pairs(&f, reverse);
	free(f.start);
	free(f.order);
	free(f.entry_at);
	free(f.entries.v);
	if (rc == 0)
		return f.t;
	hosts_table_free(f.t);
	return NULL;
}
