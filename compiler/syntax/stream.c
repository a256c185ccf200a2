/*
 * stream.c - server blocks out of the row of words, after imports, snippets and the environment.
 *
 * Imports put words in the place of their own, so words come out of a stack of frames: the main file,
 * above it what it imports, above that what that imports.
 */
#include "config.h"

#include "compiler/syntax/stream.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/plugin.h"
#include "compiler/plugins.h"
#include "compiler/syntax/env.h"
#include "compiler/syntax/expand.h"
#include "compiler/syntax/import.h"

/* Where words come from. */
struct frame {
	struct frame *below;
	const struct stream_words *words;
	size_t at; /* of the next one */
	const struct cfc_origin *origin;
};

struct snippet {
	const char *name;
	struct stream_words words;
	struct cfc_span span; /* of '(name)' */
	uint32_t uses;
};

/* A word that may be missing. */
struct place {
	struct stream_word word;
	bool there;
};

struct stream {
	struct cfc *c;
	struct cfc_tree *tree;
	size_t servers_room;
	struct frame *top;
	struct place now, before; /* the word read last, and the one before it */
	struct place held;        /* given back */
	struct map snippets;      /* name -> struct snippet */
	struct map units;         /* path -> struct stream_words */
	size_t snippet_uses, file_uses, words;
	struct stream_directive *directives; /* of the server block being read */
	size_t ndirectives, directives_room;
};

/* ---- words ---- */

/* The next word; NULL = none. */
static const struct stream_word *
peek(struct stream *s)
{
	if (s->held.there)
		return &s->held.word;
	while (s->top != NULL && s->top->at == s->top->words->count)
		s->top = s->top->below;
	return s->top == NULL ? NULL : &s->top->words->list[s->top->at];
}

static bool
next(struct stream *s)
{
	const struct stream_word *word = peek(s);

	if (word == NULL)
		return false;
	s->before = s->now;
	s->now.word = *word;
	s->now.there = true;
	if (s->held.there) {
		s->held.there = false;
	} else {
		s->now.word.token.span.origin = s->top->origin;
		s->top->at++;
	}
	return true;
}

/* What was read last comes again; not to be called twice in a row. */
static void
unread(struct stream *s)
{
	s->held = s->now;
	s->now = s->before;
	s->before.there = false;
}

static bool
now_is(const struct stream *s, const char *text)
{
	return s->now.there && stream_is(&s->now.word, text);
}

/* Whether the word stands on a later line than the one before it. */
static bool
begins_line(const struct stream *s)
{
	const struct stream_word *a = &s->before.word, *b = &s->now.word;

	return !s->before.there || a->file != b->file ||
	       (a->token.span.line < b->token.span.line && !stream_same_line(a, b));
}

/* The next word of the same line. */
static bool
next_on_line(struct stream *s)
{
	const struct stream_word *word = peek(s);

	return word != NULL && stream_same_line(&s->now.word, word) && next(s);
}

/* The word with the environment put in.  Unset variables are empty, as in CoreDNS. */
static struct cfc_token
with_environment(struct stream *s, const struct cfc_token *from)
{
	struct cfc_unset_list unset = { .list = NULL };
	struct cfc_token t = *from;

	cfc_env_expand(s->c, &t, &unset);
	return t;
}

static void
push(struct stream *s, const struct stream_words *words, const struct cfc_origin *origin)
{
	struct frame *f = arena_zalloc(s->c->arena, sizeof(*f));

	f->below = s->top;
	f->words = words;
	f->origin = origin;
	s->top = f;
}

/* ---- imports ---- */

/* Limits on the sum of imports, and on the words that they make. */
static bool
count_use(struct stream *s, size_t *uses, size_t max, const struct cfc_token *arg, const char *what)
{
	if (++*uses <= max && s->words <= CFC_TOKENS_MAX)
		return true;
	if (*uses > max)
		cfc_error(s->c, arg->span, "CF1007", "more than %zu imports of %s", max, what);
	else
		cfc_error(s->c, arg->span, "CF1007",
			  "imports make more than %u words of this Corefile", CFC_TOKENS_MAX);
	return false;
}

