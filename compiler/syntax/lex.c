/*
 * The lexer: makes symbols with values and places out of the scanner's lexemes.
 *
 * It reports everything that is wrong with single words, quotes and braces, and mends it: each `{`
 * that it hands to the parser gets its `}`, and a `}` without a `{` is not handed on.
 */
#include "config.h"

#include "grammar/corefile.h"

#include <string.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/compiler.h"
#include "compiler/embed.h"
#include "compiler/fix.h"
#include "compiler/text.h"
#include "grammar/corefile_parse.h"

static const char bad_text[] = "\xef\xbf\xbd";

static struct cfc_span
span_at(const struct corefile_parse *p, size_t start, size_t end)
{
	struct cfc_span span = {
		.source = p->unit,
		.origin = p->origin,
		.line = p->line,
		.column = (uint32_t)(start - p->unit->starts[p->line - 1]) + 1,
		.length = (uint32_t)(end - start),
	};

	return span;
}

/* Bring p->line to the line of an offset; offsets only grow. */
static void
follow_lines(struct corefile_parse *p, size_t offset)
{
	while (p->line < p->unit->nlines && p->unit->starts[p->line] <= offset)
		p->line++;
}

static void
look_ahead(struct corefile_parse *p, int kind, union corefile_value value)
{
	p->ahead.kind = kind;
	p->ahead.value = value;
	p->has_ahead = true;
}

/* ---- values of words ---- */

/*
 * Decode the bytes of a word: escapes of quotes are undone in quoted text, carriage returns dropped
 * outside, malformed UTF-8 replaced.
 */
static void
decode_value(struct corefile_parse *p, struct cfc_token *t, const char *s, size_t len, bool quoted)
{
	char *out = arena_alloc(p->c->arena, len * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		bool valid;
		size_t used = text_decode(s + i, len - i, &cp, &valid);
		if (quoted && cp == '\\' && i + 1 < len && s[i + 1] == '"') {
			out[n++] = '"';
			used = 2;
		} else if (quoted && cp == '\\' && i + 1 < len && s[i + 1] == '\\') {
			out[n++] = '\\';
			out[n++] = '\\';
			used = 2;
		} else if (!valid) {
			memcpy(out + n, bad_text, 3);
			n += 3;
		} else if (quoted || cp != '\r') {
			memcpy(out + n, s + i, used);
			n += used;
		}
		i += used;
	}
	out[n] = '\0';
	t->text = out;
	t->len = n;
}

/* Whether the bytes are the value as they stand. */
static bool
is_plain(const char *s, size_t len, bool quoted)
{
	if (memchr(s, quoted ? '\\' : '\r', len) != NULL)
		return false;
	return text_valid_prefix(s, len) == len;
}

static struct cfc_token
make_token(struct corefile_parse *p, size_t start, size_t end, bool quoted, bool closed)
{
	const char *text = p->unit->text;
	struct cfc_token t = {
		.raw = text + start,
		.rawlen = end - start,
		.span = span_at(p, start, end),
		.quoted = quoted,
	};
	size_t first = start + (quoted ? 1 : 0);
	size_t last = end - (quoted && closed ? 1 : 0);

	if (is_plain(text + first, last - first, quoted)) {
		t.text = arena_strndup(p->c->arena, text + first, last - first);
		t.len = last - first;
	} else {
		decode_value(p, &t, text + first, last - first, quoted);
	}
	return t;
}

/* ---- what may be wrong with words ---- */

/* Whether only blanks and perhaps a comment follow on the line. */
static bool
ends_line(const struct corefile_parse *p, size_t offset)
{
	const char *s = p->unit->text;

	while (offset < p->unit->len && strchr(" \t\r\v\f", s[offset]) != NULL)
		offset++;
	return offset == p->unit->len || s[offset] == '\n' || s[offset] == '#';
}

static const char *const smart_quotes[] = {
	"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e",
};
#define SMART_LEN 3u

static bool
is_smart(const char *s, const char *end)
{
	for (size_t i = 0; i < ARRAY_SIZE(smart_quotes) && end - s >= (long)SMART_LEN; i++) {
		if (memcmp(s, smart_quotes[i], SMART_LEN) == 0)
			return true;
	}
	return false;
}

static struct cfc_span
part_of(struct cfc_span span, size_t offset, size_t length)
{
	span.column += (uint32_t)offset;
	span.length = (uint32_t)length;
	return span;
}

