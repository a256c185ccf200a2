/*
 * project.c - reading `.corefile-lint`, and what it changes.
 */
#include "config.h"

#include "compiler/command/project.h"

#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "compiler/checks/checks.h"
#include "compiler/report/repository.h"
#include "compiler/suggest.h"

/* One line NAME = VALUE. */
struct setting {
	const char *name, *value;
	struct cfc_span name_span, value_span;
};

typedef void setting_fn(struct cfc *c, struct cfc_project *p, const struct setting *s);

/* ---- settings without a section ---- */

static void
wrong_value(struct cfc *c, const struct setting *s, const char *wanted)
{
	cfc_error(c, s->value_span, "CF9007", "'%s' is not %s", s->value, wanted);
}

/* A path as seen from the project file's folder. */
static const char *
path_from(struct cfc *c, const struct cfc_project *p, const char *path)
{
	return path[0] == '/' ? path
			      : cfc_path_absolute(c, cfc_printf(c, "%s/%s", p->folder, path));
}

static void
set_profile(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	p->has_profile = cfc_profile_parse(s->value, &p->profile);
	if (!p->has_profile)
		wrong_value(c, s, CFC_PROFILE_WORDS);
}

static void
set_fail_on(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	p->has_fail_on = cfc_severity_parse(s->value, &p->fail_on);
	if (!p->has_fail_on)
		wrong_value(c, s, "error, warning or info");
}

static void
set_root(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	p->root = path_from(c, p, s->value);
}

static void
add_exclude(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	cfc_strings_add(c, &p->excludes, s->value);
}

static void
add_env_file(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	cfc_strings_add(c, &p->env_files, path_from(c, p, s->value));
}

static void
add_server_name(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	cfc_strings_add(c, &p->server_names, s->value);
}

static void
set_general(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	static const char *const names[] = { "profile", "fail-on",  "root",
					     "exclude", "env-file", "server-name" };
	static setting_fn *const setters[] = { set_profile, set_fail_on,  set_root,
					       add_exclude, add_env_file, add_server_name };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], s->name) == 0) {
			setters[i](c, p, s);
			return;
		}
	}
	cfc_error(c, s->name_span, "CF9007", "unknown setting '%s'", s->name);
	const char *near = cfc_suggest(s->name, names, ARRAY_SIZE(names));
	if (near != NULL)
		cfc_note(c, s->name_span, "did you mean '%s'?", near);
	else
		cfc_note(c, cfc_no_span(),
			 "settings are profile, fail-on, root, exclude, env-file and server-name");
}

/* ---- sections ---- */

static bool
is_rule(const char *id)
{
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rules[i].id, id) == 0)
			return true;
	return false;
}

static void
set_severity(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	enum cfc_severity severity;
	bool off = strcmp(s->value, "off") == 0;

	if (!is_rule(s->name)) {
		cfc_error(c, s->name_span, "CF9007", "there is no rule '%s'", s->name);
		return;
	}
	if (!off && !cfc_severity_parse(s->value, &severity)) {
		wrong_value(c, s, "error, warning, info or off");
		return;
	}
	p->severities = cfc_grow(c, p->severities, p->nseverities, &p->severities_room,
				 sizeof(p->severities[0]));
	p->severities[p->nseverities++] = (struct cfc_project_severity){
		.id = s->name,
		.severity = off ? CFC_DIAG_DROP : (int)severity,
	};
}

static void
set_variable(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	p->variables = cfc_grow(c, p->variables, p->nvariables, &p->variables_room,
				sizeof(p->variables[0]));
	p->variables[p->nvariables++] = (struct cfc_project_variable){
		.name = s->name,
		.value = s->value,
	};
}

static void
ignore_setting(struct cfc *c, struct cfc_project *p, const struct setting *s)
{
	(void)c;
	(void)p;
	(void)s;
}

/* What the lines of a section set; an unknown one is reported once, not for each of its lines. */
static setting_fn *
section_of(struct cfc *c, const char *name, struct cfc_span span)
{
	if (strcmp(name, "[severity]") == 0)
		return set_severity;
	if (strcmp(name, "[variables]") == 0)
		return set_variable;
	cfc_error(c, span, "CF9007", "unknown section '%s'", name);
	cfc_note(c, cfc_no_span(), "sections are [severity] and [variables]");
	return ignore_setting;
}

/* ---- lines ---- */

/* A part of the unit without the blanks around it. */
static const char *
trimmed(struct cfc *c, const struct cfc_source *s, size_t start, size_t end, struct cfc_span *span)
{
	while (start < end && strchr(" \t", s->text[start]) != NULL)
		start++;
	while (end > start && strchr(" \t", s->text[end - 1]) != NULL)
		end--;
	*span = cfc_source_span(s, start, end - start);
	return cfc_printf(c, "%.*s", (int)(end - start), s->text + start);
}

