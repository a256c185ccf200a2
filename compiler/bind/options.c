/*
 * options.c - walks a directive through its plugin's option table into the config struct.
 */
#include "config.h"

#include "compiler/bind/options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/num.h"
#include "base/xalloc.h"
#include "compiler/bind/removed.h"
#include "compiler/fields.h"
#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/suggest.h"
#include "compiler/bind/value.h"

/* ---- what was written ---- */

bool
cfc_bind_was_set(const struct cfc_bind *b, size_t offset)
{
	return b->instance->was_set[offset] != 0;
}

void
cfc_bind_mark(struct cfc_bind *b, size_t offset)
{
	b->instance->was_set[offset] = 1;
}

const struct cfc_line *
cfc_find_line(const struct cfc_directive *d, const char *word)
{
	for (size_t i = 0; i < d->nlines; i++) {
		if (strcmp(d->lines[i].tokens[0].text, word) == 0)
			return &d->lines[i];
	}
	return NULL;
}

/* ---- syntax as text ---- */

void
cfc_option_syntax(const struct cfc_option *opt, const char *name, struct buf *out)
{
	buf_puts(out, name);
	if (opt->syntax != NULL) {
		if (opt->syntax[0] != '\0')
			buf_printf(out, " %s", opt->syntax);
		return;
	}
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];

		switch (arg->arity) {
		case CFC_ONE:
			buf_printf(out, " %s", arg->name);
			break;
		case CFC_OPT:
		case CFC_IF:
			buf_printf(out, " [%s]", arg->name);
			break;
		case CFC_REST:
			buf_printf(out, " [%s...]", arg->name);
			break;
		case CFC_MANY:
			buf_printf(out, " %s...", arg->name);
			break;
		}
	}
}

static void
note_syntax(struct cfc_bind *b, const struct cfc_option *opt)
{
	struct buf text;

	buf_init(&text, 4096);
	cfc_option_syntax(opt, opt->name != NULL ? opt->name : b->plugin->name, &text);
	cfc_note(b->c, cfc_no_span(), "usage: %s", buf_cstr(&text));
	buf_release(&text);
}

/* ---- arguments ---- */

static bool
looks_numeric(bool compat, const struct cfc_arg *arg, const struct cfc_token *tok)
{
	int64_t n;

	if (arg->kind == CFC_DURATION)
		return duration_parse(&n, tok->text, tok->len) == 0;
	int rc = num_parse_int(&n, tok->text, tok->len, 10);
	/* What is no number in 64 bits is none to CoreDNS, and the next argument. */
	return rc == 0 || (rc != RT_ESYNTAX && !compat);
}

static void
report_count(struct cfc_bind *b, const char *name, struct cfc_span span,
	     const struct cfc_token *toks, size_t n, size_t least, size_t most)
{
	if (n < least)
		cfc_error(b->c, span, "CF2001", "'%s' needs %zu argument%s and has %zu", name,
			  least, least == 1 ? "" : "s", n);
	else if (most == 0)
		cfc_error(b->c, toks[0].span, "CF2001", "'%s' takes no argument", name);
	else
		cfc_error(b->c, toks[most].span, "CF2001", "'%s' takes at most %zu argument%s",
			  name, most, most == 1 ? "" : "s");
}

static bool
check_count(struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_token *toks,
	    size_t n, struct cfc_span span)
{
	const char *name = opt->name != NULL ? opt->name : b->plugin->name;
	size_t least = 0, most = 0;

	for (unsigned i = 0; i < opt->nargs; i++) {
		least += opt->args[i].arity == CFC_ONE || opt->args[i].arity == CFC_MANY;
		if (opt->args[i].arity == CFC_REST || opt->args[i].arity == CFC_MANY)
			most = SIZE_MAX;
		else if (most != SIZE_MAX)
			most++;
	}
	if (n >= least && n <= most)
		return true;
	if (b->c->compat && (opt->lax & (n < least ? CFC_LAX_FEWER : CFC_LAX_MORE)) != 0)
		return true;
	report_count(b, name, span, toks, n, least, most);
	note_syntax(b, opt);
	return false;
}

/* The first written value of a list replaces the default ones. */
static void
start_list(struct cfc_bind *b, const struct cfc_arg *arg, char *field)
{
	if (cfc_kind_is_list(arg->kind) && !cfc_bind_was_set(b, arg->offset) && arg->dflt != NULL)
		memset(field, 0, cfc_kind_size(arg->kind));
}

