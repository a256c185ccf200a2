/*
 * Tests of the store: what is found, what leaves, and that neither bound is exceeded.  Everything
 * is given the time; the hash is the test's own.
 */
#include "config.h"

#include "cache/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "base/hash.h"
#include "tests/support/check_main.h"

/* A question of which the number is a part of the name; an answer that tells number and version. */
struct item {
	uint8_t name[32];
	struct cache_key key;
};

static const uint32_t smallest[CACHE_HALVES] = { 1024, 1024 };

static void
make_key(struct item *item, uint32_t number, uint16_t type, uint16_t class, uint8_t bits)
{
	memset(item->name, 0, sizeof(item->name));
	item->name[0] = 4;
	memcpy(item->name + 1, &number, 4);
	memcpy(item->name + 5, "\3org", 4);
	item->key.name = item->name;
	item->key.question = cache_question(type, class, bits, 10);
	item->key.hash = hash_mix((uint64_t)number << 32 | (uint64_t)type << 16 | class,
				  UINT64_C(0x9e3779b97f4a7c15)) ^
			 (uint64_t)bits * UINT64_C(0xd6e8feb86659fd93);
}

/* Puts an answer of so many octets, with a TTL field in every 64 of them; its octets depend on fill. */
static bool
put(struct cache_store *s, enum cache_half half, const struct item *item, size_t len, uint8_t fill,
    uint32_t ttl, int64_t now_ns, unsigned evicted[CACHE_HALVES])
{
	static uint8_t records[65536];
	static uint16_t ttl_at[1024];
	unsigned none[CACHE_HALVES] = { 0 };
	unsigned n = 0;

	memset(records, fill, len);
	for (size_t at = 0; at + 4 <= len; at += 64)
		ttl_at[n++] = (uint16_t)at;
	struct cache_answer a = { .records = records,
				  .len = len,
				  .ttl_at = ttl_at,
				  .nttl = n,
				  .counts = { (uint16_t)n, 0, 0 },
				  .ttl = ttl,
				  .now_ns = now_ns };
	return cache_store_put(s, half, &item->key, &a, evicted != NULL ? evicted : none);
}

/* Length of what is stored, 0 if nothing is; checks every octet of it. */
static size_t
get(struct cache_store *s, enum cache_half half, const struct item *item, uint8_t fill,
    uint32_t ttl)
{
	static uint8_t out[65536 + 8];
	struct cache_hit hits[CACHE_HALVES];

	if ((cache_store_find(s, &item->key, hits) & 1u << half) == 0)
		return 0;
	struct cache_hit *hit = &hits[half];
	out[cache_hit_len(hit)] = 0xee;
	if (cache_store_copy(s, &item->key, hit, out, ttl) != CACHE_COPIED)
		return 0;
	for (size_t at = 0; at < cache_hit_len(hit); at++) {
		bool is_ttl = at % 64 < 4 && at / 64 * 64 + 4 <= cache_hit_len(hit);
		unsigned expected = is_ttl ? ttl >> (24 - 8 * (at % 64)) & 0xff : fill;

		if (out[at] != expected)
			ck_abort_msg("octet %zu of %u", at, cache_hit_len(hit));
	}
	ck_assert_uint_eq(out[cache_hit_len(hit)], 0xee);
	return cache_hit_len(hit);
}

START_TEST(gives_back_what_was_stored)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item item;

	make_key(&item, 7, 1, 1, 0);
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 1, 5), 0);
	/* Every length around the borders of words and blocks. */
	for (size_t len = 4; len < 700; len++) {
		ck_assert(put(s, CACHE_SUCCESS, &item, len, (uint8_t)len, 60, 0, NULL));
		ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, (uint8_t)len, 0x01020304), len);
	}
	ck_assert_uint_eq(cache_store_entries(s, CACHE_SUCCESS), 1);
	ck_assert_uint_eq(cache_store_entries(s, CACHE_DENIAL), 0);
	cache_store_free(s);
}
END_TEST

