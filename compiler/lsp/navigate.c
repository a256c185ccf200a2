/*
 * navigate.c - outline, definitions and uses.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "compiler/syntax/import.h"
#include "compiler/lsp/context.h"
#include "compiler/lsp/words.h"

/* SymbolKind */
enum {
	SYMBOL_FILE = 1,
	SYMBOL_MODULE = 2,
	SYMBOL_PROPERTY = 7,
	SYMBOL_FIELD = 8,
	SYMBOL_FUNCTION = 12,
};

/* ---- snippets ---- */

const char *
lsp_snippet_name(const struct cfc_node *n, size_t *len)
{
	const struct cfc_token *t = n->tokens;

	if (n->ntokens != 1 || t->len <= 2 || t->text[0] != '(' || t->text[t->len - 1] != ')')
		return NULL;
	*len = t->len - 2;
	return t->text + 1;
}

const struct cfc_node *
lsp_find_snippet(const struct lsp_program *p, const char *name, const struct cfc_source **where)
{
	for (size_t i = 0; i < p->c.nsources; i++) {
		*where = p->c.sources[i];
		for (const struct cfc_node *n = (*where)->nodes; n != NULL; n = n->next) {
			size_t len;
			const char *known = lsp_snippet_name(n, &len);

			if (known != NULL && strlen(name) == len && memcmp(known, name, len) == 0)
				return n;
		}
	}
	return NULL;
}

/* ---- definition ---- */

static json_t *
first_line(void)
{
	return cfc_json("{s:{s:i, s:i}, s:{s:i, s:i}}", "start", "line", 0, "character", 0, "end",
			"line", 0, "character", 0);
}

/* The first line of each file that an import names. */
static json_t *
imported_files(struct lsp *l, const struct lsp_context *x)
{
	struct cfc_paths paths = { .list = NULL };
	json_t *list = cfc_json("[]");
	struct cfc c;

	cfc_init(&c);
	cfc_import_files(&c, x->doc->unit, x->word, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		const struct lsp_doc *d = lsp_doc_at(l, paths.list[i]);
		struct fs_id id;

		if (d == NULL && fs_identify(&id, paths.list[i]) != 0)
			continue;
		char *uri = d != NULL ? xstrdup(d->uri) : lsp_uri_of_path(paths.list[i]);
		json_array_append_new(list,
				      cfc_json("{s:o, s:o}", "uri", cfc_json_text(uri, strlen(uri)),
					       "range", first_line()));
		free(uri);
	}
	cfc_release(&c);
	return list;
}

json_t *
lsp_definition(struct lsp *l, json_t *params)
{
	const struct cfc_source *where;
	struct lsp_context x;

	if (!lsp_context_of(l, params, &x))
		return NULL;
	if (x.word == NULL || !lsp_is_import(&x))
		return json_null();
	const struct cfc_node *n = lsp_find_snippet(x.program, x.word->text, &where);
	if (n != NULL)
		return cfc_json("[o]", lsp_location(l, x.program, n->tokens[0].span));
	return imported_files(l, &x);
}

/* ---- references ---- */

static void
add_uses(struct lsp *l, struct lsp_program *p, const struct cfc_node *nodes, const char *name,
	 size_t len, json_t *list)
{
	for (; nodes != NULL; nodes = nodes->next) {
		const struct cfc_token *t = nodes->tokens;

		if (nodes->ntokens == 2 && strcmp(t[0].text, "import") == 0 && t[1].len == len &&
		    memcmp(t[1].text, name, len) == 0)
			json_array_append_new(list, lsp_location(l, p, t[1].span));
		add_uses(l, p, nodes->children, name, len, list);
	}
}

json_t *
lsp_references(struct lsp *l, json_t *params)
{
	const struct cfc_source *where;
	struct lsp_context x;
	const char *name = NULL;
	size_t len = 0;
	int with_definition = 0;

	if (!lsp_context_of(l, params, &x))
		return NULL;
	json_unpack(params, "{s:{s:b}}", "context", "includeDeclaration", &with_definition);
	if (x.word != NULL && lsp_is_import(&x)) {
		name = x.word->text;
		len = x.word->len;
	} else if (x.word != NULL && x.level == LSP_LEVEL_KEYS) {
		name = lsp_snippet_name(x.line, &len);
	}
	if (name == NULL)
		return json_null();
	json_t *list = cfc_json("[]");
	char *copy = xstrndup(name, len);
	const struct cfc_node *n = lsp_find_snippet(x.program, copy, &where);
	if (with_definition && n != NULL)
		json_array_append_new(list, lsp_location(l, x.program, n->tokens[0].span));
	free(copy);
	for (size_t i = 0; i < x.program->c.nsources; i++)
		add_uses(l, x.program, x.program->c.sources[i]->nodes, name, len, list);
	return list;
}

/* ---- outline ---- */

static int
kind_of(const struct cfc_node *n, unsigned depth)
{
	size_t len;

	if (strcmp(n->tokens[0].text, "import") == 0)
		return SYMBOL_FILE;
	if (depth == 0)
		return lsp_snippet_name(n, &len) != NULL ? SYMBOL_FUNCTION : SYMBOL_MODULE;
	return depth == 1 ? SYMBOL_PROPERTY : SYMBOL_FIELD;
}

/* The words of a line but for the first: what a reader of an outline looks for; of keys all are the name. */
static json_t *
words_of(const struct cfc_node *n, size_t from, size_t to)
{
	struct buf b;

	buf_init(&b, 256);
	for (size_t i = from; i < to && !b.overflow; i++) {
		buf_puts(&b, i > from ? " " : "");
		buf_add(&b, n->tokens[i].raw, n->tokens[i].rawlen);
	}
	if (b.overflow)
		buf_truncate(&b, b.len > 250 ? 250 : b.len);
	json_t *text = cfc_json_text(b.len > 0 ? buf_cstr(&b) : "...", b.len > 0 ? b.len : 3);
	buf_release(&b);
	return text;
}

static json_t *
outline(struct lsp *l, const struct lsp_lines *text, const struct cfc_node *nodes, unsigned depth)
{
	json_t *list = cfc_json("[]");

	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		if (n->ntokens == 0)
			continue;
		const struct cfc_span last = n->tokens[n->ntokens - 1].span;
		size_t name_end = depth == 0 ? n->ntokens : 1;
		size_t from = cfc_span_offset(n->tokens[0].span);
		size_t name_to = cfc_span_offset(n->tokens[name_end - 1].span) +
				 n->tokens[name_end - 1].span.length;
		size_t to = n->has_block ? cfc_span_offset(n->close) + n->close.length
					 : cfc_span_offset(last) + last.length;
		if (to < name_to)
			to = name_to;
		json_t *symbol =
			cfc_json("{s:o, s:i, s:o, s:o, s:o}", "name", words_of(n, 0, name_end),
				 "kind", kind_of(n, depth), "range", lsp_range(l, text, from, to),
				 "selectionRange", lsp_range(l, text, from, name_to), "children",
				 outline(l, text, n->children, depth + 1));
		if (n->ntokens > name_end)
			json_object_set_new(symbol, "detail", words_of(n, name_end, n->ntokens));
		json_array_append_new(list, symbol);
	}
	return list;
}

json_t *
lsp_symbols(struct lsp *l, json_t *params)
{
	const struct lsp_doc *d = lsp_doc_of(l, params);

	if (d == NULL)
		return NULL;
	lsp_views_update(l);
	return outline(l, &d->text, lsp_is_corefile(d) ? d->unit->nodes : NULL, 0);
}
