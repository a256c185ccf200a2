/*
 * scalar.c - the five styles of YAML scalars, with the place of every byte.
 */
#include "config.h"

#include "compiler/manifest/scalar.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compiler/cfc.h"

/* A line break: what it stands for and where it is.  NEL becomes '\n', LS and PS stay. */
struct line_break {
	size_t host;
	size_t host_len; /* 0 = there is none: the text ended */
	size_t len;
	const char *text;
};

struct reader {
	struct cfc *c;
	const char *s;
	size_t len;
	size_t pos;
	struct buf out;
	struct cfc_piece *pieces;
	size_t npieces;
	size_t room;
	bool same; /* the last piece stands for itself, byte for byte */
	/* Breaks that may yet be folded: the first, and those of blank lines behind it. */
	struct line_break first;
	struct line_break *more;
	size_t nmore;
	size_t more_room;
};

/* ---- characters ---- */

static bool
starts_with(const struct reader *r, size_t pos, const char *bytes)
{
	size_t n = strlen(bytes);

	return pos < r->len && r->len - pos >= n && memcmp(r->s + pos, bytes, n) == 0;
}

static bool
is_blank(const struct reader *r, size_t pos)
{
	return pos < r->len && (r->s[pos] == ' ' || r->s[pos] == '\t');
}

/* The bytes of the line break at pos; 0 = there is none. */
static size_t
break_len(const struct reader *r, size_t pos)
{
	if (starts_with(r, pos, "\r\n") || starts_with(r, pos, "\xc2\x85"))
		return 2;
	if (starts_with(r, pos, "\r") || starts_with(r, pos, "\n"))
		return 1;
	if (starts_with(r, pos, "\xe2\x80\xa8") || starts_with(r, pos, "\xe2\x80\xa9"))
		return 3;
	return 0;
}

/* Whether the run of text that began before pos ends there. */
static bool
ends_word(const struct reader *r, size_t pos)
{
	return pos >= r->len || is_blank(r, pos) || break_len(r, pos) > 0;
}

/* ---- the value and its places ---- */

/* len bytes of the value, for which host_len bytes at host stand. */
static void
put(struct reader *r, const char *text, size_t len, size_t host, size_t host_len)
{
	struct cfc_piece *last = r->npieces > 0 ? &r->pieces[r->npieces - 1] : NULL;
	size_t at = r->out.len;

	if (len == 0)
		return;
	bool same = len == host_len && memcmp(text, r->s + host, len) == 0;
	buf_add(&r->out, text, len);
	if (last != NULL && same && r->same && last->host + last->host_len == host) {
		last->host_len += (uint32_t)host_len;
		return;
	}
	r->pieces = cfc_grow(r->c, r->pieces, r->npieces, &r->room, sizeof(r->pieces[0]));
	r->pieces[r->npieces++] = (struct cfc_piece){
		.at = (uint32_t)at,
		.host = (uint32_t)host,
		.host_len = (uint32_t)host_len,
	};
	r->same = same;
}

/* The bytes up to `to` stand for themselves. */
static void
put_up_to(struct reader *r, size_t to)
{
	put(r, r->s + r->pos, to - r->pos, r->pos, to - r->pos);
	r->pos = to;
}

static struct line_break
take_break(struct reader *r)
{
	size_t n = break_len(r, r->pos);
	bool kept = n == 3;
	struct line_break b = {
		.host = r->pos,
		.host_len = n,
		.len = kept ? n : n > 0,
		.text = kept ? r->s + r->pos : "\n",
	};

	r->pos += n;
	return b;
}

static void
put_break(struct reader *r, const struct line_break *b)
{
	put(r, b->text, b->len, b->host, b->host_len);
}

static void
add_break(struct reader *r)
{
	r->more = cfc_grow(r->c, r->more, r->nmore, &r->more_room, sizeof(r->more[0]));
	r->more[r->nmore++] = take_break(r);
}

static void
put_more(struct reader *r)
{
	for (size_t i = 0; i < r->nmore; i++)
		put_break(r, &r->more[i]);
	r->nmore = 0;
}