/* cache_store_quick at now_ns: the length, 0 if it is no quick case; every octet is checked. */
static size_t
quick(struct cache_store *s, const struct item *item, uint8_t fill, bool keep_ttl, int64_t now_ns,
      uint32_t ttl)
{
	uint8_t out[CACHE_QUICK_ROOM + 1];
	struct cache_hit hit;
	uint32_t left;

	out[CACHE_QUICK_ROOM] = 0xee;
	left = cache_store_quick(s, &item->key, (uint64_t)now_ns, keep_ttl, out, &hit);
	ck_assert_uint_eq(out[CACHE_QUICK_ROOM], 0xee);
	if (left == 0)
		return 0;
	if (!keep_ttl)
		ck_assert_uint_eq(left, ttl);
	for (size_t at = 0; at < cache_hit_len(&hit); at++) {
		bool is_ttl = at % 64 < 4 && at / 64 * 64 + 4 <= cache_hit_len(&hit);

		ck_assert_uint_eq(out[at], is_ttl ? ttl >> (24 - 8 * (at % 64)) & 0xff : fill);
	}
	return cache_hit_len(&hit);
}

START_TEST(short_answers_are_quick)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item item;

	make_key(&item, 7, 1, 1, 0);
	ck_assert_uint_eq(quick(s, &item, 0, false, 0, 0), 0);
	/* Two of the fifteen words are the name's. */
	for (size_t len = 4; len < 300; len++) {
		put(s, CACHE_SUCCESS, &item, len, (uint8_t)len, 60, 0, NULL);
		ck_assert_uint_eq(quick(s, &item, (uint8_t)len, false, CLOCK_NS_PER_S - 1, 60),
				  len <= 13 * 8 ? len : 0);
	}
	cache_store_free(s);
}
END_TEST

START_TEST(quick_answers_count_down)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item item;

	make_key(&item, 7, 1, 1, 0);
	put(s, CACHE_DENIAL, &item, 20, 1, 60, 5 * CLOCK_NS_PER_S, NULL);
	/* Stored by a worker whose clock is ahead. */
	ck_assert_uint_eq(quick(s, &item, 1, false, 5 * CLOCK_NS_PER_S - 1, 60), 20);
	ck_assert_uint_eq(quick(s, &item, 1, false, 6 * CLOCK_NS_PER_S, 59), 20);
	ck_assert_uint_eq(quick(s, &item, 1, false, 65 * CLOCK_NS_PER_S - 1, 1), 20);
	ck_assert_uint_eq(quick(s, &item, 1, false, 65 * CLOCK_NS_PER_S, 0), 0);
	put(s, CACHE_DENIAL, &item, 20, 1, 60, 0, NULL);
	ck_assert_uint_eq(quick(s, &item, 1, true, 59 * CLOCK_NS_PER_S, 60), 20);
	ck_assert_uint_eq(quick(s, &item, 1, true, 60 * CLOCK_NS_PER_S, 60), 0);
	cache_store_free(s);
}
END_TEST

START_TEST(only_one_question_is_quick)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item a, b;

	make_key(&a, 1, 1, 1, 0);
	put(s, CACHE_SUCCESS, &a, 20, 1, 60, 0, NULL);
	/* Another name with the same hash. */
	make_key(&b, 2, 1, 1, 0);
	b.key.hash = a.key.hash;
	ck_assert_uint_eq(quick(s, &b, 1, false, 0, 60), 0);
	/* Somebody has to choose. */
	put(s, CACHE_DENIAL, &a, 30, 2, 60, 0, NULL);
	ck_assert_uint_eq(quick(s, &a, 1, false, 0, 60), 0);
	cache_store_remove(s, CACHE_SUCCESS, &a.key);
	ck_assert_uint_eq(quick(s, &a, 2, false, 0, 60), 30);
	cache_store_free(s);
}
END_TEST

START_TEST(keys_differ_in_every_part)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	static const struct {
		uint32_t number;
		uint16_t type, class;
		uint8_t bits;
	} keys[] = {
		{ 1, 1, 1, 0 },
		{ 2, 1, 1, 0 },
		{ 1, 28, 1, 0 },
		{ 1, 1, 3, 0 },
		{ 1, 1, 1, CACHE_KEY_DO },
		{ 1, 1, 1, CACHE_KEY_CD },
		{ 1, 1, 1, CACHE_KEY_DO | CACHE_KEY_CD },
	};
	struct item item;

	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		make_key(&item, keys[i].number, keys[i].type, keys[i].class, keys[i].bits);
		ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 0, 1), 0);
		put(s, CACHE_SUCCESS, &item, 16 + i, (uint8_t)i, 60, 0, NULL);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		make_key(&item, keys[i].number, keys[i].type, keys[i].class, keys[i].bits);
		ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, (uint8_t)i, 1), 16 + i);
	}
	cache_store_free(s);
}
END_TEST

