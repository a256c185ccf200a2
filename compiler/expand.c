/*
 * From syntax trees to the effective tree.
 *
 * All lines come out of one stack of frames: the main file, above it what it imports, above that
 * what that imports. Reading a line takes the next node of the topmost frame that has one left, so
 * keys, directives and options need not know about imports, and a list of keys or a block without
 * braces may go on behind an import as it does in CoreDNS.
 */
#include "config.h"

#include "compiler/expand.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/env.h"
#include "compiler/import.h"
#include "compiler/suggest.h"

/* Nested blocks, counted through imports. */
#define DEPTH_MAX (CFC_DEPTH_MAX * 2)

struct snippet {
	const char *name;
	const struct cfc_node *lines;
	struct cfc_span span; /* of '(name)' */
	bool used;
};

/* Where lines come from: a file, a snippet, or the block of a line. */
struct frame {
	struct frame *below;
	const struct cfc_node *next; /* NULL = read to its end */
	const struct cfc_origin *origin;
	const struct cfc_source *unit; /* the file, NULL = none */
	const struct snippet *snippet; /* the snippet, NULL = none */
};

struct expander {
	struct cfc *c;
	const struct cfc_source *main;
	struct frame *top;
	const struct cfc_origin *origin; /* of the line read last */
	struct map snippets;             /* name -> struct snippet */
	struct cfc_unset_list unset;     /* of the line being put together */
	size_t snippet_uses;
	size_t file_uses;
	size_t tokens;
	unsigned depth; /* blocks around the line being read */
	bool stopped;   /* a limit was reached: no more lines */
	struct cfc_tree *tree;
	size_t servers_room;
};

/* ---- lines ---- */

static void
push_frame(struct expander *x, const struct cfc_node *first, const struct cfc_origin *origin,
	   const struct cfc_source *unit, const struct snippet *snippet)
{
	struct frame *f = arena_zalloc(x->c->arena, sizeof(*f));

	f->below = x->top;
	f->next = first;
	f->origin = origin;
	f->unit = unit;
	f->snippet = snippet;
	x->top = f;
}

/*
 * The next line above floor, NULL = none left. A frame read to its end stays until the following
 * call, so that an import in its last line still sees it (cycles).
 */
static const struct cfc_node *
next_line(struct expander *x, const struct frame *floor)
{
	for (; x->top != floor; x->top = x->top->below) {
		const struct cfc_node *node = x->stopped ? NULL : x->top->next;
		while (node != NULL && node->ntokens == 0 && !node->has_block)
			node = node->next;
		if (node == NULL)
			continue;
		x->top->next = node->next;
		x->origin = x->top->origin;
		return node;
	}
	return NULL;
}

/* The line that next_line would give, without taking it. */
static const struct cfc_node *
peek_line(const struct expander *x)
{
	for (const struct frame *f = x->top; f != NULL && !x->stopped; f = f->below) {
		for (const struct cfc_node *n = f->next; n != NULL; n = n->next)
			if (n->ntokens > 0 || n->has_block)
				return n;
	}
	return NULL;
}

static bool
is_import(const struct cfc_node *node)
{
	return node->ntokens > 0 && strcmp(node->tokens[0].text, "import") == 0;
}

static struct cfc_span
here(struct cfc_span span, const struct cfc_origin *origin)
{
	span.origin = origin;
	return span;
}

/* ---- tokens ---- */

static struct cfc_token
take_token(struct expander *x, const struct cfc_token *from, const struct cfc_origin *origin)
{
	struct cfc_token t = *from;

	t.span.origin = origin;
	cfc_env_expand(x->c, &t, &x->unset);
	if (++x->tokens == CFC_TOKENS_MAX) {
		cfc_error(x->c, t.span, "CF1007",
			  "imports make more than %u words of this Corefile", CFC_TOKENS_MAX);
		x->stopped = true;
	}
	return t;
}

static struct cfc_token *
take_tokens(struct expander *x, const struct cfc_node *node, const struct cfc_origin *origin)
{
	struct cfc_token *tokens = cfc_array(x->c, node->ntokens, sizeof(tokens[0]));

	for (size_t i = 0; i < node->ntokens; i++)
		tokens[i] = take_token(x, &node->tokens[i], origin);
	return tokens;
}