static bool
bind_list(struct cfc_bind *b, const struct cfc_arg *arg, const struct cfc_token *toks, size_t n,
	  char *field)
{
	bool ok = true;

	if (arg->nmax != 0 && n > arg->nmax) {
		cfc_error(b->c, toks[arg->nmax].span, "CF2001", "'%s' takes at most %u of %s",
			  b->plugin->name, arg->nmax, arg->name);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		ok = cfc_bind_value(b, arg, &toks[i], field) && ok;
	return ok;
}

const struct cfc_arg *
cfc_option_arg(const struct cfc_option *opt, const struct cfc_token *toks, size_t n, size_t index)
{
	size_t at = 0;

	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];

		if (arg->arity == CFC_IF && at < n && !looks_numeric(false, arg, &toks[at]))
			continue;
		if (at == index || arg->arity == CFC_REST || arg->arity == CFC_MANY)
			return arg;
		at++;
	}
	return NULL;
}

bool
cfc_bind_args(struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_token *toks,
	      size_t n, struct cfc_span span, void *config)
{
	size_t at = 0;
	bool ok = true;

	if (!check_count(b, opt, toks, n, span))
		return false;
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];
		char *field = (char *)config + arg->offset;

		if (arg->kind == CFC_FALLTHROUGH) {
			((struct rt_fallthrough *)(void *)field)->enabled = true;
			cfc_bind_mark(b, arg->offset);
		}
		if (at == n ||
		    (arg->arity == CFC_IF && !looks_numeric(b->c->compat, arg, &toks[at])))
			continue;
		start_list(b, arg, field);
		if (arg->arity == CFC_REST || arg->arity == CFC_MANY) {
			ok = bind_list(b, arg, toks + at, n - at, field) && ok;
			at = n;
		} else {
			ok = cfc_bind_value(b, arg, &toks[at], field) && ok;
			at++;
		}
		if (arg->kind != CFC_NONE)
			cfc_bind_mark(b, arg->offset);
	}
	if (at < n &&
	    !(b->c->compat &&
	      (opt->lax & CFC_LAX_MORE) !=
		      0)) { /* a CFC_IF word that was none, and nothing after it takes words */
		cfc_error(b->c, toks[at].span, "CF2001", "unexpected argument '%s'", toks[at].text);
		note_syntax(b, opt);
		return false;
	}
	return ok;
}

static const struct cfc_option *find_option(const struct cfc_plugin *plugin, const char *name);

bool
cfc_bind_count(struct cfc_bind *b, const struct cfc_line *line, size_t least, size_t most)
{
	const char *name = line->tokens[0].text;
	const struct cfc_option *opt = find_option(b->plugin, name);
	size_t n = line->ntokens - 1;

	if (line->has_block) {
		cfc_error(b->c, line->open, "CF2001", "'%s' takes no block", name);
		return false;
	}
	if (opt == NULL)
		opt = &b->plugin->directive;
	if (n >= least && n <= most)
		return true;
	if (b->c->compat && (opt->lax & (n < least ? CFC_LAX_FEWER : CFC_LAX_MORE)) != 0)
		return true;
	report_count(b, name, line->tokens[0].span, line->tokens + 1, n, least, most);
	note_syntax(b, opt);
	return false;
}

/* ---- defaults ---- */

static void
default_args(struct cfc_bind *b, const struct cfc_option *opt, char *config)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];
		struct cfc_token tok = { .text = arg->dflt };

		if (arg->dflt == NULL || arg->kind == CFC_NONE)
			continue;
		tok.len = strlen(arg->dflt);
		tok.span = cfc_no_span();
		bool good = cfc_bind_value(b, arg, &tok, config + arg->offset);
		assert(good); /* a table with a bad default: no input can cause it */
		(void)good;
	}
}

void
cfc_bind_defaults(struct cfc_bind *b, void *config)
{
	default_args(b, &b->plugin->directive, config);
	for (unsigned i = 0; i < b->plugin->noptions; i++)
		default_args(b, &b->plugin->options[i], config);
	if (b->plugin->init != NULL)
		b->plugin->init(b, config);
}

/* ---- block lines ---- */

