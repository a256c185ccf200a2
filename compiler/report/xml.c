/*
 * xml.c - escaping for XML 1.0.
 */
#include "config.h"

#include "compiler/report/xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "compiler/text.h"

/* XML 1.0, production 2: Char. */
static bool
is_char(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp <= 0xd7ff) ||
	       (cp >= 0xe000 && cp <= 0xfffd) || (cp >= 0x10000 && cp <= 0x10ffff);
}

static const char *
escape_of(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	/* White space in attributes is normalised to blanks unless written like this. */
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

void
cfc_xml_put(const char *text, FILE *out)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		bool valid;
		size_t n = text_decode(text + i, len - i, &cp, &valid);
		const char *escape = escape_of(cp);

		if (!valid || !is_char(cp))
			fputs("\xef\xbf\xbd", out);
		else if (escape != NULL)
			fputs(escape, out);
		else
			fwrite(text + i, 1, n, out);
		i += n;
	}
}

void
cfc_xml_attribute(const char *name, const char *value, FILE *out)
{
	fprintf(out, " %s=\"", name);
	cfc_xml_put(value, out);
	putc('"', out);
}
