/*
 * complete.c - what may be written at a place.
 */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/xalloc.h"
#include "compiler/lsp/context.h"
#include "compiler/lsp/words.h"
#include "compiler/bind/options.h"
#include "compiler/plugins.h"
#include "compiler/command/reference.h"
#include "dns/types.h"

#define ITEMS_MAX 2000u /* in one answer */

/* CompletionItemKind */
enum {
	KIND_VARIABLE = 6,
	KIND_PLUGIN = 9,
	KIND_PROPERTY = 10,
	KIND_KEYWORD = 14,
	KIND_FILE = 17,
	KIND_SNIPPET = 18,
	KIND_FOLDER = 19,
	KIND_VALUE = 20,
};

struct completion {
	struct lsp *l;
	const struct lsp_context *x;
	const char *typed; /* the part of the word before the place */
	size_t ntyped;
	size_t from; /* offset from which an item replaces the text up to the place */
	json_t *items;
};

static json_t *
add(struct completion *k, const char *label, int kind, const char *detail)
{
	if (json_array_size(k->items) >= ITEMS_MAX)
		return NULL;
	json_t *name = cfc_json_text(label, strlen(label));
	json_t *item = cfc_json("{s:O, s:i, s:{s:o, s:o}}", "label", name, "kind", kind, "textEdit",
				"range", lsp_range(k->l, &k->x->doc->text, k->from, k->x->offset),
				"newText", name);
	if (detail != NULL)
		json_object_set_new(item, "detail", cfc_json_text(detail, strlen(detail)));
	json_array_append_new(k->items, item);
	return item;
}

/* ---- directives and options ---- */

/* How often a line that begins with this word stands in the block, the line of the place not counted. */
static bool
is_there(const struct lsp_context *x, const char *name)
{
	for (const struct cfc_node *n = x->siblings; n != NULL; n = n->next)
		if (n != x->line && n->ntokens > 0 && strcmp(n->tokens[0].text, name) == 0)
			return true;
	return false;
}

static bool
may_repeat(enum cfc_repeat repeat)
{
	return repeat == CFC_REPEAT_EACH || repeat == CFC_REPEAT_MERGE;
}