/*
 * A word that begins with a smart quote is the beginning of a quoted text, if one more ends a word of
 * the line and neither blanks nor other quotes make it doubtful what belongs together.
 */
static void
fix_smart(struct corefile_parse *p, const struct cfc_token *t)
{
	const char *title = "write plain double quotes";
	const char *s = t->raw + SMART_LEN, *end = p->unit->text + p->unit->len;

	if (t->rawlen < SMART_LEN || !is_smart(t->raw, t->raw + t->rawlen))
		return;
	while (s < end && *s != '\n' && *s != '"' && *s != '\\' && !is_smart(s, end))
		s++;
	size_t after = (size_t)(s - p->unit->text) + SMART_LEN;
	if (!is_smart(s, end) ||
	    (after < p->unit->len && (unsigned char)p->unit->text[after] > ' '))
		return;
	cfc_fix_replace(p->c, title, part_of(t->span, 0, SMART_LEN), "\"");
	cfc_fix_replace(p->c, title, part_of(t->span, (size_t)(s - t->raw), SMART_LEN), "\"");
}

static void
check_quotes(struct corefile_parse *p, const struct cfc_token *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(smart_quotes); i++) {
		if (strstr(t->text, smart_quotes[i]) == NULL)
			continue;
		cfc_warn(p->c, t->span, "CF1008", "'%s' in a word is no quote", smart_quotes[i]);
		cfc_note(p->c, t->span, "write \"...\" with the plain double quote");
		fix_smart(p, t);
		return;
	}
	if (p->quoted_end == p->start) {
		cfc_warn(p->c, t->span, "CF1008",
			 "'%s' follows a quote without a blank: it is a word of its own", t->text);
		cfc_fix_insert(p->c, "put a blank between", t->span, " ");
		if (p->long_quote.source != NULL)
			cfc_note(p->c, p->long_quote,
				 "this quoted text spans lines; is its closing quote missing?");
	} else if (memchr(t->text, '"', t->len) != NULL) {
		cfc_warn(p->c, t->span, "CF1008",
			 "quote in the middle of a word is an ordinary character");
		cfc_note(p->c, t->span, "quote the whole word, or put a blank before the quote");
		cfc_fix_word(p->c, "quote the whole word", t, t->text);
	}
}

static void
check_quoted(struct corefile_parse *p, const struct cfc_token *t)
{
	if (strcmp(t->text, "{") == 0 || strcmp(t->text, "}") == 0) {
		cfc_warn(p->c, t->span, "CF1008",
			 "quoted '%s' is a word here, but opens or closes "
			 "a block in CoreDNS",
			 t->text);
		cfc_note(p->c, t->span, "leave out the quotes if a block is meant");
	}
	if (p->quoted_end == t->span.column - 1 + p->unit->starts[t->span.line - 1]) {
		cfc_warn(p->c, t->span, "CF1008",
			 "quoted words without a blank between them are separate words");
		cfc_fix_insert(p->c, "put a blank between", t->span, " ");
	}
	if (memchr(t->raw, '\n', t->rawlen) != NULL)
		p->long_quote = t->span;
}

/*
 * What stands behind the '#' is a comment to CoreDNS: a blank before it changes nothing, if the comment
 * goes on to the end of the line.  Other programs write ports so, as in 192.0.2.53#5353.
 */
static void
fix_cut(struct corefile_parse *p, struct cfc_span comment, const char *word, size_t word_len)
{
	struct addr address;
	const char *port = p->unit->text + p->start + 1;
	size_t digits = strspn(port, "0123456789");
	const char *text = cfc_printf(p->c, "%.*s:%.*s", (int)word_len, word, (int)digits, port);

	if (digits > 0 && digits <= 5 && p->start + 1 + digits == p->end &&
	    addr_parse(&address, text, strlen(text)) == 0 && address.family == ADDR_V4)
		cfc_fix_replace(p->c, "write ':' before the port", part_of(comment, 0, 1), ":");
	if (ends_line(p, p->end))
		cfc_fix_insert(p->c, "put a blank before '#'", comment, " ");
}

