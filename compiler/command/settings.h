/*
 * What holds for a Corefile besides its text: options that commands have in common, the project file,
 * comments that suppress.  One way for lint, build, run, explain, diff and lsp, so that they
 * judge a Corefile alike, with the same values of variables.
 *
 * A command finds them in its call (command.h), with what its options say:
 *
 *	struct cfc_program program;
 *	struct cfc c;
 *
 *	cfc_init(&c);
 *	int status = cfc_settings_load(call->settings, &c, "Corefile", &program);
 *	...
 *	cfc_load_report(&c);
 *	cfc_release(&c);
 *
 * lint and lsp take the steps of cfc_settings_load one by one.
 *
 * Memory: the keeper's arena; what a compilation is given must outlive it.
 */
#ifndef COMPILER_SETTINGS_H
#define COMPILER_SETTINGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "compiler/command/command.h"
#include "compiler/command/project.h"
#include "compiler/syntax/variables.h"

struct cfc_settings {
	struct cfc *keeper; /* its diagnostics are about settings */
	bool compat;
	bool plan_wanted; /* the plan is needed, not a verdict alone (suppress.h) */

	/* What the command line says; NULL = nothing. */
	enum cfc_profile profile;
	bool has_profile;
	const char *root;
	const char *base;   /* what is served now, next to root */
	const char *config; /* the project file; NULL = look for one */
	bool no_config;     /* ... and do not look */
	bool no_env;
	enum cfc_form form;      /* of what was named */
	struct cfc_strings sets; /* NAME=VALUE */
	struct cfc_strings env_files;
	struct cfc_strings server_names;
	struct cfc_strings plugin_dirs; /* plugins outside the tree */

	/* The usual ones and those of plugin_dirs; the list is the first keeper's. */
	const struct cfc_plugin *const *plugins;
	size_t nplugins;

	/* What holds for the Corefile that was entered last. */
	bool entered;
	bool broken;
	struct cfc_project project;
	struct cfc_variables variables;
};

void cfc_settings_init(struct cfc_settings *s, struct cfc *keeper);
void cfc_settings_release(struct cfc_settings *s);

/* New settings with the options of others, which must outlive them. */
void cfc_settings_copy(struct cfc_settings *s, const struct cfc_settings *options,
		       struct cfc *keeper);

/* ---- options ---- */

enum {
	CFC_SETTING_BASE = 512,
	CFC_SETTING_CONFIG,
	CFC_SETTING_ENV_FILE,
	CFC_SETTING_INPUT_FORMAT,
	CFC_SETTING_NO_CONFIG,
	CFC_SETTING_NO_ENV,
	CFC_SETTING_PLUGIN,
	CFC_SETTING_PROFILE,
	CFC_SETTING_ROOT,
	CFC_SETTING_SERVER_NAME,
	CFC_SETTING_SET,
};

/* For .longs of a command. */
#define CFC_SETTINGS_LONGS                                                                         \
	{ "base", required_argument, NULL, CFC_SETTING_BASE },                                     \
		{ "config", required_argument, NULL, CFC_SETTING_CONFIG },                         \
		{ "env-file", required_argument, NULL, CFC_SETTING_ENV_FILE },                     \
		{ "input-format", required_argument, NULL, CFC_SETTING_INPUT_FORMAT },             \
		{ "no-config", no_argument, NULL, CFC_SETTING_NO_CONFIG },                         \
		{ "no-env", no_argument, NULL, CFC_SETTING_NO_ENV },                               \
		{ "plugin", required_argument, NULL, CFC_SETTING_PLUGIN },                         \
		{ "profile", required_argument, NULL, CFC_SETTING_PROFILE },                       \
		{ "root", required_argument, NULL, CFC_SETTING_ROOT },                             \
		{ "server-name", required_argument, NULL, CFC_SETTING_SERVER_NAME },               \
	{                                                                                          \
		"set", required_argument, NULL, CFC_SETTING_SET                                    \
	}

/* For the help text of a command. */
#define CFC_SETTINGS_HELP                                                                          \
	"      --profile NAME     what the server is for: cluster, nodelocal, resolver, edge\n"    \
	"      --root DIR         look at the files that the Corefile names, below DIR\n"          \
	"      --base DIR         the same files as they are served now, to see what changes\n"    \
	"      --server-name NAME what clients call the server; may be repeated\n"                 \
	"      --config FILE      the project file, instead of the nearest .corefile-lint\n"       \
	"      --no-config        no project file\n"                                               \
	"      --set NAME=VALUE   the value of {$NAME}; may be repeated\n"                         \
	"      --env-file FILE    lines of NAME=VALUE; may be repeated\n"                          \
	"      --input-format FORM\n"                                                              \
	"                         auto (default), corefile, or yaml: ConfigMaps of Kubernetes\n"   \
	"      --no-env           do not look into the environment for {$NAME}\n"                  \
	"      --plugin DIR       with the plugin in this folder; may be repeated\n"

/*
 * Takes an option: CFC_EXIT_OK, or CFC_EXIT_USAGE when its argument is wrong, which was said.  -1: it is
 * none of these.
 */
int cfc_settings_option(struct cfc_settings *s, const struct cfc_command *self, int ch,
			const char *argument);

/* ---- compiling ---- */

/*
 * Finds the plugins there are: compiles and loads those that options have named (external.c).  false:
 * reported in the keeper.
 */
bool cfc_settings_plugins(struct cfc_settings *s);

/*
 * Reads the project file and the variables for the Corefile at path (NULL: ./Corefile), unless they are
 * those of the one before.  false: they have faults, reported in the keeper.
 */
bool cfc_settings_enter(struct cfc_settings *s, const char *path);

/* Makes a compilation that was initialised follow the settings. */
void cfc_settings_apply(struct cfc_settings *s, struct cfc *c);

/* Takes away what comments suppress, and gives reports the severities of the project. */
void cfc_settings_judge(const struct cfc_settings *s, struct cfc *c);

/*
 * All of this around cfc_load; returns the exit status, as cfc_load_status has it.  Faults of the
 * settings end it with CFC_EXIT_USAGE; they are printed.
 */
int cfc_settings_load(struct cfc_settings *s, struct cfc *c, const char *path,
		      struct cfc_program *out);

#endif
