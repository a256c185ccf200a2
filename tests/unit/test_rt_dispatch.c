/*
 * Which server block answers: longest zone, DS, views, several declarations at one address; and the
 * helpers that compare names with zones.
 */
#include "config.h"

#include "dispatch.h"

#include <string.h>

#include "dns/types.h"
#include "listener.h"
#include "rt_gen.h"
#include "tests/support/check_main.h"

const struct rt_program rt_program = { .abi = RT_ABI, .version = "test", .hash = "" };

#define NAME(w, l, n, t)                                                                           \
	{                                                                                          \
		.wire = (const uint8_t *)(w), .len = (l), .nlabels = (n), .text = (t)              \
	}

static bool admit_inside;
static bool admit_other;

static bool
inside(struct rt_query *q)
{
	(void)q;
	return admit_inside;
}

static bool
other(struct rt_query *q)
{
	(void)q;
	return admit_other;
}

static const struct rt_block plain;
static const struct rt_block empty = { .empty = true };
static const struct rt_block view_inside = { .admits = inside };
static const struct rt_block view_other = { .admits = other };

/* In order of depth; index is what the tests name them by. */
static struct rt_site sites[] = {
	{ .zone = NAME("\1a\7example\3org", 15, 3, "a.example.org."), .block = &plain, .index = 0 },
	{ .zone = NAME("\7example\3org", 13, 2, "example.org."), .block = &plain, .index = 1 },
	{ .zone = NAME("\7example\3org", 13, 2, "example.org."), .block = &plain, .index = 2 },
	{ .zone = NAME("\3org", 5, 1, "org."), .block = &plain, .index = 3 },
	{ .zone = NAME("", 1, 0, "."), .block = &plain, .index = 4 },
};

/* Which of the sites the listener has. */
static bool has[ARRAY_SIZE(sites)];

static const struct rt_site *
match(const struct dns_qname *name, unsigned labels)
{
	for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
		const struct rt_name *zone = &sites[i].zone;

		if (has[i] && zone->nlabels <= labels && zone->nlabels <= name->nlabels &&
		    rtg_suffix_is(name, zone->nlabels, zone->wire, zone->len))
			return &sites[i];
	}
	return NULL;
}

static const struct rt_site *
match_none(const struct dns_qname *name, unsigned labels)
{
	(void)name;
	(void)labels;
	return NULL;
}

static struct rt_listen declaration = { .match = match };
static struct rt_listen nothing = { .match = match_none };
static const struct rt_listen *const decls[] = { &nothing, &declaration };
static struct rt_listener listener;

static void
set_up(void)
{
	memset(has, true, sizeof(has));
	has[2] = false;
	for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
		sites[i].block = &plain;
		sites[i].next = NULL;
	}
	listener = (struct rt_listener){ .decl = &declaration, .decls = decls + 1, .ndecls = 1 };
}

static void
qname(struct dns_qname *out, const char *text)
{
	uint8_t wire[DNS_NAME_BUF];

	ck_assert_int_gt(dns_name_from_text(wire, text, strlen(text)), 0);
	dns_qname_set(out, wire);
}

/* Index of the site that takes the query; -1: refused. */
static int
ask(const char *name, uint16_t type)
{
	static struct rt_query q;
	const struct rt_site *site;

	qname(&q.qname, name);
	q.qtype = type;
	q.listener = &listener;
	site = dispatch(&q);
	return site != NULL ? site->index : -1;
}

START_TEST(the_deepest_zone)
{
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_A), 0);
	ck_assert_int_eq(ask("b.A.Example.org", DNS_TYPE_A), 0);
	ck_assert_int_eq(ask("ba.example.org", DNS_TYPE_A), 1);
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), 1);
	ck_assert_int_eq(ask("notexample.org", DNS_TYPE_A), 3);
	ck_assert_int_eq(ask("net", DNS_TYPE_A), 4);
	ck_assert_int_eq(ask(".", DNS_TYPE_A), 4);
	has[4] = false;
	ck_assert_int_eq(ask("net", DNS_TYPE_A), -1);
}
END_TEST

START_TEST(ds)
{
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), 3);
	ck_assert_int_eq(ask("org", DNS_TYPE_DS), 3);
	ck_assert_int_eq(ask("net", DNS_TYPE_DS), 4);
	ck_assert_int_eq(ask(".", DNS_TYPE_DS), 4);
	has[3] = false;
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), 1);
	has[1] = false;
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), 0); /* not the root's */
	has[0] = false;
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), 4);
	has[4] = false;
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), -1);
}
END_TEST

START_TEST(zones_without_plugins)
{
	sites[1].block = &empty;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), -1);
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_A), 0);
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), -1); /* met on the way up */
}
END_TEST

