/*
 * errors_setup.c - compile time: where to, and which errors are only counted.
 */
#include "config.h"

#include "errors/errors.h"

#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "compiler/cfc.h"
#include "compiler/plugin.h"
#include "compiler/bind/regexp.h"

static const char *const places[] = { "stdout", NULL };

static const char *const levels[] = {
	[ERRORS_WARNING] = "warning",
	[ERRORS_ERROR] = "error",
	[ERRORS_INFO] = "info",
	[ERRORS_DEBUG] = "debug",
	NULL,
};

static const struct cfc_arg errors_args[] = {
	{ .name = "WHERE",
	  .kind = CFC_ENUM,
	  .arity = CFC_OPT,
	  .values = places,
	  .dflt = "stdout",
	  CFC_AT(struct errors_config, where),
	  .help = "stdout, the only place there is" },
};

/* ---- consolidate DURATION REGEXP [LEVEL] [show_first] ---- */

static const struct cfc_arg period_arg = {
	.name = "DURATION",
	.kind = CFC_DURATION,
	.min = 1,
	.lax = CFC_LAX_MIN,
};

static const struct cfc_arg level_arg = {
	.name = "LEVEL",
	.kind = CFC_ENUM,
	.values = levels,
};

static bool
bad_count(struct cfc_bind *b, const struct cfc_line *line)
{
	cfc_error(
		b->c, line->tokens[0].span, "CF2001",
		"'consolidate' needs a duration and a regular expression and takes two more words");
	cfc_note(b->c, cfc_no_span(),
		 "usage: consolidate DURATION REGEXP [warning|error|info|debug] [show_first]");
	return false;
}

/* Every text of an error, which is never empty, matches. */
static bool
matches_all(const char *regexp)
{
	static const char *const all[] = { "", ".", ".*", ".+", "^", "^.*", ".*$", "^.*$" };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (strcmp(regexp, all[i]) == 0)
			return true;
	}
	return false;
}

/* The rules of a directive up to the line that is read. */
struct earlier {
	const struct cfc_directive *of;
	size_t n;                   /* lines taken in */
	const struct cfc_line *all; /* the first that counts every error; NULL = none yet */
	struct map *first;          /* regular expression -> its first line */
};

static const struct cfc_line *
rule_of(const struct earlier *e, const struct cfc_line *line)
{
	return cfc_map_get(e->first, line->tokens[2].text, line->tokens[2].len);
}

/* Those before the line; it is one of the directive's. */
static const struct earlier *
rules_before(struct cfc_bind *b, const struct cfc_line *line)
{
	struct earlier *e = b->memo;

	if (e == NULL || e->of != b->directive) {
		e = b->memo = cfc_array(b->c, 1, sizeof(*e));
		e->of = b->directive;
		e->first = cfc_map(b->c);
	}
	for (; e->n < e->of->nlines && e->of->lines[e->n].tokens != line->tokens; e->n++) {
		const struct cfc_line *l = &e->of->lines[e->n];

		if (strcmp(l->tokens[0].text, "consolidate") != 0 || l->ntokens < 3)
			continue;
		if (e->all == NULL && matches_all(l->tokens[2].text))
			e->all = l;
		if (rule_of(e, l) == NULL)
			cfc_map_set(e->first, l->tokens[2].text, l->tokens[2].len, l);
	}
	return e;
}

/* The first rule that matches counts an error, and no other. */
static void
warn_hidden(struct cfc_bind *b, const struct cfc_line *line)
{
	const struct earlier *e = rules_before(b, line);
	const struct cfc_line *first = rule_of(e, line);

	if (first == NULL || (e->all != NULL && e->all < first))
		first = e->all;
	if (first == NULL)
		return;
	cfc_warn(b->c, line->tokens[0].span, "CF3003",
		 "this rule is never used: an earlier one counts all that it is for");
	cfc_note(b->c, first->tokens[0].span,
		 "the earlier one; the first that matches counts, so put the special one first");
}