/* The words of a file; split once. */
static const struct stream_words *
words_of(struct stream *s, struct cfc_source *unit)
{
	struct stream_words *words = map_get_str(&s->units, unit->path);

	if (words != NULL)
		return words;
	words = arena_zalloc(s->c->arena, sizeof(*words));
	stream_split(s->c, unit, unit, words);
	xmap_set(&s->units, unit->path, strlen(unit->path), words);
	return words;
}

static bool
import_files(struct stream *s, const struct cfc_token *arg)
{
	struct cfc_paths paths = { .list = NULL };

	if (!cfc_import_files(s->c, arg->span.source, arg, &paths))
		return false;
	for (size_t i = paths.count; i > 0; i--) {
		struct cfc_source *unit;

		if (!count_use(s, &s->file_uses, CFC_FILES_MAX, arg, "files"))
			return false;
		if (!cfc_source_exists(s->c, paths.list[i - 1])) {
			if (cfc_import_is_elsewhere(s->c, arg, paths.list[i - 1]))
				continue;
			cfc_error(s->c, arg->span, "CF1007", "'%s' is neither a snippet nor a file",
				  arg->text);
			cfc_note(s->c, arg->span, "looked for the file '%s'", paths.list[i - 1]);
			return false;
		}
		unit = cfc_source_file(s->c, paths.list[i - 1], arg->span);
		if (unit == NULL)
			return false;
		push(s, words_of(s, unit),
		     cfc_import_origin(s->c, arg, unit->path, false, &unit->uses));
		s->words += s->top->words->count;
	}
	return true;
}

/* At the word 'import': afterwards the next word is the first of what it stands for. */
static bool
import(struct stream *s)
{
	struct place before = s->before;
	struct cfc_span span = s->now.word.token.span;

	if (!next_on_line(s)) {
		cfc_error(s->c, span, "CF1007", "'import' without the name of a snippet or file");
		return false;
	}
	struct cfc_token arg = with_environment(s, &s->now.word.token);
	if (arg.len == 0) {
		cfc_error(s->c, arg.span, "CF1007", "'import' of an empty name");
		return false;
	}
	if (next_on_line(s)) {
		cfc_error(s->c, s->now.word.token.span, "CF1007", "'import' takes one name");
		return false;
	}
	s->now = before;
	s->before.there = false;
	struct snippet *snippet = map_get(&s->snippets, arg.text, arg.len);
	if (snippet == NULL)
		return import_files(s, &arg);
	if (!count_use(s, &s->snippet_uses, CFC_SNIPPETS_MAX, &arg, "snippets"))
		return false;
	push(s, &snippet->words,
	     cfc_import_origin(s->c, &arg, snippet->name, true, &snippet->uses));
	s->words += snippet->words.count;
	return true;
}

/* ---- snippets ---- */

static bool
report_open(struct stream *s, struct cfc_span open)
{
	cfc_error(s->c, open, "CF1002", "block is never closed");
	cfc_note(s->c, open, "add a line with '}' at its end");
	return false;
}

/* Up to the '}' of the snippet. */
static bool
read_snippet(struct stream *s, struct stream_words *words)
{
	struct cfc_span open = s->now.word.token.span;

	for (unsigned depth = 1; next(s);) {
		if (now_is(s, "}") && --depth == 0)
			return true;
		depth += now_is(s, "{");
		stream_add(s->c, words, &s->now.word);
	}
	return report_open(s, open);
}

/* CoreDNS looks for this when the snippet is defined, whether it is used or not. */
static bool
imports_itself(struct stream *s, const struct snippet *snippet)
{
	const struct stream_words *words = &snippet->words;

	for (size_t i = 0; i + 1 < words->count; i++) {
		const struct stream_word *w = &words->list[i];

		if (!stream_is(w, "import") ||
		    (i > 0 && w[-1].file == w->file && w[-1].token.span.line == w->token.span.line))
			continue;
		struct cfc_token name = with_environment(s, &w[1].token);
		if (strcmp(name.text, snippet->name) != 0)
			continue;
		cfc_error(s->c, name.span, "CF1007", "snippet '%s' imports itself", snippet->name);
		return true;
	}
	return false;
}

