/*
 * Option tables: every kind of value and every rule of counting and repeating, on a plugin that
 * exists only here; and that the C printed for its config says the same.
 */
#include "config.h"

#include "tests/support/check_main.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/emit/value.h"
#include "compiler/syntax/expand.h"
#include "compiler/bind/options.h"
#include "compiler/plan.h"
#include "compiler/plugins.h"

static const char *const moods[] = { "calm", "cross", NULL };

struct demo_config {
	uint32_t size, percent;
	uint64_t period;
	int mood;
	bool loud;
	const char *text, *path, *listen;
	struct rt_name name;
	struct rt_names zones;
	struct rt_fallthrough ft;
	struct rt_strings words;
	struct rt_addrs addrs;
	struct rt_cidrs nets;
	struct rt_codes rcodes;
};

#define AT(m) CFC_AT(struct demo_config, m)

static const struct cfc_arg line_args[] = {
	{ .name = "SIZE",
	  .kind = CFC_UINT,
	  .arity = CFC_IF,
	  .min = 1,
	  .max = 100,
	  .dflt = "7",
	  AT(size) },
	{ .name = "ZONES", .kind = CFC_ZONES, .arity = CFC_REST, AT(zones) },
};
static const struct cfc_arg period_args[] = {
	{ .name = "DUR", .kind = CFC_DURATION, .min = 1, .dflt = "30s", AT(period) },
	{ .name = "PERCENT",
	  .kind = CFC_PERCENT,
	  .arity = CFC_OPT,
	  .min = 10,
	  .max = 90,
	  .dflt = "20%",
	  AT(percent) },
};
static const struct cfc_arg mood_args[] = {
	{ .name = "MOOD", .kind = CFC_ENUM, .values = moods, .dflt = "calm", AT(mood) },
};
static const struct cfc_arg text_args[] = { { .name = "TEXT", .kind = CFC_STRING, AT(text) } };
static const struct cfc_arg path_args[] = { { .name = "FILE", .kind = CFC_PATH, AT(path) } };
static const struct cfc_arg listen_args[] = {
	{ .name = "ADDR", .kind = CFC_ENDPOINT, AT(listen) }
};
static const struct cfc_arg name_args[] = { { .name = "NAME", .kind = CFC_NAME, AT(name) } };
static const struct cfc_arg ft_args[] = {
	{ .name = "ZONES", .kind = CFC_FALLTHROUGH, .arity = CFC_REST, AT(ft) },
};
static const struct cfc_arg words_args[] = {
	{ .name = "WORD",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  .nmax = 3,
	  .dflt = "none",
	  AT(words) },
};
static const struct cfc_arg addr_args[] = {
	{ .name = "IP", .kind = CFC_ADDRS, .arity = CFC_MANY, AT(addrs) },
};
static const struct cfc_arg net_args[] = {
	{ .name = "NET", .kind = CFC_CIDRS, .arity = CFC_MANY, AT(nets) },
};
static const struct cfc_arg rcode_args[] = {
	{ .name = "RCODE", .kind = CFC_RCODES, .arity = CFC_MANY, AT(rcodes) },
};

static const struct cfc_option options[] = {
	{ .name = "period", CFC_ARGS(period_args), .repeat = CFC_REPEAT_LAST },
	{ .name = "mood", CFC_ARGS(mood_args), .repeat = CFC_REPEAT_FIRST },
	{ .name = "loud", CFC_SETS(struct demo_config, loud), .excludes = "text" },
	{ .name = "text", CFC_ARGS(text_args), .repeat = CFC_REPEAT_ERROR, .needs = "path" },
	{ .name = "path", CFC_ARGS(path_args) },
	{ .name = "listen", CFC_ARGS(listen_args) },
	{ .name = "name", CFC_ARGS(name_args) },
	{ .name = "fallthrough", CFC_ARGS(ft_args) },
	{ .name = "words", CFC_ARGS(words_args), .repeat = CFC_REPEAT_MERGE },
	{ .name = "addr", CFC_ARGS(addr_args), .repeat = CFC_REPEAT_MERGE },
	{ .name = "net", CFC_ARGS(net_args) },
	{ .name = "rcode", CFC_ARGS(rcode_args) },
	{ .name = "upstream", .ignored = true },
};

