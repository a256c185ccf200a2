/*
 * What fuzz targets share; see fuzz.h.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiler/cfc.h"

void
fuzz_require(bool holds, const char *what, const char *text, size_t len)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s does not hold for this text of %zu bytes:\n", what, len);
	fwrite(text, 1, len, stderr);
	fputs("\n----\n", stderr);
	abort();
}

static bool
is_within(struct cfc_span span)
{
	if (span.source == NULL)
		return true;
	if (span.line < 1 || span.line > span.source->nlines || span.column < 1)
		return false;
	return cfc_span_offset(span) + span.length <= span.source->len;
}

bool
fuzz_places_are_good(const struct cfc *c)
{
	for (size_t i = 0; i < c->diags.count; i++) {
		const struct cfc_diag *d = c->diags.list[i];

		if (!is_within(d->span))
			return false;
		for (const struct cfc_diag_note *n = d->notes; n != NULL; n = n->next)
			if (!is_within(n->span))
				return false;
	}
	return true;
}
