/*
 * Did you mean.
 */
#include "config.h"

#include "compiler/suggest.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

START_TEST(distances)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{ "", "", 0 },
		{ "a", "", 1 },
		{ "abc", "abc", 0 },
		{ "abc", "abd", 1 },
		{ "abc", "acb", 1 },
		{ "forward", "foward", 1 },
		{ "forward", "forwrad", 1 },
		{ "cache", "chase", 3 },
		{ "HOSTS", "hosts", 0 },
		{ "kitten", "sitting", 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_uint_eq(cfc_edit_distance(rows[i].a, rows[i].b, 9), rows[i].distance);
		ck_assert_uint_eq(cfc_edit_distance(rows[i].b, rows[i].a, 9), rows[i].distance);
	}
	ck_assert_uint_eq(cfc_edit_distance("abcdef", "uvwxyz", 2), 3);
}
END_TEST

START_TEST(nearest_name)
{
	static const char *const names[] = {
		"cache", "forward", NULL, "hosts", "health", "kubernetes", "log", "loop", "whoami",
	};
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "whoam", "whoami" },
		{ "hots", "hosts" },
		{ "kuberentes", "kubernetes" },
		{ "CACHE", "cache" },
		{ "fowrard", "forward" },
		{ "loog", "log" },
		{ "proxy", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "example.org", NULL },
		{ "healthy", "health" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *near = cfc_suggest(rows[i].word, names, ARRAY_SIZE(names));
		bool same = near == NULL ? rows[i].want == NULL
					 : rows[i].want != NULL && strcmp(near, rows[i].want) == 0;
		ck_assert_msg(same, "'%s' gives '%s'", rows[i].word,
			      near == NULL ? "nothing" : near);
	}
	ck_assert_ptr_null(cfc_suggest("abc", names, 0));
}
END_TEST

START_TEST(long_words_are_never_near)
{
	char word[101];
	const char *names[1] = { word };

	memset(word, 'a', 100);
	word[100] = '\0';
	ck_assert_ptr_null(cfc_suggest(word, names, 1));
}
END_TEST

TEST_MAIN("suggest", distances, nearest_name, long_words_are_never_near)