START_TEST(one_hash_and_two_questions)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct cache_hit hits[CACHE_HALVES];
	struct item a, b;
	uint8_t out[64];

	make_key(&a, 1, 1, 1, 0);
	make_key(&b, 2, 1, 1, 0);
	b.key.hash = a.key.hash;
	put(s, CACHE_SUCCESS, &a, 16, 1, 60, 0, NULL);
	ck_assert_uint_eq(cache_store_find(s, &b.key, hits), 1u << CACHE_SUCCESS);
	ck_assert_int_eq(cache_store_copy(s, &b.key, &hits[CACHE_SUCCESS], out, 1), CACHE_OTHER);
	/* Another type is told apart without a look at the name. */
	b.key.question = cache_question(28, 1, 0, 10);
	ck_assert_uint_eq(cache_store_find(s, &b.key, hits), 0);
	cache_store_free(s);
}
END_TEST

START_TEST(one_tag_and_two_hashes)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item a, b;

	/* The same shard, bucket and tag; the bits between are looked at in the entry only. */
	make_key(&a, 1, 1, 1, 0);
	make_key(&b, 2, 1, 1, 0);
	b.key.hash = a.key.hash ^ UINT64_C(1) << 30;
	put(s, CACHE_SUCCESS, &a, 16, 1, 60, 0, NULL);
	put(s, CACHE_SUCCESS, &b, 20, 2, 60, 0, NULL);
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &a, 1, 9), 16);
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &b, 2, 9), 20);
	cache_store_free(s);
}
END_TEST

START_TEST(halves_are_apart)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item item;

	make_key(&item, 1, 1, 1, 0);
	put(s, CACHE_SUCCESS, &item, 20, 1, 60, 0, NULL);
	put(s, CACHE_DENIAL, &item, 30, 2, 60, 0, NULL);
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 1, 9), 20);
	ck_assert_uint_eq(get(s, CACHE_DENIAL, &item, 2, 9), 30);
	cache_store_remove(s, CACHE_DENIAL, &item.key);
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 1, 9), 20);
	ck_assert_uint_eq(get(s, CACHE_DENIAL, &item, 2, 9), 0);
	ck_assert_uint_eq(cache_store_bytes(s, CACHE_DENIAL), 0);
	cache_store_remove(s, CACHE_DENIAL, &item.key);
	cache_store_free(s);
}
END_TEST

START_TEST(a_replaced_answer_is_no_hit_of_the_old_one)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct cache_hit hits[CACHE_HALVES];
	struct item item;
	uint8_t out[64];

	make_key(&item, 1, 1, 1, 0);
	put(s, CACHE_SUCCESS, &item, 16, 1, 60, 0, NULL);
	cache_store_find(s, &item.key, hits);
	put(s, CACHE_SUCCESS, &item, 16, 2, 60, 0, NULL);
	ck_assert_int_eq(cache_store_copy(s, &item.key, &hits[CACHE_SUCCESS], out, 1),
			 CACHE_CHANGED);
	cache_store_find(s, &item.key, hits);
	cache_store_remove(s, CACHE_SUCCESS, &item.key);
	ck_assert_int_eq(cache_store_copy(s, &item.key, &hits[CACHE_SUCCESS], out, 1),
			 CACHE_CHANGED);
	cache_store_free(s);
}
END_TEST

