/*
 * format_checkstyle.c - the XML of Checkstyle: files with what was found in each.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/report/xml.h"

static void
put_finding(struct cfc_findings *f, const struct cfc_finding *x, FILE *out)
{
	fprintf(out, "    <error line=\"%" PRIu32 "\"", x->at.whole ? 1 : x->at.line);
	if (!x->at.whole)
		fprintf(out, " column=\"%" PRIu32 "\"", x->at.chars);
	cfc_xml_attribute("severity", cfc_severity_name(x->severity), out);
	cfc_xml_attribute("message", cfc_finding_message(&f->keeper, x), out);
	cfc_xml_attribute("source", cfc_printf(&f->keeper, "corefile-lint.%s", x->id), out);
	fputs("/>\n", out);
}

void
cfc_format_checkstyle(struct cfc_findings *f, FILE *out)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n", out);
	for (size_t i = 0; i < f->nfiles; i++) {
		fputs("  <file", out);
		cfc_xml_attribute("name", f->files[i], out);
		fputs(">\n", out);
		for (size_t j = 0; j < f->count; j++)
			if (strcmp(f->list[j].at.path, f->files[i]) == 0)
				put_finding(f, &f->list[j], out);
		fputs("  </file>\n", out);
	}
	fputs("</checkstyle>\n", out);
}
