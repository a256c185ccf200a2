/*
 * Growing buffers: content, the maximum, the sticky flag, detaching.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/support/check_main.h"

START_TEST(pieces_add_up)
{
	struct buf b;

	buf_init(&b, 1000);
	ck_assert_str_eq(buf_cstr(&b), "");
	ck_assert(buf_puts(&b, "a"));
	ck_assert(buf_putc(&b, 'b'));
	ck_assert(buf_add(&b, "c\0d", 3));
	ck_assert(buf_printf(&b, "%03d", 7));
	ck_assert_uint_eq(b.len, 8);
	ck_assert_int_eq(memcmp(b.data, "abc\0d007", 9), 0);
	buf_truncate(&b, 2);
	ck_assert_str_eq(buf_cstr(&b), "ab");
	buf_truncate(&b, 50);
	ck_assert_uint_eq(b.len, 2);
	buf_release(&b);
	ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(the_maximum_refuses_whole_pieces)
{
	struct buf b;

	buf_init(&b, 5);
	ck_assert(buf_puts(&b, "12345"));
	ck_assert(!b.overflow);
	ck_assert(!buf_putc(&b, '6'));
	ck_assert(b.overflow);
	ck_assert_str_eq(buf_cstr(&b), "12345");

	buf_reset(&b);
	ck_assert(!b.overflow);
	ck_assert(buf_puts(&b, "123"));
	ck_assert(!buf_puts(&b, "456"));
	/* Sticky: even what would fit is refused now. */
	ck_assert(!buf_putc(&b, '4'));
	ck_assert_str_eq(buf_cstr(&b), "123");
	buf_release(&b);
}
END_TEST

START_TEST(formatting_up_to_the_maximum)
{
	struct buf b;

	for (size_t max = 0; max < 200; max++) {
		bool ok;

		buf_init(&b, max);
		ok = buf_printf(&b, "%0100d", 5);
		ck_assert_int_eq(ok, max >= 100);
		ck_assert_uint_eq(b.len, ok ? 100 : 0);
		ck_assert_uint_eq(strlen(buf_cstr(&b)), b.len);
		buf_release(&b);
	}
}
END_TEST

START_TEST(reserve_and_commit)
{
	struct buf b;
	char *p;

	buf_init(&b, 10);
	p = buf_reserve(&b, 10);
	ck_assert_ptr_nonnull(p);
	memcpy(p, "0123456789", 10);
	buf_commit(&b, 4);
	ck_assert_str_eq(buf_cstr(&b), "0123");
	ck_assert_ptr_null(buf_reserve(&b, 7));
	ck_assert(b.overflow);
	buf_release(&b);
}
END_TEST

START_TEST(detaching_gives_the_content_away)
{
	struct buf b;
	size_t len;
	char *s;

	buf_init(&b, 100);
	s = buf_detach(&b, &len);
	ck_assert_str_eq(s, "");
	ck_assert_uint_eq(len, 0);
	free(s);
	buf_puts(&b, "text");
	s = buf_detach(&b, NULL);
	ck_assert_str_eq(s, "text");
	free(s);
	ck_assert_uint_eq(b.len, 0);
	ck_assert(buf_puts(&b, "again"));
	buf_release(&b);
}
END_TEST

START_TEST(growth_to_a_megabyte)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		ck_assert(buf_putc(&b, (char)('a' + i % 26)));
	ck_assert(!buf_putc(&b, 'x'));
	ck_assert_int_eq(b.data[(1 << 20) - 1], 'a' + ((1 << 20) - 1) % 26);
	ck_assert_uint_eq(b.cap, (1 << 20) + 1);
	buf_release(&b);
}
END_TEST

TEST_MAIN("buf", pieces_add_up, the_maximum_refuses_whole_pieces, formatting_up_to_the_maximum,
	  reserve_and_commit, detaching_gives_the_content_away, growth_to_a_megabyte)