static void
note_default_value(struct cfc *c, const struct cfc_unset *u)
{
	if (strchr(u->name, ':') != NULL)
		cfc_note(c, u->span, "a Corefile has no default values: all of '%s' is the name",
			 u->name);
	else
		cfc_note(c, u->span,
			 "set %s where corefilec runs: its value becomes part of the "
			 "build",
			 u->name);
}

/*
 * Report the unset variables of a line, whose values are the words after its first, or for keys
 * all. Fatal where no value is left.
 */
static void
report_unset(struct expander *x, const struct cfc_token *values, size_t nvalues,
	     const char *subject)
{
	bool empty = true;

	for (size_t i = 0; i < nvalues && empty; i++)
		empty = values[i].len == 0;
	for (size_t i = 0; i < x->unset.count; i++) {
		const struct cfc_unset *u = &x->unset.list[i];
		if (empty && i == 0)
			cfc_error(x->c, u->span, "CF1006", "'%s' is not set, which leaves %s empty",
				  u->name, subject);
		else
			cfc_warn(x->c, u->span, "CF1006",
				 "environment variable '%s' is not set: it counts as empty",
				 u->name);
		note_default_value(x->c, u);
	}
	x->unset.count = 0;
}

/* The same for a directive or option with its arguments. */
static void
report_unset_line(struct expander *x, const struct cfc_token *tokens, size_t ntokens)
{
	if (x->unset.count == 0)
		return;
	if (ntokens < 2 || tokens[0].len == 0)
		report_unset(x, tokens, 1, "this line");
	else
		report_unset(x, tokens + 1, ntokens - 1,
			     cfc_printf(x->c, "the arguments of '%s'", tokens[0].text));
}

/* ---- imports ---- */

static bool
too_deep(struct expander *x, const struct cfc_token *arg)
{
	uint32_t depth = arg->span.origin == NULL ? 0 : arg->span.origin->depth;

	if (depth < CFC_IMPORT_DEPTH_MAX)
		return false;
	cfc_error(x->c, arg->span, "CF1007", "imports within imports are deeper than %u levels",
		  CFC_IMPORT_DEPTH_MAX);
	return true;
}

static const struct cfc_origin *
new_origin(struct expander *x, const struct cfc_token *arg, const char *name, bool snippet)
{
	struct cfc_origin *o = arena_zalloc(x->c->arena, sizeof(*o));

	o->at = arg->span;
	o->name = name;
	o->snippet = snippet;
	o->depth = arg->span.origin == NULL ? 1 : arg->span.origin->depth + 1;
	return o;
}

/* A limit on the sum of imports: reported once, then reading ends. */
static bool
count_use(struct expander *x, size_t *uses, size_t max, const struct cfc_token *arg,
	  const char *what)
{
	if (++*uses <= max)
		return true;
	if (!x->stopped)
		cfc_error(x->c, arg->span, "CF1007", "more than %zu imports of %s", max, what);
	x->stopped = true;
	return false;
}

static void
import_snippet(struct expander *x, struct snippet *s, const struct cfc_token *arg)
{
	struct stat st;
	const char *path = cfc_import_path(x->c, arg->span.source, s->name);

	s->used = true;
	for (const struct frame *f = x->top; f != NULL; f = f->below) {
		if (f->snippet == s) {
			cfc_error(x->c, arg->span, "CF1007", "snippet '%s' imports itself",
				  s->name);
			return;
		}
	}
	if (too_deep(x, arg) || !count_use(x, &x->snippet_uses, CFC_SNIPPETS_MAX, arg, "snippets"))
		return;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		cfc_warn(x->c, arg->span, "CF1007", "snippet '%s' hides the file of that name",
			 s->name);
		cfc_note(x->c, s->span,
			 "the snippet is defined here; to import the file, write './%s'", s->name);
	}
	push_frame(x, s->lines, new_origin(x, arg, s->name, true), NULL, s);
}

/* The definition of a snippet in a unit, whether it has been reached or not. */
static const struct cfc_token *
find_definition(const struct cfc_source *unit, const char *name)
{
	size_t len = strlen(name);

	for (const struct cfc_node *n = unit->nodes; n != NULL; n = n->next) {
		const struct cfc_token *t = n->tokens;
		if (n->ntokens == 1 && t->len == len + 2 && t->text[0] == '(' &&
		    memcmp(t->text + 1, name, len) == 0 && t->text[len + 1] == ')')
			return t;
	}
	return NULL;
}

