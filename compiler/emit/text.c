/*
 * text.c - escaping for string literals, comments, #line and identifiers.
 */
#include "config.h"

#include "compiler/emit/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"

#define IDENT_MAX 40

void
cfc_emit_cstr(struct buf *out, const void *text, size_t len)
{
	const uint8_t *p = text;

	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		uint8_t ch = p[i];

		if (ch == '"' || ch == '\\' || ch == '?')
			buf_printf(out, "\\%c", ch);
		else if (ch == '\n')
			buf_puts(out, "\\n");
		else if (ch == '\t')
			buf_puts(out, "\\t");
		else if (ch >= 0x20 && ch < 0x7f)
			buf_putc(out, (char)ch);
		else
			buf_printf(out, "\\%03o", ch);
	}
	buf_putc(out, '"');
}

void
cfc_emit_comment(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t ch = (uint8_t)text[i];

		if (ch < 0x20 || ch == 0x7f)
			ch = ' ';
		buf_putc(out, (char)ch);
		/* Neither an end nor a (warned about) beginning of a comment. */
		if (i + 1 < len &&
		    ((ch == '*' && text[i + 1] == '/') || (ch == '/' && text[i + 1] == '*')))
			buf_putc(out, ' ');
	}
	if (len > 0 && (text[len - 1] == '\\' || text[len - 1] == '*' || text[len - 1] == '/'))
		buf_putc(out, ' ');
}

void
cfc_emit_line(struct buf *out, unsigned line, const char *file)
{
	buf_printf(out, "#line %u ", line);
	cfc_emit_cstr(out, file, strlen(file));
	buf_putc(out, '\n');
}

void
cfc_emit_ident(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	if (strcmp(text, ".") == 0) {
		buf_puts(out, "root");
		return;
	}
	while (len > 1 && text[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len && i < IDENT_MAX; i++) {
		int ch = tolower((unsigned char)text[i]);

		buf_putc(out,
			 (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ? (char)ch : '_');
	}
}
