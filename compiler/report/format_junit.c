/*
 * format_junit.c - JUnit XML: a suite per file, a case per finding, one that passes for a file without.
 *
 * Findings that let the run fail are failures; the others are told about in the output of a case that
 * passes, so that a test report is as red as the exit status.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/report/xml.h"

static void
put_detail(struct cfc_findings *f, const struct cfc_finding *x, FILE *out)
{
	const char *place = x->at.path;

	if (!x->at.whole)
		place = cfc_printf(&f->keeper, "%s:%" PRIu32 ":%" PRIu32, x->at.path, x->at.line,
				   x->at.column);
	cfc_xml_put(cfc_printf(&f->keeper, "%s: %s: %s [%s]", place, cfc_severity_name(x->severity),
			       cfc_finding_message(&f->keeper, x), x->id),
		    out);
}

static void
put_case(struct cfc_findings *f, const struct cfc_finding *x, FILE *out)
{
	const char *name = x->at.whole
				   ? x->id
				   : cfc_printf(&f->keeper, "%s line %" PRIu32 " column %" PRIu32,
						x->id, x->at.line, x->at.column);

	fputs("    <testcase", out);
	cfc_xml_attribute("name", name, out);
	cfc_xml_attribute("classname", x->at.path, out);
	fputs(" time=\"0\">\n", out);
	if (cfc_finding_fails(f, x)) {
		fputs("      <failure", out);
		cfc_xml_attribute("message", x->text, out);
		cfc_xml_attribute("type", cfc_severity_name(x->severity), out);
		putc('>', out);
		put_detail(f, x, out);
		fputs("</failure>\n", out);
	} else {
		fputs("      <system-out>", out);
		put_detail(f, x, out);
		fputs("</system-out>\n", out);
	}
	fputs("    </testcase>\n", out);
}

static void
put_suite(struct cfc_findings *f, const char *path, FILE *out)
{
	size_t tests = 0;
	size_t failures = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->list[i].at.path, path) != 0)
			continue;
		tests++;
		failures += cfc_finding_fails(f, &f->list[i]);
	}
	fputs("  <testsuite", out);
	cfc_xml_attribute("name", path, out);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
		tests == 0 ? 1 : tests, failures);
	if (tests == 0) {
		fputs("    <testcase name=\"corefile-lint\"", out);
		cfc_xml_attribute("classname", path, out);
		fputs(" time=\"0\"/>\n", out);
	}
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i].at.path, path) == 0)
			put_case(f, &f->list[i], out);
	fputs("  </testsuite>\n", out);
}

void
cfc_format_junit(struct cfc_findings *f, FILE *out)
{
	size_t tests = f->count;
	size_t failures = 0;

	for (size_t i = 0; i < f->count; i++)
		failures += cfc_finding_fails(f, &f->list[i]);
	for (size_t i = 0; i < f->nfiles; i++) {
		bool clean = true;

		for (size_t j = 0; j < f->count && clean; j++)
			clean = strcmp(f->list[j].at.path, f->files[i]) != 0;
		tests += clean;
	}
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"corefile-lint\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"time=\"0\">\n",
		tests, failures);
	for (size_t i = 0; i < f->nfiles; i++)
		put_suite(f, f->files[i], out);
	fputs("</testsuites>\n", out);
}