static const struct cfc_option *
find_option(const struct cfc_plugin *plugin, const char *name)
{
	for (unsigned i = 0; i < plugin->noptions; i++) {
		if (strcmp(plugin->options[i].name, name) == 0)
			return &plugin->options[i];
	}
	return NULL;
}

bool
cfc_bind_unknown(struct cfc_bind *b, const struct cfc_line *line)
{
	const struct cfc_plugin *p = b->plugin;
	const char **names = cfc_array(b->c, p->noptions + 1, sizeof(*names));
	struct buf all;

	cfc_error(b->c, line->tokens[0].span, "CF2004", "unknown option '%s' of '%s'",
		  line->tokens[0].text, p->name);
	const struct cfc_removed *gone = cfc_removed_option(p->name, line->tokens[0].text);
	if (gone != NULL) {
		cfc_note(b->c, cfc_no_span(), "CoreDNS has it no more: %s", gone->why);
		cfc_fix_delete_line(b->c, "remove the line", line);
		return false;
	}
	buf_init(&all, 4096);
	for (unsigned i = 0; i < p->noptions; i++) {
		names[i] = p->options[i].name;
		if (!p->options[i].ignored && !p->options[i].undocumented)
			buf_printf(&all, "%s%s", all.len > 0 ? ", " : "", names[i]);
	}
	const char *near = cfc_suggest(line->tokens[0].text, names, p->noptions);
	if (near != NULL) {
		cfc_note(b->c, line->tokens[0].span, "did you mean '%s'?", near);
		cfc_fix_word(b->c, cfc_printf(b->c, "write '%s'", near), &line->tokens[0], near);
	} else if (all.len > 0) {
		cfc_note(b->c, cfc_no_span(), "options of '%s' are: %s", p->name, buf_cstr(&all));
	}
	buf_release(&all);
	return false;
}

/* false: this line is not to be bound. */
static bool
again(struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_line *line,
      const struct cfc_line *before, bool *ok)
{
	struct cfc_span span = line->tokens[0].span;

	if (b->c->compat && (opt->lax & CFC_LAX_REPEAT) != 0)
		return true;
	switch (opt->repeat) {
	case CFC_REPEAT_ERROR:
		cfc_error(b->c, span, "CF2010", "option '%s' is given twice", opt->name);
		cfc_note(b->c, before->tokens[0].span, "the first one is here");
		cfc_fix_delete_same_line(b->c, "remove the second one", line, before);
		*ok = false;
		return false;
	case CFC_REPEAT_FIRST:
		cfc_warn(b->c, span, "CF2010", "option '%s' is given twice, this one has no effect",
			 opt->name);
		cfc_note(b->c, before->tokens[0].span, "the first one is here");
		cfc_fix_delete_line(b->c, "remove the line", line);
		return false;
	case CFC_REPEAT_LAST:
		cfc_warn(b->c, span, "CF2010",
			 "option '%s' is given twice, this one replaces the first", opt->name);
		cfc_note(b->c, before->tokens[0].span, "the first one is here");
		cfc_fix_delete_line(b->c, "remove the one that is replaced", before);
		return true;
	case CFC_REPEAT_MERGE:
	case CFC_REPEAT_EACH:
	case CFC_REPEAT_SAME:
		return true;
	}
	return true;
}

/* A repeated option whose last value counts starts from nothing again. */
static void
forget_values(struct cfc_bind *b, const struct cfc_option *opt, char *config)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		if (opt->args[i].kind == CFC_NONE)
			continue;
		memset(config + opt->args[i].offset, 0, cfc_kind_size(opt->args[i].kind));
	}
	default_args(b, opt, config);
}

/* ---- what plugins read themselves ---- */

struct changes {
	struct cfc_bind *b;
	const char *before, *after; /* the config */
};

static void
mark_changed(void *arg, const struct cfc_field *f, const char *unit)
{
	const struct changes *ch = arg;

	(void)unit;
	if (memcmp(ch->before + f->offset, ch->after + f->offset, cfc_kind_size(f->kind)) != 0)
		cfc_bind_mark(ch->b, f->offset);
}