START_TEST(capacities_are_those_of_coredns)
{
	static const struct {
		uint32_t wanted, entries;
	} rows[] = {
		{ 0, 1024 },    { 10, 1024 },   { 1024, 1024 },  { 1279, 1024 },
		{ 1280, 1280 }, { 9984, 9984 }, { 10000, 9984 }, { 100000, 99840 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint32_t capacity[CACHE_HALVES] = { rows[i].wanted, 1024 };
		struct cache_store *s = cache_store_new(capacity, 0);

		ck_assert_uint_eq(cache_store_entries_max(s, CACHE_SUCCESS), rows[i].entries);
		ck_assert_uint_eq(cache_store_entries_max(s, CACHE_DENIAL), 1024);
		ck_assert_uint_eq(cache_store_bytes_max(s, CACHE_SUCCESS),
				  (size_t)rows[i].entries * CACHE_BYTES_PER_ENTRY);
		cache_store_free(s);
	}
}
END_TEST

START_TEST(entries_are_bounded)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	unsigned evicted[CACHE_HALVES] = { 0 };
	struct item item;

	for (uint32_t i = 0; i < 50000; i++) {
		make_key(&item, i, 1, 1, 0);
		put(s, CACHE_SUCCESS, &item, 40, (uint8_t)i, 60, 0, evicted);
		if (get(s, CACHE_SUCCESS, &item, (uint8_t)i, 1) != 40 ||
		    cache_store_entries(s, CACHE_SUCCESS) > 1024)
			ck_abort_msg("at %u", i);
	}
	ck_assert_uint_gt(cache_store_entries(s, CACHE_SUCCESS), 1000);
	ck_assert_uint_eq(cache_store_entries(s, CACHE_SUCCESS) + evicted[CACHE_SUCCESS], 50000);
	ck_assert_uint_eq(evicted[CACHE_DENIAL], 0);
	cache_store_free(s);
}
END_TEST

START_TEST(bytes_are_bounded_and_nothing_leaks)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	size_t max = cache_store_bytes_max(s, CACHE_DENIAL);
	uint64_t random = 1;
	struct item item;

	for (uint32_t i = 0; i < 30000; i++) {
		random = hash_mix(random + 1, UINT64_C(0x9e3779b97f4a7c15));
		make_key(&item, (uint32_t)(random % 3000), 1, 1, 0);
		size_t len = 12 + (random >> 40) % 5000;
		if (!put(s, CACHE_DENIAL, &item, len, (uint8_t)i, 60, 0, NULL) ||
		    get(s, CACHE_DENIAL, &item, (uint8_t)i, 1) != len ||
		    cache_store_bytes(s, CACHE_DENIAL) > max)
			ck_abort_msg("at %u", i);
	}
	/* Of the room in entries, answers of this length leave most unused. */
	ck_assert_uint_gt(cache_store_bytes(s, CACHE_DENIAL), max * 2 / 3);
	for (uint32_t i = 0; i < 3000; i++) {
		make_key(&item, i, 1, 1, 0);
		cache_store_remove(s, CACHE_DENIAL, &item.key);
	}
	ck_assert_uint_eq(cache_store_entries(s, CACHE_DENIAL), 0);
	ck_assert_uint_eq(cache_store_bytes(s, CACHE_DENIAL), 0);
	cache_store_free(s);
}
END_TEST

START_TEST(what_is_too_large_is_not_kept)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	/* A quarter of a shard of 64 entries of four blocks. */
	size_t most = 64 * 15 * 8;
	struct item item;

	make_key(&item, 1, 1, 1, 0);
	ck_assert(put(s, CACHE_SUCCESS, &item, 100, 1, 60, 0, NULL));
	ck_assert(!put(s, CACHE_SUCCESS, &item, most, 2, 60, 0, NULL));
	/* Nor is what it would have replaced. */
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 1, 1), 0);
	ck_assert(put(s, CACHE_SUCCESS, &item, most * 9 / 10, 3, 60, 0, NULL));
	ck_assert_uint_eq(get(s, CACHE_SUCCESS, &item, 3, 1), most * 9 / 10);
	cache_store_free(s);
}
END_TEST

START_TEST(what_is_in_use_survives_a_scan)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	unsigned kept = 0;
	struct item item;

	for (uint32_t i = 0; i < 400; i++) {
		make_key(&item, i, 1, 1, 0);
		put(s, CACHE_SUCCESS, &item, 40, 1, 60, 0, NULL);
		get(s, CACHE_SUCCESS, &item, 1, 1);
	}
	for (uint32_t i = 0; i < 100000; i++) {
		make_key(&item, 1000000 + i, 1, 1, 0);
		put(s, CACHE_SUCCESS, &item, 40, 2, 60, 0, NULL);
	}
	for (uint32_t i = 0; i < 400; i++) {
		make_key(&item, i, 1, 1, 0);
		kept += get(s, CACHE_SUCCESS, &item, 1, 1) != 0;
	}
	ck_assert_uint_ge(kept, 390);
	cache_store_free(s);
}
END_TEST

