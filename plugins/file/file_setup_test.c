/*
 * Tests of the file directive.
 */
#include "config.h"

#include "file/file.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "file db.a", "" },
	{ "file db.a example.org", "" },
	{ "file db.a example.org example.net 10.0.0.0/8", "" },
	{ "file /abs/db.a\nfile db.b b.example.org", "" },
	{ "file db.a {\n}", "" },
	{ "file db.a {\n reload 30s\n}", "" },
	{ "file db.a {\n reload 0\n}", "" },
	{ "file db.a {\n reload 1h30m\n reload_by_mtime\n fallthrough\n}", "" },
	{ "file db.a {\n fallthrough a.example.org b.example.org\n}", "" },
	{ "file db.a {\n reload_by_mtime\n reload_by_mtime\n}", "" },
	{ "file db.a {\n upstream\n}", "CF2011w" },
	{ "file db.a {\n upstream 8.8.8.8\n}", "CF2011w" },
	{ "file db.a {\n reload 0\n reload_by_mtime\n}", "CF2011w" },
	{ "file db.a {\n reload 1s\n reload 2s\n}", "CF2010w" },
	{ "file", "CF2001" },
	{ "file {\n}", "CF2001" },
	{ "file \"\"", "CF2002" },
	{ "file db.a {\n reload\n}", "CF2001" },
	{ "file db.a {\n reload soon\n}", "CF2002" },
	{ "file db.a {\n reload -1s\n}", "CF2003" },
	{ "file db.a {\n reload 1s 2s\n}", "CF2001" },
	{ "file db.a {\n reload_by_mtime yes\n}", "CF2001" },
	{ "file db.a {\n refresh 1s\n}", "CF2004" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "file nonesuch x", "" },
	{ "file nonesuch x {\n reload 0\n}", "CF1000" },
	{ "file hosts x", "CF1000" },
	{ "file . x", "CF1000" },
	{ "file db.example.org example.org {\n reload 0 extra\n reload_by_mtime fallthrough\n}",
	  "" },
	{ "file db.example.org a..b", "" },
	{ "file db.example.org example.org {\n reload -1s\n}", "CF2003" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(options_belong_to_their_directive)
{
	struct setup s;
	const struct file_config *a, *b;

	setup_open(&s,
		   "example.org {\n root /zones\n file db.a {\n  reload 10s\n  fallthrough\n }\n"
		   "file sub/db.b b.example.org {\n  reload_by_mtime\n }\n}\n");
	a = setup_config(&s, "file", 0);
	b = setup_config(&s, "file", 1);
	ck_assert_str_eq(a->path, "/zones/db.a");
	ck_assert_uint_eq(a->reload, UINT64_C(10000000000));
	ck_assert(a->fallthrough.enabled);
	ck_assert(!a->reload_by_mtime);
	ck_assert_uint_eq(a->zones.n, 1);
	ck_assert_str_eq(a->zones.v[0].text, "example.org.");
	ck_assert_str_eq(b->path, "/zones/sub/db.b");
	ck_assert_uint_eq(b->reload, UINT64_C(60000000000));
	ck_assert(!b->fallthrough.enabled);
	ck_assert(b->reload_by_mtime);
	ck_assert_str_eq(b->zones.v[0].text, "b.example.org.");
	setup_close(&s);
}
END_TEST

static bool
is_last(struct setup *s, unsigned nth)
{
	return ((const struct file_config *)setup_config(s, "file", nth))->last;
}

START_TEST(knows_whether_it_is_the_last)
{
	struct setup s;

	setup_open(&s, "a. {\n file db.a\n debug\n}\nb. {\n whoami\n file db.b\n}\n"
		       "c. {\n file db.c\n file db.d d.c.\n}\n");
	ck_assert(is_last(&s, 0));
	ck_assert(!is_last(&s, 1));
	ck_assert(is_last(&s, 2));
	ck_assert(is_last(&s, 3));
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("file_setup", accepts_and_refuses, options_belong_to_their_directive,
	  knows_whether_it_is_the_last, judges_as_coredns)
