/*
 * Go's durations: what time.ParseDuration accepts, refuses, and what String prints.
 */
#include "config.h"

#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "tests/support/check_main.h"

static const struct {
	const char *text;
	int64_t ns;
} valid[] = {
	{ "0", 0 },
	{ "+0", 0 },
	{ "-0", 0 },
	{ "0s", 0 },
	{ "5s", 5 * DURATION_S },
	{ "+5s", 5 * DURATION_S },
	{ "-5s", -5 * DURATION_S },
	{ "1478s", 1478 * DURATION_S },
	{ "10ns", 10 },
	{ "11us", 11 * DURATION_US },
	{ "12\xc2\xb5s", 12 * DURATION_US },
	{ "12\xce\xbcs", 12 * DURATION_US },
	{ "13ms", 13 * DURATION_MS },
	{ "15m", 15 * DURATION_M },
	{ "16h", 16 * DURATION_H },
	{ "5.0s", 5 * DURATION_S },
	{ "5.6s", 5600 * DURATION_MS },
	{ "5.s", 5 * DURATION_S },
	{ ".5s", 500 * DURATION_MS },
	{ "1.0s", DURATION_S },
	{ "1.004s", 1004 * DURATION_MS },
	{ "100.00100s", 100001 * DURATION_MS },
	{ "3h30m", 210 * DURATION_M },
	{ "10.5s4m", 4 * DURATION_M + 10500 * DURATION_MS },
	{ "-2m3.4s", -(2 * DURATION_M + 3400 * DURATION_MS) },
	{ "1h2m3s4ms5us6ns", DURATION_H + 2 * DURATION_M + 3 * DURATION_S + 4005006 },
	{ "52763797000ns", 52763797000 },
	{ "0.3333333333333333333h", 20 * DURATION_M },
	{ "9007199254740993ns", INT64_C(9007199254740993) },
	{ "9223372036854775807ns", INT64_MAX },
	{ "9223372036854775.807us", INT64_MAX },
	{ "9223372036s854ms775us807ns", INT64_MAX },
	{ "-9223372036854775808ns", INT64_MIN },
	{ "-9223372036854775.808us", INT64_MIN },
	{ "-2562047h47m16.854775808s", INT64_MIN },
	{ "0.100000000000000000000h", 6 * DURATION_M },
	{ "0.830103483285477580700h", 49 * DURATION_M + 48 * DURATION_S + 372539827 },
};

START_TEST(valid_text)
{
	int64_t ns = -1;

	ck_assert_int_eq(duration_parse(&ns, valid[_i].text, strlen(valid[_i].text)), 0);
	ck_assert_msg(ns == valid[_i].ns, "%s: %lld", valid[_i].text, (long long)ns);
}
END_TEST

static const struct {
	const char *text;
	int rc;
} invalid[] = {
	{ "", RT_ESYNTAX },
	{ "3", RT_ESYNTAX },
	{ "00", RT_ESYNTAX },
	{ "-", RT_ESYNTAX },
	{ "+", RT_ESYNTAX },
	{ "s", RT_ESYNTAX },
	{ ".", RT_ESYNTAX },
	{ "-.", RT_ESYNTAX },
	{ ".s", RT_ESYNTAX },
	{ "+.s", RT_ESYNTAX },
	{ "1d", RT_ESYNTAX },
	{ "1S", RT_ESYNTAX },
	{ "1 s", RT_ESYNTAX },
	{ " 1s", RT_ESYNTAX },
	{ "1s ", RT_ESYNTAX },
	{ "--1s", RT_ESYNTAX },
	{ "1s-1s", RT_ESYNTAX },
	{ "1..5s", RT_ESYNTAX },
	{ "1e3s", RT_ESYNTAX },
	{ "\x85\x85", RT_ESYNTAX },
	{ "9223372036854775810ns", RT_ERANGE },
	{ "9223372036854775808ns", RT_ERANGE },
	{ "-9223372036854775809ns", RT_ERANGE },
	{ "9223372036854776us", RT_ERANGE },
	{ "3000000h", RT_ERANGE },
	{ "9223372036854ms775us808ns", RT_ERANGE },
	{ "99999999999999999999999s", RT_ERANGE },
	{ "-9223372036854775808ns1ns", RT_ERANGE },
};

START_TEST(invalid_text)
{
	int64_t ns = 77;

	ck_assert_int_eq(duration_parse(&ns, invalid[_i].text, strlen(invalid[_i].text)),
			 invalid[_i].rc);
	ck_assert_int_eq(ns, 77);
}
END_TEST

static const struct {
	int64_t ns;
	const char *text;
} printed[] = {
	{ 0, "0s" },
	{ 1, "1ns" },
	{ 1100, "1.1\xc2\xb5s" },
	{ 2200 * DURATION_US, "2.2ms" },
	{ 3300 * DURATION_MS, "3.3s" },
	{ 4 * DURATION_M + 5 * DURATION_S, "4m5s" },
	{ 4 * DURATION_M + 5001 * DURATION_MS, "4m5.001s" },
	{ 5 * DURATION_H + 6 * DURATION_M + 7001 * DURATION_MS, "5h6m7.001s" },
	{ 8 * DURATION_M + 1, "8m0.000000001s" },
	{ 999 * DURATION_MS, "999ms" },
	{ DURATION_S, "1s" },
	{ DURATION_H, "1h0m0s" },
	{ -DURATION_M, "-1m0s" },
	{ INT64_MAX, "2562047h47m16.854775807s" },
	{ INT64_MIN, "-2562047h47m16.854775808s" },
};

START_TEST(printing_and_back)
{
	char text[DURATION_TEXT_MAX];
	size_t len = duration_format(printed[_i].ns, text);
	int64_t ns;

	ck_assert_str_eq(text, printed[_i].text);
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_int_eq(duration_parse(&ns, text, len), 0);
	ck_assert_int_eq(ns, printed[_i].ns);
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, valid_text, 0, (int)ARRAY_SIZE(valid));
	tcase_add_loop_test(tc, invalid_text, 0, (int)ARRAY_SIZE(invalid));
	tcase_add_loop_test(tc, printing_and_back, 0, (int)ARRAY_SIZE(printed));
	return tc;
}

TEST_MAIN_CASES("duration", tables)
