/*
 * commands.c - the list of commands.
 */
#include "config.h"

#include "base/compiler.h"
#include "compiler/command/command.h"

static const struct cfc_command *const commands[] = {
	&cfc_cmd_lint,    &cfc_cmd_build,   &cfc_cmd_run,     &cfc_cmd_fmt, &cfc_cmd_diff,
	&cfc_cmd_explain, &cfc_cmd_migrate, &cfc_cmd_plugins, &cfc_cmd_lsp, &cfc_cmd_completion,
};

const struct cfc_command *const *
cfc_commands(size_t *n)
{
	*n = ARRAY_SIZE(commands);
	return commands;
}
