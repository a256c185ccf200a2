/*
 * Numbers from text, random numbers, clocks.
 */
#include "config.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/num.h"
#include "base/random.h"
#include "tests/support/check_main.h"

static const struct {
	const char *text;
	unsigned base;
	int rc;
	int64_t value;
} ints[] = {
	{ "0", 10, 0, 0 },
	{ "-0", 10, 0, 0 },
	{ "+12", 10, 0, 12 },
	{ "-12", 10, 0, -12 },
	{ "0012", 10, 0, 12 },
	{ "9223372036854775807", 10, 0, INT64_MAX },
	{ "-9223372036854775808", 10, 0, INT64_MIN },
	{ "9223372036854775808", 10, RT_ERANGE, 0 },
	{ "-9223372036854775809", 10, RT_ERANGE, 0 },
	{ "99999999999999999999999", 10, RT_ERANGE, 0 },
	{ "99999999999999999999999x", 10, RT_ESYNTAX, 0 },
	{ "", 10, RT_ESYNTAX, 0 },
	{ "-", 10, RT_ESYNTAX, 0 },
	{ "--1", 10, RT_ESYNTAX, 0 },
	{ " 1", 10, RT_ESYNTAX, 0 },
	{ "1 ", 10, RT_ESYNTAX, 0 },
	{ "1_000", 10, RT_ESYNTAX, 0 },
	{ "0x10", 10, RT_ESYNTAX, 0 },
	{ "ff", 16, 0, 255 },
	{ "zZ", 36, 0, 35 * 36 + 35 },
	{ "2", 2, RT_ESYNTAX, 0 },
	{ "1", 1, RT_ESYNTAX, 0 },
	{ "1", 37, RT_ESYNTAX, 0 },
	{ "0x1F", 0, 0, 31 },
	{ "-0b101", 0, 0, -5 },
	{ "0o17", 0, 0, 15 },
	{ "017", 0, 0, 15 },
	{ "0", 0, 0, 0 },
	{ "08", 0, RT_ESYNTAX, 0 },
	{ "0x", 0, RT_ESYNTAX, 0 },
	{ "1_000", 0, 0, 1000 },
	{ "0x_1", 0, 0, 1 },
	{ "0_7", 0, 0, 7 },
	{ "_1", 0, RT_ESYNTAX, 0 },
	{ "1_", 0, RT_ESYNTAX, 0 },
	{ "1__0", 0, RT_ESYNTAX, 0 },
};

START_TEST(integers)
{
	int64_t v = 0;

	ck_assert_int_eq(num_parse_int(&v, ints[_i].text, strlen(ints[_i].text), ints[_i].base),
			 ints[_i].rc);
	ck_assert_msg(v == ints[_i].value, "%s", ints[_i].text);
}
END_TEST

START_TEST(unsigned_and_ranges)
{
	uint64_t u;
	int64_t i;
	uint16_t h;
	uint32_t w;

	ck_assert_int_eq(num_parse_uint(&u, "18446744073709551615", 20, 10), 0);
	ck_assert_uint_eq(u, UINT64_MAX);
	ck_assert_int_eq(num_parse_uint(&u, "18446744073709551616", 20, 10), RT_ERANGE);
	ck_assert_int_eq(num_parse_uint(&u, "+1", 2, 10), RT_ESYNTAX);
	ck_assert_int_eq(num_parse_range(&i, "5", 1, 1, 5), 0);
	ck_assert_int_eq(num_parse_range(&i, "6", 1, 1, 5), RT_ERANGE);
	ck_assert_int_eq(num_parse_range(&i, "0", 1, 1, 5), RT_ERANGE);
	ck_assert_int_eq(num_parse_u16(&h, "65535", 5), 0);
	ck_assert_uint_eq(h, 65535);
	ck_assert_int_eq(num_parse_u16(&h, "65536", 5), RT_ERANGE);
	ck_assert_int_eq(num_parse_u32(&w, "4294967295", 10), 0);
	ck_assert_int_eq(num_parse_u32(&w, "4294967296", 10), RT_ERANGE);
}
END_TEST

START_TEST(booleans)
{
	bool b = false;

	ck_assert_int_eq(num_parse_bool(&b, "True", 4), 0);
	ck_assert(b);
	ck_assert_int_eq(num_parse_bool(&b, "F", 1), 0);
	ck_assert(!b);
	ck_assert_int_eq(num_parse_bool(&b, "yes", 3), RT_ESYNTAX);
	ck_assert_int_eq(num_parse_bool(&b, "tRUE", 4), RT_ESYNTAX);
	ck_assert_int_eq(num_parse_bool(&b, "", 0), RT_ESYNTAX);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	double value;
} doubles[] = {
	{ "0.25", 0, 0.25 },       { "+.5", 0, 0.5 },          { "-5.", 0, -5 },
	{ "1e3", 0, 1000 },        { "25E-2", 0, 0.25 },       { "1e400", RT_ERANGE, 0 },
	{ "1e-400", 0, 0 },        { "", RT_ESYNTAX, 0 },      { ".", RT_ESYNTAX, 0 },
	{ "e5", RT_ESYNTAX, 0 },   { "1e", RT_ESYNTAX, 0 },    { "nan", RT_ESYNTAX, 0 },
	{ "inf", RT_ESYNTAX, 0 },  { "0x1p3", RT_ESYNTAX, 0 }, { "1,5", RT_ESYNTAX, 0 },
	{ "1.5 ", RT_ESYNTAX, 0 },
};