/* At the word after '(name)'. */
static bool
define_snippet(struct stream *s, const struct cfc_token *key)
{
	const char *name = arena_strndup(s->c->arena, key->text + 1, key->len - 2);
	const struct snippet *known = map_get_str(&s->snippets, name);
	struct snippet *snippet = arena_zalloc(s->c->arena, sizeof(*snippet));

	if (known != NULL) {
		cfc_error(s->c, key->span, "CF1007", "snippet '%s' is defined twice", name);
		cfc_note(s->c, known->span, "first defined here");
		return false;
	}
	if (!now_is(s, "{")) {
		cfc_error(s->c, key->span, "CF1007", "snippet '%s' without a block", name);
		cfc_note(s->c, key->span, "write '(%s) {', the lines, and '}'", name);
		return false;
	}
	snippet->name = name;
	snippet->span = key->span;
	if (!read_snippet(s, &snippet->words) || imports_itself(s, snippet))
		return false;
	xmap_set(&s->snippets, name, strlen(name), snippet);
	return true;
}

/* ---- directives ---- */

static struct stream_words *
directive_words(struct stream *s, const char *name)
{
	for (size_t i = 0; i < s->ndirectives; i++) {
		if (strcmp(s->directives[i].name, name) == 0)
			return &s->directives[i].words;
	}
	s->directives = cfc_grow(s->c, s->directives, s->ndirectives, &s->directives_room,
				 sizeof(s->directives[0]));
	s->directives[s->ndirectives].name = name;
	return &s->directives[s->ndirectives++].words;
}

static bool
close_nothing(struct stream *s)
{
	cfc_error(s->c, s->now.word.token.span, "CF1002", "'}' closes no block");
	return false;
}

/* From its name to the end of its line, or of the blocks that are open there. */
static bool
read_directive(struct stream *s)
{
	struct cfc_token name = with_environment(s, &s->now.word.token);
	struct stream_words *words = directive_words(s, name.text);
	struct cfc_span open = name.span;
	unsigned depth = 0;

	s->now.word.token = name;
	stream_add(s->c, words, &s->now.word);
	while (next(s)) {
		if (now_is(s, "{")) {
			if (depth++ == 0)
				open = s->now.word.token.span;
		} else if (begins_line(s) && depth == 0) {
			unread(s);
			return true;
		} else if (now_is(s, "}")) {
			if (depth-- == 0)
				return close_nothing(s);
		} else if (now_is(s, "import") && begins_line(s)) {
			if (!import(s))
				return false;
			continue;
		}
		s->now.word.token = with_environment(s, &s->now.word.token);
		stream_add(s->c, words, &s->now.word);
	}
	return depth == 0 || report_open(s, open);
}

/* Up to the '}' of the server block, or the end of the text. */
static bool
read_directives(struct stream *s)
{
	while (next(s)) {
		if (now_is(s, "}"))
			return true;
		if (!(now_is(s, "import") ? import(s) : read_directive(s)))
			return false;
	}
	return true;
}

/* ---- server blocks ---- */

enum keys_end {
	KEYS_FAULT,   /* reported */
	KEYS_TEXT,    /* the text ends behind them */
	KEYS_CONTENT, /* '{' or the first directive has been read */
};

static void
add_key(struct stream *s, struct cfc_server *server, size_t *room, struct cfc_token *key)
{
	server->keys = cfc_grow(s->c, server->keys, server->nkeys, room, sizeof(*key));
	server->keys[server->nkeys++] = *key;
}

/* Whether a comma at its end, which is taken away, tells of another key. */
static bool
cut_comma(struct stream *s, struct cfc_token *key)
{
	if (key->len == 0 || key->text[key->len - 1] != ',')
		return false;
	key->text = arena_strndup(s->c->arena, key->text, --key->len);
	return true;
}