START_TEST(the_dead_leave_first)
{
	/* Good for 10 seconds and 5 more. */
	struct cache_store *s = cache_store_new(smallest, 5 * CLOCK_NS_PER_S);
	unsigned dead = 0, alive = 0;
	struct item item;

	for (uint32_t i = 0; i < 900; i++) {
		make_key(&item, i, 1, 1, 0);
		put(s, CACHE_SUCCESS, &item, 40, 1, i % 2 == 0 ? 10 : 1000, 0, NULL);
		get(s, CACHE_SUCCESS, &item, 1, 1);
		get(s, CACHE_SUCCESS, &item, 1, 1);
	}
	for (uint32_t i = 0; i < 20000; i++) {
		make_key(&item, 1000000 + i, 1, 1, 0);
		put(s, CACHE_SUCCESS, &item, 40, 2, 60, 15 * CLOCK_NS_PER_S, NULL);
	}
	for (uint32_t i = 0; i < 900; i++) {
		make_key(&item, i, 1, 1, 0);
		if (get(s, CACHE_SUCCESS, &item, 1, 1) != 0) {
			dead += i % 2 == 0;
			alive += i % 2 != 0;
		}
	}
	ck_assert_uint_eq(dead, 0);
	ck_assert_uint_ge(alive, 440);
	cache_store_free(s);
}
END_TEST

START_TEST(one_refresh_at_a_time)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct item item;
	uint32_t now = UINT32_MAX - 500; /* the clock may wrap */

	make_key(&item, 1, 1, 1, 0);
	ck_assert(!cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now, true));
	put(s, CACHE_SUCCESS, &item, 16, 1, 60, 0, NULL);
	ck_assert(cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now, true));
	ck_assert(!cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now, true));
	ck_assert(!cache_store_begin_refresh(s, CACHE_DENIAL, &item.key, now, true));
	cache_store_end_refresh(s, CACHE_SUCCESS, &item.key, now, 1000);
	ck_assert(!cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now + 999, true));
	ck_assert(cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now + 999, false));
	cache_store_end_refresh(s, CACHE_SUCCESS, &item.key, now, 1000);
	ck_assert(cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now + 1000, true));
	/* A new answer knows nothing of all that. */
	put(s, CACHE_SUCCESS, &item, 16, 1, 60, 0, NULL);
	ck_assert(cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now, true));
	cache_store_end_refresh(s, CACHE_SUCCESS, &item.key, now, 0);
	ck_assert(cache_store_begin_refresh(s, CACHE_SUCCESS, &item.key, now, true));
	cache_store_free(s);
}
END_TEST

START_TEST(uses_count_while_they_are_close)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct cache_hit hits[CACHE_HALVES];
	struct item item;

	make_key(&item, 1, 1, 1, 0);
	put(s, CACHE_SUCCESS, &item, 16, 1, 60, 0, NULL);
	cache_store_find(s, &item.key, hits);
	struct cache_hit *hit = &hits[CACHE_SUCCESS];
	ck_assert_uint_eq(cache_store_use(s, hit, 100, 1000), 1);
	ck_assert_uint_eq(cache_store_use(s, hit, 1100, 1000), 2);
	ck_assert_uint_eq(cache_store_use(s, hit, 1200, 1000), 3);
	ck_assert_uint_eq(cache_store_use(s, hit, 2201, 1000), 1);
	ck_assert_uint_eq(cache_store_uses(s, hit), 1);
	cache_store_free(s);
}
END_TEST

/* ---- threads: everybody does everything to the same few names ---- */

#define THREADS      4u
#define THREAD_NAMES 40u

struct thread {
	struct cache_store *store;
	unsigned number;
	unsigned rounds;
	unsigned hits;
};

static void
check_octets(const uint8_t *out, size_t len, uint32_t ttl)
{
	for (size_t at = 0; at < len; at++) {
		bool is_ttl = at % 64 < 4;

		/* All octets are of one answer, whose length tells which. */
		if (!is_ttl && out[at] != (uint8_t)len)
			abort();
		if (is_ttl && out[at] != (uint8_t)(ttl >> (24 - 8 * (at % 64))))
			abort();
	}
}

