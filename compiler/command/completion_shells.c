/*
 * completion_shells.c - the model of completion.h as scripts.
 *
 * Texts come from our own tables only; what the shells would take as special is escaped all the same.
 */
#include "config.h"

#include "compiler/command/completion.h"

#include <string.h>

/* Text within single quotes, each of the special characters with a backslash before it. */
static void
put_quoted(struct buf *out, const char *s, const char *special, const char *quote)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_puts(out, quote);
		else if (strchr(special, *s) != NULL)
			buf_printf(out, "\\%c", *s);
		else
			buf_putc(out, *s);
	}
}

/* ---- bash ---- */

static void
bash_reply(const struct completion_value *v, struct buf *out)
{
	switch (v->kind) {
	case COMPLETION_NOTHING:
	case COMPLETION_ANYTHING:
		break;
	case COMPLETION_FILE:
		buf_puts(out, "compopt -o filenames 2>/dev/null; "
			      "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); ");
		break;
	case COMPLETION_FOLDER:
		buf_puts(out, "compopt -o filenames 2>/dev/null; "
			      "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); ");
		break;
	case COMPLETION_WORDS:
		buf_printf(out, "mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\"); ",
			   v->words);
		break;
	}
}

/* "lint:--format | lint:-f) ... ;;" for the options that take something. */
static void
bash_values(const struct completion_command *m, struct buf *out)
{
	const char *command = m->command->name;

	for (size_t i = 0; i < m->noptions; i++) {
		const struct completion_option *o = &m->options[i];

		if (o->value.kind == COMPLETION_NOTHING)
			continue;
		buf_puts(out, "\t");
		if (o->name != NULL)
			buf_printf(out, "%s:--%s", command, o->name);
		if (o->letter != 0)
			buf_printf(out, "%s%s:-%c", o->name != NULL ? " | " : "", command,
				   o->letter);
		buf_puts(out, ") ");
		bash_reply(&o->value, out);
		buf_puts(out, "return ;;\n");
	}
}

static void
bash_options(const struct completion_command *m, struct buf *out)
{
	buf_printf(out, "\t%s:-*) mapfile -t COMPREPLY < <(compgen -W '", m->command->name);
	for (size_t i = 0; i < m->noptions; i++) {
		const struct completion_option *o = &m->options[i];

		buf_puts(out, i > 0 ? " " : "");
		if (o->letter != 0)
			buf_printf(out, "-%c%s", o->letter, o->name != NULL ? " " : "");
		if (o->name != NULL)
			buf_printf(out, "--%s", o->name);
	}
	buf_puts(out, "' -- \"$cur\") ;;\n");
}

void
completion_bash(const struct completion *m, struct buf *out)
{
	buf_puts(out,
		 "# bash completion for corefilec and corefile-lint, made by 'corefilec completion "
		 "bash'.\n\n"
		 "_corefilec()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} "
		 "command=${COMP_WORDS[1]}\n"
		 "\tlocal at=1\n\n"
		 "\tCOMPREPLY=()\n"
		 "\tif [[ ${COMP_WORDS[0]##*/} == corefile-lint ]]; then\n"
		 "\t\tcommand=lint at=0\n"
		 "\tfi\n"
		 "\t# --option=value is three words here.\n"
		 "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		 "\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
		 "\tif ((COMP_CWORD <= at)); then\n"
		 "\t\tmapfile -t COMPREPLY < <(compgen -W '-version --help");
	for (size_t i = 0; i < m->ncommands; i++)
		buf_printf(out, " %s", m->commands[i].command->name);
	buf_puts(out, "' -- \"$cur\")\n\t\treturn\n\tfi\n\tcase $command:$prev in\n");
	for (size_t i = 0; i < m->ncommands; i++)
		bash_values(&m->commands[i], out);
	buf_puts(out, "\tesac\n\tcase $command:$cur in\n");
	for (size_t i = 0; i < m->ncommands; i++)
		bash_options(&m->commands[i], out);
	for (size_t i = 0; i < m->ncommands; i++) {
		if (m->commands[i].operand.kind == COMPLETION_NOTHING)
			continue;
		buf_printf(out, "\t%s:*) ", m->commands[i].command->name);
		bash_reply(&m->commands[i].operand, out);
		buf_puts(out, ";;\n");
	}
	buf_puts(out, "\tesac\n}\n\ncomplete -F _corefilec corefilec corefile-lint\n");
}

/* ---- zsh ---- */

static void
zsh_text(struct buf *out, const char *s)
{
	put_quoted(out, s, "[]:\\", "'\\''");
}

static void
zsh_value(const struct completion_value *v, struct buf *out)
{
	if (v->kind == COMPLETION_NOTHING)
		return;
	buf_printf(out, ":%s:", v->name);
	if (v->kind == COMPLETION_FILE)
		buf_puts(out, "_files");
	else if (v->kind == COMPLETION_FOLDER)
		buf_puts(out, "_files -/");
	else if (v->kind == COMPLETION_WORDS)
		buf_printf(out, "(%s)", v->words);
}

