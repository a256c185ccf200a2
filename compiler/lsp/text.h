/*
 * text.h - texts as the language server protocol counts them.
 *
 * A position is a line and a character, both from 0.  Lines end at LF, CR LF or a CR alone (the
 * compiler ends them at LF only, so its line numbers are not used here: places are handed over as
 * offsets in bytes).  Characters are UTF-16 code units, or bytes where the client agreed to that.
 *
 * Positions of clients may point anywhere: a character behind the end of its line means that end, a line
 * behind the last means the end of the text, the middle of a character its beginning.
 */
#ifndef COMPILER_LSP_TEXT_H
#define COMPILER_LSP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lsp_lines {
	const char *text;
	size_t len;
	size_t *starts; /* of each line, in bytes; owned */
	size_t count;   /* at least 1 once built */
};

/* Finds the lines of a text, which must stay where it is. */
void lsp_lines_build(struct lsp_lines *l, const char *text, size_t len);
void lsp_lines_release(struct lsp_lines *l);

size_t lsp_lines_offset(const struct lsp_lines *l, bool utf8, uint64_t line, uint64_t character);
void lsp_lines_position(const struct lsp_lines *l, bool utf8, size_t offset, size_t *line,
			size_t *character);

#endif