START_TEST(reals)
{
	double v = 0;

	ck_assert_int_eq(num_parse_double(&v, doubles[_i].text, strlen(doubles[_i].text)),
			 doubles[_i].rc);
	ck_assert_msg(v == doubles[_i].value, "%s: %g", doubles[_i].text, v);
}
END_TEST

START_TEST(printing)
{
	char out[20];

	ck_assert_uint_eq(num_format_u64(0, out), 1);
	ck_assert_int_eq(out[0], '0');
	ck_assert_uint_eq(num_format_u64(UINT64_MAX, out), 20);
	ck_assert_int_eq(memcmp(out, "18446744073709551615", 20), 0);
}
END_TEST

START_TEST(big_endian)
{
	uint8_t b[8];

	bytes_put64(b, UINT64_C(0x0102030405060708));
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(b[i], i + 1);
	ck_assert_uint_eq(bytes_get64(b), UINT64_C(0x0102030405060708));
	ck_assert_uint_eq(bytes_get32(b + 1), 0x02030405);
	ck_assert_uint_eq(bytes_get16(b + 6), 0x0708);
}
END_TEST

START_TEST(random_numbers_vary_and_keep_their_bounds)
{
	unsigned seen[10] = { 0 };
	uint64_t any = 0;
	uint64_t all = UINT64_MAX;

	for (int i = 0; i < 20000; i++) {
		uint64_t v = random_u64();

		any |= v;
		all &= v;
		seen[random_uniform(10)]++;
	}
	ck_assert_uint_eq(any, UINT64_MAX);
	ck_assert_uint_eq(all, 0);
	/* 2000 expected; 1600 is nine standard deviations away. */
	for (int i = 0; i < 10; i++)
		ck_assert_uint_gt(seen[i], 1600);
	ck_assert_uint_eq(random_uniform(0), 0);
	ck_assert_uint_eq(random_uniform(1), 0);
	any = 0;
	for (int i = 0; i < 1000; i++)
		any |= random_u16();
	ck_assert_uint_eq(any, 0xffff);
}
END_TEST

START_TEST(a_child_draws_other_numbers)
{
	uint64_t theirs;
	uint64_t ours;
	int fds[2];
	pid_t pid;

	random_u64(); /* the block is bought */
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		ours = random_u64();
		_exit(write(fds[1], &ours, sizeof(ours)) == sizeof(ours) ? 0 : 1);
	}
	ours = random_u64();
	ck_assert_int_eq(read(fds[0], &theirs, sizeof(theirs)), sizeof(theirs));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_uint_ne(ours, theirs);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static void *
draw(void *out)
{
	*(uint64_t *)out = random_u64();
	return NULL;
}

START_TEST(threads_draw_different_numbers)
{
	pthread_t thread[4];
	uint64_t v[4];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, draw, &v[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < i; j++)
			ck_assert_uint_ne(v[i], v[j]);
	}
}
END_TEST

START_TEST(the_clock_can_be_held_and_moved)
{
	int64_t before = clock_mono_ns();

	ck_assert_int_ge(clock_mono_ns(), before);
	ck_assert_int_gt(clock_wall_s(), 1600000000);
	clock_fake_set(5, 7 * CLOCK_NS_PER_S);
	ck_assert_int_eq(clock_mono_ns(), 5);
	ck_assert_int_eq(clock_wall_s(), 7);
	clock_fake_advance(CLOCK_NS_PER_S);
	ck_assert_int_eq(clock_mono_ns(), 5 + CLOCK_NS_PER_S);
	ck_assert_int_eq(clock_wall_ns(), 8 * CLOCK_NS_PER_S);
	clock_fake_off();
	ck_assert_int_ge(clock_mono_ns(), before);
}
END_TEST

START_TEST(error_texts)
{
	ck_assert_str_eq(rt_strerror(RT_OK), "success");
	ck_assert_str_eq(rt_strerror(RT_ETOOBIG), "file is too large");
	ck_assert_str_eq(rt_strerror(-9999), "unknown error");
	ck_assert_str_eq(rt_strerror(1), "unknown error");
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, integers, 0, (int)ARRAY_SIZE(ints));
	tcase_add_loop_test(tc, reals, 0, (int)ARRAY_SIZE(doubles));
	return tc;
}

static TCase *
singles(void)
{
	TCase *tc = tcase_create("singles");

	tcase_add_test(tc, unsigned_and_ranges);
	tcase_add_test(tc, booleans);
	tcase_add_test(tc, printing);
	tcase_add_test(tc, big_endian);
	tcase_add_test(tc, random_numbers_vary_and_keep_their_bounds);
	tcase_add_test(tc, a_child_draws_other_numbers);
	tcase_add_test(tc, threads_draw_different_numbers);
	tcase_add_test(tc, the_clock_can_be_held_and_moved);
	tcase_add_test(tc, error_texts);
	return tc;
}

TEST_MAIN_CASES("num", tables, singles)
