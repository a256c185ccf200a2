/*
 * usage.c - what commands say about themselves, and about command lines that they cannot take.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compiler/command/command.h"

int
cfc_usage(const struct cfc_command *self, const char *fmt, ...)
{
	va_list ap;

	fputs("corefilec: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: corefilec %s %s\n'corefilec %s --help' tells more\n", self->name,
		self->synopsis, self->name);
	return CFC_EXIT_USAGE;
}

int
cfc_help(const struct cfc_command *self)
{
	printf("usage: corefilec %s %s\n\n%s.\n\n%s", self->name, self->synopsis, self->summary,
	       self->help);
	return CFC_EXIT_OK;
}

int
cfc_bad_option(const struct cfc_command *self, int ch, char *const *argv)
{
	const char *word = argv[optind - 1];

	if (ch == ':')
		return cfc_usage(self, "'%s' needs an argument", word);
	/* Of letters in one word getopt tells which one; where it stands in argv is not sure then. */
	if (optopt != 0 && !(strncmp(word, "--", 2) == 0 && strchr(word, '=') != NULL))
		return cfc_usage(self, "bad option '-%c'", optopt);
	return cfc_usage(self, "bad option '%s'", word);
}

int
cfc_bad_value(const struct cfc_command *self, const struct option *longs, int ch,
	      const char *wanted)
{
	while (longs->name != NULL && longs->val != ch)
		longs++;
	return cfc_usage(self, "--%s wants %s, not '%s'", longs->name, wanted, optarg);
}