/* Neither a snippet nor a file: say what was looked for, and guess what was meant. */
static void
report_absent(struct expander *x, const struct cfc_token *arg, const char *path)
{
	const char *name = arg->text;

	cfc_error(x->c, arg->span, "CF1007", "'%s' is neither a snippet nor a file", name);
	for (size_t i = 0; i < x->c->nsources; i++) {
		const struct cfc_token *t = find_definition(x->c->sources[i], name);
		if (t != NULL) {
			cfc_note(x->c, t->span,
				 "snippet '%s' is defined here: it must be defined "
				 "before it is used",
				 name);
			return;
		}
	}
	size_t n = 0;
	const char **names = cfc_array(x->c, map_count(&x->snippets) + 1, sizeof(names[0]));
	size_t pos = 0;
	for (const struct map_entry *e; (e = map_next(&x->snippets, &pos)) != NULL;)
		names[n++] = e->key;
	const char *near = cfc_suggest(name, names, n);
	if (near != NULL) {
		const struct snippet *s = map_get_str(&x->snippets, near);
		cfc_note(x->c, s->span, "did you mean the snippet '%s'?", near);
	} else {
		cfc_note(x->c, arg->span, "looked for the file '%s'", path);
	}
}

static bool
is_imported_by(const struct expander *x, const struct cfc_source *unit)
{
	for (const struct frame *f = x->top; f != NULL; f = f->below) {
		const struct cfc_source *u = f->unit;
		if (u == unit ||
		    (u != NULL && u->ino != 0 && u->ino == unit->ino && u->dev == unit->dev))
			return true;
	}
	return false;
}

/* Read and parse one file; the frame for it, not yet on the stack. NULL = reported. */
static struct frame *
import_file(struct expander *x, const struct cfc_token *arg, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		report_absent(x, arg, path);
		return NULL;
	}
	struct cfc_source *unit = cfc_source_file(x->c, path, arg->span);
	if (unit == NULL)
		return NULL;
	if (is_imported_by(x, unit)) {
		cfc_error(x->c, arg->span, "CF1007", "import cycle: '%s' imports itself", path);
		return NULL;
	}
	const struct cfc_origin *origin = new_origin(x, arg, unit->path, false);
	cfc_parse(x->c, unit, origin);
	struct frame *f = arena_zalloc(x->c->arena, sizeof(*f));
	f->next = unit->nodes;
	f->origin = origin;
	f->unit = unit;
	return f;
}

static void
import_files(struct expander *x, const struct cfc_token *arg)
{
	struct cfc_paths paths = { .list = NULL };

	if (too_deep(x, arg) || !count_use(x, &x->file_uses, CFC_FILES_MAX, arg, "files") ||
	    !cfc_import_files(x->c, arg->span.source, arg, &paths))
		return;
	struct frame **frames = cfc_array(x->c, paths.count + 1, sizeof(frames[0]));
	for (size_t i = 0; i < paths.count; i++)
		frames[i] = import_file(x, arg, paths.list[i]);
	for (size_t i = paths.count; i > 0; i--) {
		if (frames[i - 1] == NULL)
			continue;
		frames[i - 1]->below = x->top;
		x->top = frames[i - 1];
	}
}

/* Follow an import line: afterwards next_line gives what it stands for. */
static void
take_import(struct expander *x, const struct cfc_node *node)
{
	struct cfc_span span = here(node->tokens[0].span, x->origin);

	if (node->ntokens < 2) {
		cfc_error(x->c, span, "CF1007", "'import' without the name of a snippet or file");
		return;
	}
	if (node->ntokens > 2 || node->has_block) {
		struct cfc_span extra = node->ntokens > 2 ? node->tokens[2].span : node->open;
		cfc_error(x->c, here(extra, x->origin), "CF1007", "'import' takes one name");
		cfc_note(x->c, span,
			 "write a line with 'import' for each; snippets have no arguments");
		return;
	}
	struct cfc_token arg = take_token(x, &node->tokens[1], x->origin);
	if (arg.len == 0 && x->unset.count == 0)
		cfc_error(x->c, arg.span, "CF1007", "'import' of an empty name");
	report_unset(x, &arg, 1, "the name to import");
	if (arg.len == 0)
		return;
	struct snippet *s = map_get(&x->snippets, arg.text, arg.len);
	if (s != NULL)
		import_snippet(x, s, &arg);
	else
		import_files(x, &arg);
}

