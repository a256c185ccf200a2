/*
 * regexp_match.c - regular expressions applied when compiling.
 */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include "compiler/bind/regexp_match.h"

#include <pcre2.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/bind/regexp.h"

#define STEPS_MAX 1000000u
#define FILL_MAX  65536u

static void
take_groups(struct cfc *c, pcre2_match_data *data, int n, const char *text, struct cfc_match *match)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);

	match->n = (unsigned)n;
	match->groups = cfc_array(c, (size_t)n, sizeof(match->groups[0]));
	for (int i = 0; i < n; i++) {
		bool part = at[2 * i] != PCRE2_UNSET;
		match->groups[i] = part ? cfc_printf(c, "%.*s", (int)(at[2 * i + 1] - at[2 * i]),
						     text + at[2 * i])
					: "";
	}
}

enum cfc_tri
cfc_regexp_match_pcre(struct cfc *c, const char *pcre, const char *text, struct cfc_match *match)
{
	PCRE2_SIZE offset;
	int code;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pcre, PCRE2_ZERO_TERMINATED,
				       PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_INVALID_UTF,
				       &code, &offset, NULL);

	if (re == NULL)
		return CFC_MAYBE;
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(re, NULL);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	enum cfc_tri result = CFC_MAYBE;
	if (data != NULL && limits != NULL) {
		pcre2_set_match_limit(limits, STEPS_MAX);
		code = pcre2_match(re, (PCRE2_SPTR)text, strlen(text), 0, 0, data, limits);
		result = code > 0 ? CFC_YES : code == PCRE2_ERROR_NOMATCH ? CFC_NO : CFC_MAYBE;
		if (code > 0 && match != NULL)
			take_groups(c, data, code, text, match);
	}
	pcre2_match_context_free(limits);
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	return result;
}

enum cfc_tri
cfc_regexp_match(struct cfc *c, const char *pattern, const char *text, struct cfc_match *match)
{
	struct cfc scratch;
	const char *pcre;
	enum cfc_tri result = CFC_MAYBE;

	/* In a compilation of its own: what is wrong with the pattern was reported where it stands. */
	cfc_init(&scratch);
	if (cfc_regexp(&scratch, cfc_no_span(), pattern, strlen(pattern), &pcre))
		result = cfc_regexp_match_pcre(c, pcre, text, match);
	cfc_release(&scratch);
	return result;
}

const char *
cfc_match_fill(struct cfc *c, const struct cfc_match *match, const char *text)
{
	struct buf out;

	buf_init(&out, FILL_MAX);
	while (*text != '\0') {
		char mark[16];
		unsigned i = 0;
		for (; i < match->n; i++) {
			snprintf(mark, sizeof(mark), "{%u}", i);
			if (strncmp(text, mark, strlen(mark)) == 0)
				break;
		}
		if (i < match->n) {
			buf_puts(&out, match->groups[i]);
			text += strlen(mark);
		} else {
			buf_putc(&out, *text++);
		}
	}
	const char *filled = cfc_printf(c, "%s", buf_cstr(&out));
	buf_release(&out);
	return filled;
}
