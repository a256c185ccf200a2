/*
 * command.h - one command of the command line, one file, one descriptor.
 *
 * main.c finds the command by its name; cfc_command_run reads its options into a struct of its own and
 * into the settings that commands have in common, and calls it.  Commands print what was asked for on
 * standard output and diagnostics on standard error, and return the exit status:
 */
#ifndef COMPILER_COMMAND_H
#define COMPILER_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "compiler/plan.h"

enum cfc_exit {
	CFC_EXIT_OK = 0,
	CFC_EXIT_FINDINGS = 1, /* the Corefile has errors; fmt --check: not formatted */
	CFC_EXIT_INPUT = 2,    /* it could not be read or parsed */
	CFC_EXIT_USAGE = 3,    /* the command line is wrong */
	CFC_EXIT_BUILD = 4,    /* no C compiler, no room, ... */
};

struct cfc_command;
struct cfc_settings; /* settings.h */

/* One call of a command; all that it points to lives until the command has returned. */
struct cfc_call {
	const struct cfc_command *self;
	struct cfc_settings *settings; /* what options say about compiling, and the project file */
	struct cfc *keeper;            /* theirs; an arena for what options need */
	void *args;                    /* args_size octets, zeroed, for .take and .run */
	char **words;                  /* what is no option, NULL behind the last one */
	size_t nwords;
};

struct cfc_command {
	const char *name;
	const char *synopsis; /* after the name: "[-o FILE] [COREFILE]" */
	const char *summary;  /* one line */
	const char *help;     /* the options, a line each */

	/* For getopt_long; 'h' is help. */
	const char *letters; /* begins with ":", or "+:" where options end at the first word */
	const struct option *longs;

	size_t args_size; /* of the command's struct for its options; 0 = it has none */

	/* Takes one of its options: NULL, or what argument would have been right. */
	const char *(*take)(struct cfc_call *call, int ch, const char *argument);
	int (*run)(struct cfc_call *call); /* returns the exit status */
};

/* Reads argv, whose first word is the command's name, and runs the command; returns the exit status. */
int cfc_command_run(const struct cfc_command *self, int argc, char **argv);

extern const struct cfc_command cfc_cmd_lint, cfc_cmd_build, cfc_cmd_run, cfc_cmd_fmt, cfc_cmd_diff,
	cfc_cmd_explain, cfc_cmd_migrate, cfc_cmd_plugins, cfc_cmd_lsp, cfc_cmd_completion;

/* All of them, in the order in which they are told about. */
const struct cfc_command *const *cfc_commands(size_t *n);

/* ---- what commands share ---- */

/* A Corefile that was read and understood as far as possible. */
struct cfc_program {
	struct cfc_source *main;
	struct cfc_tree tree;
	struct cfc_plan *plan;
	bool parsed; /* false: it could not be read, or has errors of the language (exit 2) */
};

/*
 * Reads path ("-": standard input; NULL: ./Corefile, or the builtin default when there is none).
 * "FILE#NAME" is a file, and the name of a Corefile in it, which goes to *object.  NULL = reported.
 */
struct cfc_source *cfc_load_open(struct cfc *c, const char *path, const char **object);

/*
 * The Corefile of a unit that was read: itself, or that of a Kubernetes manifest (compiler/manifest/), which
 * must be told if there are several.  NULL = reported.
 */
struct cfc_source *cfc_load_choose(struct cfc *c, struct cfc_source *unit, const char *object);

/* Both together. */
struct cfc_source *cfc_load_main(struct cfc *c, const char *path);

/*
 * Reads path like cfc_load_main, expands it, builds the plan and runs the checks.  Everything found is
 * in c's diagnostics.
 */
void cfc_load(struct cfc *c, const char *path, struct cfc_program *out);

/* The same for a unit that has been read; and without the checks, for what is no whole server. */
void cfc_load_unit(struct cfc *c, struct cfc_source *unit, struct cfc_program *out);
void cfc_load_part(struct cfc *c, struct cfc_source *unit, struct cfc_program *out);

/* The exit status for what was found: 2 if not parsed, 1 with errors, 0. */
int cfc_load_status(const struct cfc *c, const struct cfc_program *program);

/* Prints the diagnostics on standard error. */
void cfc_load_report(struct cfc *c);

/*
 * Out-of-tree plugins (--plugin DIR): compiles DIR/NAME_setup.c, loads its descriptor and adds it to
 * c->plugins.  DIR's last part is NAME.  false: reported.  external.c.
 */
bool cfc_external_add(struct cfc *c, const char *dir);

/* The same for all of them: what is wrong with each is reported. */
bool cfc_external_add_all(struct cfc *c, const struct cfc_strings *dirs);

/* Prints "corefilec: TEXT", the usage line and a hint; returns CFC_EXIT_USAGE. */
int cfc_usage(const struct cfc_command *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints the command's help on standard output; returns CFC_EXIT_OK. */
int cfc_help(const struct cfc_command *self);

/* The same as cfc_usage for '?' and ':' of getopt_long, whose short options begin with ':'. */
int cfc_bad_option(const struct cfc_command *self, int ch, char *const *argv);

/* The same for the argument of a long option: "--format wants text or json, not 'yaml'". */
int cfc_bad_value(const struct cfc_command *self, const struct option *longs, int ch,
		  const char *wanted);

/* Writes all of it to the descriptor: 0 or -1 with errno. */
int cfc_write_all(int fd, const char *text, size_t len);

/*
 * Writes all of it to the file, by way of a temporary one that replaces it and has its mode; a
 * symbolic link is followed.  0 or -1 with errno.
 */
int cfc_write_file(const char *name, const char *text, size_t len);

/* What the build and run commands have in common: build.c. */
struct cfc_build_options {
	const char *output;
	bool release, is_static, no_line;
	const char *keep; /* folder that keeps the generated C; NULL: none */
	struct cfc_strings plugin_dirs;
};
bool cfc_build(struct cfc *c, const struct cfc_program *program, const struct cfc_build_options *o);
/* The C alone. */
struct buf;
void cfc_build_source(struct cfc *c, const struct cfc_program *program, bool no_line,
		      struct buf *out);

#endif
