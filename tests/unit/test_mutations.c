/*
 * 10,000 Corefiles made at random, the same in every run: grown from a grammar, or taken from those
 * of the stored results and mutated. What must hold for each is in tests/fuzz/fuzz_corefile.c.
 *
 * To look at one: MUTATION=number tests/unit/test_mutations prints its text first.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/fs.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/check_main.h"

#define ROUNDS    10000
#define SLICES    20 /* each is a test of its own, so that a crash names its neighbourhood */
#define SEEDS_MAX 200

static char *seeds[SEEDS_MAX];
static size_t seed_lens[SEEDS_MAX];
static size_t nseeds;

/* ---- randomness: xorshift64*, so that a number means the same text everywhere ---- */

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 2685821657736338717u) >> 16;
}

static size_t
below(uint64_t *state, size_t n)
{
	return (size_t)(next_random(state) % n);
}

/* ---- texts ---- */

static const char *const pieces[] = {
	"{",
	"}",
	" {\n",
	"\n}\n",
	"\n",
	"\n\n\n",
	" ",
	"\t",
	"\"",
	"\\\"",
	"\\",
	"#",
	" # x\n",
	"\r",
	"\r\n",
	",",
	", ",
	".",
	"example.org",
	"tls://a:853",
	"10.0.0.0/23",
	"2001:db8::/31",
	":53",
	"import s\n",
	"import t",
	"(s) {\n",
	"(t) {\n a\n}\n",
	"import *\n",
	"import no\n",
	"{$ZONE}",
	"{%UP%}",
	"{$NO}",
	"{{$x}}",
	"{$SELF}",
	"{$COMMA}",
	"\"\"",
	"\"a b\"",
	"\"{\"",
	"\"}\"",
	"\xef\xbb\xbf",
	"\xff",
	"\xc2\xa0",
	"\xe2\x80\xa8",
	"\xe2\x80",
	"\xe2\x80\x9c",
	"\xc3\xa4",
	"a{",
	"}a",
	"{a",
	"forward . 10.0.0.1 {\n max_fails 1\n}\n",
	"whoami\n",
	"log",
	"a#b c",
	"}# x",
};

static void
put_piece(struct buf *b, uint64_t *state)
{
	buf_puts(b, pieces[below(state, ARRAY_SIZE(pieces))]);
}

static void
put_blank(struct buf *b, uint64_t *state)
{
	static const char *const blanks[] = { " ", "  ", "\t", " \r", "\xc2\xa0", "\v" };

	buf_puts(b, blanks[below(state, ARRAY_SIZE(blanks))]);
}

static void
put_word(struct buf *b, uint64_t *state)
{
	static const char *const words[] = {
		"a",       "bb",  "example.org", "\"q w\"",  "\"l1\nl2\"", "\"\"", "\"\\\"\"",
		"{$ZONE}", "{x}", "10.0.0.0/8",  "\xc3\xa4", "x,",         "-",    "a\\b",
	};

	buf_puts(b, words[below(state, ARRAY_SIZE(words))]);
}

static void
put_end(struct buf *b, uint64_t *state)
{
	static const char *const ends[] = {
		"\n", "\n", "\r\n", " # c\n", "\n\n", "\n \n\n# own\n"
	};

	buf_puts(b, ends[below(state, ARRAY_SIZE(ends))]);
}

/* A well-formed line, perhaps with a block. */
static void
grow_line(struct buf *b, uint64_t *state, unsigned depth)
{
	for (size_t i = below(state, 4); i > 0; i--)
		put_blank(b, state);
	buf_puts(b, below(state, 8) == 0 ? "import s" : "d");
	for (size_t i = below(state, 4); i > 0; i--) {
		put_blank(b, state);
		put_word(b, state);
	}
	if (depth < 4 && below(state, 3) == 0) {
		buf_puts(b, " {");
		put_end(b, state);
		for (size_t i = below(state, 4); i > 0; i--)
			grow_line(b, state, depth + 1);
		buf_puts(b, "}");
	}
	put_end(b, state);
}

static void
grow_text(struct buf *b, uint64_t *state)
{
	if (below(state, 2) == 0)
		buf_puts(b, "(s) {\n z\n}\n");
	for (size_t i = below(state, 4); i > 0; i--) {
		put_word(b, state);
		buf_puts(b, below(state, 4) == 0 ? "\n{" : " {");
		put_end(b, state);
		for (size_t k = below(state, 5); k > 0; k--)
			grow_line(b, state, 1);
		buf_puts(b, "}");
		put_end(b, state);
	}
	if (below(state, 3) == 0) {
		buf_puts(b, "last\n");
		for (size_t k = below(state, 5); k > 0; k--)
			grow_line(b, state, 0);
	}
}