static void
check_cut(struct corefile_parse *p, const struct cfc_span *comment, size_t end)
{
	size_t word_len = 0;
	const char *text = p->unit->text;

	if (p->word_end != p->start)
		return;
	while (word_len < p->start && (unsigned char)text[p->start - 1 - word_len] > ' ')
		word_len++;
	cfc_warn(p->c, *comment, "CF1004", "'#' in the middle of a word cuts it to '%.*s'",
		 word_len > 200 ? 200 : (int)word_len, text + p->start - word_len);
	cfc_note(p->c, *comment,
		 "put a blank before '#' if a comment is meant, quote the word if not");
	if (!ends_line(p, end))
		cfc_note(p->c, *comment, "the rest of the line is read on from the next blank");
	fix_cut(p, *comment, text + p->start - word_len, word_len);
}

/* ---- braces ---- */

static void
note_indent(struct corefile_parse *p, struct cfc_span span)
{
	if (p->last != LAST_NOTHING)
		return;
	p->indent = span.column;
	p->indent_line = span.line;
}

/* A '{'. False = dropped, since the blocks are nested too deep. */
static bool
open_block(struct corefile_parse *p, struct cfc_span span)
{
	note_indent(p, span);
	if (p->depth == CFC_DEPTH_MAX) {
		if (p->skipped++ == 0)
			cfc_error(p->c, span, "CF1010", "blocks are nested deeper than %u levels",
				  CFC_DEPTH_MAX);
		return false;
	}
	p->last = LAST_OPEN;
	p->opens[p->depth++] = (struct corefile_open){
		.span = span,
		.indent = p->indent,
		.line = p->indent_line,
	};
	return true;
}

/* What stands at the span begins a line of its own, one level deeper than a line or as deep. */
static void
fix_line_end(struct corefile_parse *p, struct cfc_span span, uint32_t line, const char *deeper)
{
	size_t len, before = span.column - 1;
	const char *first = cfc_source_line(p->unit, line, &len);
	const char *text = cfc_source_line(p->unit, span.line, &len);
	int blanks = (int)strspn(first, " \t");

	while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
		before--;
	struct cfc_span gap = span;
	gap.column = (uint32_t)before + 1;
	gap.length = span.column - gap.column;
	cfc_fix_replace(p->c, "put it on a line of its own", gap,
			cfc_printf(p->c, "\n%.*s%s", blanks, first, deeper));
}

static void
check_close(struct corefile_parse *p, struct cfc_span span)
{
	const struct corefile_open *open = &p->opens[p->depth - 1];

	if (p->last == LAST_WORDS || p->last == LAST_CLOSE) {
		cfc_error(p->c, span, "CF1010", "'}' must stand on a line of its own");
		cfc_note(p->c, open->span, "the block begins here");
		fix_line_end(p, span, open->line, "");
	} else if (p->last == LAST_NOTHING && p->odd_close.source == NULL &&
		   span.column != open->indent) {
		p->odd_close = span;
		p->odd_open_line = open->line;
	}
}

/* A '}'. False = dropped, since it closes nothing. */
static bool
close_block(struct corefile_parse *p, struct cfc_span span)
{
	note_indent(p, span);
	if (p->skipped > 0) {
		p->skipped--;
		return false;
	}
	if (p->depth == 0) {
		cfc_stricter(p->c, span, "CF1002", "'}' closes no block"); /* a key to CoreDNS */
		cfc_note(p->c, span,
			 "take it away, or open the block with '{' at the end of a line");
		return false;
	}
	check_close(p, span);
	p->depth--;
	p->last = LAST_CLOSE;
	return true;
}

/* CoreDNS takes the last word for the brace that closes a server block. */
static bool
ends_in_brace(const struct corefile_parse *p)
{
	static const char blanks[] = " \t\r\n";
	const char *text = p->unit->text;
	size_t len = p->unit->len;

	while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
		len--;
	return len > 1 && text[len - 1] == '}' && strchr(blanks, text[len - 2]) != NULL;
}

/* A line as the user counts it. */
static uint32_t
shown_line(const struct corefile_parse *p, uint32_t line)
{
	return cfc_span_shown((struct cfc_span){ .source = p->unit, .line = line, .column = 1 })
		.line;
}

