/*
 * regexp.c - PCRE2 behind two small types.
 */
#include "config.h"

#include "regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/compiler.h"

/* Steps that a match may take before it is given up. */
#define STEPS_MAX 200000u

struct regexp {
	pcre2_code *code;
};

struct regexp_scratch {
	pcre2_match_data *data; /* whether it matches is all that is asked */
	pcre2_match_context *context;
};

struct regexp *
regexp_new(const char *pattern)
{
	struct regexp *re = malloc(sizeof(*re));
	PCRE2_SIZE offset;
	int code;

	if (re == NULL)
		return NULL;
	re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				 PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_INVALID_UTF, &code,
				 &offset, NULL);
	if (re->code == NULL) {
		free(re);
		return NULL;
	}
	return re;
}

void
regexp_free(struct regexp *re)
{
	if (re == NULL)
		return;
	pcre2_code_free(re->code);
	free(re);
}

struct regexp_scratch *
regexp_scratch_new(void)
{
	struct regexp_scratch *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->data = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	if (s->data == NULL || s->context == NULL) {
		regexp_scratch_free(s);
		return NULL;
	}
	pcre2_set_match_limit(s->context, STEPS_MAX);
	return s;
}

void
regexp_scratch_free(struct regexp_scratch *s)
{
	if (s == NULL)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	free(s);
}

bool
regexp_match(const struct regexp *re, struct regexp_scratch *s, const char *text, size_t len)
{
	return pcre2_match(re->code, (PCRE2_SPTR)text, len, 0, 0, s->data, s->context) >= 0;
}
