/*
 * cmd_fmt.c - `corefilec fmt`.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/command/command.h"
#include "compiler/syntax/fmt.h"

struct fmt_args {
	bool write, check, diff;
};

static int
put_result(struct cfc *c, const struct cfc_source *s, const char *text, size_t len,
	   const struct fmt_args *a)
{
	bool same = cfc_fmt_same(s, text, len);

	if (a->diff && !same)
		fputs(cfc_diff(c, s->path, s->text, s->len, text, len), stdout);
	if (a->check) {
		if (!same && !a->diff)
			printf("%s\n", s->path);
		return same ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
	if (a->write && s->kind == CFC_SOURCE_FILE) {
		if (same || cfc_write_file(s->path, text, len) == 0)
			return CFC_EXIT_OK;
		cfc_error(c, cfc_no_span(), "CF9004", "cannot write '%s': %s", s->path,
			  strerror(errno));
		return CFC_EXIT_INPUT;
	}
	if (!a->diff)
		fwrite(text, 1, len, stdout);
	return CFC_EXIT_OK;
}

static int
fmt_file(const char *path, const struct fmt_args *a)
{
	struct cfc_source *s;
	struct cfc c;
	size_t len;
	char *text;
	int status = CFC_EXIT_INPUT;

	cfc_init(&c);
	if (strcmp(path, "-") == 0)
		s = cfc_source_fd(&c, STDIN_FILENO, "<stdin>");
	else
		s = cfc_source_file(&c, path, cfc_no_span());
	if (s != NULL && cfc_fmt(&c, s, &text, &len))
		status = put_result(&c, s, text, len, a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

static int
run_fmt(const struct cfc_command *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "write", no_argument, NULL, 'w' },
		{ "check", no_argument, NULL, 'c' },
		{ "diff", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct fmt_args a = { false, false, false };
	int worst = CFC_EXIT_OK;

	for (int ch; (ch = getopt_long(argc, argv, ":wh", longs, NULL)) != -1;) {
		switch (ch) {
		case 'w':
			a.write = true;
			break;
		case 'c':
			a.check = true;
			break;
		case 'd':
			a.diff = true;
			break;
		case 'h':
			return cfc_help(self);
		default:
			return cfc_bad_option(self, ch, argv);
		}
	}
	if (a.check && a.write)
		return cfc_usage(self, "--check writes nothing, so -w cannot go with it");
	if (optind == argc)
		return fmt_file("Corefile", &a);
	for (int i = optind; i < argc; i++) {
		int status = fmt_file(argv[i], &a);

		worst = status > worst ? status : worst;
	}
	return worst;
}

const struct cfc_command cfc_cmd_fmt = {
	.name = "fmt",
	.synopsis = "[-w] [--check] [--diff] [COREFILE...]",
	.summary = "Brings Corefiles into canonical form, comments kept",
	.help = "  -w, --write   write the result back into the file\n"
		"      --check   name the files that are not formatted, and exit 1 if there are "
		"any\n"
		"      --diff    print what would change\n"
		"Without these the result goes to standard output.  COREFILE is ./Corefile when "
		"not\n"
		"given; '-' is standard input.\n",
	.run = run_fmt,
};
