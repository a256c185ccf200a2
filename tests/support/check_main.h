/*
 * The main() of a unit test.  A test program is one file:
 *
 *	#include "config.h"
 *	#include "base/arena.h"
 *	#include "tests/support/check_main.h"
 *
 *	START_TEST(small_allocations_are_aligned)
 *	{
 *		...ck_assert_...
 *	}
 *	END_TEST
 *
 *	TEST_MAIN("arena", small_allocations_are_aligned, large_allocations)
 *
 * With fixtures, loops or time-outs, build Check's TCases and name the functions that return them:
 *
 *	TEST_MAIN_CASES("arena", basic_case, limits_case)
 *
 * Each test runs in a process of its own (CK_FORK, under gdb set CK_FORK=no).  The exit code is 0
 * only if every test passed.
 */
#ifndef TESTS_SUPPORT_CHECK_MAIN_H
#define TESTS_SUPPORT_CHECK_MAIN_H

#include <stddef.h>
#include <check.h>

typedef TCase *test_case_fn(void);

/* Run tests, n of them, as the suite 'name'; the exit code for main. */
int test_main(const char *name, const TTest *const *tests, size_t n);

/* The same for n functions, each of which makes a test case. */
int test_main_cases(const char *name, test_case_fn *const *cases, size_t n);

#define TEST_MAIN(name, ...)                                                                       \
	int main(void)                                                                             \
	{                                                                                          \
		const TTest *const tests[] = { __VA_ARGS__ };                                      \
		return test_main(name, tests, sizeof(tests) / sizeof(tests[0]));                   \
	}

#define TEST_MAIN_CASES(name, ...)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		test_case_fn *const cases[] = { __VA_ARGS__ };                                     \
		return test_main_cases(name, cases, sizeof(cases) / sizeof(cases[0]));             \
	}

#endif
