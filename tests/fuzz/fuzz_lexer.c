/*
 * The symbols of arbitrary text; see fuzz.h.
 */
#include "config.h"

#include "grammar/corefile.h"

#include <string.h>

#include "compiler/text.h"
#include "grammar/corefile_parse.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/corefile.h"

#define TEXT_MAX ((size_t)1 << 20)

struct walk {
	const struct cfc *c;
	const struct cfc_source *unit;
	size_t at;    /* up to where the text is accounted for */
	size_t depth; /* open blocks */
	size_t words; /* so far */
	int last;     /* the symbol before; TOK_NEWLINE at the beginning */
};

static void
require(const struct walk *w, bool holds, const char *what)
{
	fuzz_require(holds, what, w->unit->text, w->unit->len);
}

/* What no symbol has: white space, and braces that were reported and dropped. */
static bool
is_nothing(const struct walk *w, size_t from, size_t to)
{
	const char *s = w->unit->text;
	bool reported = w->c->diags.nerrors > 0;

	for (size_t i = from; i < to;) {
		uint32_t cp;
		bool valid;
		size_t used = text_decode(s + i, to - i, &cp, &valid);

		if (!text_is_blank(cp) && !(cp == 0xfeff && i == 0) &&
		    !((cp == '{' || cp == '}') && reported))
			return false;
		i += used;
	}
	return true;
}

/* The bytes of a symbol are next: [offset, offset + len). */
static void
pass(struct walk *w, struct cfc_span span)
{
	size_t offset = cfc_span_offset(span);

	require(w, span.source == w->unit, "a place in this unit");
	require(w, offset >= w->at && offset + span.length <= w->unit->len,
		"symbols in the order of the text");
	require(w, is_nothing(w, w->at, offset), "no byte is lost");
	w->at = offset + span.length;
}

static void
take_word(struct walk *w, const struct cfc_token *t)
{
	pass(w, t->span);
	require(w,
		t->raw == w->unit->text + cfc_span_offset(t->span) && t->rawlen == t->span.length &&
			t->rawlen > 0,
		"a word is what stands at its place");
	require(w, strlen(t->text) == t->len, "no NUL within a word");
	require(w, text_valid_prefix(t->text, t->len) == t->len, "a word is UTF-8");
	if (!t->quoted && memchr(t->raw, '\r', t->rawlen) == NULL &&
	    text_valid_prefix(t->raw, t->rawlen) == t->rawlen)
		require(w, t->rawlen == t->len && memcmp(t->raw, t->text, t->len) == 0,
			"the value of a plain word is the word");
	require(w, t->quoted == (t->raw[0] == '"'), "quoted if it begins with a quote");
}

static void
take_comment(struct walk *w, const struct cfc_comment *c)
{
	pass(w, c->span);
	require(w, c->len > 0 && c->text[0] == '#' && memchr(c->text, '\n', c->len) == NULL,
		"a comment begins with '#' and ends with its line");
}

static void
take_symbol(struct walk *w, int kind, const union corefile_value *value)
{
	switch (kind) {
	case TOK_WORD:
		take_word(w, &value->token);
		break;
	case TOK_COMMENT:
		take_comment(w, value->comment);
		break;
	case TOK_OPEN:
		pass(w, value->span);
		require(w, ++w->depth <= CFC_DEPTH_MAX, "blocks are not nested too deep");
		break;
	case TOK_CLOSE:
		pass(w, value->span);
		require(w, w->depth-- > 0, "a block that is closed is open");
		require(w, w->last != TOK_WORD && w->last != TOK_COMMENT,
			"the line ends before its block does");
		break;
	case TOK_NEWLINE:
		require(w, w->last != TOK_NEWLINE, "the end of a line that has something");
		break;
	default:
		require(w, false, "a known symbol");
	}
	w->last = kind;
}

void
fuzz_lexer(const uint8_t *data, size_t size)
{
	union corefile_value value;
	struct front f;
	int kind;

	if (size > TEXT_MAX)
		return;
	front_open(&f);
	f.unit = cfc_source_text(&f.c, "Corefile", (const char *)data, size);
	struct corefile_parse *p = corefile_parse_new(&f.c, f.unit, NULL);
	struct walk w = { .c = &f.c, .unit = f.unit, .last = TOK_NEWLINE };

	while (p != NULL && (kind = corefile_lex(&value, p)) != 0)
		take_symbol(&w, kind, &value);
	if (p != NULL) {
		require(&w, w.depth == 0, "every block is closed");
		require(&w, is_nothing(&w, w.at, f.unit->len), "no byte is lost at the end");
	}
	require(&w, fuzz_places_are_good(&f.c), "places lie within the text");
	corefile_parse_free(p);
	front_close(&f);
}
