/*
 * Tests of the log directive: rules, classes, and how formats are cut into pieces.
 */
#include "config.h"

#include "log/log.h"

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "log", "" },
	{ "log .", "" },
	{ "log example.org example.net", "" },
	{ "log . \"{type} {name}\"", "" },
	{ "log . {combined}", "" },
	{ "log {\n class denial error\n}", "" },
	{ "log {\n class denial\n class error\n}", "" },
	{ "log {\n class all\n}", "" },
	{ "log a.test\nlog b.test {\n class error\n}", "" },
	{ "log {\n class\n}", "CF2001" },
	{ "log {\n class sucess\n}", "CF2002" },
	{ "log {\n class denial nonsense other\n}", "CF2002 CF2002" },
	{ "log {\n clas all\n}", "CF2004" },
	{ "log a..test", "CF2002" },
	{ "log {combined}", "CF2012w" },
	{ "log \"{type} {name}\"", "CF2012w" },
	{ "log . \"{nam}\"", "CF2025w" },
	{ "log . \"{>rflag} {>rflags}\"", "CF2025w" },
	{ "log . \"{\\\"type\\\": \\\"{type}\\\"}\"", "" },
	{ "log . \"{/log/class} {/log/type}\"", "" },
	{ "log . \"{/forward/upstream}\"", "CF3008w" },
	{ "log .\nlog example.org", "CF3003w" },
	{ "log example.org\nlog .", "" },
	{ "log example.org\nlog a.example.org {\n class error\n}", "CF3003w" },
	{ "log example.org\nlog anexample.org", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "log a..b", "" },
	{ "log {\n class every\n}", "CF2002" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

/* A rule's pieces as text: fields by number, literal text in quotes. */
static const char *
pieces_text(const struct log_rule *rule)
{
	static char out[1024];
	size_t len = 0;

	for (unsigned i = 0; i < rule->format.n; i++) {
		const struct log_piece *piece = &rule->format.v[i];

		if (piece->field == LOG_TEXT)
			len += (size_t)snprintf(out + len, sizeof(out) - len, "'%s'", piece->text);
		else if (piece->field == LOG_METADATA)
			len += (size_t)snprintf(out + len, sizeof(out) - len, "<%s>", piece->text);
		else
			len += (size_t)snprintf(out + len, sizeof(out) - len, "<%d>", piece->field);
		ck_assert_uint_lt(len, sizeof(out));
	}
	return len == 0 ? "" : out;
}

static const char *
pieces_of(const char *format)
{
	char text[512];
	struct setup s;

	snprintf(text, sizeof(text), ". {\n log . \"%s\"\n}\n", format);
	setup_open(&s, text);
	const struct log_config *config = setup_config(&s, "log", 0);
	ck_assert_uint_eq(config->rules.n, 1);
	const char *out = pieces_text(&config->rules.v[0]);
	setup_close(&s);
	return out;
}

/* What a format of one placeholder becomes. */
static const struct {
	const char *text;
	enum log_field field;
} fields[] = {
#define X(symbol, placeholder) { placeholder, LOG_##symbol },
	LOG_FIELDS(X)
#undef X
};

START_TEST(every_placeholder)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char want[32];

		snprintf(want, sizeof(want), "<%d>", (int)fields[i].field);
		ck_assert_str_eq(pieces_of(fields[i].text), want);
	}
}
END_TEST

START_TEST(braces)
{
	ck_assert_str_eq(pieces_of("a {type} b"), "'a '<1>' b'");
	ck_assert_str_eq(pieces_of("{type}{name}"), "<1><2>");
	ck_assert_str_eq(pieces_of("{ {type} }"), "'{ '<1>' }'");
	ck_assert_str_eq(pieces_of("a } {type}"), "'a } '<1>");
	ck_assert_str_eq(pieces_of("{{type}}"), "'{'<1>'}'");
	ck_assert_str_eq(pieces_of("{x y} {type"), "'{x y} {type'");
	ck_assert_str_eq(pieces_of("{Type}"), "'{Type}'");
	ck_assert_str_eq(pieces_of("{/view/name}!"), "<{/view/name}>'!'");
}
END_TEST

START_TEST(shortcuts)
{
	char common[256], want[512];
	struct setup s;

	setup_open(&s, ". {\n log\n}\n");
	const struct log_config *config = setup_config(&s, "log", 0);
	ck_assert_str_eq(config->rules.v[0].name.text, ".");
	ck_assert_uint_eq(config->rules.v[0].classes, LOG_ALL);
	snprintf(common, sizeof(common), "%s", pieces_text(&config->rules.v[0]));
	setup_close(&s);
	snprintf(want, sizeof(want), "<%d>':'<%d>' - '<%d>' \"'<%d>' '", LOG_REMOTE, LOG_PORT,
		 LOG_ID, LOG_TYPE);
	ck_assert_int_eq(strncmp(common, want, strlen(want)), 0);
	ck_assert_str_eq(pieces_of("{common}"), common);
	snprintf(want, sizeof(want), "%s' \"'<%d>'\"'", common, LOG_OPCODE);
	ck_assert_str_eq(pieces_of("{combined}"), want);
	/* Text around and repetition. */
	ck_assert_int_eq(strncmp(pieces_of("x {common}"), "'x '", 4), 0);
}
END_TEST

START_TEST(rules_in_order)
{
	struct setup s;

	setup_open(&s, ". {\n log a.test B.test \"{type}\" {\n  class error denial\n }\n"
		       " log c.test {\n  class success\n  class error\n }\n}\n");
	ck_assert_str_eq(setup_ids(&s), "");
	const struct log_rules *rules =
		&((const struct log_config *)setup_config(&s, "log", 0))->rules;
	ck_assert_uint_eq(rules->n, 3);
	ck_assert_str_eq(rules->v[0].name.text, "a.test.");
	ck_assert_str_eq(rules->v[1].name.text, "b.test.");
	ck_assert_str_eq(rules->v[2].name.text, "c.test.");
	ck_assert_uint_eq(rules->v[0].classes, LOG_ERROR | LOG_DENIAL);
	ck_assert_uint_eq(rules->v[1].classes, LOG_ERROR | LOG_DENIAL);
	ck_assert_uint_eq(rules->v[2].classes, LOG_SUCCESS | LOG_ERROR);
	ck_assert_uint_eq(rules->v[1].format.n, 1);
	ck_assert_uint_gt(rules->v[2].format.n, 10);
	/* One instance, however many directives. */
	ck_assert_ptr_null(setup_instance(&s, "log", 1));
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("log_setup", accepts_and_refuses, every_placeholder, braces, shortcuts, rules_in_order,
	  judges_as_coredns)