/* The text is over and a block is open: report it, and close it for the parser. */
static int
close_missing(struct corefile_parse *p, union corefile_value *value)
{
	const struct corefile_open *open = &p->opens[--p->depth];

	if (p->depth == 0 && ends_in_brace(p))
		cfc_stricter(p->c, open->span, "CF1002", "block is never closed");
	else
		cfc_error(p->c, open->span, "CF1002", "block is never closed");
	if (p->glued_close.source != NULL)
		cfc_note(p->c, p->glued_close,
			 "this '}' belongs to its word; put it on a line of its own");
	else if (p->odd_close.source != NULL)
		cfc_note(p->c, p->odd_close,
			 "this '}' closes the block of line %u, which is "
			 "indented differently",
			 (unsigned)shown_line(p, p->odd_open_line));
	else
		cfc_note(p->c, open->span, "add a line with '}' at its end");
	value->span = span_at(p, p->unit->len, p->unit->len);
	p->last = LAST_CLOSE;
	return TOK_CLOSE;
}

/* ---- symbols ---- */

static bool
is_directive_like(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((s[i] < 'a' || s[i] > 'z') && s[i] != '_')
			return false;
	return len > 0;
}

/* Whether each brace within the bytes has its partner there: {$NAME}, {common}. */
static bool
braces_pair(const char *s, size_t len)
{
	size_t open = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '{')
			open++;
		else if (s[i] == '}' && open-- == 0)
			return false;
	}
	return open == 0;
}

/*
 * 'example.org{' at the end of a line and '{errors': surely a block is meant. Report it and hand
 * out the word and the brace apart. Returns the first symbol, 0 if the word is none of these.
 */
static int
split_glued(struct corefile_parse *p, union corefile_value *value)
{
	const char *s = p->unit->text + p->start;
	size_t len = p->end - p->start;
	union corefile_value brace;

	if (p->c->compat) /* a word like any other */
		return 0;
	if (s[len - 1] == '{' && braces_pair(s, len - 1) && ends_line(p, p->end)) {
		brace.span = span_at(p, p->end - 1, p->end);
		value->token = make_token(p, p->start, p->end - 1, false, true);
		cfc_error(p->c, brace.span, "CF1003", "'{' is glued to '%s'", value->token.text);
		cfc_note(p->c, brace.span, "put a blank before '{': '%s {'", value->token.text);
		cfc_fix_insert(p->c, "put a blank before '{'", brace.span, " ");
		note_indent(p, value->token.span);
		p->last = LAST_WORDS;
		if (open_block(p, brace.span))
			look_ahead(p, TOK_OPEN, brace);
		return TOK_WORD;
	}
	if (s[0] == '{' && p->last == LAST_WORDS && is_directive_like(s + 1, len - 1)) {
		brace.span = span_at(p, p->start, p->start + 1);
		union corefile_value rest = {
			.token = make_token(p, p->start + 1, p->end, false, true),
		};
		cfc_error(p->c, brace.span, "CF1003", "'{' is glued to '%s'", rest.token.text);
		cfc_note(p->c, brace.span, "put '%s' on the next line", rest.token.text);
		fix_line_end(p, rest.token.span, brace.span.line, "\t");
		bool opened = open_block(p, brace.span);
		p->last = LAST_WORDS;
		if (!opened) {
			*value = rest;
			return TOK_WORD;
		}
		look_ahead(p, TOK_WORD, rest);
		*value = brace;
		return TOK_OPEN;
	}
	return 0;
}

/* A '}': ends the line that it stands on, if it must not stand there. */
static int
lex_close(struct corefile_parse *p, union corefile_value *value, struct cfc_span span)
{
	bool after_words = p->last == LAST_WORDS;

	value->span = span;
	if (!close_block(p, span))
		return 0;
	if (!after_words)
		return TOK_CLOSE;
	look_ahead(p, TOK_CLOSE, *value);
	return TOK_NEWLINE;
}

static int
lex_word(struct corefile_parse *p, union corefile_value *value)
{
	while (p->end > p->start + 1 && p->unit->text[p->end - 1] == '\r')
		p->end--;
	const char *s = p->unit->text + p->start;
	size_t len = p->end - p->start;
	struct cfc_span span = span_at(p, p->start, p->end);

	p->word_end = p->next;
	if (len == 1 && s[0] == '{') {
		value->span = span;
		return open_block(p, span) ? TOK_OPEN : 0;
	}
	if (len == 1 && s[0] == '}')
		return lex_close(p, value, span);
	int kind = len > 1 ? split_glued(p, value) : 0;
	if (kind != 0)
		return kind;
	value->token = make_token(p, p->start, p->end, false, true);
	check_quotes(p, &value->token);
	if (s[len - 1] == '}' && p->glued_close.source == NULL && p->depth > 0 &&
	    braces_pair(s, len - 1) && ends_line(p, p->end))
		p->glued_close = span;
	note_indent(p, span);
	p->last = LAST_WORDS;
	return TOK_WORD;
}