/* The fields that a plugin's own function changes count as written. */
static bool
parse_line(struct cfc_bind *b, bool (*parse)(struct cfc_bind *, void *, const struct cfc_line *),
	   char *config, const struct cfc_line *line)
{
	size_t size = b->plugin->config_size;
	char *before = memcpy(xmalloc(size + 1), config, size);
	struct changes ch = { b, before, config };
	bool ok = parse(b, config, line);

	cfc_each_field(b->plugin, mark_changed, &ch);
	free(before);
	return ok;
}

/* ---- lines ---- */

static bool
bind_option(struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_line *line,
	    char *config)
{
	if (line->has_block) {
		cfc_error(b->c, line->open, "CF2001", "option '%s' takes no block", opt->name);
		return false;
	}
	if (opt->ignored && (opt->lax & CFC_LAX_FLAT) != 0 &&
	    !check_count(b, opt, line->tokens + 1, line->ntokens - 1, line->tokens[0].span))
		return false;
	if (opt->ignored) {
		cfc_warn(b->c, line->tokens[0].span, "CF2011", "option '%s' has no effect any more",
			 opt->name);
		cfc_note(b->c, line->tokens[0].span, "remove the line");
		cfc_fix_delete_line(b->c, "remove the line", line);
		return true;
	}
	if (opt->flag_field != NULL) {
		*(bool *)(config + opt->flag_offset) = true;
		cfc_bind_mark(b, opt->flag_offset);
	}
	if (opt->parse != NULL)
		return parse_line(b, opt->parse, config, line);
	return cfc_bind_args(b, opt, line->tokens + 1, line->ntokens - 1, line->tokens[0].span,
			     config);
}

/* Options that need or exclude others; seen[] has the line of each option that was written. */
static bool
check_relations(struct cfc_bind *b, const struct cfc_line *const *seen)
{
	const struct cfc_plugin *p = b->plugin;
	bool ok = true;

	for (unsigned i = 0; i < p->noptions; i++) {
		const struct cfc_option *opt = &p->options[i];
		const struct cfc_option *need = opt->needs ? find_option(p, opt->needs) : NULL;
		const struct cfc_option *foe = opt->excludes ? find_option(p, opt->excludes) : NULL;

		if (seen[i] == NULL)
			continue;
		if (need != NULL && seen[need - p->options] == NULL) {
			cfc_error(b->c, seen[i]->tokens[0].span, "CF2005",
				  "option '%s' needs '%s' as well", opt->name, opt->needs);
			ok = false;
		}
		if (foe != NULL && seen[foe - p->options] != NULL) {
			cfc_error(b->c, seen[i]->tokens[0].span, "CF2006",
				  "options '%s' and '%s' exclude each other", opt->name,
				  opt->excludes);
			cfc_note(b->c, seen[foe - p->options]->tokens[0].span, "'%s' is here",
				 opt->excludes);
			ok = false;
		}
	}
	return ok;
}

/*
 * How many words of a line belong to its option.  CoreDNS goes through the words of a block without
 * minding the ends of lines, so some options leave what they do not want to be the next option.
 */
static size_t
words_of(const struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_line *line)
{
	if (!b->c->compat || opt == NULL || (opt->lax & CFC_LAX_FLAT) == 0 ||
	    line->ntokens <= 1 + opt->nargs)
		return line->ntokens;
	return 1 + opt->nargs;
}

/* Binds the first option of a line and takes its words away. */
static bool
bind_words(struct cfc_bind *b, struct cfc_line *rest, const struct cfc_line **seen, char *config)
{
	const struct cfc_option *opt = find_option(b->plugin, rest->tokens[0].text);
	struct cfc_line *line = cfc_array(b->c, 1, sizeof(*line));
	bool ok = true;

	*line = *rest;
	line->ntokens = words_of(b, opt, rest);
	rest->tokens += line->ntokens;
	rest->ntokens -= line->ntokens;
	line->has_block = rest->ntokens == 0 && rest->has_block;
	if (opt == NULL)
		return b->plugin->line != NULL ? parse_line(b, b->plugin->line, config, line)
					       : cfc_bind_unknown(b, line);
	const struct cfc_line **before = &seen[opt - b->plugin->options];
	if (*before != NULL && !again(b, opt, line, *before, &ok))
		return ok;
	if (*before != NULL && opt->repeat == CFC_REPEAT_LAST && opt->parse == NULL)
		forget_values(b, opt, config);
	if (*before == NULL)
		*before = line;
	return bind_option(b, opt, line, config) && ok;
}

