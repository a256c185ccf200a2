/*
 * settings.c - options, project file and comments on their way into a compilation.
 */
#include "config.h"

#include "compiler/command/settings.h"

#include <string.h>

#include "compiler/plugins.h"
#include "compiler/report/suppress.h"

void
cfc_settings_init(struct cfc_settings *s, struct cfc *keeper)
{
	memset(s, 0, sizeof(*s));
	s->keeper = keeper;
	cfc_variables_init(&s->variables);
}

void
cfc_settings_release(struct cfc_settings *s)
{
	cfc_variables_release(&s->variables);
}

void
cfc_settings_copy(struct cfc_settings *s, const struct cfc_settings *options, struct cfc *keeper)
{
	*s = *options;
	s->keeper = keeper;
	s->entered = false;
	s->broken = false;
	memset(&s->project, 0, sizeof(s->project));
	cfc_variables_init(&s->variables);
}

/* ---- options ---- */

/* An option whose argument can be wrong: NULL, or what would have been right. */
static const char *
wanted(struct cfc_settings *s, int ch, const char *argument)
{
	if (ch == CFC_SETTING_PROFILE && !cfc_profile_parse(argument, &s->profile))
		return CFC_PROFILE_WORDS;
	if (ch == CFC_SETTING_SET && (argument[0] == '=' || strchr(argument, '=') == NULL))
		return "NAME=VALUE";
	if (ch == CFC_SETTING_INPUT_FORMAT && !cfc_form_parse(argument, &s->form))
		return CFC_FORM_WORDS;
	return NULL;
}

/* false = it is none of ours. */
static bool
take(struct cfc_settings *s, int ch, const char *argument)
{
	switch (ch) {
	case CFC_SETTING_BASE:
		s->base = argument;
		return true;
	case CFC_SETTING_CONFIG:
		s->config = argument;
		return true;
	case CFC_SETTING_ENV_FILE:
		cfc_strings_add(s->keeper, &s->env_files, argument);
		return true;
	case CFC_SETTING_NO_CONFIG:
		s->no_config = true;
		return true;
	case CFC_SETTING_NO_ENV:
		s->no_env = true;
		return true;
	case CFC_SETTING_INPUT_FORMAT: /* taken by wanted() */
		return true;
	case CFC_SETTING_PLUGIN:
		cfc_strings_add(s->keeper, &s->plugin_dirs, argument);
		return true;
	case CFC_SETTING_PROFILE:
		s->has_profile = true;
		return true;
	case CFC_SETTING_ROOT:
		s->root = argument;
		return true;
	case CFC_SETTING_SERVER_NAME:
		cfc_strings_add(s->keeper, &s->server_names, argument);
		return true;
	case CFC_SETTING_SET:
		cfc_strings_add(s->keeper, &s->sets, argument);
		return true;
	default:
		return false;
	}
}

int
cfc_settings_option(struct cfc_settings *s, const struct cfc_command *self, int ch,
		    const char *argument)
{
	static const struct option longs[] = { CFC_SETTINGS_LONGS, { NULL, 0, NULL, 0 } };

	if (!take(s, ch, argument))
		return -1;
	if (s->no_config && s->config != NULL)
		return cfc_usage(self, "--config and --no-config contradict each other");
	const char *words = wanted(s, ch, argument);
	return words != NULL ? cfc_bad_value(self, longs, ch, words) : CFC_EXIT_OK;
}

/* ---- one Corefile ---- */

/* The variables of the command line, and below them those of the project. */
static bool
read_variables(struct cfc_settings *s)
{
	struct cfc_variables *v = &s->variables;
	bool good = true;

	cfc_variables_release(v);
	cfc_variables_init(v);
	v->no_process = s->no_env;
	for (size_t i = 0; i < s->env_files.count; i++)
		good = cfc_variables_file(s->keeper, v, s->env_files.list[i]) && good;
	for (size_t i = 0; i < s->sets.count; i++)
		cfc_variables_assign(v, s->sets.list[i]);
	return cfc_project_variables(s->keeper, &s->project, v) && good;
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
cfc_settings_enter(struct cfc_settings *s, const char *path)
{
	const char *file = s->config;

	if (s->no_config)
		file = NULL;
	else if (file == NULL)
		file = cfc_project_find(s->keeper, path != NULL ? path : "Corefile");
	if (s->entered && is_same(file, s->project.path))
		return !s->broken;
	memset(&s->project, 0, sizeof(s->project));
	if (file != NULL)
		cfc_project_read(s->keeper, file, &s->project);
	s->broken = !read_variables(s) || s->project.broken;
	s->entered = true;
	return !s->broken;
}

bool
cfc_settings_plugins(struct cfc_settings *s)
{
	struct cfc *c = s->keeper;

	cfc_plugins_init(c);
	if (!cfc_external_add_all(c, &s->plugin_dirs))
		return false;
	s->plugins = c->plugins;
	s->nplugins = c->nplugins;
	return true;
}

void
cfc_settings_apply(struct cfc_settings *s, struct cfc *c)
{
	const struct cfc_project *p = &s->project;
	const struct cfc_strings *names =
		s->server_names.count > 0 ? &s->server_names : &p->server_names;

	c->compat = s->compat;
	c->form = s->form;
	c->profile = p->has_profile && !s->has_profile ? p->profile : s->profile;
	c->root_dir = s->root != NULL ? s->root : p->root;
	c->base_dir = s->base;
	c->server_names = names->list;
	c->nserver_names = names->count;
	c->getenv = cfc_variables_get;
	c->getenv_arg = &s->variables;
	if (s->plugins != NULL) {
		c->plugins = s->plugins;
		c->nplugins = s->nplugins;
	}
}

void
cfc_settings_judge(const struct cfc_settings *s, struct cfc *c)
{
	cfc_suppress(c, !cfc_has_errors(c), s->plan_wanted);
	cfc_project_judge(c, &s->project);
}

int
cfc_settings_load(struct cfc_settings *s, struct cfc *c, const char *path, struct cfc_program *out)
{
	memset(out, 0, sizeof(*out));
	if (!cfc_settings_enter(s, path)) {
		cfc_load_report(s->keeper);
		return CFC_EXIT_USAGE;
	}
	cfc_settings_apply(s, c);
	cfc_load(c, path, out);
	cfc_settings_judge(s, c);
	return cfc_load_status(c, out);
}
