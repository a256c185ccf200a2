/*
 * format_gitlab.c - the code quality report of GitLab, a list of issues as Code Climate has them.
 *
 * GitLab compares the fingerprints of two reports to tell old issues from new ones, so they do
 * not depend on the number of the line.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>

#include "compiler/report/json.h"
#include "compiler/report/repository.h"

static json_t *
issue_of(struct cfc_findings *f, const struct cfc_finding *x)
{
	static const char *const severities[] = {
		[CFC_SEVERITY_ERROR] = "major",
		[CFC_SEVERITY_WARNING] = "minor",
		[CFC_SEVERITY_INFO] = "info",
	};
	json_int_t line = x->at.whole ? 1 : (json_int_t)x->at.line;
	json_int_t end = x->at.whole ? 1 : (json_int_t)x->at.end_line;
	const char *path = cfc_repository_path(&f->keeper, x->at.path);
	uint64_t h = x->line_hash;

	for (const char *p = path; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return cfc_json("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:{s:I, s:I}}}", "type", "issue",
			"check_name", x->id, "description", cfc_finding_message(&f->keeper, x),
			"severity", severities[x->severity], "fingerprint",
			cfc_printf(&f->keeper, "%016" PRIx64 "-%u", h, x->nth), "location", "path",
			path, "lines", "begin", line, "end", end);
}

void
cfc_format_gitlab(struct cfc_findings *f, FILE *out)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list, issue_of(f, &f->list[i]));
	cfc_json_print(list, out);
}