/* "${1:SIZE} ${2:TO}" for the arguments that must be there: the first ones in capitals of its syntax. */
static void
put_placeholders(const struct cfc_option *opt, struct buf *out)
{
	struct buf syntax;

	buf_init(&syntax, 4096);
	cfc_option_syntax(opt, "", &syntax);
	const char *s = buf_cstr(&syntax);
	for (unsigned n = 1; s[0] == ' ' && isupper((unsigned char)s[1]); n++) {
		size_t len = strspn(++s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

		buf_printf(out, " ${%u:%.*s}", n, (int)len, s);
		s += strcspn(s, " ");
	}
	buf_release(&syntax);
}

static void
add_row(struct completion *k, const char *name, const struct cfc_option *opt, int kind,
	const char *detail, const char *plugin, const char *option)
{
	json_t *item = add(k, name, kind, detail);
	struct buf text;

	if (item == NULL)
		return;
	json_object_set_new(item, "data",
			    cfc_json("{s:s, s:s}", "plugin", plugin, "option", option));
	buf_init(&text, 4096);
	buf_puts(&text, name);
	put_placeholders(opt, &text);
	if (k->l->snippets && text.len > strlen(name)) {
		json_object_set_new(json_object_get(item, "textEdit"), "newText",
				    json_string(buf_cstr(&text)));
		json_object_set_new(item, "insertTextFormat", json_integer(2));
	}
	buf_release(&text);
}

static void
add_directives(struct completion *k)
{
	const struct cfc *c = &k->x->program->c;

	for (size_t i = 0; i < c->nplugins; i++) {
		const struct cfc_plugin *p = c->plugins[i];

		if (may_repeat(p->repeat) || !is_there(k->x, p->name))
			add_row(k, p->name, &p->directive, KIND_PLUGIN, p->summary, p->name, "");
	}
}

static void
add_options(struct completion *k)
{
	const struct cfc_plugin *p = k->x->plugin;

	for (unsigned i = 0; p != NULL && i < p->noptions; i++) {
		const struct cfc_option *opt = &p->options[i];

		if (!opt->ignored && !opt->undocumented &&
		    (may_repeat(opt->repeat) || !is_there(k->x, opt->name)))
			add_row(k, opt->name, opt, KIND_PROPERTY, opt->help, p->name, opt->name);
	}
}

/* ---- values ---- */

static void
add_zones(struct completion *k)
{
	const struct cfc_plan *plan = k->x->program->p.plan;

	for (size_t i = 0; plan != NULL && i < plan->nblocks; i++) {
		const struct cfc_zones *keys = &plan->blocks[i]->keys;

		for (size_t n = 0; n < keys->count; n++)
			add(k, keys->list[n].name, KIND_VALUE, "zone of a server block");
	}
}

static void
add_names(struct completion *k, const char *(*at)(size_t n, uint16_t *number))
{
	uint16_t number;

	for (size_t i = 0; at(i, &number) != NULL; i++)
		add(k, at(i, &number), KIND_VALUE, NULL);
}

/* Words in small letters in a syntax text, "success|denial [ZONES...]": those to be written as they are. */
static void
add_syntax_words(struct completion *k, const char *syntax)
{
	char word[64];

	while (*syntax != '\0') {
		size_t len = strcspn(syntax, " |[](){}.,\"");

		if (len > 0 && len < sizeof(word) && islower((unsigned char)syntax[0])) {
			memcpy(word, syntax, len);
			word[len] = '\0';
			add(k, word, KIND_VALUE, NULL);
		}
		syntax += len + (syntax[len] != '\0');
	}
}

static void add_files(struct completion *k);

static void
add_values(struct completion *k)
{
	const struct lsp_context *x = k->x;
	const struct cfc_option *opt = x->option;
	const struct cfc_arg *arg =
		opt == NULL ? NULL
			    : cfc_option_arg(opt, x->line->tokens + 1, x->index - 1, x->index - 1);

	if (opt != NULL && opt->syntax != NULL)
		add_syntax_words(k, opt->syntax);
	if (arg == NULL)
		return;
	for (size_t i = 0; arg->values != NULL && arg->values[i] != NULL; i++)
		add(k, arg->values[i], KIND_VALUE, arg->help);
	if (arg->kind == CFC_FLAG) {
		add(k, "on", KIND_VALUE, arg->help);
		add(k, "off", KIND_VALUE, arg->help);
	} else if (arg->kind == CFC_RCODES) {
		add_names(k, dns_rcode_at);
	} else if (arg->kind == CFC_TYPES) {
		add_names(k, dns_type_at);
	} else if (arg->kind == CFC_PATH) {
		add_files(k);
	} else if (arg->kind == CFC_ZONES || arg->kind == CFC_FALLTHROUGH ||
		   arg->kind == CFC_NAMES) {
		add_zones(k);
	}
}

/* ---- files, snippets, variables, keys ---- */

static void
add_file(struct completion *k, const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		char *label = xasprintf("%s/", name);

		add(k, label, KIND_FOLDER, NULL);
		free(label);
	} else {
		add(k, name, KIND_FILE, NULL);
	}
	free(path);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The files of the folder that has been typed so far, from that of the document on. */
static void
add_files(struct completion *k)
{
	const char *own = k->x->doc->unit->path;
	const char *base = strrchr(own, '/');
	size_t n = k->ntyped;
	struct dirent **names = NULL;

	while (n > 0 && k->typed[n - 1] != '/')
		n--;
	char *folder = n > 0 && k->typed[0] == '/'
			       ? xasprintf("%.*s", (int)n, k->typed)
			       : xasprintf("%.*s/%.*s", base == NULL ? 1 : (int)(base - own),
					   base == NULL ? "." : own, (int)n, k->typed);
	bool hidden = n < k->ntyped && k->typed[n] == '.';
	int count = scandir(folder, &names, NULL, by_name);
	k->from += n;
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;

		if (name[0] != '.' || (hidden && strcmp(name, ".") != 0 && strcmp(name, "..") != 0))
			add_file(k, folder, name);
		free(names[i]);
	}
	free(names);
	free(folder);
}

static void
add_imports(struct completion *k)
{
	const struct cfc *c = &k->x->program->c;

	for (size_t i = 0; i < c->nsources; i++) {
		for (const struct cfc_node *n = c->sources[i]->nodes; n != NULL; n = n->next) {
			size_t len;
			const char *name = lsp_snippet_name(n, &len);
			char *copy = name != NULL ? xstrndup(name, len) : NULL;

			if (copy != NULL)
				add(k, copy, KIND_SNIPPET, "snippet");
			free(copy);
		}
	}
	add_files(k);
}

