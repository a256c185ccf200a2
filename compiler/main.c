/*
 * main.c - corefilec, and corefile-lint, which is `corefilec lint` under the name that CI calls.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "compiler/command/command.h"

static int
print_help(FILE *out)
{
	size_t n;
	const struct cfc_command *const *commands = cfc_commands(&n);

	fputs("usage: corefilec COMMAND [OPTION...] [COREFILE]\n\n"
	      "Compiles CoreDNS Corefiles into DNS servers.\n\n",
	      out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %-10s  %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n  -version    Prints the version\n\n'corefilec COMMAND --help' tells more.\n",
	      out);
	return out == stdout ? CFC_EXIT_OK : CFC_EXIT_USAGE;
}

static bool
is_option(const char *arg, const char *name)
{
	return arg[0] == '-' && strcmp(arg + 1 + (arg[1] == '-'), name) == 0;
}

int
main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *self = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "corefilec";

	size_t n;
	const struct cfc_command *const *commands = cfc_commands(&n);

	if (argc > 1 && is_option(argv[1], "version")) {
		printf("%s %s\n", self, PACKAGE_VERSION);
		return CFC_EXIT_OK;
	}
	if (strcmp(self, "corefile-lint") == 0)
		return cfc_command_run(&cfc_cmd_lint, argc, argv);
	if (argc < 2)
		return print_help(stderr);
	if (is_option(argv[1], "help") || is_option(argv[1], "h") || strcmp(argv[1], "help") == 0)
		return print_help(stdout);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(argv[1], commands[i]->name) == 0)
			return cfc_command_run(commands[i], argc - 1, argv + 1);
	}
	fprintf(stderr, "corefilec: no such command: '%s'\n", argv[1]);
	return print_help(stderr);
}
