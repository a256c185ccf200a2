/*
 * format_github.c - workflow commands of GitHub Actions, which become annotations.
 *
 * `::error file=F,line=L,col=C,endLine=M,endColumn=D,title=T::MESSAGE`.  In the message a per cent sign
 * and line ends are written as %25, %0D and %0A, in properties also ':' as %3A and ',' as %2C.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/report/repository.h"

static void
put_escaped(const char *text, const char *special, FILE *out)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
		else
			putc(*text, out);
	}
}

static void
put_property(const char *name, const char *text, FILE *out)
{
	fputs(name, out);
	put_escaped(text, "%\r\n:,", out);
}

static void
put_finding(struct cfc_findings *f, const struct cfc_finding *x, FILE *out)
{
	static const char *const commands[] = {
		[CFC_SEVERITY_ERROR] = "error",
		[CFC_SEVERITY_WARNING] = "warning",
		[CFC_SEVERITY_INFO] = "notice",
	};

	fprintf(out, "::%s ", commands[x->severity]);
	put_property("file=", cfc_repository_path(&f->keeper, x->at.path), out);
	if (!x->at.whole) {
		fprintf(out, ",line=%" PRIu32 ",col=%" PRIu32 ",endLine=%" PRIu32, x->at.line,
			x->at.chars, x->at.end_line);
		/* It is ignored, and warned about, when the lines differ. */
		if (x->at.line == x->at.end_line)
			fprintf(out, ",endColumn=%" PRIu32, x->at.end_chars);
	}
	put_property(",title=", cfc_printf(&f->keeper, "corefile-lint %s", x->id), out);
	fputs("::", out);
	put_escaped(cfc_finding_message(&f->keeper, x), "%\r\n", out);
	putc('\n', out);
}

void
cfc_format_github(struct cfc_findings *f, FILE *out)
{
	for (size_t i = 0; i < f->count; i++)
		put_finding(f, &f->list[i], out);
}