/* A plugin that CoreDNS is less strict with. */
static const struct cfc_arg lax_line_args[] = {
	{ .name = "SIZE",
	  .kind = CFC_UINT,
	  .arity = CFC_OPT,
	  .min = 1,
	  .max = 9,
	  .lax = CFC_LAX_MAX,
	  AT(size) },
};
static const struct cfc_arg lax_period_args[] = {
	{ .name = "DUR", .kind = CFC_DURATION, .lax = CFC_LAX_MIN, AT(period) },
};
static const struct cfc_arg lax_mood_args[] = {
	{ .name = "MOOD", .kind = CFC_ENUM, .values = moods, .lax = CFC_LAX_KIND, AT(mood) },
};
static const struct cfc_option lax_options[] = {
	{ .name = "period", CFC_ARGS(lax_period_args), .lax = CFC_LAX_FLAT },
	{ .name = "loud", CFC_SETS(struct demo_config, loud), .lax = CFC_LAX_FLAT },
	{ .name = "mood", CFC_ARGS(lax_mood_args), .lax = CFC_LAX_MORE | CFC_LAX_FEWER },
	{ .name = "name", CFC_ARGS(name_args), .repeat = CFC_REPEAT_ERROR, .lax = CFC_LAX_REPEAT },
};
static struct cfc_plugin lax = {
	.name = "lax",
	.summary = "is read as CoreDNS reads it",
	CFC_CONFIG(demo_config),
	.directive = { CFC_ARGS(lax_line_args), .lax = CFC_LAX_REPEAT },
	CFC_OPTIONS(lax_options),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_SERVE,
};
static struct cfc_plugin loose = {
	.name = "loose",
	.summary = "is hardly read",
	CFC_CONFIG(demo_config),
	.directive = { .lax = CFC_LAX_ARGS | CFC_LAX_BLOCK },
	.hooks = CFC_SERVE,
};
static struct cfc_plugin empty = {
	.name = "empty",
	.summary = "may have an empty block",
	CFC_CONFIG(demo_config),
	.directive = { .lax = CFC_LAX_EMPTY },
	.hooks = CFC_SERVE,
};

static struct cfc_plugin demo = {
	.name = "demo",
	.summary = "is bound and printed",
	CFC_CONFIG(demo_config),
	.directive = { CFC_ARGS(line_args) },
	CFC_OPTIONS(options),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_SERVE,
	.traits = CFC_ANSWERS,
};

static struct cfc c;
static struct cfc_plan *plan;

/* Binds "example.org { <text> }"; the ids of what was found, in order, joined by blanks. */
static const char *
bind_as(const char *text, bool compat)
{
	static char ids[256];
	struct cfc_tree tree;
	const char *all;

	cfc_init(&c);
	cfc_plugins_init(&c);
	cfc_plugins_add(&c, &demo);
	cfc_plugins_add(&c, &lax);
	cfc_plugins_add(&c, &loose);
	cfc_plugins_add(&c, &empty);
	c.compat = compat;
	all = cfc_printf(&c, "example.org {\n%s\n}\n", text);
	struct cfc_source *s = cfc_source_text(&c, "Corefile", all, strlen(all));
	ck_assert_ptr_nonnull(s);
	cfc_expand(&c, s, &tree);
	plan = cfc_plan_build(&c, &tree);
	cfc_diags_sort(&c);
	ids[0] = '\0';
	for (size_t i = 0; i < c.diags.count; i++)
		snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%s%s", i > 0 ? " " : "",
			 c.diags.list[i]->id);
	return ids;
}

static const char *
bind_ids(const char *text)
{
	return bind_as(text, false);
}

static const struct demo_config *
config_of(const char *plugin)
{
	const struct cfc_instance *in = cfc_block_find(plan->blocks[0], plugin);

	ck_assert_ptr_nonnull(in);
	return in->config;
}

static const struct demo_config *
config(void)
{
	return config_of("demo");
}

static void
release(void)
{
	cfc_release(&c);
}

