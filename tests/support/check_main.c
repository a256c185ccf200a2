/*
 * Runs the suite of a unit test program; see check_main.h.
 */
#include "config.h"

#include "tests/support/check_main.h"

#include <stdlib.h>

static int
run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
test_main(const char *name, const TTest *const *tests, size_t n)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return run(suite);
}

int
test_main_cases(const char *name, test_case_fn *const *cases, size_t n)
{
	Suite *suite = suite_create(name);

	for (size_t i = 0; i < n; i++)
		suite_add_tcase(suite, cases[i]());
	return run(suite);
}