/* ---- blocks within server blocks ---- */

static bool
enter_block(struct expander *x, struct cfc_span open)
{
	if (x->depth < DEPTH_MAX) {
		x->depth++;
		return true;
	}
	cfc_error(x->c, open, "CF1010", "blocks are nested deeper than %u levels", DEPTH_MAX);
	x->stopped = true;
	return false;
}

static void
take_lines(struct expander *x, const struct cfc_node *block, const struct cfc_origin *origin,
	   struct cfc_line **lines, size_t *nlines)
{
	const struct frame *floor = x->top;
	size_t room = 0;

	if (!enter_block(x, here(block->open, origin)))
		return;
	push_frame(x, block->children, origin, NULL, NULL);
	for (const struct cfc_node *node; (node = next_line(x, floor)) != NULL;) {
		if (is_import(node)) {
			take_import(x, node);
			continue;
		}
		if (node->ntokens == 0) {
			cfc_error(x->c, here(node->open, x->origin), "CF1010",
				  "'{' must end the line that it belongs to");
			continue;
		}
		const struct cfc_origin *from = x->origin;
		struct cfc_line line = {
			.tokens = take_tokens(x, node, from),
			.ntokens = node->ntokens,
			.has_block = node->has_block,
			.open = here(node->open, from),
			.close = here(node->close, from),
		};
		report_unset_line(x, line.tokens, line.ntokens);
		if (node->has_block)
			take_lines(x, node, from, &line.lines, &line.nlines);
		*lines = cfc_grow(x->c, *lines, *nlines, &room, sizeof(line));
		(*lines)[(*nlines)++] = line;
	}
	x->depth--;
}

static bool
is_snippet_name(const struct cfc_token *t)
{
	return t->len >= 2 && t->text[0] == '(' && t->text[t->len - 1] == ')';
}

/* What stands in the place of a directive but cannot be one. */
static bool
check_directive(struct expander *x, const struct cfc_node *node)
{
	if (node->ntokens == 0) {
		cfc_error(x->c, here(node->open, x->origin), "CF1010",
			  "'{' must end the line that it belongs to");
		return false;
	}
	const struct cfc_token *t = &node->tokens[0];
	if (node->has_block && node->ntokens == 1 && is_snippet_name(t)) {
		cfc_error(x->c, here(t->span, x->origin), "CF1007",
			  "snippet '%s' is defined within a server block", t->text);
		cfc_note(x->c, here(t->span, x->origin),
			 "define snippets before the server blocks; "
			 "a block without braces ends at the end of the file");
		return false;
	}
	if (node->after_brace && x->depth == 0)
		cfc_error(x->c, here(t->span, x->origin), "CF1010",
			  "'%s' must begin a line of its own, after the '}'", t->text);
	return true;
}

static void
take_directive(struct expander *x, struct cfc_server *server, size_t *room,
	       const struct cfc_node *node)
{
	const struct cfc_origin *origin = x->origin;

	if (!check_directive(x, node))
		return;
	struct cfc_token *tokens = take_tokens(x, node, origin);
	bool unset = x->unset.count > 0;
	report_unset_line(x, tokens, node->ntokens);
	struct cfc_directive d = {
		.name = tokens[0],
		.args = tokens + 1,
		.nargs = node->ntokens - 1,
		.has_block = node->has_block,
		.open = here(node->open, origin),
		.close = here(node->close, origin),
	};
	if (node->has_block)
		take_lines(x, node, origin, &d.lines, &d.nlines);
	if (d.name.len == 0) {
		if (!unset)
			cfc_error(x->c, d.name.span, "CF1010", "directive without a name");
		return;
	}
	server->directives =
		cfc_grow(x->c, server->directives, server->ndirectives, room, sizeof(d));
	server->directives[server->ndirectives++] = d;
}

/* Directives up to the end of what is above floor. */
static void
take_directives(struct expander *x, struct cfc_server *server, const struct frame *floor)
{
	size_t room = 0;

	for (const struct cfc_node *node; (node = next_line(x, floor)) != NULL;) {
		if (is_import(node))
			take_import(x, node);
		else
			take_directive(x, server, &room, node);
	}
}