/* Line folding: a single break is a blank, of several the first is dropped. */
static void
fold(struct reader *r)
{
	bool folds = r->first.len == 1;

	if (!folds)
		put_break(r, &r->first);
	else if (r->nmore == 0)
		put(r, " ", 1, r->first.host, r->first.host_len);
	put_more(r);
	r->first.len = 0;
}

/* ---- block scalars ---- */

/* Blank lines, and the indentation of the line behind them; *indent = 0: found out here. */
static void
skip_blank_lines(struct reader *r, size_t *indent, size_t parent, size_t *column)
{
	size_t widest = 0;

	for (;;) {
		for (*column = 0;
		     (*indent == 0 || *column < *indent) && starts_with(r, r->pos, " "); ++*column)
			r->pos++;
		if (*column > widest)
			widest = *column;
		if (break_len(r, r->pos) == 0)
			break;
		add_break(r);
	}
	if (*indent == 0)
		*indent = widest > parent ? widest : parent + 1;
}

struct header {
	char chomp;    /* '+', '-', 0 */
	size_t indent; /* 0 = not given */
};

static struct header
read_header(struct reader *r)
{
	struct header h = { .chomp = 0 };

	for (r->pos++; r->pos < r->len; r->pos++) {
		char ch = r->s[r->pos];

		if (ch == '+' || ch == '-')
			h.chomp = ch;
		else if (ch >= '1' && ch <= '9')
			h.indent = (size_t)(ch - '0');
		else
			break;
	}
	while (r->pos < r->len && break_len(r, r->pos) == 0)
		r->pos++;
	r->pos += break_len(r, r->pos);
	return h;
}

static void
read_block(struct reader *r, const struct cfc_scalar_raw *raw, struct cfc_scalar *out)
{
	struct header h = read_header(r);
	size_t indent = h.indent == 0 ? 0 : raw->parent + h.indent;
	bool folded = raw->style == CFC_SCALAR_FOLDED;
	bool was_blank = false;
	size_t column;

	out->begin = out->end = r->pos;
	skip_blank_lines(r, &indent, raw->parent, &column);
	while (column == indent && r->pos < r->len) {
		bool blank = is_blank(r, r->pos);
		size_t end = r->pos;

		if (folded && r->first.len == 1 && !was_blank && !blank)
			fold(r);
		put_break(r, &r->first);
		put_more(r);
		was_blank = blank;
		while (end < r->len && break_len(r, end) == 0)
			end++;
		put_up_to(r, end);
		r->first = take_break(r);
		out->end = r->pos;
		skip_blank_lines(r, &indent, raw->parent, &column);
	}
	if (h.chomp != '-')
		put_break(r, &r->first);
	if (r->nmore > 0 && h.chomp == '+') {
		out->end = r->more[r->nmore - 1].host + r->more[r->nmore - 1].host_len;
		put_more(r);
	}
	out->indent = indent;
	out->indent_is_given = h.indent != 0;
}

/* ---- flow scalars ---- */

static uint32_t
read_hex(const struct reader *r, size_t pos, size_t digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits && pos + i < r->len; i++) {
		char ch = r->s[pos + i];
		uint32_t digit = ch >= '0' && ch <= '9'   ? (uint32_t)(ch - '0')
				 : ch >= 'a' && ch <= 'f' ? (uint32_t)(ch - 'a') + 10
				 : ch >= 'A' && ch <= 'F' ? (uint32_t)(ch - 'A') + 10
							  : 0;
		value = value << 4 | digit;
	}
	return value;
}

static size_t
encode_utf8(uint32_t cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | cp);
	return n;
}

/* What a backslash and a letter stand for; the letters with digits are not among them. */
static uint32_t
escaped(char letter)
{
	static const char letters[] = "0abt\tnvfre \"/\\N_LP";
	static const uint16_t values[] = { 0,  7,   8,   '\t', '\t', '\n', 11,   12,     '\r',
					   27, ' ', '"', '/',  '\\', 0x85, 0xa0, 0x2028, 0x2029 };
	const char *p = letter == '\0' ? NULL : strchr(letters, letter);

	return p == NULL ? (unsigned char)letter : values[p - letters];
}

