/*
 * format.c - the table of report formats.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <string.h>

#include "base/compiler.h"

static const struct cfc_format formats[] = {
	{ "text", "people: source lines and carets", NULL },
	{ "gcc", "editors and problem matchers: a line each", cfc_format_gcc },
	{ "json", "programs", cfc_format_json },
	{ "sarif", "SARIF 2.1.0: GitHub code scanning and others", cfc_format_sarif },
	{ "github", "workflow commands of GitHub Actions", cfc_format_github },
	{ "gitlab", "code quality report of GitLab", cfc_format_gitlab },
	{ "checkstyle", "Checkstyle XML: Jenkins and others", cfc_format_checkstyle },
	{ "junit", "JUnit XML: test reports", cfc_format_junit },
};

const struct cfc_format *
cfc_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
