/*
 * text.c - lines and positions.
 */
#include "config.h"

#include "compiler/lsp/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "compiler/text.h"

/* Bytes of the line end at s, 0 = there is none. */
static size_t
line_end(const char *s, size_t len)
{
	if (s[0] == '\n')
		return 1;
	if (s[0] != '\r')
		return 0;
	return len > 1 && s[1] == '\n' ? 2 : 1;
}

void
lsp_lines_build(struct lsp_lines *l, const char *text, size_t len)
{
	size_t room = 0;

	*l = (struct lsp_lines){ .text = text, .len = len };
	xgrow((void **)&l->starts, &room, 1, sizeof(l->starts[0]));
	l->starts[l->count++] = 0;
	for (size_t i = 0; i < len;) {
		size_t end = line_end(text + i, len - i);

		i += end > 0 ? end : 1;
		if (end == 0)
			continue;
		xgrow((void **)&l->starts, &room, l->count + 1, sizeof(l->starts[0]));
		l->starts[l->count++] = i;
	}
}

void
lsp_lines_release(struct lsp_lines *l)
{
	free(l->starts);
	*l = (struct lsp_lines){ .text = NULL };
}

/* Where the text of a line ends, its line end not counted. */
static size_t
text_end(const struct lsp_lines *l, size_t line)
{
	size_t end = line + 1 < l->count ? l->starts[line + 1] : l->len;

	if (line + 1 == l->count)
		return end;
	if (l->text[end - 1] == '\n')
		end--;
	if (end > l->starts[line] && l->text[end - 1] == '\r')
		end--;
	return end;
}

/* Code units of a character that takes so many bytes. */
static size_t
units(bool utf8, size_t bytes)
{
	if (utf8)
		return bytes;
	return bytes == 4 ? 2 : 1;
}

size_t
lsp_lines_offset(const struct lsp_lines *l, bool utf8, uint64_t line, uint64_t character)
{
	if (line >= l->count)
		return l->len;
	size_t at = l->starts[line];
	size_t end = text_end(l, line);
	while (at < end) {
		uint32_t cp;
		bool valid;
		size_t bytes = text_decode(l->text + at, end - at, &cp, &valid);

		if (character < units(utf8, bytes))
			break;
		character -= units(utf8, bytes);
		at += bytes;
	}
	return at;
}

static size_t
line_of(const struct lsp_lines *l, size_t offset)
{
	size_t low = 0;
	size_t high = l->count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (l->starts[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

void
lsp_lines_position(const struct lsp_lines *l, bool utf8, size_t offset, size_t *line,
		   size_t *character)
{
	if (offset > l->len)
		offset = l->len;
	*line = line_of(l, offset);
	*character = 0;
	for (size_t at = l->starts[*line]; at < offset;) {
		uint32_t cp;
		bool valid;
		size_t bytes = text_decode(l->text + at, l->len - at, &cp, &valid);

		if (at + bytes > offset)
			break;
		*character += units(utf8, bytes);
		at += bytes;
	}
}
