/*
 * docs.c - the documents that are open, their edits, their names.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "compiler/lsp/lsp.h"

/* ---- URIs ---- */

static int
hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = (char)(ch | 0x20);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Undo %XX; a path with a NUL in it is cut there and names another file, so %00 stays as it is. */
static void
decode(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++, to++) {
		int high = s[0] == '%' ? hex(s[1]) : -1;
		int low = high < 0 ? -1 : hex(s[2]);

		*to = *s;
		if (low < 0 || high * 16 + low == 0)
			continue;
		*to = (char)(high * 16 + low);
		s += 2;
	}
	*to = '\0';
}

/* Take '.', '..' and empty parts out of an absolute path, by its letters alone. */
static void
normalize(char *path)
{
	char *to = path;

	for (const char *part = path; *part != '\0';) {
		size_t len;

		part += strspn(part, "/");
		len = strcspn(part, "/");
		if (len == 2 && part[0] == '.' && part[1] == '.') {
			while (to > path && *--to != '/')
				continue;
		} else if (len > 0 && !(len == 1 && part[0] == '.')) {
			*to++ = '/';
			memmove(to, part, len);
			to += len;
		}
		part += len;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

static char *
path_of_uri(const char *uri)
{
	if (strncmp(uri, "file://", 7) != 0)
		return strchr(uri, ':') != NULL ? xstrdup(uri) : xasprintf("untitled:%s", uri);
	const char *path = strchr(uri + 7, '/'); /* behind the name of the machine, if any */
	char *copy = xstrdup(path != NULL ? path : "/");
	decode(copy);
	normalize(copy);
	return copy;
}

char *
lsp_uri_of_path(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~/";
	struct buf b;

	if (path[0] != '/')
		return xstrdup(path);
	char *copy = xstrdup(path);
	normalize(copy);
	buf_init(&b, strlen(copy) * 3 + 16);
	buf_puts(&b, "file://");
	for (const char *p = copy; *p != '\0'; p++) {
		if (strchr(plain, *p) != NULL)
			buf_putc(&b, *p);
		else
			buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
	}
	char *uri = xstrdup(buf_cstr(&b));
	buf_release(&b);
	free(copy);
	return uri;
}

/* ---- finding ---- */

struct lsp_doc *
lsp_doc_of(struct lsp *l, json_t *params)
{
	const char *uri = NULL;

	json_unpack(params, "{s:{s:s}}", "textDocument", "uri", &uri);
	for (struct lsp_doc *d = l->docs; uri != NULL && d != NULL; d = d->next)
		if (strcmp(d->uri, uri) == 0)
			return d;
	return NULL;
}

/* The same file under another name: a link, or a path that needs its '..' resolved by the system. */
static struct lsp_doc *
doc_with_id(struct lsp *l, const char *path)
{
	struct fs_id id;

	if (fs_identify(&id, path) != 0)
		return NULL;
	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next)
		if (d->id.inode == id.inode && d->id.device == id.device && id.inode != 0)
			return d;
	return NULL;
}

struct lsp_doc *
lsp_doc_at(struct lsp *l, const char *path)
{
	struct lsp_doc *found = NULL;
	char *copy = xstrdup(path);

	if (path[0] == '/')
		normalize(copy);
	for (struct lsp_doc *d = l->docs; found == NULL && d != NULL; d = d->next)
		if (strcmp(d->path, copy) == 0)
			found = d;
	free(copy);
	return found != NULL ? found : doc_with_id(l, path);
}

/* ---- positions ---- */

bool
lsp_offset_of(const struct lsp *l, const struct lsp_lines *text, json_t *position, size_t *offset)
{
	json_int_t line, character;

	if (json_unpack(position, "{s:I, s:I}", "line", &line, "character", &character) != 0 ||
	    line < 0 || character < 0)
		return false;
	*offset = lsp_lines_offset(text, l->utf8, (uint64_t)line, (uint64_t)character);
	return true;
}

bool
lsp_bytes_of(const struct lsp *l, const struct lsp_lines *text, json_t *range, size_t *from,
	     size_t *to)
{
	if (!lsp_offset_of(l, text, json_object_get(range, "start"), from) ||
	    !lsp_offset_of(l, text, json_object_get(range, "end"), to))
		return false;
	if (*from > *to) {
		size_t t = *from;

		*from = *to;
		*to = t;
	}
	return true;
}

static json_t *
position(const struct lsp *l, const struct lsp_lines *text, size_t offset)
{
	size_t line, character;

	lsp_lines_position(text, l->utf8, offset, &line, &character);
	return cfc_json("{s:I, s:I}", "line", (json_int_t)line, "character", (json_int_t)character);
}

json_t *
lsp_range(const struct lsp *l, const struct lsp_lines *text, size_t from, size_t to)
{
	return cfc_json("{s:o, s:o}", "start", position(l, text, from), "end",
			position(l, text, to));
}

/* ---- opening, changing, closing ---- */

static void
changed(struct lsp *l)
{
	l->old = true;
	l->unpublished = true;
}

static void
free_doc(struct lsp *l, struct lsp_doc *d)
{
	l->bytes -= d->text.len;
	l->ndocs--;
	lsp_lines_release(&d->text);
	free(d->data);
	free(d->uri);
	free(d->path);
	free(d);
}

static void
close_doc(struct lsp *l, struct lsp_doc *d)
{
	struct lsp_doc **at = &l->docs;

	lsp_views_release(l);
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	free_doc(l, d);
	changed(l);
}

void
lsp_docs_release(struct lsp *l)
{
	while (l->docs != NULL) {
		struct lsp_doc *next = l->docs->next;

		free_doc(l, l->docs);
		l->docs = next;
	}
}

/* The document gets the text, which is its own from now on; one that is too large is closed. */
static void
set_text(struct lsp *l, struct lsp_doc *d, char *data, size_t len)
{
	l->bytes += len - d->text.len;
	lsp_lines_release(&d->text);
	free(d->data);
	d->data = data;
	lsp_lines_build(&d->text, data, len);
	d->told = false;
	changed(l);
	if (len <= LSP_TEXT_MAX && l->bytes <= LSP_TEXTS_MAX)
		return;
	lsp_tell(l, "'%s' is not looked at: open documents may have %zu MiB each, %zu MiB in all",
		 d->path, LSP_TEXT_MAX >> 20, LSP_TEXTS_MAX >> 20);
	close_doc(l, d);
}

static struct lsp_doc *
add_doc(struct lsp *l, const char *uri)
{
	struct lsp_doc **at = &l->docs;
	struct lsp_doc *d = xcalloc(1, sizeof(*d));

	while (*at != NULL)
		at = &(*at)->next;
	*at = d;
	l->ndocs++;
	d->uri = xstrdup(uri);
	d->path = path_of_uri(uri);
	if (fs_identify(&d->id, d->path) != 0)
		d->id = (struct fs_id){ 0 };
	return d;
}

void
lsp_did_open(struct lsp *l, json_t *params)
{
	json_t *item = json_object_get(params, "textDocument");
	json_t *text = json_object_get(item, "text");
	const char *uri = json_string_value(json_object_get(item, "uri"));

	if (uri == NULL || !json_is_string(text))
		return;
	struct lsp_doc *d = lsp_doc_of(l, params);
	if (d == NULL && l->ndocs >= LSP_DOCS_MAX) {
		lsp_tell(l, "'%s' is not looked at: %u documents are open", uri, LSP_DOCS_MAX);
		return;
	}
	if (d == NULL)
		d = add_doc(l, uri);
	d->version = json_integer_value(json_object_get(item, "version"));
	set_text(l, d, xstrndup(json_string_value(text), json_string_length(text)),
		 json_string_length(text));
}

/* One edit: the text in a range is replaced, or without a range the whole. */
static struct lsp_doc *
edit(struct lsp *l, struct lsp_doc *d, json_t *change)
{
	json_t *range = json_object_get(change, "range");
	json_t *text = json_object_get(change, "text");
	size_t from = 0;
	size_t to = d->text.len;

	if (!json_is_string(text))
		return d;
	if (range != NULL && !lsp_bytes_of(l, &d->text, range, &from, &to))
		return d;
	size_t added = json_string_length(text);
	size_t rest = d->text.len - to;
	char *data = xmalloc(from + added + rest + 1);
	memcpy(data, d->data, from);
	memcpy(data + from, json_string_value(text), added);
	memcpy(data + from + added, d->data + to, rest);
	data[from + added + rest] = '\0';
	size_t before = l->ndocs;
	set_text(l, d, data, from + added + rest);
	return l->ndocs == before ? d : NULL;
}

void
lsp_did_change(struct lsp *l, json_t *params)
{
	struct lsp_doc *d = lsp_doc_of(l, params);
	json_t *change;
	size_t i;

	if (d == NULL)
		return;
	d->version = json_integer_value(
		json_object_get(json_object_get(params, "textDocument"), "version"));
	d->told = false;
	changed(l);
	json_array_foreach(json_object_get(params, "contentChanges"), i, change)
	{
		d = edit(l, d, change);
		if (d == NULL)
			return;
	}
}

void
lsp_did_close(struct lsp *l, json_t *params)
{
	struct lsp_doc *d = lsp_doc_of(l, params);

	if (d != NULL)
		close_doc(l, d);
}

void
lsp_files_changed(struct lsp *l, json_t *params)
{
	(void)params;
	for (struct lsp_doc *d = l->docs; d != NULL; d = d->next)
		if (fs_identify(&d->id, d->path) != 0)
			d->id = (struct fs_id){ 0 };
	changed(l);
}