static const struct {
	const char *text, *ids;
} rows[] = {
	{ "demo", "" },
	{ "demo 5", "" },
	{ "demo 0", "CF2003" },
	{ "demo 101", "CF2003" },
	{ "demo 5 a.example b.example", "" },
	{ "demo a..b", "CF2002" },
	{ "demo {\nperiod 5s 10%\n}", "" },
	{ "demo {\nperiod\n}", "CF2001" },
	{ "demo {\nperiod 5s 10% 3\n}", "CF2001" },
	{ "demo {\nperiod 5\n}", "CF2002" },
	{ "demo {\nperiod 0s\n}", "CF2003" },
	{ "demo {\nperiod 5s 10\n}", "CF2002" },
	{ "demo {\nperiod 5s 95%\n}", "CF2003" },
	{ "demo {\nperiod 5s\nperiod 6s\n}", "CF2010" },
	{ "demo {\nmood cross\nmood calm\n}", "CF2010" },
	{ "demo {\nmood crossed\n}", "CF2002" },
	{ "demo {\npath /x\ntext a\ntext b\n}", "CF2010" },
	{ "demo {\ntext a\n}", "CF2005" },
	{ "demo {\nloud\npath x\ntext a\n}", "CF2006" },
	{ "demo {\nloud 1\n}", "CF2001" },
	{ "demo {\nwords a b c d\n}", "CF2001" },
	{ "demo {\naddr 1.2.3.4:53 [::1]:5353\naddr ::2\n}", "" },
	{ "demo {\naddr 1.2.3\n}", "CF2002" },
	{ "demo {\nnet 10.0.0.0/8 ::1\n}", "" },
	{ "demo {\nnet 10.0.0.0/33\n}", "CF2002" },
	{ "demo {\nrcode NXDOMAIN servfail\n}", "" },
	{ "demo {\nrcode OOPS\n}", "CF2002" },
	{ "demo {\nlisten :8080\nname a.example\n}", "" },
	{ "demo {\nlisten 8080\n}", "CF2002" },
	{ "demo {\nlisten :80800\n}", "CF2002" },
	{ "demo {\nupstream\n}", "CF2011" },
	{ "demo {\nperoid 5s\nmodo\n}", "CF2004 CF2004" },
	{ "demo {\nmood {\ncalm\n}\n}", "CF2001" },
	{ "demo\ndemo", "CF2010" },
	{ "nonesuch", "CF1005" },
	{ "whoami 1\ndemo", "CF2001" },
	{ "whoami {\nx\n}\ndemo", "CF2001" },
};

START_TEST(rows_report)
{
	ck_assert_str_eq(bind_ids(rows[_i].text), rows[_i].ids);
	release();
}
END_TEST

/* What is found by default, and what CoreDNS refuses. */
static const struct {
	const char *text, *ids, *compat_ids;
} verdicts[] = {
	{ "lax 9", "", "" },
	{ "lax 10", "CF2003", "" },
	{ "lax 0", "CF2003", "CF2003" },
	{ "lax 99999999999999999999", "CF2003", "CF2003" },
	{ "lax x", "CF2002", "CF2002" },
	{ "lax 1\nlax 2", "CF2010", "" },
	{ "lax {\nperiod -1s\n}", "CF2003", "" },
	{ "lax {\nperiod 1\n}", "CF2002", "CF2002" },
	{ "lax {\nperiod 1s loud mood calm\n}", "CF2001", "" },
	{ "lax {\nperiod 1s quiet\n}", "CF2001", "CF2004" },
	{ "lax {\nloud period\n}", "CF2001", "CF2001" },
	{ "lax {\nmood odd\n}", "CF2002", "" },
	{ "lax {\nmood\n}", "CF2001", "" },
	{ "lax {\nmood calm a b\n}", "CF2001", "" },
	{ "lax {\nname a\nname b\n}", "CF2010", "" },
	{ "lax {\nloud {\n}\n}", "CF2001", "CF2004" },
	{ "loose 1", "CF2001", "" },
	{ "loose {\nx\n}", "CF2001", "" },
	{ "loose {\n}", "CF2001", "" },
	{ "empty {\n}", "", "" },
	{ "empty {\nx\n}", "CF2001", "CF2001" },
	{ "demo a..b c {\nfallthrough d..e\n}", "CF2002 CF2002", "" },
	{ "demo 99999999999999999999", "CF2003", "" },
	{ "demo {\nupstream\nperiod 1s\nperiod 2s\n}", "CF2011 CF2010", "" },
	{ "demo {\nupstream {\n}\n}", "CF2001", "CF2004 CF2010" },
};

START_TEST(coredns_is_less_strict)
{
	ck_assert_str_eq(bind_ids(verdicts[_i].text), verdicts[_i].ids);
	release();
	ck_assert_str_eq(bind_as(verdicts[_i].text, true), verdicts[_i].compat_ids);
	release();
}
END_TEST

START_TEST(flat_words_are_bound)
{
	ck_assert_str_eq(bind_as("lax 10 {\nperiod 2s loud\n}", true), "");
	ck_assert_uint_eq(config_of("lax")->period, 2000000000u);
	ck_assert(config_of("lax")->loud);
	ck_assert_uint_eq(config_of("lax")->size, 0);
	release();
}
END_TEST