/* Where the name of a variable that is being typed begins in the word, 0 = none is. */
static size_t
variable_start(const char *s, size_t len)
{
	for (size_t i = len; i > 1; i--) {
		if (s[i - 1] == '}')
			return 0;
		if (s[i - 2] == '{' && (s[i - 1] == '$' || s[i - 1] == '%'))
			return i;
	}
	return 0;
}

static void
add_variables(struct completion *k, size_t start)
{
	const char *end = k->typed[start - 1] == '$' ? "}" : "%}";
	const char *after = k->x->doc->data + k->x->offset;

	k->from += start;
	for (char **e = environ; *e != NULL; e++) {
		size_t len = strcspn(*e, "=");
		char *name = xasprintf("%.*s%s", (int)len, *e,
				       strncmp(after, end, strlen(end)) == 0 ? "" : end);

		add(k, name, KIND_VARIABLE, NULL);
		free(name);
	}
}

static void
add_keys(struct completion *k)
{
	for (int s = CFC_SCHEME_DNS; s <= CFC_SCHEME_HTTPS3; s++) {
		char *label = xasprintf("%s://", cfc_scheme_name((enum cfc_scheme)s));

		add(k, label, KIND_KEYWORD, "transport");
		free(label);
	}
	if (k->x->index == 0)
		add(k, "import", KIND_KEYWORD, "puts in a snippet or files");
}

/* ---- the request ---- */

static void
complete(struct completion *k)
{
	const struct lsp_context *x = k->x;
	size_t variable = variable_start(k->typed, k->ntyped);

	if (variable > 0) {
		add_variables(k, variable);
	} else if (lsp_is_import(x)) {
		add_imports(k);
	} else if (x->level == LSP_LEVEL_KEYS) {
		add_keys(k);
	} else if (x->index > 0) {
		add_values(k);
	} else {
		if (x->level == LSP_LEVEL_DIRECTIVE)
			add_directives(k);
		else if (x->level == LSP_LEVEL_OPTION)
			add_options(k);
		add(k, "import", KIND_KEYWORD, "puts in a snippet or files");
	}
}

json_t *
lsp_complete(struct lsp *l, json_t *params)
{
	struct lsp_context x;

	if (!lsp_context_of(l, params, &x))
		return NULL;
	struct completion k = { .l = l, .x = &x, .from = x.offset, .items = cfc_json("[]") };
	if (x.word != NULL)
		k.from = cfc_span_offset(x.word->span) + (x.word->quoted ? 1 : 0);
	k.from = k.from < x.offset ? k.from : x.offset;
	k.typed = x.doc->data + k.from;
	k.ntyped = x.offset - k.from;
	if (!x.in_comment)
		complete(&k);
	return cfc_json("{s:b, s:o}", "isIncomplete", json_array_size(k.items) >= ITEMS_MAX,
			"items", k.items);
}

json_t *
lsp_complete_resolve(struct lsp *l, json_t *item)
{
	const char *plugin = NULL;
	const char *option = NULL;
	struct cfc c = { .arena = NULL };
	struct buf out;

	json_unpack(item, "{s:{s:s, s:s}}", "data", "plugin", &plugin, "option", &option);
	if (!json_is_object(item))
		return NULL;
	json_incref(item);
	if (plugin == NULL || option == NULL)
		return item;
	cfc_settings_apply(&l->settings, &c);
	if (c.plugins == NULL)
		cfc_plugins_init(&c);
	const struct cfc_plugin *p = cfc_plugin_find(&c, plugin, strlen(plugin));
	buf_init(&out, 1 << 20);
	for (unsigned i = 0; p != NULL && i < p->noptions; i++)
		if (strcmp(p->options[i].name, option) == 0)
			lsp_describe_option(p, &p->options[i], &out);
	if (p != NULL && option[0] == '\0')
		lsp_describe_plugin(p, &out);
	if (out.len > 0)
		json_object_set_new(item, "documentation",
				    cfc_json("{s:s, s:o}", "kind", "markdown", "value",
					     cfc_json_text(buf_cstr(&out), out.len)));
	buf_release(&out);
	return item;
}