static void
take_line(struct cfc *c, struct cfc_project *p, const struct cfc_source *s, uint32_t number,
	  setting_fn **section)
{
	size_t len;
	size_t start = (size_t)(cfc_source_line(s, number, &len) - s->text);
	struct cfc_span span;
	const char *line = trimmed(c, s, start, start + len, &span);
	const char *equals = memchr(s->text + start, '=', len);

	if (line[0] == '\0' || line[0] == '#')
		return;
	if (line[0] == '[') {
		*section = section_of(c, line, span);
		return;
	}
	if (equals == NULL || line[0] == '=') {
		cfc_error(c, span, "CF9007", "'NAME = VALUE' is expected");
		return;
	}
	size_t at = (size_t)(equals - s->text);
	struct setting set;
	set.name = trimmed(c, s, start, at, &set.name_span);
	set.value = trimmed(c, s, at + 1, start + len, &set.value_span);
	(*section)(c, p, &set);
}

void
cfc_project_read(struct cfc *c, const char *path, struct cfc_project *out)
{
	size_t errors = c->diags.nerrors;
	setting_fn *section = set_general;

	memset(out, 0, sizeof(*out));
	out->path = arena_strdup(c->arena, path);
	char *folder = cfc_path_absolute(c, path);
	*(strrchr(folder, '/') == folder ? folder + 1 : strrchr(folder, '/')) = '\0';
	out->folder = folder;
	const struct cfc_source *s = cfc_source_file(c, path, cfc_no_span());
	for (uint32_t i = 1; s != NULL && i <= s->nlines; i++)
		take_line(c, out, s, i, &section);
	out->broken = c->diags.nerrors > errors;
}

const char *
cfc_project_find(struct cfc *c, const char *path)
{
	char *at = cfc_path_absolute(c, path);

	for (size_t len = strlen(at);; at[len] = '\0') {
		const char *file =
			cfc_printf(c, "%s/" CFC_PROJECT_FILE, strcmp(at, "/") == 0 ? "" : at);

		if (access(file, F_OK) == 0)
			return cfc_path_from_here(c, file);
		if (len <= 1)
			return NULL;
		while (len > 0 && at[--len] != '/')
			;
		len = len == 0 ? 1 : len;
	}
}

/* ---- what it changes ---- */

bool
cfc_project_excludes(struct cfc *c, const struct cfc_project *p, const char *path)
{
	if (p->excludes.count == 0)
		return false;
	const char *absolute = cfc_path_absolute(c, path);
	size_t len = strcmp(p->folder, "/") == 0 ? 0 : strlen(p->folder);
	if (strncmp(absolute, p->folder, len) != 0 || absolute[len] != '/')
		return false;
	for (size_t i = 0; i < p->excludes.count; i++)
		if (fnmatch(p->excludes.list[i], absolute + len + 1, FNM_LEADING_DIR) == 0)
			return true;
	return false;
}

static int
judge(void *arg, const struct cfc_diag *d)
{
	const struct cfc_project *p = arg;
	int severity = (int)d->severity;

	for (size_t i = 0; d->severity != CFC_SEVERITY_ERROR && i < p->nseverities; i++)
		if (strcmp(p->severities[i].id, d->id) == 0)
			severity = p->severities[i].severity;
	return severity;
}

void
cfc_project_judge(struct cfc *c, const struct cfc_project *p)
{
	struct cfc_project copy = *p;

	if (p->nseverities > 0)
		cfc_diags_judge(c, judge, &copy);
}

bool
cfc_project_variables(struct cfc *c, const struct cfc_project *p, struct cfc_variables *v)
{
	struct cfc_variables files;
	bool good = true;

	cfc_variables_init(&files);
	for (size_t i = 0; i < p->env_files.count; i++)
		good = cfc_variables_file(c, &files, p->env_files.list[i]) && good;
	size_t pos = 0;
	for (const struct map_entry *e;
	     (e = map_next(&files.layers[CFC_VARIABLES_FILE], &pos)) != NULL;)
		if (map_get(&v->layers[CFC_VARIABLES_FILE], e->key, e->len) == NULL)
			cfc_variables_set(v, CFC_VARIABLES_FILE, e->key, e->len, e->value);
	cfc_variables_release(&files);
	for (size_t i = 0; i < p->nvariables; i++)
		cfc_variables_set(v, CFC_VARIABLES_DEFAULT, p->variables[i].name,
				  strlen(p->variables[i].name), p->variables[i].value);
	return good;
}
