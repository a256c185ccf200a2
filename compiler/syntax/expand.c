/*
 * From syntax trees to the effective tree: server blocks, their directives and options.
 */
#include "config.h"

#include "compiler/syntax/expander.h"

#include "base/arena.h"
#include "compiler/syntax/stream.h"

/* Nested blocks, counted through imports. */
#define DEPTH_MAX (CFC_DEPTH_MAX * 2)

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
	expander_push(x, block->children, origin, NULL, NULL);
	for (const struct cfc_node *node; (node = expander_next(x, floor)) != NULL;) {
		if (is_import(node)) {
			expander_import(x, node);
			continue;
		}
		if (node->ntokens == 0) {
			cfc_error(x->c, here(node->open, x->origin), "CF1010",
				  "'{' must end the line that it belongs to");
			continue;
		}
		const struct cfc_origin *from = x->origin;
		struct cfc_line line = {
			.tokens = expander_tokens(x, node, from),
			.ntokens = node->ntokens,
			.has_block = node->has_block,
			.open = here(node->open, from),
			.close = here(node->close, from),
		};
		expander_report_unset_line(x, line.tokens, line.ntokens);
		if (node->has_block)
			take_lines(x, node, from, &line.lines, &line.nlines);
		*lines = cfc_grow(x->c, *lines, *nlines, &room, sizeof(line));
		(*lines)[(*nlines)++] = line;
	}
	x->depth--;
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
	struct cfc_token *tokens = expander_tokens(x, node, origin);
	bool unset = x->unset.count > 0;
	expander_report_unset_line(x, tokens, node->ntokens);
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

	for (const struct cfc_node *node; (node = expander_next(x, floor)) != NULL;) {
		if (is_import(node))
			expander_import(x, node);
		else
			take_directive(x, server, &room, node);
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
	struct cfc_token t = expander_token(x, from, origin);

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
			expander_import(x, node);
			node = expander_next(x, NULL);
			continue;
		}
		*origin = x->origin;
		for (size_t i = 0; i < node->ntokens; i++)
			add_key(x, keys, &node->tokens[i], x->origin);
		if (node->has_block)
			break;
		if (!keys->more) {
			const struct cfc_node *after = expander_peek(x);
			if (after == NULL || after->ntokens > 0)
				return NULL;
		}
		node = expander_next(x, NULL);
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

	expander_report_unset(x, keys->list, keys->count, "the keys of the server block");
	if (keys->words == 0 && block != NULL) {
		cfc_error(x->c, here(block->open, origin), "CF1010", "server block without a key");
		cfc_note(x->c, here(block->open, origin),
			 "write the zones before '{', '.' for all names");
	} else if (keys->count == 0 && keys->words > 0 && !keys->more && !unset) {
		cfc_stricter(x->c, keys->first, "CF1010", "server block whose keys are all empty");
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (is_snippet_name(&keys->list[i])) {
			cfc_stricter(
				x->c, keys->list[i].span, "CF1007",
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
		expander_report_unset(x, keys.list, keys.count, "the name of the snippet");
		expander_define(x, &keys.list[0], block, origin);
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
		expander_push(x, block->children, origin, NULL, NULL);
		take_directives(x, &server, floor);
		x->depth--;
	}
	add_server(x, &server);
}

static void
expand_unit(struct expander *x, struct cfc_source *unit)
{
	cfc_parse(x->c, unit, NULL);
	expander_push(x, unit->nodes, NULL, unit, NULL);
	for (const struct cfc_node *node; (node = expander_next(x, NULL)) != NULL;)
		take_server(x, node);
}

bool
cfc_expand(struct cfc *c, struct cfc_source *unit, struct cfc_tree *tree)
{
	size_t errors = c->diags.nerrors;
	struct expander x = { .c = c, .main = unit, .tree = tree };

	if (c->compat)
		return cfc_stream_expand(c, unit, tree);
	memset(tree, 0, sizeof(*tree));
	map_init(&x.snippets);
	expand_unit(&x, unit);
	/* Snippets without a server block are there for others to import. */
	bool library = tree->nservers == 0 && x.snippets.count > 0;
	if (c->diags.nerrors == errors && !unit->broken && !library)
		expander_report_unused(&x);
	if (tree->nservers == 0 && c->diags.nerrors == errors && !unit->broken) {
		if (unit->kind != CFC_SOURCE_BUILTIN) {
			(library ? cfc_info
				 : cfc_warn)(c, cfc_source_span(unit, 0, 0), "CF1011",
					     "no server block: the builtin default is used");
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