static int
lex_quoted(struct corefile_parse *p, union corefile_value *value, bool closed)
{
	if (!closed)
		while (p->unit->text[p->end - 1] == '\r')
			p->end--;
	struct cfc_token *t = &value->token;
	*t = make_token(p, p->start, p->end, true, closed);

	if (closed) {
		check_quoted(p, t);
		p->quoted_end = p->end;
	} else {
		cfc_error(p->c, t->span, "CF1001", "quote is never closed");
		if (p->long_quote.source != NULL)
			cfc_note(p->c, p->long_quote,
				 "this quoted text spans lines; is its closing "
				 "quote missing?");
		else
			cfc_note(p->c, t->span, "end the text with '\"'");
	}
	note_indent(p, t->span);
	p->last = LAST_WORDS;
	return TOK_WORD;
}

static int
lex_comment(struct corefile_parse *p, union corefile_value *value)
{
	size_t end = p->end;

	while (end > p->start && strchr(" \t\r\v\f", p->unit->text[end - 1]) != NULL)
		end--;
	struct cfc_comment *comment = arena_zalloc(p->c->arena, sizeof(*comment));
	comment->text = p->unit->text + p->start;
	comment->len = end - p->start;
	comment->span = span_at(p, p->start, end);
	check_cut(p, &comment->span, p->end);
	p->word_end = SIZE_MAX;
	value->comment = comment;
	p->last = LAST_WORDS;
	return TOK_COMMENT;
}

/* The end of the text: end its last line, then close what is open. */
static int
lex_end(struct corefile_parse *p, union corefile_value *value)
{
	p->ended = true;
	if (p->last == LAST_WORDS) {
		p->last = LAST_NOTHING;
		return TOK_NEWLINE;
	}
	return p->depth > 0 ? close_missing(p, value) : 0;
}

/* More words than anybody writes: report it and behave as if the text ended. */
static int
stop_reading(struct corefile_parse *p, union corefile_value *value)
{
	if (!p->ended)
		cfc_error(p->c, span_at(p, p->start, p->end), "CF1000",
			  "more than %u words in one file", CFC_WORDS_MAX);
	p->ended = true;
	if (p->last == LAST_WORDS) {
		p->last = LAST_NOTHING;
		return TOK_NEWLINE;
	}
	if (p->depth == 0)
		return 0;
	p->depth--;
	value->span = span_at(p, p->start, p->start);
	return TOK_CLOSE;
}

/* One lexeme. Returns -1 if it makes no symbol. */
static int
lex_one(struct corefile_parse *p, union corefile_value *value)
{
	p->start = p->next;
	enum corefile_lexeme lexeme = corefile_scan(p, p->scanner);
	int kind = 0;

	follow_lines(p, lexeme == LEXEME_END ? p->unit->len : p->start);
	switch (lexeme) {
	case LEXEME_END:
		return lex_end(p, value);
	case LEXEME_NEWLINE:
		kind = p->last == LAST_NOTHING ? 0 : TOK_NEWLINE;
		p->last = LAST_NOTHING;
		break;
	case LEXEME_WORD:
		p->words++;
		kind = lex_word(p, value);
		break;
	case LEXEME_QUOTED:
		p->words++;
		kind = lex_quoted(p, value, true);
		break;
	case LEXEME_UNTERMINATED:
		p->words++;
		kind = lex_quoted(p, value, false);
		break;
	case LEXEME_COMMENT:
		kind = lex_comment(p, value);
		break;
	}
	return kind == 0 ? -1 : kind;
}

int
corefile_lex(union corefile_value *value, struct corefile_parse *p)
{
	int kind = -1;

	if (p->has_ahead) {
		p->has_ahead = false;
		*value = p->ahead.value;
		return p->ahead.kind;
	}
	while (kind == -1) {
		if (p->words > CFC_WORDS_MAX)
			return stop_reading(p, value);
		kind = p->ended ? lex_end(p, value) : lex_one(p, value);
	}
	return kind;
}