static enum keys_end
end_of_keys(struct stream *s, bool more, const struct cfc_token *last, enum keys_end end)
{
	if (!more)
		return end;
	cfc_error(s->c, last->span, "CF1010", "a key must follow the ','");
	return KEYS_FAULT;
}

/* From the first key on, which has been read. */
static enum keys_end
read_keys(struct stream *s, struct cfc_server *server)
{
	size_t room = 0;
	bool more = false;
	struct cfc_token key = s->now.word.token;

	for (bool there = true;;) {
		if (there)
			key = with_environment(s, &s->now.word.token);
		if (there && strcmp(key.text, "import") == 0 && begins_line(s)) {
			if (!import(s))
				return KEYS_FAULT;
			there = next(s);
			continue;
		}
		if (there && strcmp(key.text, "{") == 0)
			return end_of_keys(s, more, &key, KEYS_CONTENT);
		if (there && key.len > 0) {
			more = cut_comma(s, &key);
			add_key(s, server, &room, &key);
		}
		if (!there || !next(s))
			return end_of_keys(s, more, &key, KEYS_TEXT);
		if (!more && begins_line(s))
			return KEYS_CONTENT;
	}
}

/* A block that has no key is read, and forgotten. */
static bool
check_forgotten(struct stream *s)
{
	bool good = true;

	for (size_t i = 0; i < s->ndirectives; i++) {
		const struct cfc_token *name = &s->directives[i].words.list[0].token;

		if (cfc_plugin_find(s->c, name->text, name->len) != NULL)
			continue;
		cfc_plugin_unknown(s->c, name);
		good = false;
	}
	return good;
}

static bool
add_server(struct stream *s, struct cfc_server *server)
{
	struct cfc_tree *tree = s->tree;
	size_t room = 0;

	if (server->nkeys == 0)
		return check_forgotten(s);
	for (size_t i = 0; i < s->ndirectives; i++)
		stream_take(s->c, &s->directives[i], server, &room);
	tree->servers = cfc_grow(s->c, tree->servers, tree->nservers, &s->servers_room,
				 sizeof(tree->servers[0]));
	tree->servers[tree->nservers++] = *server;
	return true;
}

/* At '{' or the first directive. */
static bool
read_content(struct stream *s, struct cfc_server *server)
{
	server->has_block = now_is(s, "{");
	server->open = s->now.word.token.span;
	if (!server->has_block)
		unread(s);
	if (!read_directives(s))
		return false;
	server->close = s->now.word.token.span;
	return !server->has_block || now_is(s, "}") || report_open(s, server->open);
}

static bool
is_snippet_name(const struct cfc_token *t)
{
	return t->len >= 2 && t->text[0] == '(' && t->text[t->len - 1] == ')';
}

/* One server block or snippet, from its first key on, which has been read. */
static bool
read_server(struct stream *s)
{
	struct cfc_server server = { .keys = NULL };

	s->directives = NULL;
	s->ndirectives = 0;
	s->directives_room = 0;
	switch (read_keys(s, &server)) {
	case KEYS_FAULT:
		return false;
	case KEYS_TEXT:
		return add_server(s, &server);
	case KEYS_CONTENT:
		break;
	}
	if (server.nkeys == 1 && is_snippet_name(&server.keys[0]))
		return define_snippet(s, &server.keys[0]);
	bool good = read_content(s, &server);
	return add_server(s, &server) && good;
}

bool
cfc_stream_expand(struct cfc *c, struct cfc_source *unit, struct cfc_tree *tree)
{
	size_t errors = c->diags.nerrors;
	struct stream s = { .c = c, .tree = tree };
	struct stream_words words = { .list = NULL };

	memset(tree, 0, sizeof(*tree));
	bool before = cfc_mute(c, true);
	cfc_parse(c, unit, NULL); /* editors want the syntax tree, too */
	cfc_mute(c, before);
	map_init(&s.snippets);
	map_init(&s.units);
	stream_split(c, unit, NULL, &words);
	push(&s, &words, NULL);
	while (next(&s) && read_server(&s))
		continue;
	map_release(&s.units);
	map_release(&s.snippets);
	return c->diags.nerrors == errors;
}
