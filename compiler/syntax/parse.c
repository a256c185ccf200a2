/*
 * Parsing one unit: looks at its bytes, runs the parser, and builds the syntax tree for it.
 */
#include "config.h"

#include "compiler/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "compiler/fix.h"
#include "compiler/text.h"
#include "grammar/corefile.h"

static const char bom[] = "\xef\xbb\xbf";

/* ---- called by the grammar ---- */

/* Only memory or depth can bring the parser here: every sequence of symbols is a sentence. */
void
corefile_error(struct corefile_parse *p, const char *msg)
{
	cfc_error(p->c, cfc_source_span(p->unit, p->start, 0), "CF1010", "cannot go on: %s", msg);
}

void
corefile_word(struct corefile_parse *p, const struct cfc_token *token)
{
	xgrow((void **)&p->tokens, &p->tokens_room, p->ntokens + 1, sizeof(p->tokens[0]));
	p->tokens[p->ntokens++] = *token;
}

void
corefile_comment(struct corefile_parse *p, struct cfc_comment *comment)
{
	if (p->last_comment == NULL)
		p->comment = comment;
	else
		p->last_comment->next = comment;
	p->last_comment = comment;
}

static uint32_t
end_line_of(const struct cfc_token *t)
{
	uint32_t line = t->span.line;

	for (const char *s = t->raw; (s = memchr(s, '\n', t->rawlen - (size_t)(s - t->raw))); s++)
		line++;
	return line;
}

/* The words and comments read since the last line or block began, as a line. */
struct cfc_node *
corefile_head(struct corefile_parse *p)
{
	struct cfc_node *node = arena_zalloc(p->c->arena, sizeof(*node));

	node->comment = p->comment;
	node->ntokens = p->ntokens;
	if (p->ntokens > 0) {
		node->tokens =
			arena_memdup(p->c->arena, p->tokens, p->ntokens * sizeof(p->tokens[0]));
		node->line = node->tokens[0].span.line;
		node->end_line = end_line_of(&node->tokens[p->ntokens - 1]);
	} else {
		node->line = p->comment->span.line;
		node->end_line = node->line;
	}
	p->ntokens = 0;
	p->comment = NULL;
	p->last_comment = NULL;
	return node;
}

static bool
is_comment(const struct cfc_node *node)
{
	return node->ntokens == 0 && !node->has_block;
}

static void
add_comments(struct cfc_comment **list, struct cfc_comment *more)
{
	while (*list != NULL)
		list = &(*list)->next;
	*list = more;
}

/* A comment behind '{' is the first line of the block to the grammar; it belongs to the '{'. */
static struct cfc_node *
take_open_comment(struct cfc_node *block, struct cfc_node *first)
{
	if (first == NULL || !is_comment(first) || first->line != block->open.line)
		return first;
	add_comments(&block->comment, first->comment);
	return first->next;
}

/* What only server blocks may do, and these do not stand within blocks. */
static void
check_lines(struct corefile_parse *p, const struct cfc_node *first)
{
	const struct cfc_node *prev = NULL;

	for (const struct cfc_node *n = first; n != NULL; prev = n, n = n->next) {
		if (n->ntokens > 0 && n->after_brace) {
			cfc_error(p->c, n->tokens[0].span, "CF1010",
				  "'%s' must begin a line of its "
				  "own, after the '}'",
				  n->tokens[0].text);
		} else if (n->ntokens == 0 && n->has_block) {
			cfc_error(p->c, n->open, "CF1010",
				  "'{' must end the line that it belongs to");
			if (prev != NULL && prev->ntokens > 0)
				cfc_note(p->c, prev->tokens[0].span, "write '%s%s {'",
					 prev->tokens[0].text, prev->ntokens > 1 ? " ..." : "");
		}
	}
}

struct cfc_node *
corefile_block(struct corefile_parse *p, struct cfc_node *head, struct cfc_span open,
	       struct corefile_list lines, struct cfc_span close)
{
	if (head == NULL) {
		head = arena_zalloc(p->c->arena, sizeof(*head));
		head->line = open.line;
	}
	head->has_block = true;
	head->open = open;
	head->close = close;
	head->end_line = close.line;
	head->children = take_open_comment(head, lines.first);
	check_lines(p, head->children);
	return head;
}

