/*
 * Tests of regular expressions: what RE2 has is taken and means the same, what it has not is refused.
 */
#include "config.h"

#include "compiler/bind/regexp.h"

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "regexp.h"
#include "tests/support/check_main.h"

static const char *const good[] = {
	"",
	"a",
	"a|b",
	"|",
	"(a)(b)",
	"(?:a)",
	"(?i)a",
	"(?i:a)b",
	"(?i-s:a)",
	"(?P<n>a)",
	"(?<n>a)",
	"(?P<1n>a)",
	"a*",
	"a+?",
	"a??",
	"a{2}",
	"a{2,}",
	"a{2,3}?",
	"a{,3}",
	"a{",
	"{",
	"a{x}",
	"}",
	"[a]",
	"[^a]",
	"[]a]",
	"[^]a]",
	"[a-z-]",
	"[-a]",
	"[\\d-z]",
	"[[:alpha:]]",
	"[[:^alpha:]x]",
	"[[]",
	"[[:x]",
	"\\d\\D\\s\\S\\w\\W",
	"[\\s\\S]",
	"\\A\\b\\B\\z",
	"\\pL\\p{Greek}\\PN\\p{^Lu}",
	"\\a\\f\\t\\n\\r\\v",
	"\\x41\\x{41}\\x{1F600}",
	"\\0\\12\\123",
	"\\.\\*\\_\\-",
	"\\Qa.b\\E.",
	"\\Qa",
	"^a$",
	"(?m)^a$",
	"(?s).",
	"(?U)a+",
	"\xc3\xa4+",
	"[\xc3\xa4-\xc3\xb6]",
	"a  #b",
	"^read udp .* i/o timeout$",
	".* timeout$",
	"^(failed|refused) to .+",
	"(?)a",
	"\\/",
};

static const char *const bad[] = {
	"(",
	")",
	"(a",
	"a)",
	"*",
	"+a",
	"?",
	"|*",
	"(*)",
	"(?",
	"(?a)",
	"(?i",
	"(?-)a",
	"(?x)a",
	"(?=a)",
	"(?!a)",
	"(?<=a)",
	"(?<!a)",
	"(?>a)",
	"(?#a)",
	"(?|a)",
	"(?R)",
	"(?1)",
	"(?P=n)",
	"(?P>n)",
	"(?P<>a)",
	"(?P<n",
	"(?P<a-b>c)",
	"(?P<n>a)(?P<n>b)",
	"(*ACCEPT)",
	"a**",
	"a*+",
	"a+++",
	"a{2}{3}",
	"a{1001}",
	"a{3,2}",
	"{2}",
	"[",
	"[a",
	"[^",
	"[]",
	"[z-a]",
	"[a-\\d]",
	"[[:none:]]",
	"[\\b]",
	"\\",
	"a\\",
	"\\1",
	"(a)\\1",
	"\\8",
	"\\h",
	"\\R",
	"\\K",
	"\\G",
	"\\Z",
	"\\X",
	"\\C",
	"\\e",
	"\\N",
	"\\cA",
	"\\k<n>",
	"\\g1",
	"\\x",
	"\\x4",
	"\\x{}",
	"\\x{110000}",
	"\\x{41",
	"\\p",
	"\\p{",
	"\\p{None}",
	"\xff",
	"\xc3",
	"\xed\xa0\x80",
	"\xc0\x80",
	"\\\xc3\xa4",
	"(a{10}){101}",
	"((a{0,32})?){0,32}",
	"((a{10,}){10}){11}",
	"(?i)*",
	"a|(?i)+",
	"\\p^L",
	"\\p{Script=Greek}",
};

/* In RE2 and not in PCRE2: refused, unless CoreDNS's verdict is asked for. */
static const char *const only_re2[] = {
	"(?P<n>a)(?P<n>b)",
	"^{2}",
	"\\z{2}",
	"\\[[:alpha:]]",
};

/* As often as RE2 allows. */
static const char *const large[] = {
	"(a{10}){100}", "((a{10}){10}){10}", "(a{1000}){1}",
	"(a{0}){1000}", "(a*){1000}",        "a(?i)b{1000}",
};

