/*
 * Arenas: alignment, the exact limit, reuse after reset, the failing hook.
 */
#include "config.h"

#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "tests/support/check_main.h"

START_TEST(every_piece_is_aligned_and_its_own)
{
	struct arena *a = arena_new(0);
	uint8_t *last = NULL;

	ck_assert_ptr_nonnull(a);
	for (size_t size = 0; size < 300; size++) {
		uint8_t *p = arena_alloc(a, size);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % ARENA_ALIGN, 0);
		memset(p, (int)(size & 0xff), size);
		if (last != NULL && size > 1)
			ck_assert_uint_eq(last[0], (size - 1) & 0xff);
		last = p;
	}
	arena_free(a);
}
END_TEST

START_TEST(large_pieces_between_small_ones)
{
	struct arena *a = arena_new(0);
	char *small = arena_strdup(a, "before");
	char *large = arena_zalloc(a, 1 << 20);
	char *after = arena_strdup(a, "after");

	ck_assert_int_eq(large[0], 0);
	ck_assert_int_eq(large[(1 << 20) - 1], 0);
	memset(large, 'x', 1 << 20);
	ck_assert_str_eq(small, "before");
	ck_assert_str_eq(after, "after");
	arena_free(a);
}
END_TEST

START_TEST(the_limit_is_exact)
{
	struct arena *a = arena_new(64);

	ck_assert_ptr_nonnull(arena_alloc(a, 17)); /* counts as 32 */
	ck_assert_uint_eq(arena_used(a), 32);
	ck_assert_ptr_null(arena_alloc(a, 33));
	ck_assert_uint_eq(arena_used(a), 32);
	ck_assert_ptr_nonnull(arena_alloc(a, 32));
	ck_assert_ptr_null(arena_alloc(a, 1));
	ck_assert_ptr_null(arena_alloc(a, SIZE_MAX));
	ck_assert_ptr_null(arena_calloc(a, SIZE_MAX / 2, 3));
	ck_assert_ptr_null(arena_strdup(a, "x"));
	ck_assert_ptr_null(arena_printf(a, "%d", 1));
	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	ck_assert_ptr_nonnull(arena_alloc(a, 64));
	arena_free(a);
}
END_TEST

START_TEST(copies_and_text)
{
	struct arena *a = arena_new(0);
	char *s = arena_strndup(a, "a\0b", 3);
	uint8_t *m = arena_memdup(a, "xyz", 3);

	ck_assert_int_eq(memcmp(s, "a\0b", 4), 0);
	ck_assert_int_eq(memcmp(m, "xyz", 3), 0);
	ck_assert_str_eq(arena_strndup(a, "", 0), "");
	ck_assert_str_eq(arena_printf(a, "%s:%d", "host", 53), "host:53");
	arena_free(a);
	arena_free(NULL);
}
END_TEST

START_TEST(reset_and_fill_many_times)
{
	struct arena *a = arena_new(4 << 20);

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 1000; i++) {
			uint8_t *p = arena_zalloc(a, (size_t)(i * 7 % 900));

			ck_assert_ptr_nonnull(p);
			memset(p, 0xff, (size_t)(i * 7 % 900));
		}
		arena_reset(a);
	}
	arena_free(a);
}
END_TEST

static jmp_buf failed;
static size_t failed_size;

static void
remember_failure(size_t size)
{
	failed_size = size;
	longjmp(failed, 1);
}

START_TEST(the_hook_is_called_instead_of_null)
{
	struct arena *a = xarena_new(32);

	arena_set_fail(a, remember_failure);
	if (setjmp(failed) == 0) {
		arena_alloc(a, 33);
		ck_abort_msg("arena_alloc returned");
	}
	ck_assert_uint_eq(failed_size, 33);
	arena_free(a);
}
END_TEST

START_TEST(growing_an_array)
{
	int *v = NULL;
	size_t cap = 0;

	for (int i = 0; i < 1000; i++) {
		xgrow((void **)&v, &cap, (size_t)i + 1, sizeof(*v));
		v[i] = i;
	}
	ck_assert_uint_ge(cap, 1000);
	ck_assert_int_eq(v[0], 0);
	ck_assert_int_eq(v[999], 999);
	free(v);
}
END_TEST

TEST_MAIN("arena", every_piece_is_aligned_and_its_own, large_pieces_between_small_ones,
	  the_limit_is_exact, copies_and_text, reset_and_fill_many_times,
	  the_hook_is_called_instead_of_null, growing_an_array)