struct corefile_list
corefile_append(struct corefile_list list, struct cfc_node *node)
{
	struct cfc_node *last = list.last;

	if (node == NULL)
		return list;
	if (last == NULL)
		return (struct corefile_list){ node, node };
	if (last->has_block && last->end_line == node->line) {
		if (is_comment(node)) {
			add_comments(&last->close_comment, node->comment);
			return list;
		}
		node->after_brace = true;
	}
	node->blank_before = node->line > last->end_line + 1;
	last->next = node;
	list.last = node;
	return list;
}

/* ---- the bytes of a unit ---- */

static struct cfc_span
byte_span(const struct corefile_parse *p, size_t offset)
{
	struct cfc_span span = cfc_source_span(p->unit, offset, 1);

	span.origin = p->origin;
	return span;
}

/* A carriage return that no line feed follows is nothing, so what it should part is joined. */
static void
check_returns(struct corefile_parse *p)
{
	const char *text = p->unit->text;
	const char *end = text + p->unit->len;

	for (const char *s = text; (s = memchr(s, '\r', (size_t)(end - s))) != NULL; s++) {
		const char *after = s;
		while (after < end && *after == '\r')
			after++;
		if (after == end || *after == '\n')
			continue;
		cfc_warn(p->c, byte_span(p, (size_t)(s - text)), "CF1008",
			 "carriage return within a line is dropped");
		cfc_note(p->c, cfc_no_span(), "end lines with line feeds");
		return;
	}
}

/* Whether the bytes are text at all; warns about what is odd in them. */
static bool
check_bytes(struct corefile_parse *p)
{
	const struct cfc_source *s = p->unit;
	const char *nul = memchr(s->text, '\0', s->len);

	if (nul != NULL) {
		cfc_error(p->c, byte_span(p, (size_t)(nul - s->text)), "CF1000",
			  "NUL byte: this is no text file");
		cfc_note(p->c, cfc_no_span(),
			 "a Corefile is UTF-8 text; is this another file, or UTF-16?");
		return false;
	}
	if (s->len >= 3 && memcmp(s->text, bom, 3) == 0) {
		cfc_warn(p->c, byte_span(p, 0), "CF1008",
			 "byte order mark at the start is ignored");
		cfc_note(p->c, cfc_no_span(),
			 "save the file as UTF-8 without a byte order mark, or run fmt");
		struct cfc_span mark = byte_span(p, 0);
		mark.length = 3;
		cfc_fix_replace(p->c, "take the byte order mark away", mark, "");
		p->next = 3;
	}
	size_t good = text_valid_prefix(s->text, s->len);
	if (good < s->len) {
		cfc_warn(p->c, byte_span(p, good), "CF1008", "byte 0x%02x is not UTF-8",
			 (unsigned)(unsigned char)s->text[good]);
		cfc_note(p->c, cfc_no_span(), "such bytes are read as U+FFFD");
	}
	check_returns(p);
	return true;
}

struct corefile_parse *
corefile_parse_new(struct cfc *c, struct cfc_source *unit, const struct cfc_origin *origin)
{
	struct corefile_parse *p = xcalloc(1, sizeof(*p));

	p->c = c;
	p->unit = unit;
	p->origin = origin;
	p->line = 1;
	p->word_end = SIZE_MAX;
	p->quoted_end = SIZE_MAX;
	if (!check_bytes(p)) {
		corefile_parse_free(p);
		return NULL;
	}
	p->scanner = corefile_scanner_new(p);
	return p;
}

void
corefile_parse_free(struct corefile_parse *p)
{
	if (p == NULL)
		return;
	if (p->scanner != NULL)
		corefile_scanner_free(p->scanner);
	free(p->tokens);
	free(p);
}

bool
cfc_parse(struct cfc *c, struct cfc_source *unit, const struct cfc_origin *origin)
{
	if (unit->parsed)
		return !unit->broken;
	unit->parsed = true;
	size_t errors = c->diags.nerrors;
	struct corefile_parse *p = corefile_parse_new(c, unit, origin);

	if (p != NULL)
		corefile_parse(p);
	unit->broken = c->diags.nerrors > errors;
	corefile_parse_free(p);
	return !unit->broken;
}
