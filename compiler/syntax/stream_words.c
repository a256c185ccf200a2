/*
 * stream_words.c - where words begin and end for CoreDNS.
 */
#include "config.h"

#include "compiler/syntax/stream.h"

#include "base/arena.h"
#include "base/buf.h"
#include "compiler/text.h"

#define BOM_LEN 3u

/* A text being split. */
struct splitter {
	struct cfc *c;
	const struct cfc_source *unit;
	size_t at;     /* offset of the next character */
	uint32_t line; /* it stands on */
	size_t start;  /* of the word */
	uint32_t start_line;
	size_t end;      /* behind its last character */
	struct buf text; /* what it says */
	bool quoted;
};

static bool
is_blank(uint32_t cp)
{
	return (cp >= '\t' && cp <= '\r') || cp == ' ' || (cp >= 0x80 && text_is_blank(cp));
}

/* Appends a character as it stands, or what a malformed one and NUL are read as. */
static void
put(struct splitter *s, const char *text, size_t used, bool valid)
{
	if (valid && text[0] != '\0')
		buf_add(&s->text, text, used);
	else
		buf_puts(&s->text, "\xef\xbf\xbd");
	s->end = s->at;
}

/* From behind the quote that opens it.  Whether it is closed. */
static bool
take_quoted(struct splitter *s)
{
	const char *text = s->unit->text;
	bool escaped = false;

	while (s->at < s->unit->len) {
		uint32_t cp;
		bool valid;
		size_t used = text_decode(text + s->at, s->unit->len - s->at, &cp, &valid);
		const char *here = text + s->at;

		s->at += used;
		if (!escaped && cp == '\\') {
			escaped = true;
			continue;
		}
		if (!escaped && cp == '"') {
			s->end = s->at;
			return true;
		}
		s->line += cp == '\n';
		if (escaped && cp != '"')
			buf_puts(&s->text, "\\");
		put(s, here, used, valid);
		escaped = false;
	}
	return false;
}

/*
 * The next word.  A '#' within a word hides what follows up to the next blank only: CoreDNS forgets
 * there that it is in a comment.
 */
static bool
next_word(struct splitter *s)
{
	const char *text = s->unit->text;
	bool comment = false;

	buf_reset(&s->text);
	s->quoted = false;
	while (s->at < s->unit->len) {
		uint32_t cp;
		bool valid;
		size_t at = s->at;
		size_t used = text_decode(text + at, s->unit->len - at, &cp, &valid);

		if (cp != '\r' && is_blank(cp) && s->text.len > 0)
			return true; /* the line end, if it is one, is read again */
		s->at += used;
		if (cp == '\r')
			continue;
		if (is_blank(cp)) {
			s->line += cp == '\n';
			comment = comment && cp != '\n';
			continue;
		}
		comment = comment || cp == '#';
		if (comment)
			continue;
		if (s->text.len == 0) {
			s->start = at;
			s->start_line = s->line;
			s->quoted = cp == '"';
			if (s->quoted)
				return take_quoted(s) || s->text.len > 0;
		}
		put(s, text + at, used, valid);
	}
	return s->text.len > 0;
}

static struct cfc_token
make_token(const struct splitter *s)
{
	const struct cfc_source *unit = s->unit;

	return (struct cfc_token){
		.text = arena_strndup(s->c->arena, buf_cstr(&s->text), s->text.len),
		.len = s->text.len,
		.raw = unit->text + s->start,
		.rawlen = s->end - s->start,
		.quoted = s->quoted,
		.span = {
			.source = unit,
			.line = s->start_line,
			.column = (uint32_t)(s->start - unit->starts[s->start_line - 1]) + 1,
			.length = (uint32_t)(s->end - s->start),
		},
	};
}

void
stream_add(struct cfc *c, struct stream_words *words, const struct stream_word *word)
{
	words->list = cfc_grow(c, words->list, words->count, &words->room, sizeof(*word));
	words->list[words->count++] = *word;
}

void
stream_split(struct cfc *c, const struct cfc_source *unit, const struct cfc_source *file,
	     struct stream_words *out)
{
	struct splitter s = { .c = c, .unit = unit, .line = 1 };

	if (unit->len >= BOM_LEN && memcmp(unit->text, "\xef\xbb\xbf", BOM_LEN) == 0)
		s.at = BOM_LEN;
	buf_init(&s.text, CFC_SOURCE_MAX * 3);
	while (next_word(&s)) {
		struct stream_word word = { .token = make_token(&s), .file = file };

		stream_add(c, out, &word);
	}
	buf_release(&s.text);
}

static uint32_t
line_breaks(const char *text)
{
	uint32_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

bool
stream_same_line(const struct stream_word *a, const struct stream_word *b)
{
	return a->file == b->file &&
	       a->token.span.line + line_breaks(a->token.text) == b->token.span.line;
}
