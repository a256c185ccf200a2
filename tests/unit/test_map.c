/*
 * Maps: lookup, insertion order, removal, many keys.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "tests/support/check_main.h"

static void *
number(uintptr_t n)
{
	return (void *)n;
}

START_TEST(set_get_replace)
{
	struct map m;

	map_init(&m);
	ck_assert_ptr_null(map_get_str(&m, "a"));
	ck_assert_int_eq(map_set_str(&m, "a", number(1)), 0);
	ck_assert_int_eq(map_set(&m, "", 0, number(2)), 0);
	ck_assert_int_eq(map_set(&m, "a\0b", 3, number(3)), 0);
	ck_assert_int_eq(map_set_str(&m, "a", number(4)), 0);
	ck_assert_ptr_eq(map_get_str(&m, "a"), number(4));
	ck_assert_ptr_eq(map_get(&m, "", 0), number(2));
	ck_assert_ptr_eq(map_get(&m, "a\0b", 3), number(3));
	ck_assert_ptr_null(map_get(&m, "a\0c", 3));
	ck_assert_uint_eq(map_count(&m), 3);
	map_release(&m);
	ck_assert_uint_eq(map_count(&m), 0);
}
END_TEST

START_TEST(a_stored_null_is_found)
{
	struct map m;

	map_init(&m);
	ck_assert_int_eq(map_set_str(&m, "key", NULL), 0);
	ck_assert_ptr_null(map_get_str(&m, "key"));
	ck_assert_ptr_nonnull(map_find(&m, "key", 3));
	ck_assert_ptr_null(map_find(&m, "kex", 3));
	map_release(&m);
}
END_TEST

/* The keys in order, joined. */
static void
keys(const struct map *m, char *out)
{
	const struct map_entry *e;
	size_t pos = 0;

	*out = '\0';
	while ((e = map_next(m, &pos)) != NULL) {
		memcpy(out, e->key, e->len + 1);
		out += e->len;
	}
}

START_TEST(iteration_is_in_order_of_insertion)
{
	char text[100];
	struct map m;

	map_init(&m);
	for (const char *p = "qwertzuiop"; *p != '\0'; p++)
		ck_assert_int_eq(map_set(&m, p, 1, number(1)), 0);
	keys(&m, text);
	ck_assert_str_eq(text, "qwertzuiop");
	ck_assert_ptr_eq(map_remove(&m, "e", 1), number(1));
	ck_assert_ptr_null(map_remove(&m, "e", 1));
	ck_assert_int_eq(map_set(&m, "w", 1, number(2)), 0);
	keys(&m, text);
	ck_assert_str_eq(text, "qwrtzuiop");
	ck_assert_int_eq(map_set(&m, "e", 1, number(3)), 0);
	keys(&m, text);
	ck_assert_str_eq(text, "qwrtzuiope");
	map_reset(&m);
	keys(&m, text);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(map_set(&m, "x", 1, number(3)), 0);
	keys(&m, text);
	ck_assert_str_eq(text, "x");
	map_release(&m);
}
END_TEST

START_TEST(many_keys_come_and_go)
{
	enum { N = 20000 };
	struct map m;
	char key[16];
	size_t pos = 0;
	uintptr_t next = 1;
	const struct map_entry *e;

	map_init(&m);
	for (uintptr_t i = 0; i < N; i++) {
		int len = snprintf(key, sizeof(key), "k%zu", (size_t)i);

		ck_assert_int_eq(map_set(&m, key, (size_t)len, number(i + 1)), 0);
		if (i % 2 == 1) {
			len = snprintf(key, sizeof(key), "k%zu", (size_t)i - 1);
			ck_assert_ptr_eq(map_remove(&m, key, (size_t)len), number(i));
		}
	}
	ck_assert_uint_eq(map_count(&m), N / 2);
	while ((e = map_next(&m, &pos)) != NULL) {
		next++;
		ck_assert_ptr_eq(e->value, number(next));
		ck_assert_ptr_eq(map_get(&m, e->key, e->len), number(next));
		next++;
	}
	ck_assert_uint_eq(next, N + 1);
	map_release(&m);
}
END_TEST

START_TEST(one_key_set_and_removed_forever_needs_no_more_memory)
{
	struct map m;

	map_init(&m);
	for (int i = 0; i < 100000; i++) {
		ck_assert_int_eq(map_set_str(&m, "key", number(1)), 0);
		ck_assert_ptr_nonnull(map_remove(&m, "key", 3));
	}
	ck_assert_uint_le(m.entries_cap, 64);
	map_release(&m);
}
END_TEST

START_TEST(hashes_depend_on_every_byte_the_length_and_the_key)
{
	uint8_t data[100] = { 0 };
	uint64_t first;

	for (size_t len = 0; len < sizeof(data); len++) {
		uint64_t h = hash_bytes(data, len);

		ck_assert_uint_eq(h, hash_bytes(data, len));
		ck_assert_uint_ne(h, hash_bytes(data, len + 1));
		ck_assert_uint_ne(h, hash_bytes_seed(data, len, 1));
		for (size_t i = 0; i < len; i++) {
			data[i] ^= 1;
			ck_assert_uint_ne(h, hash_bytes(data, len));
			data[i] ^= 1;
		}
	}
	first = hash_bytes("abc", 3);
	hash_set_key(1);
	ck_assert_uint_ne(first, hash_bytes("abc", 3));
	first = hash_bytes("abc", 3);
	hash_set_key(2);
	ck_assert_uint_ne(first, hash_bytes("abc", 3));
	hash_set_key(1);
	ck_assert_uint_eq(first, hash_bytes("abc", 3));
	ck_assert_uint_ne(hash_u64(1), hash_u64(2));
}
END_TEST

TEST_MAIN("map", set_get_replace, a_stored_null_is_found, iteration_is_in_order_of_insertion,
	  many_keys_come_and_go, one_key_set_and_removed_forever_needs_no_more_memory,
	  hashes_depend_on_every_byte_the_length_and_the_key)