static const struct {
	const char *pattern, *text;
	bool matches;
} matches[] = {
	{ "b", "abc", true },
	{ "^b", "abc", false },
	{ "c$", "abc", true },
	{ "c$", "abc\n", false }, /* unlike in Perl */
	{ "(?m)c$", "abc\nd", true },
	{ "a.c", "a\nc", false },
	{ "(?s)a.c", "a\nc", true },
	{ "\\s", "\v", false },
	{ "[\\s]", "\v", false },
	{ "\\S", "\v", true },
	{ "[\\S]", "\v", true },
	{ "[^\\s]", "\v", true },
	{ "\\v", "\v", true },
	{ "\\v", "\n", false }, /* PCRE2's \v is any vertical space */
	{ "[[:space:]]", "\v", true },
	{ "\\d", "\xd9\xa3", false }, /* an Arabic digit */
	{ "\\pN", "\xd9\xa3", true },
	{ "^.$", "\xc3\xa4", true },
	{ "(?i)\xc3\x84", "\xc3\xa4", true },
	{ "a{,2}", "a{,2}", true },
	{ "a{,2}", "aa", false },
	{ "^a{2,3}$", "aaaa", false },
	{ "[]-a]", "^", true },
	{ "[a-]", "-", true },
	{ "[\\d-z]", "-", true },
	{ "[\\d-z]", "e", false },
	{ "\\Q.*\\E", "a.*", true },
	{ "\\Q.*\\E", "abc", false },
	{ "\\x41\\101", "AA", true },
	{ "a#b", "a#b", true },
	{ "a b", "ab", false },
	{ "x|", "", true },
	{ "\\.test\\.$", "a.test.", true },
	{ "^(a|ab)(c|bcd)$", "abcd", true },
	{ "b",
	  "a\xff"
	  "b",
	  true },
};

static bool
judge(const char *text, bool compat, const char **pcre, char *copy, size_t size)
{
	struct cfc c;

	cfc_init(&c);
	c.compat = compat;
	bool ok = cfc_regexp(&c, cfc_no_span(), text, strlen(text), pcre);
	ck_assert_int_eq(ok, !cfc_has_errors(&c));
	ck_assert(ok || c.diags.count == 1);
	if (copy != NULL)
		snprintf(copy, size, "%s", *pcre);
	cfc_release(&c);
	return ok;
}

static bool
is_regexp(const char *text, const char **pcre, char *copy, size_t size)
{
	return judge(text, false, pcre, copy, size);
}

static void
check_verdict(const char *text, bool ours, bool coredns)
{
	const char *pcre;

	ck_assert_msg(judge(text, false, &pcre, NULL, 0) == ours, "by default: '%s'", text);
	ck_assert_msg(judge(text, true, &pcre, NULL, 0) == coredns, "CoreDNS: '%s'", text);
}

START_TEST(verdict_of_coredns)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_verdict(good[i], true, true);
	for (size_t i = 0; i < ARRAY_SIZE(only_re2); i++)
		check_verdict(only_re2[i], false, true);
	for (size_t i = 0; i < ARRAY_SIZE(large); i++)
		check_verdict(large[i], true, true);
}
END_TEST

START_TEST(syntax_of_re2)
{
	const char *pcre;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(is_regexp(good[i], &pcre, NULL, 0), "refused: %s", good[i]);
}
END_TEST

START_TEST(other_syntax)
{
	const char *pcre;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!is_regexp(bad[i], &pcre, NULL, 0), "accepted: %s", bad[i]);
}
END_TEST

START_TEST(meaning_of_re2)
{
	struct regexp_scratch *scratch = regexp_scratch_new();

	for (size_t i = 0; i < ARRAY_SIZE(matches); i++) {
		const char *text = matches[i].text, *pcre;
		char copy[512];

		ck_assert_msg(is_regexp(matches[i].pattern, &pcre, copy, sizeof(copy)), "row %zu",
			      i);
		struct regexp *re = regexp_new(copy);
		ck_assert_ptr_nonnull(re);
		ck_assert_msg(regexp_match(re, scratch, text, strlen(text)) == matches[i].matches,
			      "row %zu: %s", i, matches[i].pattern);
		regexp_free(re);
	}
	regexp_scratch_free(scratch);
}
END_TEST

START_TEST(limits)
{
	static char text[CFC_REGEXP_MAX + 2];
	const char *pcre;

	memset(text, '.', sizeof(text) - 1);
	ck_assert(!is_regexp(text, &pcre, NULL, 0));
	text[CFC_REGEXP_MAX] = '\0';
	ck_assert(is_regexp(text, &pcre, NULL, 0));
	memset(text, '(', 300);
	memset(text + 300, ')', 300);
	text[600] = '\0';
	ck_assert(!is_regexp(text, &pcre, NULL, 0));
}
END_TEST

/* What takes exponential time in a backtracking matcher ends all the same. */
START_TEST(bounded_time)
{
	struct regexp_scratch *scratch = regexp_scratch_new();
	struct regexp *re = regexp_new("^(a+)+$");
	char text[64];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 'b';
	ck_assert(!regexp_match(re, scratch, text, sizeof(text)));
	regexp_free(re);
	regexp_scratch_free(scratch);
	ck_assert_ptr_null(regexp_new("("));
}
END_TEST

TEST_MAIN("regexp", verdict_of_coredns, syntax_of_re2, other_syntax, meaning_of_re2, limits,
	  bounded_time)
