/*
 * format_sarif.c - SARIF 2.1.0, the format of code scanning.
 *
 * One run; its rules are those that were met.  Files are named relative to the root of the repository.
 * Columns count code points (columnKind).  Of the limits that GitHub sets, 25000 results and 1000
 * locations per result, the first is kept by CFC_DIAGS_MAX for one Corefile and by cutting here.
 */
#include "config.h"

#include "compiler/report/format.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/checks/checks.h"
#include "compiler/report/json.h"
#include "compiler/report/repository.h"

#define RESULTS_MAX 25000u

static const char *const levels[] = {
	[CFC_SEVERITY_ERROR] = "error",
	[CFC_SEVERITY_WARNING] = "warning",
	[CFC_SEVERITY_INFO] = "note",
};

static json_t *
artifact_location(struct cfc_findings *f, const char *path)
{
	bool below;
	const char *uri = cfc_repository_uri(&f->keeper, path, &below);

	if (below)
		return cfc_json("{s:s, s:s}", "uri", uri, "uriBaseId", "%SRCROOT%");
	return cfc_json("{s:s}", "uri", uri);
}

static json_t *
region_of(const struct cfc_place *at)
{
	return cfc_json("{s:I, s:I, s:I, s:I, s:I, s:I}", "startLine", (json_int_t)at->line,
			"startColumn", (json_int_t)at->chars, "endLine", (json_int_t)at->end_line,
			"endColumn", (json_int_t)at->end_chars, "byteOffset",
			(json_int_t)at->offset, "byteLength", (json_int_t)at->length);
}

static json_t *
physical_location(struct cfc_findings *f, const struct cfc_place *at)
{
	json_t *o = cfc_json("{s:o}", "artifactLocation", artifact_location(f, at->path));

	if (!at->whole)
		json_object_set_new(o, "region", region_of(at));
	return o;
}

static json_t *
related_locations(struct cfc_findings *f, const struct cfc_finding *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->nnotes; i++)
		json_array_append_new(list, cfc_json("{s:I, s:o, s:{s:s}}", "id", (json_int_t)i,
						     "physicalLocation",
						     physical_location(f, &x->notes[i].at),
						     "message", "text", x->notes[i].text));
	return list;
}

/* The edits of one fix in the order of their files: one change per file. */
static json_t *
artifact_changes(struct cfc_findings *f, const struct cfc_finding_fix *fix)
{
	json_t *changes = json_array();
	const char *path = NULL;
	json_t *replacements = NULL;

	for (size_t i = 0; i < fix->nedits; i++) {
		const struct cfc_finding_edit *e = &fix->edits[i];

		if (path == NULL || strcmp(path, e->at.path) != 0) {
			path = e->at.path;
			replacements = json_array();
			json_array_append_new(changes, cfc_json("{s:o, s:o}", "artifactLocation",
								artifact_location(f, path),
								"replacements", replacements));
		}
		json_array_append_new(replacements,
				      cfc_json("{s:o, s:{s:s}}", "deletedRegion", region_of(&e->at),
					       "insertedContent", "text", e->text));
	}
	return changes;
}

static json_t *
fixes_of(struct cfc_findings *f, const struct cfc_finding *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->nfixes; i++)
		json_array_append_new(list, cfc_json("{s:{s:s}, s:o}", "description", "text",
						     x->fixes[i].title, "artifactChanges",
						     artifact_changes(f, &x->fixes[i])));
	return list;
}

static json_t *
result_of(struct cfc_findings *f, const struct cfc_finding *x, size_t rule)
{
	json_t *o = cfc_json("{s:s, s:I, s:s, s:{s:s}, s:[{s:o}], s:{s:s}}", "ruleId", x->id,
			     "ruleIndex", (json_int_t)rule, "level", levels[x->severity], "message",
			     "text", cfc_finding_message(&f->keeper, x), "locations",
			     "physicalLocation", physical_location(f, &x->at),
			     "partialFingerprints", "primaryLocationLineHash",
			     cfc_printf(&f->keeper, "%016" PRIx64 ":%u", x->line_hash, x->nth));

	if (x->nnotes > 0)
		json_object_set_new(o, "relatedLocations", related_locations(f, x));
	if (x->nfixes > 0)
		json_object_set_new(o, "fixes", fixes_of(f, x));
	return o;
}

/* The first paragraphs of a rule's page as plain text would do; the page itself is Markdown. */
static json_t *
rule_of(struct cfc_findings *f, const struct cfc_rule *r)
{
	const char *page = cfc_rule_page(r->id);

	return cfc_json("{s:s, s:{s:s}, s:{s:s, s:s}, s:{s:s}, s:{s:[s]}}", "id", r->id,
			"shortDescription", "text", r->summary, "help", "text",
			cfc_printf(&f->keeper, "%s: %s. 'corefile-lint --explain %s' tells more.",
				   r->id, r->summary, r->id),
			"markdown", page != NULL ? page : r->summary, "defaultConfiguration",
			"level", levels[r->severity], "properties", "tags", "dns");
}

/* The rules that were met, in order of their ids; *index has the place of each rule among them. */
static json_t *
rules_met(struct cfc_findings *f, size_t *index)
{
	json_t *list = json_array();
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);

	for (size_t i = 0; i < n; i++) {
		bool met = false;

		for (size_t j = 0; j < f->count && !met; j++)
			met = strcmp(f->list[j].id, rules[i].id) == 0;
		index[i] = json_array_size(list);
		if (met)
			json_array_append_new(list, rule_of(f, &rules[i]));
	}
	return list;
}

static size_t
rule_number(const char *id)
{
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);
	size_t i = 0;

	/* Every id has a row: tests/rules.sh. */
	while (i + 1 < n && strcmp(rules[i].id, id) != 0)
		i++;
	return i;
}

void
cfc_format_sarif(struct cfc_findings *f, FILE *out)
{
	size_t nrules;
	json_t *results = json_array();

	cfc_rules(&nrules);
	size_t *index = cfc_array(&f->keeper, nrules, sizeof(index[0]));
	json_t *rules = rules_met(f, index);
	for (size_t i = 0; i < f->count && i < RESULTS_MAX; i++)
		json_array_append_new(results,
				      result_of(f, &f->list[i], index[rule_number(f->list[i].id)]));
	json_t *driver =
		cfc_json("{s:s, s:s, s:s, s:o}", "name", "corefile-lint", "version",
			 PACKAGE_VERSION, "semanticVersion", PACKAGE_VERSION, "rules", rules);
	cfc_json_print(cfc_json("{s:s, s:s, s:[{s:{s:o}, s:s, s:o}]}", "$schema",
				"https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
				"runs", "tool", "driver", driver, "columnKind", "unicodeCodePoints",
				"results", results),
		       out);
}
