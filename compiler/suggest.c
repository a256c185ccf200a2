/*
 * The nearest name by the edit distance of Damerau and Levenshtein (adjacent swaps count once).
 */
#include "config.h"

#include "compiler/suggest.h"

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#define WORD_MAX 63u

static char
fold(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned
cfc_edit_distance(const char *a, const char *b, unsigned max)
{
	size_t la = strlen(a);
	size_t lb = strlen(b);
	unsigned rows[3][WORD_MAX + 1]; /* the last two rows and the one being filled */
	unsigned *older = rows[0], *old = rows[1], *now = rows[2];

	if (la > WORD_MAX || lb > WORD_MAX || (la > lb ? la - lb : lb - la) > max)
		return max + 1;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= lb; j++)
		old[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		/* What lies further off the diagonal has cost more than max already. */
		size_t from = i > max ? i - max : 1, to = lb < i + max ? lb : i + max;
		unsigned least = old[0]; /* of two rows, which all that follows builds on */

		now[0] = (unsigned)i;
		if (from > 1) {
			least = old[from - 1];
			now[from - 1] = max + 1;
		}
		for (size_t j = from; j <= to; j++) {
			char x = fold(a[i - 1]);
			char y = fold(b[j - 1]);
			now[j] = min3(old[j] + 1, now[j - 1] + 1, old[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == fold(b[j - 2]) && fold(a[i - 2]) == y &&
			    older[j - 2] + 1 < now[j])
				now[j] = older[j - 2] + 1;
			least = min3(least, now[j], old[j]);
		}
		if (to < lb)
			now[to + 1] = max + 1;
		if (least > max)
			return max + 1;
		unsigned *spare = older;
		older = old;
		old = now;
		now = spare;
	}
	return old[lb] > max ? max + 1 : old[lb];
}

/* A bit for each character that a word has, letters folded. */
static uint64_t
characters(const char *word)
{
	uint64_t set = 0;

	for (; *word != '\0'; word++)
		set |= (uint64_t)1 << (fold(*word) & 63);
	return set;
}

/* At least so many edits: each brings in one character that the other word does not have. */
static unsigned
least_distance(uint64_t a, uint64_t b)
{
	unsigned only_a = (unsigned)__builtin_popcountll(a & ~b);
	unsigned only_b = (unsigned)__builtin_popcountll(b & ~a);

	return only_a > only_b ? only_a : only_b;
}

const char *
cfc_suggest(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word);
	unsigned best = len < 6 ? 1 : (unsigned)(len / 3);
	const char *found = NULL;
	uint64_t set = characters(word);

	if (len < 2 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (names[i] == NULL || least_distance(set, characters(names[i])) > best)
			continue;
		unsigned d = cfc_edit_distance(word, names[i], best);
		if (d > best)
			continue;
		found = names[i];
		if (d == 0)
			break;
		best = d - 1; /* of equally near ones the first */
	}
	return found;
}
