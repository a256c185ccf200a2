/*
 * The command line of a compiled server: what Go's flag package accepts, and its kind of errors.
 */
#include "config.h"

#include "options.h"

#include <string.h>

#include "base/buf.h"
#include "tests/support/check_main.h"

static struct options got;
static char text[4096];

/* Parses up to 7 words after the program's name. */
static enum options_result
parse(const char *a, const char *b, const char *c, const char *d)
{
	char program[] = "dns";
	char words[4][64];
	char *argv[6] = { program };
	const char *given[4] = { a, b, c, d };
	struct buf out;
	enum options_result result;
	int argc = 1;

	for (int i = 0; i < 4 && given[i] != NULL; i++) {
		ck_assert_uint_lt(strlen(given[i]), sizeof(words[i]));
		memcpy(words[i], given[i], strlen(given[i]) + 1);
		argv[argc++] = words[i];
	}
	buf_init(&out, sizeof(text) - 1);
	result = options_parse(&got, argc, argv, &out);
	memcpy(text, buf_cstr(&out), out.len + 1);
	buf_release(&out);
	return result;
}

START_TEST(nothing_is_set_without_flags)
{
	ck_assert_int_eq(parse(NULL, NULL, NULL, NULL), OPTIONS_RUN);
	ck_assert_ptr_null(got.conf);
	ck_assert_ptr_null(got.pidfile);
	ck_assert(!got.has_port && !got.quiet && !got.check && !got.conf_any);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(both_dashes_and_both_forms_of_values)
{
	ck_assert_int_eq(parse("-dns.port", "1053", "--quiet", "-check"), OPTIONS_RUN);
	ck_assert_uint_eq(got.port, 1053);
	ck_assert(got.has_port && got.quiet && got.check);
	ck_assert_int_eq(parse("--p=0", "-quiet=false", "-version=T", "--corefile"), OPTIONS_RUN);
	ck_assert_uint_eq(got.port, 0);
	ck_assert(got.has_port && !got.quiet && got.version && got.corefile);
}
END_TEST

START_TEST(the_last_one_counts)
{
	ck_assert_int_eq(parse("-p", "5", "-dns.port", "6"), OPTIONS_RUN);
	ck_assert_uint_eq(got.port, 6);
}
END_TEST

START_TEST(texts)
{
	ck_assert_int_eq(parse("-conf=", "-pidfile", "-", NULL), OPTIONS_RUN);
	ck_assert_ptr_nonnull(got.conf);
	ck_assert_ptr_nonnull(got.pidfile);
	ck_assert_int_eq(parse("-conf", "-quiet", NULL, NULL), OPTIONS_RUN);
	ck_assert(!got.quiet); /* it is the value of -conf */
	ck_assert_int_eq(parse("-conf-any", "-plugins", NULL, NULL), OPTIONS_RUN);
	ck_assert(got.conf_any && got.plugins);
}
END_TEST

static void
check_fault(const char *a, const char *b, const char *expected)
{
	ck_assert_int_eq(parse(a, b, NULL, NULL), OPTIONS_USAGE);
	ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "Usage of dns:\n"));
	ck_assert_ptr_nonnull(strstr(text, "  -dns.port port\n"));
}

START_TEST(faults_show_the_usage)
{
	check_fault("-nope", NULL, "flag provided but not defined: -nope\n");
	check_fault("--nope=1", NULL, "flag provided but not defined: -nope\n");
	check_fault("-conf", NULL, "flag needs an argument: -conf\n");
	check_fault("-quiet=maybe", NULL, "invalid boolean value 'maybe' for -quiet\n");
	check_fault("-p", "65536",
		    "invalid value '65536' for flag -p: expected a port, 0 to 65535\n");
	check_fault("-p", "-1", "invalid value '-1' for flag -p: ");
	check_fault("-p=", NULL, "invalid value '' for flag -p: ");
	check_fault("---quiet", NULL, "bad flag syntax: ---quiet\n");
	check_fault("-=x", NULL, "bad flag syntax: -=x\n");
}
END_TEST

START_TEST(help_is_no_fault)
{
	ck_assert_int_eq(parse("-h", NULL, NULL, NULL), OPTIONS_HELP);
	ck_assert_int_eq(parse("-quiet", "--help", NULL, NULL), OPTIONS_HELP);
	ck_assert_ptr_eq(strstr(text, "Usage of dns:\n"), text);
}
END_TEST

START_TEST(words_that_are_no_flags)
{
	ck_assert_int_eq(parse("serve", "-quiet", NULL, NULL), OPTIONS_EXTRA);
	ck_assert_str_eq(text, "extra command line arguments: serve -quiet\n");
	ck_assert(!got.quiet);
	ck_assert_int_eq(parse("-quiet", "false", NULL, NULL), OPTIONS_EXTRA);
	ck_assert_int_eq(parse("--", "-quiet", NULL, NULL), OPTIONS_EXTRA);
	ck_assert_int_eq(parse("-quiet", "--", NULL, NULL), OPTIONS_RUN);
	ck_assert_int_eq(parse("-", NULL, NULL, NULL), OPTIONS_EXTRA);
}
END_TEST

TEST_MAIN("rt_options", nothing_is_set_without_flags, both_dashes_and_both_forms_of_values,
	  the_last_one_counts, texts, faults_show_the_usage, help_is_no_fault,
	  words_that_are_no_flags)