/* ---- snippets ---- */

/* The import of a snippet by its own lines; found here even if nobody uses it. */
static const struct cfc_token *
find_self_import(const struct cfc_node *lines, const char *name)
{
	for (const struct cfc_node *n = lines; n != NULL; n = n->next) {
		if (is_import(n) && n->ntokens == 2 && strcmp(n->tokens[1].text, name) == 0)
			return &n->tokens[1];
		const struct cfc_token *inner = find_self_import(n->children, name);
		if (inner != NULL)
			return inner;
	}
	return NULL;
}

static void
define_snippet(struct expander *x, const struct cfc_token *key, const struct cfc_node *block,
	       const struct cfc_origin *origin)
{
	const char *name = arena_strndup(x->c->arena, key->text + 1, key->len - 2);
	const struct snippet *known = map_get_str(&x->snippets, name);

	if (name[0] == '\0') {
		cfc_error(x->c, key->span, "CF1007", "snippet without a name");
		return;
	}
	if (block == NULL) {
		cfc_error(x->c, key->span, "CF1007", "snippet '%s' without a block", name);
		cfc_note(x->c, key->span, "write '(%s) {', the lines, and '}'", name);
		return;
	}
	if (known != NULL) {
		cfc_error(x->c, key->span, "CF1007", "snippet '%s' is defined twice", name);
		cfc_note(x->c, known->span, "first defined here");
		return;
	}
	const struct cfc_token *self = find_self_import(block->children, name);
	if (self != NULL)
		cfc_error(x->c, here(self->span, origin), "CF1007", "snippet '%s' imports itself",
			  name);
	struct snippet *s = arena_zalloc(x->c->arena, sizeof(*s));
	s->name = name;
	s->lines = block->children;
	s->span = key->span;
	xmap_set(&x->snippets, name, strlen(name), s);
}

/* Only those of the main file: a shared file of snippets is not used whole by everybody. */
static void
report_unused(struct expander *x)
{
	size_t pos = 0;

	for (const struct map_entry *e; (e = map_next(&x->snippets, &pos)) != NULL;) {
		const struct snippet *s = e->value;
		if (!s->used && s->span.source == x->main && s->span.origin == NULL)
			cfc_warn(x->c, s->span, "CF1007", "snippet '%s' is never used", s->name);
	}
}

/* ---- server blocks ---- */

struct key_list {
	struct cfc_token *list;
	size_t count;
	size_t room;
	bool more;             /* the last one ended in a comma */
	struct cfc_span comma; /* ... that one */
	struct cfc_span first; /* first word of all, kept or not */
	size_t words;          /* read, empty ones included */
};

static void
add_key(struct expander *x, struct key_list *keys, const struct cfc_token *from,
	const struct cfc_origin *origin)
{
	struct cfc_token t = take_token(x, from, origin);

	if (keys->words++ == 0)
		keys->first = t.span;
	if (t.len == 0)
		return;
	keys->more = t.text[t.len - 1] == ',';
	if (keys->more) {
		keys->comma = t.span;
		t.text = arena_strndup(x->c->arena, t.text, --t.len);
		if (!t.quoted && t.span.length > 0 && !t.env)
			t.span.length--;
		if (t.len == 0) {
			cfc_error(x->c, keys->comma, "CF1010", "',' that follows no key");
			cfc_note(x->c, keys->comma,
				 "write the comma directly after the key, or none");
			return;
		}
	}
	keys->list = cfc_grow(x->c, keys->list, keys->count, &keys->room, sizeof(t));
	keys->list[keys->count++] = t;
}

/*
 * Keys from their first line on. Returns the line that opens the block, NULL = the block has no
 * braces, or there is none.
 */
static const struct cfc_node *
take_keys(struct expander *x, const struct cfc_node *node, struct key_list *keys,
	  const struct cfc_origin **origin)
{
	while (node != NULL) {
		if (is_import(node)) {
			take_import(x, node);
			node = next_line(x, NULL);
			continue;
		}
		*origin = x->origin;
		for (size_t i = 0; i < node->ntokens; i++)
			add_key(x, keys, &node->tokens[i], x->origin);
		if (node->has_block)
			break;
		if (!keys->more) {
			const struct cfc_node *after = peek_line(x);
			if (after == NULL || after->ntokens > 0)
				return NULL;
		}
		node = next_line(x, NULL);
	}
	if (keys->more) {
		cfc_error(x->c, keys->comma, "CF1010", "a key must follow the ','");
		cfc_note(x->c, keys->comma, "take the comma away after the last key");
	}
	*origin = x->origin;
	return node;
}

