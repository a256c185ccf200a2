/*
 * format_gcc.c - a line per finding and note, as gcc prints them without source lines.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>

static void
put_line(const struct cfc_place *at, const char *kind, const char *text, const char *id, FILE *out)
{
	fputs(at->path, out);
	if (!at->whole)
		fprintf(out, ":%" PRIu32 ":%" PRIu32, at->line, at->column);
	fprintf(out, ": %s: ", kind);
	for (; *text != '\0'; text++)
		putc(*text == '\n' || *text == '\r' ? ' ' : *text, out);
	if (id != NULL)
		fprintf(out, " [%s]", id);
	putc('\n', out);
}

void
cfc_format_gcc(struct cfc_findings *f, FILE *out)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct cfc_finding *x = &f->list[i];

		put_line(&x->at, cfc_severity_name(x->severity), x->text, x->id, out);
		for (size_t j = 0; j < x->nnotes; j++)
			put_line(&x->notes[j].at, "note", x->notes[j].text, NULL, out);
	}
}
