/*
 * regexp.h - regular expressions at run time: PCRE2 with the options that make it mean what RE2
 * means.  For plugins; the patterns are those that the compiler wrote (compiler/bind/regexp.h).
 *
 *	re = regexp_new(pattern);			in start
 *	scratch = regexp_scratch_new();			one for each worker
 *	if (regexp_match(re, scratch, text, len)) ...
 *	regexp_scratch_free(scratch);
 *	regexp_free(re);
 *
 * Matching is bounded: a text that would take too long does not match.  A server that uses none of
 * this is not linked with PCRE2.
 *
 * Threads: an expression may be used by all at once, a scratch by one at a time.
 */
#ifndef RT_REGEXP_H
#define RT_REGEXP_H

#include <stdbool.h>
#include <stddef.h>

struct regexp;
struct regexp_scratch;

/* NULL: out of memory, or a pattern that the compiler has not checked. */
struct regexp *regexp_new(const char *pattern);
void regexp_free(struct regexp *re);

struct regexp_scratch *regexp_scratch_new(void);
void regexp_scratch_free(struct regexp_scratch *scratch);

/* Whether the expression matches somewhere in the text. */
bool regexp_match(const struct regexp *re, struct regexp_scratch *scratch, const char *text,
		  size_t len);

#endif