START_TEST(views)
{
	has[2] = true;
	sites[1].block = &view_inside;
	sites[1].next = &sites[2];
	sites[2].block = &view_other;
	admit_inside = admit_other = true;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), 1);
	ck_assert_int_eq(ask("x.example.org", DNS_TYPE_DS), 3);
	admit_inside = false;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), 2);
	admit_other = false;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), 3);
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_A), 0);
	has[3] = false;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), 4);
	ck_assert_int_eq(ask("example.org", DNS_TYPE_DS), 4);
	sites[4].block = &view_inside;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_A), -1);
	ck_assert_int_eq(ask(".", DNS_TYPE_A), -1);
	ck_assert_int_eq(ask("example.org", DNS_TYPE_DS), -1);
	admit_inside = true;
	ck_assert_int_eq(ask("example.org", DNS_TYPE_DS), 1);
}
END_TEST

START_TEST(several_declarations)
{
	listener = (struct rt_listener){ .decl = &nothing, .decls = decls, .ndecls = 2 };
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_A), 0);
	ck_assert_int_eq(ask("a.example.org", DNS_TYPE_DS), 3);
	has[4] = false;
	ck_assert_int_eq(ask("net", DNS_TYPE_A), -1);
}
END_TEST

/* ---- names of the configuration ---- */

START_TEST(longest_of_some_names)
{
	static const struct rt_name v[] = {
		NAME("\3org", 5, 1, "org."),
		NAME("\1a\7example\3org", 15, 3, "a.example.org."),
		NAME("\7example\3org", 13, 2, "example.org."),
	};
	static const struct rt_names names = { .v = v, .n = 3 };
	static const struct rt_names none;
	struct dns_qname name;

	qname(&name, "x.a.example.org");
	ck_assert_ptr_eq(rt_names_match(&names, &name), &v[1]);
	qname(&name, "xa.example.org");
	ck_assert_ptr_eq(rt_names_match(&names, &name), &v[2]);
	qname(&name, "org");
	ck_assert_ptr_eq(rt_names_match(&names, &name), &v[0]);
	qname(&name, "net");
	ck_assert_ptr_null(rt_names_match(&names, &name));
	qname(&name, ".");
	ck_assert_ptr_null(rt_names_match(&names, &name));
	ck_assert_ptr_null(rt_names_match(&none, &name));
}
END_TEST

START_TEST(fallthrough)
{
	static const struct rt_name v[] = { NAME("\3org", 5, 1, "org.") };
	struct rt_fallthrough f = { .enabled = false };
	struct dns_qname name;

	qname(&name, "example.org");
	ck_assert(!rt_falls_through(&f, &name));
	f.enabled = true;
	ck_assert(rt_falls_through(&f, &name));
	f.zones = (struct rt_names){ .v = v, .n = 1 };
	ck_assert(rt_falls_through(&f, &name));
	qname(&name, "example.net");
	ck_assert(!rt_falls_through(&f, &name));
}
END_TEST

START_TEST(sorted_tables)
{
	static const struct rtg_zone_row rows[] = {
		{ .suffix = "\1a", .len = 3, .site = 7 },
		{ .suffix = "\1b", .len = 3, .site = 6 },
		{ .suffix = "\2aa", .len = 4, .site = 5 },
		{ .suffix = "\3com", .len = 5, .site = 4 },
		{ .suffix = "\3org", .len = 5, .site = 3 },
	};
	struct dns_qname name;

	qname(&name, "x.y.ORG");
	for (unsigned n = 0; n < 5; n++)
		ck_assert_int_eq(rtg_zone_find(rows, n, &name, 1), -1);
	ck_assert_int_eq(rtg_zone_find(rows, 5, &name, 1), 3);
	ck_assert_int_eq(rtg_zone_find(rows, 5, &name, 2), -1);
	qname(&name, "a");
	ck_assert_int_eq(rtg_zone_find(rows, 5, &name, 1), 7);
	qname(&name, "aa");
	ck_assert_int_eq(rtg_zone_find(rows, 5, &name, 1), 5);
	qname(&name, "c");
	ck_assert_int_eq(rtg_zone_find(rows, 5, &name, 1), -1);
}
END_TEST

static TCase *
dispatch_case(void)
{
	TCase *tc = tcase_create("dispatch");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, the_deepest_zone);
	tcase_add_test(tc, ds);
	tcase_add_test(tc, zones_without_plugins);
	tcase_add_test(tc, views);
	tcase_add_test(tc, several_declarations);
	tcase_add_test(tc, longest_of_some_names);
	tcase_add_test(tc, fallthrough);
	tcase_add_test(tc, sorted_tables);
	return tc;
}

TEST_MAIN_CASES("rt_dispatch", dispatch_case)