static void
check_keys(struct expander *x, const struct key_list *keys, const struct cfc_node *block,
	   const struct cfc_origin *origin)
{
	bool unset = x->unset.count > 0;

	report_unset(x, keys->list, keys->count, "the keys of the server block");
	if (keys->words == 0 && block != NULL) {
		cfc_error(x->c, here(block->open, origin), "CF1010", "server block without a key");
		cfc_note(x->c, here(block->open, origin),
			 "write the zones before '{', '.' for all names");
	} else if (keys->count == 0 && keys->words > 0 && !keys->more && !unset) {
		cfc_error(x->c, keys->first, "CF1010", "server block whose keys are all empty");
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (is_snippet_name(&keys->list[i])) {
			cfc_error(x->c, keys->list[i].span, "CF1007",
				  "'%s' among other keys: a snippet has one name and nothing else",
				  keys->list[i].text);
		} else if (strpbrk(keys->list[i].text, "\t\n") != NULL) {
			cfc_warn(x->c, keys->list[i].span, "CF1008",
				 "key with a tab or line end in it");
		}
	}
}

static void
add_server(struct expander *x, const struct cfc_server *server)
{
	struct cfc_tree *tree = x->tree;

	if (server->nkeys == 0)
		return;
	tree->servers = cfc_grow(x->c, tree->servers, tree->nservers, &x->servers_room,
				 sizeof(tree->servers[0]));
	tree->servers[tree->nservers++] = *server;
}

/* One server block or snippet, from the first line of its keys. */
static void
take_server(struct expander *x, const struct cfc_node *first)
{
	struct key_list keys = { .list = NULL };
	const struct cfc_origin *origin = x->origin;
	const struct cfc_node *block = take_keys(x, first, &keys, &origin);

	if (keys.words == 0 && block == NULL)
		return; /* imports that gave nothing */
	if (keys.count == 1 && is_snippet_name(&keys.list[0])) {
		report_unset(x, keys.list, keys.count, "the name of the snippet");
		define_snippet(x, &keys.list[0], block, origin);
		return;
	}
	check_keys(x, &keys, block, origin);
	struct cfc_server server = { .keys = keys.list, .nkeys = keys.count };
	if (block == NULL) {
		take_directives(x, &server, NULL);
	} else {
		server.has_block = true;
		server.open = here(block->open, origin);
		server.close = here(block->close, origin);
		const struct frame *floor = x->top;
		x->depth++;
		push_frame(x, block->children, origin, NULL, NULL);
		take_directives(x, &server, floor);
		x->depth--;
	}
	add_server(x, &server);
}

static void
expand_unit(struct expander *x, struct cfc_source *unit)
{
	cfc_parse(x->c, unit, NULL);
	push_frame(x, unit->nodes, NULL, unit, NULL);
	for (const struct cfc_node *node; (node = next_line(x, NULL)) != NULL;)
		take_server(x, node);
}

bool
cfc_expand(struct cfc *c, struct cfc_source *unit, struct cfc_tree *tree)
{
	size_t errors = c->diags.nerrors;
	struct expander x = { .c = c, .main = unit, .tree = tree };

	memset(tree, 0, sizeof(*tree));
	map_init(&x.snippets);
	expand_unit(&x, unit);
	report_unused(&x);
	if (tree->nservers == 0 && c->diags.nerrors == errors && !unit->broken) {
		if (unit->kind != CFC_SOURCE_BUILTIN) {
			cfc_warn(c, cfc_source_span(unit, 0, 0), "CF1011",
				 "no server block: the "
				 "builtin default is used");
			cfc_note(c, cfc_no_span(),
				 "it answers for all names on port %u with 'whoami' "
				 "and 'log'",
				 (unsigned)c->dns_port);
		}
		expand_unit(&x, cfc_source_builtin(c));
		tree->builtin = true;
	}
	map_release(&x.snippets);
	return c->diags.nerrors == errors && !unit->broken;
}
