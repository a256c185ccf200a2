/*
 * cmd_completion.c - `corefilec completion SHELL`: a script that completes command lines.
 *
 * The options of a command are read from its help text, which every command has and which a test holds
 * against what it takes: so there is no second list of them.
 */
#include "config.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "compiler/checks/checks.h"
#include "compiler/command/completion.h"
#include "compiler/plugins.h"

/* ---- words ---- */

static const char *
keep(struct cfc *c, struct buf *b)
{
	const char *text = arena_strdup(c->arena, buf_cstr(b));

	buf_release(b);
	return text;
}

static const char *
rule_words(struct cfc *c)
{
	struct buf b;
	size_t n;
	const struct cfc_rule *rules = cfc_rules(&n);

	buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", rules[i].id);
	return keep(c, &b);
}

static const char *
plugin_words(struct cfc *c)
{
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < c->nplugins; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", c->plugins[i]->name);
	return keep(c, &b);
}

/* The length of the next item of "text (default), gcc or json"; 0 = that is no list of words. */
static size_t
item_length(const char *s)
{
	size_t len = 0;

	while (islower((unsigned char)s[len]) || isdigit((unsigned char)s[len]) || s[len] == '_')
		len++;
	if (strncmp(s, "...", 3) == 0)
		len = 3;
	return len;
}

/* The words that a help text enumerates, behind its colon if there is one; NULL = it does not. */
static const char *
enumerated(struct cfc *c, const char *help)
{
	const char *colon = strstr(help, ": ");
	const char *s = colon != NULL ? colon + 2 : help;
	unsigned count = 0;
	struct buf b;

	buf_init(&b, 4096);
	while (*s != '\0') {
		size_t len = item_length(s);

		if (len == 0)
			break;
		if (s[0] != '.')
			buf_printf(&b, "%s%.*s", count++ > 0 ? " " : "", (int)len, s);
		s += len;
		s += strncmp(s, " (default)", 10) == 0 ? 10 : 0;
		if (strncmp(s, ", ", 2) == 0)
			s += 2;
		else if (strncmp(s, " or ", 4) == 0)
			s += 4;
		else
			break;
	}
	const char *words = keep(c, &b);
	return *s == '\0' && count > 1 ? words : NULL;
}

static struct completion_value
value_of(struct cfc *c, const char *name, const char *help)
{
	struct completion_value v = { .kind = COMPLETION_ANYTHING, .name = name };

	if (strcmp(name, "FILE") == 0)
		v.kind = COMPLETION_FILE;
	else if (strcmp(name, "DIR") == 0)
		v.kind = COMPLETION_FOLDER;
	else if (strcmp(name, "ID") == 0)
		v.words = rule_words(c);
	else
		v.words = enumerated(c, help);
	if (v.words != NULL)
		v.kind = COMPLETION_WORDS;
	return v;
}

/* ---- help texts ---- */

/* "  -f, --format FORMAT   text": false = the line is about no option. */
static bool
read_option(struct cfc *c, const char *line, size_t len, struct completion_option *o)
{
	const char *s = arena_strndup(c->arena, line, len);
	const char *text = s + strspn(s, " ");
	const char *gap = strstr(text, "  ");

	*o = (struct completion_option){ .help = "" };
	if (text == s || text[0] != '-')
		return false;
	size_t head = gap != NULL ? (size_t)(gap - text) : strlen(text);
	o->help = gap != NULL ? gap + strspn(gap, " ") : "";
	for (size_t i = 0; i < head;) {
		size_t n = strcspn(text + i, ", ");
		n = n < head - i ? n : head - i;
		if (text[i] == '-' && text[i + 1] == '-')
			o->name = arena_strndup(c->arena, text + i + 2, n - 2);
		else if (text[i] == '-')
			o->letter = text[i + 1];
		else
			o->value = value_of(c, arena_strndup(c->arena, text + i, n), o->help);
		i += n;
		i += strspn(text + i, ", ");
	}
	return true;
}

static void
read_options(struct cfc *c, struct completion_command *m)
{
	static const char help_line[] = "  -h, --help  print this";
	size_t room = 0;

	for (const char *s = m->command->help; s != NULL && *s != '\0';) {
		size_t len = strcspn(s, "\n");
		struct completion_option o;

		if (read_option(c, s, len, &o)) {
			m->options =
				cfc_grow(c, m->options, m->noptions, &room, sizeof(m->options[0]));
			m->options[m->noptions++] = o;
		}
		s += len + (s[len] == '\n');
	}
	m->options = cfc_grow(c, m->options, m->noptions, &room, sizeof(m->options[0]));
	read_option(c, help_line, strlen(help_line), &m->options[m->noptions++]);
}

/* What the synopsis says may stand without an option. */
static struct completion_value
operand_of(struct cfc *c, const struct cfc_command *command)
{
	struct completion_value v = { .kind = COMPLETION_NOTHING };

	if (command == &cfc_cmd_plugins)
		v = (struct completion_value){ COMPLETION_WORDS, "NAME", plugin_words(c) };
	else if (command == &cfc_cmd_completion)
		v = (struct completion_value){ COMPLETION_WORDS, "SHELL", "bash zsh fish" };
	else if (command != &cfc_cmd_explain && strstr(command->synopsis, "COREFILE") != NULL)
		v = (struct completion_value){ COMPLETION_FILE, "COREFILE", NULL };
	return v;
}

static void
read_commands(struct cfc *c, struct completion *m)
{
	const struct cfc_command *const *commands = cfc_commands(&m->ncommands);

	m->commands = cfc_array(c, m->ncommands, sizeof(m->commands[0]));
	for (size_t i = 0; i < m->ncommands; i++) {
		m->commands[i].command = commands[i];
		m->commands[i].operand = operand_of(c, commands[i]);
		read_options(c, &m->commands[i]);
	}
}

/* ---- the command ---- */

static const struct {
	const char *name;
	completion_print_fn *print;
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static int
print_script(completion_print_fn *print)
{
	struct completion m;
	struct buf out;
	struct cfc c;

	cfc_init(&c);
	cfc_plugins_init(&c);
	read_commands(&c, &m);
	buf_init(&out, (size_t)1 << 20);
	print(&m, &out);
	fwrite(buf_cstr(&out), 1, out.len, stdout);
	buf_release(&out);
	cfc_release(&c);
	return CFC_EXIT_OK;
}

static int
run_completion(struct cfc_call *call)
{
	if (call->nwords != 1)
		return cfc_usage(call->self, "the name of a shell is wanted");
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		if (strcmp(call->words[0], shells[i].name) == 0)
			return print_script(shells[i].print);
	return cfc_usage(call->self, "no completion for '%s'", call->words[0]);
}

static const struct option longs[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

const struct cfc_command cfc_cmd_completion = {
	.name = "completion",
	.synopsis = "bash|zsh|fish",
	.summary = "Prints a script with which a shell completes command lines",
	.help = "'make install' puts the scripts where the shells look for them.  To try one:\n"
		"  source <(corefilec completion bash)\n"
		"  source <(corefilec completion zsh)      (after compinit)\n"
		"  corefilec completion fish | source\n",
	.letters = ":h",
	.longs = longs,
	.run = run_completion,
};
