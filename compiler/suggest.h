/*
 * suggest: "did you mean".
 *
 * Finds the name nearest to a misspelt word: fewest insertions, deletions, replacements and swaps
 * of neighbours, letter case ignored. Near means at most a third of the word's length (at least
 * one edit), so that nothing is suggested for a word that resembles nothing.
 */
#ifndef COMPILER_SUGGEST_H
#define COMPILER_SUGGEST_H

#include <stddef.h>

/* The nearest of names[0 .. n-1] (the first of equals), or NULL. NULL entries are skipped. */
const char *cfc_suggest(const char *word, const char *const *names, size_t n);

/* Edits between two words; above max the result is max + 1. Words over 63 bytes are never near. */
unsigned cfc_edit_distance(const char *a, const char *b, unsigned max);

#endif
