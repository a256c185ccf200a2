/*
 * completion.h - what shells complete: the commands with their options, read from their help texts, and
 * the words that these take, from the tables of rules and plugins.
 *
 *	cmd_completion.c	the command; makes the model below
 *	completion_shells.c	prints it as a script for one shell each
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_COMPLETION_H
#define COMPILER_COMPLETION_H

#include "base/buf.h"
#include "compiler/command/command.h"

/* What may follow an option, or stand without one. */
enum completion_kind {
	COMPLETION_NOTHING,  /* the option takes no argument */
	COMPLETION_ANYTHING, /* a number, an address, ... */
	COMPLETION_FILE,
	COMPLETION_FOLDER,
	COMPLETION_WORDS,
};

struct completion_value {
	enum completion_kind kind;
	const char *name;  /* "FORMAT"; NULL = no argument */
	const char *words; /* COMPLETION_WORDS: with blanks between */
};

struct completion_option {
	char letter;      /* of -f, 0 = none */
	const char *name; /* of --format, NULL = none */
	const char *help;
	struct completion_value value;
};

struct completion_command {
	const struct cfc_command *command;
	struct completion_option *options;
	size_t noptions;
	struct completion_value operand; /* COMPLETION_NOTHING: there is none */
};

struct completion {
	struct completion_command *commands;
	size_t ncommands;
};

typedef void completion_print_fn(const struct completion *m, struct buf *out);
completion_print_fn completion_bash, completion_zsh, completion_fish;

#endif