static bool
bind_lines(struct cfc_bind *b, char *config)
{
	const struct cfc_line **seen =
		cfc_array(b->c, b->plugin->noptions + 1, sizeof(struct cfc_line *));
	bool ok = true;

	for (size_t i = 0; i < b->directive->nlines; i++) {
		struct cfc_line rest = b->directive->lines[i];

		while (rest.ntokens > 0)
			ok = bind_words(b, &rest, seen, config) && ok;
	}
	return check_relations(b, seen) && ok;
}

/* The words of the directive's own line. */
static bool
bind_head(struct cfc_bind *b, char *config, const struct cfc_token *name,
	  const struct cfc_token *args, size_t n)
{
	const struct cfc_option *opt = &b->plugin->directive;
	struct cfc_line line = { .ntokens = n + 1 };

	if (opt->parse == NULL && b->c->compat && (opt->lax & CFC_LAX_ARGS) != 0)
		return true;
	if (opt->parse == NULL)
		return cfc_bind_args(b, opt, args, n, name->span, config);
	line.tokens = cfc_array(b->c, line.ntokens, sizeof(*line.tokens));
	line.tokens[0] = *name;
	if (n > 0)
		memcpy(line.tokens + 1, args, n * sizeof(*args));
	return parse_line(b, opt->parse, config, &line);
}

/*
 * A block that CoreDNS does not read as one (CFC_LAX_HEADS): its lines are further directives, whatever
 * their first words.
 */
static bool
bind_heads(struct cfc_bind *b, void *config, const struct cfc_line *lines, size_t n)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		ok = bind_head(b, config, &lines[i].tokens[0], lines[i].tokens + 1,
			       lines[i].ntokens - 1) &&
		     bind_heads(b, config, lines[i].lines, lines[i].nlines) && ok;
	return ok;
}

static bool
bind_unread_block(struct cfc_bind *b, void *config)
{
	const struct cfc_directive *d = b->directive;
	const struct cfc_token close = { .text = "}", .len = 1, .span = d->close };

	if (!d->has_block)
		return true;
	if (d->nlines == 0 && d->open.line == d->close.line) /* '{ }' */
		return bind_head(b, config, &d->name, &close, 1);
	return bind_head(b, config, &d->name, NULL, 0) &&
	       bind_heads(b, config, d->lines, d->nlines);
}

/* The block of a directive that has no options. */
static bool
check_no_block(struct cfc_bind *b)
{
	const struct cfc_directive *d = b->directive;
	unsigned lax = b->plugin->directive.lax;

	if (!d->has_block || (d->nlines == 0 && (lax & CFC_LAX_EMPTY) != 0) ||
	    (b->c->compat && (lax & CFC_LAX_BLOCK) != 0))
		return true;
	cfc_error(b->c, d->open, "CF2001", "'%s' takes no block", b->plugin->name);
	return false;
}

bool
cfc_bind_directive(struct cfc_bind *b, void *config)
{
	const struct cfc_directive *d = b->directive;
	unsigned lax = b->plugin->directive.lax;
	bool ok = bind_head(b, config, &d->name, d->args, d->nargs);

	bool flat = b->plugin->noptions == 0 && b->plugin->line == NULL;

	if (b->c->compat && (lax & CFC_LAX_HEADS) != 0 && (flat || d->nargs > 0))
		return bind_unread_block(b, config) && ok;
	if (flat)
		return check_no_block(b) && ok;
	return bind_lines(b, config) && ok;
}

static void
default_zones(struct cfc_bind *b, const struct cfc_option *opt, char *config)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		struct rt_names *names = (struct rt_names *)(void *)(config + opt->args[i].offset);

		/* CoreDNS does not come back to them when none of those written is one. */
		bool written = b->c->compat && cfc_bind_was_set(b, opt->args[i].offset);

		if (opt->args[i].kind == CFC_ZONES && names->n == 0 && !written)
			*names = b->block->zones;
	}
}

bool
cfc_bind_finish(struct cfc_bind *b, void *config)
{
	default_zones(b, &b->plugin->directive, config);
	for (unsigned i = 0; i < b->plugin->noptions; i++)
		default_zones(b, &b->plugin->options[i], config);
	return b->plugin->check == NULL || b->plugin->check(b, config);
}