/* One change somewhere. */
static void
mutate(struct buf *b, uint64_t *state)
{
	struct buf out;
	size_t at = below(state, b->len + 1);
	size_t len = below(state, 1 + (b->len - at < 40 ? b->len - at : 40));

	buf_init(&out, 1 << 20);
	buf_add(&out, b->data, at);
	switch (below(state, 6)) {
	case 0: /* delete */
		break;
	case 1: /* replace a byte */
		buf_putc(&out, (char)(1 + below(state, 255)));
		len = at < b->len ? 1 : 0;
		break;
	case 2: /* repeat */
		buf_add(&out, b->data + at, len);
		buf_add(&out, b->data + at, len);
		break;
	case 3: { /* put in some of another text */
		size_t k = below(state, nseeds);
		size_t from = below(state, seed_lens[k] + 1);
		buf_add(&out, seeds[k] + from, below(state, seed_lens[k] - from + 1));
		len = 0;
		break;
	}
	default:
		put_piece(&out, state);
		len = 0;
		break;
	}
	buf_add(&out, b->data + at + len, b->len - at - len);
	buf_release(b);
	*b = out;
}

static void
make_text(struct buf *b, unsigned number)
{
	uint64_t state = 0x9e3779b97f4a7c15u * (number + 1);

	buf_init(b, 1 << 20);
	buf_reserve(b, 1);
	switch (number % 4) {
	case 0:
		grow_text(b, &state);
		return;
	case 1:
		grow_text(b, &state);
		break;
	case 2:
		for (size_t i = below(&state, 40); i > 0; i--)
			put_piece(b, &state);
		return;
	default: {
		size_t k = below(&state, nseeds);
		buf_add(b, seeds[k], seed_lens[k]);
		break;
	}
	}
	for (size_t i = 1 + below(&state, 8); i > 0; i--)
		mutate(b, &state);
}

/* ---- seeds ---- */

static void
read_seed(const char *path)
{
	struct fs_file f;

	if (nseeds == SEEDS_MAX || fs_read(&f, path, 1 << 16, 0) < 0)
		return;
	seeds[nseeds] = f.data;
	seed_lens[nseeds++] = f.len;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
read_seeds(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	char *names[SEEDS_MAX];
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/tests/unit/front", srcdir == NULL ? "." : srcdir);
	DIR *d = opendir(path);
	if (d == NULL)
		return;
	for (const struct dirent *e; (e = readdir(d)) != NULL && n < SEEDS_MAX;)
		if (e->d_name[0] != '.')
			names[n++] = strdup(e->d_name);
	closedir(d);
	qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/tests/unit/front/%s/Corefile",
			 srcdir == NULL ? "." : srcdir, names[i]);
		read_seed(path);
		free(names[i]);
	}
}

/* Imports of mutated texts find nothing but one file here. */
static char folder[] = "/tmp/corefile-mutations-XXXXXX";

static void
enter_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	FILE *out = fopen("file", "w");
	ck_assert_ptr_nonnull(out);
	fputs("a {\n b\n}\nimport file\n", out);
	fclose(out);
}

static void
leave_folder(void)
{
	ck_assert_int_eq(unlink("file"), 0);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(mutations)
{
	const char *only = getenv("MUTATION");
	unsigned first = (unsigned)_i * (ROUNDS / SLICES);

	ck_assert_uint_gt(nseeds, 20);
	for (unsigned i = first; i < first + ROUNDS / SLICES; i++) {
		struct buf b;
		make_text(&b, i);
		if (only != NULL && (unsigned)strtoul(only, NULL, 10) == i)
			fprintf(stderr, "%.*s\n----\n", (int)b.len, b.data);
		if (only == NULL || (unsigned)strtoul(only, NULL, 10) == i)
			fuzz_corefile((const uint8_t *)b.data, b.len);
		buf_release(&b);
	}
}
END_TEST

static TCase *
mutations_case(void)
{
	TCase *t = tcase_create("mutations");

	read_seeds();
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, enter_folder, leave_folder);
	tcase_add_loop_test(t, mutations, 0, SLICES);
	return t;
}

TEST_MAIN_CASES("mutations", mutations_case)