static void
read_escape(struct reader *r)
{
	char letter = r->pos + 1 < r->len ? r->s[r->pos + 1] : '\0';
	size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
	size_t n = 2 + digits;
	uint32_t cp = digits > 0 ? read_hex(r, r->pos + 2, digits) : escaped(letter);
	char text[4];

	if (n > r->len - r->pos)
		n = r->len - r->pos;
	put(r, text, encode_utf8(cp & 0x1fffff, text), r->pos, n);
	r->pos += n;
}

/* The word at r->pos; returns whether it ended in an escaped line break. */
static bool
read_word(struct reader *r, enum cfc_scalar_style style, size_t end)
{
	while (r->pos < end && !ends_word(r, r->pos)) {
		if (style == CFC_SCALAR_SINGLE && r->s[r->pos] == '\'') {
			if (!starts_with(r, r->pos, "''"))
				return false;
			put(r, "'", 1, r->pos, 2);
			r->pos += 2;
		} else if (style == CFC_SCALAR_DOUBLE && r->s[r->pos] == '"') {
			return false;
		} else if (style == CFC_SCALAR_DOUBLE && r->s[r->pos] == '\\') {
			size_t n = break_len(r, r->pos + 1);

			if (n > 0) {
				r->pos += 1 + n;
				return true;
			}
			read_escape(r);
		} else {
			put_up_to(r, r->pos + 1);
		}
	}
	return false;
}

/* Blanks and line breaks between words; escaped: the first break has been taken. */
static void
read_blanks(struct reader *r, size_t end, bool escaped_break)
{
	size_t from = r->pos;
	bool broken = escaped_break;

	r->first.len = 0;
	while (r->pos < end && (is_blank(r, r->pos) || break_len(r, r->pos) > 0)) {
		if (is_blank(r, r->pos)) {
			r->pos++;
		} else if (broken) {
			add_break(r);
		} else {
			r->first = take_break(r);
			broken = true;
		}
	}
	size_t to = r->pos;
	if (broken) {
		fold(r);
	} else {
		r->pos = from;
		put_up_to(r, to);
	}
}

static void
read_flow(struct reader *r, const struct cfc_scalar_raw *raw, struct cfc_scalar *out)
{
	size_t end = raw->style == CFC_SCALAR_PLAIN && raw->end < r->len ? raw->end : r->len;

	if (raw->style != CFC_SCALAR_PLAIN)
		r->pos++;
	out->begin = r->pos;
	while (r->pos < end) {
		bool escaped_break = read_word(r, raw->style, end);

		if (!escaped_break && (r->pos >= end || !ends_word(r, r->pos)))
			break; /* the closing quote */
		read_blanks(r, end, escaped_break);
	}
	out->end = r->pos;
}

/* ---- any scalar ---- */

/* An anchor and a tag stand before the scalar, with blanks, line ends and comments behind them. */
static void
skip_properties(struct reader *r)
{
	bool seen = false;

	for (;;) {
		if (starts_with(r, r->pos, "&") || starts_with(r, r->pos, "!")) {
			while (!ends_word(r, r->pos))
				r->pos++;
			seen = true;
		} else if (seen && (is_blank(r, r->pos) || break_len(r, r->pos) > 0)) {
			r->pos += is_blank(r, r->pos) ? 1 : break_len(r, r->pos);
		} else if (seen && starts_with(r, r->pos, "#")) {
			while (r->pos < r->len && break_len(r, r->pos) == 0)
				r->pos++;
		} else {
			return;
		}
	}
}

void
cfc_scalar_read(struct cfc *c, const struct cfc_scalar_raw *raw, struct cfc_scalar *out)
{
	struct reader r = { .c = c, .s = raw->text, .len = raw->len, .pos = raw->start };

	memset(out, 0, sizeof(*out));
	buf_init(&r.out, SIZE_MAX / 2);
	skip_properties(&r);
	if (raw->style == CFC_SCALAR_LITERAL || raw->style == CFC_SCALAR_FOLDED)
		read_block(&r, raw, out);
	else
		read_flow(&r, raw, out);
	out->text = arena_strndup(c->arena, buf_cstr(&r.out), r.out.len);
	out->len = r.out.len;
	out->pieces = r.pieces;
	out->npieces = r.npieces;
	buf_release(&r.out);
}
