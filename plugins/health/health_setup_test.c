/*
 * Tests of the health directive.
 */
#include "config.h"

#include "health/health.h"

#include "base/compiler.h"
#include "base/duration.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "health", "" },
	{ "health :8081", "" },
	{ "health 127.0.0.1:8080", "" },
	{ "health [::1]:8080", "" },
	{ "health localhost:8080", "" },
	{ "health {\n lameduck 5s\n}", "" },
	{ "health :8081 {\n lameduck 1m30s\n}", "" },
	{ "health 8080", "CF2002" },
	{ "health localhost", "CF2002" },
	{ "health :99999", "CF2002" },
	{ "health :8080 :8081", "CF2001" },
	{ "health {\n lameduck\n}", "CF2001" },
	{ "health {\n lameduck 5\n}", "CF2002" },
	{ "health {\n lameduck -5s\n}", "CF2003" },
	{ "health {\n lameduck 5s\n lameduck 6s\n}", "CF2010w" },
	{ "health {\n lamduck 5s\n}", "CF2004" },
	{ "health\nhealth :8081", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "health 127.0.0.1:", "" },
	{ "health ::1:80", "CF2002" },
	{ "health {\n lameduck -1s\n}", "" },
	{ "health 8080", "CF2002" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(values)
{
	struct setup s;

	setup_open(&s, "a.test {\n health\n whoami\n}\nb.test {\n health :1\n health :2 {\n"
		       "  lameduck 2s\n }\n whoami\n}\n");
	const struct health_config *config = setup_config(&s, "health", 0);
	ck_assert_str_eq(config->addr, ":8080");
	ck_assert_uint_eq(config->lameduck, 0);
	config = setup_config(&s, "health", 1);
	ck_assert_str_eq(config->addr, ":2"); /* the last one */
	ck_assert_uint_eq(config->lameduck, 2 * DURATION_S);
	setup_close(&s);
}
END_TEST

static const struct setup_row programs[] = {
	{ "a.test {\n whoami\n health\n}\nb.test {\n whoami\n health\n}\n", "CF3006w" },
	{ "a.test {\n whoami\n health :8080\n}\nb.test {\n whoami\n health localhost:8080\n}\n",
	  "CF3006" },
	{ "a.test {\n whoami\n health :8080\n}\nb.test {\n whoami\n health :8081\n}\n", "" },
	{ "a.test {\n whoami\n health 127.0.0.1:1\n}\nb.test {\n whoami\n health 127.0.0.2:1\n}\n",
	  "" },
	{ ". {\n whoami\n health\n ready\n prometheus\n}\n", "" },
	{ ". {\n whoami\n health :9\n ready :9\n}\n", "CF3006w" },
	{ "a.test {\n whoami\n ready\n prometheus\n}\nb.test {\n whoami\n ready\n prometheus\n}\n",
	  "" },
	/* DNS over TCP is there already. */
	{ ".:8080 {\n whoami\n health\n}\n", "CF3006" },
	{ ".:8080 {\n whoami\n bind 127.0.0.1\n health\n}\n", "CF3006" },
	{ ".:8080 {\n whoami\n bind 127.0.0.1\n health 127.0.0.2:8080\n}\n", "" },
	{ ".:8080 {\n whoami\n bind 127.0.0.1\n health localhost:8080\n}\n", "CF3006" },
	{ ".:8080 {\n whoami\n bind eth9\n health 127.0.0.2:8080\n}\n", "" },
};

START_TEST(claimed_addresses)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("health_setup", accepts_and_refuses, values, claimed_addresses, judges_as_coredns)
