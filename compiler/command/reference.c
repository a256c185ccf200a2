/*
 * reference.c - Markdown from the option tables.
 */
#include "config.h"

#include "compiler/command/reference.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/duration.h"
#include "compiler/bind/options.h"

const char *
cfc_repeat_text(enum cfc_repeat repeat)
{
	switch (repeat) {
	case CFC_REPEAT_LAST:
		return "the last one counts, with a warning";
	case CFC_REPEAT_FIRST:
		return "the first one counts, with a warning";
	case CFC_REPEAT_ERROR:
		return "an error";
	case CFC_REPEAT_MERGE:
		return "they add up";
	case CFC_REPEAT_EACH:
		return "each is an instance of its own, in the order of the file";
	case CFC_REPEAT_SAME:
		return "the same as once";
	}
	return "";
}

/* The words or numbers that it may be. */
static void
print_range(const struct cfc_arg *arg, struct buf *out)
{
	char low[DURATION_TEXT_MAX], high[DURATION_TEXT_MAX];

	for (size_t i = 0; arg->values != NULL && arg->values[i] != NULL; i++)
		buf_printf(out, "%s`%s`",
			   i == 0                       ? " "
			   : arg->values[i + 1] == NULL ? " or "
							: ", ",
			   arg->values[i]);
	if (arg->min == 0 && arg->max == 0)
		return;
	bool duration = arg->kind == CFC_DURATION || arg->kind == CFC_INTERVAL;
	int64_t much = duration ? 1000 * 24 * DURATION_H : INT32_MAX;
	if (!duration) {
		snprintf(low, sizeof(low), "%lld", (long long)arg->min);
		snprintf(high, sizeof(high), "%lld", (long long)arg->max);
	} else {
		duration_format(arg->min, low);
		duration_format(arg->max, high);
	}
	if (arg->max == 0 || arg->max >= much)
		buf_printf(out, " at least %s", low);
	else
		buf_printf(out, " %s to %s", low, high);
}

void
cfc_reference_arg(const struct cfc_arg *arg, struct buf *out)
{
	size_t before = out->len;

	if (arg->help != NULL)
		buf_printf(out, " %s", arg->help);
	if (arg->unit != NULL)
		buf_printf(out, "%s in %s", arg->help != NULL ? "," : "", arg->unit);
	if (out->len > before && (arg->values != NULL || arg->min != 0 || arg->max != 0))
		buf_putc(out, ':');
	print_range(arg, out);
	if (arg->dflt != NULL)
		buf_printf(out, " (default `%s`)", arg->dflt);
}

void
cfc_reference_args(const struct cfc_option *opt, struct buf *out)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		size_t start = out->len;

		buf_printf(out, "  - %s:", opt->args[i].name);
		size_t before = out->len;
		cfc_reference_arg(&opt->args[i], out);
		if (out->len == before)
			buf_truncate(out, start);
		else
			buf_putc(out, '\n');
	}
}

bool
cfc_plugin_is_served(const struct cfc_plugin *p)
{
	return (p->traits & CFC_LINT_ONLY) == 0;
}

const char *
cfc_reference_help(const struct cfc_option *opt)
{
	if (opt->ignored)
		return "accepted, and without effect";
	return opt->help != NULL ? opt->help : "";
}

void
cfc_reference_syntax(const struct cfc_plugin *p, struct buf *out)
{
	cfc_option_syntax(&p->directive, p->name, out);
	if (p->noptions == 0)
		return;
	buf_puts(out, " {\n");
	for (unsigned i = 0; i < p->noptions; i++) {
		buf_puts(out, "    ");
		cfc_option_syntax(&p->options[i], p->options[i].name, out);
		buf_putc(out, '\n');
	}
	buf_putc(out, '}');
}

void
cfc_reference_plugin(const struct cfc_plugin *p, struct buf *out)
{
	buf_printf(out, "## %s\n\n%s.%s\n\n```text\n", p->name, p->summary,
		   cfc_plugin_is_served(p) ? "" : " Checked, but not served by this build.");
	cfc_reference_syntax(p, out);
	buf_printf(out, "\n```\n\nTwice in one server block: %s.\n\n", cfc_repeat_text(p->repeat));
	cfc_reference_args(&p->directive, out);
	for (unsigned i = 0; i < p->noptions; i++) {
		buf_printf(out, "- `%s`: %s\n", p->options[i].name,
			   cfc_reference_help(&p->options[i]));
		cfc_reference_args(&p->options[i], out);
	}
	buf_putc(out, '\n');
}