START_TEST(defaults_are_parsed)
{
	bind_ids("demo");
	ck_assert_uint_eq(config()->size, 7);
	ck_assert_uint_eq(config()->period, 30000000000u);
	ck_assert_uint_eq(config()->percent, 20);
	ck_assert_int_eq(config()->mood, 0);
	ck_assert_uint_eq(config()->words.n, 1);
	ck_assert_str_eq(config()->words.v[0], "none");
	ck_assert_uint_eq(config()->zones.n, 1);
	ck_assert_str_eq(config()->zones.v[0].text, "example.org.");
	ck_assert(!config()->ft.enabled);
	release();
}
END_TEST

START_TEST(values_are_bound)
{
	ck_assert_str_eq(
		bind_ids("root /srv\ndemo 9 Sub.Example 10.in-addr.arpa {\nwords a\nwords b\n"
			 "fallthrough in-addr.arpa\npath zones/db\naddr 1.2.3.4:5 ::1\n}"),
		cfc_plugin_find(&c, "root", 4) != NULL ? "" : "CF1005");
	ck_assert_uint_eq(config()->size, 9);
	ck_assert_uint_eq(config()->zones.n, 2);
	ck_assert_str_eq(config()->zones.v[0].text, "sub.example.");
	ck_assert_uint_eq(config()->zones.v[0].nlabels, 2);
	ck_assert_uint_eq(config()->zones.v[0].len, 13);
	ck_assert_uint_eq(config()->words.n, 2);
	ck_assert_str_eq(config()->words.v[1], "b");
	ck_assert(config()->ft.enabled);
	ck_assert_str_eq(config()->ft.zones.v[0].text, "in-addr.arpa.");
	ck_assert_uint_eq(config()->addrs.n, 2);
	ck_assert_uint_eq(config()->addrs.v[0].port, 5);
	release();
}
END_TEST

START_TEST(the_last_value_starts_anew)
{
	bind_ids("demo {\nperiod 5s 80%\nperiod 6s\n}");
	ck_assert_uint_eq(config()->period, 6000000000u);
	ck_assert_uint_eq(config()->percent, 20);
	release();
	bind_ids("demo {\nmood cross\nmood calm\n}");
	ck_assert_int_eq(config()->mood, 1);
	release();
}
END_TEST

START_TEST(printed_config_says_the_same)
{
	struct buf out;
	static const char *const want[] = {
		".size = 9,\n",
		".period = 90000000000, /* 1m30s */\n",
		".percent = 20, /* percent, default */\n",
		".mood = 1, /* cross */\n",
		".loud = true,\n",
		".text = NULL, /* default */\n",
		".zones = { sb0_demo_zones, 1 },\n",
		"(const uint8_t *)\"\\001a\", 3, 1, \"a.\"",
		".ft = { .enabled = true },\n",
		".nets = { sb0_demo_nets, 1 },\n",
		"{ .addr = { .bytes = { 10, 0, 0, 0 }, .family = ADDR_V4 }, .bits = 8 },\n",
		".rcodes = { sb0_demo_rcodes, 1 },\n",
		"\t3 /* NXDOMAIN */,\n",
	};

	ck_assert_str_eq(bind_ids("demo 9 a {\nperiod 1m30s\nmood cross\nloud\nfallthrough\n"
				  "net 10.1.2.3/8\nrcode NXDOMAIN\n}"),
			 "");
	buf_init(&out, 1 << 20);
	cfc_emit_config(&c, cfc_block_find(plan->blocks[0], "demo"), "sb0_demo", &out);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		ck_assert_msg(strstr(buf_cstr(&out), want[i]) != NULL, "no '%s' in:\n%s", want[i],
			      buf_cstr(&out));
	buf_release(&out);
	release();
}
END_TEST

static TCase *
row_case(void)
{
	TCase *t = tcase_create("rows");

	tcase_add_loop_test(t, rows_report, 0, ARRAY_SIZE(rows));
	tcase_add_loop_test(t, coredns_is_less_strict, 0, ARRAY_SIZE(verdicts));
	return t;
}

static TCase *
value_case(void)
{
	TCase *t = tcase_create("values");

	tcase_add_test(t, flat_words_are_bound);
	tcase_add_test(t, defaults_are_parsed);
	tcase_add_test(t, values_are_bound);
	tcase_add_test(t, the_last_value_starts_anew);
	tcase_add_test(t, printed_config_says_the_same);
	return t;
}

TEST_MAIN_CASES("options", row_case, value_case)
