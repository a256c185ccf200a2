/*
 * Tests of the loadbalance directive at compile time.
 */
#include "config.h"

#include "loadbalance/loadbalance.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "loadbalance", "" },
	{ "loadbalance round_robin", "" },
	{ "loadbalance {\n}", "" },
	{ "loadbalance weighted wfile", "" },
	{ "loadbalance weighted wf {\n reload 10s\n}", "" },
	{ "loadbalance weighted wf {\n reload 0s\n}", "" },
	{ "loadbalance weighted wf {\n reload 10s\n prefer 10.0.0.0/8\n}", "" },
	{ "loadbalance round_robin {\n prefer 10.0.0.0/8 2001:db8::/32\n prefer 192.0.2.0/24\n}",
	  "" },
	{ "loadbalance {\n prefer 10.0.0.1\n}", "" },
	{ "loadbalance fleeb", "CF2002" },
	{ "loadbalance round_robin a", "CF2001" },
	{ "loadbalance weighted", "CF2001" },
	{ "loadbalance weighted a b", "CF2001" },
	{ "loadbalance weighted \"\"", "CF2002" },
	{ "loadbalance weighted wfile {\n susu\n}", "CF2004" },
	{ "loadbalance weighted wfile {\n reload a\n}", "CF2002" },
	{ "loadbalance weighted wfile {\n reload 30s a\n}", "CF2001" },
	{ "loadbalance weighted wfile {\n reload\n}", "CF2001" },
	{ "loadbalance weighted wfile {\n reload -1s\n}", "CF2003" },
	{ "loadbalance weighted wfile {\n reload 1s\n reload 2s\n}", "CF2010w" },
	{ "loadbalance {\n reload 10s\n}", "CF2005" },
	{ "loadbalance {\n prefer\n}", "CF2001" },
	{ "loadbalance {\n prefer 10.0.0.0/33\n}", "CF2002" },
	{ "loadbalance {\n prefer here\n}", "CF2002" },
	{ "loadbalance\nloadbalance weighted wf", "CF2010w" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "loadbalance {\n prefer 10.0.0.1 10.0.0.0/8\n}", "CF2002" },
	{ "loadbalance weighted nofile", "" },
	{ "loadbalance weighted nofile {\n reload 0s\n}", "CF1000" },
	{ "loadbalance {\n prefer\n}", "" },
	{ "loadbalance weighted w {\n reload -1s\n}", "" },
	{ "loadbalance {\n prefer here\n}", "CF2002" },
	{ "loadbalance weighted nofile {\n prefer 10.0.0.0/8\n}", "CF2006" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(fields)
{
	struct setup s;

	setup_open(&s,
		   ". {\n root /etc/dns\n loadbalance weighted wf {\n  prefer 10.0.0.0/8\n }\n}\n");
	const struct loadbalance_config *c = setup_config(&s, "loadbalance", 0);
	ck_assert_int_eq(c->policy, LOADBALANCE_WEIGHTED);
	ck_assert_str_eq(c->file, "/etc/dns/wf");
	ck_assert_uint_eq(c->reload, (uint64_t)(30 * CLOCK_NS_PER_S));
	ck_assert_uint_eq(c->prefer.n, 1);
	ck_assert_uint_eq(c->prefer.v[0].bits, 8);
	setup_close(&s);
}
END_TEST

START_TEST(last_policy_wins_and_networks_add_up)
{
	struct setup s;

	setup_open(&s, ". {\n loadbalance weighted wf {\n  prefer 10.0.0.0/8\n }\n"
		       " loadbalance {\n  prefer 192.0.2.0/24\n }\n}\n");
	const struct loadbalance_config *c = setup_config(&s, "loadbalance", 0);
	ck_assert_int_eq(c->policy, LOADBALANCE_ROUND_ROBIN);
	ck_assert_ptr_null(c->file);
	ck_assert_uint_eq(c->prefer.n, 2);
	ck_assert_ptr_null(setup_instance(&s, "loadbalance", 1));
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("loadbalance_setup", accepts_and_refuses, fields, last_policy_wins_and_networks_add_up,
	  judges_as_coredns)