static void
zsh_option(const struct completion_option *o, struct buf *out)
{
	buf_puts(out, " \\\n\t\t\t'*'");
	if (o->letter != 0 && o->name != NULL)
		buf_printf(out, "{-%c,--%s}", o->letter, o->name);
	else if (o->name != NULL)
		buf_printf(out, "--%s", o->name);
	else
		buf_printf(out, "-%c", o->letter);
	buf_puts(out, "'[");
	zsh_text(out, o->help);
	buf_putc(out, ']');
	zsh_value(&o->value, out);
	buf_putc(out, '\'');
}

static void
zsh_command(const struct completion_command *m, struct buf *out)
{
	buf_printf(out, "\t%s)\n\t\t_arguments", m->command->name);
	for (size_t i = 0; i < m->noptions; i++)
		zsh_option(&m->options[i], out);
	if (m->operand.kind != COMPLETION_NOTHING) {
		buf_puts(out, " \\\n\t\t\t'*");
		zsh_value(&m->operand, out);
		buf_putc(out, '\'');
	}
	buf_puts(out, "\n\t\t;;\n");
}

void
completion_zsh(const struct completion *m, struct buf *out)
{
	buf_puts(out, "#compdef corefilec corefile-lint\n"
		      "# Made by 'corefilec completion zsh'.\n\n"
		      "_corefilec_options()\n{\n\tcase $1 in\n");
	for (size_t i = 0; i < m->ncommands; i++)
		zsh_command(&m->commands[i], out);
	buf_puts(out, "\tesac\n}\n\n_corefilec()\n{\n\tlocal -a commands=(");
	for (size_t i = 0; i < m->ncommands; i++) {
		buf_printf(out, "\n\t\t'%s:", m->commands[i].command->name);
		zsh_text(out, m->commands[i].command->summary);
		buf_putc(out, '\'');
	}
	buf_puts(out, "\n\t)\n\n"
		      "\tif [[ $service == corefile-lint ]]; then\n"
		      "\t\t_corefilec_options lint\n"
		      "\telif ((CURRENT == 2)); then\n"
		      "\t\t_describe command commands\n"
		      "\telse\n"
		      "\t\tshift words\n"
		      "\t\t((CURRENT--))\n"
		      "\t\t_corefilec_options $words[1]\n"
		      "\tfi\n}\n\n"
		      "if [[ ${funcstack[1]} == _corefilec ]]; then\n"
		      "\t_corefilec \"$@\"\n"
		      "else\n"
		      "\tcompdef _corefilec corefilec corefile-lint\n"
		      "fi\n");
}

/* ---- fish ---- */

static void
fish_text(struct buf *out, const char *s)
{
	put_quoted(out, s, "\\", "\\'");
}

static void
fish_value(const struct completion_value *v, struct buf *out)
{
	switch (v->kind) {
	case COMPLETION_NOTHING:
		break;
	case COMPLETION_ANYTHING:
		buf_puts(out, " -x");
		break;
	case COMPLETION_FILE:
		buf_puts(out, " -r -F");
		break;
	case COMPLETION_FOLDER:
		buf_puts(out, " -x -a '(__fish_complete_directories)'");
		break;
	case COMPLETION_WORDS:
		buf_printf(out, " -x -a '%s'", v->words);
		break;
	}
}

/* The options of a command, under a condition for corefilec and without one for corefile-lint. */
static void
fish_command(const struct completion_command *m, const char *program, bool condition,
	     struct buf *out)
{
	struct buf head;

	buf_init(&head, 1024);
	buf_printf(&head, "complete -c %s", program);
	if (condition)
		buf_printf(&head, " -n '__fish_seen_subcommand_from %s'", m->command->name);
	for (size_t i = 0; i < m->noptions; i++) {
		const struct completion_option *o = &m->options[i];

		buf_puts(out, buf_cstr(&head));
		if (o->letter != 0)
			buf_printf(out, " -s %c", o->letter);
		if (o->name != NULL)
			buf_printf(out, " -l %s", o->name);
		fish_value(&o->value, out);
		buf_puts(out, " -d '");
		fish_text(out, o->help);
		buf_puts(out, "'\n");
	}
	if (m->operand.kind == COMPLETION_WORDS)
		buf_printf(out, "%s -f -a '%s'\n", buf_cstr(&head), m->operand.words);
	else if (m->operand.kind == COMPLETION_FILE)
		buf_printf(out, "%s -F\n", buf_cstr(&head));
	buf_release(&head);
}

void
completion_fish(const struct completion *m, struct buf *out)
{
	buf_puts(out, "# fish completion for corefilec and corefile-lint, made by 'corefilec "
		      "completion fish'.\n\n"
		      "complete -c corefilec -f\n");
	for (size_t i = 0; i < m->ncommands; i++) {
		buf_printf(out, "complete -c corefilec -n __fish_use_subcommand -a %s -d '",
			   m->commands[i].command->name);
		fish_text(out, m->commands[i].command->summary);
		buf_puts(out, "'\n");
	}
	for (size_t i = 0; i < m->ncommands; i++) {
		fish_command(&m->commands[i], "corefilec", true, out);
		if (m->commands[i].command == &cfc_cmd_lint)
			fish_command(&m->commands[i], "corefile-lint", false, out);
	}
}
