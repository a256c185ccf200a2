/*
 * Corefiles in tests; see corefile.h.
 */
#include "config.h"

#include "tests/support/corefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"

static const struct {
	const char *name, *value;
} environment[] = {
	{ "ZONE", "example.org" }, { "UP", "10.0.0.1 10.0.0.2" }, { "EMPTY", "" },
	{ "COMMA", "a.org," },     { "VIA", "{$ZONE}" },          { "SELF", "{$SELF}" },
};

const char *
front_env(void *arg, const char *name)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		if (strcmp(environment[i].name, name) == 0)
			return environment[i].value;
	return NULL;
}

/* Not by Check's assertions: the fuzzers use these functions without a test runner. */
static void
must(bool holds)
{
	if (!holds)
		abort();
}

void
front_open(struct front *f)
{
	memset(f, 0, sizeof(*f));
	cfc_init(&f->c);
	f->c.getenv = front_env;
}

void
front_close(struct front *f)
{
	cfc_release(&f->c);
}

void
front_parse_bytes(struct front *f, const char *text, size_t len)
{
	f->unit = cfc_source_text(&f->c, "Corefile", text, len);
	must(f->unit != NULL);
	f->good = cfc_parse(&f->c, f->unit, NULL);
}

void
front_parse(struct front *f, const char *text)
{
	front_parse_bytes(f, text, strlen(text));
}

void
front_expand_bytes(struct front *f, const char *text, size_t len)
{
	f->unit = cfc_source_text(&f->c, "Corefile", text, len);
	must(f->unit != NULL);
	f->good = cfc_expand(&f->c, f->unit, &f->tree);
}

void
front_expand(struct front *f, const char *text)
{
	front_expand_bytes(f, text, strlen(text));
}

void
front_expand_file(struct front *f, const char *path)
{
	f->unit = cfc_source_file(&f->c, path, cfc_no_span());
	must(f->unit != NULL);
	f->good = cfc_expand(&f->c, f->unit, &f->tree);
}

/* A stream whose text ends up in the arena. */
struct writer {
	FILE *out;
	char *text;
	size_t len;
};

static void
writer_open(struct writer *w)
{
	w->out = open_memstream(&w->text, &w->len);
	must(w->out != NULL);
}

static const char *
writer_close(struct writer *w, struct front *f)
{
	fclose(w->out);
	const char *copy = arena_strndup(f->c.arena, w->text, w->len);
	free(w->text);
	return copy;
}

static void
put_words(const struct cfc_token *tokens, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i > 0 ? "|" : "", tokens[i].text);
}

static void
put_comments(const struct cfc_comment *comment, FILE *out)
{
	for (; comment != NULL; comment = comment->next)
		fprintf(out, "<%.*s>", (int)comment->len, comment->text);
}

static void
put_nodes(const struct cfc_node *nodes, FILE *out)
{
	for (const struct cfc_node *n = nodes; n != NULL; n = n->next) {
		if (n != nodes)
			putc(';', out);
		put_words(n->tokens, n->ntokens, out);
		put_comments(n->comment, out);
		if (!n->has_block)
			continue;
		putc('{', out);
		put_nodes(n->children, out);
		putc('}', out);
		put_comments(n->close_comment, out);
	}
}

const char *
front_lines(struct front *f)
{
	struct writer w;

	writer_open(&w);
	put_nodes(f->unit->nodes, w.out);
	return writer_close(&w, f);
}

static void
put_lines(const struct cfc_line *lines, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			putc(';', out);
		put_words(lines[i].tokens, lines[i].ntokens, out);
		if (!lines[i].has_block)
			continue;
		putc('{', out);
		put_lines(lines[i].lines, lines[i].nlines, out);
		putc('}', out);
	}
}

static void
put_server(const struct cfc_server *s, FILE *out)
{
	putc('[', out);
	put_words(s->keys, s->nkeys, out);
	fputs("]{", out);
	for (size_t i = 0; i < s->ndirectives; i++) {
		const struct cfc_directive *d = &s->directives[i];
		fprintf(out, "%s%s", i > 0 ? ";" : "", d->name.text);
		if (d->nargs > 0)
			putc('|', out);
		put_words(d->args, d->nargs, out);
		if (!d->has_block)
			continue;
		putc('{', out);
		put_lines(d->lines, d->nlines, out);
		putc('}', out);
	}
	putc('}', out);
}

const char *
front_tree(struct front *f)
{
	struct writer w;

	writer_open(&w);
	for (size_t i = 0; i < f->tree.nservers; i++)
		put_server(&f->tree.servers[i], w.out);
	return writer_close(&w, f);
}

const char *
front_ids(struct front *f)
{
	static const char *const marks[] = {
		[CFC_SEVERITY_ERROR] = "",
		[CFC_SEVERITY_WARNING] = "w:",
		[CFC_SEVERITY_INFO] = "i:",
	};
	struct writer w;

	writer_open(&w);
	cfc_diags_sort(&f->c);
	for (size_t i = 0; i < f->c.diags.count; i++) {
		const struct cfc_diag *d = f->c.diags.list[i];
		fprintf(w.out, "%s%s%s", i > 0 ? " " : "", marks[d->severity], d->id);
	}
	return writer_close(&w, f);
}

const char *
front_diags(struct front *f)
{
	struct writer w;

	writer_open(&w);
	cfc_diags_print(&f->c, w.out);
	return writer_close(&w, f);
}
