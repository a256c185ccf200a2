/*
 * The command line of a compiled server.
 */
#include "config.h"

#include "options.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"

enum option_kind {
	OPTION_BOOL,
	OPTION_TEXT,
	OPTION_PORT,
};

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t offset;     /* in struct options */
	const char *value; /* name of the value in the usage text */
	const char *help;
};

static const struct option_row rows[] = {
	{ .name = "check",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, check),
	  .help = "Do everything that start does, short of serving, and exit" },
	{ .name = "conf",
	  .kind = OPTION_TEXT,
	  .offset = offsetof(struct options, conf),
	  .value = "string",
	  .help = "Corefile that must be the one compiled in (\"stdin\": standard input)" },
	{ .name = "conf-any",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, conf_any),
	  .help = "Start although the Corefile of -conf differs" },
	{ .name = "corefile",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, corefile),
	  .help = "Print the Corefile that is compiled in" },
	{ .name = "dns.port",
	  .kind = OPTION_PORT,
	  .offset = offsetof(struct options, port),
	  .value = "port",
	  .help = "Default port (default 53)" },
	{ .name = "p",
	  .kind = OPTION_PORT,
	  .offset = offsetof(struct options, port),
	  .value = "port",
	  .help = "Default port (default 53)" },
	{ .name = "pidfile",
	  .kind = OPTION_TEXT,
	  .offset = offsetof(struct options, pidfile),
	  .value = "string",
	  .help = "Path to write pid file" },
	{ .name = "plugins",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, plugins),
	  .help = "List compiled-in plugins" },
	{ .name = "quiet",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, quiet),
	  .help = "Quiet mode (no initialization output)" },
	{ .name = "version",
	  .kind = OPTION_BOOL,
	  .offset = offsetof(struct options, version),
	  .help = "Show version" },
};

static void
print_usage(struct buf *text, const char *program)
{
	buf_printf(text, "Usage of %s:\n", program);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		buf_printf(text, "  -%s%s%s\n    \t%s\n", rows[i].name,
			   rows[i].value != NULL ? " " : "",
			   rows[i].value != NULL ? rows[i].value : "", rows[i].help);
	}
}

static const struct option_row *
find_row(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

static bool
set_value(struct options *o, const struct option_row *row, const char *value, struct buf *text)
{
	void *field = (char *)o + row->offset;

	switch (row->kind) {
	case OPTION_BOOL:
		if (num_parse_bool(field, value, strlen(value)) == 0)
			return true;
		buf_printf(text, "invalid boolean value '%s' for -%s\n", value, row->name);
		return false;
	case OPTION_TEXT:
		*(const char **)field = value;
		return true;
	case OPTION_PORT:
		if (num_parse_u16(field, value, strlen(value)) == 0) {
			o->has_port = true;
			return true;
		}
		buf_printf(text, "invalid value '%s' for flag -%s: expected a port, 0 to 65535\n",
			   value, row->name);
		return false;
	}
	return false;
}

/* One flag.  Sets *used to the number of words it took; false after a fault. */
static bool
parse_flag(struct options *o, int left, char *const *words, int *used, struct buf *text)
{
	const char *name = words[0] + (words[0][1] == '-' ? 2 : 1);
	size_t len = strcspn(name, "=");
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	const struct option_row *row;

	*used = 1;
	if (len == 0 || name[0] == '-') {
		buf_printf(text, "bad flag syntax: %s\n", words[0]);
		return false;
	}
	row = find_row(name, len);
	if (row == NULL) {
		buf_printf(text, "flag provided but not defined: -%.*s\n", (int)len, name);
		return false;
	}
	if (value == NULL && row->kind == OPTION_BOOL)
		value = "true";
	if (value == NULL) {
		if (left < 2) {
			buf_printf(text, "flag needs an argument: -%s\n", row->name);
			return false;
		}
		value = words[1];
		*used = 2;
	}
	return set_value(o, row, value, text);
}

static bool
is_help(const char *word)
{
	word += word[0] == '-';
	word += word[0] == '-';
	return strcmp(word, "h") == 0 || strcmp(word, "help") == 0;
}

enum options_result
options_parse(struct options *o, int argc, char *const *argv, struct buf *text)
{
	const char *program = argc > 0 ? argv[0] : "dns";
	int i = 1;

	memset(o, 0, sizeof(*o));
	while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
		int used;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (is_help(argv[i])) {
			print_usage(text, program);
			return OPTIONS_HELP;
		}
		if (!parse_flag(o, argc - i, argv + i, &used, text)) {
			print_usage(text, program);
			return OPTIONS_USAGE;
		}
		i += used;
	}
	if (i >= argc)
		return OPTIONS_RUN;
	buf_puts(text, "extra command line arguments:");
	for (; i < argc; i++)
		buf_printf(text, " %s", argv[i]);
	buf_putc(text, '\n');
	return OPTIONS_EXTRA;
}