static bool
parse_consolidate(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct errors_config *errors = config;
	struct errors_pattern pattern = { .level = ERRORS_ERROR };
	const struct cfc_token *tok = line->tokens;
	size_t n = line->ntokens, at = 3;

	if (n < 3 || n > 5)
		return bad_count(b, line);
	bool ok = cfc_bind_value(b, &period_arg, &tok[1], &pattern.period);
	ok = cfc_regexp(b->c, tok[2].span, tok[2].text, tok[2].len, &pattern.pcre) && ok;
	pattern.text = tok[2].text;
	if (at < n && strcmp(tok[at].text, "show_first") != 0)
		ok = cfc_bind_value(b, &level_arg, &tok[at++], &pattern.level) && ok;
	if (at < n && strcmp(tok[at].text, "show_first") == 0) {
		pattern.show_first = true;
		at++;
	}
	while (b->c->compat && at < n && strcmp(tok[at].text, "show_first") == 0)
		at++;
	if (at < n) {
		cfc_error(b->c, tok[at].span, "CF2001", "unexpected '%s' after '%s'", tok[at].text,
			  tok[at - 1].text);
		cfc_note(b->c, cfc_no_span(), "the level stands before 'show_first'");
		return false;
	}
	if (!ok)
		return false;
	warn_hidden(b, line);
	*(struct errors_pattern *)cfc_list_add(b, &errors->patterns, sizeof(pattern)) = pattern;
	cfc_bind_mark(b, offsetof(struct errors_config, patterns));
	return true;
}

static bool
errors_check(struct cfc_bind *b, void *config)
{
	struct errors_config *errors = config;

	if (errors->patterns.n > 0) {
		/* CFC_SYMBOL: the object's name stands for it. */
		errors->consolidation = (const void *)"errors_consolidation";
		cfc_bind_mark(b, offsetof(struct errors_config, consolidation));
	}
	return true;
}

static const struct cfc_option errors_options[] = {
	{ .name = "stacktrace",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct errors_config, stacktrace),
	  .help = "logs the stack when something impossible happens" },
	{ .name = "consolidate",
	  .repeat = CFC_REPEAT_EACH,
	  .parse = parse_consolidate,
	  .syntax = "DURATION REGEXP [LEVEL] [show_first]",
	  .help = "counts errors that match and tells their number after DURATION" },
};

static const struct cfc_field pattern_fields[] = {
	{ .field = "text", .kind = CFC_STRING, .offset = offsetof(struct errors_pattern, text) },
	{ .field = "pcre", .kind = CFC_STRING, .offset = offsetof(struct errors_pattern, pcre) },
	{ .field = "period",
	  .kind = CFC_DURATION,
	  .offset = offsetof(struct errors_pattern, period) },
	{ .field = "level",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct errors_pattern, level),
	  .values = levels },
	{ .field = "show_first",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct errors_pattern, show_first) },
};

/* "i/o timeout$" 5m0s warning show_first */
static void
pattern_text(const void *one, struct buf *out)
{
	const struct errors_pattern *p = one;
	char period[DURATION_TEXT_MAX];

	duration_format((int64_t)p->period, period);
	buf_printf(out, "\"%s\" %s %s%s", p->text, period, levels[p->level],
		   p->show_first ? " show_first" : "");
}

static const struct cfc_struct pattern_struct = {
	.type = "struct errors_pattern",
	.size = sizeof(struct errors_pattern),
	.fields = pattern_fields,
	.nfields = ARRAY_SIZE(pattern_fields),
	.text = pattern_text,
};

static const struct cfc_field errors_fields[] = {
	{ .field = "patterns",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct errors_config, patterns),
	  .comment = "the first that matches counts",
	  .elems = &pattern_struct },
	{ .field = "consolidation",
	  .kind = CFC_SYMBOL,
	  .offset = offsetof(struct errors_config, consolidation) },
};

const struct cfc_plugin errors_plugin = {
	.name = "errors",
	.summary = "logs why queries failed",
	CFC_CONFIG(errors_config),
	.directive = { CFC_ARGS(errors_args) },
	CFC_OPTIONS(errors_options),
	CFC_FIELDS(errors_fields),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_REPLY | CFC_START,
	.traits = CFC_HANDLER,
	.check = errors_check,
};