static void
thread_get(struct thread *t, const struct item *item)
{
	struct cache_hit hits[CACHE_HALVES];
	uint8_t out[1024];
	unsigned found = cache_store_find(t->store, &item->key, hits);
	struct cache_hit hit;
	uint32_t left = cache_store_quick(t->store, &item->key, 0, false, out, &hit);

	if (left != 0)
		check_octets(out, cache_hit_len(&hit), left);
	for (unsigned h = 0; h < CACHE_HALVES; h++) {
		if (found & 1u << h && cache_hit_len(&hits[h]) <= sizeof(out) &&
		    cache_store_copy(t->store, &item->key, &hits[h], out, 77) == CACHE_COPIED) {
			check_octets(out, cache_hit_len(&hits[h]), 77);
			if (cache_hit_ttl(&hits[h]) != cache_hit_len(&hits[h]))
				abort();
			t->hits++;
		}
	}
}

static void
thread_put(struct thread *t, const struct item *item, enum cache_half half, size_t len)
{
	uint8_t records[1024];
	uint16_t ttl_at[16];
	unsigned evicted[CACHE_HALVES] = { 0 };
	struct cache_answer a = {
		.records = records, .len = len, .ttl_at = ttl_at, .ttl = (uint32_t)len
	};

	memset(records, (uint8_t)len, len);
	for (size_t at = 0; at + 4 <= len; at += 64)
		ttl_at[a.nttl++] = (uint16_t)at;
	a.counts[0] = (uint16_t)a.nttl;
	cache_store_put(t->store, half, &item->key, &a, evicted);
}

static void *
run_thread(void *arg)
{
	struct thread *t = arg;
	uint64_t random = t->number;

	for (unsigned i = 0; i < t->rounds; i++) {
		struct item item;

		random = hash_mix(random + i + 1, UINT64_C(0x9e3779b97f4a7c15));
		/* Few names that all fight for, among many that push them out. */
		uint32_t number = random % 4 != 0 ? (uint32_t)(random >> 8) % THREAD_NAMES
						  : (uint32_t)(random >> 8) % 100000;
		enum cache_half half = random & 0x10000000 ? CACHE_SUCCESS : CACHE_DENIAL;
		make_key(&item, number, 1, 1, 0);
		switch ((random >> 32) % 8) {
		case 0:
		case 1:
			/* Lengths that leave no TTL field half inside. */
			thread_put(t, &item, half, 4 + (random >> 40) % 12 * 64);
			break;
		case 2:
			if (random >> 60 == 0)
				cache_store_remove(t->store, half, &item.key);
			break;
		case 3:
			if (cache_store_begin_refresh(t->store, half, &item.key, 1, true))
				cache_store_end_refresh(t->store, half, &item.key, 1, 0);
			break;
		default:
			thread_get(t, &item);
		}
	}
	return NULL;
}

START_TEST(threads_see_whole_answers)
{
	struct cache_store *s = cache_store_new(smallest, 0);
	struct thread threads[THREADS];
	pthread_t ids[THREADS];
	unsigned hits = 0;

	for (unsigned i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){ .store = s, .number = i, .rounds = 30000 };
		ck_assert_int_eq(pthread_create(&ids[i], NULL, run_thread, &threads[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(ids[i], NULL);
		hits += threads[i].hits;
	}
	ck_assert_uint_gt(hits, THREADS * 3000);
	ck_assert_uint_le(cache_store_entries(s, CACHE_SUCCESS), 1024);
	ck_assert_uint_le(cache_store_bytes(s, CACHE_SUCCESS),
			  cache_store_bytes_max(s, CACHE_SUCCESS));
	cache_store_free(s);
}
END_TEST

TEST_MAIN("cache_store", gives_back_what_was_stored, short_answers_are_quick,
	  quick_answers_count_down, only_one_question_is_quick, keys_differ_in_every_part,
	  one_hash_and_two_questions, one_tag_and_two_hashes, halves_are_apart,
	  a_replaced_answer_is_no_hit_of_the_old_one, capacities_are_those_of_coredns,
	  entries_are_bounded, bytes_are_bounded_and_nothing_leaks, what_is_too_large_is_not_kept,
	  what_is_in_use_survives_a_scan, the_dead_leave_first, one_refresh_at_a_time,
	  uses_count_while_they_are_close, threads_see_whole_answers)
